// English verbs, as far as the offline judges need them: whether a word after a noun asserts that something happens.

/** Actions of people and things, in the base form. */
const REGULAR =
  `open close shut crack burst explode collapse melt burn appear disappear vanish emerge move slide swing turn start stop
light work sound roll drop land crash pop snap click unlock begin happen agree nod smile laugh cry reply answer thank follow walk
jump look help hug kiss wave wake die faint lift push pull bark beep play fill drain reach reveal show return accept refuse
trust realise realize notice want decide join stay back retreat surrender obey confess admit apologise apologize promise
dance shout scream yell whisper talk ask tremble relax calm panic flinch blush gasp sigh purr wag lick sniff hop float rip activate
respond react flash blink glow dim switch cool boil bloom hatch arrive enter exit knock grab release succeed fail hand pass
call invite welcome offer point step turn climb approach stare glance listen remember forget explain tell warn believe love hate
like need fear worry know stop wait sit stand lie run go come give take say fall break fly sing speak hear see feel make let
get grow become rise catch hit hold throw bite eat drink leave lose win find tear bend sink swim hide freeze blow bow drive ring
shake sleep spin spring strike wear write understand forgive shrug grin frown land collapse shatter topple tip rattle creak
surface settle gather scatter bloom vibrate`
    .split(/\s+/)
    .filter((word) => word !== '')

/** Past forms that do not end in -ed. */
const PAST =
  `went came gave took said told fell broke flew sang spoke heard saw felt made let got grew became rose caught hit held threw
bit ate drank left lost won found tore bent sank swam hid froze blew drove rang shook slept spun sprang struck stood sat lay ran knew
began woke understood forgave wrote wore`
    .split(/\s+/)
    .filter((word) => word !== '')

const third = (verb: string): string =>
  /(?:s|x|z|ch|sh|o)$/.test(verb) ? `${verb}es` : /[^aeiou]y$/.test(verb) ? `${verb.slice(0, -1)}ies` : `${verb}s`
const past = (verb: string): string =>
  verb.endsWith('e') ? `${verb}d` : /[^aeiou]y$/.test(verb) ? `${verb.slice(0, -1)}ied` : `${verb}ed`

/** Parts of `be`, `have` and the auxiliaries, after which something is asserted. */
const AUXILIARY = ['will', "'ll", 'has', 'had', 'must', 'does', 'did', 'begins', 'starts']

const DOUBLED = [
  'stopped',
  'nodded',
  'dropped',
  'slipped',
  'stepped',
  'grabbed',
  'hugged',
  'popped',
  'snapped',
  'shrugged',
]

/** `opens`, `opened`, `fell`, `will`: after a subject, they assert that something happens. */
const FINITE: ReadonlySet<string> = new Set([
  ...REGULAR.map(third),
  ...REGULAR.map(past),
  ...PAST,
  ...AUXILIARY,
  ...DOUBLED,
])
const BASE: ReadonlySet<string> = new Set(REGULAR)

/** Whether a word is a verb in the third person or the past tense. */
export const isFiniteVerb = (word: string): boolean => FINITE.has(word)
/** Whether a word is a verb in the form used after `make her` or after `they`. */
export const isBaseVerb = (word: string): boolean => BASE.has(word)
