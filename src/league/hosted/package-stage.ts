// Hosted games of uploaded packages. The lobby needs no container: the game starts when every slot has been given out,
// and sockets that come earlier wait. A game that dies with the server cannot be resumed, and its session says so.
import { z } from 'zod'
import type { BlobStore } from '../../host/blobs.ts'
import type { Log } from '../../host/log.ts'
import { AppError } from '../../kernel/errors.ts'
import { parseJson, parseWith } from '../../kernel/parse.ts'
import { buildJobSpec, createTokens } from '../../runner/job.ts'
import { createRunId } from '../../runner/runtime.ts'
import type { Workspace } from '../../runner/workspace.ts'
import type { CoworldRecord, Coworlds } from '../../store/leagues/coworlds.ts'
import type { Vault } from '../../store/people/vault.ts'
import type { PlaySessionRecord, PlaySessions } from '../../store/play/play-sessions.ts'
import { type Door, type GameEnd, LiveGame, plainReason } from './live-game.ts'
import { type PackageMachine, requireMachine } from './package-machine.ts'
import { keepOutcome, packageOf, prepareRollout } from './package-rollout.ts'
import { folderOf } from './run-folder.ts'
import { CONNECT_MS, type Ended, NOBODY, type Plan, type Stage, type StageHost } from './stage.ts'

/** Milliseconds that a game may take, from its start: the limit of coworld 0.1.0. */
export const GAME_MS = 60 * 60_000
const STOPPED = 'the server stopped during the game'

export interface PackageParts {
  readonly coworlds: Coworlds
  readonly vault: Vault
  readonly blobs: BlobStore
  /** Undefined: this server runs no uploaded packages. */
  readonly machine: PackageMachine | undefined
}

export interface PackageStageOptions extends PackageParts {
  readonly sessions: PlaySessions
  readonly log: Log
  readonly host: StageHost
  readonly connectMs?: number | undefined
}

interface Playing {
  readonly game: LiveGame
  /** Resolves when the session has been closed and nothing is left. */
  readonly settled: Promise<void>
}

/** Receives the door of a game when it opens; undefined: there will be none. */
type Waiter = (door: Door | undefined) => void

const Tokens = z.array(z.string())
const sealOf = (sessionId: string): string => `hosted-game:${sessionId}`

export class PackageStage implements Stage {
  readonly #options: PackageStageOptions
  readonly #playing = new Map<string, Playing>()
  readonly #waiters = new Map<string, Set<Waiter>>()
  /** Sessions to whose game a player has connected. */
  readonly #visited = new Set<string>()
  #isClosed = false

  constructor(options: PackageStageOptions) {
    this.#options = options
  }

