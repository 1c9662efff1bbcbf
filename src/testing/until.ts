// Waiting for something that a test expects to come true: with a deadline, and a message that says what did not come.
import { setTimeout as pause } from 'node:timers/promises'

/** Milliseconds that a test waits by default: far beyond what a loaded machine needs. */
const DEADLINE_MS = 60_000
const PAUSE_MS = 20

/**
 * Asks again and again until there is an answer.
 * @param what is waited for, in the failure's message
 * @param probe gives undefined while it has not come
 * @throws Error once the deadline has passed, with what the probe threw or saw last
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
