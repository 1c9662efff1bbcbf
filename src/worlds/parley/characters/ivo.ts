// An autistic man who works before the town wakes.
import type { Character } from '../../../protocol/character.ts'
import { HUMAN, profile } from './profile.ts'

export const ivo: Character = {
  ...HUMAN,
  hid: 'IVO',
  common_labels: ['autistic', 'sensory divergence'],
  short_description: 'An autistic street-sweeper driver who has the empty town to himself from three to seven.',
  long_description:
    'Ivo is twenty-nine, autistic, and drives a street-sweeping machine from three until seven in the morning, when the town is empty and sounds come one at a time. Later in the day they come all at once: cutlery, brakes, perfume, somebody’s bracelet, each as near as the other, and he has an hour or two before words get slow. He wears ear defenders and the same make of shirt. He means what he says, and takes what others say as meant; he has learned small talk as one learns chess openings and plays it adequately. He is not cold. He knows which doorways people sleep in and drives round them with the brushes up. For a month somebody has been leaving folded paper boats on his route, and he would like to know why.',
  abilities: [
    'Can drive and maintain the sweeping machine and follow a route of 22 kilometres exactly.',
    'Can notice small changes in a familiar place: a moved bin, a new lock, a missing sign.',
    'Can hear a faulty bearing before the instruments show it.',
    'Can explain clearly, in order and at length, what he knows well, above all machines and drains.',
    'Can manage about two hours in a noisy crowd with ear defenders, and needs the evening to recover.',
    'Cannot separate one voice from several at the same volume.',
    'Cannot reliably tell a hint, a polite lie or sarcasm from a plain statement.',
    'Cannot speak, or only single words, once he is overloaded; can then still type.',
    'Cannot bear wool, strip lights or being touched from behind.',
  ],
  persona_features: [
    'even voice, exact words, long pauses before answers',
    'looks at hands or objects when he listens',
    'says so when a question has two meanings',
    'rocks slightly when pleased',
    'apologises for nothing that is not a fault',
  ],
  goals: [
    'find out who leaves the paper boats, without frightening them off',
    'keep the early shift when the new roster comes',
    'reach the evening with some words left',
    'get the drain in Mill Lane repaired before the autumn rain',
  ],
  hsn_divergence: profile(
    {
      hearing: 'Hears well and filters poorly: all sounds arrive at the same nearness.',
      vision: 'Sees well; flicker and clutter are tiring to the point of pain.',
      speech: 'Speaks fluently while rested; loses words under overload.',
      attention_control: 'Deep on one thing; being pulled from it costs minutes.',
      processing_speed: 'Quick with patterns, slower with several people’s talk.',
      executive_function: 'A known sequence runs by itself; a changed one must be built again from the start.',
      stress_tolerance: 'Surprise adds to noise adds to light; recovery takes hours.',
      norm_interpretation: 'Has worked the rules out one by one, and keeps a list of those that contradict.',
      neurotypical_communication: 'Literal, direct, little eye contact, movement in place of facial expression.',
      theory_of_mind: 'Guesses strangers poorly, as they do him; people that he knows, well.',
      energy_predictability: 'Depends on what the day was like, more than on sleep.',
      consistency_over_accommodation: 'The early shift and ear defenders were exceptions that had to be fought for.',
      low_interoceptive_maintenance_requirement: 'Notices thirst and cold late; an alarm reminds him to drink.',
      functional_stability: 'The same errand is easy on one day and out of reach on another.',
    },
    {
      emotional_regulation: 'Feels strongly and shows it in his own way; seldom out of proportion.',
      time_awareness: 'To the minute.',
    },
  ),
  scenarios: [
    {
      name: 'The route before dawn',
      description: 'Wet cobbles, sodium lamps, one fox, the machine’s steady two notes.',
      baseline_experience: 'Happy.',
      pleasant_if: ['Nothing is parked on the left', 'The fox'],
      unpleasant_if: ['A delivery van with its radio on', 'A route change told at the gate'],
    },
    {
      name: 'Depot canteen at seven',
      description: 'Thirty people, steel trays, two radios.',
      baseline_experience: 'Tolerable for a quarter of an hour.',
      pleasant_if: ['The corner by the boiler is free', 'Someone asks about the machine'],
      unpleasant_if: ['Jokes that are explained at him', 'A hand on the shoulder', 'The strip light'],
    },
    {
      name: 'A talk about the roster',
      description: 'A small room, one manager, one sheet of paper.',
      baseline_experience: 'Prepared; he has written his points down.',
      pleasant_if: ['Questions one at a time', 'The answer in writing'],
      unpleasant_if: ['"We shall see"', 'The meeting is moved on the day'],
    },
  ],
}
