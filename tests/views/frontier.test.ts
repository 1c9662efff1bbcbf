// The agenda of frontier's view: the steps of an action are sent in order, whatever the delay between page and server.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configureWorld } from '../../src/kernel/world.ts'
import type { JsonObject } from '../../src/protocol/json.ts'
import { Agenda, type Deed } from '../../src/worlds/frontier/view/deeds.ts'
import { readScene, type Scene } from '../../src/worlds/frontier/view/scene.ts'
import { frontier } from '../../src/worlds/frontier/world.ts'

const GO = { command: 'move_to', params: { entity_id: 'mabet' } }
const TALK = { command: 'interact', params: { entity_id: 'mabet', interaction_type: 'talk' } }
const LOOK = { command: 'interact', params: { entity_id: 'mabet', interaction_type: 'examine' } }
const greet: Deed = { text: 'Talk', steps: [GO, TALK] }
const look: Deed = { text: 'Look', steps: [LOOK] }

/** What an agent sees whose last command has this number and status. */
function seen(number: number, status: string, name = 'move_to'): Scene {
  const config = frontier.config.parse(configureWorld(frontier, 'errand').config)
  const view = frontier.observe(frontier.create(config, 1), 0) as unknown as JsonObject
  const command = { number, command: name, status, outcome: '' }
  return readScene({ ...view, command }, 0) ?? assert.fail('no scene')
}

function start() {
  const sent: JsonObject[] = []
  const clock = { now: 0 }
  return {
    sent,
    clock,
    agenda: new Agenda(
      (command) => sent.push(command),
      () => clock.now,
    ),
  }
}

test('frontier view: the second step follows the first one, however many frames come before its answer', () => {
  const { sent, clock, agenda } = start()
  const before = seen(4, 'done')
  agenda.begin(greet, before)
  for (let frame = 0; frame < 1000; frame++) {
    clock.now += 50
    agenda.frame(before)
  }
  assert.deepEqual(sent, [GO])
  agenda.frame(seen(5, 'running'))
  assert.deepEqual(sent, [GO])
  agenda.frame(seen(5, 'done'))
  assert.deepEqual(sent, [GO, TALK])
})

test('frontier view: the second step is dropped if the first one fails', () => {
  const { sent, agenda } = start()
  agenda.begin(greet, seen(4, 'done'))
  agenda.frame(seen(5, 'failed'))
  agenda.frame(seen(5, 'failed'))
  assert.deepEqual(sent, [GO])
})

test('frontier view: a new action waits for the answer to the last one, and for two seconds if it was lost', () => {
  const { sent, clock, agenda } = start()
  const before = seen(4, 'done')
  agenda.begin(greet, before)
  agenda.begin(look, before)
  clock.now = 1999
  agenda.frame(before)
  assert.deepEqual(sent, [GO])
  clock.now = 2000
  agenda.frame(before)
  assert.deepEqual(sent, [GO, LOOK])
  clock.now = 5000
  agenda.begin(greet, before)
  assert.deepEqual(sent, [GO, LOOK, GO])
})

test('frontier view: what the world plays for a late agent is no answer', () => {
  const { sent, agenda } = start()
  agenda.begin(greet, seen(4, 'done'))
  agenda.frame(seen(5, 'done', 'noop'))
  assert.deepEqual(sent, [GO])
  agenda.frame(seen(6, 'done'))
  assert.deepEqual(sent, [GO, TALK])
})
