// Whether a player that lost its connection gets its slot back. Probed on a second start of the game, with tokens of its
// own and no players, so that the certified episode is not disturbed.
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../kernel/errors.ts'
import type { JobSpec } from '../protocol/coworld.ts'
import { type Extra, playerSocket } from './episode-probes.ts'
import { rolloutVariables } from './episode-run.ts'
import { concreteConfig, createTokens } from './job.ts'
import { type Finding, probeOpening } from './probe.ts'
import { createRunId, type GameServer, type Mount, type Runtime, type RuntimeSession } from './runtime.ts'
import { awaitHealth, interruption } from './waiting.ts'
import { createWorkspace, type Workspace, writeConfig } from './workspace.ts'

export interface ReconnectionProbe {
  readonly runtime: Runtime
  readonly job: JobSpec
  readonly folder: string
  /** The probed start gets a folder `reconnection` of its own inside. */
  readonly workspace: Workspace
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

const PROBE_MS = 5000
/** How long a game may take to notice that a connection is gone. */
const NOTICE_MS = 3000

/**
 * Connects each slot, disconnects it and connects it again with the same token.
 * @throws AppError INTERRUPTED
 */
export async function probeReconnection(probe: ReconnectionProbe): Promise<Extra> {
  const { runtime, job, folder, signal } = probe
  const place = { folder: join(probe.workspace.folder, 'reconnection'), prefix: 'coworld-cert-', cwd: folder } as const
  const workspace = await createWorkspace(place)
  const tokens = createTokens(job.players.length)
  await writeConfig(workspace, concreteConfig(job, tokens))
  if (signal.aborted) throw interruption(signal)
  const session = await runtime.open({ id: createRunId(), folder })
  try {
    const server = await startGame(probe, session, workspace)
    return await probeSlots(server, tokens, signal)
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'INTERRUPTED') throw error
    return { outcome: 'failed', reason: `a second start of the game: ${error.message}` }
  } finally {
    await session.close()
  }
}

async function startGame(
  { job, timeoutMs, runtime, signal }: ReconnectionProbe,
  session: RuntimeSession,
  workspace: Workspace,
): Promise<GameServer> {
  const mount: Mount = { folder: workspace.folder, target: '/coworld', isReadOnly: false }
  const server = await session.startGame(
    {
      name: `coworld-cert-again-${createRunId()}`,
      runnable: job.manifest.game.runnable,
      environment: rolloutVariables(session, mount),
      stdout: workspace.gameStdout,
      stderr: workspace.gameStderr,
    },
    mount,
  )
  await awaitHealth({ server, log: workspace.gameStderr, timeoutMs, runtime: runtime.kind, signal })
  return server
}

async function probeSlots(server: GameServer, tokens: readonly string[], signal: AbortSignal): Promise<Extra> {
  for (const [slot, token] of tokens.entries()) {
    const url = playerSocket({ server }, slot, token)
    const first = await probeOpening(url, { timeoutMs: PROBE_MS, signal })
    const again = first.ok ? await openAgain(url, signal) : first
    if (signal.aborted) throw interruption(signal)
    if (!again.ok && server.program.status() === 0) return endedEarly(slot)
    if (!first.ok) return { outcome: 'failed', reason: `slot ${slot} with its own token: ${first.reason}` }
    if (!again.ok) return { outcome: 'failed', reason: `slot ${slot} could not connect a second time: ${again.reason}` }
  }
  return { outcome: 'passed', reason: `${tokens.length} slots got their slots back with the same token` }
}

function endedEarly(slot: number): Extra {
  if (slot > 0) return { outcome: 'passed', reason: `${slot} slots got their slots back before the episode was over` }
  return { outcome: 'skipped', reason: 'the episode was over before a player could come back' }
}

async function openAgain(url: string, signal: AbortSignal): Promise<Finding> {
  const deadline = performance.now() + NOTICE_MS
  for (;;) {
    const finding = await probeOpening(url, { timeoutMs: PROBE_MS, signal })
    if (finding.ok || signal.aborted || performance.now() > deadline) return finding
    await sleep(200, undefined, { signal }).catch(() => undefined)
  }
}
