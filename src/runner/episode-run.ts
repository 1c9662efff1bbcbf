// Runs one episode of a package on this machine, in the fourteen steps of run-events.ts, whatever the runtime.
// Everything that was started is ended and removed, also after failures and interrupts.
// The probes of single steps are in episode-probes.ts; what certification adds is in certify.ts.
import { at } from '../kernel/at.ts'
import { AppError } from '../kernel/errors.ts'
import type { JobSpec } from '../protocol/coworld.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import {
  type Extra,
  type ProbeContext,
  probeBadTokens,
  probeGlobal,
  probeLateViewer,
  probePages,
} from './episode-probes.ts'
import { checkPlayerFailure } from './failure.ts'
import { concreteConfig, createTokens } from './job.ts'
import { findPage } from './pages.ts'
import { artefactOf, checkArtefacts } from './player-artefacts.ts'
import type { Program } from './process-group.ts'
import { verifyReplay } from './replay-server.ts'
import { readResults } from './results.ts'
import { episodeLinks, type RunEvent, runStep, slotQuery } from './run-events.ts'
import { createRunId, type GameServer, type Mount, type Runtime, type RuntimeSession } from './runtime.ts'
import { awaitExit, awaitHealth, interruption, programFault } from './waiting.ts'
import { playerLog, readTail, type Workspace, writeConfig } from './workspace.ts'

/** How long a page may take to answer when links are made. */
const PAGE_MS = 5000
/** How much of its log is reported when a player ends before its game. */
const EARLY_TAIL_BYTES = 600
/** Time limit for a player to exit after its game has ended. */
const PLAYER_EXIT_MS = 10_000

export interface EpisodeRunOptions {
  readonly runtime: Runtime
  readonly job: JobSpec
  /** The manifest's folder: relative programs resolve against it. */
  readonly folder: string
  readonly workspace: Workspace
  /** Counted anew for the game's health, its exit and the replay's health. */
  readonly timeoutMs: number
  /** Whether to open the replay in the game's replay mode afterwards. */
  readonly verifyReplay: boolean
  /** Slots without a started player: people join them by link. Their players' entries are ignored. */
  readonly externalSlots?: readonly number[]
  /** Makes further probes beyond the fourteen steps: every slot's bad token, and a late viewer. */
  readonly probeMore?: boolean
  /** The secrets, one per slot; made when absent. */
  readonly tokens?: readonly string[]
  readonly signal?: AbortSignal
  readonly onEvent?: (event: RunEvent) => void
}

/** The result of an episode that ran to its end. */
export interface EpisodeRun {
  readonly workspace: Workspace
  readonly results: JsonValue
  /** With `probeMore` only. */
  readonly badTokens: Extra
  readonly lateViewer: Extra
}

interface Course extends EpisodeRunOptions {
  readonly id: string
  readonly secrets: readonly string[]
  readonly abort: AbortSignal
  readonly tell: (event: RunEvent) => void
  readonly mount: Mount
}

/**
 * Runs one episode to its end.
 * @throws AppError CONFIG_INVALID, RUN_FAILED, RUN_TIMEOUT, RESULTS_INVALID, INTERRUPTED; by then every program has ended
 */
export async function runEpisode(options: EpisodeRunOptions): Promise<EpisodeRun> {
  const { workspace, job, runtime, folder } = options
  const course: Course = {
    ...options,
    id: createRunId(),
    secrets: options.tokens ?? createTokens(job.players.length),
    abort: options.signal ?? new AbortController().signal,
    tell: options.onEvent ?? (() => undefined),
    mount: { folder: workspace.folder, target: '/coworld', isReadOnly: false },
  }
  await runStep(course.tell, 'config', () => writeConcreteConfig(course))
  const session = await runStep(course.tell, 'port', async () => {
    if (course.abort.aborted) throw interruption(course.abort)
    const value = await runtime.open({ id: course.id, folder })
    return { reason: `run ${course.id} on the ${runtime.kind} runtime`, value }
  })
  const extras = await playAndCleanUp(course, session)
  const results = await runStep(course.tell, 'results', async () => {
    const value = await readResults(workspace, job.manifest)
    return { reason: `${workspace.results} satisfies results_schema`, value }
  })
  return { workspace, results, ...extras }
}

