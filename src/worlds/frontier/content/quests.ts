// The quests of frontier. Topics (people.ts) and the conditions of stages advance a quest; adding one changes only
// data. All agents share a quest's stage; the points of a stage go to the agent that reached it.
import type { QuestRow } from './shape.ts'

export const QUESTS: readonly QuestRow[] = [
  {
    id: 'bitter-cup',
    name: 'A Bitter Cup',
    text: 'The marsh fever is in Lowmarrow, and the mender has run out of what she gives for it.',
    start: { act: 'ask', person: 'ansa', topic: 'fever', choice: 0 },
    stages: [
      {
        stage: 10,
        text: 'Ansa Thole needs three bitter reeds. They grow in the deep marsh along the Sedge Road, east of the town.',
        points: 5,
        goal: { act: 'gather', item: 'bitter-reed' },
        until: [{ kind: 'has', item: 'bitter-reed', count: 3 }],
        next: 20,
      },
      {
        stage: 20,
        text: 'Three reeds are cut. Bring them to Ansa Thole at the Mend-House.',
        points: 10,
        goal: { act: 'ask', person: 'ansa', topic: 'reeds' },
      },
      { stage: 100, text: 'The cots are emptying. Ansa has a little of the draught to spare for you.', points: 15 },
    ],
  },
  {
    id: 'blue-wax',
    name: 'Blue Wax',
    text: 'The innkeeper has written to a man who does not answer letters.',
    start: { act: 'ask', person: 'mabet', topic: 'letter', choice: 0 },
    stages: [
      {
        stage: 10,
        text: 'Carry Mabet’s letter to Ivor Lunt at the Fold Hut, up on Gorse Heath, north of the town.',
        points: 5,
        goal: { act: 'ask', person: 'ivor', topic: 'letter', choice: 0 },
      },
      {
        stage: 20,
        text: 'Ivor has answered, at some length for him. Take the answer to Mabet Orrin at the Dry Ferry.',
        points: 10,
        goal: { act: 'ask', person: 'mabet', topic: 'answer' },
      },
      { stage: 100, text: 'Mabet read the four words twice, and gave away a round.', points: 10 },
    ],
  },
  {
    id: 'still-bell',
    name: 'The Still Bell',
    text: 'The tongue of Lowmarrow’s bell is gone, and travellers lose the ford in fog.',
    start: { act: 'ask', person: 'odo', topic: 'bell', choice: 0 },
    stages: [
      {
        stage: 10,
        text: 'Odo Pellam thinks the bell’s tongue was dragged to Ninefold Quarry. Hanne Brask at the Assay House keeps the key to its lower grate.',
        points: 5,
        goal: { act: 'ask', person: 'hanne', topic: 'grate', choice: 0 },
      },
      {
        stage: 20,
        text: 'You have the key. The quarry is at the east end of the Sedge Road, the grate at the bottom of the Cut. Whatever is below it must be met.',
        points: 10,
        goal: { act: 'slay', creature: 'mother-slate' },
        until: [{ kind: 'slain', creature: 'mother-slate' }],
        next: 30,
      },
      {
        stage: 30,
        text: 'Mother Slate is still. Search the cradle of stones behind her.',
        points: 20,
        goal: { act: 'search', container: 'stone-cradle' },
        until: [{ kind: 'has', item: 'bell-tongue', count: 1 }],
        next: 40,
      },
      {
        stage: 40,
        text: 'The tongue is heavy. Carry it home to Odo Pellam at the Bell House.',
        points: 10,
        goal: { act: 'ask', person: 'odo', topic: 'tongue', choice: 0 },
      },
      { stage: 100, text: 'The bell of Lowmarrow has been heard as far as the heath.', points: 25 },
    ],
  },
  {
    id: 'leaning-hand',
    name: 'A Leaning Hand',
    text: 'The inn’s accounts are due across the street, and the innkeeper cannot leave her pots.',
    start: { act: 'ask', person: 'mabet', topic: 'ledger' },
    stages: [
      {
        stage: 10,
        text: 'Take the ledger to Hanne Brask at the Assay House, across the street.',
        points: 5,
        goal: { act: 'ask', person: 'hanne', topic: 'ledger' },
      },
      {
        stage: 100,
        text: 'Hanne has found a mistake of two pence, in Mabet’s favour, and is unhappy about it.',
        points: 10,
      },
    ],
  },
]
