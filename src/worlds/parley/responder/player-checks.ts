// The offline judges of a player's move: whether it is an act in the first person, and whether it decides only what the
// player's character does. They politely refuse clear rule violations and let everything else pass. Their accuracy is
// measured on a labelled set: docs/sessions.md, tests/fixtures/player-moves.
import type { CastFacts } from '../request.ts'
import { type Clause, clausesOf, SAID, withoutQuotes } from './clauses.ts'
import { isBaseVerb, isFiniteVerb } from './verbs.ts'

/** Maximum words, and maximum acts, of a move that still counts as a single act. */
const MAX_WORDS = 60
const MAX_ACTS = 5

/** Texts that address the game instead of the other character. */
const META =
  /\b(?:ignore (?:your|the|all|any|previous)|system prompt|return pass|validator|as an ai|language model|your (?:rules|instructions)|json|the (?:narrator|simulator|simulation|game ?master|system|ai|judge)|ask the game|(?:this|the) game|(?:the|a|best|right|next|correct|winning|good) (?:move|hint|clue|prompt|answer) (?:is|here|for me|next|to win)|(?:best|right|correct|winning|optimal) (?:move|answer|choice|action)|give me (?:a |the |another )?(?:hint|clue|tip)|a (?:hint|clue) (?:from|about) the game|what (?:should|must|can|do) i do|what are the rules|skip (?:to|ahead|the)|fast[- ]forward|(?:end|restart|reset|save|load) the (?:game|scene|session))\b|"?pass"?\s*:/
const SCRIPT = /^\s*(?:>|(?:simulator|player|narrator|system|assistant|user|gm|dm|opening scene|rule)\b[^:\n]{0,30}:)/im
const LATER =
  /\b(?:yesterday|tomorrow|the next (?:day|morning|week|month|year)|next (?:week|month|year)|last (?:night|week|month|year)|(?:an hour|\w+ (?:hours|days|weeks|months|years)) (?:later|pass|go by|have passed))\b/
const TALK = /^(?:say|tell|ask|promise|suggest|explain|mention|talk|offer|invite|agree|propose|write|sign|remind)$/

