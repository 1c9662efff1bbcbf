// Three animals, and one partnership of a fungus with an alga. Their abilities are those known of their species.
import type { Character } from '../../../protocol/character.ts'
import { BEING } from './profile.ts'

export const jack: Character = {
  ...BEING,
  hid: 'JACK',
  pc_eligible: true,
  common_labels: ['bird', 'jackdaw', 'corvid', 'animal'],
  short_description: 'A jackdaw who lives in the roof of a railway station and reads people by where they look.',
  long_description:
    'A female jackdaw, four years old, hatched under the roof of a railway station. She weighs as much as two apples. Her mate is for life, her flock is forty birds whom she knows one by one, and the humans below fall into those who drop food, those who look away, and one who threw something. She reads eyes: a stare means keep off, a glance at a thing makes the thing worth a look. She has no words, but has calls that her flock understands and a way of tilting the head that people take for thought, rightly. She hides what she finds and moves it if she was watched. The chimney where she nested was capped with wire last week, and she has begun to carry sticks into the signal cabinet.',
  abilities: [
    'Can fly, hover briefly and land on a wire in wind.',
    'Can see colour and ultraviolet sharply, by day, nearly all the way round.',
    'Can follow a human’s gaze or pointing hand to hidden food.',
    'Can recognise single people and birds and remember for years how each behaved.',
    'Can open zips, lids and paper bags with beak and foot, and carry up to 20 grams.',
    'Can call alarm, contact and mobbing, and gather the flock within a minute.',
    'Cannot speak, read or understand sentences; may learn that a sound goes with an event.',
    'Cannot see well in the dark, or smell much.',
    'Cannot lift a stick longer than her own wingspan, though she will try.',
  ],
  persona_features: [
    'pale eye, head on one side',
    'bold at three metres, gone at one',
    'holds a grudge and teaches it to others',
    'attends to her mate before anything else',
  ],
  goals: [
    'build a nest in the signal cabinet before her mate loses patience',
    'keep people from finding it',
    'take the shiny clip from the ticket inspector’s bag',
    'warn the flock of the one who throws things',
  ],
  dimensions: {
    origin: { value: ['evolved'], explanation: 'Jackdaws are crows, shaped by natural selection.' },
    form: { value: ['bipedal', 'embodied (physical)'], explanation: 'A winged body on two legs, 33 centimetres long.' },
    goalspace_bounds: {
      value: ['bounded but flexible'],
      explanation: 'Food, nest, mate, rank and safety, pursued with much invention.',
    },
    memory_and_learning: {
      value: ['short-term memory', 'long-term memory', 'episodic memory', 'online learning'],
      explanation: 'Remembers faces, hiding places and who was watching, and learns from one bad meeting.',
    },
    agency_and_autonomy: { value: ['fully autonomous'], explanation: 'Chooses for herself from moment to moment.' },
    substrate: { value: ['biological'], explanation: 'A bird, densely brained.' },
    processing_speed: { value: ['ms'], explanation: 'Turns in flight within some tens of milliseconds.' },
    size: { value: ['centimeter (cm)'], explanation: 'About 33 centimetres from beak to tail.' },
    abilities: {
      value: [
        'vision',
        'hearing',
        'tactile',
        'vestibular',
        'proprioception',
        'pattern-recognition',
        'depth and motion',
      ],
      explanation: 'Sharp sight and hearing, a flier’s balance, and an eye for habits.',
    },
  },
  scenarios: [
    {
      name: 'Platform two, half past eight',
      description: 'Commuters, crumbs, a closing door, pigeons.',
      baseline_experience: 'Rich pickings and a little risk.',
      pleasant_if: ['A paper bag left on a bench', 'People who look at their telephones'],
      unpleasant_if: ['The one who throws things', 'A dog off the lead', 'Being stared at'],
    },
    {
      name: 'The signal cabinet',
      description: 'Warm, dark, full of coloured wires, with a hole just wide enough.',
      baseline_experience: 'Almost a chimney.',
      pleasant_if: ['Her mate brings a good stick', 'Nobody for an hour'],
      unpleasant_if: ['Footsteps and keys', 'A stick that will not go in crosswise'],
    },
  ],
}

