// The single stage of a round: the number of episodes, and its name.
import { z } from 'zod'
import type { ScheduledEpisode } from '../../protocol/commissioner.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { LaxBoolean, LaxInt } from '../../protocol/lax.ts'
import { type Draw, RoundRefused } from './commissioner.ts'

export interface Stage {
  readonly label: string
  readonly episodes: number
  /** Minimum number of appearances per entrant; null: not set, and one is enough. */
  readonly perEntrant: number | null
  readonly selfPlay: boolean
}

const Written = z.object({
  label: z.string().nullish(),
  num_episodes: LaxInt.pipe(z.int().min(1)).nullish(),
  min_episodes_per_entrant: LaxInt.pipe(z.int().min(1)).nullish(),
  self_play: LaxBoolean.nullish(),
})

/**
 * The stage that settings define as the only one of `stages`; undefined: they define none.
 * @throws RoundRefused for any other number of stages, and for values out of range
 */
export function readStage(settings: JsonObject, key: string, base: Stage): Stage | undefined {
  const { [key]: stages } = settings
  if (stages === undefined || stages === null) return undefined
  const [written, ...others] = Array.isArray(stages) ? stages : []
  if (written === undefined || others.length > 0) throw new RoundRefused(`${key} must hold exactly one stage`)
  const parsed = Written.safeParse(written)
  if (!parsed.success) throw new RoundRefused(`${key}: ${parsed.error.issues[0]?.message ?? 'invalid'}`)
  const { label, num_episodes, min_episodes_per_entrant, self_play } = parsed.data
  return {
    label: label ?? base.label,
    episodes: num_episodes ?? base.episodes,
    perEntrant: min_episodes_per_entrant ?? base.perEntrant,
    selfPlay: self_play ?? base.selfPlay,
  }
}

export const DEFAULT_STAGE: Stage = { label: 'Round', episodes: 1, perEntrant: null, selfPlay: false }

/** The number of episodes that gives each entrant its appearances. */
export function episodeCount({ episodes, perEntrant }: Stage, entrants: number, slots: number): number {
  return Math.max(episodes, Math.ceil((entrants * (perEntrant ?? 1)) / slots))
}

/** The displayed description of a round. */
export function roundDisplay(stage: Stage, entrants: number, poolId: string): JsonObject {
  const appearances = stage.perEntrant === null ? '' : `, at least ${stage.perEntrant} appearances each`
  return {
    phases: [
      { label: stage.label, summary: `${entrants} entrants${appearances}`, pool_id: poolId, display: 'leaderboard' },
    ],
  }
}

/** Seeds range from 0 to 2^31 - 1. */
const SEEDS = 2 ** 31

export function toEpisodes(
  lineups: readonly (readonly string[])[],
  about: { readonly variantId: string; readonly roundId: string; readonly config: JsonObject | undefined },
  draw: Draw,
): ScheduledEpisode[] {
  return lineups.map((lineup, index) => ({
    request_id: String(index),
    variant_id: about.variantId,
    policy_version_ids: [...lineup],
    seed: draw(SEEDS),
    tags: { pool_id: about.roundId },
    ...(about.config === undefined ? {} : { game_config: about.config }),
  }))
}
