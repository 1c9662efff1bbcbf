// The document of a character, as seed files and the store hold it and the catalogue takes it. Two readings of it:
// `Character` accepts what exists, older data included; `NewCharacter` is what a character made today must satisfy.
import { z } from 'zod'
import { CHARACTER_DIMENSIONS, HSN_ASSUMPTIONS } from './character-vocabulary.ts'
import { JsonValue } from './json.ts'

/** Written as one text, as a list, or in named sections of either. */
const Abilities = z.union([
  z.string(),
  z.array(z.string()),
  z.record(z.string(), z.union([z.string(), z.array(z.string())])),
])

const Scenario = z
  .object({
    name: z.string(),
    description: z.string(),
    baseline_experience: z.string(),
    pleasant_if: z.array(z.string()),
    unpleasant_if: z.array(z.string()),
  })
  .catchall(JsonValue)

/** Section -> assumption -> verdict, in the vocabulary of the data. */
const StoredDivergence = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({ value: z.string().nullable(), explanation: z.string().nullable() }).catchall(JsonValue),
  ),
)
const StoredDimensions = z.record(
  z.string(),
  z.object({ value: z.array(z.string()), explanation: z.string() }).catchall(JsonValue),
)

/**
 * A character that exists already: imported, stored, or shipped. Keys that are not named here are kept. `hid` is the
 * human-readable id, and stands for the character in prompts and transcripts; `hsn_divergence` belongs to humans,
 * `dimensions` to all others. Nothing is changed or filled in by parsing.
 */
export const Character = z
  .object({
    hid: z.string().min(1),
    authors: z.array(z.string()),
    is_human: z.boolean(),
    pc_eligible: z.boolean(),
    common_labels: z.array(z.string()),
    /** For players. */
    short_description: z.string(),
    /** For the model. */
    long_description: z.string(),
    abilities: Abilities,
    persona_features: z.array(z.string()).exactOptional(),
    goals: z.array(z.string()),
    hsn_divergence: StoredDivergence.nullable(),
    dimensions: StoredDimensions.nullable(),
    scenarios: z.array(Scenario).exactOptional(),
  })
  .catchall(JsonValue)
export type Character = z.infer<typeof Character>

/** Limits of a new character; texts are counted in code points. */
export const CHARACTER_LIMITS = { text: 20_000, item: 2_000, list: 200 } as const

const textUpTo = (limit: number) =>
  z
    .string()
    .refine((text) => text.trim() !== '', 'must not be blank')
    .refine((text) => text.length <= limit || [...text].length <= limit, `must not exceed ${limit} characters`)
const Text = textUpTo(CHARACTER_LIMITS.text)
const Item = textUpTo(CHARACTER_LIMITS.item)
const Items = z.array(Item).max(CHARACTER_LIMITS.list)
const SomeItems = Items.min(1, 'must not be empty')

const HsnVerdict = z.strictObject({ value: z.enum(['normative', 'divergent']), explanation: Text.nullable() })

/** The assumptions of a section, none of them required: assumptions that were not considered are omitted. */
function sectionOf<Name extends string>(assumptions: Readonly<Record<Name, string>>) {
  return z.partialRecord(z.literal(namesOf(assumptions)), HsnVerdict).exactOptional()
}

function namesOf<Name extends string>(row: Readonly<Record<Name, unknown>>): Name[] {
  const isName = (key: string): key is Name => Object.hasOwn(row, key)
  return Object.keys(row).filter(isName)
}

const isEmpty = (row: object = {}): boolean => Object.keys(row).length === 0

/** How far one person stands from what is taken for granted. An unknown section or assumption is refused. */
export const HsnDivergence = z
  .strictObject({
    physical_ability_assumptions: sectionOf(HSN_ASSUMPTIONS.physical_ability_assumptions),
    cognitive_and_perceptual_assumptions: sectionOf(HSN_ASSUMPTIONS.cognitive_and_perceptual_assumptions),
    psychological_and_emotional_assumptions: sectionOf(HSN_ASSUMPTIONS.psychological_and_emotional_assumptions),
    social_and_communicative_assumptions: sectionOf(HSN_ASSUMPTIONS.social_and_communicative_assumptions),
    temporal_and_logistical_assumptions: sectionOf(HSN_ASSUMPTIONS.temporal_and_logistical_assumptions),
    institutional_assumptions: sectionOf(HSN_ASSUMPTIONS.institutional_assumptions),
    bodily_self_maintenance_assumptions: sectionOf(HSN_ASSUMPTIONS.bodily_self_maintenance_assumptions),
    stability_assumptions: sectionOf(HSN_ASSUMPTIONS.stability_assumptions),
  })
  .refine((sections) => !isEmpty(sections) && !Object.values(sections).some(isEmpty), 'must not be empty')
export type HsnDivergence = z.infer<typeof HsnDivergence>

const dimensionOf = <Option extends string>({ options }: { readonly options: readonly Option[] }) =>
  z.strictObject({ value: z.array(z.literal([...options])).min(1, 'must not be empty'), explanation: Text })

/** The nine answers about a being that is not human, all of them required. */
export const Dimensions = z.strictObject({
  origin: dimensionOf(CHARACTER_DIMENSIONS.origin),
  form: dimensionOf(CHARACTER_DIMENSIONS.form),
  goalspace_bounds: dimensionOf(CHARACTER_DIMENSIONS.goalspace_bounds),
  memory_and_learning: dimensionOf(CHARACTER_DIMENSIONS.memory_and_learning),
  agency_and_autonomy: dimensionOf(CHARACTER_DIMENSIONS.agency_and_autonomy),
  substrate: dimensionOf(CHARACTER_DIMENSIONS.substrate),
  processing_speed: dimensionOf(CHARACTER_DIMENSIONS.processing_speed),
  size: dimensionOf(CHARACTER_DIMENSIONS.size),
  abilities: dimensionOf(CHARACTER_DIMENSIONS.abilities),
})
export type Dimensions = z.infer<typeof Dimensions>

const sheet = {
  hid: z.string().regex(/^[A-Z][A-Z0-9]{1,7}$/, 'must be 2 to 8 capital letters or digits, a letter first'),
  authors: SomeItems,
  pc_eligible: z.boolean(),
  common_labels: SomeItems,
  short_description: Item,
  long_description: Text,
  abilities: SomeItems,
  persona_features: Items.exactOptional(),
  goals: SomeItems,
  scenarios: z
    .array(
      z
        .object({ name: Item, description: Item, baseline_experience: Item, pleasant_if: Items, unpleasant_if: Items })
        .catchall(JsonValue),
    )
    .max(CHARACTER_LIMITS.list)
    .exactOptional(),
}

/**
 * A character made today: whole, within {@link CHARACTER_LIMITS}, in the vocabulary. Further keys are kept.
 * Every `NewCharacter` is also a `Character`. The caller checks that its hid is unique.
 */
export const NewCharacter = z.discriminatedUnion('is_human', [
  z
    .object({ ...sheet, is_human: z.literal(true), hsn_divergence: HsnDivergence, dimensions: z.null() })
    .catchall(JsonValue),
  z
    .object({ ...sheet, is_human: z.literal(false), hsn_divergence: z.null(), dimensions: Dimensions })
    .catchall(JsonValue),
])
export type NewCharacter = z.infer<typeof NewCharacter>
