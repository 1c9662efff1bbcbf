// The Io of the real process: its streams, its terminal, its signals.
import { AppError } from '../kernel/errors.ts'
import { EXIT, type Io } from './io.ts'
import { createStyle } from './style.ts'

export interface ProcessIo {
  readonly io: Io
  /** The exit status that the command asked for. */
  status(): number
}

export function createProcessIo(settings: Pick<Io, 'config' | 'configFile' | 'worlds'>): ProcessIo {
  let status: number = EXIT.ok
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A reader such as `head` that has read enough is not a failure.
    if (error.code === 'EPIPE') process.exit(status)
    throw error
  })
  const io: Io = {
    ...settings,
    ...createLines(),
    isTerminal: process.stderr.isTTY === true,
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    style: createStyle(process.stdout),
    signal: interruptSignal(),
    exit(next) {
      status = next
    },
  }
  return { io, status: () => status }
}

/** Lines on both streams; the status line is cleared before any of them. */
function createLines(): Pick<Io, 'out' | 'err' | 'progress'> {
  const isTerminal = process.stderr.isTTY === true
  let isShown = false
  const clear = (): void => {
    if (isShown) process.stderr.write('\r\u001b[K')
    isShown = false
  }
  return {
    out(line) {
      clear()
      process.stdout.write(`${line}\n`)
    },
    err(line) {
      clear()
      process.stderr.write(`${line}\n`)
    },
    progress(line) {
      if (!isTerminal) return
      // A wrapped line could not be cleared.
      process.stderr.write(`\r\u001b[K${line.slice(0, Math.max(1, (process.stderr.columns ?? 80) - 1))}`)
      isShown = true
    },
  }
}

function interruptSignal(): AbortSignal {
  const abort = new AbortController()
  const interrupt = (): void => {
    if (abort.signal.aborted) process.exit(130)
    abort.abort(new AppError('INTERRUPTED', 'interrupted'))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)
  return abort.signal
}
