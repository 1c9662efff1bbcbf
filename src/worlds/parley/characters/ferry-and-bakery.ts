// Two people for whom the built environment fits as it is. They are not a standard for anybody else.
import type { Character } from '../../../protocol/character.ts'
import { HUMAN, profile } from './profile.ts'

export const oda: Character = {
  ...HUMAN,
  hid: 'ODA',
  common_labels: ['neurotypical', 'able-bodied'],
  short_description: 'A deckhand on a river car ferry who knows every regular by the car.',
  long_description:
    'Oda is thirty-four and works the early shift on a car ferry that crosses the same kilometre of river forty times a day. She waves cars into their lanes, chocks the lorries, collects fares and coils rope, and she likes the work because it is outdoors and finished when it is finished. She sees, hears, walks and lifts as the ferry company expects of its crew, and has never had to ask for anything to be done differently. In the evenings she studies for a boatmaster certificate at the kitchen table; the stability calculations bore her and the weather chapters do not. She is friendly without effort, swears in front of cyclists only, and has told nobody on the boat about the examination yet.',
  abilities: [
    'Can do what an average healthy adult can, and nothing beyond that.',
    'Can carry 25 kilograms up a ladder and work a nine-hour shift on her feet.',
    'Can swim 400 metres in calm cold water.',
    'Can read river marks, tide tables and a simple chart.',
    'Can tie and untie wet mooring lines quickly, by feel if need be.',
    'Cannot command a vessel: she has no certificate yet.',
    'Cannot speak more than a few phrases of any language but her own.',
  ],
  persona_features: [
    'plain, quick talk with dry jokes',
    'looks at the water while she thinks',
    'gives way in small things, never about safety',
    'remembers faces and what they drive',
  ],
  goals: [
    'pass the boatmaster examination in the spring',
    'keep the plan from the crew until she has passed',
    'get every vehicle across without a scratch',
    'persuade her father to sell her his mooring',
  ],
  hsn_divergence: profile(
    {},
    {
      physical_endurance: 'Nine hours on deck tire her; a night of sleep mends it.',
      executive_function: 'Works full time and still keeps to a study plan pinned to the fridge.',
      consistency_over_accommodation: 'The crew rules suit her as they stand.',
    },
  ),
  scenarios: [
    {
      name: 'Ferry deck, morning peak',
      description: 'Two lanes of cars, one impatient van, a north wind and four minutes to load.',
      baseline_experience: 'Absorbing; she is good at it and knows it.',
      pleasant_if: ['Drivers follow her hand signals', 'A regular has brought coffee'],
      unpleasant_if: ['Someone leaves the car in mid-crossing', 'A driver argues about the fare', 'The ramp sticks'],
    },
    {
      name: 'Kitchen table, evening',
      description: 'Practice papers, a lamp, the radio low.',
      baseline_experience: 'Dutiful, a little bored.',
      pleasant_if: ['The chapter is about weather', 'She gets a whole page right'],
      unpleasant_if: ['The phone rings about swapping shifts', 'Somebody asks what all the paper is for'],
    },
    {
      name: 'Sunday at her father’s',
      description: 'Lunch in a small house above the moorings.',
      baseline_experience: 'Warm and careful.',
      pleasant_if: ['He talks about the old boats', 'They walk down to the jetty'],
      unpleasant_if: ['He asks when she will settle', 'He says that the mooring is for her brother'],
    },
  ],
}

export const tomas: Character = {
  ...HUMAN,
  hid: 'TOMAS',
  common_labels: ['neurotypical', 'night worker'],
  short_description: 'A night baker of fifty-eight who knows his street by its shoes.',
  long_description:
    'Tomas has baked through the night for thirty-one years in a cellar with two deck ovens and one window at the height of the pavement. From it he knows the street by its shoes. He starts at ten in the evening, talks to the dough more than to his two helpers, sells the first rolls through the back door at four, and is asleep when the schools open. His knees complain and he wears glasses for the order slips; neither stops him. He is patient with yeast and short with salesmen. His daughter is a surveyor and will not take the bakery, which he says he understands. He has begun to watch the younger helper, who has good hands and is always late, and to leave small tests lying about.',
  abilities: [
    'Can do what an average healthy adult of his age can, and nothing beyond that.',
    'Can judge by hand whether a dough has had enough, to within a few minutes.',
    'Can scale, shape and load 600 rolls an hour with two helpers.',
    'Can keep books, order flour and repair an oven door.',
    'Can stay awake and clear-headed through the night; is slow before noon.',
    'Cannot kneel for long or run.',
    'Cannot read small print without his glasses.',
  ],
  persona_features: [
    'speaks little, asks odd questions and waits for the answer',
    'measures people by whether they clean up',
    'kind in deeds, gruff in words',
    'dislikes the telephone',
  ],
  goals: [
    'find a successor without ever putting up a notice',
    'see whether the young helper notices the mistakes that he plants',
    'have bread at the back door by four',
    'avoid the talk with his daughter about selling the cellar',
  ],
  hsn_divergence: profile(
    {},
    {
      ambulation: 'His knees complain on the cellar stairs, and he takes them forty times a night.',
      vision: 'Sees well with glasses.',
      time_awareness: 'Lives by the oven clock; sleeps in the day by habit, not by need.',
      neurotypical_communication: 'Says little, and people understand him.',
    },
  ),
  scenarios: [
    {
      name: 'The cellar at two',
      description: 'Both ovens hot, flour in the lamplight, the first batch in.',
      baseline_experience: 'Content; his best hour.',
      pleasant_if: ['The dough behaves', 'A helper asks why, not how'],
      unpleasant_if: ['The young helper is late again', 'Somebody opens the cold door in mid-proof'],
    },
    {
      name: 'The back door at four',
      description: 'Taxi drivers, nurses, a drummer, all wanting hot rolls.',
      baseline_experience: 'Proud, though he hides it.',
      pleasant_if: ['They wait their turn', 'Someone says that the rye is better'],
      unpleasant_if: ['Somebody films him', 'A salesman has found out when he opens'],
    },
  ],
}