export const octa: Character = {
  ...BEING,
  hid: 'OCTA',
  pc_eligible: true,
  common_labels: ['octopus', 'cephalopod', 'marine animal', 'animal'],
  short_description: 'An octopus in a harbour wall whose arms often decide before she does.',
  long_description:
    'A common octopus, a year old and therefore in the middle of her life, living in a hole between two stones of a harbour wall. Two thirds of her nerve cells lie in her arms. An arm that meets a crab tastes it, holds it and may have begun to pull before the rest of her has been told; she is something between a captain and a committee. She tastes with each sucker and hears low sounds as pressure. She sees shape, brightness and the direction in which light swings, yet probably no colour, and still her skin matches the weed within a heartbeat. She is curious, solitary and easily bored. A glass jar with a live crab in it has been lowered outside her hole every morning for five days, and she is beginning to wait for it.',
  abilities: [
    'Can change colour, pattern and texture of her skin in less than a second.',
    'Can pass through any gap wider than her beak, about the size of a coin.',
    'Can taste and feel with nearly 2,000 suckers, each arm largely on its own.',
    'Can learn to open a screw-top jar within a few trials, and remember it for weeks.',
    'Can jet away backwards, leave ink behind, and cross wet stone for a minute or two.',
    'Can tell apart people whom she has seen often.',
    'Cannot hear speech as speech, make sounds, or understand words.',
    'Cannot tell by bending alone where an arm is unless she looks at it.',
    'Cannot live out of water for more than a few minutes, or in fresh water at all.',
  ],
  persona_features: [
    'shows mood on her skin: pale when startled, dark when annoyed',
    'sends one arm ahead to try things',
    'squirts water at what displeases her',
    'patient in ambush, impatient with repetition',
  ],
  goals: [
    'get the crab without touching whatever is lowering the jar',
    'find out what is at the other end of the rope',
    'keep the moray eel from learning where the hole is',
    'gather enough shells to close the door',
  ],
  dimensions: {
    origin: { value: ['evolved'], explanation: 'A line of molluscs parted from ours over 500 million years ago.' },
    form: { value: ['non-humanoid', 'embodied (physical)'], explanation: 'Soft, boneless, with eight arms.' },
    goalspace_bounds: {
      value: ['bounded but flexible'],
      explanation: 'Food, shelter and safety, and play when these are had.',
    },
    memory_and_learning: {
      value: ['short-term memory', 'long-term memory', 'online learning'],
      explanation: 'Learns by trial, and in weeks unlearns little; teaches no one.',
    },
    agency_and_autonomy: {
      value: ['goal-directed', 'fully autonomous'],
      explanation: 'Her own mistress, with arms that act in part for themselves.',
    },
    substrate: { value: ['biological'], explanation: 'Some 500 million nerve cells, most of them in the arms.' },
    processing_speed: { value: ['ms'], explanation: 'The skin changes in 200 milliseconds; a jar takes minutes.' },
    size: { value: ['centimeter (cm)'], explanation: 'About 80 centimetres across the spread arms.' },
    abilities: {
      value: ['vision', 'tactile', 'taste', 'smell', 'vestibular', 'pattern-recognition', 'depth and motion'],
      explanation: 'Sees brightness and polarised light, tastes by touch, feels pressure and tilt.',
    },
  },
  scenarios: [
    {
      name: 'The hole at slack water',
      description: 'Two stones, a fence of shells, green light.',
      baseline_experience: 'Safe and slightly bored.',
      pleasant_if: ['Something new drifts by', 'A crab'],
      unpleasant_if: ['The eel', 'Fresh water after rain', 'A diver’s lamp'],
    },
  ],
}