  /** @throws AppError ENGINE_MISSING, UNKNOWN_VARIANT; UNKNOWN_UPLOAD for a package that is not accepted */
  plan(coworld: CoworldRecord, variantId: string | undefined): Plan {
    if (coworld.status !== 'accepted') {
      throw new AppError('UNKNOWN_UPLOAD', `the coworld cow_${coworld.id} has not been accepted`, {
        hint: `How far its certification is: GET /v2/coworlds/cow_${coworld.id}/certification`,
      })
    }
    requireMachine(this.#options.machine)
    const found = packageOf(coworld)
    const variant = variantId ?? found.manifest.variants[0]?.id ?? ''
    const slots = buildJobSpec(found, { variant }).players.length
    return {
      coworldId: `cow_${coworld.id}`,
      variantId: variant,
      slots,
      seal: (id) => this.#options.vault.seal(sealOf(id), JSON.stringify(createTokens(slots))),
      open: () => Promise.resolve(),
    }
  }

  tokenOf(session: PlaySessionRecord, slot: number): string | undefined {
    return this.#tokensOf(session)[slot]
  }

  statusOf({ id, runId }: PlaySessionRecord): 'lobby' | 'playing' | 'ended' {
    const playing = this.#playing.get(id)
    // The session ends when everything that its game has left is stored.
    if (playing) return playing.game.hasOpened ? 'playing' : 'lobby'
    return runId === null ? 'lobby' : 'ended'
  }

  fill(session: PlaySessionRecord): void {
    const { id } = session
    const { machine } = this.#options
    if (this.#isClosed || !machine || session.runId !== null || this.#playing.has(id)) return
    const game = this.#start(session, machine)
    const settled = game.done
      .then((end) => this.#settle(session, end))
      .catch((error: unknown) => this.#options.host.fault(session, error))
      .then(() => this.#forget(id, game))
    this.#playing.set(id, { game, settled })
  }

  async stop({ id }: PlaySessionRecord, reason: string): Promise<void> {
    const playing = this.#playing.get(id)
    playing?.game.stop(reason)
    if (playing) await playing.settled
    else this.#open(id, undefined)
  }

  async resume(session: PlaySessionRecord): Promise<Ended | undefined> {
    const { machine, coworlds, log } = this.#options
    const { runId } = session
    try {
      if (runId !== null) {
        await machine?.sweep({ runId, folder: folderOf(runId) })
        return { status: 'ended', reason: STOPPED }
      }
      requireMachine(machine)
      await coworlds.get(session.coworldId.replace(/^cow_/, ''))
      this.#tokensOf(session)
      return undefined
    } catch (err) {
      log.error({ session: session.id, err }, 'hosted.resume_failed')
      return { status: 'ended', reason: err instanceof AppError ? err.message : STOPPED }
    }
  }

  /** Ends every game: none can be resumed. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const { game } of this.#playing.values()) game.stop(STOPPED)
    await Promise.all([...this.#playing.values()].map(({ settled }) => settled))
    for (const id of [...this.#waiters.keys()]) this.#open(id, undefined)
  }

  /** Where a game that runs can be reached. */
  doorOf(sessionId: string): Door | undefined {
    return this.#playing.get(sessionId)?.game.door
  }

  /** Calls back when a game opens, or now if it is open. @returns forgets the callback */
  whenOpen(sessionId: string, waiter: Waiter): () => void {
    const door = this.doorOf(sessionId)
    if (door || this.#isClosed) {
      waiter(door)
      return () => undefined
    }
    const waiters = this.#waiters.get(sessionId) ?? new Set()
    this.#waiters.set(sessionId, waiters.add(waiter))
    return () => {
      waiters.delete(waiter)
      if (waiters.size === 0 && this.#waiters.get(sessionId) === waiters) this.#waiters.delete(sessionId)
    }
  }

  /** A player has connected to its game: it does not end for want of players. */
  visited(sessionId: string): void {
    if (this.#playing.has(sessionId)) this.#visited.add(sessionId)
  }

  #start(session: PlaySessionRecord, machine: PackageMachine): LiveGame {
    const { coworlds, sessions, log, connectMs = CONNECT_MS } = this.#options
    const { id, variantId: variant } = session
    const tokens = this.#tokensOf(session)
    const runId = createRunId()
    const prepare = async (workspace: Workspace) => {
      if (!(await sessions.begin(id, runId))) throw new AppError('EPISODE_OVER', 'this game has begun elsewhere')
      const coworld = await coworlds.get(session.coworldId.replace(/^cow_/, ''))
      return prepareRollout(workspace, { coworld, variant, tokens, machine, runId })
    }
    const onOpen = (door: Door): void => {
      this.#open(id, door)
      const check = (): void => {
        if (!this.#visited.has(id)) game.stop(NOBODY)
      }
      const timer = setTimeout(check, connectMs)
      void game.done.then(() => clearTimeout(timer))
    }
    const onFault = (err: unknown): void => log.error({ session: id, err }, 'hosted.game_failed')
    const game: LiveGame = new LiveGame(
      { runId, leash: machine.leash, prepare, onFault, timeLimitMs: GAME_MS, page: 'global', secrets: tokens },
      onOpen,
    )
    return game
  }

  /** Stores what a game has left, and closes its session. */
  async #settle(session: PlaySessionRecord, { reason, workspace }: GameEnd): Promise<void> {
    const { host } = this.#options
    if (reason !== null || !workspace) {
      await host.over(session, { status: reason === NOBODY ? 'expired' : 'ended', reason })
      return
    }
    await host.over(session, { status: 'ended', ...(await this.#keep(session, workspace)) })
  }

  async #keep(session: PlaySessionRecord, workspace: Workspace): Promise<Omit<Ended, 'status'>> {
    const { coworlds, blobs } = this.#options
    try {
      const coworld = await coworlds.get(session.coworldId.replace(/^cow_/, ''))
      const { hasReplay } = await keepOutcome(blobs, workspace, {
        sessionId: session.id,
        coworld,
        slots: session.slots,
      })
      return { reason: null, hasResults: true, hasReplay }
    } catch (error) {
      this.#options.host.fault(session, error)
      return { reason: plainReason(error, workspace.folder, this.#tokensOf(session)) }
    }
  }

  async #forget(id: string, game: LiveGame): Promise<void> {
    this.#playing.delete(id)
    this.#visited.delete(id)
    this.#open(id, undefined)
    await game.dispose().catch((err: unknown) => this.#options.log.error({ session: id, err }, 'hosted.game_failed'))
  }

  #open(id: string, door: Door | undefined): void {
    const waiters = this.#waiters.get(id)
    this.#waiters.delete(id)
    for (const waiter of waiters ?? []) waiter(door)
  }

  #tokensOf({ id, tokens }: PlaySessionRecord): readonly string[] {
    const text = tokens === null ? '[]' : this.#options.vault.open(sealOf(id), tokens)
    return parseWith(Tokens, parseJson(text, 'The tokens of a game'), {
      code: 'STORE_CORRUPT',
      what: 'The tokens of a game',
    })
  }
}
