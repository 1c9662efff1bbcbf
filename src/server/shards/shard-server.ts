// The program of a shard: it runs episodes of a server in a process of its own. The server tells it what to do; when the
// server ends, so does the shard, and its episodes wait for the next start.
import { randomUUID } from 'node:crypto'
import { IncomingMessage, type Server } from 'node:http'
import { Socket } from 'node:net'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { createOfflineResponder } from '../../adapters/session/role-models.ts'
import type { Episode } from '../../episode/episode.ts'
import { EpisodeService } from '../../host/episode-service.ts'
import { FolderBlobs } from '../../host/folder-blobs.ts'
import { JournalFolder } from '../../host/journal-folder.ts'
import { type Log, SILENT } from '../../host/log.ts'
import { builtInWorlds } from '../../host/world-registry.ts'
import { EpisodeIndex } from '../../store/episodes/episode-index.ts'
import { openStore, storeInFolder } from '../../store/store.ts'
import type { ClosingPart } from '../../transport/close.ts'
import { Transport } from '../../transport/transport.ts'
import type { ServerOptions } from '../app.ts'
import { closeParts, loggerOf, logOf, openCommands } from '../app-parts.ts'
import { createCommandSink } from '../command-sink.ts'
import { registerEpisodeRoutes, setSchemas } from '../episode-routes.ts'
import { LivePerception } from '../live-perception.ts'
import { ModelPlayers } from '../model-players.ts'
import { readWebApp } from '../web-app.ts'
import { TakeOver } from './hand-over.ts'
import { ModelSlots } from './model-slots.ts'
import { shardFolder, shardSuffix } from './shard-ids.ts'
import { type FromShard, type HandedHandshake, ToShard } from './shard-link.ts'

/** The channel to the server: a child process's own. */
export type ShardChannel = Pick<NodeJS.Process, 'on' | 'off' | 'send' | 'connected' | 'disconnect'>

/** Milliseconds for an orderly stop: less than the server waits for it. */
const SHARD_CLOSE_MS = 15_000
/** Milliseconds between reports of the number of live episodes. */
const REPORT_MS = 500

/** Without what these messages ask for, a shard is of no use. */
const STARTS: ReadonlySet<ToShard['kind']> = new Set(['open', 'begin'])

/** Runs until the server stops the shard, or ends itself. */
export async function runShard(options: ServerOptions, channel: ShardChannel): Promise<void> {
  const tell = (message: FromShard): void => {
    // A server that has just ended is noticed by the channel.
    if (channel.connected) channel.send?.(message, undefined, undefined, () => undefined)
  }
  const sockets = new TakeOver(tell)
  const opened: ClosingPart[] = []
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  let log = SILENT
  let shard: OpenShard | undefined
  const take = async (message: ToShard, handle: unknown): Promise<void> => {
    switch (message.kind) {
      case 'open':
        shard = await openShard(options, { ...message, opened, tell })
        log = shard.log
        tell({ kind: 'opened' })
        return
      case 'begin':
        tell({ kind: 'begun', resumed: (await shard?.episodes.resumeUnfinished()) ?? 0 })
        return
      case 'left':
        shard?.modelSlots.left(message.slot)
        return
      case 'socket':
        sockets.take(message.number, handle instanceof Socket ? handle : undefined)
        return
      case 'handshake': {
        const { number, handshake } = message
        const socket = sockets.release(number, handshake !== null)
        if (socket && handshake) shard?.receive(handshake, socket)
        return
      }
      case 'summaries':
        tell({ ...message, summaries: (await shard?.summaries(message.ids)) ?? [] })
        return
      case 'token':
        tell({ ...message, isKnown: shard ? knows(shard.episodes, message.token) : null })
        return
      case 'stop':
        stop()
    }
  }
  const fail = (error: unknown): void => {
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
    stop()
  }
  const onMessage = (message: unknown, handle: unknown): void => {
    const { data, error } = ToShard.safeParse(message)
    if (data) {
      take(data, handle).catch((err: unknown) => {
        if (STARTS.has(data.kind)) fail(err)
        // The server waits for an answer no longer than its limit.
        else log.error({ err, kind: data.kind }, 'shard.message_failed')
      })
      return
    }
    log.error({ err: error }, 'shard.message_unknown')
    if (handle instanceof Socket) handle.destroy()
  }
  channel.on('message', onMessage)
  channel.on('disconnect', stop)
  await stopped
  channel.off('disconnect', stop)
  await closeParts(opened, log, SHARD_CLOSE_MS)
  tell({ kind: 'stopped', left: [...(shard?.left() ?? [])] })
  channel.off('message', onMessage)
  if (channel.connected) channel.disconnect()
}