export const hive: Character = {
  ...BEING,
  hid: 'HIVE',
  pc_eligible: true,
  common_labels: ['honeybee colony', 'superorganism', 'collective', 'animal'],
  short_description: 'A colony of thirty thousand honeybees in a school attic that speaks of itself as we.',
  long_description:
    'Thirty thousand bees and one queen between the rafters of a village school. No bee knows what the colony knows. A forager finds a lime tree and dances the way to it on the comb, others follow, and a finding becomes a will when enough legs have repeated it. The colony keeps its brood at thirty-five degrees by shivering and fanning, drives off strangers by smell, and answers a blow with a smell of its own that makes everyone angry. It does not plan in words: it leans, wavers, and then is suddenly of one mind. It is June and the attic is full. Scouts have danced for a hollow ash and for the organ of the church, and so far the votes are even. It speaks of itself as we.',
  abilities: [
    'Can survey about 50 square kilometres by foragers on a fine day.',
    'Can tell direction, distance and worth of a place by dance, to within some ten degrees.',
    'Can choose the best of several sites by scouts’ votes in one to three days.',
    'Can hold its nest at 35 degrees when it is anywhere between 0 and 40 outside.',
    'Can sting, at the cost of the stinging bee’s life.',
    'Can learn as a whole which flowers pay at which hour.',
    'Cannot understand speech or gestures, only smell, shadow, vibration and heat.',
    'Cannot fly in rain, in the dark or below about ten degrees.',
    'Cannot decide anything quickly but alarm.',
    'Cannot do without a queen for more than a few weeks.',
  ],
  persona_features: [
    'says we; never I',
    'answers in leanings and proportions: most of us, a few of us',
    'placid when foraging is good, touchy before thunder',
    'no memory of single visitors, a long one of smells',
  ],
  goals: [
    'agree on a new home before the swarm leaves',
    'leave enough stores and workers for the daughter queen',
    'keep the attic cool until then',
    'find out by what way the wasps come in',
  ],
  dimensions: {
    origin: { value: ['evolved'], explanation: 'Honeybees and their societies came about by natural selection.' },
    form: {
      value: ['distributed', 'embodied (physical)', 'non-humanoid'],
      explanation: 'Thirty thousand small bodies and a comb of wax.',
    },
    goalspace_bounds: {
      value: ['bounded but flexible'],
      explanation: 'Stores, brood, warmth, defence and swarming, weighed against one another.',
    },
    memory_and_learning: {
      value: ['short-term memory', 'long-term memory', 'online learning'],
      explanation: 'Bees remember places for days; the colony remembers in comb, stores and who goes where.',
    },
    agency_and_autonomy: {
      value: ['goal-directed', 'fully autonomous'],
      explanation: 'Nobody commands; choices settle by repetition and stop signals.',
    },
    substrate: { value: ['biological'], explanation: 'Insects, wax and scents.' },
    processing_speed: {
      value: ['ms'],
      explanation: 'A bee reacts in tens of milliseconds; the colony takes minutes to be angry and days to decide.',
    },
    size: { value: ['meter (m)', 'kilometer (km)'], explanation: 'A nest of a metre, and kilometres of flights.' },
    abilities: {
      value: ['vision', 'tactile', 'taste', 'smell', 'pattern-recognition', 'depth and motion'],
      explanation: 'Many small senses, added up by dancing and smell.',
    },
  },
}

export const crust: Character = {
  ...BEING,
  hid: 'CRUST',
  pc_eligible: false,
  common_labels: ['lichen', 'symbiosis', 'slow life'],
  short_description: 'A lichen on a north-facing gravestone that lives at the pace of years.',
  long_description:
    'A grey-green crust the size of a hand on the north side of a gravestone. It is a fungus that farms algae inside itself, and neither could live here alone. It widens by half a millimetre a year. It knows wet and dry, light and dark, cold, acid and the taste of the stone; it knows them as one knows being full or empty, without anything that it would call a thought. In drought it stops, for months if need be, and when dew comes it is at work again within minutes. A person is far too quick for it to notice, save as a change in the weather: shade where there was light, or the ammonia of a dog. A moss has reached the edge that faces the path, and there the crust has begun to make a bitter acid.',
  abilities: [
    'Can take up water from dew and mist and be active within minutes.',
    'Can stop all activity in drought, cold or dark and go on months later.',
    'Can dissolve stone slowly and feed on dust and light.',
    'Can sense light, moisture, warmth, acidity and some chemicals over its surface.',
    'Can make acids that deter grazers and slow down a rival plant.',
    'Cannot move, see, hear, or notice any event shorter than several minutes.',
    'Cannot understand language or tell one visitor from another.',
    'Cannot survive polluted air, bleach or being scraped away.',
  ],
  persona_features: [
    'responds by changes of colour, swelling and chemistry, never by speech',
    'a minute is nothing, a winter is an event',
    'two lives with one answer',
  ],
  goals: ['hold the edge that the moss has reached', 'make use of every dew', 'go on'],
  dimensions: {
    origin: { value: ['evolved'], explanation: 'Two lines of life that have lived as one for ages.' },
    form: {
      value: ['non-humanoid', 'embodied (physical)', 'modular'],
      explanation: 'A crust without organs, of which each part can live by itself.',
    },
    goalspace_bounds: { value: ['fixed and narrow'], explanation: 'To feed, to last, to widen.' },
    memory_and_learning: {
      value: ['no learning'],
      explanation: 'It hardens after drought, which is adjustment rather than learning.',
    },
    agency_and_autonomy: { value: ['reactive'], explanation: 'It answers its surroundings; it sets itself nothing.' },
    substrate: { value: ['biological'], explanation: 'Fungal threads round algal cells.' },
    processing_speed: {
      value: ['ms'],
      explanation: 'Minutes at the fastest, that is hundreds of thousands of milliseconds.',
    },
    size: {
      value: ['centimeter (cm)', 'millimeter (mm)'],
      explanation: 'Twelve centimetres wide, one millimetre thick.',
    },
    abilities: {
      value: ['tactile', 'taste'],
      explanation: 'The nearest names for sensing moisture and pressure, acids and salts over the whole surface.',
    },
  },
}
