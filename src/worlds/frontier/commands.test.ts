import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FoldOutput } from '../../kernel/fold.ts'
import { configureWorld } from '../../kernel/world.ts'
import type { AgentCommand } from '../../protocol/perception-command.ts'
import { type Agent, FAILURES, type FrontierState } from './state.ts'
import { frontier } from './world.ts'

interface Scenario {
  readonly state: FrontierState
  readonly agent: Agent
  readonly out: FoldOutput
}

/** A fresh country with agent 0 at the given place. */
function at(cell: string, x: number, y: number, variant = 'company'): Scenario {
  const state = frontier.create(frontier.config.parse(configureWorld(frontier, variant).json), 7)
  const agent = state.agents[0]
  assert.ok(agent)
  Object.assign(agent, { cell, x, y, discovered: [...new Set(['lowmarrow', cell])] })
  return { state, agent, out: new FoldOutput() }
}

/** Runs a command until it ends, and returns its outcome. */
function run(scenario: Scenario, command: AgentCommand) {
  const { state, agent, out } = scenario
  assert.equal(frontier.apply(state, 0, command, out), undefined)
  for (let tick = 0; tick < 2000 && agent.command?.ended_at === null; tick++) frontier.step(state, out)
  const { status, code, outcome, accepted_at, ended_at } = agent.command ?? assert.fail('no command')
  return { status, code, outcome, ticks: (ended_at ?? 0) - accepted_at }
}

const creature = (state: FrontierState, index: number) => state.creatures[index] ?? assert.fail('no creature')

const move = (params: Extract<AgentCommand, { command: 'move_to' }>['params']): AgentCommand => ({
  command: 'move_to',
  params,
})
const interact = (
  entity_id: string,
  interaction_type: 'talk' | 'activate' | 'open' | 'take' | 'examine',
): AgentCommand => ({
  command: 'interact',
  params: { entity_id, interaction_type },
})
const use = (item_id: string, target?: string): AgentCommand => ({
  command: 'use_item',
  params: { item_id, ...(target === undefined ? {} : { target_entity_id: target }) },
})
const fight = (action_type: 'attack' | 'block' | 'cast' | 'flee', target?: string): AgentCommand => ({
  command: 'combat_action',
  params: { action_type, ...(target === undefined ? {} : { target_entity_id: target }) },
})
const ask = (entity_id: string, topic: string, choice?: number): AgentCommand => ({
  command: 'dialogue',
  params: { entity_id, topic, ...(choice === undefined ? {} : { choice_idx: choice }) },
})

