// A game in its replay mode: started on a second port, and probed for its replay page and for the replay itself.
import { basename } from 'node:path'
import type { Runnable } from '../protocol/coworld.ts'
import { fault, type ProbeContext, toSocketUrl } from './episode-probes.ts'
import { findPage } from './pages.ts'
import { probeMessage } from './probe.ts'
import type { GameServer, Mount, Runtime, RuntimeSession } from './runtime.ts'
import { awaitHealth } from './waiting.ts'
import { findReplayFile, type Workspace } from './workspace.ts'

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
 * Step 12: the game's replay mode becomes healthy, serves its page and sends the replay that the episode wrote. The
 * replay server is not awaited; closing the session ends it.
 * @throws AppError RUN_FAILED, RUN_TIMEOUT, INTERRUPTED
 */
export async function verifyReplay(check: ReplayCheck): Promise<{ reason: string; value: undefined }> {
  const { session, workspace, mount, timeoutMs, signal } = check
  const log = workspace.gameStderr
  const replay = basename(findReplayFile(workspace) ?? workspace.replay)
  const uri = session.fileUri(mount, replay)
  const server = await startReplayServer(check.session, {
    name: `coworld-cert-replay-${check.id}`,
    runnable: check.job.manifest.game.runnable,
    workspace,
    mount,
    uri,
  })
  await awaitHealth({ server, log, timeoutMs, runtime: check.runtime.kind, signal })
  const query = `?${new URLSearchParams({ uri })}`
  const context: ProbeContext = { server, tokens: [], timeoutMs, log, signal }
  const { finding: page, folder } = await findPage(server.url, 'replay', query, { timeoutMs: PROBE_MS, signal })
  if (!page.ok) {
    const hint = `Serve GET /${folder}/replay with a 2xx in replay mode.`
    throw await fault(context, `GET /${folder}/replay: ${page.reason}`, page, hint)
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
  /** The workspace to whose game logs the replay server appends. */
  readonly workspace: Workspace
  readonly mount: Mount
  /** The URI of the replay, as a program with this mount reads it. */
  readonly uri: string
}

/** Starts a game in replay mode, with the variables of both generations. */
export function startReplayServer(session: RuntimeSession, start: ReplayServerStart): Promise<GameServer> {
  return session.startGame(
    {
      name: start.name,
      runnable: start.runnable,
      environment: { COGAME_REPLAY_SERVER: '1', COGAME_LOAD_REPLAY_URI: start.uri },
      stdout: start.workspace.gameStdout,
      stderr: start.workspace.gameStderr,
    },
    start.mount,
  )
}
