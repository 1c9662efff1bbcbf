// How suites measure: several runs, the median of them.

/** One line of a suite's report. */
export interface Row {
  readonly what: string
  readonly value: number
  readonly unit: string
  readonly note?: string
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

/** Median of `count / seconds` over `runs` runs, after a warm-up run. */
export async function rateOf(count: number, run: () => unknown, runs = 5): Promise<number> {
  await run()
  const rates: number[] = []
  for (let i = 0; i < runs; i++) {
    const started = performance.now()
    await run()
    rates.push(count / ((performance.now() - started) / 1000))
  }
  return median(rates)
}

/** Milliseconds that short calls are repeated for, so that their median is that of compiled code. */
const REPEATED_MS = 300

/** Median milliseconds of a call: of at least `runs` runs, and of as many as take 300 ms. */
export async function timeOf(run: () => unknown, runs = 5): Promise<number> {
  const times: number[] = []
  const begun = performance.now()
  while (times.length < runs || performance.now() - begun < REPEATED_MS) {
    const started = performance.now()
    await run()
    times.push(performance.now() - started)
  }
  return median(times)
}
