// A density curve of a sample: a Gaussian kernel with Silverman's bandwidth.

export interface DensityPoint {
  readonly value: number
  /** Share of the sample per unit at this value. */
  readonly share: number
}

/** Maximum sample size for the curve; a longer sample is thinned evenly. */
const MAX_SAMPLE = 2000

/**
 * @param sorted the sample; @returns `points` points from the smallest to the largest value; none for fewer than two
 * values
 */
export function density(sorted: readonly number[], points: number): DensityPoint[] {
  const step = Math.max(1, Math.floor(sorted.length / MAX_SAMPLE))
  const sample = sorted.filter((_, index) => index % step === 0)
  const [least = 0] = sample
  const most = sample.at(-1) ?? 0
  if (sample.length < 2 || least === most) return []
  const mean = sample.reduce((sum, each) => sum + each, 0) / sample.length
  const deviation = Math.sqrt(sample.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (sample.length - 1))
  const width = 1.06 * deviation * sample.length ** -0.2
  return Array.from({ length: points }, (_, index) => {
    const value = least + ((most - least) * index) / (points - 1)
    const total = sample.reduce((sum, each) => sum + Math.exp(-0.5 * ((value - each) / width) ** 2), 0)
    return { value, share: total / (sample.length * width * Math.sqrt(2 * Math.PI)) }
  })
}
