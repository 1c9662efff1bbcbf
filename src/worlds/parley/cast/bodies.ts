// What the local cast takes a character to be able to do, from its sheet: abilities first, then the vocabulary's words.
// A divergence is not an inability: only what the sheet rules out in words is ruled out here.
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

export function bodyOf(character: CastCharacter): Body {
  const { abilities, short_description, traits, is_human } = character
  const text = `${abilities}\n${short_description}`.toLowerCase()
  const lacks = (verbs: string, words: RegExp): boolean =>
    new RegExp(`${NOT} (?:${verbs})${WHOLE}`, 'm').test(text) || words.test(text)
  const has = (...names: string[]): boolean => names.some((name) => traits.some((trait) => trait.startsWith(name)))
  const isSoftware = has('disembodied')
  const isTiny = has('microscopic', 'millimeter')
  const isRooted = /\b(?:immobile|rooted|lichen|mounted|fixed (?:to|in)|bolted)\b/.test(text)
  const skills = skillsOf(abilities)
  return {
    canSee: !lacks('see|watch', /\bblind\b|no (?:usable )?(?:sight|vision|eyes)|without (?:sight|eyes)/),
    canHear: !lacks('hear', /\bdeaf\b|no (?:usable )?hearing|without (?:hearing|ears)/),
    canSpeak:
      !lacks(
        'speak|talk|use speech',
        /non-?speaking|\bmute\b|(?:she|he|it|they) (?:has|have) no (?:speech|voice|language|words)/,
      ) &&
      (is_human || SPEAKS.test(text) || has('language')),
    canMove:
      !isSoftware &&
      !isRooted &&
      !lacks('move', /\bcannot move\b/) &&
      (is_human || MOVES.test(text) || has('biological')),
    kind: isSoftware ? 'software' : isTiny ? 'tiny' : WATER.test(text) ? 'water' : 'body',
    skills,
    shows: skills.filter((skill) => !UNSEEN.test(skill)),
    cannot: [...text.matchAll(new RegExp(`${NOT} (\\w+)${WHOLE}`, 'gm'))].map(([, verb = '']) => verb),
  }
}

const SPEAKS = /\b(?:speaks?|talks?|says?|answers? (?:questions|in)|converses?|in words|full sentences|voice)\b/
const MOVES = /\b(?:walk|roll|crawl|swim|fly|climb|wheel|run|travel|glide|drive|jet|hop|drift|lead)/
const WATER = /\b(?:aquatic|octopus|fish|underwater|out of water)\b/
/** Skills that nobody could watch. */
const UNSEEN =
  /^(?:see|hear|sense|detect|perceive|feel|smell|taste|recogni|know|tell|remember|understand|interpret|process|analy|integrate|maintain|learn|find|measure|compare|think|regulate|mask|identify|notice|be|have|lose|judge|predict|read|follow|distinguish|estimate|keep|hold|infer|store|recall|track|locate|evaluate|accept|comply|support|respond|require|control|benefit|experience|tolerate|communicat|manage|work|rely|focus|become|operate|use|want|need|generate|produce|provide)/

const MAX_SKILL_WORDS = 8

function skillsOf(abilities: string): string[] {
  return abilities.split('\n').flatMap((line) => {
    const plain = line.replace(/^[-*#\s]+/, '').replace(/[.;,(:–].*$/, '')
    const phrase = /^can (?!not\b)(?:also |easily )?(.+)$/i.exec(plain)?.[1] ?? ''
    const cut = phrase.split(/ (?:and|or|by|while|via|without) /)[0] ?? ''
    const short = cut.trim()
    const count = short.split(' ').length
    const isPlain = short !== '' && count <= MAX_SKILL_WORDS && !/abilit|average|normal|only\b/i.test(short)
    return isPlain ? [short.charAt(0).toLowerCase() + short.slice(1)] : []
  })
}