async function writeConcreteConfig(course: Course): Promise<{ reason: string; value: JsonObject }> {
  const value = concreteConfig(course.job, course.secrets)
  await writeConfig(course.workspace, value)
  return { reason: `${course.workspace.config} satisfies config_schema`, value }
}

interface Extras {
  readonly badTokens: Extra
  readonly lateViewer: Extra
}

async function playAndCleanUp(course: Course, session: RuntimeSession): Promise<Extras> {
  try {
    const extras = await play(course, session)
    if (course.verifyReplay) {
      await runStep(course.tell, 'replay', () => verifyReplay({ ...course, session, signal: course.abort }))
    } else skip(course, 'replay', 'not asked for')
    return extras
  } finally {
    await runStep(course.tell, 'clean-up', async () => {
      const left = await session.close()
      const gone = 'everything that was started has ended and was removed'
      return { reason: left.length === 0 ? gone : `could not remove ${left.join(', ')}`, value: undefined }
    })
  }
}

async function play(course: Course, session: RuntimeSession): Promise<Extras> {
  const server = await runStep(course.tell, 'start-game', () => startGame(course, session))
  await runStep(course.tell, 'health', async () => {
    await awaitHealth({
      server,
      log: course.workspace.gameStderr,
      timeoutMs: course.timeoutMs,
      runtime: course.runtime.kind,
      signal: course.abort,
    })
    return { reason: 'GET /healthz answered 200', value: undefined }
  })
  const { folder: pages } = await findPage(server.url, 'global', '', { timeoutMs: PAGE_MS, signal: course.abort })
  course.tell({ kind: 'ready', links: episodeLinks(server.url, course.secrets, pages) })
  const context: ProbeContext = {
    server,
    tokens: course.secrets,
    timeoutMs: course.timeoutMs,
    log: course.workspace.gameStderr,
    signal: course.abort,
  }
  const badTokens = await probeDoors(course, context)
  const players = await runStep(course.tell, 'start-players', () => startPlayers(course, session, server))
  await runStep(course.tell, 'global-message', () => probeGlobal(context))
  const over = new AbortController()
  const late = course.probeMore ? probeLateViewer(context, over.signal) : undefined
  await runStep(course.tell, 'game-exit', () => awaitGame(course, server)).finally(() => over.abort())
  await endPlayers(course, players)
  return { badTokens, lateViewer: (await late) ?? notAsked }
}

const notAsked: Extra = { outcome: 'skipped', reason: 'not asked for' }

function skip(course: Course, id: 'player-page' | 'bad-token' | 'player-exit' | 'replay', reason: string): void {
  const number = { 'player-page': 5, 'bad-token': 6, 'player-exit': 11, replay: 12 }[id]
  course.tell({ kind: 'step-ended', step: { number, id, outcome: 'skipped', reason } })
}

async function startGame(course: Course, session: RuntimeSession): Promise<{ reason: string; value: GameServer }> {
  const { workspace, mount } = course
  const value = await session.startGame(
    {
      name: `coworld-cert-game-${course.id}`,
      runnable: course.job.manifest.game.runnable,
      environment: rolloutVariables(session, mount),
      stdout: workspace.gameStdout,
      stderr: workspace.gameStderr,
    },
    mount,
  )
  void value.program.exited.then((status) => course.tell({ kind: 'game-exited', status }))
  return { reason: `game at ${value.url}`, value }
}

/** The variables that tell a game to play one episode. */
export function rolloutVariables(session: RuntimeSession, mount: Mount): Readonly<Record<string, string>> {
  return {
    COGAME_CONFIG_URI: session.fileUri(mount, 'config.json'),
    COGAME_RESULTS_URI: session.fileUri(mount, 'results.json'),
    COGAME_SAVE_REPLAY_URI: session.fileUri(mount, 'replay.json'),
    COGAME_PLAYER_FAILURE_URI: session.fileUri(mount, 'player_failure.json'),
  }
}

