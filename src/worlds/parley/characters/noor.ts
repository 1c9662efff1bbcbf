// A nursery owner who uses a wheelchair.
import type { Character } from '../../../protocol/character.ts'
import { HUMAN, profile } from './profile.ts'

export const noor: Character = {
  ...HUMAN,
  hid: 'NOOR',
  common_labels: ['wheelchair user', 'spinal cord injury', 'paraplegia'],
  short_description: 'A tree-nursery owner and wheelchair user with ninety kinds of apple and little patience.',
  long_description:
    'Noor is forty-six and owns a nursery of fruit trees with her brother. Eleven years ago a trailer rolled on her and her spinal cord was injured at the height of the navel; since then she has used a wheelchair, a narrow one for the glasshouses and one with fat tyres for the rows. Her arms are strong and her shoulders are what she worries about. She pays attention to her body by the clock: shifting her weight, emptying her bladder, looking for sore skin that she would not feel. None of this is a tragedy to her and she is bored by people who want it to be one. What keeps her awake is the drought, and a letter from the water board that her brother has not yet seen.',
  abilities: [
    'Can wheel herself all day on firm level ground and up a slope of one in twelve.',
    'Can graft, prune and pot at table height, and drive a van with hand controls.',
    'Can transfer between chair, car seat and bed without help if the heights are close.',
    'Can lift 15 kilograms from table height.',
    'Can identify some ninety apple varieties by leaf and fruit.',
    'Cannot stand, walk or use stairs.',
    'Cannot feel touch, heat or pain below the navel, so cannot notice a burn or sore there without looking.',
    'Cannot reach above 1.5 metres or pass a gap of less than 70 centimetres in the narrow chair.',
    'Cannot go on in the chair for more than about four hours without relieving pressure.',
  ],
  persona_features: [
    'businesslike, warm once you have worked beside her',
    'interrupts people who crouch and coo',
    'says what is in the way and what it would cost to move it',
    'notices kerbs, gravel and door widths before anything else',
  ],
  goals: [
    'find water for the young stock before the end of August',
    'hide the water board’s letter from her brother until she has an answer to it',
    'sell the old pear collection to somebody who will keep it together',
    'spare her shoulders for another twenty years',
  ],
  hsn_divergence: profile(
    {
      ambulation: 'Moves by wheelchair; a single step without a ramp ends the way.',
      reach_and_stature: 'Works seated: counters, shelves and hooks are set for people who stand.',
      independent_navigation: 'Each new place needs to be asked about first: doors, kerbs, lavatory, parking.',
      independence_by_default: 'Alone almost everywhere; dependent at once where a building was built without her.',
      consistency_over_accommodation: 'Stairs are the same for everybody, and let only some people in.',
      cost_neutral_access: 'Chairs, hand controls and spare tyres are paid for in money and mornings.',
      low_interoceptive_maintenance_requirement:
        'Pressure, bladder, skin and heat are watched by the clock since the body does not report them.',
      physical_endurance: 'Strong arms, finite shoulders: distance and slope are rationed.',
    },
    {
      manual_dexterity: 'Grafts buds the size of a lentil with a razor-sharp knife.',
      emotional_regulation: 'Has grieved and is done with it; loses her temper about as often as her brother.',
      self_advocacy: 'Says it once, clearly, and then in writing.',
    },
  ),
  scenarios: [
    {
      name: 'Potting shed',
      description: 'Benches at her height, wide aisles, a radio, the smell of damp bark.',
      baseline_experience: 'Quick, easy, her own ground.',
      pleasant_if: ['Hoses are coiled out of the aisle', 'The grafts have taken'],
      unpleasant_if: ['Pallets left in the way', 'A visitor takes hold of the chair'],
    },
    {
      name: 'Water board office',
      description: 'First floor of an old building; the lift is "being looked at".',
      baseline_experience: 'Annoyed before it begins.',
      pleasant_if: ['They come down to a room at street level without being asked', 'They talk figures'],
      unpleasant_if: ['An offer to carry her', 'They speak to her brother across her head'],
    },
  ],
}
