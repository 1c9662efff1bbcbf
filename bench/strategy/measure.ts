// Timing that a busy machine disturbs as little as may be: contenders take turns, round after round, and each is judged
// by the median of its rounds.

/** Milliseconds of one turn. */
const TURN_MS = 25
const ROUNDS = 9

export interface Contender {
  readonly what: string
  /** Runs the i-th event. */
  readonly run: (i: number) => unknown
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

async function turn({ run }: Contender, runs: number): Promise<number> {
  const started = performance.now()
  for (let i = 0; i < runs; i++) {
    const result = run(i)
    if (result instanceof Promise) await result
  }
  return ((performance.now() - started) * 1e6) / runs
}

/** How many runs fill a turn, found by doubling; the finding warms the contender up. */
async function calibrate(contender: Contender): Promise<number> {
  let runs = 64
  for (;;) {
    const ns = await turn(contender, runs)
    if ((ns * runs) / 1e6 >= TURN_MS) return runs
    runs *= 2
  }
}

/** Nanoseconds a run, by contender. */
export async function race(contenders: readonly Contender[]): Promise<ReadonlyMap<string, number>> {
  const laps = new Map<string, number[]>(contenders.map(({ what }) => [what, []]))
  const runs = new Map<string, number>()
  for (const contender of contenders) runs.set(contender.what, await calibrate(contender))
  for (let round = 0; round < ROUNDS; round++) {
    for (const contender of contenders) {
      laps.get(contender.what)?.push(await turn(contender, runs.get(contender.what) ?? 1))
    }
  }
  return new Map([...laps].map(([what, times]) => [what, median(times)]))
}

/** Milliseconds of one call: the median of `rounds`. */
export function time(run: () => unknown, rounds = 15): number {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    run()
    times.push(performance.now() - started)
  }
  return median(times)
}
