// The rule-based policies, with hand-written perceptions.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createScriptedPolicy } from '../../src/players/agent/scripted-policy.ts'
import { Perception } from '../../src/protocol/perception.ts'

const NEVER = new AbortController().signal

const perceive = (changes: object) =>
  Perception.parse({
    timestamp: '2026-03-21T14:30:00Z',
    agent_id: 'timmy',
    location: { cell: 'field', x: 1, y: 1 },
    health: { current: 1, max: 1 },
    ...changes,
  })

const tile = (entity_id: string, distance: number) => ({ entity_id, name: 'Bare tile', entity_type: 'item', distance })

test('scripted: between equally near things the turn decides, so that it does not circle', async () => {
  const policy = await createScriptedPolicy('some-engine')
  const perception = perceive({ nearby_entities: [tile('a', 1), tile('b', 1), tile('c', 2)] })
  const chosen = []
  for (let cycle = 0; cycle < 4; cycle++) {
    const { command } = await policy.decide({ cycle, perception, last: undefined }, NEVER)
    chosen.push(command.params)
  }
  assert.deepEqual(
    chosen,
    ['a', 'b', 'a', 'b'].map((entity_id) => ({ entity_id })),
  )
})

test('scripted: reasons name the target of a command and the quest', async () => {
  const policy = await createScriptedPolicy('frontier')
  const perception = perceive({
    location: { cell: 'dry-ferry', x: 4, y: 3 },
    health: { current: 60, max: 60 },
    nearby_entities: [{ entity_id: 'mabet', name: 'Mabet Orrin', entity_type: 'npc', distance: 2, disposition: 60 }],
    active_quests: [{ quest_id: 'q', name: 'A Leaning Hand', stage: 10, text: 'Take the ledger across the street.' }],
  })
  const { command, reasoning } = await policy.decide({ cycle: 0, perception, last: undefined }, NEVER)
  assert.deepEqual(command, { command: 'interact', params: { entity_id: 'mabet', interaction_type: 'talk' } })
  assert.match(reasoning, /^I talk to Mabet Orrin .*A Leaning Hand.*Take the ledger/)
})
