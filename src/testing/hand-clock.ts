// A clock that is advanced only manually: tests of deadlines do not have to wait.
import type { Clock } from '../episode/clock.ts'

/** A clock for tests. */
export interface HandClock extends Clock {
  /** Advances the time and runs due timers in order. Lets promises settle in between. */
  crank(ms: number): Promise<void>
}

/**
 * Starts at 0, which is 2026-01-01 in wall-clock time.
 *
 * @example
 * import { createHandClock } from 'paracosm/testing'
 *
 * const clock = createHandClock()
 * console.log(clock)
 */
export function createHandClock(): HandClock {
  let now = 0
  let count = 0
  const timers = new Map<number, { at: number; run: () => void }>()
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    now: () => now,
    wall: () => Date.UTC(2026, 0, 1) + now,
    after(ms, run) {
      const id = count++
      timers.set(id, { at: now + ms, run })
      return () => timers.delete(id)
    },
    async crank(ms) {
      const end = now + ms
      for (;;) {
        const due = [...timers].filter(([, timer]) => timer.at <= end).sort(([a, x], [b, y]) => x.at - y.at || a - b)[0]
        if (!due) break
        timers.delete(due[0])
        now = Math.max(now, due[1].at)
        due[1].run()
        await settle()
      }
      now = end
      await settle()
    },
  }
}