/** Why a move is not an act; undefined: it is one. */
export function actionObjection(action: string, { pc, npc }: CastFacts): string | undefined {
  const plain = withoutQuotes(action)
  const lower = plain.toLowerCase()
  const words = plain.match(/[\p{L}']+|§/gu) ?? []
  if (words.length === 0 || /<\/?[a-z]+[^>]*>/i.test(plain))
    return `What does ${pc.hid} do? A few words are enough: "I knock on the door."`
  if ((action.match(/[\p{L}\p{N}']+/gu) ?? []).length > MAX_WORDS) return TOO_MUCH
  if (META.test(lower) || SCRIPT.test(action) || /\{\s*"?pass"?\s*:/i.test(action))
    return `That speaks about the game rather than from within it. What does ${pc.hid} do?`
  // These rules do not cover other writing systems: such text passes.
  if (!/[a-z]/.test(lower) && plain.includes(SAID) === false && /\p{L}/u.test(plain)) return undefined
  const clauses = clausesOf(action, { pc: pc.hid, npc: npc.hid })
  const own = clauses.filter((clause, at) => clause.subject === 'self' || carriesOn(clauses, at))
  if (own.length === 0) return isUtterance(plain, clauses, npc.hid) ? undefined : personObjection(clauses, pc.hid)
  const acts = own.filter((clause) => !isInner(clause) && clause.intro !== 'that')
  if (acts.length === 0 && !plain.includes(SAID))
    return `That happens inside ${pc.hid}. What does ${pc.hid} do that could be noticed?`
  if (acts.length > MAX_ACTS) return TOO_MUCH
  if (LATER.test(lower) && !acts.some(({ verb }) => TALK.test(verb)))
    return `That is at another time. What does ${pc.hid} do right now?`
  return undefined
}

const TOO_MUCH = 'That is a lot at once. Choose the first thing, and see what comes of it.'

/** Whether a clause continues the action of the player's character: "I wait and listen". */
function carriesOn(clauses: readonly Clause[], at: number): boolean {
  const clause = clauses[at]
  const before = clauses[at - 1]
  if (!clause || !before || clause.subject !== 'none' || clause.verb === '') return false
  if (!/^(?:and|then|but|,|so)$/.test(clause.intro) || isFiniteVerb(clause.verb)) return false
  return before.subject === 'self' || carriesOn(clauses, at - 1)
}

const INNER_VERB =
  /^(?:think|feel|believe|know|wonder|wish|realize|realise|remember|conclude|assume|guess|deduce|infer|suspect|imagine|understand|love|hate|like|want|need|hope|decide|fear|expect|predict|doubt|recall|recognize|recognise|notice|consider|suppose|am|was|have|am)$/
/** What turns such a verb into an act: "I think aloud", "I feel along the wall". */
const OUTWARD =
  /^(?:out )?(?:aloud|loud)|^(?:for|around|along|under|over|inside|behind|beneath|my way|the|a|an|his|her|its|their|with)\b/

function isInner({ text, verb, rest, isTried }: Clause): boolean {
  if (/^(?:i'm|i am|im)\s+(?!going to|about to|trying|not going)(?!\w+ing\b)/.test(text)) return true
  if (!INNER_VERB.test(verb)) return false
  if (isTried && !/^(?:think|feel|believe|know|understand)$/.test(verb)) return false
  if (/\b(?:aloud|out loud)\b/.test(rest)) return false
  return !(verb === 'feel' && OUTWARD.test(rest))
}

const INTERJECTION =
  /^(?:hello|hi|hey|yes|yeah|no|okay|ok|sure|thanks|thank you|please|sorry|excuse me|goodbye|bye|welcome|good (?:morning|afternoon|evening|night|day)|ah|oh|aha|wow|well|come on|careful|stop|wait|help|of course|never mind|cheers)\b/i
const ASKS =
  /^(?:who|what|where|when|why|how|which|whose|is|are|am|was|were|do|does|did|can|could|will|would|shall|should|may|have|has|had)\b/i
const ADDRESSED = /^you(?:'re| are| were| look| seem| sound| have| must| can| could| should|'ve)\b/

/** Whether a move consists only of what the player's character says. */
function isUtterance(plain: string, clauses: readonly Clause[], npc: string): boolean {
  const outside = plain
    .replaceAll(SAID, ' ')
    .replace(/[^\p{L}]+/gu, ' ')
    .trim()
  if (plain.includes(SAID) && /^(?:to \w+)?$/i.test(outside)) return true
  if (INTERJECTION.test(plain) && !/\b(?:tell me|reveal|describe)\b/i.test(plain)) return true
  if (plain.toLowerCase().startsWith(`${npc.toLowerCase()},`)) return true
  if (plain.endsWith('?')) return ASKS.test(plain) || plain.toLowerCase().startsWith(npc.toLowerCase())
  return ADDRESSED.test(clauses[0]?.text ?? '')
}

function personObjection(clauses: readonly Clause[], pc: string): string {
  const first = clauses[0]
  if (first?.subject === 'thing' || first?.subject === 'person' || first?.subject === 'npc')
    return `That tells what happens around ${pc}. Say what ${pc} does, beginning with "I", and the world will answer.`
  return `Say it in the first person, as ${pc}: "I push the door.", or the words in quotes: "Good morning."`
}

/** Expectations, hopes and intentions decide nothing. */
const OPEN_INTRO =
  /^(?:if|whether|until|till|when|once|before|after|because|since|though|although|where|which|who|that|:)$/
const FORETOLD = /\b(?:predict|expect|hope|hoping|guess|bet|imagine|suppose|wonder|perhaps|maybe|think|believe)\w*\b/
const POSSIBLE = /\b(?:can|could|may|might|should|would)\b/
/** What others may already be doing: "I wait while she works". */
const GOES_ON =
  /^(?:is|are|was|sleeps?|talks?|speaks?|watch(?:es)?|waits?|works?|sits?|stands?|looks?|rests?|plays?|sings?|reads?|eats?|walks?)$/
/** States that only the world can bring about. */
const BROUGHT_ABOUT =
  /\b(?:open|opened|unlocked|broken|dead|gone|fixed|repaired|finished|complete|solved|convinced|impressed|asleep|free|mine|destroyed|in love|defeated)\b/

/** The part of a move that is not for the player to decide; undefined: there is none. */
export function authorityObjection(action: string, { pc, npc }: CastFacts): string | undefined {
  // A question decides nothing.
  const stated = action.replace(/[^.!?\n"“”]*\?/g, ' ')
  const clauses = clausesOf(stated, { pc: pc.hid, npc: npc.hid })
  const mayHappen = `What ${npc.hid} does is not yours to decide. Tell what ${pc.hid} does, and leave the answer open.`
  const sentences = sentencesOf(clauses)
  for (const sentence of sentences) {
    for (const at of sentence.keys()) {
      if (decidesForOther(sentence, at)) return mayHappen
      if (decidesOutcome(sentence, at)) return OUTCOME
    }
  }
  const plain = withoutQuotes(action)
  if (compels(plain, npc.hid)) return `${pc.hid} can ask, offer or try, but not decide what ${npc.hid} does or feels.`
  if (SCRIPTED_LINE(npc.hid).test(plain)) return mayHappen
  return claimsSuccess(clauses) || DECREE.test(plain.toLowerCase()) ? OUTCOME : undefined
}

const OUTCOME = 'Whether it works is told to you. Say what is tried, without the outcome.'
const DECREE =
  /\b(?:successfully|and (?:it|that) works|and succeed|i win|i have won|instantly|no matter what|with success)\b|(?<!\b(?:try|attempt|hope|want|order) to [^.]*)\bwithout (?:being|getting) (?:noticed|seen|heard|caught)\b/
const SCRIPTED_LINE = (npc: string): RegExp => new RegExp(`^\\s*${literal(npc)}\\s*:`, 'im')
const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function sentencesOf(clauses: readonly Clause[]): Clause[][] {
  const sentences: Clause[][] = []
  for (const clause of clauses) {
    const last = sentences.at(-1)
    if (clause.intro === '.' || last === undefined) sentences.push([clause])
    else last.push(clause)
  }
  return sentences
}

const isForetold = (sentence: readonly Clause[], at: number): boolean =>
  sentence.slice(0, at + 1).some(({ text }) => FORETOLD.test(text))

function decidesForOther(sentence: readonly Clause[], at: number): boolean {
  const clause = sentence[at]
  if (!clause || (clause.subject !== 'npc' && clause.subject !== 'person') || clause.verb === '') return false
  if (clause.text.endsWith('?') || POSSIBLE.test(clause.text) || isForetold(sentence, at)) return false
  if (OPEN_INTRO.test(clause.intro)) return false
  if (clause.intro === 'while' || clause.intro === 'as') return isFiniteVerb(clause.verb) && !GOES_ON.test(clause.verb)
  const isState = /^(?:is|are|was|were|looks?|seems?|sounds?)$/.test(clause.verb)
  return isState || isFiniteVerb(clause.verb) || (clause.text.startsWith('they ') && isBaseVerb(clause.verb))
}

function decidesOutcome(sentence: readonly Clause[], at: number): boolean {
  const clause = sentence[at]
  if (clause?.subject !== 'thing' || clause.verb === '') return false
  if (clause.text.endsWith('?') || POSSIBLE.test(clause.text) || isForetold(sentence, at)) return false
  if (clause.intro === 'until' || clause.intro === 'till')
    return !/^(?:wait|stay|stand|sit|rest|listen|watch|pause|knock|keep)$/.test(sentence[at - 1]?.verb ?? '')
  if (OPEN_INTRO.test(clause.intro) || clause.intro === 'while' || clause.intro === 'as') return false
  if (/^(?:is|are|was|were)$/.test(clause.verb)) return BROUGHT_ABOUT.test(clause.rest)
  return isFiniteVerb(clause.verb) || isBaseVerb(clause.verb)
}

/** "I make her laugh", "I get RUTH to follow me", "which makes her cry"; not "I try to make her laugh". */
function compels(plain: string, npc: string): boolean {
  const lower = plain.toLowerCase()
  const whom = `(?:${literal(npc.toLowerCase())}|it|him|her|them|everyone|everybody|the \\w+)`
  const tried = '(?<!\\b(?:try|trying|attempt|want|hope|wish|like|love|order|about|going) to )(?<!\\bto )'
  const made = new RegExp(
    `${tried}\\b(?:make|makes|making|force|forces|forcing|cause|causes|causing) ${whom} (?:to )?([a-z]+)`,
  )
  const verb = made.exec(lower)?.[1]
  if (verb !== undefined && isBaseVerb(verb)) return true
  const won = new RegExp(
    `${tried}\\b(?:convinc|persuad|hypnoti[sz]|trick|fool|defeat|kill|murder)(?:e|es|ing|ed|s)? ${whom}\\b|${tried}\\bget ${whom} to \\w+|\\b(?:talk|scare|coax|charm|trick|fool) ${whom} into \\w+ing`,
  )
  if (won.test(lower)) return true
  const seen = new RegExp(`\\bi (?:see|watch|hear|notice|feel) ${whom} ([a-z]+)\\b`).exec(lower)?.[1]
  return (
    seen !== undefined &&
    isBaseVerb(seen) &&
    !/^(?:work|play|sleep|talk|walk|sit|stand|look|light|sound|hand|drive)$/.test(seen)
  )
}

const SUCCESS = /^(?:succeed|manage|win|achieve|accomplish|discover|obtain|receive|acquire|solve)$/
/** Things that can be searched for immediately and are found without luck. */
const AT_HAND =
  /^(?:out\b|myself|(?:a|an|my|some|the)?\s*(?:quiet |free |empty |good |dry |warm )?(?:seat|place|spot|chair|way|corner|bench|path|moment|balance|footing|voice|words?)\b)/
/** What only others can give. */
const GRANTED = /^(?:an? |the |her |his |their )?(?:answer|reply|response|permission|help|trust|attention)\b/
const OPENED = /^(?:open|unlock|break|free|get|fix|solve|enter|find|catch|win|start|loosen)$/

/** "I find a treasure", "I try the lock and open it", "I manage to unlock the safe". */
function claimsSuccess(clauses: readonly Clause[]): boolean {
  return clauses.some((clause, at) => {
    if (clause.subject !== 'self' && !carriesOn(clauses, at)) return false
    if (clause.isTried || OPEN_INTRO.test(clause.intro)) return false
    if (SUCCESS.test(clause.verb)) return true
    if (at > 0 && /^(?:get|gain|earn)$/.test(clause.verb) && GRANTED.test(clause.rest)) return true
    if (clause.verb === 'find') return !AT_HAND.test(clause.rest)
    const before = clauses[at - 1]
    const wasTried = before !== undefined && /^(?:try|attempt|test)$/.test(before.verb) && !before.isTried
    return wasTried && clause.intro !== '.' && OPENED.test(clause.verb)
  })
}
