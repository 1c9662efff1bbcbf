// Progress of work that takes over a second: count, share, rate and time left. A terminal shows one status line that is
// redrawn; elsewhere a plain line appears from time to time, so that logs stay short.
import type { Io } from './io.ts'

const BAR_WIDTH = 24
/** Milliseconds of silence at the start: quick work shows nothing. */
const QUIET_MS = 1000
/** Milliseconds between two updates on a terminal. */
const DRAW_MS = 100
/** Milliseconds between two plain lines elsewhere. */
const PLAIN_MS = 30_000

interface ProgressOptions {
  /** What is counted, in the plural: 'steps', 'rows'. */
  readonly unit: string
  /** The total; undefined: unknown, so there is no bar and no time left. */
  readonly total?: number | undefined
  readonly now?: () => number
}

/** Reports the count so far, with a note to show after it. */
export type Progress = (done: number, note?: string) => void

export function createProgress(io: Pick<Io, 'isTerminal' | 'progress' | 'err'>, options: ProgressOptions): Progress {
  const { now = () => performance.now() } = options
  const started = now()
  let last = started + QUIET_MS - (io.isTerminal ? DRAW_MS : PLAIN_MS)
  if (!io.isTerminal) last = started
  return (done, note = '') => {
    const at = now()
    if (at - started < QUIET_MS || at - last < (io.isTerminal ? DRAW_MS : PLAIN_MS)) return
    last = at
    const line = [formatProgress(done, (at - started) / 1000, options), note].filter((text) => text !== '').join('  ')
    if (io.isTerminal) io.progress(line)
    else io.err(line)
  }
}

/** @param seconds since the start */
export function formatProgress(done: number, seconds: number, { unit, total }: ProgressOptions): string {
  const rate = seconds > 0 ? done / seconds : 0
  const pace = `${rate >= 10 ? Math.round(rate) : rate.toFixed(1)} ${unit}/s`
  if (total === undefined) return `${done} ${unit}  ${pace}`
  const share = total > 0 ? Math.min(done / total, 1) : 1
  const full = Math.round(share * BAR_WIDTH)
  const bar = '#'.repeat(full) + '-'.repeat(BAR_WIDTH - full)
  const left = rate > 0 ? `  ${formatSeconds(Math.max(total - done, 0) / rate)} left` : ''
  return `[${bar}] ${Math.floor(share * 100)}%  ${done} of ${total} ${unit}  ${pace}${left}`
}

function formatSeconds(value: number): string {
  const seconds = Math.ceil(value)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
