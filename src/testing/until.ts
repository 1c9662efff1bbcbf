// Waits for a condition in a test, with a deadline and a message that names the missing condition.
import { setTimeout as pause } from 'node:timers/promises'

/** Default timeout in milliseconds: far longer than a loaded machine needs. */
const DEADLINE_MS = 60_000
const PAUSE_MS = 20

/**
 * Polls until the probe returns a value.
 * @param what description of the condition, for the error message
 * @param probe returns undefined while the condition is not met
 * @throws Error once the deadline has passed, with the last error or value of the probe
 */
export async function until<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
  { deadlineMs = DEADLINE_MS, pauseMs = PAUSE_MS }: { deadlineMs?: number; pauseMs?: number } = {},
): Promise<T> {
  const end = performance.now() + deadlineMs
  for (;;) {
    const found = await probe()
    if (found !== undefined) return found
    if (performance.now() >= end) throw new Error(`${what}: did not come within ${deadlineMs} ms`)
    await pause(pauseMs)
  }
}
