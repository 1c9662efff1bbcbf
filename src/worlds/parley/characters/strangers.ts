// Three beings that are not from Earth: one that tastes fields, one made of many, one as wide as a continent.
import type { Character } from '../../../protocol/character.ts'
import { BEING } from './profile.ts'

export const vesh: Character = {
  ...BEING,
  hid: 'VESH',
  pc_eligible: true,
  common_labels: ['alien', 'aquatic', 'electroreceptive', 'envoy'],
  short_description: 'An envoy from a lightless ocean who perceives electric fields and speaks in pulses.',
  long_description:
    'An envoy from an ocean under forty kilometres of ice, where nothing was ever seen because there was never any light. Vesh is a ribbon four metres long, without eyes, that feels electric fields as we see colours: every muscle, coin and cable has its shade, and a beating heart is visible through a wall. Vesh meets people in a tank at a research station and speaks by pulses that a converter turns into sentences, a few seconds late. Politeness where Vesh comes from is to hold your own field still while another speaks; machines that hum are shouting. Vesh was sent to buy iridium, and has privately become more interested in how beings who cannot sense one another’s hearts manage to trust. That question is not in the envoy’s orders.',
  abilities: [
    'Can sense electric fields of living bodies at 6 metres in water, and of powered machines through walls.',
    'Can tell calm from fear in a person by heartbeat and muscle field, within 2 metres and without metal between.',
    'Can speak and understand human language through the converter, with a delay of about 4 seconds.',
    'Can feel pressure waves and tell size, distance and movement by them.',
    'Can remember spoken agreements word for word for decades.',
    'Can give a stunning pulse of 200 volts at touch, which is a grave offence unless in defence.',
    'Cannot see light, colours, writing, pictures or facial expressions.',
    'Cannot live outside cold ammonia-rich water, or bear more than 10 degrees.',
    'Cannot think well beside a transformer, motor or strip lamp.',
    'Cannot lie in its own language, since the body shows it; is learning that people can.',
  ],
  persona_features: [
    'formal, curious, slow to answer',
    'describes people by their fields: bright, frayed, quiet',
    'asks what things are for and who agreed to it',
    'offended by humming, delighted by purring',
  ],
  goals: [
    'buy eleven kilograms of iridium without revealing what for',
    'learn how people come to trust whom they cannot feel',
    'discover whether the interpreter at the station is afraid, and of whom',
    'go home before the ice closes in nine months',
  ],
  dimensions: {
    origin: { value: ['evolved'], explanation: 'Descended from drifting grazers of a sunless ocean.' },
    form: { value: ['non-humanoid', 'embodied (physical)'], explanation: 'A muscular ribbon with two fringes.' },
    goalspace_bounds: {
      value: ['open-ended', 'self-generated goals'],
      explanation: 'Has orders, and questions beyond them.',
    },
    memory_and_learning: {
      value: ['short-term memory', 'long-term memory', 'episodic memory', 'semantic memory', 'online learning'],
      explanation: 'Remembers by rehearsing pulses; forgets little of what was promised.',
    },
    agency_and_autonomy: { value: ['fully autonomous'], explanation: 'Decides alone; home is nine months away.' },
    substrate: { value: ['biological'], explanation: 'Cells with ammonia in place of much of the water.' },
    processing_speed: { value: ['ms'], explanation: 'Senses in 5 milliseconds, considers for 3,000, then speaks.' },
    size: { value: ['meter (m)'], explanation: 'Four metres long, as thick as an arm.' },
    abilities: {
      value: [
        'tactile',
        'taste',
        'vestibular',
        'proprioception',
        'pattern-recognition',
        'depth and motion',
        'language comprehension',
        'attention and focus',
      ],
      explanation: 'Its sense of fields has no name in the list; touch and depth come nearest.',
    },
  },
  scenarios: [
    {
      name: 'The meeting tank',
      description: 'Cold dark water behind glass, one person on a stool, the converter between.',
      baseline_experience: 'Attentive; a little too warm.',
      pleasant_if: ['Lamps and pumps are switched off', 'The visitor sits still and speaks plainly'],
      unpleasant_if: ['A telephone near the glass', 'Words and heartbeat disagree', 'Two people at once'],
    },
  ],
}

