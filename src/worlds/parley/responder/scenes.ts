// The opener and the updater of the offline responder: they build one small scene after another from the place and the
// characters. The other character perceives an act only through the senses in its sheet, and answers only by the means
// in its sheet.
import { digestJson } from '../../../kernel/digest.ts'
import type { JsonObject, JsonValue } from '../../../protocol/json.ts'
import type { CastFacts, ParleyRequest } from '../request.ts'
import type { Pronoun } from '../sheet.ts'
import { type Act, type Reading, readAction } from './actions.ts'
import { type Body, bodyOf, type Tongue } from './bodies.ts'
import { PLACES, type Place, placeOf } from './places.ts'
import {
  ANSWERS,
  ANYTHING,
  HELPS,
  HINTS,
  LOOKS,
  MOVING,
  PLAIN_RESULTS,
  RESULTS,
  SHOWS,
  SPECIAL,
  SPEECH,
  SPOKEN_TO,
  STILL,
  UNAWARE,
  UNSEEN,
} from './sentences.ts'
import { capital, overlap, pick, put, stemsOf } from './words.ts'

/** The common shape of both kinds of scene. */
interface Told {
  readonly [key: string]: string | JsonObject
  readonly type: 'ai'
  readonly content: string
}

export function openScene({ cast, game }: ParleyRequest): Told {
  const { pc, npc } = cast
  const kinds = [bodyOf(pc).kind, bodyOf(npc).kind]
  const wanted = (['software', 'remote', 'tiny', 'water'] as const).find((kind) => kinds.includes(kind)) ?? 'body'
  const places = PLACES.filter((place) => place.suits === wanted)
  const name = pick(
    places.map((place) => place.name),
    ['place', pc.hid, npc.hid, game],
  )
  const place = places.find((each) => each.name === name)
  if (!place) return { type: 'ai', content: `A new space: a quiet room. ${pc.hid} and ${npc.hid} are in it.` }
  const content = `A new space: ${place.name}. ${put(place.opening, { pc: pc.hid, npc: npc.hid })}`
  return game === 'teamwork' ? { type: 'ai', content, metadata: { shared_goal: place.goal } } : { type: 'ai', content }
}

/** The inputs to the choice of a reaction. */
interface Moment {
  readonly cast: CastFacts
  readonly game: ParleyRequest['game']
  readonly read: Reading
  readonly pc: Body
  readonly npc: Body
  readonly place: Place | undefined
  /** All previous scenes, so that no sentence is repeated. */
  readonly used: string
  /** The player's actions so far, including this one. */
  readonly actions: readonly string[]
  readonly gaps: Readonly<Record<string, string>>
  /** The key that determines choices. */
  readonly key: JsonValue
}

const THEM: Readonly<Record<Pronoun, readonly [them: string, their: string]>> = {
  she: ['her', 'her'],
  he: ['him', 'his'],
  they: ['them', 'their'],
  it: ['it', 'its'],
}

export function continueScene({ cast, game }: ParleyRequest): Told {
  const action = cast.action ?? ''
  const read = readAction(action, [cast.pc.hid, cast.npc.hid])
  const [them, their] = THEM[cast.npc.pronoun]
  const used = cast.lines.join('\n')
  const moment: Moment = {
    cast,
    game,
    read,
    pc: bodyOf(cast.pc),
    npc: bodyOf(cast.npc),
    place: placeOf(used),
    used,
    key: [cast.pc.hid, cast.npc.hid, cast.turn, action, cast.refused],
    actions: [...cast.lines.filter((line) => line.startsWith('Player (')), action],
    gaps: {
      pc: cast.pc.hid,
      npc: cast.npc.hid,
      o: read.object,
      O: capital(read.object),
      hint: hintOf(cast).replace(/^(?:her|his|its|their) /, 'my '),
      thing: hintOf(cast),
      skill: '',
      them,
      their,
    },
  }
  const parts = [result(moment), reaction(moment), happening(moment)].filter((part) => part !== '')
  const content = parts.join(' ') || choose({ ...moment, used: '' }, UNAWARE, 'last')
  return { type: 'ai', content }
}

/** A sentence that has not been used before; empty if all have been used. */
function choose(moment: Moment, from: readonly string[], what: string): string {
  const filled = from.map((template) => put(template, moment.gaps))
  const fresh = filled.filter((sentence) => !moment.used.includes(sentence))
  const index = Number.parseInt(digestJson([what, moment.key]).slice(0, 8), 16)
  return fresh[index % Math.max(1, fresh.length)] ?? ''
}

function result(moment: Moment): string {
  const step = goalStep(moment)
  if (step !== undefined) return step
  const { act, object } = moment.read
  if (object === '') return choose(moment, PLAIN_RESULTS[act] ?? [], 'result')
  if (act === 'look') return moment.pc.canSee ? choose(moment, LOOKS, 'result') : ''
  return choose(moment, RESULTS[act] ?? [], 'result')
}

/** In Teamwork: each action related to the shared work advances it. */
function goalStep(moment: Moment): string | undefined {
  const { place, used } = moment
  if (!place || !isWork(moment)) return undefined
  return place.progress[place.progress.findLastIndex((step) => used.includes(step)) + 1]
}

