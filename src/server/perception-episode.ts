// One episode behind the bare routes of the perception adapter: new, or resumed after a stop or crash.

import { PerceptionAdapter } from '../adapters/perception/adapter.ts'
import { agentIdOf } from '../adapters/perception/bridge.ts'
import type { CommandSink } from '../adapters/perception/command-sink.ts'
import type { RateLimits } from '../adapters/perception/rate-limit.ts'
import { isPerceived, WorldBridge } from '../adapters/perception/world-bridge.ts'
import type { JournalSource } from '../datasets/journal-commands.ts'
import { createSystemClock } from '../episode/clock.ts'
import type { Episode } from '../episode/episode.ts'
import { EpisodeService } from '../host/episode-service.ts'
import type { SlotSpec } from '../host/episode-spec.ts'
import { builtInWorlds, type WorldRegistry } from '../host/world-registry.ts'
import { AppError } from '../kernel/errors.ts'
import { configureWorld, type World } from '../kernel/world.ts'
import { makeFolder } from '../lib/folders.ts'
import { PRIVATE_FOLDER } from '../lib/private.ts'
import type { Pacing } from '../protocol/journal.ts'
import { openStore, type Store, storeInFolder } from '../store/store.ts'
import type { AccessOptions } from '../transport/transport.ts'
import { startPerceptionServer } from './perception-server.ts'
import { openEpisodeStorage } from './storage.ts'

/** Prefix of the ids of these episodes, so that the next start finds them. */
const KIND = 'perception'
/** Milliseconds that an episode waits for its agents: three weeks. */
const GATHER_MS = 21 * 24 * 3600 * 1000

export interface PerceptionEpisodeOptions {
  readonly dataDir: string
  /** An open store for the episode index; default: the one in the data folder, opened and closed here. */
  readonly store?: Store | undefined
  /** Default: the built-in worlds. */
  readonly worlds?: WorldRegistry | undefined
  readonly world: string
  readonly variant?: string | undefined
  readonly seed: number
  /** Ids of the agents, from slot 0 on; the other slots get `agent-<slot>`, or the bot. */
  readonly agents: readonly string[]
  /** Plays the slots without a named agent. */
  readonly bot?: string | undefined
  /** Steps per second; 'lockstep': the world waits for a command of every idle agent. */
  readonly tickRate: number | 'lockstep'
  /** In lockstep: milliseconds after which an idle agent passes. Default: wait for ever. */
  readonly moveMs?: number | undefined
  readonly hasAuth: boolean
  readonly host: string
  readonly port: number
  readonly otherPorts: number
  readonly version: string
  readonly access?: AccessOptions | undefined
  readonly sink: CommandSink
  readonly limits?: RateLimits
  onError(error: unknown): void
  /** Called when the episode has ended and its journal is archived. */
  onEnd?(source: JournalSource): Promise<void>
}

export interface PerceptionEpisode {
  readonly url: string
  readonly episode: Episode
  readonly adapter: PerceptionAdapter
  /** Whether an unfinished episode was resumed. */
  readonly isResumed: boolean
  /** Finishes the step, saves, and closes everything. */
  close(): Promise<void>
}

/**
 * Starts the episode and its server.
 * @throws AppError UNKNOWN_WORLD, UNKNOWN_VARIANT, UNKNOWN_BOT, NOT_PERCEIVED, USAGE, PORT_IN_USE, DATA_IN_USE
 */
export async function startPerceptionEpisode(options: PerceptionEpisodeOptions): Promise<PerceptionEpisode> {
  const { sink, hasAuth, onError, limits } = options
  const { episodes, close } = await openEpisodes(options)
  try {
    const world = await episodes.worlds.load(options.world)
    if (!isPerceived(world)) {
      throw new AppError('NOT_PERCEIVED', `${world.id} does not support the perception protocol`)
    }
    const { episode, isResumed } = await openEpisode(world, episodes, options)
    const clock = createSystemClock()
    const agents = episode.header.slots.map((player, slot) => (player.kind === 'bot' ? agentIdOf(slot) : player.name))
    const bridge = new WorldBridge(episode, clock, agents)
    const adapter = new PerceptionAdapter({ bridge, sink, clock, hasAuth, onError, ...(limits ? { limits } : {}) })
    await adapter.recover()
    const server = await startPerceptionServer({ ...options, adapter })
    const closeAll = async (): Promise<void> => {
      await server.close()
      await close()
    }
    return { url: server.url, episode, adapter, isResumed, close: closeAll }
  } catch (error) {
    await close()
    throw error
  }
}

