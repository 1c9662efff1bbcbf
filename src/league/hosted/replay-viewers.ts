// Viewers of the replays of uploaded packages: the game in its replay mode, in a container that is ended when nobody has
// looked at it for a while. One viewer serves everyone who opens the same replay.
import { createWriteStream } from 'node:fs'
import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type BlobStore, readBlob } from '../../host/blobs.ts'
import type { Log } from '../../host/log.ts'
import { AppError } from '../../kernel/errors.ts'
import { startReplayServer } from '../../runner/replay-server.ts'
import { createRunId, type GameServer, type Mount, type RuntimeSession } from '../../runner/runtime.ts'
import type { Workspace } from '../../runner/workspace.ts'
import type { Coworlds } from '../../store/leagues/coworlds.ts'
import { type Door, LiveGame, type PreparedGame } from './live-game.ts'
import { type PackageMachine, requireMachine } from './package-machine.ts'
import { type PackageReplay, packageOf } from './package-rollout.ts'

/** Viewers at once: each is a container of up to 2 GiB. */
export const MAX_VIEWERS = 4
/** Milliseconds of a viewer in all, and without a page or a socket. */
const VIEWER_MS = 60 * 60_000
const IDLE_MS = 5 * 60_000
const LOOK_MS = 15_000
const NAME = 'replay.json'

export interface ReplayViewersOptions {
  readonly machine: PackageMachine | undefined
  readonly blobs: BlobStore
  readonly coworlds: Coworlds
  readonly log: Log
}

interface Viewer {
  readonly id: string
  readonly game: LiveGame
  /** Rejects when the game does not start. */
  readonly ready: Promise<Door>
  /** The URI by which the game knows the replay. */
  uri: string
  sockets: number
  lastUsed: number
}

/** A viewer that can be looked at. */
export interface OpenViewer {
  readonly id: string
  readonly uri: string
  readonly door: Door
}

export class ReplayViewers {
  readonly #options: ReplayViewersOptions
  /** By the id of what was played. */
  readonly #viewers = new Map<string, Viewer>()
  readonly #ending = new Set<Promise<void>>()
  readonly #timer: NodeJS.Timeout

  constructor(options: ReplayViewersOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#endIdle(), LOOK_MS)
    this.#timer.unref()
  }

  /**
   * Opens the viewer of a replay, or finds the one that is open.
   * @throws AppError ENGINE_MISSING, RATE_LIMITED, RUN_FAILED
   */
  async open(replay: PackageReplay): Promise<OpenViewer> {
    const viewer = this.#viewers.get(replay.id) ?? this.#start(replay)
    const door = await viewer.ready
    viewer.lastUsed = Date.now()
    return { id: viewer.id, uri: viewer.uri, door }
  }

  /** An open viewer by its own id; undefined: it has ended. */
  find(id: string): OpenViewer | undefined {
    const viewer = this.#find(id)
    const door = viewer?.game.door
    if (!viewer || !door) return undefined
    viewer.lastUsed = Date.now()
    return { id, uri: viewer.uri, door }
  }

  /** Keeps a viewer while a socket is open. @returns ends this */
  hold(id: string): () => void {
    const viewer = this.#find(id)
    if (!viewer) return () => undefined
    viewer.sockets++
    return () => {
      viewer.sockets--
      viewer.lastUsed = Date.now()
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    for (const { game } of this.#viewers.values()) game.stop('the server is stopping')
    await Promise.all(this.#ending)
  }

  #find(id: string): Viewer | undefined {
    return [...this.#viewers.values()].find((each) => each.id === id)
  }

  #start(replay: PackageReplay): Viewer {
    const machine = requireMachine(this.#options.machine)
    if (this.#viewers.size >= MAX_VIEWERS) {
      throw new AppError('RATE_LIMITED', `${MAX_VIEWERS} replays of packages are open already`, {
        hint: 'Try again in some minutes, or fetch the replay and open it with: paracosm coworld replay',
      })
    }
    const { log } = this.#options
    const ready = Promise.withResolvers<Door>()
    const runId = createRunId()
    const prepare = (workspace: Workspace): Promise<PreparedGame> =>
      this.#prepare(replay, workspace, { runId, machine, onUri: (uri) => (viewer.uri = uri) })
    const onFault = (err: unknown): void => log.error({ replay: replay.id, err }, 'hosted.viewer_failed')
    const game = new LiveGame(
      { runId, leash: machine.leash, prepare, onFault, timeLimitMs: VIEWER_MS, page: 'replay', secrets: [] },
      ready.resolve,
    )
    const viewer: Viewer = {
      id: `rv_${runId}`,
      game,
      ready: ready.promise,
      uri: '',
      sockets: 0,
      lastUsed: Date.now(),
    }
    this.#viewers.set(replay.id, viewer)
    const ended = game.done
      .then(({ reason }) => {
        this.#viewers.delete(replay.id)
        ready.reject(new AppError('RUN_FAILED', `the replay cannot be shown: ${reason ?? 'its game has ended'}`))
        return game.dispose()
      })
      .catch(onFault)
      .then(() => void this.#ending.delete(ended))
    this.#ending.add(ended)
    return viewer
  }

  async #prepare(
    { coworldId, blob }: PackageReplay,
    workspace: Workspace,
    { runId, machine, onUri }: { runId: string; machine: PackageMachine; onUri: (uri: string) => void },
  ): Promise<PreparedGame> {
    const { blobs, coworlds } = this.#options
    const folder = join(workspace.folder, 'replay')
    await mkdir(folder)
    await pipeline(readBlob(blobs, blob), createWriteStream(join(folder, NAME)))
    // The game's user is another one than that of this process.
    await chmod(folder, 0o755)
    await chmod(join(folder, NAME), 0o644)
    const coworld = await coworlds.get(coworldId.replace(/^cow_/, ''))
    const { runnable } = packageOf(coworld).manifest.game
    const image = await machine.images.ensure(runnable.image)
    const mount: Mount = { folder, target: '/coworld-replay', isReadOnly: true }
    const start = (opened: RuntimeSession): Promise<GameServer> => {
      const uri = opened.fileUri(mount, NAME)
      onUri(uri)
      const name = `coworld-hosted-replay-${runId}`
      return startReplayServer(opened, { name, runnable: { ...runnable, image }, workspace, mount, uri })
    }
    return { runtime: machine.viewing, start }
  }

  #endIdle(): void {
    for (const { game, sockets, lastUsed } of this.#viewers.values()) {
      if (sockets === 0 && Date.now() - lastUsed > IDLE_MS) game.stop('nobody looked at it')
    }
  }
}
