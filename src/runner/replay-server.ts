// A game in its replay mode: started on a second port, asked for its replay page and for the replay itself.
import type { Runnable } from '../protocol/coworld.ts'
import { fault, type ProbeContext, toSocketUrl } from './episode-probes.ts'
import { probeMessage, probePage } from './probe.ts'
import type { GameServer, Mount, Runtime, RuntimeSession } from './runtime.ts'
import { awaitHealth } from './waiting.ts'
import type { Workspace } from './workspace.ts'

const PROBE_MS = 5000
const MESSAGE_MS = 10_000

interface ReplayCheck {
  readonly id: string
  readonly session: RuntimeSession
  readonly runtime: Runtime
  readonly job: { readonly manifest: { readonly game: { readonly runnable: Runnable } } }
  readonly workspace: Workspace
  readonly mount: Mount
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Step 12: the game's replay mode gets healthy, serves its page and sends the replay that the episode left behind.
 * The replay server is not waited for; closing the session ends it.
 * @throws AppError RUN_FAILED, RUN_TIMEOUT, INTERRUPTED
 */
export async function verifyReplay(check: ReplayCheck): Promise<{ reason: string; value: undefined }> {
  const { session, workspace, mount, timeoutMs, signal } = check
  const log = workspace.gameStderr
  const server = await startReplayServer(check.session, {
    name: `coworld-cert-replay-${check.id}`,
    runnable: check.job.manifest.game.runnable,
    workspace,
    mount,
  })
  await awaitHealth({ server, log, timeoutMs, runtime: check.runtime.kind, signal })
  const query = `?${new URLSearchParams({ uri: session.fileUri(mount, 'replay.json') })}`
  const context: ProbeContext = { server, tokens: [], timeoutMs, log, signal }
  const page = await probePage(`${server.url}/clients/replay${query}`, { timeoutMs: PROBE_MS, signal })
  if (!page.ok) {
    throw await fault(
      context,
      `GET /clients/replay: ${page.reason}`,
      page,
      'Serve GET /clients/replay with a 2xx in replay mode.',
    )
  }
  const messageMs = Math.min(timeoutMs, MESSAGE_MS)
  const socket = `${toSocketUrl(server.url)}/replay${query}`
  const message = await probeMessage(socket, { timeoutMs: PROBE_MS, messageMs, signal })
  if (message.ok) return { reason: 'replay mode served its page and sent the replay', value: undefined }
  const hint = 'In replay mode, load the artefact named by ?uri= and send it as soon as /replay opens.'
  throw await fault(context, `/replay: ${message.reason}`, message, hint)
}

interface ReplayServerStart {
  readonly name: string
  readonly runnable: Runnable
  /** Whose game logs the replay server appends to. */
  readonly workspace: Workspace
  readonly mount: Mount
}

/** Starts a game in replay mode. */
export function startReplayServer(session: RuntimeSession, start: ReplayServerStart): Promise<GameServer> {
  return session.startGame(
    {
      name: start.name,
      runnable: start.runnable,
      environment: { COGAME_REPLAY_SERVER: '1' },
      stdout: start.workspace.gameStdout,
      stderr: start.workspace.gameStderr,
    },
    start.mount,
  )
}