interface OpenShard {
  readonly log: Log
  readonly episodes: EpisodeService
  readonly modelSlots: ModelSlots
  receive(handshake: HandedHandshake, socket: Socket): void
  summaries(ids: readonly string[]): Promise<Awaited<ReturnType<EpisodeService['find']>>[]>
  /** After the end: the ids of the episodes to resume on the next start. */
  left(): readonly string[]
}

interface OpenAt {
  readonly shard: number
  readonly socket: string
  /** Receives every part in start order. */
  readonly opened: ClosingPart[]
  tell(message: FromShard): void
}

async function openShard(options: ServerOptions, { shard, socket, opened, tell }: OpenAt): Promise<OpenShard> {
  const { access, dataDir, sessions, uploads } = options
  const transport = new Transport({
    ...access,
    adminKey: sessions?.adminKey,
    needsKey: uploads !== undefined,
    isShard: true,
    onFault: (error) => log.error({ err: error }, 'socket.failed'),
  })
  const store = await openStore(options.store ?? storeInFolder(dataDir, { mode: 'existing', runs: 'thread' }))
  opened.push({ name: 'store', close: () => store.close() })
  const blobs = new FolderBlobs(join(dataDir, 'blobs'))
  const journals = await JournalFolder.open(shardFolder(dataDir, shard), blobs)
  const commands = openCommands(opened, store)
  const { app, failures } = transport.createApp(loggerOf(options.logLevel))
  const log = logOf(app)
  const onArchived = (id: string): void => tell({ kind: 'archived', id })
  const worlds = options.worlds ?? builtInWorlds()
  const storage = { journals, index: new EpisodeIndex(store) }
  const modelSlots = new ModelSlots((slot) => tell({ kind: 'model_slot', slot }))
  const models = new ModelPlayers({
    models: sessions?.models ?? createOfflineResponder(),
    log,
    play: (slot) => modelSlots.play(slot),
  })
  const onBegun = [(episode: Episode) => models.join(episode)]
  const idSuffix = shardSuffix(shard)
  const episodes = new EpisodeService({ worlds, storage, log, onBegun, onArchived, idSuffix, resumesLater: true })
  opened.push({ name: 'journals', close: () => episodes.close() })
  opened.push({ name: 'connections', close: () => transport.closeApp(app) })
  setSchemas(app)
  await registerEpisodeRoutes(app, {
    episodes,
    blobs,
    adapters: new LivePerception(episodes, createCommandSink(commands), log),
    models,
    transport,
    failures,
    log,
    refuseView: () => undefined,
    boot: randomUUID(),
    web: readWebApp(),
  })
  await app.listen({ path: socket })
  let left: readonly string[] = []
  opened.push({ name: 'reports', close: reportLoad(episodes, tell) })
  // Closed first, because they hold the folder's lock.
  opened.push({ name: 'episodes', close: async () => (left = await episodes.close()) })
  return {
    log,
    episodes,
    modelSlots,
    receive: (handshake, client) => receive(app, handshake, client),
    async summaries(ids) {
      return Promise.all(ids.filter((id) => episodes.get(id)).map((id) => episodes.find(id)))
    },
    left: () => left,
  }
}

const knows = (episodes: EpisodeService, token: string): boolean | null =>
  episodes.withToken(token) ? true : episodes.isResuming() ? null : false

/** Keeps telling the server how many episodes are live. */
function reportLoad(episodes: EpisodeService, tell: OpenAt['tell']): () => void {
  const timer = setInterval(() => {
    const fault = episodes.fault === undefined ? null : String(episodes.fault)
    tell({ kind: 'load', live: episodes.size, fault })
  }, REPORT_MS)
  return () => clearInterval(timer)
}

/** Continues a handshake whose head the server has read. */
function receive({ server }: FastifyInstance, handshake: HandedHandshake, socket: Socket): void {
  const request = new IncomingMessage(socket)
  request.method = 'GET'
  request.url = handshake.url
  request.httpVersion = handshake.httpVersion
  request.headers = handshake.headers
  const target: Server = server
  target.emit('upgrade', request, socket, Buffer.from(handshake.head, 'base64'))
}
