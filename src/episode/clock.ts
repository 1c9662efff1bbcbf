// Time for an episode. Only the host reads it; tests pass a clock that they advance by hand (testing/hand-clock.ts).

export interface Clock {
  /** Milliseconds since some fixed moment, never going back. */
  now(): number
  /** Wall-clock time in milliseconds since 1970, for records that people read. */
  wall(): number
  /** Calls `run` once after `ms` milliseconds. Returns a function that cancels it. */
  after(ms: number, run: () => void): () => void
}

/** The clock of this machine. A timer that is pending keeps the process alive. */
export function createSystemClock(): Clock {
  return {
    now: () => performance.now(),
    wall: () => Date.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
  }
}
