// How far two characters differ in the assumptions about what people are able to do.
import { pythonText } from '../forms/python-text.ts'

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Verdicts by path; entries without a verdict are left out. */
function verdictsOf(divergence: unknown): Map<string, string> {
  const verdicts = new Map<string, string>()
  const walk = (value: unknown, path: readonly string[]): void => {
    if (!isFields(value)) return
    if (Object.hasOwn(value, 'value')) {
      if (value.value) verdicts.set(path.join('.'), pythonText(value.value).trim().toLowerCase())
      return
    }
    for (const [key, each] of Object.entries(value)) walk(each, [...path, key])
  }
  walk(divergence, [])
  return verdicts
}

/**
 * Sums over the assumptions that both have: 2 for divergent against normative, 1 for any other difference. Characters
 * without such data score 0 with everybody.
 */
export function divergenceScore(a: Fields | null | undefined, b: Fields | null | undefined): number {
  const own = verdictsOf(a?.hsn_divergence)
  let score = 0
  for (const [path, other] of verdictsOf(b?.hsn_divergence)) {
    const mine = own.get(path)
    if (mine === undefined || mine === other) continue
    const isOpposite = [mine, other].includes('divergent') && [mine, other].includes('normative')
    score += isOpposite ? 2 : 1
  }
  return score
}
