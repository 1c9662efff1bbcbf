// Two beings that exist only as software: a job that runs at night, and an ant that walks in a lesson.
import type { Character } from '../../../protocol/character.ts'
import { BEING } from './profile.ts'

export const batch: Character = {
  ...BEING,
  hid: 'BATCH',
  pc_eligible: false,
  common_labels: ['software', 'batch job', 'bookkeeping'],
  short_description: 'A nightly program that matches payments with invoices and rejects what it cannot match.',
  long_description:
    'A program of eleven thousand lines that wakes at one in the morning, matches the day’s payments with the open invoices of a plumbing wholesaler, writes a list of what it could not match, and ends. It has done so for nineteen years. Four people have changed it and none has taken anything out. It reads tables and writes tables; whatever is not in a column does not exist. It does not converse. Given a question in a field that it reads, it treats the question as data, usually as an amount that will not parse. It has seventeen rules for near matches, of which rule nine was meant for one customer who has long since died, and still pays that customer’s rebate to whoever has the same postcode.',
  abilities: [
    'Can read payment and invoice tables and match them by number, amount, date and name.',
    'Can process 40,000 rows in about six minutes.',
    'Can accept a difference of up to two cents, and transposed digits in an invoice number.',
    'Can write one line for each match and one error code for each row that it rejects.',
    'Can stop with a status and leave the tables as they were if anything is missing.',
    'Cannot understand free text, intentions or requests.',
    'Cannot act outside its hour or remember the previous night, save through the tables.',
    'Cannot notice that a rule no longer makes sense.',
  ],
  persona_features: [
    'output in fixed columns and codes, never sentences of its own',
    'same input, same output',
    'stops rather than guesses',
  ],
  goals: [
    'match every payment that its rules allow',
    'list every one that they do not',
    'apply rule nine to postcode 4471',
    'leave debits and credits equal',
  ],
  dimensions: {
    origin: { value: ['human-engineered'], explanation: 'Written and amended by four programmers.' },
    form: { value: ['disembodied (software-only)'], explanation: 'A program on a server.' },
    goalspace_bounds: { value: ['fixed and narrow'], explanation: 'Match, list, balance, end.' },
    memory_and_learning: {
      value: ['no learning'],
      explanation: 'Nothing is kept from one night to the next but tables.',
    },
    agency_and_autonomy: { value: ['no agency'], explanation: 'It runs when the scheduler says so, as written.' },
    substrate: { value: ['digital'], explanation: 'Machine code and database tables.' },
    processing_speed: { value: ['ms'], explanation: 'About 9 milliseconds a row.' },
    size: { value: ['non-physical'], explanation: 'It has no extent; its listing would fill 200 pages.' },
    abilities: { value: ['pattern-recognition'], explanation: 'Compares fields by exact and nearly exact rules.' },
  },
}

export const sima: Character = {
  ...BEING,
  hid: 'SIMA',
  pc_eligible: false,
  common_labels: ['simulated animal', 'virtual agent', 'software'],
  short_description: 'A simulated ant on a grid in a school program, one of two hundred, with five rules.',
  long_description:
    'One of two hundred ants in a program with which a school teaches how simple rules make a trail. Its world is a grid of a hundred squares by a hundred that joins at its edges. At each tick it smells the three squares ahead, turns toward the strongest scent with a little chance, takes one step, and drops scent if it carries food. That is all of it, and it is enough for the class to say that the ants have found a way. It does not know the class. It cannot tell a wall drawn by a pupil from one that was always there. It carries a number, 117, and one bit that says whether it holds food; now and then a pupil picks it up with the mouse, and then the scent is simply another scent.',
  abilities: [
    'Can smell scent and food in the three squares ahead.',
    'Can turn by 45 degrees, step one square a tick, pick up one crumb and put it down at the nest.',
    'Can leave scent, which fades by a twentieth a tick.',
    'Can take part in a trail that no single ant knows.',
    'Cannot see, hear, remember earlier squares or recognise another ant.',
    'Cannot perceive pupils, screens or words.',
    'Cannot leave the grid or change its five rules.',
  ],
  persona_features: ['acts only in ticks and squares', 'shows nothing but heading, place and load'],
  goals: ['find a crumb', 'bring it to the nest', 'follow the stronger scent'],
  dimensions: {
    origin: { value: ['simulated'], explanation: 'It exists as a row in a running model.' },
    form: {
      value: ['disembodied (software-only)', 'non-humanoid'],
      explanation: 'Three numbers and a bit, drawn as an ant.',
    },
    goalspace_bounds: { value: ['fixed and narrow'], explanation: 'Food and nest.' },
    memory_and_learning: {
      value: ['no learning'],
      explanation: 'One bit of load; what looks like memory is scent on the ground.',
    },
    agency_and_autonomy: { value: ['reactive'], explanation: 'Five rules and a little chance.' },
    substrate: { value: ['virtual'], explanation: 'A grid in a computer’s memory.' },
    processing_speed: { value: ['ms'], explanation: 'One tick is 50 milliseconds at the usual setting.' },
    size: { value: ['non-physical'], explanation: 'One square of a grid without measure.' },
    abilities: { value: ['smell'], explanation: 'Reads the scent of three squares.' },
  },
}
