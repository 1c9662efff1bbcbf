// How much of the space of minds a set of characters covers: assumptions from which at least one human diverges, and
// pairs of values that occur together in other characters.
/** A character's document. */
export type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export interface Ratio {
  readonly covered: number
  readonly total: number
}

export interface CoverageFigures {
  readonly humans: number
  readonly others: number
  /** Null: no human character has data. */
  readonly human: Ratio | null
  /** Divergent assumptions of each human. */
  readonly divergent: Readonly<Record<string, number>>
  /** The score over substrate and size; null: no character has data. */
  readonly nonhuman: Ratio | null
  readonly pairs: Readonly<Record<'substrate x size' | 'origin x form', Ratio>>
}

/** The assumptions of a human, `section.name`, and whether each diverges. */
export function assumptionsOf(character: Fields): Map<string, boolean> {
  const found = new Map<string, boolean>()
  if (!isFields(character.hsn_divergence)) return found
  for (const [section, assumptions] of Object.entries(character.hsn_divergence)) {
    if (!isFields(assumptions)) continue
    for (const [name, verdict] of Object.entries(assumptions)) {
      found.set(`${section}.${name}`, isFields(verdict) && verdict.value === 'divergent')
    }
  }
  return found
}

/** A character's values of a dimension. */
export function valuesOf(character: Fields, dimension: string): string[] {
  const { dimensions } = character
  const found = isFields(dimensions) ? dimensions[dimension] : undefined
  const values = isFields(found) ? found.value : undefined
  return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : []
}

/** Pairs of values that occur together in one character, out of all pairs of occurring values. */
function pairRatio(characters: readonly Fields[], one: string, other: string): Ratio {
  const left = new Set<string>()
  const right = new Set<string>()
  const together = new Set<string>()
  for (const character of characters) {
    const mine = valuesOf(character, one)
    const others = valuesOf(character, other)
    for (const value of mine) left.add(value)
    for (const value of others) right.add(value)
    for (const a of mine) for (const b of others) together.add(`${a}\0${b}`)
  }
  return { covered: together.size, total: left.size * right.size }
}

/** @param characters documents; those without the respective data do not count */
export function coverageOf(characters: readonly Fields[]): CoverageFigures {
  const humans = characters.filter((each) => assumptionsOf(each).size > 0)
  const others = characters.filter((each) => isFields(each.dimensions))
  const all = new Map<string, boolean>()
  const divergent: Record<string, number> = {}
  for (const human of humans) {
    const own = assumptionsOf(human)
    divergent[String(human.hid)] = [...own.values()].filter(Boolean).length
    for (const [name, isDivergent] of own) all.set(name, (all.get(name) ?? false) || isDivergent)
  }
  const pairs = {
    'substrate x size': pairRatio(others, 'substrate', 'size'),
    'origin x form': pairRatio(others, 'origin', 'form'),
  }
  return {
    humans: humans.length,
    others: others.length,
    human: humans.length === 0 ? null : { covered: [...all.values()].filter(Boolean).length, total: all.size },
    divergent,
    nonhuman: others.length === 0 ? null : pairs['substrate x size'],
    pairs,
  }
}

/** Whole percent, rounded half to even. */
export function percentText({ covered, total }: Ratio): string {
  if (total === 0) return '0%'
  const share = (covered * 100) / total
  const floor = Math.floor(share)
  const rest = share - floor
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 === 1)
  return `${floor + (up ? 1 : 0)}%`
}

/** The colour of a score's card. */
export function colourOf({ covered, total }: Ratio): 'green' | 'orange' | 'red' {
  const share = total === 0 ? 0 : covered / total
  return share >= 0.75 ? 'green' : share >= 0.5 ? 'orange' : 'red'
}
