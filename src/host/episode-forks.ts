// Forks stored as episodes, and slots that change hands while an episode runs.
import type { Episode } from '../episode/episode.ts'
import { type ForkChanges, planFork } from '../episode/fork.ts'
import { createMemorySink } from '../episode/sink.ts'
import { createToken } from '../episode/slots.ts'
import { type ForkPoint, forkEpisode } from '../episode/start.ts'
import { AppError } from '../kernel/errors.ts'
import type { World } from '../kernel/world.ts'
import type { EpisodeArchive } from './episode-archive.ts'
import { type EpisodeSpec, planBot, planEpisode } from './episode-spec.ts'
import type { Log } from './log.ts'
import type { WorldRegistry } from './world-registry.ts'

interface ForkParts {
  readonly archive: EpisodeArchive
  readonly worlds: WorldRegistry
  readonly log: Log
  /** Id of the fork. */
  readonly newId: string
}

/**
 * Makes the fork of a stored episode, with its own id; `begin` starts it.
 * @throws AppError as `planFork`; UNKNOWN_EPISODE, WORLD_VERSION; EPISODE_FAILED when the world throws
 */
export async function createFork(
  { archive, worlds, log, newId: fork }: ForkParts,
  id: string,
  changes: ForkChanges,
): Promise<Episode> {
  const file = await archive.read(id)
  try {
    const planned = await planFork(file, await worlds.loadRecorded(file.header), changes)
    const tokens = file.header.slots.map(() => createToken())
    const onError = (what: string, err: unknown): void => log.error({ episode: fork, err }, `episode.error: ${what}`)
    return await archive.begin(fork, {
      tokens,
      kind: 'fork',
      create: (sink) => planned.create(sink, { id: fork, tokens, onError }),
    })
  } finally {
    await file.close()
  }
}

/**
 * Gives a slot of a live episode to a bot, or reopens it for the holder of its token.
 * @throws AppError SLOT_INVALID, UNKNOWN_BOT
 */
export function handOver(episode: Episode, slot: number, bot: string | null): void {
  if (slot >= episode.slots.length) {
    throw new AppError('SLOT_INVALID', `there is no slot ${slot}; slots are 0 to ${episode.slots.length - 1}`)
  }
  if (bot === null) {
    episode.handOver(slot, { kind: 'empty', name: `Player ${slot + 1}` })
    return
  }
  const plan = planBot(episode.world, bot, { seed: episode.header.seed, slot })
  episode.handOver(slot, plan.player, plan.inProcess)
}

/**
 * The journal of a fork before it is played: the past of another episode up to a step, with its own id.
 * @param as.startedAt milliseconds since 1970
 * @throws AppError DIVERGED when the world no longer plays as recorded
 */
export async function copyPast(
  world: World,
  config: unknown,
  point: ForkPoint,
  as: { readonly id: string; readonly slots: EpisodeSpec['slots']; readonly startedAt: number },
): Promise<readonly string[]> {
  const sink = createMemorySink()
  const fork = forkEpisode(world, config, point, {
    id: as.id,
    slots: planEpisode(world, {
      world,
      configured: { config, json: point.header.config },
      seed: point.header.seed,
      slots: as.slots,
      pacing: point.header.pacing,
      kind: 'fork',
    }).slots,
    pacing: point.header.pacing,
    sink,
    clock: { now: () => 0, wall: () => as.startedAt, after: () => () => undefined },
  })
  await fork.stop()
  return sink.lines
}
