// What the offline responder assumes a character can do, read from its sheet: abilities first, then the vocabulary's
// words. A divergence is not an inability: only abilities that the sheet explicitly rules out are ruled out here.
import { at } from '../../../kernel/at.ts'
import type { CastCharacter } from '../request.ts'

/** How a character expresses words; null: it has no words. */
export type Tongue = 'voice' | 'sign' | 'writing' | null

export interface Body {
  readonly canSee: boolean
  readonly sight: 'none' | 'low' | 'full'
  readonly canHear: boolean
  /** Whether it understands words, spoken or written. */
  readonly understands: boolean
  readonly canRead: boolean
  readonly canWrite: boolean
  readonly canSign: boolean
  /** Whether it speaks aloud to strangers. */
  readonly canSpeak: boolean
  /** `none`: the sheet rules out speech altogether. */
  readonly voice: 'none' | 'some'
  readonly canFeel: boolean
  /** Whether it can move from its place. */
  readonly canMove: boolean
  readonly canSound: boolean
  /** Whether it notices single acts of people at all. */
  readonly isAware: boolean
  readonly hands: number
  readonly kind: 'body' | 'software' | 'water' | 'tiny' | 'remote'
  /** Its abilities as the sheet words them, each to follow "can": `roll on two wheels`. */
  readonly skills: readonly string[]
  /** The skills that can be shown in one moment, anywhere. */
  readonly shows: readonly string[]
  /** Verbs that are ruled out entirely: `jump`, `whistle`. */
  readonly cannot: readonly string[]
  /** Verbs that are ruled out with an object: `use stairs`. */
  readonly cannotDo: readonly { readonly verb: string; readonly object: RegExp }[]
}

