// The results of one seed: each policy's scores, and pairwise rankings. Statistics use only these.
import { at } from '../kernel/at.ts'
import type { EvaluationRow } from '../protocol/evaluation.ts'
import { type EvaluationPlan, episodeAt, type PlannedEpisode } from './plan.ts'

/** Comparable scores: those of the policies of one episode, or of episodes that differ in one policy. */
export interface Contest {
  /** Index of each entrant among the plan's players, and its mean score. */
  readonly entrants: readonly { readonly player: number; readonly score: number }[]
  /** Whether they met in an episode. */
  readonly isEpisode: boolean
}

/** One seed of an evaluation. */
export interface Block {
  readonly block: number
  /** The score of every slot, by player. */
  readonly scores: readonly { readonly player: number; readonly variant: string; readonly score: number }[]
  readonly contests: readonly Contest[]
  /** Number of rows, whatever their outcome. */
  readonly rows: number
}

/** Groups rows by seed; rows come in the order of their numbers. */
export async function* blocksOf(
  plan: EvaluationPlan,
  rows: AsyncIterable<EvaluationRow> | Iterable<EvaluationRow>,
): AsyncGenerator<Block, void, undefined> {
  let gathered: { readonly row: EvaluationRow; readonly planned: PlannedEpisode }[] = []
  for await (const row of rows) {
    const planned = episodeAt(plan, row.number)
    const first = gathered[0]
    if (first && first.planned.block !== planned.block) {
      yield toBlock(first.planned.block, gathered)
      gathered = []
    }
    gathered.push({ row, planned })
  }
  const first = gathered[0]
  if (first) yield toBlock(first.planned.block, gathered)
}

function toBlock(
  block: number,
  played: readonly { readonly row: EvaluationRow; readonly planned: PlannedEpisode }[],
): Block {
  const scores: { player: number; variant: string; score: number }[] = []
  const contests: Contest[] = []
  const cells = new Map<string, { player: number; score: number }[]>()
  for (const { row, planned } of played) {
    if (row.scores === null) continue
    for (const [slot, score] of row.scores.entries()) {
      scores.push({ player: at(planned.assignment, slot), variant: planned.variant.id, score })
    }
    const entrants = entrantsOf(row.scores, planned.assignment)
    if (entrants.length > 1) contests.push({ entrants, isEpisode: true })
    if (planned.cell === undefined) continue
    const own = policyOf(planned)
    const entrant = entrants.find(({ player }) => player === own)
    if (entrant) cells.set(planned.cell, [...(cells.get(planned.cell) ?? []), entrant])
  }
  for (const entrants of cells.values()) if (entrants.length > 1) contests.push({ entrants, isEpisode: false })
  return { block, scores, contests, rows: played.length }
}

/** The policy under evaluation: policies come before opponents in the list of players. */
const policyOf = ({ assignment }: PlannedEpisode): number => Math.min(...assignment)

/** The distinct players of an episode, with the mean score of their slots. */
export function entrantsOf(
  scores: readonly number[],
  assignment: readonly number[],
): { readonly player: number; readonly score: number }[] {
  const sums = new Map<number, { sum: number; count: number }>()
  for (const [slot, score] of scores.entries()) {
    const player = at(assignment, slot)
    const known = sums.get(player) ?? { sum: 0, count: 0 }
    sums.set(player, { sum: known.sum + score, count: known.count + 1 })
  }
  return [...sums]
    .map(([player, { sum, count }]) => ({ player, score: sum / count }))
    .sort((a, b) => a.player - b.player)
}
