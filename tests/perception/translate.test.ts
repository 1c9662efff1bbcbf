// Translation of the protocol's commands in worlds with their own commands.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Perception } from '../../src/protocol/perception.ts'
import { openWorld } from './adapters.ts'

type Client = Awaited<ReturnType<typeof openWorld>>['timmy']

/** Sends a command and returns its outcome: `done`, or the code of its failure. */
async function does(client: Client, command: string, params: object = {}): Promise<string> {
  const { status, body } = await client.say(command, params)
  assert.equal(status, 202, JSON.stringify(body))
  const report = await client.ends(body.command_id)
  return report.status === 'done' ? 'done' : report.code
}

const look = async (client: Client): Promise<any> => Perception.parse((await client.get('/perception')).body)

test('paint-arena: an agent walks tile by tile to a place, a tile and a painter, and waits on command', async (t) => {
  const { timmy } = await openWorld(t, { world: 'paint-arena', variant: 'grand', bot: 'idle', tickRate: 500 })
  assert.equal(await does(timmy, 'move_to', { target_x: 3, target_y: 2 }), 'done')
  const there = await look(timmy)
  assert.deepEqual([there.location.x, there.location.y], [3, 2])
  const tile = there.nearby_entities.find((each: any) => each.entity_type === 'item')
  assert.equal(await does(timmy, 'move_to', { entity_id: tile.entity_id }), 'done')
  assert.equal(await does(timmy, 'wait', { duration_seconds: 180 }), 'done')
  const later = await look(timmy)
  assert.equal(`tile-${later.location.x}-${later.location.y}`, tile.entity_id)
  assert.equal(await does(timmy, 'move_to', { entity_id: 'slot-1' }), 'done')
  assert.equal(await does(timmy, 'interact', { entity_id: 'slot-2', interaction_type: 'examine' }), 'done')
  for (const [command, params, code] of [
    ['move_to', { target_x: 99 }, 'OUT_OF_BOUNDS'],
    ['move_to', { entity_id: 'slot-9' }, 'NOT_HERE'],
    ['move_to', { target_cell: 'Balmora' }, 'NOT_HERE'],
    ['interact', { entity_id: 'slot-1', interaction_type: 'take' }, 'NOT_SUITABLE'],
    ['use_item', { item_id: 'brush' }, 'NOT_SUITABLE'],
    ['combat_action', { action_type: 'flee' }, 'NOT_SUITABLE'],
    ['dialogue', { entity_id: 'slot-1', topic: 'paint' }, 'NOT_SUITABLE'],
  ] as const) {
    assert.equal(await does(timmy, command, params), code, command)
  }
  for (const [command, params] of [
    ['journal_note', { content: 'x' }],
    ['noop', {}],
  ] as const) {
    assert.equal(await does(timmy, command, params), 'done', command)
  }
})

test('foundry: an agent builds a line with use_item, sets its recipe with dialogue, and delivers plates', async (t) => {
  const { timmy, episode } = await openWorld(t, { world: 'foundry', variant: 'first_slice', tickRate: 1000 })
  const place = (item: string, cell: string) => does(timmy, 'use_item', { item_id: item, target_entity_id: cell })
  assert.equal(await place('extractor:east', 'deposit-2-5'), 'done')
  for (const x of [3, 4, 5]) assert.equal(await place('conveyor:east', `cell-${x}-1-5`), 'done')
  assert.equal(await place('smelter:east', 'cell-6-1-5'), 'done')
  for (const x of [8, 9, 10, 11, 12]) assert.equal(await place('conveyor:east', `cell-${x}-1-5`), 'done')
  for (const cell of ['cell-2-2-5', 'cell-6-2-5', 'cell-7-2-5']) assert.equal(await place('solar_panel', cell), 'done')
  const seen = await look(timmy)
  const smelter = seen.raw_engine_data.parts.find((part: any) => part.def_id === 'smelter')
  assert.deepEqual(smelter.recipes.includes('smelt_iron'), true)
  assert.equal(await does(timmy, 'dialogue', { entity_id: smelter.entity_id, topic: 'smelt_iron' }), 'done')
  assert.ok(
    seen.nearby_entities.some((each: any) => each.entity_id === smelter.entity_id && each.entity_type === 'container'),
  )
  assert.equal(seen.active_quests[0].name, 'deliver 10 iron_plate')
  while (!episode.isOver) await does(timmy, 'wait', { duration_seconds: 3000 }).catch(() => undefined)
  assert.match((await episode.done).outcome.reason, /^The objective was complete/)
})

test('foundry: refused commands fail with their codes; parts are switched, rotated, examined and removed', async (t) => {
  const { timmy } = await openWorld(t, { world: 'foundry', variant: 'first_slice', tickRate: 500 })
  const use = (item_id: string, target_entity_id: string) => does(timmy, 'use_item', { item_id, target_entity_id })
  assert.equal(await use('conveyor', 'cell-4-4-4'), 'UNSUPPORTED')
  assert.equal(await use('spaceship', 'cell-4-1-4'), 'NOT_CARRIED')
  assert.equal(await use('conveyor:up', 'cell-4-1-4'), 'NOT_CARRIED')
  assert.equal(await use('conveyor', 'somewhere'), 'NOT_SUITABLE')
  assert.equal(await does(timmy, 'use_item', { item_id: 'conveyor' }), 'NOT_SUITABLE')
  assert.equal(await use('smelter:east', 'cell-4-1-4'), 'done')
  const { parts } = (await look(timmy)).raw_engine_data
  const id = parts.find((part: any) => part.def_id === 'smelter').entity_id
  const handle = (interaction_type: string, entity_id = id) => does(timmy, 'interact', { entity_id, interaction_type })
  const facing = async () => (await look(timmy)).raw_engine_data.parts.find((part: any) => part.entity_id === id)
  assert.equal(await use('smelt_iron', id), 'done')
  assert.equal(await use('press_gear', id), 'RECIPE_NOT_ALLOWED')
  assert.equal(await does(timmy, 'dialogue', { entity_id: id, topic: 'none' }), 'done')
  assert.equal(await handle('open'), 'done')
  assert.equal((await facing()).facing, 'south')
  assert.equal(await handle('activate'), 'done')
  assert.equal((await facing()).state, 'disabled')
  assert.equal(await handle('examine'), 'done')
  assert.equal(await handle('talk'), 'NOT_SUITABLE')
  assert.equal(await handle('take'), 'done')
  assert.equal(await handle('take'), 'NOT_HERE')
  assert.equal(await handle('take', 'moon'), 'NOT_HERE')
  assert.equal(await does(timmy, 'move_to', { entity_id: 'deposit-2-5' }), 'done')
  assert.equal(await does(timmy, 'combat_action', { action_type: 'flee' }), 'NOT_SUITABLE')
})