/** Lines that say what cannot be done, except those that apply only at times. */
const CANNOT_LINE = /(?:cannot|can not|can't|unable to|is not able to) ([^\n.;:]+)/g
const AT_TIMES = /\b(?:once|when|while|whenever|during|unless|until|if)\b/
/** Text that may follow a verb that is ruled out entirely. */
const WHOLE = /^(?:at all|anything|aloud|light|sounds?|words?|or only.*|)$/

interface RuledOut {
  readonly whole: readonly string[]
  readonly parts: readonly { readonly verb: string; readonly object: string }[]
}

/** "stand, walk or use stairs" becomes `stand`, `walk`, and `use` with `stairs`. */
function ruledOutBy(text: string): RuledOut {
  const whole: string[] = []
  const parts: { verb: string; object: string }[] = []
  for (const [, said = ''] of text.matchAll(CANNOT_LINE)) {
    if (AT_TIMES.test(said)) continue
    let verb = ''
    for (const piece of said.split(/,\s*(?:or |and )?|\s+(?:or|and)\s+/)) {
      const [word = '', ...rest] = piece.trim().split(/\s+/)
      const object = rest.join(' ')
      // "see light, colour, shapes": what follows belongs to the preceding verb.
      const isVerb = verb === '' || VERB_AGAIN.test(word)
      if (!isVerb) parts.push({ verb, object: piece.trim() })
      else if (WHOLE.test(object)) whole.push(word)
      else parts.push({ verb: word, object })
      if (isVerb) verb = word
    }
  }
  return { whole, parts }
}

/** Verbs that occur in such lists; any other word counts as an object. */
const VERB_AGAIN =
  /^(?:stand|walk|use|run|swim|go|climb|see|hear|speak|talk|read|write|understand|move|notice|perceive|remember|lift|open|grasp|grab|make|jump|kneel|feel|recogni[sz]e|hold|say|sing|whistle|survive|leave|judge|mend|visit|tell|smell|cross|handle|reach|bear|sit|sleep|ride|learn|change|act|give)$/

const WITHOUT = {
  see: /\bblind\b(?! spot)|no (?:usable )?(?:sight|vision|eyes)|without (?:sight|eyes)|cannot see (?:light|shapes|people|anything)|cannot perceive (?:physical sensations|complex visual)/,
  hear: /\bdeaf\b|no (?:usable )?hearing|without (?:hearing|ears)|cannot hear speech, |cannot perceive (?:physical sensations|complex visual)/,
  speak:
    /non-?speaking|non-?verbal|\bmute\b|(?:she|he|it|they) (?:has|have) no (?:speech|voice|language|words)|never speaks|does not speak/,
  move: /\b(?:immobile|rooted|lichen|mounted|fixed (?:to|in)|bolted|paralysed)\b/,
} as const
const LOW_SIGHT =
  /\b(?:low vision|visually impaired|partially sighted|legally blind|near-?sighted|short-?sighted|blurr\w+|limited vision|reduced vision|cannot read small print)\b/
const SPEAKS =
  /(?:^|\n)[-* ]*can [^\n]*\b(?:speak|talk|converse|hold a [^\n]*conversation|say)\b(?![^\n]*sign language)/
const MOVES =
  /(?:^|\n)[-* ]*can [^\n]*\b(?:walk|roll|crawl|swim|fly|climb|run|jet|hop|drive|move \d|over rough ground|drift|wander|travel|glide)\b/
const WATER = /\b(?:aquatic|octopus|fish|underwater|out of water|ammonia-rich water|lightless ocean)\b/
/** Beings too large for any room; characters meet them over a line. */
const REMOTE = /^(?:planetary|larger-than-planetary|kilometer)/
const UNAWARE =
  /cannot [^\n]*\b(?:any event|single people|perceive (?:pupils|people)|understand free text)\b|\bno agency\b/
const NO_LANGUAGE =
  /cannot (?:[^\n]*\b)?(?:understand (?:speech|language|words|sentences|free text)|interpret abstract)|or understand (?:words|sentences|language|speech)/

export function bodyOf(character: CastCharacter): Body {
  const { abilities, short_description, limits, traits, is_human } = character
  const text = `${abilities}\n${short_description}`.toLowerCase()
  const { whole, parts } = ruledOutBy(text)
  const rules = (...verbs: string[]): boolean => verbs.some((verb) => whole.includes(verb))
  const has = (...names: string[]): boolean => names.some((name) => traits.some((trait) => trait.startsWith(name)))
  const isSoftware = has('disembodied')
  const canSee = !rules('see') && !WITHOUT.see.test(text) && (is_human || !isNamed(traits) || has('vision'))
  const speech = SPEAKS.test(text)
  const able = text.replace(/^[^\n]*\bcannot\b[^\n]*$/gm, '')
  const hearsOthers = has('hearing', 'language') || /\b(?:hears?|listens?|understands? speech)\b/.test(able)
  const canHear = !rules('hear') && !WITHOUT.hear.test(text) && (is_human || !isNamed(traits) || hearsOthers || speech)
  const isMute = rules('speak', 'talk') || WITHOUT.speak.test(text)
  const canSign = /\bsign(?:s|ing)? language\b|\bcan sign\b/.test(text)
  const understands = !NO_LANGUAGE.test(text) && (is_human || speech || has('language') || !isNamed(traits))
  const speaksHere = is_human ? canHear || !limits.includes('speech') : speech
  const readsAndWrites = !rules('read') && !rules('write') && (is_human || /\bcan [^\n]*\bwrite\b/.test(text))
  const skills = skillsOf(abilities)
  return {
    canSee,
    sight: canSee ? (LOW_SIGHT.test(text) ? 'low' : 'full') : 'none',
    canHear,
    understands,
    canRead: !rules('read'),
    canWrite: readsAndWrites && understands && !limits.includes('literacy'),
    canSign,
    canSpeak: !isMute && understands && speaksHere,
    voice: isMute ? 'none' : 'some',
    canFeel: !isSoftware && (is_human || !isNamed(traits) || has('tactile')),
    canMove: !isSoftware && !rules('move') && !WITHOUT.move.test(text) && (is_human || MOVES.test(text)),
    canSound: !/cannot [^\n]*\bmake sounds?\b/.test(text),
    isAware: !UNAWARE.test(`${text}\n${traits.join('\n')}`),
    hands: handsOf(text, is_human, has('humanoid')),
    kind: kindOf(traits, text),
    skills,
    shows: skills.filter((skill) => SHOWN.test(skill) && !/\d/.test(skill)),
    cannot: whole,
    cannotDo: parts.flatMap(({ verb, object }) => {
      const word = /[a-z]{4,}(?= *$)/.exec(object.replace(/ (?:by|without|with|for|in|on|than|of) .*$/, ''))?.[0]
      return word === undefined || VAGUE.test(verb)
        ? []
        : [{ verb, object: new RegExp(`\\b${word.replace(/s$/, '')}s?\\b`) }]
    }),
  }
}

function kindOf(traits: readonly string[], text: string): Body['kind'] {
  const has = (what: RegExp): boolean => traits.some((trait) => what.test(trait))
  if (has(/^disembodied/)) return 'software'
  if (has(/^(?:microscopic|millimeter)/)) return 'tiny'
  if (WATER.test(text)) return 'water'
  return has(REMOTE) || /\bthe controller of\b/.test(text) ? 'remote' : 'body'
}

/** Whether a sheet names senses at all; if not, the usual senses are assumed. */
const SENSES = [
  'vision',
  'hearing',
  'tactile',
  'taste',
  'smell',
  'vestibular',
  'proprioception',
  'pattern',
  'depth',
  'language',
]
const isNamed = (traits: readonly string[]): boolean =>
  traits.some((trait) => SENSES.some((sense) => trait.startsWith(sense)))

function handsOf(text: string, isHuman: boolean, isHumanoid: boolean): number {
  if (/\b(?:no hands|without hands|no arms|without arms)\b/.test(text)) return 0
  if (/\b(?:one hand|one-handed|a single hand|one arm)\b/.test(text)) return 1
  return isHuman || isHumanoid ? 2 : 0
}

/** Verbs whose limits are a matter of degree: trying is always possible. */
const VAGUE =
  /^(?:do|be|have|perform|make|take|get|go|rely|keep|give|tell|say|know|feel|think|understand|notice|remember|recogni[sz]e|see|hear|speak|estimate|sit|sleep|live|bear|survive|learn|judge|handle|reach|perceive|command|work|act|separate|follow|leave|lie|change|decide|carry|cross|climb|move|ride|sign|donate|interpret|sustain|access)$/

const MAX_SKILL_WORDS = 8
/** What anybody nearby could notice within a moment, in any place. */
const SHOWN =
  /^(?:roll|beep|hum|sing|whistle|dance|strum|blink|glow|hover|hop|ring|buzz|click|purr|change colour|open and close doors|light lamps|jump)\b/
/** Verbs that need nothing after them. */
const ALONE = /^(?:fly|cook|sing|swim|dance|dive|jump|hover|hum|beep|roll|crawl|climb|whistle|blink)$/

function skillsOf(abilities: string): string[] {
  return abilities.split('\n').flatMap((line) => {
    const plain = line.replace(/^[-*#\s]+/, '').replace(/[.;,(:–].*$/, '')
    const phrase = /^can (?!not\b)(?:also |easily )?(.+)$/i.exec(plain)?.[1] ?? ''
    const whole = phrase.split(/ (?:by|while|via|without|whenever|when) /)[0]?.trim() ?? ''
    const first = at(whole.split(/ (?:and|or) /), 0)
    // "open and close doors" needs its second half.
    const short = first.includes(' ') ? first : whole
    const count = short.split(' ').length
    const isPlain =
      short !== '' &&
      (short.includes(' ') || !/,/.test(line) || ALONE.test(short)) &&
      count <= MAX_SKILL_WORDS &&
      !/abilit|average|normal|only\b/i.test(short)
    return isPlain ? [short.charAt(0).toLowerCase() + short.slice(1)] : []
  })
}
