// Interprets a player's action: its kind, its object, the channels through which it can be noticed, and what is said.
import { type Clause, clausesOf, SAID, withoutQuotes } from './clauses.ts'

/** Kinds of acts; if a move has several, the first in this list counts. */
export const ACTS = [
  'threat',
  'ask',
  'thank',
  'sorry',
  'sad',
  'call',
  'greet',
  'leave',
  'talk',
  'give',
  'touch',
  'play',
  'take',
  'use',
  'wait',
  'look',
  'move',
  'other',
] as const
export type Act = (typeof ACTS)[number]

/** Verbs of the player's character: whole words in the base form. */
const VERBS: Readonly<Record<Exclude<Act, 'other'>, RegExp>> = {
  threat:
    /^(?:hit|attack|punch|shove|threaten|smash|strike|stab|kill|strangle|choke|hurt|slap|bite|fight|scare|murder)$/,
  ask: /^(?:ask|question|inquire|request|beg)$/,
  thank: /^thank$/,
  sorry: /^(?:apologi[sz]e)$/,
  sad: /^(?:weep|sob)$/,
  call: /^(?:shout|yell|scream|call)$/,
  greet: /^(?:wave|greet|bow|nod|smile|introduce|salute)$/,
  leave: /^(?:leave|depart|exit|flee|escape)$/,
  talk: /^(?:say|tell|whisper|speak|talk|explain|answer|reply|mention|sign|describe|promise|suggest|admit|write|greet|murmur|read|wonder|think|insist|joke|chat|complain)$/,
  give: /^(?:give|offer|hand|share|feed|bring|show|pass|hold out|lend)$/,
  touch: /^(?:touch|pat|stroke|hug|tap|poke|pet|feel|brush|rub|tickle|nudge|kiss|hold)$/,
  play: /^(?:play|sing|hum|dance|toss|throw|clap|whistle|drum|draw|juggle|spin|bounce|paint)$/,
  take: /^(?:take|pick|grab|lift|collect|gather|catch|carry|steal|pocket)$/,
  use: /^(?:use|open|close|push|pull|turn|press|switch|build|make|knock|pour|mix|tie|fix|put|place|set|ring|light|unlock|cut|crank|drag|stir|shut|shake|kick|break|wipe|clean|fold|drop|twist|slide|move|type|repair|try)$/,
  wait: /^(?:wait|rest|stay|pause|breathe|keep|do|sleep|hesitate|remain)$/,
  look: /^(?:look|watch|examine|inspect|observe|study|listen|smell|search|check|explore|peek|glance|stare|sniff|gaze|peer)$/,
  move: /^(?:walk|step|go|approach|follow|come|run|circle|crawl|roll|wheel|climb|sit|kneel|crouch|swim|drift|jump|stand|lie|turn|lean|hide|duck|hop|fly|creep|retreat|back|head)$/,
}

/** How an act can be noticed. */
export interface Channels {
  /** It is heard as speech. */
  readonly voice: boolean
  /** It is said in sign language. */
  readonly sign: boolean
  readonly writing: boolean
  /** It can be seen where it is done. */
  readonly sight: boolean
  /** It makes a noise other than speech. */
  readonly noise: boolean
  readonly touch: boolean
}

export interface Reading {
  readonly act: Act
  /** With its article: `the bell`; empty if none was found. */
  readonly object: string
  /** The quoted speech, or the whole action. */
  readonly speech: string
  readonly channels: Channels
}

/** Removes a prediction, which is not part of the action. */
export function withoutPrediction(action: string): string {
  const kept = action.replace(/[^.!?\n]*\b(?:predict|prediction|expect)\w*\b[^.!?\n]*[.!?]?/gi, '').trim()
  return kept === '' ? action : kept
}

export function readAction(action: string, names: readonly string[]): Reading {
  const text = withoutPrediction(action)
  const [pc = '', npc = ''] = names
  const clauses = clausesOf(text, { pc, npc })
  const own = clauses.filter(({ subject }) => subject === 'self' || subject === 'none')
  const speech = /["“„]([^"”“]+)["”“]/.exec(text)?.[1] ?? text
  const hasFirstPerson = clauses.some(({ subject }) => subject === 'self')
  const act = hasFirstPerson ? actOf(own, text) : spokenAct(text)
  return {
    act,
    object: objectOf(own, names),
    speech,
    channels: channelsOf(text, own, { act, npc, isBare: !hasFirstPerson }),
  }
}

function actOf(own: readonly Clause[], text: string): Act {
  const plain = withoutQuotes(text).toLowerCase()
  const acts = own.map(kindOf)
  const found = ACTS.find((each) => acts.includes(each))
  const said = plain.includes(SAID.toLowerCase()) || found === 'talk'
  if (said && (found === undefined || found === 'talk' || found === 'call' || found === 'other')) return spokenAct(text)
  return found ?? 'other'
}

function kindOf({ verb, rest }: Clause): Act {
  if (
    /^(?:carry|bring|lift|take)$/.test(verb) &&
    /^(?:it|them|him|her)\b.*\b(?:to|into|across|over|back|away|out)\b/.test(rest)
  )
    return 'move'
  if (verb === 'hold' && /\bout\b/.test(rest)) return 'give'
  if (verb === 'shake' && /\bhands?\b/.test(rest)) return 'greet'
  if (verb === 'turn' && /\b(?:around|away|round|to|towards?)\b/.test(rest)) return 'move'
  if ((verb === 'go' || verb === 'walk') && /^(?:away|out|home)\b/.test(rest)) return 'leave'
  if (verb === 'look' && /^after\b/.test(rest)) return 'touch'
  return ACTS.find((each) => each !== 'other' && VERBS[each].test(verb)) ?? 'other'
}