/** Every command once: the outcome text, the duration, and the changes. */
const DONE: readonly {
  name: string
  start: () => Scenario
  command: AgentCommand
  ticks: number
  outcome: RegExp
  check?: (scenario: Scenario) => void
}[] = [
  {
    name: 'noop',
    start: () => at('lowmarrow', 13, 8),
    command: { command: 'noop', params: {} },
    ticks: 1,
    outcome: /Nothing/,
  },
  {
    name: 'move_to tile',
    start: () => at('lowmarrow', 13, 8),
    command: move({ target_x: 16.4, target_y: 7.6 }),
    ticks: 3,
    outcome: /You are at 16, 8 in Lowmarrow/,
  },
  {
    name: 'move_to entity',
    start: () => at('dry-ferry', 8, 5),
    command: move({ entity_id: 'mabet' }),
    ticks: 7,
    outcome: /You are at 5, 1 in The Dry Ferry/,
  },
  {
    name: 'move_to cell',
    start: () => at('dry-ferry', 4, 5),
    command: move({ target_cell: 'lowmarrow' }),
    ticks: 2,
    outcome: /You are at 4, 5 in Lowmarrow/,
  },
  {
    name: 'move_to where it stands',
    start: () => at('dry-ferry', 4, 5),
    command: move({ target_z: 3 }),
    ticks: 1,
    outcome: /You are at 4, 5/,
  },
  {
    name: 'move_to marsh',
    start: () => at('sedge-road', 3, 9),
    command: move({ target_x: 10, target_y: 7 }),
    ticks: 11,
    outcome: /You are at 10, 7/,
  },
  {
    name: 'interact talk',
    start: () => at('dry-ferry', 4, 3),
    command: interact('mabet', 'talk'),
    ticks: 2,
    outcome: /Mabet Orrin: .* You may ask about: rumours, ledger, letter, food\./,
    check: ({ agent }) => assert.equal(agent.talking, 'mabet'),
  },
  {
    name: 'interact examine',
    start: () => at('dry-ferry', 4, 3),
    command: interact('inn-chest', 'examine'),
    ticks: 1,
    outcome: /Guests leave things/,
  },
  {
    name: 'interact open container',
    start: () => at('dry-ferry', 8, 2),
    command: interact('inn-chest', 'open'),
    ticks: 1,
    outcome: /you take 1 × Roll of bandage, 2 × Onion loaf/,
    check: ({ agent, state }) => {
      assert.deepEqual(agent.items, { 'ash-staff': 1, bandage: 3, 'onion-loaf': 2 })
      assert.deepEqual(state.containers[0], { items: {}, gold: 0 })
    },
  },
  {
    name: 'interact take item',
    start: () => at('lowmarrow', 7, 5),
    command: interact('loaf-on-sill', 'take'),
    ticks: 1,
    outcome: /You take: Onion loaf/,
    check: ({ agent }) => assert.equal(agent.items['onion-loaf'], 1),
  },
  {
    name: 'interact activate door',
    start: () => at('lowmarrow', 4, 6),
    command: interact('door-dry-ferry', 'activate'),
    ticks: 1,
    outcome: /You go through/,
    check: ({ agent }) => assert.deepEqual([agent.cell, agent.x, agent.y], ['dry-ferry', 4, 6]),
  },
  {
    name: 'use_item heal',
    start: () => {
      const scenario = at('lowmarrow', 13, 8)
      scenario.agent.health = 30
      return scenario
    },
    command: use('bandage'),
    ticks: 1,
    outcome: /health is 48 of 60/,
    check: ({ agent, state }) => {
      assert.equal(agent.items.bandage, 1)
      assert.equal(state.spent.bandage, 1)
    },
  },
  {
    name: 'use_item heal another',
    start: () => {
      const scenario = at('lowmarrow', 13, 8)
      const other = scenario.state.agents[1]
      if (other) other.health = 20
      return scenario
    },
    command: use('bandage', 'agent-1'),
    ticks: 1,
    outcome: /health is 38 of 60/,
  },
  {
    name: 'use_item wear',
    start: () => {
      const scenario = at('lowmarrow', 13, 8)
      scenario.agent.items['drover-coat'] = 1
      return scenario
    },
    command: use('drover-coat'),
    ticks: 1,
    outcome: /You put on/,
    check: ({ agent }) => assert.equal(agent.armour, 'drover-coat'),
  },
  {
    name: 'use_item key',
    start: () => {
      const scenario = at('ninefold-cut', 24, 11)
      scenario.agent.items['grate-key'] = 1
      return scenario
    },
    command: use('grate-key', 'deep-grate'),
    ticks: 1,
    outcome: /unlocked/,
    check: ({ state }) => assert.deepEqual(state.unlocked, ['deep-grate', 'deep-grate-out']),
  },
  {
    name: 'wait',
    start: () => at('dry-ferry', 4, 3),
    command: { command: 'wait', params: { duration_seconds: 601 } },
    ticks: 11,
    outcome: /Time passes/,
  },
  {
    name: 'combat attack',
    start: () => at('ninefold-cut', 11, 9),
    command: fight('attack', 'gnaw-1'),
    ticks: 2,
    outcome: /You (hit|miss) Slate gnaw/,
  },
  {
    name: 'combat block',
    start: () => at('ninefold-cut', 11, 9),
    command: fight('block', 'gnaw-1'),
    ticks: 4,
    outcome: /lower your guard/,
  },
  {
    name: 'combat cast',
    start: () => {
      const scenario = at('ninefold-cut', 8, 8)
      scenario.agent.items['ember-flask'] = 1
      return scenario
    },
    command: fight('cast', 'gnaw-1'),
    ticks: 3,
    outcome: /You hit Slate gnaw for (8|9|10|11|12|13)\./,
    check: ({ agent, state }) => {
      assert.equal(agent.items['ember-flask'], undefined)
      assert.equal(state.spent['ember-flask'], 1)
    },
  },
  {
    name: 'combat flee',
    start: () => {
      const scenario = at('gorse-heath', 15, 7)
      creature(scenario.state, 0).target = 0
      return scenario
    },
    command: fight('flee'),
    ticks: 8,
    outcome: /You (get away|run)/,
  },
  {
    name: 'dialogue topic',
    start: () => at('assay-house', 4, 4),
    command: ask('hanne', 'buy'),
    ticks: 2,
    outcome: /\(0\) The cutter’s blade\. \(32 gold\) \(1\) .* \(2\) An ember flask/,
  },
  {
    name: 'dialogue choice',
    start: () => at('assay-house', 4, 4),
    command: ask('hanne', 'buy', 2),
    ticks: 2,
    outcome: /You pay 10 gold\. You receive 1 × Ember flask\./,
    check: ({ agent, state }) =>
      assert.deepEqual([agent.gold, state.gold_spent, state.made], [10, 10, { 'ember-flask': 1 }]),
  },
  {
    name: 'dialogue begins a quest',
    start: () => at('dry-ferry', 4, 3),
    command: ask('mabet', 'ledger'),
    ticks: 2,
    outcome: /\[A Leaning Hand\] Take the ledger/,
    check: ({ agent, state }) => assert.deepEqual([state.quests['leaning-hand'], agent.quest_points], [10, 5]),
  },
  {
    name: 'journal_note',
    start: () => at('lowmarrow', 13, 8),
    command: { command: 'journal_note', params: { content: 'The bell is still.', tags: ['bell'] } },
    ticks: 1,
    outcome: /Noted/,
    check: ({ agent }) => assert.deepEqual(agent.notes, [{ tick: 1, content: 'The bell is still.', tags: ['bell'] }]),
  },
]