/** The service of one data folder, with its own store unless the caller passes one. */
async function openEpisodes(options: PerceptionEpisodeOptions) {
  const { dataDir, onEnd, onError } = options
  await makeFolder(dataDir, { mode: PRIVATE_FOLDER })
  const store = options.store ?? (await openStore(storeInFolder(dataDir, { mode: 'create', runs: 'thread' })))
  const delivered = new Set<Promise<void>>()
  try {
    const storage = await openEpisodeStorage(dataDir, store)
    const episodes: EpisodeService = new EpisodeService({
      worlds: options.worlds ?? builtInWorlds(),
      storage: storage.episodes,
      log: { info: () => undefined, error: (details, message) => onError('err' in details ? details.err : message) },
      onArchived(id) {
        const source = { open: () => episodes.readJournal(id), worlds: episodes.worlds }
        const delivery = Promise.resolve(onEnd?.(source)).catch(onError)
        delivered.add(delivery)
        void delivery.finally(() => delivered.delete(delivery))
      },
    })
    const close = async (): Promise<void> => {
      await Promise.allSettled(delivered)
      await episodes.close()
      await Promise.allSettled(delivered)
      if (!options.store) await store.close()
    }
    return { episodes, close }
  } catch (error) {
    if (!options.store) await store.close()
    throw error
  }
}

async function openEpisode(
  world: World,
  episodes: EpisodeService,
  options: PerceptionEpisodeOptions,
): Promise<{ episode: Episode; isResumed: boolean }> {
  const configured = configureWorld(world, options.variant)
  const left = (await episodes.unfinished()).findLast(
    (each) => each.id.startsWith(`${KIND}-`) && each.world?.id === world.id && each.variant === configured.variant?.id,
  )
  if (left) {
    const episode = await episodes.resumeById(left.id, { gatherMs: GATHER_MS, leadMs: 0 })
    await checkAgents(episode, options.agents)
    return { episode, isResumed: true }
  }
  const slots = world.slots(configured.config)
  if (options.agents.length > slots) {
    throw new AppError(
      'USAGE',
      `${world.id} has ${slots} slots in this variant, but ${options.agents.length} agents are named`,
    )
  }
  if (new Set(options.agents).size < options.agents.length) throw new AppError('USAGE', 'an agent is named twice')
  const episode = await episodes.start({
    world,
    configured,
    seed: options.seed,
    slots: Array.from({ length: slots }, (_, slot) => slotSpec(slot, options)),
    pacing: pacingOf(world, options),
    kind: KIND,
    gatherMs: GATHER_MS,
  })
  return { episode, isResumed: false }
}

/** @throws AppError USAGE when an agent is named that the resumed episode does not have; it is stopped again */
async function checkAgents(episode: Episode, agents: readonly string[]): Promise<void> {
  const named = episode.header.slots.filter((player) => player.kind !== 'bot').map((player) => player.name)
  const stranger = agents.find((agent) => !named.includes(agent))
  if (stranger === undefined) return
  await episode.stop()
  const { episode: id } = episode.header
  throw new AppError('USAGE', `the unfinished episode ${id} has no agent ${stranger}; it has ${named.join(', ')}`, {
    hint: 'Name its agents, leave out --agent, or choose another folder with --data.',
  })
}

function slotSpec(slot: number, { agents, bot }: PerceptionEpisodeOptions): SlotSpec {
  const name = agents[slot]
  if (name === undefined && bot !== undefined) return bot
  return { player: { kind: 'empty', name: name ?? agentIdOf(slot) } }
}

/** @throws AppError NOT_PERCEIVED for lockstep in a world that does not define `awaits` */
function pacingOf(world: World, { tickRate, moveMs }: PerceptionEpisodeOptions): Pacing {
  if (tickRate !== 'lockstep') return { mode: 'rate', stepsPerSecond: tickRate }
  if (world.awaits) return { mode: 'lockstep', ...(moveMs === undefined ? {} : { deadlineMs: moveMs }) }
  throw new AppError('NOT_PERCEIVED', `${world.id} does not define \`awaits\`, so it cannot run in lockstep`, {
    hint: 'Leave out --lockstep.',
  })
}
