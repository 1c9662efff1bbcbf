// Waits for programs: until a game is healthy, a program has ended, or the user interrupts.
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '../kernel/errors.ts'
import { pollHealth } from './probe.ts'
import type { Program } from './process-group.ts'
import type { GameServer, RuntimeKind } from './runtime.ts'
import { readTail } from './workspace.ts'

/** The maximum delay of a timer, about 24 days; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** A failure of a running program. Carries the end of its log, at most 4,000 bytes. */
export async function programFault(
  code: 'RUN_FAILED' | 'RUN_TIMEOUT',
  message: string,
  log: string,
  hint?: string,
): Promise<AppError> {
  const tail = (await readTail(log)).trim()
  const shown = tail === '' ? `its log ${log} is empty` : `the end of ${log}:\n${tail}`
  return new AppError(code, `${message}; ${shown}`, {
    details: { log, log_tail: tail },
    ...(hint === undefined ? {} : { hint }),
  })
}

/** The error for an aborted signal: its reason, if that is an AppError. */
export function interruption(signal: AbortSignal): AppError {
  const { reason } = signal
  if (reason instanceof AppError && reason.code !== 'INTERRUPTED') return reason
  const message = reason instanceof AppError ? reason.message : 'the run was interrupted'
  return new AppError('INTERRUPTED', message, {
    cause: reason,
    hint: 'Nothing is left running. Run the command again; the episode starts from the beginning.',
  })
}

export interface HealthWait {
  readonly server: GameServer
  /** Messages quote the end of this log. */
  readonly log: string
  readonly timeoutMs: number
  readonly runtime: RuntimeKind
  readonly signal: AbortSignal
}

/**
 * Waits until a game answers `GET /healthz` with 200.
 * @throws AppError RUN_FAILED when it exits first, RUN_TIMEOUT, INTERRUPTED
 */
export async function awaitHealth({ server, log, timeoutMs, runtime, signal }: HealthWait): Promise<void> {
  const giveUp = (): string | undefined => {
    const status = server.program.status()
    return status === undefined ? undefined : `the game exited before it was healthy, with status ${status}`
  }
  const finding = await pollHealth(server.url, { timeoutMs, signal, giveUp })
  if (signal.aborted) throw interruption(signal)
  if (finding.ok) return
  if (!finding.isTimeout) throw await programFault('RUN_FAILED', finding.reason, log)
  const where = runtime === 'process' ? 'on the port in COGAME_PORT' : 'on 0.0.0.0:8080'
  const hint = `Make the game listen ${where} and answer GET /healthz with 200, or raise the timeout.`
  throw await programFault('RUN_TIMEOUT', `the game was ${finding.reason}`, log, hint)
}

/**
 * The exit status of a program, or undefined when `timeoutMs` passes first. Without a limit, it waits as long as
 * needed.
 * @throws AppError INTERRUPTED
 */
export async function awaitExit(
  program: Program,
  { timeoutMs, signal }: { readonly timeoutMs: number | undefined; readonly signal: AbortSignal },
): Promise<number | undefined> {
  const done = new AbortController()
  const stop = AbortSignal.any([done.signal, signal])
  const limits = [untilAborted(stop)]
  if (timeoutMs !== undefined)
    limits.push(sleep(Math.min(timeoutMs, LONGEST_TIMER_MS), undefined, { signal: stop }).catch(() => undefined))
  const status = await Promise.race([program.exited, ...limits])
  done.abort()
  if (status === undefined && signal.aborted) throw interruption(signal)
  return status
}

function untilAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}