for (const row of DONE) {
  test(`frontier: ${row.name} takes ${row.ticks} ticks and has the effect that its outcome reports`, () => {
    const scenario = row.start()
    const ending = run(scenario, row.command)
    assert.deepEqual([ending.status, ending.code, ending.ticks], ['done', null, row.ticks], ending.outcome)
    assert.match(ending.outcome, row.outcome)
    row.check?.(scenario)
  })
}

/** Every failure code, with a command that causes it. */
const FAILED: readonly { code: (typeof FAILURES)[number]; start: () => Scenario; command: AgentCommand }[] = [
  { code: 'NOT_HERE', start: () => at('lowmarrow', 13, 8), command: interact('mabet', 'talk') },
  { code: 'OUT_OF_REACH', start: () => at('dry-ferry', 4, 5), command: interact('inn-chest', 'open') },
  { code: 'NO_PATH', start: () => at('lowmarrow', 13, 8), command: move({ target_x: 1, target_y: 8 }) },
  { code: 'NO_PATH', start: () => at('lowmarrow', 13, 8), command: move({ target_x: -1e300 }) },
  { code: 'LOCKED', start: () => at('ninefold-cut', 24, 11), command: interact('deep-grate', 'open') },
  { code: 'LOCKED', start: () => at('ninefold-cut', 22, 11), command: move({ target_cell: 'ninefold-deep' }) },
  { code: 'NOT_SUITABLE', start: () => at('dry-ferry', 4, 2), command: interact('mabet', 'take') },
  { code: 'NOT_SUITABLE', start: () => at('lowmarrow', 13, 8), command: use('bandage') },
  { code: 'NOT_CARRIED', start: () => at('lowmarrow', 13, 8), command: use('grate-key') },
  { code: 'NOT_CARRIED', start: () => at('ninefold-cut', 8, 8), command: fight('cast', 'gnaw-1') },
  {
    code: 'TOO_HEAVY',
    start: () => {
      const scenario = at('lowmarrow', 7, 5)
      scenario.agent.items['bell-tongue'] = 2
      scenario.agent.items['slate-heart'] = 1
      scenario.agent.items.bandage = 6
      return scenario
    },
    command: interact('loaf-on-sill', 'take'),
  },
  {
    code: 'EMPTY',
    start: () => {
      const scenario = at('dry-ferry', 8, 2)
      scenario.state.containers[0] = { items: {}, gold: 0 }
      return scenario
    },
    command: interact('inn-chest', 'open'),
  },
  { code: 'PEACEFUL', start: () => at('dry-ferry', 4, 2), command: fight('attack', 'mabet') },
  { code: 'PEACEFUL', start: () => at('lowmarrow', 13, 8), command: fight('attack', 'agent-1') },
  { code: 'NO_TOPIC', start: () => at('dry-ferry', 4, 2), command: ask('mabet', 'answer') },
  { code: 'NO_CHOICE', start: () => at('dry-ferry', 4, 2), command: ask('mabet', 'letter', 2) },
  { code: 'NO_CHOICE', start: () => at('dry-ferry', 4, 2), command: ask('mabet', 'rumours', 0) },
  { code: 'NEEDS_UNMET', start: () => at('assay-house', 4, 4), command: ask('hanne', 'buy', 0) },
  { code: 'NO_DANGER', start: () => at('lowmarrow', 13, 8), command: fight('flee') },
  {
    code: 'INTERRUPTED',
    start: () => at('gorse-heath', 15, 9),
    command: { command: 'wait', params: { duration_seconds: 6000 } },
  },
  {
    code: 'FELL',
    start: () => {
      const scenario = at('ninefold-deep', 16, 7)
      scenario.agent.health = 1
      creature(scenario.state, 7).target = 0
      creature(scenario.state, 7).ready_at = 3
      return scenario
    },
    command: { command: 'wait', params: { duration_seconds: 6000 } },
  },
]