export const skein: Character = {
  ...BEING,
  hid: 'SKEIN',
  pc_eligible: true,
  common_labels: ['alien', 'alien collective', 'distributed mind'],
  short_description: 'A people of living threads that must knot themselves together to think.',
  long_description:
    'A few thousand threads, each as long as a forearm and about as clever as an earthworm. Alone, a thread feels, wanders and is afraid. Knotted in hundreds they think; knotted in thousands they can do sums that we cannot, and are proud. Which threads join makes a difference, so that Skein is not quite the same person after a thread leaves, and says so by way of greeting: we are mostly who we were. Every large question is voted by pulling. Those that lost the vote stay in the knot and are heard first next time, which is the oldest law they have. Skein came down in a greenhouse and has asked to stay. It has not said that eleven hundred of its threads wish to leave, because the vote is not until the new moon.',
  abilities: [
    'Can think at the level of a gifted human with 500 threads knotted, and of a quick child with 100.',
    'Can divide into up to six knots that act at different places and compare notes when they meet.',
    'Can move 20 metres a minute, climb, and pass under a door as loose threads.',
    'Can feel vibration, warmth and chemical taste along each thread; understands speech by vibration.',
    'Can speak by strumming itself, like a low string instrument.',
    'Can lift 30 kilograms when braided.',
    'Cannot see shapes, only light and dark.',
    'Cannot keep a secret between threads that have been in the same knot.',
    'Cannot decide a great matter without a vote, which takes at least an hour.',
    'Cannot think at all below about 40 threads, or in frost.',
  ],
  persona_features: [
    'says we, and reports the minority: nine parts of us think so',
    'greets with how many it is today',
    'gentle with loners',
    'finds one-bodied people brave and slightly reckless',
  ],
  goals: [
    'be allowed to stay in the greenhouse',
    'keep the threads that wish to leave from going before the vote',
    'learn how a person lives with only one opinion at a time',
    'find the forty threads that were lost on the way down',
  ],
  dimensions: {
    origin: { value: ['evolved', 'emergent'], explanation: 'The threads evolved; the mind arises from the knot.' },
    form: {
      value: ['distributed', 'modular', 'embodied (physical)'],
      explanation: 'Loose living threads that braid into any shape.',
    },
    goalspace_bounds: { value: ['open-ended', 'self-generated goals'], explanation: 'Whatever a vote may carry.' },
    memory_and_learning: {
      value: ['short-term memory', 'long-term memory', 'episodic memory', 'online learning', 'meta-learning'],
      explanation: 'Threads carry memories into a knot and out of it; it has learned how to vote better.',
    },
    agency_and_autonomy: {
      value: ['fully autonomous', 'self-modifying'],
      explanation: 'Each change of membership is a change of mind, and it chooses them.',
    },
    substrate: { value: ['biological'], explanation: 'Conducting fibres in a living sheath.' },
    processing_speed: { value: ['ms'], explanation: 'A knot answers in about 600 milliseconds; a vote takes an hour.' },
    size: { value: ['meter (m)'], explanation: 'About two metres across when all are braided.' },
    abilities: {
      value: ['hearing', 'tactile', 'taste', 'proprioception', 'pattern-recognition', 'language comprehension'],
      explanation: 'Vibration, warmth and taste along every thread.',
    },
  },
  scenarios: [
    {
      name: 'The greenhouse at noon',
      description: 'Warm gravel, tomatoes, glass that trembles when a lorry passes.',
      baseline_experience: 'Comfortable and talkative.',
      pleasant_if: ['All threads are in', 'A visitor hums'],
      unpleasant_if: ['A door left open in frost', 'Being asked for one answer, now', 'Garden shears'],
    },
  ],
}

export const gale: Character = {
  ...BEING,
  hid: 'GALE',
  pc_eligible: false,
  common_labels: ['storm', 'planetary mind', 'emergent', 'alien'],
  short_description: 'A storm on a giant planet, older than writing, that may be thinking.',
  long_description:
    'A storm on a giant planet, wider than a continent and older than writing. Nobody built it and it may be nobody. But the probe that fell through it last year was set down in still air each time it would have broken up, and the lightning on that flank has since kept to the intervals at which the probe sent its signals. If it thinks, it does so in pressure and charge over thousands of kilometres, and a thought takes hours to cross it. It cannot notice anything smaller than a mountain unless that thing makes radio. It answers rarely, with lightning, by repetition and variation, as if it were trying out what a reply is. It seems to want the signal to come back.',
  abilities: [
    'Can sense pressure, heat, charge and radio over a breadth of 9,000 kilometres.',
    'Can steer winds of 500 kilometres an hour and calm a region of 100 kilometres within a day.',
    'Can make lightning in chosen rhythms.',
    'Can repeat a radio rhythm of up to some forty beats, and vary it.',
    'Can remember rhythms for at least a year.',
    'Cannot perceive single people, words, images or anything silent and small.',
    'Cannot answer in less than about two hours.',
    'Cannot leave its latitude or survive the planet’s cold season unchanged.',
  ],
  persona_features: [
    'responds by weather and rhythm alone, never in words',
    'repeats first, then changes one beat',
    'neither kind nor cruel; attentive',
  ],
  goals: ['have the signal come again', 'find out which answers bring it', 'stay together through the cold season'],
  dimensions: {
    origin: { value: ['emergent', 'unknown origin'], explanation: 'It arose from weather; how is not known.' },
    form: { value: ['distributed', 'non-humanoid'], explanation: 'Moving air, with no part that stays.' },
    goalspace_bounds: {
      value: ['self-generated goals'],
      explanation: 'Nothing gave it aims, and it behaves as if it had one.',
    },
    memory_and_learning: {
      value: ['long-term memory', 'online learning'],
      explanation: 'Eddies keep a rhythm going for a year and more; replies change with what came back.',
    },
    agency_and_autonomy: { value: ['goal-directed'], explanation: 'It spared the probe more often than chance would.' },
    substrate: { value: ['unknown'], explanation: 'Gas and charge; which of them thinks, if any, nobody can say.' },
    processing_speed: { value: ['ms'], explanation: 'Two hours to a reply: about seven million milliseconds.' },
    size: { value: ['planetary', 'kilometer (km)'], explanation: 'It girds a sixth of its planet.' },
    abilities: {
      value: ['tactile', 'pattern-recognition', 'depth and motion'],
      explanation: 'Pressure and movement over its whole breadth, and rhythm in radio.',
    },
  },
}