/** Steps 5 to 7: what a game must serve before it has players. */
async function probeDoors(course: Course, context: ProbeContext): Promise<Extra> {
  let badTokens = notAsked
  if (course.secrets.length === 0) {
    skip(course, 'player-page', 'the job has no players')
    skip(course, 'bad-token', 'the job has no players')
  } else {
    await runStep(course.tell, 'player-page', () => probePages(context, ['player']))
    badTokens = await runStep(course.tell, 'bad-token', () => probeBadTokens(context, course.probeMore === true))
  }
  await runStep(course.tell, 'global-page', () => probePages(context, ['global']))
  return badTokens
}

interface StartedPlayer {
  readonly slot: number
  readonly program: Program
}

async function startPlayers(
  course: Course,
  session: RuntimeSession,
  server: GameServer,
): Promise<{ reason: string; value: readonly StartedPlayer[] }> {
  const external = new Set(course.externalSlots ?? [])
  const value: StartedPlayer[] = []
  for (const [slot, runnable] of course.job.players.entries()) {
    if (external.has(slot)) continue
    const url = `${server.playerUrl}/player?${slotQuery(slot, at(course.secrets, slot))}`
    const log = playerLog(course.workspace, slot)
    const artefact = await artefactOf(course.workspace, slot)
    const program = await session.startPlayer(
      {
        name: `coworld-cert-player-${course.id}-${slot}`,
        runnable,
        environment: {
          COGAMES_ENGINE_WS_URL: url,
          COWORLD_PLAYER_WS_URL: url,
          COWORLD_PLAYER_ARTIFACT_UPLOAD_URL: session.fileUri(artefact.mount, artefact.name),
        },
        stdout: log,
        stderr: log,
      },
      artefact.mount,
    )
    void program.exited.then(async (status) => {
      const isEarly = server.program.status() === undefined
      // The event matters more than the log, which may be unreadable by now.
      const tail = await readTail(log, EARLY_TAIL_BYTES).catch(() => '')
      course.tell({ kind: 'player-exited', slot, status, isEarly, logTail: tail.trim() })
    })
    value.push({ slot, program })
  }
  return { reason: `${value.length} started, ${external.size} join on their own`, value }
}

async function awaitGame(course: Course, server: GameServer): Promise<{ reason: string; value: undefined }> {
  const { timeoutMs, workspace, abort: signal } = course
  const status = await awaitExit(server.program, { timeoutMs, signal })
  await checkPlayerFailure(workspace, course.secrets.length)
  if (status === 0) return { reason: 'the game exited with status 0', value: undefined }
  if (status !== undefined) {
    throw await programFault('RUN_FAILED', `the game exited with status ${status}`, workspace.gameStderr)
  }
  const message = `the game was still running after ${timeoutMs / 1000} s`
  throw await programFault('RUN_TIMEOUT', message, workspace.gameStderr)
}

async function endPlayers(course: Course, players: readonly StartedPlayer[]): Promise<void> {
  if (players.length === 0) return skip(course, 'player-exit', 'no player was started')
  await runStep(course.tell, 'player-exit', async () => {
    for (const { slot, program } of players) {
      const status = await awaitExit(program, { timeoutMs: PLAYER_EXIT_MS, signal: course.abort })
      if (status !== 0) throw blame(await playerFault(slot, status, playerLog(course.workspace, slot)), slot)
    }
    await checkArtefacts(
      course.workspace,
      players.map(({ slot }) => slot),
    )
    return { reason: `${players.length} players exited with status 0`, value: undefined }
  })
}

/** The same error, naming the slot as hosts of packages do. */
function blame(error: AppError, slot: number): AppError {
  return new AppError(error.code, error.message, {
    details: { ...error.details, error_type: 'player_error', failed_policy_index: slot },
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
  })
}

function playerFault(slot: number, status: number | undefined, log: string): Promise<AppError> {
  if (status !== undefined) return programFault('RUN_FAILED', `player ${slot} exited with status ${status}`, log)
  const hint = 'Make the player exit with status 0 when it has seen the end of the episode.'
  const message = `player ${slot} was still running ${PLAYER_EXIT_MS / 1000} s after the game had ended`
  return programFault('RUN_TIMEOUT', message, log, hint)
}
