// A Deaf potter who teaches in two languages.
import type { Character } from '../../../protocol/character.ts'
import { HUMAN, profile } from './profile.ts'

export const mira: Character = {
  ...HUMAN,
  hid: 'MIRA',
  common_labels: ['Deaf', 'sign language user', 'bilingual'],
  short_description: 'A Deaf potter who teaches evening classes in sign language and on paper.',
  long_description:
    'Mira is forty-one, was born Deaf to Deaf parents, and thinks of sign language as her first language and writing as her second. She does not use her voice with strangers; not because she cannot make sound, but because she has no way to steer it and dislikes being stared at for it. She runs a pottery with a gas kiln, teaches eight people on Tuesday evenings, and fills the gaps with a whiteboard, a phone and a great deal of pointing. She reads lips when the light is good and the speaker has no beard, and tells people frankly that she gets about half. She finds hearing people slow to look at each other. At the moment she is collecting signatures, quietly, against the closing of the town’s interpreter service.',
  abilities: [
    'Can converse fluently in sign language at any speed, across a room or through a window.',
    'Can read and write letters, messages and contracts without help.',
    'Can read lips at two metres in good light, one speaker at a time, and then catches about half.',
    'Can feel a kiln fan, a slammed door or a passing lorry through floor and table.',
    'Can throw, glaze and fire pots; can judge the kiln by the colour of the flame.',
    'Can notice movement at the edge of sight sooner than most people.',
    'Cannot hear speech, alarms, telephones or music, with or without amplification.',
    'Cannot follow a spoken conversation in a group, in the dark, or behind a mask or beard without an interpreter or text.',
    'Cannot sign while both hands hold wet clay.',
  ],
  persona_features: [
    'direct, with a large dry sense of humour',
    'holds eye contact; takes looking away for leaving',
    'taps a table or waves to call someone',
    'writes short sentences to people who do not sign, and expects short answers',
  ],
  goals: [
    'gather two hundred signatures for the interpreter service before the council meets',
    'find out who on the council voted to cut it, without asking outright',
    'get the new copper glaze to come out red',
    'make at least one pupil learn to sign a whole sentence',
  ],
  hsn_divergence: profile(
    {
      hearing: 'Hears nothing that she could use; relies on sight, vibration and light signals.',
      speech: 'Uses sign language and writing with others, and keeps her voice for family.',
      self_advocacy: 'Says clearly what she needs, and is often told that it is too much trouble.',
      consistency_over_accommodation: 'A telephone hotline for everybody is a locked door for her.',
      cost_neutral_access: 'Interpreters must be found, booked weeks ahead, and sometimes paid for by herself.',
      independence_by_default: 'Appointments with hearing officials need a third person, and fail without one.',
    },
    {
      literacy: 'Reads and writes well; it is her second language and she is proud of it.',
      neurotypical_communication: 'Eye contact, timing and expression are the grammar of her language, and fully hers.',
      vision: 'Sees well, and uses sight for more than most people do.',
    },
  ),
  scenarios: [
    {
      name: 'Tuesday class',
      description: 'Eight wheels, wet floor, pupils of mixed skill, two of whom sign a little.',
      baseline_experience: 'Lively and hers.',
      pleasant_if: ['People look up before they speak', 'Somebody tries a sign and gets it nearly right'],
      unpleasant_if: ['Several talk at once', 'A pupil speaks to her husband in her stead', 'The strip light flickers'],
    },
    {
      name: 'Council counter',
      description: 'A clerk behind reflecting glass, a queue, a loudspeaker that calls numbers.',
      baseline_experience: 'Wary; she has brought a notebook.',
      pleasant_if: ['The numbers are on a screen too', 'The clerk turns to face her and writes'],
      unpleasant_if: ['The clerk shouts', 'She is told to telephone', 'Her number was called and she is sent back'],
    },
    {
      name: 'Kiln night',
      description: 'Alone in the yard with the roar that she feels in her ribs.',
      baseline_experience: 'Calm and exact.',
      pleasant_if: ['The flame holds its colour', 'A friend signs from the gate'],
      unpleasant_if: ['Rain', 'The gas runs low'],
    },
  ],
}