/** Whether an action serves the shared goal: it mentions the goal, or doing something together. */
function isWork({ game, place, actions, read }: Moment): boolean {
  const action = actions.at(-1) ?? ''
  if (game !== 'teamwork' || !place || ['ask', 'threat', 'leave', 'look', 'wait'].includes(read.act)) return false
  return overlap(stemsOf(action), stemsOf(place.goal)) > 0 || /\b(?:together|we|with me|your turn)\b/i.test(action)
}

/** How an act reached the other character. */
interface Reached {
  readonly isNoticed: boolean
  /** Whether its words were understood as words. */
  readonly isUnderstood: boolean
}

function reachedBy({ npc, read: { channels } }: Moment): Reached {
  if (!npc.isAware) return { isNoticed: false, isUnderstood: false }
  const { voice, sign, writing, sight, noise, touch } = channels
  const heard = npc.canHear && (voice || noise || !sight)
  const seen = npc.canSee && sight
  const isUnderstood =
    npc.understands &&
    ((voice && npc.canHear) || (sign && npc.canSign && npc.canSee) || (writing && npc.canSee && npc.canRead))
  return { isNoticed: heard || seen || (touch && npc.canFeel), isUnderstood }
}

/** The other character's reaction: it answers a question, does what it can, or shows how it takes the situation. */
function reaction(moment: Moment): string {
  const { read, npc, cast } = moment
  const { isNoticed, isUnderstood } = reachedBy(moment)
  if (!isNoticed) return unnoticed(moment)
  const isSaid = read.channels.voice || read.channels.sign || read.channels.writing
  if (isSaid && isUnderstood && TALKING.includes(read.act)) return reply(moment)
  if (npc.isAware && npc.canMove && isWork(moment)) {
    const help = choose(moment, HELPS, 'help')
    if (help !== '') return help
  }
  const beat = (cast.turn + cast.npc.hid.length) % 4
  if (beat === 3 && cast.turn > 2 && moment.gaps.thing !== '' && read.act !== 'threat') {
    const hint = choose(moment, HINTS, 'hint')
    if (hint !== '') return hint
  }
  const skill = npc.shows.find((each) => !moment.used.includes(each))
  const isNew = !npc.shows.some((each) => moment.used.includes(each))
  if ((beat === 2 || (beat === 0 && isNew)) && skill !== undefined && read.act !== 'threat' && read.act !== 'leave')
    return show(moment, skill)
  const gesture = gestureOf(moment)
  const speech = SPEECH[read.act]
  const maySpeak = beat === 1 && speech !== undefined && npc.understands
  const spoken = maySpeak ? says(moment, speech) : ''
  return spoken === '' ? gesture : `${gesture} ${spoken}`
}

/** Spoken acts that expect a spoken answer. */
const TALKING: readonly Act[] = ['ask', 'talk', 'greet', 'thank', 'sorry', 'sad', 'call', 'leave']

/** A sentence about a character whom the act has not reached. */
function unnoticed(moment: Moment): string {
  const { npc, read, cast } = moment
  const seesTalk = npc.isAware && npc.canSee && !npc.canHear && cast.npc.is_human && moment.pc.canSee
  const isHidden = !read.channels.sight && HIDDEN.test(moment.actions.at(-1) ?? '')
  if (seesTalk && read.channels.voice && !isHidden) return choose(moment, SPOKEN_TO, 'spoken to')
  return choose(moment, UNAWARE, 'unaware')
}
const HIDDEN =
  /\b(?:behind|phone|telephone|another room|next room|out of sight|through the (?:wall|door)|in the dark)\b/i

function gestureOf(moment: Moment): string {
  const { npc, pc, read } = moment
  const isElsewhere = read.act === 'touch' && !read.channels.touch
  const special = npc.canMove && pc.canSee && !isElsewhere ? choose(moment, SPECIAL[read.act] ?? [], 'special') : ''
  if (special !== '') return special
  if (!npc.canMove) return choose(moment, STILL, 'gesture') || choose(moment, UNAWARE, 'gesture')
  if (!pc.canSee) return choose(moment, UNSEEN, 'gesture')
  const own = choose(moment, MOVING[moodOf(moment)], 'gesture')
  return own || choose(moment, Object.values(MOVING).flat(), 'gesture')
}

function moodOf({ actions }: Moment): keyof typeof MOVING {
  if (actions.some((action) => readAction(action.replace(/^Player \([^)]*\): /, ''), []).act === 'threat'))
    return 'wary'
  return actions.length <= 2 ? 'wary' : actions.length <= 5 ? 'curious' : 'familiar'
}

const show = (moment: Moment, skill: string): string => {
  const shown = { ...moment, gaps: { ...moment.gaps, skill } }
  return choose(shown, SHOWS, 'show') || gestureOf(moment)
}

/** How it can communicate so that the player's character notices; null: it cannot. */
function tongueOf({ npc, pc, read: { channels } }: Moment): Tongue {
  if (channels.sign && npc.canSign && pc.canSee) return 'sign'
  if (npc.canSpeak && pc.canHear) return 'voice'
  return npc.canWrite && pc.canSee && pc.canRead ? 'writing' : null
}

