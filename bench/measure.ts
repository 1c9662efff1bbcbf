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

/** Median milliseconds of `runs` runs. */
export async function timeOf(run: () => unknown, runs = 5): Promise<number> {
  const times: number[] = []
  for (let i = 0; i < runs; i++) {
    const started = performance.now()
    await run()
    times.push(performance.now() - started)
  }
  return median(times)
}
