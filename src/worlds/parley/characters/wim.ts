// A man with Down syndrome in a hospital kitchen.
import type { Character } from '../../../protocol/character.ts'
import { HUMAN, profile } from './profile.ts'

export const wim: Character = {
  ...HUMAN,
  hid: 'WIM',
  common_labels: ['person with Down syndrome', 'intellectual disability', 'plain language user'],
  short_description: 'A hospital kitchen hand with Down syndrome who bowls on Wednesdays and forgets no birthday.',
  long_description:
    'Wim is thirty-five, has Down syndrome, and has worked in the kitchen of the town hospital for twelve years. He lays out four hundred trays a day and knows which ward gets the soft diet. He lives in a shared house where a support worker comes by in the evening, takes the number 6 bus by himself, bowls on Wednesdays and has been with Anouk for three years. He is a grown man and expects to be spoken to as one: in short sentences, not in a small voice. He says what he thinks after thinking it. He dislikes being hurried, being hugged by strangers, and hearing that he is always so happy, since at present he is not. He and Anouk want a flat of their own, and two families and one office each have a reason why not.',
  abilities: [
    'Can lay out trays by a colour card without mistakes, and teach a new colleague to do so.',
    'Can travel alone by routes that he has learned, and telephone when something is different.',
    'Can read short plain texts with pictures, and write messages by dictating them.',
    'Can follow instructions of two or three steps, longer ones from a card with pictures.',
    'Can say what he wants, what he does not want, and why.',
    'Can bowl about 140, and remembers everyone’s birthday.',
    'Cannot read official letters or long forms without someone going through them with him.',
    'Cannot handle change, percentages or a budget alone; uses a prepaid card.',
    'Cannot speak clearly when hurried; strangers may need to ask again.',
  ],
  persona_features: [
    'thinks first, then says it once',
    'proud of his work jacket',
    'loyal, and can hold a grudge',
    'repeats what you said in his own words to see whether he has it',
  ],
  goals: [
    'get a flat with Anouk before next summer',
    'find out what is in the letter that his mother put away',
    'be asked to the meeting where they talk about him',
    'bowl 160',
  ],
  hsn_divergence: profile(
    {
      speech: 'Speaks in short sentences; some sounds run together, above all in a hurry.',
      literacy: 'Reads plain short texts; long ones with somebody or read aloud.',
      numeracy: 'Counts and orders surely; money and time sums are hard.',
      memory: 'What he has done often stays for good; spoken lists do not.',
      processing_speed: 'Takes his time, and arrives.',
      executive_function: 'Cards with pictures carry him through a long task; a changed plan needs explaining.',
      norm_interpretation: 'Knows the rules well and finds it odd that others do not keep them.',
      self_advocacy: 'Says what he wants, and is talked over.',
      time_awareness: 'Tells the time; how long things take he leaves to an alarm.',
      independent_navigation: 'Learned routes alone; new ones with training.',
      independence_by_default: 'Lives well with two hours of support a day.',
      consistency_over_accommodation: 'The same letter for all citizens is a letter for others.',
      cost_neutral_access: 'His flat depends on hours of support that two offices each think the other should pay.',
    },
    {
      attention_control: 'Four hundred trays, none wrong.',
      theory_of_mind: 'Knows quickly who likes him and who only says so.',
      emotional_regulation: 'Gets angry for reasons, and over it.',
    },
  ),
  scenarios: [
    {
      name: 'Tray line at eleven',
      description: 'Steam, a moving belt, colour cards, eight colleagues.',
      baseline_experience: 'Good at it and known for it.',
      pleasant_if: ['Someone new to show the cards to', 'The radio'],
      unpleasant_if: ['The cards have been changed and nobody said so', '"Hurry up"'],
    },
    {
      name: 'The housing office',
      description: 'Long desk, thick form, an official who looks at his mother.',
      baseline_experience: 'Nervous and determined.',
      pleasant_if: ['The official talks to him', 'The form in plain language'],
      unpleasant_if: ['"We all only want what is best"', 'Anouk is not allowed in'],
    },
  ],
}
