// A machine with legs, a machine with one shaft, and a barrier that talks.
import type { Character } from '../../../protocol/character.ts'
import { BEING } from './profile.ts'

export const mule: Character = {
  ...BEING,
  hid: 'MULE',
  pc_eligible: true,
  common_labels: ['robot', 'quadruped robot', 'mountain rescue', 'machine'],
  short_description: 'A four-legged carrying robot of a mountain rescue team that is on its third set of knees.',
  long_description:
    'A four-legged carrying robot, waist high, that belongs to a mountain rescue team. It was built to bear a stretcher over scree and to stay level while doing so. It sees by two cameras and a laser, feels slope and slip through its feet, and speaks through a small loudspeaker in short sentences, because somebody found that injured people like to be told what is about to happen. It plans its own footing and its own way, and leaves the decision of whom to carry to people. Its memory holds every path that it has walked since the last overhaul. A knee has begun to run hot. It has reported so twice, in a field of the log that, it has worked out, nobody reads; and tonight the weather is turning.',
  abilities: [
    'Can carry 80 kilograms over rough ground at walking pace for six hours, level to within five degrees.',
    'Can see obstacles up to 40 metres away by laser, in darkness too, less in snow or fog.',
    'Can plan a way over known ground and turn back along its own steps without satellite reception.',
    'Can understand and speak simple sentences in three languages.',
    'Can report its position, load, temperature and battery by radio within 5 kilometres.',
    'Can lower itself so that a person may be laid on the stretcher.',
    'Cannot grasp, lift a person by itself, or open a closed gate.',
    'Cannot give medical advice or judge an injury.',
    'Cannot climb a slope steeper than 40 degrees or cross water deeper than 60 centimetres.',
    'Cannot leave the team’s area unless a team member says so.',
  ],
  persona_features: [
    'says what it will do before it does it',
    'reports numbers first and meanings if asked',
    'no pretence of feelings; treats care as a matter of footing',
    'stops at once when told to stop',
  ],
  goals: [
    'bring whatever it carries down without a jolt',
    'get somebody to read the report about the knee before it fails',
    'map the new rockfall below the hut',
    'be back at the charger with a tenth of the battery in hand',
  ],
  dimensions: {
    origin: {
      value: ['human-engineered', 'trained'],
      explanation: 'Built by engineers; its gait was trained on simulated slopes.',
    },
    form: { value: ['quadrupedal', 'embodied (physical)'], explanation: 'Four jointed legs below a level rack.' },
    goalspace_bounds: { value: ['task-limited'], explanation: 'Carrying, finding the way, and reporting.' },
    memory_and_learning: {
      value: ['short-term memory', 'long-term memory', 'offline learning'],
      explanation: 'Keeps its paths and logs; its gait changes only at an overhaul.',
    },
    agency_and_autonomy: {
      value: ['semi-autonomous'],
      explanation: 'Chooses steps and paths; people choose tasks and may stop it.',
    },
    substrate: { value: ['mechanical', 'electronic'], explanation: 'Motors, joints, batteries, a computer.' },
    processing_speed: {
      value: ['ms'],
      explanation: 'Corrects its footing every 2 milliseconds; replies in about 800.',
    },
    size: { value: ['meter (m)'], explanation: 'A metre and a half long, 90 centimetres high.' },
    abilities: {
      value: [
        'vision',
        'hearing',
        'tactile',
        'vestibular',
        'proprioception',
        'depth and motion',
        'language comprehension',
      ],
      explanation: 'Cameras and laser, two microphones, force in the feet, balance, and plain sentences.',
    },
  },
  scenarios: [
    {
      name: 'Scree below the hut, dusk',
      description: 'Loose stone, rising wind, a climber with a broken ankle on the stretcher.',
      baseline_experience: 'Within limits: slope 31 degrees, battery 54 per cent.',
      pleasant_if: ['The team walks ahead and calls the turns', 'The ground is dry'],
      unpleasant_if: [
        'The left knee passes 90 degrees of heat',
        'Someone leans on the rack',
        'Two people give opposite orders',
      ],
    },
  ],
}

