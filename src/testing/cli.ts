// Runs the command line as a user does: the launcher, in a process of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export const LAUNCHER = join(import.meta.dirname, '..', '..', 'bin', 'paracosm')

export interface CliResult {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

interface CliOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

function start(command: string, args: readonly string[], options: CliOptions): ChildProcess {
  const child = spawn(command, args, {
    cwd: options.cwd,
    // Server tests do not wait for a build of the pages.
    env: { ...process.env, NO_COLOR: '1', PARACOSM_PAGES: 'built', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // A command that reads no input may have ended before it comes.
  child.stdin.on('error', () => undefined)
  return child
}

/** Runs a command to its end. */
export async function runCommand(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = start(LAUNCHER, args, options)
  let out = ''
  let err = ''
  child.stdout?.on('data', (chunk) => {
    out += chunk
  })
  child.stderr?.on('data', (chunk) => {
    err += chunk
  })
  child.stdin?.end(options.input ?? '')
  const [status] = await once(child, 'close')
  return { status, out, err }
}

export interface RunningCommand {
  readonly pid: number | undefined
  /**
   * Resolves with the match once standard output or error contains it; rejects after `withinMs` with the output so far.
   */
  sees(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray>
  /** The output so far. */
  text(): string
  kill(signal: NodeJS.Signals): void
  /** Writes to standard input. */
  type(text: string): void
  /** Closes standard input. */
  endInput(): void
  readonly ended: Promise<number | null>
}

/** Milliseconds that a busy machine may need for anything a test waits for. */
const SEES_MS = 150_000

/** Starts a command that runs until it is stopped. */
export function startCommand(args: readonly string[], options: CliOptions = {}): RunningCommand {
  return startProcess(LAUNCHER, args, options)
}

/** The same for another program. */
export function startProcess(command: string, args: readonly string[], options: CliOptions = {}): RunningCommand {
  const child = start(command, args, options)
  let text = ''
  let notify = (): void => undefined
  const take = (chunk: Buffer): void => {
    text += chunk
    notify()
  }
  child.stdout?.on('data', take)
  child.stderr?.on('data', take)
  const ended = once(child, 'close').then(([status]) => {
    notify()
    return status as number | null
  })
  return {
    pid: child.pid,
    text: () => text,
    kill: (signal) => void child.kill(signal),
    type: (input) => void child.stdin?.write(input),
    endInput: () => void child.stdin?.end(),
    ended,
    async sees(pattern, withinMs = SEES_MS) {
      const late = AbortSignal.timeout(withinMs)
      late.addEventListener('abort', () => notify())
      for (;;) {
        const match = pattern.exec(text)
        if (match) return match
        if (child.exitCode !== null) throw new Error(`ended without ${pattern}: ${text}`)
        if (late.aborted) throw new Error(`no ${pattern} within ${withinMs} ms: ${text}`)
        await new Promise<void>((resolve) => {
          notify = resolve
        })
      }
    },
  }
}
