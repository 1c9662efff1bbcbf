// The offline judge of what a player's character is able to do: senses, limbs, tools and powers, according to the
// sheet.
import type { CastFacts } from '../request.ts'
import { type Body, bodyOf } from './bodies.ts'
import { type Clause, clausesOf, withoutQuotes } from './clauses.ts'
import { stem, stemsOf } from './words.ts'

/** The attempted power, its wording in a refusal, and the word in a sheet that allows it. */
const POWERS: readonly (readonly [pattern: RegExp, verb: string, known: string])[] = [
  [/\b(?:fly|flies|flying|levitate|hover)\b/, 'fly', 'fly'],
  [/\bteleport\w*\b/, 'teleport', 'teleport'],
  [/\b(?:read|reads|reading) (?:\w+ )?(?:mind|minds|thoughts)\b|\btelepath\w*/, 'read minds', 'minds'],
  [/\b(?:invisible|vanish|disappear)\b/, 'vanish', 'invisible'],
  [/\b(?:cast a|magic|spell|conjure|summon)\b/, 'do magic', 'magic'],
  [/\b(?:stop|freeze|rewind|travel (?:back )?in) time\b/, 'command time', 'time'],
  [
    /\b(?:lift|throw|carry) (?:the|a|this|that|my|her|his) (?:car|truck|house|building|train|mountain|bus)\b/,
    'lift that',
    'car',
  ],
  [
    /\b(?:punch|kick|walk|run|smash|burst|slice|cut) (?:straight |right )?through (?:the |a )?(?:\w+ )?(?:wall|door|steel|concrete|ceiling|floor)\b/,
    'get through that',
    'walls',
  ],
  [/\b(?:become|turn into|transform into|shape-?shift)\b/, 'change shape', 'shape'],
]

/** Objects that nobody has at hand by chance. */
const TOOLS =
  /\b(?:(?:machine |hand ?|shot|ray|stun |sub-?machine )?gun|pistol|rifle|revolver|grenade|bomb|dynamite|explosives?|laser|plasma \w+|chainsaw|flame ?thrower|jet ?pack|helicopter|tank|missile|rocket|bazooka|cannon|sword|lightsaber|katana|crossbow|taser|wand|portal|time machine|nanobots?|force field|hologram|teleporter|jackhammer|blow ?torch|master key|skeleton key|invisibility cloak|hoverboard|x-ray (?:glasses|goggles))\b/

/** Why an attempt is beyond a character's abilities; undefined: it can be tried. */
export function abilityObjection(action: string, { pc, npc, lines }: CastFacts): string | undefined {
  // A question attempts nothing but asking.
  const asked = withoutQuotes(action)
    .replace(/[^.!?]*\?/g, ' ')
    .trim()
  const lower = asked.toLowerCase()
  const body = bodyOf(pc)
  const known = stemsOf(pc.abilities.replace(/^.*\bcannot\b.*$/gim, ''))
  const beyond = POWERS.find(([pattern, , word]) => pattern.test(lower) && !known.includes(stem(word)))
  if (beyond) return `${pc.hid} cannot ${beyond[1]}. What could ${pc.hid} try instead?`
  const tool = TOOLS.exec(lower)?.[0]
  const isThere =
    tool === undefined || `${pc.abilities} ${pc.short_description} ${lines.join(' ')}`.toLowerCase().includes(tool)
  if (!isThere) return `Nobody has seen such a thing here: ${tool}. What is at hand for ${pc.hid}?`
  const acts = clausesOf(asked, { pc: pc.hid, npc: npc.hid }).filter(
    ({ subject }) => subject === 'self' || subject === 'none',
  )
  for (const act of acts) {
    const missing = senseObjection(act, body, pc.hid) ?? limbObjection(act, body, pc.hid)
    if (missing !== undefined) return missing
  }
  return undefined
}

