// The server: one port for the API, the pages, and the sockets of every episode and session.
import { createOfflineResponder } from '../adapters/session/role-models.ts'
import type { Episode } from '../episode/episode.ts'
import type { EpisodeService } from '../host/episode-service.ts'
import type { Log } from '../host/log.ts'
import { builtInWorlds, type WorldRegistry } from '../host/world-registry.ts'
import { type StoreTarget, storeInFolder } from '../store/store.ts'
import { type ClosingPart, closeAll } from '../transport/close.ts'
import { listenApp } from '../transport/listen.ts'
import { type AccessOptions, Transport } from '../transport/transport.ts'
import { CLOSE_MS, closeParts, type LogLevel, loggerOf, logOf, openCommands } from './app-parts.ts'
import { createCommandSink } from './command-sink.ts'
import { EpisodeIndexer } from './episode-indexer.ts'
import { openHosted } from './hosted-parts.ts'
import { openLeagueServices, type UploadSettings } from './leagues.ts'
import { LivePerception } from './live-perception.ts'
import { ModelAgents } from './model-agents.ts'
import { ModelPlayers } from './model-players.ts'
import { Readiness } from './readiness.ts'
import { registerRoutes } from './register-routes.ts'
import type { RemoteServices } from './remote/remote-routes.ts'
import { openEpisodes } from './running-episodes.ts'
import { createSessionServices, type SessionServices } from './sessions/services.ts'
import type { RemoteSettings, SessionSettings } from './settings.ts'
import type { ModelSlot } from './shards/shard-link.ts'
import type { ShardSettings } from './shards/shards.ts'
import { runShowcase } from './showcase.ts'
import { openServerStorage } from './storage.ts'
import { createStudyServices, type StudyServices, type StudySettings } from './studies/services.ts'

export interface ServerOptions {
  readonly dataDir: string
  /** Default: a file in the data folder. */
  readonly store?: StoreTarget
  /** Default: the built-in worlds. */
  readonly worlds?: WorldRegistry
  readonly host: string
  readonly port: number
  /** Number of following ports to try if the port is taken. */
  readonly otherPorts: number
  readonly hasShowcase: boolean
  /** Whether a demo league of the shipped bots keeps playing; default false. Other leagues always do. */
  readonly hasLeague?: boolean | undefined
  /** How programs that players upload are started; default: they are not. */
  readonly uploads?: UploadSettings | undefined
  /** Milliseconds until the lobby of a hosted game expires; default: half an hour. */
  readonly lobbyMs?: number | undefined
  /** Milliseconds that a full hosted game waits for its players; default: three minutes. */
  readonly connectMs?: number | undefined
  /** Address of the registry that images are passed on to; default: this server keeps them. */
  readonly imageRegistry?: string | undefined
  /** Free bytes of the data folder's disk below which `/readyz` warns; default 32 MiB. */
  readonly minFreeBytes?: number | undefined
  readonly logLevel: LogLevel
  readonly version: string
  /** Further processes that run live episodes. Default: this one runs all. */
  readonly shards?: ShardSettings | undefined
  /** Default: the offline responder, for registered players. */
  readonly sessions?: Partial<SessionSettings>
  /** Studies offered from the start; researchers may add more. */
  readonly studies?: StudySettings | undefined
  /** Undefined: the server is not managed from elsewhere. */
  readonly remote?: RemoteSettings | undefined
  /** Who may connect, from where, and how much. Default: local pages, and no proxy. */
  readonly access?: AccessOptions
}

export interface Server {
  readonly url: string
  /** Number of episodes that were resumed after a stop or crash. */
  readonly resumed: number
  /** Finishes every step, saves, and returns the ids of the episodes that the next start resumes. */
  close(): Promise<string[]>
}

const DEFAULT_SESSIONS: SessionSettings = {
  models: createOfflineResponder(),
  mode: 'standard',
  ttlMs: 24 * 3600 * 1000,
  sweepMs: 60_000,
  hasRateLimits: true,
}