/** The kind of act of a spoken text. */
function spokenAct(text: string): Act {
  const told = /["“„]([^"”“]+)["”“]/.exec(text)?.[1] ?? text
  const said = told.toLowerCase().replace(/^i (?:say|sign|whisper|shout|call|write)(?: to \w+)?[:,]? /, '')
  if (/\?/.test(said)) return 'ask'
  if (/^(?:hello|hi|hey|good (?:morning|day|evening|afternoon)|welcome)\b/.test(said)) return 'greet'
  if (/\b(?:sad|lonely|unhappy|afraid|homesick|heartbroken|miss (?:him|her|them|home))\b/.test(said)) return 'sad'
  if (/\b(?:thanks|thank you)\b/.test(said)) return 'thank'
  if (/\b(?:sorry|apologi[sz]e)\b/.test(said)) return 'sorry'
  if (/\b(?:goodbye|bye|see you)\b/.test(said)) return 'leave'
  return 'talk'
}

const VOICED =
  /^(?:say|tell|ask|whisper|shout|speak|talk|call|explain|answer|reply|mention|describe|promise|suggest|admit|yell|scream|thank|apologi[sz]e|greet|introduce|sing|hum|read|murmur|wonder|insist|joke|chat|complain|beg|request|question|inquire)$/
const NOISY = /^(?:clap|knock|stamp|whistle|drum|ring|bang|slam|drop|smash|kick|hit|tap|shake|play)$/
const TOUCHED = /^(?:touch|pat|stroke|hug|tap|poke|pet|brush|rub|tickle|nudge|kiss|push|shove|hit|slap|strike)$/
const UNSEEN =
  /\b(?:behind (?:the back of )?(?:NPC|her|him|them|it)(?:'s back)?|from behind|out of sight|on the (?:tele)?phone|by (?:tele)?phone|through the (?:wall|door)|from (?:another|the next|the other) room|secretly|unseen|in the dark|while (?:NPC|she|he|it|they) sleeps?)\b/i

interface Manner {
  readonly act: Act
  readonly npc: string
  /** The text has no actor: the player says it, such as "Hello!". */
  readonly isBare: boolean
}

function channelsOf(text: string, own: readonly Clause[], { act, npc, isBare }: Manner): Channels {
  const lower = text.toLowerCase()
  const sign = /\b(?:signs?|signing|sign language)\b/.test(lower) && !/\bsign (?:above|on|at|over)\b/.test(lower)
  const writing = /\b(?:writes?|writing|note|notebook|notepad|typing|type|text message|whiteboard|on paper)\b/.test(
    lower,
  )
  const isSaid = isBare || ['ask', 'talk', 'thank', 'sorry', 'sad', 'call'].includes(act)
  const voiced = own.some(({ verb }) => VOICED.test(verb)) || /["“„]/.test(text) || isSaid
  const hidden = UNSEEN.test(npc === '' ? text : text.replaceAll(npc, 'NPC'))
  const isVoice = (clause: Clause): boolean =>
    VOICED.test(clause.verb) || clause.verb === SAID || (isBare && kindOf(clause) === 'other')
  const onlyVoice = voiced && own.every(isVoice)
  const body = new RegExp(`\\b(?:${npc === '' ? 'it' : npc.replace(/[^\w]/g, '.')}|her|him|them|it)\\b`, 'i')
  return {
    voice: voiced && !sign && !writing,
    sign,
    writing,
    sight: !hidden && (!onlyVoice || sign || writing),
    noise: own.some(({ verb }) => NOISY.test(verb)),
    touch: own.some(({ verb, rest }) => TOUCHED.test(verb) && body.test(rest)),
  }
}

const NOT_OBJECTS =
  /\b(?:same|other|way|moment|while|bit|lot|little|few|times?|room|front|side|back|end|left|right|floor|hands?|head|arms?|fingers?|face|eyes?|voice|place|step|one|something|it|distance|spot|air|door of)$/
const BREAK =
  /^(?:to|with|for|and|is|are|how|what|where|if|as|at|in|on|of|from|into|onto|towards?|over|under|by|up|down|out|off|away|back|around|round|through|across|near|beside|behind|between|against|together|again|slowly|gently|carefully|quickly|that|which|who|then|once|twice|myself|very|so|too|[a-z]+ly)$/
const MAX_WORDS = 3

/** The object of an act: the noun directly after the verb, with its adjectives. */
function objectOf(own: readonly Clause[], names: readonly string[]): string {
  for (const { verb, rest } of own) {
    if (VOICED.test(verb)) continue
    const [, noun = ''] =
      /^(?:(?:at|on|up|over|out|through|into|for|open|down) )?(?:the|a|an|my|his|her|its|their|some) (.+)$/.exec(
        rest,
      ) ?? []
    const words = noun.split(/\s+/)
    const end = words.findIndex((word) => BREAK.test(word.replace(/[^a-z'-]/g, '')))
    const kept = (end < 0 ? words : words.slice(0, end)).map((word) => word.replace(/[^a-z'-]/g, ''))
    const phrase = kept.join(' ').trim()
    if (phrase === '' || kept.length > MAX_WORDS || NOT_OBJECTS.test(phrase) || /'s\b/.test(phrase)) continue
    if (names.some((name) => name !== '' && phrase.includes(name.toLowerCase()))) continue
    return `the ${phrase}`
  }
  return ''
}