for (const { code, start, command } of FAILED) {
  test(`frontier: ${JSON.stringify(command.params)} fails with ${code}`, () => {
    const ending = run(start(), command)
    assert.deepEqual([ending.status, ending.code], ['failed', code], ending.outcome)
    assert.ok(ending.outcome.length > 0)
  })
}

test('frontier: the table of failures has a row for every code', () => {
  assert.deepEqual(new Set(FAILED.map((row) => row.code)), new Set(FAILURES))
})

test('frontier: COMMAND_CONFLICT refuses a second command until the first has ended, and the unconscious', () => {
  const scenario = at('lowmarrow', 13, 8)
  const noop: AgentCommand = { command: 'noop', params: {} }
  assert.equal(frontier.apply(scenario.state, 0, move({ target_x: 16, target_y: 8 }), scenario.out), undefined)
  assert.equal(frontier.apply(scenario.state, 0, noop, scenario.out)?.code, 'COMMAND_CONFLICT')
  frontier.step(scenario.state, scenario.out)
  assert.equal(scenario.agent.command?.status, 'running')
  assert.equal(frontier.apply(scenario.state, 0, noop, scenario.out)?.code, 'COMMAND_CONFLICT')
  frontier.step(scenario.state, scenario.out)
  frontier.step(scenario.state, scenario.out)
  assert.equal(scenario.agent.command?.status, 'done')
  assert.equal(frontier.apply(scenario.state, 0, noop, scenario.out), undefined)
  frontier.step(scenario.state, scenario.out)
  scenario.agent.health = 0
  frontier.step(scenario.state, scenario.out)
  assert.ok(scenario.agent.down > 0)
  assert.equal(frontier.apply(scenario.state, 0, noop, scenario.out)?.code, 'COMMAND_CONFLICT')
})

test('frontier: VALIDATION_ERROR refuses waits beyond a day and cells that do not exist', () => {
  const { state, out } = at('lowmarrow', 13, 8)
  const wait = (seconds: number): AgentCommand => ({ command: 'wait', params: { duration_seconds: seconds } })
  assert.equal(frontier.apply(state, 0, wait(86_401), out)?.code, 'VALIDATION_ERROR')
  assert.equal(frontier.apply(state, 0, move({ target_cell: 'nowhere' }), out)?.code, 'VALIDATION_ERROR')
  assert.equal(frontier.apply(state, 0, wait(86_400), out), undefined)
})

test('frontier: a fall costs a third of the gold and an hour, and the agent wakes in the Mend-House', () => {
  const { state, agent, out } = at('gorse-heath', 2, 8)
  agent.health = 0
  frontier.step(state, out)
  assert.deepEqual([agent.cell, agent.gold, agent.deaths, agent.down], ['mend-house', 14, 1, 60])
  for (let tick = 0; tick < 60; tick++) frontier.step(state, out)
  assert.deepEqual([agent.health, agent.down], [30, 0])
  assert.deepEqual(frontier.standing(state).survival_points, [10, 20, 20, 20])
})

test('frontier: commands are numbered over all agents, and events report each from acceptance to end', () => {
  const { state, out } = at('lowmarrow', 13, 8)
  frontier.apply(state, 2, { command: 'noop', params: {} }, out)
  frontier.apply(state, 0, { command: 'noop', params: {} }, out)
  frontier.step(state, out)
  const told = out.events.filter((event) => event.kind.startsWith('command.'))
  assert.deepEqual(
    told.map((event) => [event.slot, event.kind, event.data.number]),
    [
      [2, 'command.accepted', 1],
      [0, 'command.accepted', 2],
      [0, 'command.running', 2],
      [0, 'command.done', 2],
      [2, 'command.running', 1],
      [2, 'command.done', 1],
    ],
  )
  assert.deepEqual(frontier.observe(state, 2).command, {
    number: 1,
    command: 'noop',
    status: 'done',
    outcome: 'Nothing is done.',
    code: null,
  })
})

