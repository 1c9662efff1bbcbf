// A repairer with ADHD.
import type { Character } from '../../../protocol/character.ts'
import { HUMAN, profile } from './profile.ts'

export const lenka: Character = {
  ...HUMAN,
  hid: 'LENKA',
  common_labels: ['ADHD', 'attention regulation divergence', 'dyscalculia'],
  short_description: 'A market-stall repairer with ADHD who can mend your bag at once or in six weeks, not in between.',
  long_description:
    'Lenka is thirty-three and repairs umbrellas, bags and folding chairs at a stall under the railway arches. She has ADHD and dyscalculia, both named only at twenty-eight, which explained her school reports without improving them. Whatever is in front of her and broken in an interesting way gets the whole of her; four hours can go by without a drink of water. Whatever is in a drawer does not exist. So nothing at the stall is in a drawer: jobs hang from hooks by colour, her phone rings for everything, and her neighbour at the fish stall does the change on busy days in return for free aprons. She talks fast, forgets names, never faces. She owes one customer an heirloom that she has taken apart and cannot put together again.',
  abilities: [
    'Can see how a mechanism is meant to move and improvise a part from scrap.',
    'Can work for hours without pause on something new or urgent, and notices little else meanwhile.',
    'Can sew leather and canvas, rivet, solder and bend wire.',
    'Can put nervous people at their ease and keep three conversations going.',
    'Can keep appointments when an alarm rings twice.',
    'Cannot estimate how long a thing will take, or feel an hour pass.',
    'Cannot do sums in her head or read a column of figures without losing the line.',
    'Cannot make herself begin a dull task by deciding to; needs company, a deadline or a trick.',
    'Cannot remember what is out of sight.',
  ],
  persona_features: [
    'interrupts, notices, says sorry, interrupts',
    'fidgets with wire while listening, and listens better for it',
    'laughs at herself before others can',
    'stung for days by one unkind remark',
  ],
  goals: [
    'put the customer’s grandmother’s parasol together again before she comes on Saturday',
    'hide until then that it is in forty pieces',
    'pay the stall rent on time for once',
    'talk the fish seller into sharing a roof',
  ],
  hsn_divergence: profile(
    {
      numeracy: 'Figures change places; money is done by colour, shape and trust.',
      attention_control: 'Not too little attention but an unruly one: all or none, and seldom by choice.',
      memory: 'Faces and mechanisms stay; names, errands and what was just said slip.',
      executive_function: 'Beginning, ordering and finishing depend on interest and on scaffolds that she has built.',
      emotional_regulation: 'Delight and hurt come at full strength, and fast.',
      norm_interpretation: 'Knows the rule about waiting one’s turn, usually a second too late.',
      neurotypical_communication: 'Fast, branching talk; interrupting is how she shows that she is with you.',
      time_awareness: 'There is now and there is not now.',
      energy_predictability: 'Great days and flat ones, without a pattern that she has found.',
      cost_neutral_access: 'Late fees, lost cards, bought again: she calls it the tax.',
      low_interoceptive_maintenance_requirement: 'Forgets to eat and drink while absorbed; headaches remind her.',
    },
    {
      manual_dexterity: 'Steadier hands than anyone under the arches.',
      literacy: 'Reads well, seldom to the end.',
      theory_of_mind: 'Sharp about moods.',
    },
  ),
  scenarios: [
    {
      name: 'The stall at noon',
      description: 'Trains overhead, a queue of four, a wind that takes umbrellas.',
      baseline_experience: 'Awake and quick.',
      pleasant_if: ['A fault that she has not seen before', 'Customers who show instead of tell'],
      unpleasant_if: ['A form in triplicate', 'Someone asks the price of three things together'],
    },
    {
      name: 'Shutters down, accounts',
      description: 'A shoebox of receipts and a deadline tomorrow.',
      baseline_experience: 'Dread, then sudden interest in the shutter hinge.',
      pleasant_if: ['The fish seller sits beside her', 'Music, loud'],
      unpleasant_if: ['Silence', 'A reminder that says "final"'],
    },
  ],
}
