// A built-in world as a coworld game process (contract section 3): one episode from a configuration to results and
// replay. `paracosm world serve` starts it; replay-process.ts serves replays.
import { setTimeout as wait } from 'node:timers/promises'
import { memorySource } from '../../episode/byte-source.ts'
import type { Episode } from '../../episode/episode.ts'
import type { EpisodeEnd } from '../../episode/episode-parts.ts'
import { JournalFile } from '../../episode/journal-file.ts'
import { createMemorySink, createTeeSink, type LineSink } from '../../episode/sink.ts'
import type { SlotPlan } from '../../episode/start.ts'
import type { EpisodeService } from '../../host/episode-service.ts'
import { parseJson } from '../../kernel/parse.ts'
import type { World } from '../../kernel/world.ts'
import type { Pacing } from '../../protocol/journal.ts'
import { type AccessOptions, Transport } from '../../transport/transport.ts'
import { type GameConfig, parseGameConfig } from './game-config.ts'
import { gameSite } from './game-site.ts'
import { formatReplay } from './replay-document.ts'
import { serveSite } from './site.ts'
import { checkUri, deliverUri, readUri } from './uris.ts'

/** Milliseconds between the last player joining and the first tick, and between `final` and the end of the process. */
const LEAD_MS = 500
const LINGER_MS = 500

export interface GameProcessOptions {
  readonly episodes: EpisodeService
  readonly host: string
  readonly port: number
  /** Undefined: not requested. */
  readonly resultsUri?: string | undefined
  readonly replayUri?: string | undefined
  /** Ends the game early; it then fails. */
  readonly signal: AbortSignal
  /** Players that occupy slots from the start; the others join through the adapter. */
  readonly inProcessPlayers?: readonly (SlotPlan | undefined)[]
  /** Keeps the journal beside the replay; closed at the end. */
  readonly journal?: LineSink | undefined
  /** Whether every caller may administer, or only those on this machine. Default: local callers only. */
  readonly openAdmin?: boolean
  readonly access?: AccessOptions | undefined
  /** Default: the tick rate of the configuration. */
  readonly pacing?: Pacing
  /** Receives errors of connections that are bugs. */
  onFault?(error: unknown): void
  onListening(game: { port: number; episode: Episode; config: GameConfig }): void
}

/** @throws AppError FILE_UNREADABLE, JSON_MALFORMED, CONFIG_INVALID */
export async function readGameConfig(world: World, uri: string): Promise<GameConfig> {
  checkUri(uri, 'COGAME_CONFIG_URI')
  const text = (await readUri(uri)).toString('utf8')
  return parseGameConfig(world, parseJson(text, 'The game configuration'))
}

/**
 * Plays one episode: listens, waits for players, plays, delivers the replay and then the results, notifies the players,
 * and closes.
 * @throws AppError PORT_IN_USE, USAGE for URIs, FILE_UNWRITABLE, INTERRUPTED
 */
export async function serveGame(world: World, config: GameConfig, options: GameProcessOptions): Promise<EpisodeEnd> {
  if (options.resultsUri !== undefined) checkUri(options.resultsUri, 'COGAME_RESULTS_URI')
  if (options.replayUri !== undefined) checkUri(options.replayUri, 'COGAME_SAVE_REPLAY_URI')
  const lines: string[] = []
  const sink = options.journal ? createTeeSink(options.journal, lines) : createMemorySink(lines)
  const { host } = config
  const episode = await options.episodes.start({
    world,
    configured: config.configured,
    seed: host.seed,
    slots: host.players.map(({ name }, slot) => ({
      ...(options.inProcessPlayers?.[slot] ?? { player: { kind: 'process', name } }),
      token: host.tokens[slot],
    })),
    pacing: options.pacing ?? { mode: 'rate', stepsPerSecond: host.tick_rate },
    gatherMs: host.player_connect_timeout_seconds * 1000,
    leadMs: LEAD_MS,
    kind: 'game',
    sink,
    onEnd: (end) => deliver(world, lines, { ...options, end }),
  })
  const onFault = (error: unknown): void => options.onFault?.(error)
  const transport = new Transport({ ...options.access, onFault })
  const isAdminOpen = options.openAdmin === true
  const server = await serveSite(transport, gameSite(episode, { transport, isAdminOpen, onFault }), options)
  // `done` reports failures during the stop.
  const onAbort = (): void => void episode.stop().catch(() => undefined)
  options.signal.addEventListener('abort', onAbort)
  try {
    options.onListening({ port: server.port, episode, config })
    if (options.signal.aborted) onAbort()
    else episode.begin()
    const end = await episode.done
    await wait(LINGER_MS)
    return end
  } finally {
    options.signal.removeEventListener('abort', onAbort)
    await server.close()
  }
}

async function deliver(
  world: World,
  lines: readonly string[],
  to: { resultsUri?: string | undefined; replayUri?: string | undefined; end: EpisodeEnd },
): Promise<void> {
  // The replay first: runners take the appearance of the results as the end of the episode.
  if (to.replayUri !== undefined) {
    const file = await JournalFile.from(memorySource(`${lines.join('\n')}\n`))
    await deliverUri(to.replayUri, formatReplay(file, world, { journal: true }))
  }
  if (to.resultsUri !== undefined)
    await deliverUri(to.resultsUri, once(`${JSON.stringify(to.end.results, undefined, 2)}\n`))
}

async function* once(text: string): AsyncGenerator<string> {
  yield text
}
