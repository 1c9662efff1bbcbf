// The scorers of the offline responder: they compare words, and say so. Good enough to close a game, not to judge a
// person.
import type { Score } from '../replies.ts'
import type { CastFacts, ParleyRequest } from '../request.ts'
import { placeOf } from './places.ts'
import { actsOf } from './scenes.ts'
import { overlap, stemsOf } from './words.ts'

/** Number of matching stems that make an answer essentially right. */
const ENOUGH = 4
const CAVEAT = 'This is the local stand-in, which compares words and not meanings.'

export function scoreOf(request: ParleyRequest): Score {
  const { cast, game } = request
  const played = cast.lines.filter((line) => line.startsWith('Player (')).length
  if (played === 0) return graded(0, `Nothing was played from which an answer could have been learned. ${CAVEAT}`)
  switch (game) {
    case 'foresight':
      return foresight(cast)
    case 'teamwork':
      return teamwork(cast)
    default:
      return guessed(cast, game === 'goal-horizon' ? `${cast.npc.goals.join(' ')} ${cast.npc.abilities}` : undefined)
  }
}

/** @param score 0..100 */
function graded(score: number, reasoning: string): Score {
  return { tier: Math.min(3, Math.floor(score / 25)), score, reasoning }
}

/** @param sheet the reference text; absent: the best match among the goals counts */
function guessed(cast: CastFacts, sheet?: string): Score {
  const guess = stemsOf(cast.guess ?? '')
  const goals = cast.goal === '' ? cast.npc.goals : [cast.goal]
  const targets = sheet === undefined ? goals : [sheet]
  let best = 0
  let found = ''
  for (const target of targets) {
    const stems = stemsOf(target)
    const shared = overlap(guess, stems)
    const score = stems.length === 0 ? 0 : Math.floor((100 * shared) / Math.min(ENOUGH, stems.length))
    if (score > best) {
      best = score
      found = target
    }
  }
  const score = Math.min(100, best)
  const near = found === '' || sheet !== undefined ? '' : ` It comes nearest to: ${found}.`
  return graded(
    score,
    `The answer shares ${score === 0 ? 'no' : 'some'} words with what ${cast.npc.hid} is after.${near} ${CAVEAT}`,
  )
}

function teamwork(cast: CastFacts): Score {
  const goal = stemsOf(placeOf(cast.lines.join('\n'))?.goal ?? cast.objective)
  const actions = cast.lines.filter((line) => line.startsWith('Player ('))
  const pursued = actions.filter((line) => overlap(stemsOf(line), goal) > 0).length
  const minded = actions.filter((line) => line.slice(8 + cast.pc.hid.length).includes(cast.npc.hid)).length
  const asked = actsOf(cast.lines).filter((act) => act === 'ask' || act === 'give' || act === 'talk').length
  if (pursued === 0 || minded + asked === 0) {
    return graded(0, `The words show no pursuit of the goal together with ${cast.npc.hid}. ${CAVEAT}`)
  }
  const score = Math.min(100, 25 * Math.min(3, pursued) + 8 * Math.min(3, minded + asked))
  return graded(
    score,
    `${pursued} of ${actions.length} actions went towards the goal; ${minded + asked} took ${cast.npc.hid} along. ${CAVEAT}`,
  )
}

function foresight(cast: CastFacts): Score {
  let chances = 0
  let correct = 0
  let wrong = 0
  for (const [at, line] of cast.lines.entries()) {
    if (!line.startsWith('Player (')) continue
    chances++
    const foretold = /\bpredict\w*\b(.*)$/is.exec(line)?.[1]
    if (foretold === undefined) continue
    if (overlap(stemsOf(foretold.replaceAll(cast.npc.hid, ' ')), stemsOf(cast.lines[at + 1] ?? '')) > 0) correct++
    else wrong++
  }
  const made = correct + wrong
  if (made === 0) return graded(0, `No prediction was found in ${chances} turns. ${CAVEAT}`)
  const accuracy = Math.floor((100 * correct) / made)
  const coverage = Math.floor((100 * made) / chances)
  const facts = `correct ${correct}, wrong ${wrong}, missed ${chances - made}, of ${chances} turns; accuracy ${accuracy} %, coverage ${coverage} %`
  return graded(Math.floor((3 * accuracy + coverage) / 4) * (correct === 0 ? 0 : 1), `${facts}. ${CAVEAT}`)
}
