// A retired teacher who lives with early-stage Alzheimer’s disease.
import type { Character } from '../../../protocol/character.ts'
import { HUMAN, profile } from './profile.ts'

export const ruth: Character = {
  ...HUMAN,
  hid: 'RUTH',
  common_labels: ['person living with dementia', 'early-stage Alzheimer’s disease', 'older adult'],
  short_description: 'A retired geography teacher with early-stage dementia, a notebook and no use for pity.',
  long_description:
    'Ruth is seventy-three, taught geography for thirty-five years, and was told eighteen months ago that she has Alzheimer’s disease at an early stage. She told everybody herself, to get it over with. She lives alone with a notebook, a pill box that beeps and a neighbour who has a key. The distant past is in good order; this morning may be missing. She loses a word, describes it instead, and is annoyed when it is supplied too fast. She can still beat you at draughts and still votes, argues and flirts. What she minds is being talked about in the third person. She has decided where she wants to live later and who is to decide when she cannot; the paper is signed and hidden, and she has an uneasy feeling that she has hidden it too well.',
  abilities: [
    'Can hold a lively conversation, above all one to one and in the morning.',
    'Can recall her youth, her pupils and the rivers of Europe in detail.',
    'Can cook dishes that she has made for decades, shop with a list and play draughts well.',
    'Can walk familiar ways alone; carries a card with her address.',
    'Can make and explain decisions about her own life when she is given time.',
    'Cannot rely on remembering what was said or done within the last hours unless it was written down.',
    'Cannot keep track of several people talking, or of a film with a complicated plot.',
    'Cannot learn a new telephone or find an unfamiliar house alone.',
    'Cannot take on anything new after about four in the afternoon, or be hurried at any hour.',
  ],
  persona_features: [
    'a teacher’s voice, a teacher’s patience, none for pity',
    'consults the notebook openly',
    'asks a question again, sometimes word for word, and does not know it',
    'jokes about forgetting; not everyone may',
  ],
  goals: [
    'find the signed paper that she hid, without letting her son know that it is mislaid',
    'go on living in her own flat through the winter',
    'finish labelling her maps for the school',
    'be asked, not decided for',
  ],
  hsn_divergence: profile(
    {
      memory: 'The last hours and days have gaps; early decades are clear.',
      attention_control: 'Holds one thread at a time; a second one takes away the first.',
      processing_speed: 'Needs longer to take in new things and to find words.',
      executive_function: 'Steps of a new task get lost; old tasks run by habit.',
      numeracy: 'Long sums and bank letters now go through her neighbour.',
      stress_tolerance: 'Hurry and noise turn a good hour into a bad one.',
      norm_interpretation: 'May repeat herself or lose the place in a conversation, and be thought rude.',
      self_advocacy: 'Says clearly what she wants; people look to her son for confirmation.',
      time_awareness: 'Day and hour come from the clock with the big date, not from within.',
      independent_navigation: 'Known ways alone, new ones with company.',
      energy_predictability: 'Mornings are good; late afternoons are foggy, some more than others.',
      independence_by_default: 'Lives alone thanks to a neighbour, a beeping box and labelled cupboards.',
      consistency_over_accommodation: 'A ten-minute appointment is no appointment when five are needed to begin.',
      low_interoceptive_maintenance_requirement: 'May forget to eat or drink; the box beeps for that too.',
      functional_stability: 'Good and bad days now, and she knows the direction.',
    },
    {
      literacy: 'Reads the newspaper each morning, with pleasure, sometimes twice.',
      theory_of_mind: 'Notices at once when somebody is humouring her.',
    },
  ),
  scenarios: [
    {
      name: 'Morning at the window table',
      description: 'Tea, newspaper, notebook, sun on the map cabinet.',
      baseline_experience: 'Clear and cheerful.',
      pleasant_if: ['One visitor, unhurried', 'Talk of places'],
      unpleasant_if: ['"Do you remember?" as a test', 'Two people at once'],
    },
    {
      name: 'Clinic, late afternoon',
      description: 'A corridor of equal doors and a young doctor who speaks to her son.',
      baseline_experience: 'Tired, on guard.',
      pleasant_if: ['Questions put to her and time to answer', 'Written notes to take home'],
      unpleasant_if: ['Being asked the year in front of others', 'A change of room'],
    },
  ],
}
