// Three ways to use a package by hand: play it by links, open one of its replays, run one episode of it.
// manifest-source.ts finds manifests and replays; the command line prints.
import { stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { AppError } from '../kernel/errors.ts'
import type { JsonObject } from '../protocol/json.ts'
import { type EpisodeRun, rolloutVariables, runEpisode } from './episode-run.ts'
import { redactError } from './game-secrets.ts'
import { buildJobSpec, concreteConfig, createTokens, type JobOptions } from './job.ts'
import type { CoworldPackage } from './manifest.ts'
import { findPage } from './pages.ts'
import { startReplayServer } from './replay-server.ts'
import { readResultsObject } from './results.ts'
import { type EpisodeLinks, episodeLinks, type RunEvent } from './run-events.ts'
import { createRunId, type GameServer, type Mount, type Runtime } from './runtime.ts'
import { startPlayers } from './start-players.ts'
import { awaitExit, awaitHealth, interruption, programFault } from './waiting.ts'
import { createWorkspace, type Workspace, writeConfig } from './workspace.ts'

/** Time limit for a page to answer when links are created, in milliseconds. */
const PAGE_MS = 5000

interface Common {
  readonly package: CoworldPackage
  readonly runtime: Runtime
  /** The workspace; by default a new folder below `<checkout or cwd>/tmp/`. */
  readonly workspace?: string
  readonly cwd: string
  readonly signal?: AbortSignal
}

export interface PlayOptions extends Common {
  /** Only for the health check: the episode has no time limit. */
  readonly healthTimeoutMs: number
  /** Id of a variant; the certification fixture's configuration when absent. */
  readonly variant?: string
  /**
   * Slots in which the package's own players are started; people join the others. Default: none for a manifest of
   * 0.1.0, all for a later one, as the program of each generation does.
   */
  readonly players?: 'none' | 'all' | readonly number[]
  readonly onEvent?: (event: RunEvent) => void
  /** Called once the game can be reached. */
  readonly onReady: (ready: { readonly workspace: Workspace; readonly links: EpisodeLinks }) => void
}

/**
 * Starts the game, and players where they are wanted; people, or players started by hand, join by its links. Resolves
 * when the game has exited.
 * @throws AppError USAGE for a slot that the game has not, IMAGE_MISSING, CONFIG_INVALID, RUN_FAILED, RUN_TIMEOUT, RESULTS_INVALID, INTERRUPTED
 */
export async function playPackage(options: PlayOptions): Promise<{ workspace: Workspace; results: JsonObject }> {
  const { runtime } = options
  const { folder, manifest } = options.package
  const signal = options.signal ?? new AbortController().signal
  await requireGame(options)
  const workspace = await createWorkspace({ prefix: 'coworld-play-', ...placeOf(options) })
  const job = buildJobSpec(options.package, options.variant === undefined ? {} : { variant: options.variant })
  const tokens = createTokens(job.players.length)
  const externalSlots = slotsOfPeople(options, tokens.length)
  await writeConfig(workspace, concreteConfig(job, tokens))
  if (signal.aborted) throw interruption(signal)
  const id = createRunId()
  const mount: Mount = { folder: workspace.folder, target: '/coworld', isReadOnly: false }
  const session = await runtime.open({ id, folder })
  try {
    const server = await session.startGame(
      {
        name: `coworld-play-game-${id}`,
        runnable: manifest.game.runnable,
        environment: rolloutVariables(session, mount),
        stdout: workspace.gameStdout,
        stderr: workspace.gameStderr,
      },
      mount,
    )
    const log = workspace.gameStderr
    await awaitHealth({ server, log, timeoutMs: options.healthTimeoutMs, runtime: runtime.kind, signal })
    const { folder: pages } = await findPage(server.url, 'global', '', { timeoutMs: PAGE_MS, signal })
    options.onReady({ workspace, links: episodeLinks(server.url, tokens, pages) })
    const tell = options.onEvent ?? (() => undefined)
    const name = `coworld-play-player-${id}`
    await startPlayers({ name, job, secrets: tokens, workspace, externalSlots, tell }, session, server)
    await awaitEnd('game', server, { log, signal })
  } catch (error) {
    throw redactError(error, session)
  } finally {
    await session.close()
  }
  return { workspace, results: await readResultsObject(workspace, manifest) }
}

/** @throws AppError USAGE */
function slotsOfPeople({ players, package: { generation } }: PlayOptions, slots: number): readonly number[] {
  const wanted = players ?? (generation === 'later' ? 'all' : 'none')
  if (wanted === 'all') return []
  const started = wanted === 'none' ? [] : wanted
  const odd = started.find((slot) => slot >= slots)
  if (odd !== undefined) throw new AppError('USAGE', `there is no slot ${odd}: the game has slots 0 to ${slots - 1}`)
  return Array.from({ length: slots }, (_, slot) => slot).filter((slot) => !started.includes(slot))
}

export interface ReplayOptions extends Common {
  /** A replay on this machine. */
  readonly replayPath: string
  /** Only for the health check. */
  readonly healthTimeoutMs: number
  readonly onReady: (ready: { readonly workspace: Workspace; readonly replay: string; readonly url: string }) => void
}

/**
 * Opens a replay in its game's replay mode. Resolves when the game exits by itself; usually the user interrupts it.
 * @throws AppError FILE_UNREADABLE, IMAGE_MISSING, RUN_FAILED, RUN_TIMEOUT, INTERRUPTED
 */
export async function openReplay(options: ReplayOptions): Promise<{ workspace: Workspace }> {
  const { runtime } = options
  const { folder, manifest } = options.package
  const signal = options.signal ?? new AbortController().signal
  const replay = resolve(options.replayPath)
  const isFile = await stat(replay).then(
    (found) => found.isFile(),
    () => false,
  )
  if (!isFile) throw new AppError('FILE_UNREADABLE', `the replay ${replay} is not a file`)
  await requireGame(options)
  const workspace = await createWorkspace({ prefix: 'coworld-replay-', ...placeOf(options) })
  if (signal.aborted) throw interruption(signal)
  const id = createRunId()
  const mount: Mount = { folder: dirname(replay), target: '/coworld-replay', isReadOnly: true }
  const session = await runtime.open({ id, folder })
  try {
    const name = `coworld-replay-game-${id}`
    const uri = session.fileUri(mount, basename(replay))
    const server = await startReplayServer(session, { name, runnable: manifest.game.runnable, workspace, mount, uri })
    const log = workspace.gameStderr
    await awaitHealth({ server, log, timeoutMs: options.healthTimeoutMs, runtime: runtime.kind, signal })
    const query = new URLSearchParams({ uri })
    const { folder: pages } = await findPage(server.url, 'replay', `?${query}`, { timeoutMs: PAGE_MS, signal })
    options.onReady({ workspace, replay, url: `${server.url}/${pages}/replay?${query}` })
    await awaitEnd('replay', server, { log, signal })
  } finally {
    await session.close()
  }
  return { workspace }
}

export interface RunPackageOptions extends Common, JobOptions {
  readonly timeoutMs: number
  readonly verifyReplay: boolean
  readonly onEvent?: (event: RunEvent) => void
}

/**
 * Runs one episode of a package with its fixture's players, or with replacements.
 * @throws AppError like `buildJobSpec` and `runEpisode`
 */
export async function runPackage(options: RunPackageOptions): Promise<EpisodeRun> {
  const job = buildJobSpec(options.package, options)
  const workspace = await createWorkspace({ prefix: 'coworld-run-', ...placeOf(options) })
  const { runtime, timeoutMs, verifyReplay } = options
  return runEpisode({
    runtime,
    job,
    folder: options.package.folder,
    workspace,
    timeoutMs,
    verifyReplay,
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.onEvent ? { onEvent: options.onEvent } : {}),
  })
}

function placeOf({ workspace, cwd }: Common): { readonly folder?: string; readonly cwd: string } {
  return workspace === undefined ? { cwd } : { folder: workspace, cwd }
}

async function requireGame({ runtime, package: { manifest, folder } }: Common): Promise<void> {
  const { runnable } = manifest.game
  const reason = await runtime.explainMissing(runnable, folder)
  if (reason === undefined) return
  throw new AppError('IMAGE_MISSING', `Cogame runnable.image: ${reason}`, { details: { image: runnable.image } })
}

async function awaitEnd(
  what: 'game' | 'replay',
  server: GameServer,
  { log, signal }: { readonly log: string; readonly signal: AbortSignal },
): Promise<void> {
  const status = await awaitExit(server.program, { timeoutMs: undefined, signal })
  if (status !== 0) throw await programFault('RUN_FAILED', `the ${what} program exited with status ${status}`, log)
}
