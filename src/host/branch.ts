// Starts an episode from a step of another: the shared past is read from the parent's journal, and players are planned
// as for any episode.
import type { Episode } from '../episode/episode.ts'
import { readForkPoint } from '../episode/fork.ts'
import type { JournalFile } from '../episode/journal-file.ts'
import { type EpisodeOptions, forkEpisode } from '../episode/start.ts'
import { parseWith } from '../kernel/parse.ts'
import type { World } from '../kernel/world.ts'
import { type EpisodeSpec, type PlannedEpisode, planEpisode } from './episode-spec.ts'
import type { WorldRegistry } from './world-registry.ts'

/** An episode that continues from a step of another. */
export interface BranchSpec extends Pick<EpisodeSpec, 'pacing' | 'kind' | 'startsPaused'> {
  /** The first step that may differ. */
  readonly step: number
  /** The players. Default: the same bots; all other slots are open. */
  readonly slots?: EpisodeSpec['slots'] | undefined
}

type HostOptions = Omit<EpisodeOptions, 'slots' | 'pacing' | 'gatherMs' | 'startsPaused'>

export interface PlannedBranch extends Pick<PlannedEpisode, 'slots'> {
  readonly world: World
  fork(options: HostOptions): Episode
}

/**
 * @param stepsDone of a parent that is live
 * @throws AppError STEP_OUT_OF_RANGE, CONFIG_INVALID, UNKNOWN_BOT, and the codes of the journal and of the registry
 */
export async function planBranch(
  open: () => Promise<JournalFile>,
  worlds: WorldRegistry,
  wanted: BranchSpec,
  stepsDone: number,
): Promise<PlannedBranch> {
  const file = await open()
  try {
    const { header } = file
    const world = await worlds.loadRecorded(header)
    const point = await readForkPoint(file, wanted.step, stepsDone)
    const config = parseWith(world.config, header.config, {
      code: 'CONFIG_INVALID',
      what: 'The journalled configuration',
    })
    const { slots, gatherMs } = planEpisode(world, {
      ...wanted,
      world,
      configured: { config, json: header.config },
      seed: header.seed,
      slots: wanted.slots ?? header.slots.map(({ kind, name }) => (kind === 'bot' ? name : null)),
    })
    const { pacing, startsPaused } = wanted
    return {
      world,
      slots,
      fork: (options) => forkEpisode(world, config, point, { ...options, slots, pacing, gatherMs, startsPaused }),
    }
  } finally {
    await file.close()
  }
}
