// How the built-in sheets are written: builds a person's profile from their specifics and from what all sheets of one
// kind share.
import type { HsnDivergence } from '../../../protocol/character.ts'
import { HSN_ASSUMPTIONS } from '../../../protocol/character-vocabulary.ts'

export const HUMAN = { authors: ['PCM'], is_human: true, pc_eligible: true, dimensions: null, scenarios: [] }
export const BEING = { authors: ['PCM'], is_human: false, hsn_divergence: null, scenarios: [] }

type Sections = typeof HSN_ASSUMPTIONS
export type Assumption = { [Section in keyof Sections]: keyof Sections[Section] }[keyof Sections]
type Notes = { readonly [Name in Assumption]?: string }

/** Default text for an assumption that holds, used when the sheet has no text of its own. */
const HOLDS: Readonly<Record<Assumption, string>> = {
  ambulation: 'Walks, stands and climbs stairs without planning for it.',
  manual_dexterity: 'Uses both hands freely for fine and heavy work.',
  reach_and_stature: 'Usual shelves, counters and seats fit.',
  vision: 'Sees signs, screens and faces as most people do.',
  hearing: 'Follows speech among other sounds as most people do.',
  speech: 'Speaks aloud, and strangers understand at once.',
  physical_endurance: 'Works a full day and is rested by the next morning.',
  literacy: 'Reads and writes whatever daily life asks for.',
  numeracy: 'Handles prices, dates and timetables without help.',
  attention_control: 'Keeps to a task and leaves it when something else matters more.',
  memory: 'Remembers arrangements and instructions as most people do.',
  processing_speed: 'Keeps up with the usual pace of talk.',
  executive_function: 'Plans, begins and finishes without prompting.',
  emotional_regulation: 'Shows feelings in the measure that the occasion expects.',
  stress_tolerance: 'Bears pressure and surprise, and recovers soon.',
  predictable_behavior: 'Acts much the same from one day to the next.',
  norm_interpretation: 'Reads the unwritten rules of a place as most people there do.',
  neurotypical_communication: 'Uses eye contact, tone and gesture in the usual measure.',
  theory_of_mind: 'Guesses what others think and want about as well as anyone.',
  self_advocacy: 'Says what is needed and is generally believed.',
  time_awareness: 'Has a fair sense of time and keeps appointments.',
  independent_navigation: 'Finds the way alone, in new places too.',
  energy_predictability: 'Can tell today how much strength there will be tomorrow.',
  independence_by_default: 'Does daily things alone, and nothing around stands in the way.',
  consistency_over_accommodation: 'The same rules as for everybody do no harm here.',
  cost_neutral_access: 'Taking part costs no more than it costs others.',
  low_interoceptive_maintenance_requirement: 'The body needs no watching through the day.',
  functional_stability: 'Can do tomorrow what could be done today.',
}

/**
 * A whole profile with all 28 assumptions. `divergent` says how an assumption fails to hold for this person;
 * `normative` has the sheet's own text for an assumption that holds; all others hold and get the default text.
 */
export function profile(divergent: Notes, normative: Notes = {}): HsnDivergence {
  const verdictsOf = <Name extends Assumption>(assumptions: Readonly<Record<Name, string>>) =>
    mapValues(assumptions, (name) => {
      const departure = divergent[name]
      return departure === undefined
        ? { value: 'normative' as const, explanation: normative[name] ?? HOLDS[name] }
        : { value: 'divergent' as const, explanation: departure }
    })
  return {
    physical_ability_assumptions: verdictsOf(HSN_ASSUMPTIONS.physical_ability_assumptions),
    cognitive_and_perceptual_assumptions: verdictsOf(HSN_ASSUMPTIONS.cognitive_and_perceptual_assumptions),
    psychological_and_emotional_assumptions: verdictsOf(HSN_ASSUMPTIONS.psychological_and_emotional_assumptions),
    social_and_communicative_assumptions: verdictsOf(HSN_ASSUMPTIONS.social_and_communicative_assumptions),
    temporal_and_logistical_assumptions: verdictsOf(HSN_ASSUMPTIONS.temporal_and_logistical_assumptions),
    institutional_assumptions: verdictsOf(HSN_ASSUMPTIONS.institutional_assumptions),
    bodily_self_maintenance_assumptions: verdictsOf(HSN_ASSUMPTIONS.bodily_self_maintenance_assumptions),
    stability_assumptions: verdictsOf(HSN_ASSUMPTIONS.stability_assumptions),
  }
}

function mapValues<Name extends string, To>(
  row: Readonly<Record<Name, unknown>>,
  to: (name: Name) => To,
): Partial<Record<Name, To>> {
  const mapped: Partial<Record<Name, To>> = {}
  for (const name in row) mapped[name] = to(name)
  return mapped
}
