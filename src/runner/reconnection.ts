// Tests whether a player that lost its connection gets its slot back and can play on. The probe uses a second start of
// the game, with its own tokens and no players, so that the certified episode is not disturbed. The probe itself is in
// returning.ts.
import { join } from 'node:path'
import { AppError } from '../kernel/errors.ts'
import type { JobSpec } from '../protocol/coworld.ts'
import { rolloutVariables } from './episode-run.ts'
import { concreteConfig, createTokens } from './job.ts'
import { probeReturning, type ReturnFindings } from './returning.ts'
import { createRunId, type GameServer, type Mount, type Runtime, type RuntimeSession } from './runtime.ts'
import { awaitHealth, interruption } from './waiting.ts'
import { createWorkspace, type Workspace, writeConfig } from './workspace.ts'

export interface ReconnectionProbe {
  readonly runtime: Runtime
  readonly job: JobSpec
  readonly folder: string
  /** The probed start uses a subfolder `reconnection`. */
  readonly workspace: Workspace
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Starts the game again, connects each slot, cuts the connection and reconnects with the same token.
 * @throws AppError INTERRUPTED
 */
export async function probeReconnection(probe: ReconnectionProbe): Promise<ReturnFindings> {
  const { runtime, job, folder, signal } = probe
  const place = { folder: join(probe.workspace.folder, 'reconnection'), prefix: 'coworld-cert-', cwd: folder } as const
  const workspace = await createWorkspace(place)
  const tokens = createTokens(job.players.length)
  await writeConfig(workspace, concreteConfig(job, tokens))
  if (signal.aborted) throw interruption(signal)
  const session = await runtime.open({ id: createRunId(), folder })
  try {
    const server = await startGame(probe, session, workspace)
    const findings = await probeReturning(server, tokens, signal)
    if (signal.aborted) throw interruption(signal)
    return findings
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'INTERRUPTED') throw error
    return {
      reconnection: { outcome: 'failed', reason: `a second start of the game: ${error.message}` },
      frames: { outcome: 'skipped', reason: 'the game did not start a second time' },
    }
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
