// The game of a package while it runs: in a new folder, on a leash, with limits of time and disk. It ends by itself, by
// `stop`, or by a limit; in any case everything that was started is removed before `done` resolves.
import { rm } from 'node:fs/promises'
import { AppError } from '../../kernel/errors.ts'
import { redactError } from '../../runner/game-secrets.ts'
import { causeIn } from '../../runner/log-cause.ts'
import { findPage, type Page, type PageFolder } from '../../runner/pages.ts'
import type { GameServer, Runtime, RuntimeSession } from '../../runner/runtime.ts'
import { awaitExit, awaitHealth } from '../../runner/waiting.ts'
import { readTail, type Workspace } from '../../runner/workspace.ts'
import type { StartLeash } from './leash.ts'
import { createRunFolder, folderOf, watchFolder } from './run-folder.ts'

/** Milliseconds until a game must be healthy, and for its page to answer. */
const HEALTH_MS = 60_000
const PAGE_MS = 5000
/** Characters of a reason, and bytes of a log in which the cause of its end is looked for. */
const MAX_REASON = 300
const TAIL_BYTES = 2000

/** Where requests and sockets of a running game go. */
export interface Door {
  /** `http://127.0.0.1:<port>` */
  readonly url: string
  /** Where the game has its pages. */
  readonly pages: PageFolder
}

export interface LiveGameOptions {
  /** 16 hex digits, also in the names and labels of what is started. */
  readonly runId: string
  readonly leash: StartLeash
  readonly timeLimitMs: number
  /** The page that a running game has. */
  readonly page: Page
  /** Never shown in a reason. */
  readonly secrets: readonly string[]
  /** Runs first, in the new workspace. */
  prepare(workspace: Workspace): Promise<PreparedGame>
  onFault(error: unknown): void
}

export interface PreparedGame {
  readonly runtime: Runtime
  start(session: RuntimeSession): Promise<GameServer>
}

/** How a game has ended. */
export interface GameEnd {
  /** For the people of the game; null: it exited with status 0. */
  readonly reason: string | null
  readonly workspace: Workspace | undefined
}

export class LiveGame {
  readonly done: Promise<GameEnd>
  readonly #options: LiveGameOptions
  readonly #stop = new AbortController()
  #door: Door | undefined
  #hasOpened = false
  #workspace: Workspace | undefined

  /** @param onOpen called once the game can be reached */
  constructor(options: LiveGameOptions, onOpen: (door: Door) => void) {
    this.#options = options
    this.done = this.#play(onOpen)
  }

  /** Undefined until the game is healthy. */
  get door(): Door | undefined {
    return this.#door
  }

  /** Whether the game has been healthy. */
  get hasOpened(): boolean {
    return this.#hasOpened
  }

  get runId(): string {
    return this.#options.runId
  }

  /** Ends the game. The first reason counts. */
  stop(reason: string): void {
    this.#stop.abort(new AppError('EPISODE_OVER', reason))
  }

  /** Removes the folder of the game, once nobody needs its results any more. */
  async dispose(): Promise<void> {
    await rm(folderOf(this.runId), { recursive: true, force: true })
  }

  async #play(onOpen: (door: Door) => void): Promise<GameEnd> {
    try {
      await this.#run(onOpen)
      return { reason: null, workspace: this.#workspace }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#options.onFault(error)
      const folder = this.#workspace?.folder ?? folderOf(this.runId)
      return { reason: plainReason(error, folder, this.#options.secrets), workspace: this.#workspace }
    } finally {
      this.#stop.abort()
    }
  }

  async #run(onOpen: (door: Door) => void): Promise<void> {
    const { runId, leash, prepare } = this.#options
    const { signal } = this.#stop
    const folder = folderOf(runId)
    const workspace = await createRunFolder(folder)
    this.#workspace = workspace
    const { runtime, start } = await prepare(workspace)
    signal.throwIfAborted()
    const held = leash({ runId, folder })
    const session = await runtime.open({ id: runId, folder }).catch((error: unknown) => {
      held.release()
      throw error
    })
    try {
      await this.#attend(await start(session), { runtime, workspace, onOpen })
    } catch (error) {
      throw redactError(error, session)
    } finally {
      this.#door = undefined
      const left = await session.close()
      // What could not be removed now is left to the leash, which tries on its own when this process ends.
      if (left.length === 0) held.release()
      else this.#options.onFault(new AppError('RUN_FAILED', `could not remove ${left.join(', ')}`))
    }
  }

  /** Waits until the game is there, and then for its end. @throws AppError RUN_FAILED, RUN_TIMEOUT; why it was stopped */
  async #attend(
    server: GameServer,
    { runtime, workspace, onOpen }: { runtime: Runtime; workspace: Workspace; onOpen: (door: Door) => void },
  ): Promise<void> {
    const { page, timeLimitMs } = this.#options
    const { signal } = this.#stop
    const log = workspace.gameStderr
    await awaitHealth({ server, log, timeoutMs: HEALTH_MS, runtime: runtime.kind, signal })
    const { folder: pages } = await findPage(server.url, page, '', { timeoutMs: PAGE_MS, signal })
    const { onFault } = this.#options
    watchFolder(workspace.folder, signal, { stop: (reason) => this.stop(reason), onFault })
    this.#door = { url: server.url, pages }
    this.#hasOpened = true
    onOpen(this.#door)
    const status = await awaitExit(server.program, { timeoutMs: timeLimitMs, signal })
    if (status === undefined) {
      throw new AppError('RUN_TIMEOUT', `the game was still running after ${timeLimitMs / 60_000} minutes`)
    }
    if (status !== 0) throw await this.#exitFault(status)
  }

  async #exitFault(status: number): Promise<AppError> {
    const said = this.#workspace === undefined ? '' : causeIn(await readTail(this.#workspace.gameStderr, TAIL_BYTES))
    const killed = status === 137 ? ' (ended from outside, as for too much memory)' : ''
    return new AppError('RUN_FAILED', `the game exited with status ${status}${killed}${said ? `: ${said}` : ''}`)
  }
}

/** The reason of an error for the people of a game: one line, without paths of this machine and tokens. */
export function plainReason(error: unknown, folder: string, secrets: readonly string[]): string {
  if (!(error instanceof AppError)) return 'the game could not be run on this server'
  const tail = error.details?.log_tail
  // Of the log that some errors quote, one line is enough.
  const [head = ''] = typeof tail === 'string' ? error.message.split('; ') : [error.message]
  const last = typeof tail === 'string' ? causeIn(tail) : ''
  const text = (last === '' ? head : `${head}: ${last}`).replaceAll(`${folder}/`, '')
  return secrets.reduce((left, secret) => left.replaceAll(secret, '[token]'), text).slice(0, MAX_REASON)
}
