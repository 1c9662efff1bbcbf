import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../../kernel/errors.ts'
import { aFloor, QUIET, tick } from '../../testing/foundry-runs.ts'
import { SavedFoundry } from './save-schema.ts'
import { foundry } from './world.ts'

/** A small running floor, saved. */
function aSave(): SavedFoundry {
  const f = foundry.create(aFloor(), 1)
  const place = (def_id: string, x: number, y: number, z: number): void => {
    const command = { type: 'place_part' as const, def_id, origin: { x, y, z }, facing: 'east' as const }
    assert.equal(foundry.apply(f, 0, command, QUIET), undefined, def_id)
  }
  place('extractor', 0, 1, 0)
  place('solar_panel', 0, 1, 1)
  place('conveyor', 1, 1, 0)
  place('conveyor', 2, 1, 0)
  place('splitter', 3, 1, 0)
  place('storage', 4, 1, 0)
  place('frame_block', 0, 2, 1)
  tick(f, 170)
  return SavedFoundry.parse(JSON.parse(JSON.stringify(foundry.save(f))))
}

const part = (save: SavedFoundry, id: number): SavedFoundry['parts'][number] => {
  const found = save.parts.find((each) => each.id === id)
  assert.ok(found)
  return found
}

const FAULTS: readonly (readonly [name: string, path: string, spoil: (save: SavedFoundry) => void])[] = [
  ['two parts in a cell', '$.parts[3].origin', (save) => Object.assign(part(save, 4).origin, { x: 1 })],
  ['a part outside the grid', '$.parts[4].origin', (save) => Object.assign(part(save, 5).origin, { x: 8 })],
  ['a part in the ground', '$.parts[4].origin', (save) => Object.assign(part(save, 5).origin, { y: 0 })],
  ['a part in the air', '$.parts[6].origin', (save) => Object.assign(part(save, 7).origin, { x: 7, y: 4, z: 7 })],
  ['an unknown part', '$.parts[0].def_id', (save) => Object.assign(part(save, 1), { def_id: 'teapot' })],
  ['ids out of order', '$.parts[1].id', (save) => Object.assign(part(save, 2), { id: 1 })],
  ['an id that was never given', '$.parts[6].id', (save) => Object.assign(part(save, 7), { id: 99 })],
  ['an unknown recipe', '$.parts[0].recipe_id', (save) => Object.assign(part(save, 1), { recipe_id: 'mine_gold' })],
  ['items on what is no belt', '$.parts[1].items', (save) => Object.assign(part(save, 2), { items: [] })],
  [
    'an item out over the end of its line',
    '$.parts[3].items[0]',
    (save) => Object.assign(part(save, 4), { items: [{ item: 'coal', offset: 12 }] }),
  ],
  [
    'items inside each other',
    '$.parts[3].items[1]',
    (save) =>
      Object.assign(part(save, 4), {
        items: [
          { item: 'coal', offset: 8 },
          { item: 'coal', offset: 4 },
        ],
      }),
  ],
  [
    'an item at a port that takes',
    '$.parts[4].ports[0]',
    (save) => Object.assign(part(save, 5), { ports: [{ port: 0, item: 'coal' }] }),
  ],
  [
    'a store that is over full',
    '$.parts[5].stock.coal',
    (save) => Object.assign(part(save, 6), { stock: { coal: 61 } }),
  ],
  ['a cycle that should be done', '$.parts[0].progress', (save) => Object.assign(part(save, 1), { progress: 20_000 })],
  ['energy in what holds none', '$.parts[5].energy', (save) => Object.assign(part(save, 6), { energy: 1 })],
  ['items that came from nowhere', '$.ledger', (save) => Object.assign(part(save, 6), { stock: { coal: 5 } })],
  ['energy that came from nowhere', '$.ledger.generated', (save) => Object.assign(save.ledger, { used: 0 })],
  [
    'contamination from nowhere',
    '$.ledger.emitted',
    (save) => save.contamination.push({ x: 7, y: 4, z: 7, amount: 3 }),
  ],
  [
    'contamination in the ground',
    '$.contamination[0]',
    (save) => save.contamination.unshift({ x: 1, y: 0, z: 1, amount: 3 }),
  ],
  ['a deposit outside the grid', '$.deposits[0]', (save) => Object.assign(save.deposits[0] ?? {}, { x: 8 })],
  ['goals that do not fit', '$.goals', (save) => save.goals.push(1)],
  [
    'an inventory of unknown parts',
    '$.inventories[0].teapot',
    (save) => Object.assign(save.inventories[0] ?? {}, { teapot: 1 }),
  ],
  ['parts from nowhere', '$.inventories[0].wire', (save) => Object.assign(save.inventories[0] ?? {}, { wire: 10_001 })],
  ['parts that are gone', '$.inventories[0].wire', (save) => Object.assign(save.inventories[0] ?? {}, { wire: 9999 })],
  ['an objective that was completed with nothing', '$.goals[0]', (save) => Object.assign(save, { completed_at: 3 })],
  ['an objective that will be complete', '$.completed_at', (save) => Object.assign(save, { completed_at: 171 })],
  ['a goal that counts what was not delivered', '$.goals[0]', (save) => save.goals.splice(0, 1, 24)],
  ['a negative tick', '$.tick', (save) => Object.assign(save, { tick: -1 })],
  ['a key that nobody knows', '$.parts[0].colour', (save) => Object.assign(part(save, 1), { colour: 'red' })],
  ['a generator that is stuck', '$.random', (save) => Object.assign(save, { random: [0, 0, 0, 0] })],
]

test('foundry: the save that the table corrupts is valid', () => {
  const save = aSave()
  assert.notDeepEqual(save.ledger.mined, [0, 0, 0, 0, 0, 0, 0, 0])
  assert.doesNotThrow(() => foundry.load(JSON.parse(JSON.stringify(save))))
})

test('foundry: removed ids leave no trace except the next id', () => {
  const save = { ...aSave(), last_part: 5000 }
  const f = foundry.load(JSON.parse(JSON.stringify(save)))
  assert.deepEqual(SavedFoundry.parse(foundry.save(f)), save)
  assert.equal(foundry.headless?.summarize?.(f).parts, save.parts.length)
  const command = { type: 'place_part' as const, def_id: 'wire', origin: { x: 7, y: 1, z: 7 }, facing: 'east' as const }
  assert.equal(foundry.apply(f, 0, command, QUIET), undefined)
  assert.equal(f.parts.last, 5001)
})

for (const [name, path, spoil] of FAULTS) {
  test(`foundry: a save with ${name} is refused at ${path}`, () => {
    const save = aSave()
    spoil(save)
    assert.throws(
      () => foundry.load(JSON.parse(JSON.stringify(save))),
      (error) => {
        assert.ok(error instanceof AppError)
        assert.equal(error.code, 'STATE_INVALID')
        assert.ok(error.message.includes(`${path}:`), error.message)
        return true
      },
    )
  })
}