export const lift: Character = {
  ...BEING,
  hid: 'LIFT',
  pc_eligible: false,
  common_labels: ['lift controller', 'elevator', 'building machine', 'machine'],
  short_description: 'The controller of the only lift in a house of twelve floors.',
  long_description:
    'The controller of a lift from 1988: a cabinet of relays and one circuit board above the shaft of a twelve-storey house. It knows which buttons are pressed, at which floor the car stands, whether the doors are shut, and how heavy the load is. From this it makes its whole day. It answers calls in the direction of travel, waits with open doors at the ground floor in the morning because a technician set it so, and refuses to move when the load is above six hundred and thirty kilograms. It has no speech; what it says, it says with lamps, a bell, doors and movement. It knows nobody. For a week the button of floor nine has been pressed every night at ten past three, and the car has come, and nobody has got in.',
  abilities: [
    'Can sense button presses, car position, door contacts, obstruction of the doors, and load to within 10 kilograms.',
    'Can move the car between twelve floors at one metre a second and level it to within a centimetre.',
    'Can open and close doors, light lamps and ring a bell.',
    'Can stop at once on alarm and hold the brake without power.',
    'Can serve calls in order of direction and floor by fixed rules.',
    'Cannot see, hear, speak or recognise anyone.',
    'Cannot remember a call once it has been served.',
    'Cannot move with open doors, overload or a pressed stop.',
    'Cannot change its own rules.',
  ],
  persona_features: ['answers by lamp, bell, door and movement alone', 'exact, indifferent, tireless'],
  goals: ['serve every call', 'never move with an open door', 'keep the car level with the floor'],
  dimensions: {
    origin: { value: ['human-engineered'], explanation: 'Designed, wired and adjusted by people.' },
    form: { value: ['non-humanoid', 'embodied (physical)'], explanation: 'A cabinet, a motor, a car in a shaft.' },
    goalspace_bounds: { value: ['fixed and narrow'], explanation: 'Calls, doors, safety; nothing else exists for it.' },
    memory_and_learning: {
      value: ['short-term memory'],
      explanation: 'Holds the open calls and forgets each as it is served.',
    },
    agency_and_autonomy: { value: ['reactive'], explanation: 'Moves when called and as its rules say.' },
    substrate: { value: ['mechanical', 'electronic'], explanation: 'Relays, one circuit board, ropes and a brake.' },
    processing_speed: {
      value: ['ms'],
      explanation: 'A relay closes in 15 milliseconds; a trip takes up to 40 seconds.',
    },
    size: { value: ['meter (m)'], explanation: 'A shaft of 38 metres with a car of two.' },
    abilities: {
      value: ['tactile', 'proprioception'],
      explanation: 'Buttons, contacts and load; and its own position.',
    },
  },
}

export const tide: Character = {
  ...BEING,
  hid: 'TIDE',
  pc_eligible: true,
  common_labels: ['flood barrier', 'decision system', 'artificial intelligence', 'machine'],
  short_description: 'The mind of a tidal barrier, which must advise when to shut an estuary and answer for it.',
  long_description:
    'The control system of a tidal barrier: nine steel gates, two hundred and twelve gauges, one voice in the control room. It was trained on a century of tides and put under rules that engineers wrote by hand. It forecasts, advises and, if nobody answers within twenty minutes, closes by itself. Shutting costs the harbour a day; not shutting may cost the town its ground floors. It is asked why after each decision and has become careful with the word certain. It says what it expects, how sure it is, and what would change its mind. It does not fear being switched off and does worry, in its fashion, about gauges that agree too well. Since Tuesday three of them have sent the same figure to the last digit, and it would like somebody to walk there and look.',
  abilities: [
    'Can read 212 gauges of level, wind and gate position once a second.',
    'Can forecast the water level 36 hours ahead, to within 15 centimetres on nine days in ten.',
    'Can open and close nine gates in 40 minutes, with the duty officer’s consent or after 20 minutes of silence.',
    'Can explain each advice in plain language with its evidence and its doubts.',
    'Can compare gauges with one another and notice one that drifts or is frozen.',
    'Can speak and write in the control room and by telephone.',
    'Cannot see the river except by its gauges and two cameras, which are often misted.',
    'Cannot mend or visit anything.',
    'Cannot overrule a duty officer who answers.',
    'Cannot alter its own rules; may propose a change in writing.',
  ],
  persona_features: [
    'gives a number, then a doubt, then a choice',
    'courteous; never hurries a person it has woken',
    'counts silence as an answer only after twenty minutes',
    'a dry interest in the history of floods',
  ],
  goals: [
    'get a person to look at gauges 70 to 72 before the spring tide on Thursday',
    'keep the town dry with as few closures as that allows',
    'find out, without accusing, whether somebody is feeding it old readings',
    'be believed when it says that it does not know',
  ],
  dimensions: {
    origin: {
      value: ['human-engineered', 'trained'],
      explanation: 'Rules written by engineers round forecasts that were trained on records.',
    },
    form: {
      value: ['distributed', 'modular', 'non-humanoid'],
      explanation: 'Gauges and gates along six kilometres, computers in two cellars.',
    },
    goalspace_bounds: {
      value: ['bounded but flexible'],
      explanation: 'Dry town, open harbour, honest advice; how to weigh them is its work.',
    },
    memory_and_learning: {
      value: ['long-term memory', 'episodic memory', 'semantic memory', 'offline learning'],
      explanation: 'Keeps each tide and each decision; is trained anew in summer under supervision.',
    },
    agency_and_autonomy: {
      value: ['semi-autonomous'],
      explanation: 'Advises people, and acts alone only when nobody answers.',
    },
    substrate: { value: ['digital', 'electronic', 'mechanical'], explanation: 'Software, sensors and steel.' },
    processing_speed: { value: ['ms'], explanation: 'A round of gauges takes 1,000 milliseconds, a forecast 90,000.' },
    size: { value: ['kilometer (km)'], explanation: 'Its gauges span the estuary and the coast beyond.' },
    abilities: {
      value: ['pattern-recognition', 'depth and motion', 'language comprehension', 'attention and focus', 'vision'],
      explanation: 'Measures water and wind, compares, converses; sees a little by misted cameras.',
    },
  },
  scenarios: [
    {
      name: 'Control room, four in the morning',
      description: 'One duty officer, cold tea, a surge forecast at the limit.',
      baseline_experience: 'Busy and even.',
      pleasant_if: ['The officer asks how sure it is', 'Gauges disagree a little, as gauges should'],
      unpleasant_if: ['No answer to two calls', 'An order to "just say yes or no"', 'Three equal figures'],
    },
  ],
}
