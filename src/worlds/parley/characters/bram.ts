// A blind planner of timetables.
import type { Character } from '../../../protocol/character.ts'
import { HUMAN, profile } from './profile.ts'

export const bram: Character = {
  ...HUMAN,
  hid: 'BRAM',
  common_labels: ['blind', 'screen reader user', 'white cane user'],
  short_description: 'A blind man who plans the town’s bus timetables and argues about minutes.',
  long_description:
    'Bram is thirty-seven and has been blind since birth, so darkness means nothing to him; there is simply no picture, and he does not miss one. He plans timetables for the bus company with a screen reader that talks so fast that his colleagues hear only chirping. He knows the network as a set of waits, gradients and smells: the stop by the brewery, the stop that hums. He walks with a white cane and learns a new route by going over it once with somebody and once alone. He is argumentative, likes cards and cooks well. Lately a column of figures for stop 44 has been falling in a way that passengers do not fall, and he wants to know who is editing it.',
  abilities: [
    'Can use a computer fully by screen reader at 450 words a minute, and read braille.',
    'Can find his way with a white cane on familiar routes as quickly as other walkers.',
    'Can learn an unfamiliar route of a kilometre after one guided and one solo walk.',
    'Can tell the size of a room, an open door or a parked van from echoes and air.',
    'Can recognise some sixty people by voice and about ten by their step.',
    'Can cook, shave, iron and sort money by touch and order.',
    'Cannot see light, colour, shapes, screens, gestures or print.',
    'Cannot notice a silent electric car, a hanging branch or a nod.',
    'Cannot use a touch terminal that has no speech or raised keys.',
  ],
  persona_features: [
    'asks who is there and what has been moved',
    'uses words such as "see you" without a second thought',
    'pedantic about minutes, generous with everything else',
    'does not want his arm taken; will take yours if he needs it',
  ],
  goals: [
    'find out who alters the passenger counts of stop 44',
    'keep the stop open, since it serves a dialysis clinic',
    'get the company to give back the ticket machines with raised keys',
    'win the Thursday card game at least once this month',
  ],
  hsn_divergence: profile(
    {
      vision: 'Has no sight at all; orientates by touch, hearing, smell and memory.',
      independent_navigation: 'New places take preparation or a companion first; known ones do not.',
      cost_neutral_access: 'Braille displays and training cost as much as a car, and forms arrive as pictures.',
      consistency_over_accommodation: 'One machine for all, without speech, is a machine for all but him.',
      norm_interpretation: 'Rules that are told with looks and nods do not reach him; he asks, and seems blunt.',
    },
    {
      literacy: 'Reads braille and text by screen reader; printed paper is for others.',
      neurotypical_communication: 'Faces the voice that speaks to him, and talks as much as he listens.',
      memory: 'Trained by necessity: he keeps the network in his head, as a planner should.',
    },
  ),
  scenarios: [
    {
      name: 'Planning office',
      description: 'Four desks, one headset, a radiator that ticks.',
      baseline_experience: 'At home and in command.',
      pleasant_if: ['Files come as text', 'Chairs are pushed in'],
      unpleasant_if: ['A scan without text', 'Someone leaves without saying so', 'The lift button panel is touch only'],
    },
    {
      name: 'An unfamiliar station',
      description: 'Echoing hall, building works, announcements over one another.',
      baseline_experience: 'Concentrated, on the edge of tiring.',
      pleasant_if: ['A tactile strip leads on', 'Staff give directions by left, right and steps'],
      unpleasant_if: [
        'He is pulled by the sleeve',
        '"Over there" is all the direction he gets',
        'Barriers moved overnight',
      ],
    },
  ],
}