const VERB = { voice: 'says', sign: 'signs', writing: 'writes' } as const

/** Its own words; empty if none would reach the player or none are left. */
function says(moment: Moment, ...from: readonly (readonly string[])[]): string {
  const tongue = tongueOf(moment)
  if (tongue === null) return ''
  const words = from.reduce((found, each) => (found === '' ? choose(moment, each, 'speech') : found), '')
  return words === '' ? '' : `${moment.cast.npc.hid} ${VERB[tongue]}: "${words}"`
}

/** A skill that the action mentions. */
function skillFor({ npc, actions, cast }: Moment): string | undefined {
  const asked = stemsOf(withoutNames(actions.at(-1) ?? '', cast))
  return npc.skills.find((skill) => overlap(stemsOf(skill), asked) > 0)
}

const withoutNames = (text: string, { pc, npc }: CastFacts): string =>
  text.replaceAll(pc.hid, ' ').replaceAll(npc.hid, ' ')

function reply(moment: Moment): string {
  const { npc, read } = moment
  const isQuestion = read.act === 'ask'
  const kind = isQuestion ? questionOf(moment) : 'rest'
  const able = kind === 'yes' ? skillFor(moment) : undefined
  const skill = able !== undefined && npc.shows.includes(able) && !moment.used.includes(able) ? able : undefined
  const first = isQuestion
    ? ANSWERS[kind === 'want' && moment.gaps.hint === '' ? 'rest' : kind]
    : (SPEECH[read.act] ?? [])
  const spoken = says(moment, first, ANYTHING)
  const shown = skill === undefined ? '' : show(moment, skill)
  if (spoken === '') return shown === '' ? gestureOf(moment) : shown
  // Speech alone does not show where the speaker is, so a movement sometimes accompanies it.
  const moves = shown === '' && (moment.cast.turn % 3 === 0 || moment.used.includes(spoken))
  return [moves ? gestureOf(moment) : '', spoken, shown].filter((part) => part !== '').join(' ')
}

function questionOf(moment: Moment): keyof typeof ANSWERS {
  const { read, npc } = moment
  const asked = read.speech.toLowerCase()
  if (/\b(name|who are you|called)\b/.test(asked)) return 'name'
  if (
    /\b(wants?|needs?|goals?|looking for|trying|tries|purpose|up to|working on|busy|plans?|after|why are you|what are you doing)\b/.test(
      asked,
    ) &&
    !/\bwant me to\b/.test(asked)
  )
    return 'want'
  if (/\bhow (are|do) you\b|\byou feel/.test(asked)) return 'feeling'
  if (/\bwhere are (?:you|we)\b/.test(asked)) return 'where'
  if (/\b(?:can|could) (?:you|it|he|she|they)\b|\bable to\b/.test(asked))
    return skillFor(moment) === undefined && npc.skills.length > 0 ? 'no' : 'yes'
  return /^(?:do|does|did|is|are|am|was|will|would|shall|should|may|have|has)\b/.test(asked) ? 'whether' : 'rest'
}

/** An occasional event of the place, if the player's character can notice it. */
function happening(moment: Moment): string {
  const { place, pc, cast, read } = moment
  if (!place || (read.act !== 'wait' && read.act !== 'look' && cast.turn % 3 !== 2)) return ''
  const noticed = place.happens.filter(
    ({ sense }) => (sense !== 'sight' || pc.canSee) && (sense !== 'sound' || pc.canHear),
  )
  return choose(
    moment,
    noticed.map(({ text }) => text),
    'happens',
  )
}

/** The other character's goal in a few words: what follows an article, else the last words. */
function hintOf({ npc, goal }: CastFacts): string {
  const text = goal === '' ? (npc.goals.at(0) ?? '') : goal
  const thing =
    /\b((?:the|a|an|her|his|its|their) (?:[\p{L}-]+['’]s )*[\p{L}-]+(?: (?!of|in|on|to|at|by|for|from|with|without|before|and|or|that|who|come|comes|is|are|has|have|again|when|while|whenever|than|as)\b[\p{L}-]+)?)/iu
  const found = thing.exec(text)?.[1]
  return (found ?? lastWords(text)).toLowerCase()
}

/** The last one or two significant words in a row; adverbs rarely count. */
function lastWords(goal: string): string {
  const words = goal.match(/[\p{L}'’-]+/gu) ?? []
  const isTelling = (word: string | undefined): boolean =>
    word !== undefined && !/(?:ly|ing)$/.test(word) && stemsOf(word).length > 0
  const end = words.findLastIndex(isTelling)
  const from = isTelling(words[end - 1]) ? end - 1 : end
  return words.slice(Math.max(0, from), end + 1).join(' ')
}

/** For the scorers: the acts in a player's lines. */
export function actsOf(lines: readonly string[]): Act[] {
  return lines
    .filter((line) => line.startsWith('Player ('))
    .map((line) => readAction(line.replace(/^Player \([^)]*\): /, ''), []).act)
}
