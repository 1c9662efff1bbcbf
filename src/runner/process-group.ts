// A child process that leads its own process group, so that it can be ended together with everything it started: its
// group and, if requested, processes that have left the group for a session of their own (process-tree.ts). Both
// runtimes start all programs through here; no such program outlives this process.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { constants } from 'node:os'
import { AppError } from '../kernel/errors.ts'
import { createMark, endMarked, MARK_VARIABLE } from './process-tree.ts'

/** A started program. */
export interface Program {
  /** Resolves with the exit status once it has ended; never rejects. A signal counts as 128 plus its number. */
  readonly exited: Promise<number>
  /** The exit status, or undefined while it runs. */
  status(): number | undefined
}

export interface ProcessGroup extends Program {
  /** Kills the whole group at once, and resolves when its leader has ended. */
  kill(): Promise<void>
}

export interface ProcessStart {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Files to which the streams are appended; both may use the same path. */
  readonly stdout: string
  readonly stderr: string
  /**
   * Whether processes that have left the group are ended too. Not for a container engine, which leaves helpers on
   * purpose.
   */
  readonly endsTree?: boolean
}

/**
 * Starts a program as the leader of a new process group.
 * @throws AppError RUN_FAILED when it cannot be started
 */
export async function startProcessGroup(start: ProcessStart): Promise<ProcessGroup> {
  const [command = '', ...args] = start.argv
  const stdout = openSync(start.stdout, 'a')
  const stderr = openSync(start.stderr, 'a')
  const mark = start.endsTree === true ? createMark() : undefined
  let child: ChildProcess
  try {
    child = spawn(command, args, {
      cwd: start.cwd,
      env: mark === undefined ? start.env : { ...start.env, [MARK_VARIABLE]: mark },
      detached: true,
      stdio: ['ignore', stdout, stderr],
    })
  } finally {
    closeSync(stdout)
    closeSync(stderr)
  }
  return new Promise((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      reject(new AppError('RUN_FAILED', `${command} could not be started: ${cause.message}`, { cause }))
    })
    child.once('spawn', () => resolve(watch(child, mark)))
  })
}

function watch(child: ChildProcess, mark: string | undefined): ProcessGroup {
  let status: number | undefined
  const killGroup = (): void => {
    signalGroup(child.pid, 'SIGKILL')
    if (mark !== undefined) endMarked(mark)
  }
  const exited = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => {
      status = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
      // The leader has ended: kill whatever is left in its group before the group's number can be reused.
      killGroup()
      forget()
      resolve(status)
    })
  })
  const forget = onProcessExit(killGroup)
  return {
    exited,
    status: () => status,
    async kill() {
      if (status === undefined) killGroup()
      await exited
    },
  }
}

/** Calls `work` synchronously if this process ends first. Returns a function that cancels this. */
export function onProcessExit(work: () => void): () => void {
  // Each running program has a listener: exceeding the default limit is not a leak.
  process.setMaxListeners(process.getMaxListeners() + 1)
  process.on('exit', work)
  return () => {
    process.removeListener('exit', work)
    process.setMaxListeners(process.getMaxListeners() - 1)
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    // ESRCH: the group is already empty, as intended.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