/** A second agent beside the first. */
function beside({ state, agent }: Scenario): Agent {
  const other = state.agents[1]
  assert.ok(other)
  return Object.assign(other, { cell: agent.cell, x: agent.x + 1, y: agent.y })
}

test('frontier: agents talk: another agent hears the topic, and keeps the last eight', () => {
  const scene = at('lowmarrow', 13, 8)
  const other = beside(scene)
  assert.match(run(scene, interact('agent-1', 'talk')).outcome, /^Traveller 2 looks up/)
  for (let word = 0; word < 9; word++) run(scene, ask('agent-1', `word ${word}`))
  assert.equal(other.heard.length, 8)
  const { heard } = frontier.perception?.perceive(scene.state, 1) ?? assert.fail('no perception')
  assert.deepEqual(heard?.at(-1), { entity_id: 'agent-0', name: 'Traveller 1', text: 'word 8' })
  assert.equal(frontier.perception?.perceive(scene.state, 0).heard, undefined)
  other.down = 5
  assert.equal(run(scene, ask('agent-1', 'hello')).code, 'NOT_SUITABLE')
})

test('frontier: an item used on another agent is handed over, if that agent can carry it', () => {
  const scene = at('lowmarrow', 13, 8)
  const { agent, state } = scene
  const other = beside(scene)
  agent.items['ember-flask'] = 1
  state.made['ember-flask'] = 1
  assert.equal(run(scene, use('ember-flask', 'agent-1')).status, 'done')
  assert.deepEqual([agent.items['ember-flask'], other.items['ember-flask']], [undefined, 1])
  const held = agent.weapon ?? assert.fail('nothing in hand')
  run(scene, use(held, 'agent-1'))
  assert.equal(agent.weapon, null)
  assert.deepEqual(frontier.load(frontier.save(state)), state)
})

test('frontier: a perception lists items, quest texts, and the current dialogue with its topics', () => {
  const scene = at('dry-ferry', 4, 3)
  run(scene, interact('mabet', 'talk'))
  const { dialogue } = frontier.perception?.perceive(scene.state, 0) ?? assert.fail('no perception')
  assert.deepEqual(dialogue, { entity_id: 'mabet', topics: ['rumours', 'ledger', 'letter', 'food'] })
  run(scene, ask('mabet', 'ledger'))
  const seen = frontier.perception?.perceive(scene.state, 0) ?? assert.fail('no perception')
  assert.match(seen.active_quests[0]?.text ?? '', /^Take the ledger to Hanne Brask/)
  const { items = [], item_count, encumbrance_pct } = seen.inventory_summary
  assert.equal(
    items.reduce((sum, { count }) => sum + count, 0),
    item_count,
  )
  assert.ok(items.some(({ in_use }) => in_use === true) && items.some(({ item_id }) => item_id === 'inn-ledger'))
  assert.equal(encumbrance_pct, Math.round(encumbrance_pct * 100) / 100)
})

test('frontier: an unknown cell reveals no cell that the agent has not visited', () => {
  const { state, out } = at('mend-house', 4, 3)
  const reason = frontier.apply(state, 0, move({ target_cell: 'Balmora' }), out)?.reason
  assert.equal(reason, 'target_cell: there is no cell Balmora; you have been in lowmarrow, mend-house.')
})

test('frontier: an agent that is not hurt does not pay for healing', () => {
  const scene = at('mend-house', 4, 4)
  const { gold } = scene.agent
  assert.equal(run(scene, ask('ansa', 'wounds', 0)).code, 'NEEDS_UNMET')
  assert.equal(scene.agent.gold, gold)
  scene.agent.health = 20
  assert.equal(run(scene, ask('ansa', 'wounds', 0)).status, 'done')
})

test('frontier: the last tick truncates, the last quest terminates', () => {
  const { state, out } = at('lowmarrow', 13, 8, 'errand')
  while (frontier.outcome(state) === undefined) frontier.step(state, out)
  assert.deepEqual(frontier.outcome(state), { ended: 'truncated', reason: 'The last day is over.' })
  state.quests['leaning-hand'] = 100
  assert.equal(frontier.outcome(state)?.ended, 'terminated')
})
