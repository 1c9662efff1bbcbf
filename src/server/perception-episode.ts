// One episode behind the bare routes of the perception adapter: begun anew, or gone on with where a stop or crash left it.

import { PerceptionAdapter } from '../adapters/perception/adapter.ts'
import { agentIdOf } from '../adapters/perception/bridge.ts'
import type { CommandSink } from '../adapters/perception/command-sink.ts'
import type { RateLimits } from '../adapters/perception/rate-limit.ts'
import { isPerceived, WorldBridge } from '../adapters/perception/world-bridge.ts'
import { Archive } from '../episode/archive.ts'
import { createSystemClock } from '../episode/clock.ts'
import type { Episode } from '../episode/episode.ts'
import { createBotPlayer } from '../episode/in-process-players.ts'
import { createToken } from '../episode/slots.ts'
import { createEpisodeId, resumeEpisode, type SlotPlan, startEpisode } from '../episode/start.ts'
import { AppError } from '../kernel/errors.ts'
import { configureWorld, type World } from '../kernel/world.ts'
import type { PlayerRef } from '../protocol/episode.ts'
import type { Pacing } from '../protocol/journal.ts'
import type { AccessOptions } from '../transport/transport.ts'
import { loadRecordedWorld, loadWorld } from '../worlds/catalogue.ts'
import { type AdapterServer, startPerceptionServer } from './perception-server.ts'

/** Begins the ids of these episodes, so that a next start finds them. */
const PREFIX = 'perception-'
/** Milliseconds that an episode waits for its agents: three weeks. */
const GATHER_MS = 21 * 24 * 3600 * 1000

export interface PerceptionEpisodeOptions {
  readonly dataDir: string
  readonly world: string
  readonly variant?: string | undefined
  readonly seed: number
  /** Ids of the agents, from slot 0 on; the other slots get `agent-<slot>`, or the bot. */
  readonly agents: readonly string[]
  /** Plays the slots that no agent is named for. */
  readonly bot?: string | undefined
  /** Steps a second; 'lockstep': the world stands still until every agent that is free has spoken. */
  readonly tickRate: number | 'lockstep'
  readonly hasAuth: boolean
  readonly host: string
  readonly port: number
  readonly otherPorts: number
  readonly version: string
  readonly access?: AccessOptions | undefined
  readonly sink: CommandSink
  readonly limits?: RateLimits
  onError(error: unknown): void
  /** Told when the episode has ended and its journal is put away, where. */
  onEnd?(journal: string): Promise<void>
}

export interface PerceptionEpisode {
  readonly url: string
  readonly episode: Episode
  readonly adapter: PerceptionAdapter
  /** Whether it went on with an unfinished episode. */
  readonly isResumed: boolean
  /** Lets the step end, saves, and closes everything. */
  close(): Promise<void>
}

/**
 * Starts the episode and its server.
 * @throws AppError UNKNOWN_WORLD, UNKNOWN_VARIANT, UNKNOWN_BOT, NOT_PERCEIVED, USAGE, PORT_IN_USE, DATA_IN_USE
 */
export async function startPerceptionEpisode(options: PerceptionEpisodeOptions): Promise<PerceptionEpisode> {
  const world = await loadWorld(options.world)
  if (!isPerceived(world)) {
    throw new AppError('NOT_PERCEIVED', `${world.id} does not take the commands of the perception protocol`)
  }
  const archive = await Archive.open(options.dataDir)
  try {
    const { episode, isResumed } = await openEpisode(world, archive, options)
    const id = episode.header.episode
    const putAway = episode.done
      .then(async (end) => {
        await archive.finish(id, end)
        await options.onEnd?.(await archive.journalPath(id))
      })
      // Stopped before its end: the next start goes on with it.
      .catch((error: unknown) => (isStop(error) ? undefined : options.onError(error)))
    const clock = createSystemClock()
    const agents = episode.header.slots.map((player, slot) => (player.kind === 'bot' ? agentIdOf(slot) : player.name))
    const { sink, hasAuth, onError, limits } = options
    const bridge = new WorldBridge(episode, clock, agents)
    const adapter = new PerceptionAdapter({ bridge, sink, clock, hasAuth, onError, ...(limits ? { limits } : {}) })
    await adapter.recover()
    const server = await startPerceptionServer({ ...options, adapter })
    episode.begin()
    return { url: server.url, episode, adapter, isResumed, close: () => close(server, episode, archive, putAway) }
  } catch (error) {
    await archive.close()
    throw error
  }
}

