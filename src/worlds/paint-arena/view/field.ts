// The data that the view draws: the field in paint-arena's snapshot, read defensively.
import type { JsonObject } from '../../../protocol/json.ts'

export interface Field {
  readonly width: number
  readonly height: number
  /** Owner of each tile by index y * width + x; -1: none. */
  readonly owners: readonly number[]
  /** x and y of each slot. */
  readonly positions: readonly (readonly [number, number])[]
  readonly scores: readonly number[]
  readonly tick: number
  readonly maxTicks: number
}

const isNumber = (value: unknown): value is number => typeof value === 'number'
const numbers = (value: unknown): readonly number[] => (Array.isArray(value) ? value.filter(isNumber) : [])

/** Undefined: the object is not a snapshot of a field. */
export function readField(view: JsonObject): Field | undefined {
  const { width, height, tick, max_ticks: maxTicks } = view
  if (!isNumber(width) || !isNumber(height) || !isNumber(tick) || !isNumber(maxTicks)) return undefined
  const owners = numbers(view.tile_owners)
  const pairs: readonly unknown[] = Array.isArray(view.positions) ? view.positions : []
  if (owners.length !== width * height) return undefined
  const positions = pairs.map((pair): readonly [number, number] => {
    const [x = 0, y = 0] = numbers(pair)
    return [x, y]
  })
  return { width, height, owners, positions, scores: numbers(view.scores), tick, maxTicks }
}

/** The field in one sentence, for people who cannot see it. */
export function describe(field: Field, names: readonly string[]): string {
  const standing = field.scores
    .map((score, slot) => ({ slot, score, name: names[slot] ?? `Slot ${slot}` }))
    .toSorted((a, b) => b.score - a.score)
    .map(({ name, score }) => `${name} ${score}`)
  return `Field of ${field.width} by ${field.height} tiles, tick ${field.tick} of ${field.maxTicks}. Tiles: ${standing.join(', ')}.`
}