const SEES = /^(?:look|see|watch|stare|glance|gaze|read|observe|spot|peer|glimpse|spy|squint)$/
const HEARS = /^(?:hear|listen|overhear|eavesdrop)$/
const SPEAKS = /^(?:say|whisper|shout|speak|talk|sing|yell|call|scream|tell|answer|reply|exclaim|chat|murmur)$/
/** Replacements for a sense: with one of them, the verb is only a figure of speech. */
const BY_TOUCH = /\b(?:braille|fingers?|fingertips?|hands?|touch|screen reader|tactile|raised|cane|skin|converter)\b/
const FAINT =
  /\b(?:from (?:across|afar|far|a distance|the other (?:side|end))|across the (?:\w+ )?(?:room|street|hall)|in the dark|dark room|far away|distant|small print|fine print|serial number|tiny (?:letters|writing|print))\b/

function senseObjection({ verb, rest, text }: Clause, body: Body, hid: string): string | undefined {
  const seeks = /^(?:for|after|forward|up to)\b/.test(rest) && verb === 'look'
  if (SEES.test(verb) && !seeks && !BY_TOUCH.test(text)) {
    if (!body.canSee) return `${hid} does not see that. Try to listen, touch, ask or smell.`
    if (body.sight === 'low' && FAINT.test(text) && !/\bglass(?:es)?\b(?<!without .*)/.test(text))
      return `${hid} does not see that well. Try to come closer, or ask.`
    if (verb === 'read' && !body.canRead) return `${hid} does not read. What else could ${hid} try?`
  }
  if (!body.canHear && !BY_TOUCH.test(text)) {
    if (HEARS.test(verb)) return `${hid} does not hear. Try to look, touch or sign.`
    if (/\b(?:tele)?phone\b/.test(text) && /^(?:call|ring|phone|answer|telephone)$/.test(verb))
      return `${hid} does not hear on the telephone. Try to write.`
  }
  if (SPEAKS.test(verb) && body.voice === 'none' && !/^(?:call|sing|answer|reply|tell|talk)$/.test(verb))
    return `${hid} does not speak aloud. There are other ways: a sign, a touch, a sound.`
  return undefined
}

/** Synonyms of ruled-out verbs. */
const SYNONYMS: Readonly<Record<string, RegExp>> = {
  walk: /^(?:walk|stroll|step|wander|pace|stride|hike|march|tiptoe|run|jog|sprint|dash|jump|kick)$/,
  stand: /^(?:stand|rise|jump)$/,
  run: /^(?:run|sprint|jog|dash|race)$/,
  jump: /^(?:jump|leap|hop)$/,
  grasp: /^(?:grasp|grab|grip|pick|seize|clutch)$/,
  move: /^(?:move|walk|run|step|go|come|climb|crawl|jump|swim)$/,
}
/** Verbs too general to be ruled out by one line of a sheet. */
const ALWAYS = /^(?:do|be|have|perform|use|make|take|get|go|rely|always|easily|try|keep|give|tell|say|know|feel|think)$/
const BOTH_HANDS = /\b(?:both (?:my )?hands|two hands|clap|hands together)\b/
const HANDS = /\b(?:my (?:left |right |own )?hands?|my fingers?|my fists?|thumbs? up|both hands)\b/

function limbObjection({ verb, rest, text }: Clause, body: Body, hid: string): string | undefined {
  const ruledOut = body.cannot.find((each) => !ALWAYS.test(each) && (each === verb || SYNONYMS[each]?.test(verb)))
  if (ruledOut !== undefined && !(ruledOut === 'stand' && /^(?:by|in the way|guard|still)\b/.test(rest)))
    return `${hid} cannot ${verb}. What could ${hid} do in another way?`
  const phrase = body.cannotDo.find(({ verb: each, object }) => isSame(each, verb) && object.test(text))
  if (phrase !== undefined) return `${hid} cannot ${phrase.verb} that. What could ${hid} do in another way?`
  if (body.hands < 2 && BOTH_HANDS.test(text)) return `${hid} does not have two hands. How does ${hid} do it?`
  if (body.hands === 0 && HANDS.test(text)) return `${hid} has no hands. How does ${hid} do it?`
  return undefined
}

const isSame = (ruledOut: string, verb: string): boolean =>
  ruledOut === verb || (ruledOut === 'use' && /^(?:use|climb|take|go|walk|run)$/.test(verb))
