// What the offline responder takes a character to be able to do, from its sheet: abilities first, then the vocabulary's words.
// A divergence is not an inability: only what the sheet rules out in words is ruled out here.
import { at } from '../../../kernel/at.ts'
import type { CastCharacter } from '../request.ts'

export interface Body {
  readonly canSee: boolean
  readonly canHear: boolean
  readonly canSpeak: boolean
  readonly canMove: boolean
  readonly kind: 'body' | 'software' | 'water' | 'tiny'
  /** What it can do, as the sheet has it, each to stand after "can": `roll on two wheels`. */
  readonly skills: readonly string[]
  /** Those of them that can be watched. */
  readonly shows: readonly string[]
  /** First words of what it cannot do: `jump`, `whistle`. */
  readonly cannot: readonly string[]
}

const NOT = "(?:cannot|can not|can't|unable to|does not|is not able to)"
/** What may follow a verb that is ruled out as a whole; anything else rules out only a part. */
const WHOLE = '(?=[.,;]| at all| or | anything| light| aloud| sounds?| words?|$)'

/** That a sheet rules out one of `verbs` as a whole, alone or in a list. */
const ruledOut = (verbs: string): RegExp => new RegExp(`${NOT} (?:\\w+(?:,| or|, or) )*(?:${verbs})${WHOLE}`, 'm')
const RULED_OUT = {
  see: ruledOut('see|watch'),
  hear: ruledOut('hear'),
  speak: ruledOut('speak|talk|use speech'),
  move: ruledOut('move'),
} as const
const CANNOT = new RegExp(`(?:cannot|can not|can't) (\\w+)${WHOLE}`, 'gm')

export function bodyOf(character: CastCharacter): Body {
  const { abilities, short_description, traits, is_human } = character
  const text = `${abilities}\n${short_description}`.toLowerCase()
  const lacks = (sense: keyof typeof RULED_OUT): boolean => RULED_OUT[sense].test(text) || WITHOUT[sense].test(text)
  const has = (...names: string[]): boolean => names.some((name) => traits.some((trait) => trait.startsWith(name)))
  const isSoftware = has('disembodied')
  const isTiny = has('microscopic', 'millimeter')
  const skills = skillsOf(abilities)
  return {
    canSee: !lacks('see'),
    canHear: !lacks('hear'),
    canSpeak: !lacks('speak') && (is_human || SPEAKS.test(text) || has('language')),
    canMove: !isSoftware && !lacks('move') && (is_human || MOVES.test(text) || has('biological')),
    kind: isSoftware ? 'software' : isTiny ? 'tiny' : WATER.test(text) ? 'water' : 'body',
    skills,
    shows: skills.filter((skill) => !UNSEEN.test(skill)),
    cannot: [...text.matchAll(CANNOT)].map(([, verb = '']) => verb),
  }
}

/** Words that say the same of a being. */
const WITHOUT = {
  see: /\bblind\b|no (?:usable )?(?:sight|vision|eyes)|without (?:sight|eyes)/,
  hear: /\bdeaf\b|no (?:usable )?hearing|without (?:hearing|ears)/,
  speak: /non-?speaking|\bmute\b|(?:she|he|it|they) (?:has|have) no (?:speech|voice|language|words)/,
  move: /\b(?:immobile|rooted|lichen|mounted|fixed (?:to|in)|bolted)\b/,
} as const
const SPEAKS = /\b(?:speaks?|talks?|says?|answers? (?:questions|in)|converses?|in words|full sentences|voice)\b/
const MOVES = /\b(?:walk|roll|crawl|swim|fly|climb|wheel|run|travel|glide|drive|jet|hop|drift|lead)/
const WATER = /\b(?:aquatic|octopus|fish|underwater|out of water)\b/
/** Skills that nobody could watch. */
const UNSEEN =
  /^(?:see|hear|sense|detect|perceive|feel|smell|taste|recogni|know|tell|remember|understand|interpret|proces|analy|integrate|maintain|learn|find|measure|compare|think|regulate|mask|identify|notice|be|have|lose|judge|predict|read|follow|distinguish|estimate|keep|hold|infer|store|recall|track|locate|evaluate|accept|comply|support|respond|require|control|benefit|experience|tolerate|communicat|manage|work|rely|focus|become|operate|use|want|need|speak|talk|say|generate|produce|provide)/

const MAX_SKILL_WORDS = 8
/** Verbs that need nothing after them. */
const ALONE = /^(?:fly|cook|sing|swim|dance|dive|jump|hover|hum|beep|roll|crawl|climb)$/

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
