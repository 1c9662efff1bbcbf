// How much of the space of minds the characters of a server cover.
import { z } from 'zod'

const Ratio = z.strictObject({ covered: z.int(), total: z.int() })

/** Values of two dimensions: how many characters have both. `covered` and `total` count pairs. */
export const CoveragePairs = Ratio.extend({
  one: z.string(),
  other: z.string(),
  rows: z.array(z.string()),
  columns: z.array(z.string()),
  counts: z.array(z.array(z.int())),
})
export type CoveragePairs = z.infer<typeof CoveragePairs>

export const CharacterCoverage = z.strictObject({
  characters: z.int(),
  /** Assumptions that at least one human diverges from, of all; null: no human has data. */
  human: Ratio.nullable(),
  /** Pairs of substrate and size; null: nobody has data. */
  nonhuman: Ratio.nullable(),
  assumptions: z.array(z.strictObject({ id: z.string(), section: z.string(), name: z.string(), divergent: z.int() })),
  /** The least divergent first. `divergent` names assumptions by id. */
  humans: z.array(z.strictObject({ hid: z.string(), label: z.string(), divergent: z.array(z.string()) })),
  others: z.array(z.strictObject({ hid: z.string(), label: z.string() })),
  dimensions: z.array(
    z.strictObject({ name: z.string(), options: z.array(z.strictObject({ option: z.string(), count: z.int() })) }),
  ),
  pairs: z.array(CoveragePairs),
})
export type CharacterCoverage = z.infer<typeof CharacterCoverage>
