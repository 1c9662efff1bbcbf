// The episodes behind the figures of an evaluation: rows with their players, filtered by policies and outcome.
import { type EvaluationPlan, episodeAt, planEvaluation } from '../evaluation/plan.ts'
import type { WorldRegistry } from '../host/world-registry.ts'
import { at } from '../kernel/at.ts'
import type { EvaluationEpisode, EvaluationEpisodePage, EvaluationRow } from '../protocol/evaluation.ts'
import type { EvaluationRecord, Evaluations } from '../store/evaluations/evaluations.ts'

export interface EpisodeFilter {
  /** Only episodes with these policies. */
  readonly policies: readonly string[]
  readonly outcome: EvaluationRow['outcome'] | undefined
  /** Only rows after this number. */
  readonly after: number
  /** Maximum number of episodes in the answer. */
  readonly limit: number
}

const ROWS_PER_READ = 1000
/** Rows that one request looks at: a rare outcome may be far away. The answer says where to continue. */
const MAX_SCANNED = 50_000

/** The plan of an evaluation; undefined: its world or one of its bots is no longer installed in the version it had. */
async function planOf({ spec, world }: EvaluationRecord, worlds: WorldRegistry): Promise<EvaluationPlan | undefined> {
  const plan = await planEvaluation(worlds, spec).catch(() => undefined)
  return plan?.world.version === world.version ? plan : undefined
}

/** One page of the episodes that pass a filter. */
export async function listEvaluationEpisodes(
  record: EvaluationRecord,
  { policies, outcome, after, limit }: EpisodeFilter,
  { evaluations, worlds }: { readonly evaluations: Evaluations; readonly worlds: WorldRegistry },
): Promise<EvaluationEpisodePage> {
  const plan = await planOf(record, worlds)
  const found: EvaluationEpisode[] = []
  let last = after
  for (let scanned = 0; scanned < MAX_SCANNED; scanned += ROWS_PER_READ) {
    const rows = await evaluations.page(record.id, { after: last, limit: ROWS_PER_READ })
    for (const row of rows) {
      last = row.number
      const episode = toEpisode(record.id, row, plan)
      const isWanted =
        (outcome === undefined || row.outcome === outcome) &&
        policies.every((name) => episode.players === null || episode.players.includes(name))
      if (isWanted) found.push(episode)
      if (found.length === limit) return { episodes: found, next: last }
    }
    if (rows.length < ROWS_PER_READ) return { episodes: found, next: null }
  }
  return { episodes: found, next: last }
}

function toEpisode(id: string, row: EvaluationRow, plan: EvaluationPlan | undefined): EvaluationEpisode {
  const planned = plan && episodeAt(plan, row.number)
  return {
    ...row,
    episode: row.journal === null ? null : `${id}-${row.number}`,
    players: planned && plan ? planned.assignment.map((player) => at(plan.players, player).name) : null,
    variant: planned?.variant.id ?? null,
  }
}