const isStop = (error: unknown): boolean => error instanceof AppError && error.code === 'INTERRUPTED'

async function close(server: AdapterServer, episode: Episode, archive: Archive, putAway: Promise<void>): Promise<void> {
  await server.close()
  if (!episode.isOver) await episode.stop()
  else await putAway
  await archive.close()
}

async function openEpisode(
  world: World,
  archive: Archive,
  options: PerceptionEpisodeOptions,
): Promise<{ episode: Episode; isResumed: boolean }> {
  const configured = configureWorld(world, options.variant)
  const left = archive
    .unfinished()
    .map((id) => archive.get(id))
    .findLast(
      (each) => each?.id.startsWith(PREFIX) && each.world?.id === world.id && each.variant === configured.variant?.id,
    )
  if (left) return { episode: await goOn(archive, left.id, options), isResumed: true }
  const slots = world.slots(configured.config)
  if (options.agents.length > slots) {
    throw new AppError('USAGE', `${world.id} has ${slots} slots here, and ${options.agents.length} agents are named`)
  }
  if (new Set(options.agents).size < options.agents.length) throw new AppError('USAGE', 'an agent is named twice')
  const plans = Array.from({ length: slots }, (_, slot) => planSlot(world, slot, options))
  const id = `${PREFIX}${createEpisodeId(Date.now())}`
  const sink = await archive.create(
    id,
    plans.map((handle) => handle.token),
  )
  const pacing = pacingOf(world, options.tickRate)
  const { seed } = options
  const episode = startEpisode(world, configured, { id, seed, slots: plans, pacing, gatherMs: GATHER_MS, sink })
  return { episode, isResumed: false }
}

/** @throws AppError NOT_PERCEIVED for a lockstep of a world that does not say whom it waits for */
function pacingOf(world: World, tickRate: number | 'lockstep'): Pacing {
  if (tickRate !== 'lockstep') return { mode: 'rate', stepsPerSecond: tickRate }
  if (world.awaits) return { mode: 'lockstep' }
  throw new AppError('NOT_PERCEIVED', `${world.id} does not say whom it waits for, so it cannot wait for its agents`, {
    hint: 'Leave out --lockstep.',
  })
}

function planSlot(world: World, slot: number, options: PerceptionEpisodeOptions): SlotPlan & { token: string } {
  const token = createToken()
  const name = options.agents[slot]
  if (name !== undefined || options.bot === undefined) {
    return { player: { kind: 'empty', name: name ?? agentIdOf(slot) }, token }
  }
  const inProcess = createBotPlayer(world, options.bot, { seed: options.seed, slot })
  return { player: { kind: 'bot', name: options.bot }, inProcess, token }
}

async function goOn(archive: Archive, id: string, options: PerceptionEpisodeOptions): Promise<Episode> {
  const { journal, tokens, sink } = await archive.reopen(id)
  const { header } = journal
  const named = header.slots.filter((player) => player.kind !== 'bot').map((player) => player.name)
  const stranger = options.agents.find((agent) => !named.includes(agent))
  if (stranger !== undefined) {
    throw new AppError('USAGE', `the unfinished episode ${id} has no agent ${stranger}; it has ${named.join(', ')}`, {
      hint: 'Name its agents, or none; or give another folder with --data.',
    })
  }
  const world = await loadRecordedWorld(header)
  const inProcessFor = (player: PlayerRef, slot: number) =>
    player.kind === 'bot' ? createBotPlayer(world, player.name, { seed: header.seed, slot }) : undefined
  return resumeEpisode(world, journal, { inProcessFor, tokens, sink, gatherMs: GATHER_MS })
}
