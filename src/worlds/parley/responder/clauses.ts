// Splits a player's move into clauses and determines who does what in each. English only, with no more grammar than a
// stand-in needs: text that it cannot parse counts as harmless.
import { isBaseVerb, isFiniteVerb } from './verbs.ts'

/** Placeholder for quoted speech. */
export const SAID = '§'

/**
 * The subject of a clause. `none`: no subject is named, as in a command or in the second half of "I wait and listen".
 */
export type Subject = 'self' | 'you' | 'pc' | 'npc' | 'person' | 'thing' | 'none'

export interface Clause {
  /** How the clause begins: a full stop, a comma, `and`, `until`, …; empty at the start. */
  readonly intro: string
  /** In lower case, without intro and adverbs before the subject. */
  readonly text: string
  readonly subject: Subject
  /** The first verb after the subject, as written; empty: none was found. */
  readonly verb: string
  /** What follows that verb. */
  readonly rest: string
  /** Whether the verb is only tried, wanted or asked for: "I try to open". */
  readonly isTried: boolean
}

export interface Names {
  readonly pc: string
  readonly npc: string
}

const QUOTED = /"[^"]*"|(?<=^|[\s:,])'[^']+'(?=$|[\s.,;!?])/g

/** The text with straight quotes, each quotation replaced by one placeholder. */
export function withoutQuotes(text: string): string {
  return text
    .replace(/[“”„«»]/g, '"')
    .replace(/[‘’]/g, "'")
    .replace(QUOTED, ` ${SAID} `)
    .replace(/\bafter (?:a (?:while|moment|bit)|some time|that)\b/gi, 'then')
    .replace(/[ \t]+/g, ' ')
    .trim()
}

const CUT =
  /([.;!?\n]+|,|:|\b(?:and|then|but|so|while|as|because|until|till|when|once|if|whether|before|after|which|who|where|although|though|since|that)\b)/i

/** The clauses of a move, in order. */
export function clausesOf(move: string, names: Names): Clause[] {
  const clauses: Clause[] = []
  let intro = ''
  for (const [at, part] of withoutQuotes(move).split(CUT).entries()) {
    if (at % 2 === 1) {
      const word = part.toLowerCase()
      // "and then", ", so": the last word is the most specific.
      intro = /[.;!?\n]/.test(word) ? '.' : word
      continue
    }
    const clause = readClause(intro, part, { names, isFirst: clauses.length === 0 })
    if (clause === undefined) continue
    clauses.push(clause)
    intro = ''
  }
  return clauses
}

const ADVERBS =
  /^(?:(?:now|also|just|again|finally|suddenly|soon|slowly|quickly|quietly|immediately|eventually|meanwhile|instead|first|next|afterwards|carefully|gently|almost|even|[a-z]+ly|after a (?:while|moment)|in the end|at last|at once)\b[\s,]*)+/i
const DETERMINED =
  /^(?:the|a|an|his|her|its|their|this|these|those|some|all|every|each|both|one|two|three|my|our|your|another|no)\s+/
const PRONOUN =
  /^(?:he|she|it|they|everyone|everybody|someone|somebody|nobody|anyone|anybody|everything|nothing|something|there)\b/
const TRIED =
  /^(?:(?:to )?(?:try|tries|trying|attempt|attempts|want|hope|wish|would like|would love|intend|plan|prepare|offer|aim|mean|decide|ask|beg|get ready|am about|am going|start|begin|continue) to|try and|could|can|may|might|should|let's|let us)\b\s*/
const SELF = /^(?:i|we|i'm|i'll|i've|i'd|we'll|we're|im|ive|let me|let us|let's)\b\s*/
const MODIFIERS = /^(?:(?:will|then|now|also|just|again|do|am|are|have|would|[a-z]+ly)\b\s*)+/

interface Context {
  readonly names: Names
  readonly isFirst: boolean
}

function readClause(intro: string, part: string, { names, isFirst }: Context): Clause | undefined {
  const plain = part.trim().replace(ADVERBS, '')
  if (plain === '') return undefined
  const text = plain.toLowerCase()
  const about = subjectOf(plain, names, isFirst || intro === '.')
  let after = text.slice(about.length).trim().replace(MODIFIERS, '')
  const tried = TRIED.exec(after)
  if (tried) after = after.slice(tried[0].length).replace(MODIFIERS, '')
  const [verb = '', ...rest] = after.split(/\s+/)
  const word = verb.replace(/[^a-z'§-]/g, '')
  return { intro, text, subject: about.subject, verb: word, rest: rest.join(' '), isTried: tried !== null }
}

/** The subject at the start of a clause, and its length. */
function subjectOf(plain: string, names: Names, isStart: boolean): { subject: Subject; length: number } {
  const text = plain.toLowerCase()
  const self = SELF.exec(text)
  if (self) return { subject: 'self', length: self[0].length }
  if (/^you(?:'re|'ll|'ve)?\b/.test(text)) return { subject: 'you', length: /^you\S*/.exec(text)?.[0].length ?? 3 }
  for (const [subject, name] of [
    ['npc', names.npc],
    ['pc', names.pc],
  ] as const) {
    if (text === name.toLowerCase() || text.startsWith(`${name.toLowerCase()} `))
      return { subject: name === names.pc && subject === 'npc' ? 'pc' : subject, length: name.length }
  }
  const pronoun = PRONOUN.exec(text)
  if (pronoun) {
    const isThing = /^(?:it|everything|nothing|something|there)$/.test(pronoun[0])
    return { subject: isThing ? 'thing' : 'person', length: pronoun[0].length }
  }
  const name = /^(?!(?:What|Who|Where|When|Why|How|Which|This|That|Here|Perhaps|Maybe)\b)[A-Z][\w'-]*(?= )/.exec(
    plain,
  )?.[0]
  const next = name === undefined ? '' : (/^\s*(\S+)/.exec(text.slice(name.length))?.at(1) ?? '')
  if (name !== undefined && (isFiniteVerb(next) || next === 'is') && (!isStart || !isBaseVerb(name.toLowerCase())))
    return { subject: 'person', length: name.length }
  return thingOf(text)
}

/** Maximum number of words of a noun phrase: "the old gate at the end". */
const MAX_NOUN = 6
const MINE = /^(?:my|our)\s/
const STOPS = /^(?:to|with|for|from|into|onto|towards?|under|over|behind|by|across|through|around)$/

/**
 * A noun with a verb that it performs: "the gate opens", "a chest appears". A noun alone is what the previous
 * clause was about.
 */
function thingOf(text: string): { subject: Subject; length: number } {
  const none = { subject: 'none', length: 0 } as const
  const start = DETERMINED.exec(text)
  if (!start) return none
  const words = text.slice(start[0].length).split(/\s+/)
  for (let at = 1; at <= Math.min(MAX_NOUN, words.length - 1); at++) {
    const word = (words.at(at) ?? '').replace(/[^a-z']/g, '')
    const isPlural = /[^s]s$/.test(words.at(at - 1) ?? '') && isBaseVerb(word)
    if (!isFiniteVerb(word) && !isPlural && !/^(?:is|are|was|were|becomes?)$/.test(word)) {
      if (STOPS.test(word)) return none
      continue
    }
    const length = start[0].length + words.slice(0, at).join(' ').length
    return { subject: MINE.test(text) ? 'self' : 'thing', length }
  }
  return none
}
