// The opener and the updater of the offline responder: one small scene after another out of what is there, in which the other one
// grows used to the player, shows what it can do, and lets through what it is after.
import type { JsonObject, JsonValue } from '../../../protocol/json.ts'
import type { CastFacts, ParleyRequest } from '../request.ts'
import { type Act, type Reading, readAction } from './actions.ts'
import { type Body, bodyOf } from './bodies.ts'
import { PLACES, type Place, placeOf } from './places.ts'
import { ANSWERS, GESTURES, HELPS, HINTS, RESULTS, SHOWS, SIGNS, SPECIAL, SPEECH } from './sentences.ts'
import { capital, overlap, pick, put, stemsOf } from './words.ts'

/** What both kinds of scene are told as. */
interface Told {
  readonly [key: string]: string | JsonObject
  readonly type: 'ai'
  readonly content: string
}

export function openScene({ cast, game }: ParleyRequest): Told {
  const { pc, npc } = cast
  const kinds = [bodyOf(pc).kind, bodyOf(npc).kind]
  const wanted = (['software', 'tiny', 'water'] as const).find((kind) => kinds.includes(kind)) ?? 'body'
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

/** Everything that a reaction is chosen by. */
interface Moment {
  readonly cast: CastFacts
  readonly game: ParleyRequest['game']
  readonly read: Reading
  readonly pc: Body
  readonly npc: Body
  readonly place: Place | undefined
  /** All that was told so far, so that nothing is told twice. */
  readonly used: string
  /** What the player has done so far, this action included. */
  readonly actions: readonly string[]
  readonly gaps: Readonly<Record<string, string>>
  /** What choices follow from. */
  readonly key: JsonValue
}

export function continueScene({ cast, game }: ParleyRequest): Told {
  const action = cast.action ?? ''
  const read = readAction(action, [cast.pc.hid, cast.npc.hid])
  const moment: Moment = {
    cast,
    game,
    read,
    pc: bodyOf(cast.pc),
    npc: bodyOf(cast.npc),
    place: placeOf(cast.lines.join('\n')),
    used: cast.lines.join('\n'),
    key: [cast.pc.hid, cast.npc.hid, cast.turn, action, cast.refused],
    actions: [...cast.lines.filter((line) => line.startsWith('Player (')), action],
    gaps: {
      pc: cast.pc.hid,
      npc: cast.npc.hid,
      o: read.object,
      O: capital(read.object),
      hint: hintOf(cast),
      skill: '',
      it: cast.npc.is_human ? 'them' : 'it',
      its: cast.npc.is_human ? 'their' : 'its',
    },
  }
  const parts = [result(moment), reaction(moment), happening(moment)].filter((part) => part !== '')
  return { type: 'ai', content: parts.join(' ') }
}

const choose = (moment: Moment, from: readonly string[], what: string): string =>
  put(pick(from, [what, moment.key], moment.used), moment.gaps)

function result(moment: Moment): string {
  const step = goalStep(moment)
  if (step !== undefined) return step
  const { plain, object } = RESULTS[moment.read.act]
  return choose(moment, moment.read.object === '' ? plain : object, 'result')
}

/** In Teamwork: the shared work comes nearer with every action that has to do with it. */
function goalStep(moment: Moment): string | undefined {
  const { place, used } = moment
  if (!place || !isWork(moment)) return undefined
  return place.progress[place.progress.findLastIndex((step) => used.includes(step)) + 1]
}

/** That an action serves the shared goal: it speaks of it, or of doing something together. */
function isWork({ game, place, actions, read }: Moment): boolean {
  const action = actions.at(-1) ?? ''
  if (game !== 'teamwork' || !place || ['ask', 'threat', 'leave', 'look', 'wait'].includes(read.act)) return false
  return overlap(stemsOf(action), stemsOf(place.goal)) > 0 || /\b(?:together|we|with me|your turn)\b/i.test(action)
}

/** What it does: answers what is asked, does what it can, or shows how it takes all this. */
function reaction(moment: Moment): string {
  const { read, npc, pc, cast } = moment
  if (read.act === 'ask') return reply(moment)
  if (isWork(moment)) return choose(moment, HELPS, 'help')
  const wanted = skillFor(moment)
  if (wanted !== undefined && npc.shows.includes(wanted) && !moment.used.includes(wanted)) return show(moment, wanted)
  const beat = (cast.turn + cast.npc.hid.length) % 4
  if (beat === 3 && cast.turn > 2 && moment.gaps.hint !== '' && read.act !== 'threat')
    return choose(moment, HINTS, 'hint')
  const isNew = !npc.shows.some((skill) => moment.used.includes(skill))
  if ((beat === 2 || (beat === 0 && isNew)) && read.act !== 'threat' && read.act !== 'leave') {
    const shown = pc.canSee ? npc.shows : npc.shows.filter((each) => !SIGHTS.test(each))
    const fresh = shown.filter((each) => !moment.used.includes(each))
    const skill = pick(fresh, ['skill', cast.turn])
    if (skill !== '') return show(moment, skill)
  }
  const speech = SPEECH[read.act]
  const gesture = choose(moment, specialOf(moment) ?? gestures(moment), 'gesture')
  const speaks =
    npc.canSpeak &&
    moment.pc.canHear &&
    speech !== undefined &&
    (beat === 1 || read.act === 'greet' || read.act === 'talk')
  return speaks ? `${gesture} ${says(moment, speech)}` : gesture
}

/** Skills that are there for the eye alone. */
const SIGHTS = /\b(?:colou?r|pattern|light|glow|blink|screen|display|sign)/

/** Some acts are taken in their own way, by those who can move; a touch only if it is meant for them. */
function specialOf({ read, npc }: Moment): readonly string[] | undefined {
  const isElsewhere = read.act === 'touch' && read.object !== ''
  return npc.canMove && !isElsewhere ? SPECIAL[read.act] : undefined
}

function gestures({ npc, pc, actions }: Moment): readonly string[] {
  const kind = pc.canSee ? (npc.canMove ? 'moving' : 'still') : 'unseen'
  if (actions.some((action) => readAction(action, []).act === 'threat')) return GESTURES[kind].wary
  return GESTURES[kind][actions.length <= 2 ? 'wary' : actions.length <= 5 ? 'curious' : 'familiar']
}

const show = (moment: Moment, skill: string): string =>
  choose({ ...moment, gaps: { ...moment.gaps, skill } }, SHOWS, 'show')

const says = (moment: Moment, from: readonly string[]): string =>
  `${moment.cast.npc.hid} says: ${choose(moment, from, 'speech')}`

/** A skill that the action speaks of. */
function skillFor({ npc, actions, cast }: Moment): string | undefined {
  const asked = stemsOf(withoutNames(actions.at(-1) ?? '', cast))
  return npc.skills.find((skill) => overlap(stemsOf(skill), asked) > 0)
}

const withoutNames = (text: string, { pc, npc }: CastFacts): string =>
  text.replaceAll(pc.hid, ' ').replaceAll(npc.hid, ' ')

function reply(moment: Moment): string {
  const { npc, pc } = moment
  const kind = questionOf(moment)
  const able = kind === 'yes' ? skillFor(moment) : undefined
  const skill = able !== undefined && npc.shows.includes(able) ? able : undefined
  if (npc.canSpeak && pc.canHear) {
    const spoken = says(moment, kind === 'want' && moment.gaps.hint === '' ? ANSWERS.rest : ANSWERS[kind])
    return skill === undefined ? spoken : `${spoken} ${show(moment, skill)}`
  }
  if (kind === 'want' && moment.gaps.hint !== '') return choose(moment, HINTS, 'hint')
  if (skill !== undefined) return show(moment, skill)
  return choose(moment, kind === 'no' || kind === 'yes' ? SIGNS[kind] : SIGNS.rest, 'sign')
}

function questionOf(moment: Moment): keyof typeof ANSWERS {
  const { read, npc } = moment
  const asked = read.speech.toLowerCase()
  if (/\b(name|who are you|called)\b/.test(asked)) return 'name'
  if (
    /\b(wants?|needs?|goals?|looking for|trying|tries|purpose|up to|working on|busy|plans?|after|why are you|what are you doing)\b/.test(
      asked,
    )
  )
    return 'want'
  if (/\bhow (are|do) you\b|\bfeel/.test(asked)) return 'feeling'
  if (/\bwhere\b/.test(asked)) return 'where'
  if (/\b(?:can|could|would|will) (?:you|it|he|she|they)\b|\b(?:able|please|help me)\b/.test(asked))
    return skillFor(moment) === undefined && npc.skills.length > 0 ? 'no' : 'yes'
  return 'rest'
}

/** Now and then the place does something by itself, if the player's character can notice it. */
function happening(moment: Moment): string {
  const { place, pc, cast, read } = moment
  if (!place || (read.act !== 'wait' && read.act !== 'look' && cast.turn % 3 !== 2)) return ''
  const noticed = place.happens.filter(
    ({ sense }) => (sense !== 'sight' || pc.canSee) && (sense !== 'sound' || pc.canHear),
  )
  const fresh = noticed.filter(({ text }) => !moment.used.includes(text))
  return pick(
    fresh.map(({ text }) => text),
    ['happens', cast.turn],
  )
}

/** What the other one is after, in a few words of its first goal: what stands after an article, else its last words. */
function hintOf({ npc }: CastFacts): string {
  const goal = npc.goals[0] ?? ''
  const thing =
    /\b((?:the|a|an|her|his|its|their) (?:[\p{L}-]+['’]s )*[\p{L}-]+(?: (?!of|in|on|to|at|by|for|from|with|without|before|and|or|that|who|come|comes|is|are|has|have|again|when|while|whenever|than|as)\b[\p{L}-]+)?)/iu
  const found = thing.exec(goal)?.[1]
  return (found ?? lastWords(goal)).toLowerCase()
}

/** The last one or two telling words that stand together; adverbs tell little. */
function lastWords(goal: string): string {
  const words = goal.match(/[\p{L}'’-]+/gu) ?? []
  const isTelling = (word: string | undefined): boolean =>
    word !== undefined && !/(?:ly|ing)$/.test(word) && stemsOf(word).length > 0
  const end = words.findLastIndex(isTelling)
  const from = isTelling(words[end - 1]) ? end - 1 : end
  return words.slice(Math.max(0, from), end + 1).join(' ')
}

/** For the scorers: the acts that a player's lines hold. */
export function actsOf(lines: readonly string[]): Act[] {
  return lines.filter((line) => line.startsWith('Player (')).map((line) => readAction(line, []).act)
}