/**
 * Starts the server. When a part fails to start, the ones before it are closed again.
 * @throws AppError PORT_IN_USE when no port is free; FILE_UNWRITABLE for the data folder; the codes of `openStore`
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const opened: ClosingPart[] = []
  try {
    return await openServer(options, opened)
  } catch (error) {
    await closeAll(opened.toReversed(), CLOSE_MS)
    throw error
  }
}

/** @param opened receives every part in start order; they are closed in reverse */
async function openServer(options: ServerOptions, opened: ClosingPart[]): Promise<Server> {
  const transport = openTransport(options, (error) => log.error({ err: error }, 'socket.failed'))
  const storage = await openServerStorage(options)
  opened.push({ name: 'storage', close: () => storage.close() })
  const commands = openCommands(opened, storage.store)
  const { app, failures } = transport.createApp(loggerOf(options.logLevel))
  const log = logOf(app)
  const worlds = options.worlds ?? builtInWorlds()
  const onArchived = (id: string): void => {
    indexer.wake()
    studies.ended(id)
  }
  const onBegun = [(at: Episode) => models.join(at), (at: Episode) => hosted.begun(at)]
  const onModelSlot = (slot: ModelSlot): Promise<boolean> => agents.play(slot)
  const running = await openEpisodes({ ...options, worlds, storage, log, opened, onBegun, onModelSlot, onArchived })
  const { episodes, shards } = running
  const indexer = new EpisodeIndexer({ ...storage, commands, episodes, log })
  opened.push({ name: 'indexer', close: () => indexer.close() })
  const adapters = new LivePerception(episodes, createCommandSink(commands), log)
  const { services, studies } = await openServices(options, { storage, episodes, log, opened })
  const readiness = new Readiness({ ...options, ...storage, episodes, shards })
  const leagues = openLeagues(opened, { ...storage, worlds, episodes, log, options })
  const { hosted, viewers } = openHosted(opened, { ...storage, leagues, live: episodes, log, options })
  opened.push({ name: 'connections', close: () => transport.closeApp(app) })
  const { agents, models } = openModels(opened, { models: services.models, log })
  await registerRoutes(app, {
    services,
    models,
    studies,
    leagues,
    hosted,
    viewers,
    episodes,
    shards,
    storage,
    adapters,
    commands,
    transport,
    failures,
    log,
    settings: options,
    readiness,
    remote: remoteOf(options, { storage, services, studies }),
  })
  const { url } = await listenApp(app, options)
  let showcase: Promise<void> | undefined
  opened.push({ name: 'showcase', close: () => showcase })
  let left: string[] = []
  // Closed first, because they hold the folders' locks.
  opened.push({ name: 'episodes', close: async () => (left = await running.close()) })
  indexer.wake()
  agents.begin(url)
  const inShards = running.beginShards()
  const resumed = (await hosted.resume()) + (await episodes.resumeUnfinished()) + (await inShards)
  readiness.started()
  studies.start()
  const stop = new AbortController()
  if (options.hasShowcase) showcase = runShowcase(episodes, { log, signal: stop.signal })
  const close = async (): Promise<string[]> => {
    stop.abort()
    await closeParts(opened, log)
    return left
  }
  return { url, resumed, close }
}

/** With uploaded programs on this machine, callers on it need the admin key for what only the operator may do. */
const openTransport = ({ access, sessions, uploads }: ServerOptions, onFault: (error: unknown) => void): Transport =>
  new Transport({ ...access, adminKey: sessions?.adminKey, needsKey: uploads !== undefined, onFault })

function openLeagues(
  opened: ClosingPart[],
  parts: Parameters<typeof openLeagueServices>[0],
): ReturnType<typeof openLeagueServices> {
  const leagues = openLeagueServices(parts)
  opened.push({ name: 'leagues', close: () => leagues.close() })
  return leagues
}

function openModels(opened: ClosingPart[], options: ConstructorParameters<typeof ModelAgents>[0]) {
  const agents = new ModelAgents(options)
  opened.push({ name: 'model players', close: () => agents.close() })
  return { agents, models: new ModelPlayers({ ...options, play: (slot) => agents.play(slot) }) }
}

interface OpenedParts {
  readonly storage: Awaited<ReturnType<typeof openServerStorage>>
  readonly episodes: EpisodeService
  readonly log: Log
  readonly opened: ClosingPart[]
}

/** The text games, and the studies that use them. */
async function openServices(options: ServerOptions, { storage, episodes, log, opened }: OpenedParts) {
  const { store, vault, isAlone } = storage
  const showsEvaluations = async (study: string): Promise<boolean> =>
    (await studies.catalogue.open(study)).study.condition === 'learning'
  const services = await createSessionServices({
    ...DEFAULT_SESSIONS,
    ...options.sessions,
    store,
    episodes,
    vault,
    isAlone,
    showsEvaluations,
    defaultStudy: () => studies.defaultStudy,
    onFault: (what, err) => log.error({ err }, what),
  })
  opened.push({ name: 'sessions', close: () => services.registry.close() })
  const studies = await createStudyServices(store, services, options.studies ?? { files: [] })
  opened.push({ name: 'studies', close: () => studies.close() })
  return { services, studies }
}

function remoteOf(
  { dataDir, remote, store }: ServerOptions,
  {
    storage,
    services,
    studies,
  }: { storage: OpenedParts['storage']; services: SessionServices; studies: StudyServices },
): RemoteServices {
  const experimentName = studies.defaultStudy ?? null
  return {
    parts: {
      store: storage.store,
      vault: storage.vault,
      players: services.players,
      dataDir,
      managed: remote,
      experimentName,
    },
    studies,
    target: store?.kind === 'postgres' ? store : storeInFolder(dataDir, { mode: 'read', runs: 'thread' }),
  }
}
