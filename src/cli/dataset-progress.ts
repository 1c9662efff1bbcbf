// A progress bar: how many of how many, rate, time left.

const WIDTH = 24
/** Milliseconds between two pictures. */
const EVERY_MS = 100

/**
 * @param total rows that are to come
 * @param unit what is counted
 * @returns what to call with the rows so far, and what else to show; tells a line of text now and then
 */
export function formatProgress(
  total: number,
  tell: (line: string) => void,
  now: () => number = () => performance.now(),
  unit = 'rows',
): (rows: number, more?: string) => void {
  const started = now()
  let last = Number.NEGATIVE_INFINITY
  return (rows, more = '') => {
    const at = now()
    if (at - last < EVERY_MS && rows < total) return
    last = at
    const share = total > 0 ? Math.min(rows / total, 1) : 1
    const full = Math.round(share * WIDTH)
    const seconds = (at - started) / 1000
    const rate = seconds > 0 ? rows / seconds : 0
    const left = rate > 0 ? `${Math.ceil(Math.max(total - rows, 0) / rate)} s left` : ''
    const bar = '#'.repeat(full) + '-'.repeat(WIDTH - full)
    tell(
      `[${bar}] ${Math.floor(share * 100)}%  ${rows} of ${total} ${unit}  ${Math.round(rate)} ${unit}/s  ${left}${more}`.trimEnd(),
    )
  }
}
