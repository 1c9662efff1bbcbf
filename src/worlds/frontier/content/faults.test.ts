import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAtlas } from '../atlas.ts'
import { CONTENT } from './content.ts'
import { findFaults } from './faults.ts'
import type { Content } from './shape.ts'

test('frontier content: it has no errors', () => {
  assert.deepEqual(findFaults(CONTENT), [])
})

test('frontier content: arrival has a quest that needs talking, finding, carrying and fighting', () => {
  const bell = CONTENT.quests.find((quest) => quest.id === 'still-bell')
  const acts = new Set([bell?.start, ...(bell?.stages ?? []).map((stage) => stage.goal)].map((goal) => goal?.act))
  for (const act of ['ask', 'slay', 'search']) assert.ok([...acts].includes(act as 'ask'))
})

/** Content with the first row of a list changed. */
function withFirst(
  list: 'doors' | 'people' | 'creatures' | 'containers' | 'things' | 'quests' | 'items' | 'cells',
  change: object,
): Content {
  const [first, ...rest] = CONTENT[list]
  return { ...CONTENT, [list]: [{ ...first, ...change }, ...rest] }
}

const topic = { id: 'x', text: 'x' }

/** Mistakes that a writer can make, and the fault reported for each. */
const FAULTY: readonly (readonly [content: Content, fault: RegExp])[] = [
  [withFirst('doors', { to: 'nowhere' }), /there is no door nowhere/],
  [withFirst('doors', { to: 'gate-east' }), /does not lead back/],
  [withFirst('doors', { key: 'grate-key' }), /its two sides take different keys/],
  [withFirst('people', { cell: 'nowhere' }), /there is no cell nowhere/],
  [withFirst('people', { x: 0, y: 0 }), /nobody can stand at 0, 0/],
  [withFirst('people', { id: 'agent-0' }), /an id is kebab-case/],
  [withFirst('people', { id: 'ansa' }), /the id is used twice/],
  [withFirst('people', { topics: [topic, topic] }), /stands there twice/],
  [
    withFirst('people', { topics: [{ ...topic, effects: [{ kind: 'give', item: 'moon', count: 1 }] }] }),
    /no item moon/,
  ],
  [withFirst('people', { topics: [{ ...topic, effects: [{ kind: 'pay', amount: 1 }] }] }), /no condition makes sure/],
  [
    withFirst('people', {
      topics: [
        {
          ...topic,
          when: [{ kind: 'gold', amount: 3 }],
          effects: [
            { kind: 'pay', amount: 2 },
            { kind: 'pay', amount: 2 },
          ],
        },
      ],
    }),
    /no condition makes sure of \(4 gold\)/,
  ],
  [withFirst('people', { topics: [{ ...topic, effects: [{ kind: 'earn', amount: -1 }] }] }), /an amount is an integer/],
  [withFirst('people', { topics: [{ ...topic, choices: [] }] }), /or one choice and more/],
  [
    withFirst('people', { topics: [{ ...topic, when: [{ kind: 'stage', quest: 'still-bell', from: 11, to: 11 }] }] }),
    /still-bell has no stage 11/,
  ],
  [withFirst('creatures', { loot: { moon: 1 } }), /no item moon/],
  [withFirst('containers', { gold: -1 }), /gold is an integer/],
  [withFirst('things', { item: 'moon' }), /no item moon/],
  [withFirst('items', { weight: 0 }), /weight is an integer/],
  [withFirst('cells', { rows: ['###', '##'] }), /row 1 has 2 tiles/],
  [withFirst('cells', { rows: ['?'] }), /no terrain is called \?/],
  [withFirst('quests', { stages: [] }), /has no stages/],
  [withFirst('quests', { start: { act: 'ask', person: 'ansa', topic: 'moon' } }), /ansa has no topic moon/],
  [withFirst('quests', { start: { act: 'slay', creature: 'moon' } }), /no creature moon/],
  [
    withFirst('quests', { stages: [{ stage: 1, text: '', points: 1, goal: { act: 'go', cell: 'lowmarrow' } }] }),
    /every stage but the last/,
  ],
  [{ ...CONTENT, start: { ...CONTENT.start, weapon: 'moon' } }, /moon is not among the items/],
  [{ ...CONTENT, start: { ...CONTENT.start, tiles: [[13, 8]] } }, /four agents need four tiles/],
]

for (const [content, fault] of FAULTY) {
  test(`frontier content: an error is found: ${fault.source}`, () => {
    assert.ok(
      findFaults(content).some((each) => fault.test(each)),
      findFaults(content).join('\n'),
    )
    assert.throws(() => createAtlas(content), /content of frontier is at fault/)
  })
}
