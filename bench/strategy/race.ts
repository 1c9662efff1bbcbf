// Contenders alternate in rounds, so that a busy moment of the machine affects all of them; each is judged by the
// median of its rounds.
import { median } from '../measure.ts'

/** Milliseconds of one turn. */
const TURN_MS = 25
const ROUNDS = 9

export interface Contender {
  readonly what: string
  /** Runs the i-th event. */
  readonly run: (i: number) => unknown
}

/** Nanoseconds per run. */
async function turn({ run }: Contender, runs: number): Promise<number> {
  const started = performance.now()
  for (let i = 0; i < runs; i++) {
    const result = run(i)
    if (result instanceof Promise) await result
  }
  return ((performance.now() - started) * 1e6) / runs
}

/** Number of runs per turn, found by doubling, which also warms up the contender. */
async function calibrate(contender: Contender): Promise<number> {
  let runs = 64
  for (;;) {
    const ns = await turn(contender, runs)
    if ((ns * runs) / 1e6 >= TURN_MS) return runs
    runs *= 2
  }
}

/** Nanoseconds per run, by contender. */
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
