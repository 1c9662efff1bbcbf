import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createFold, foldCommand, foldStep } from '../../kernel/fold.ts'
import { configureWorld, type World } from '../../kernel/world.ts'
import { Perception } from '../../protocol/perception.ts'
import {
  AgentCommand,
  COMBAT_ACTION_TYPES,
  COMMAND_TYPES,
  INTERACTION_TYPES,
} from '../../protocol/perception-command.ts'
import { testWorld } from '../../testing/test-world.ts'
import { createAtlas } from './atlas.ts'
import { CONTENT } from './content/content.ts'
import { goldAtStart, itemsAtStart } from './inventory.ts'
import { FrontierResults } from './scores.ts'
import { type FrontierState, MAX_HEALTH } from './state.ts'
import { isOpen } from './terrain.ts'
import { createFrontier, frontier } from './world.ts'

const atlas = createAtlas(CONTENT)
const entityIds = [
  ...[...CONTENT.doors, ...CONTENT.people, ...CONTENT.creatures, ...CONTENT.containers, ...CONTENT.things].map(
    (row) => row.id,
  ),
  'agent-0',
  'agent-1',
  'nobody',
  '__proto__',
]
const id = fc.constantFrom(...entityIds)
const item = fc.constantFrom(...CONTENT.items.map((row) => row.id), 'toString')
const cell = fc.constantFrom(...CONTENT.cells.map((row) => row.id), 'constructor')
const coordinate = fc.oneof(fc.integer({ min: -2, max: 36 }), fc.double({ noNaN: true, noDefaultInfinity: true }))
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const said = (command: string, params: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record({ command: fc.constant(command), params: fc.record(params) })

/** Well-formed commands: most fit some situation, few fit the current one. */
const wellFormed = fc
  .oneof(
    said('move_to', {
      entity_id: optional(id),
      target_cell: optional(cell),
      target_x: optional(coordinate),
      target_y: optional(coordinate),
    }),
    said('move_to', { target_cell: cell }),
    said('interact', { entity_id: id, interaction_type: fc.constantFrom(...INTERACTION_TYPES) }),
    said('use_item', { item_id: item, target_entity_id: optional(id) }),
    said('wait', {
      duration_seconds: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.constant(1e300), fc.constant(5e-324)),
    }),
    said('combat_action', { action_type: fc.constantFrom(...COMBAT_ACTION_TYPES), target_entity_id: optional(id) }),
    said('dialogue', {
      entity_id: id,
      topic: fc.constantFrom('letter', 'ledger', 'buy', 'bell', 'fever'),
      choice_idx: optional(fc.nat(3)),
    }),
    said('journal_note', {
      content: fc.string({ minLength: 1 }),
      tags: optional(fc.array(fc.constant('tag'), { maxLength: 2 })),
    }),
    fc.constant({ command: 'noop' }),
  )
  .map((command): unknown => JSON.parse(JSON.stringify(command)))
const absurd = fc.oneof(
  fc.anything(),
  fc.record({ command: fc.constantFrom(...COMMAND_TYPES, 'fly'), params: fc.anything() }),
)
const commands = fc.oneof({ weight: 6, arbitrary: wellFormed }, { weight: 1, arbitrary: absurd })
const configs = fc.record({
  quests: fc.subarray(
    CONTENT.quests.map((quest) => quest.id),
    { minLength: 1 },
  ),
  slots: fc.integer({ min: 1, max: 4 }),
  max_ticks: fc.integer({ min: 1, max: 400 }),
})

testWorld(frontier, { commands, configs, runs: 40 })

/** The invariants after every step, recomputed from the state alone. */
function lawsOf(state: FrontierState): string[] {
  const broken: string[] = []
  const count: Record<string, number> = {}
  const add = (items: Record<string, number>, sign: number): void => {
    for (const [each, number] of Object.entries(items)) count[each] = (count[each] ?? 0) + sign * number
  }
  for (const holder of [...state.agents, ...state.creatures, ...state.containers]) add(holder.items, 1)
  for (const [index, there] of state.things.entries()) add({ [CONTENT.things[index]?.item ?? '?']: there }, 1)
  add(state.spent, 1)
  add(state.made, -1)
  add(itemsAtStart(atlas, state.agents.length), -1)
  if (Object.values(count).some((number) => number !== 0)) broken.push('items are conserved')
  const gold = [...state.agents, ...state.creatures, ...state.containers].reduce((sum, holder) => sum + holder.gold, 0)
  const accounts = gold + state.gold_spent - state.gold_made - goldAtStart(atlas, state.agents.length)
  if (accounts !== 0) broken.push('gold is conserved')
  for (const agent of state.agents) {
    if (agent.gold < 0) broken.push('gold is never negative')
    if (agent.health < 0 || agent.health > MAX_HEALTH) broken.push('health stays within its bounds')
    const ground = atlas.places.get(agent.cell)?.ground
    if (!ground || !isOpen(ground, agent.x, agent.y)) broken.push('no agent stands in a wall')
  }
  return broken
}

/** Plays the given commands and collects every violation, including refusals of busy agents. */
function violationsOf(world: World, turns: readonly (readonly [slot: number, command: unknown])[]): string[] {
  const fold = createFold(
    world,
    world.config.parse({ quests: ['blue-wax', 'leaning-hand'], slots: 4, max_ticks: 5000 }),
    3,
  )
  const broken = new Set<string>()
  for (const [slot, raw] of turns) {
    const state = fold.state as FrontierState
    const parsed = world.command.safeParse(raw)
    const command = state.agents[slot]?.command
    const wasBusy = (command && command.ended_at === null) || (state.agents[slot]?.down ?? 0) > 0
    if (parsed.success) {
      const refusal = foldCommand(fold, slot, parsed.data)
      if (wasBusy && refusal?.code !== 'COMMAND_CONFLICT') broken.add('busy agents refuse')
      if (!wasBusy && refusal?.code === 'COMMAND_CONFLICT') broken.add('free agents do not refuse')
    }
    foldStep(fold)
    fold.out.clear()
    for (const law of lawsOf(state)) broken.add(law)
  }
  return [...broken]
}

const turns = fc.array(fc.tuple(fc.nat(3), wellFormed), { minLength: 1, maxLength: 150 })

test('frontier: items and gold are conserved, health and positions stay within bounds, busy agents refuse commands', () => {
  fc.assert(
    fc.property(turns, (said) => {
      assert.deepEqual(violationsOf(frontier, said), [])
    }),
    { numRuns: 80 },
  )
})

test('frontier: each invariant fails on a planted defect', () => {
  const planted: Record<string, (state: FrontierState) => void> = {
    'items are conserved': (state) => {
      const agent = state.agents[0]
      if (agent?.items.bandage) delete agent.items.bandage
    },
    'gold is conserved': (state) => {
      state.gold_spent += 1
    },
    'gold is never negative': (state) => {
      const agent = state.agents[1]
      if (agent) agent.gold = -1
    },
    'health stays within its bounds': (state) => {
      for (const agent of state.agents) agent.health += 7
    },
    'no agent stands in a wall': (state) => {
      for (const agent of state.agents) agent.x++
    },
    'busy agents refuse': (state) => {
      for (const agent of state.agents) if (agent.command) agent.command.ended_at = null
    },
  }
  for (const [law, harm] of Object.entries(planted)) {
    const applies: World['apply'] = (state, slot, command, out) => {
      const refusal = frontier.apply(state as FrontierState, slot, command as AgentCommand, out)
      return law === 'busy agents refuse' ? undefined : refusal
    }
    const world: World = {
      ...frontier,
      apply: applies,
      step(state, out) {
        frontier.step(state as FrontierState, out)
        harm(state as FrontierState)
      },
    }
    // Long enough for every defect to show: an agent may walk for some steps before it meets a wall.
    const long = fc.array(fc.tuple(fc.nat(3), wellFormed), { minLength: 60, maxLength: 150 })
    const found = fc.check(
      fc.property(long, (said) => !violationsOf(world, said).includes(law)),
      { numRuns: 40 },
    )
    assert.ok(found.failed, `overlooked: ${law}`)
  }
})

/** Plays a variant with a bot in every slot; the bots see nothing that a perception may lack. */
function play(variant: string, bot: string, seed: number) {
  const { config } = configureWorld(frontier, variant)
  const fold = createFold(frontier, config, seed)
  const maker = frontier.bots?.find((each) => each.name === bot) ?? assert.fail(bot)
  const slots = (fold.state as FrontierState).agents.length
  const bots = Array.from({ length: slots }, (_, slot) => maker.create(seed * 4 + slot, slot))
  const refusals: string[] = []
  while (!frontier.outcome(fold.state as FrontierState)) {
    for (const [slot, each] of bots.entries()) {
      const seen = frontier.observe(fold.state as FrontierState, slot)
      assert.ok(!('raw_engine_data' in seen.perception))
      const command = each.decide(structuredClone(seen))
      const refusal = command && foldCommand(fold, slot, AgentCommand.parse(command))
      if (refusal) refusals.push(refusal.code)
    }
    foldStep(fold)
    fold.out.clear()
  }
  assert.deepEqual(lawsOf(fold.state as FrontierState), [])
  return { ...FrontierResults.parse(frontier.standing(fold.state as FrontierState)), refusals }
}

const doneOf = (quests: unknown): number =>
  Object.values(quests as Record<string, number>).filter((stage) => stage === 100).length

test('frontier: scripted completes at least two of the three quests of arrival on each of 12 seeds, and is never refused', () => {
  for (let seed = 1; seed <= 12; seed++) {
    const { quests, refusals } = play('arrival', 'scripted', seed)
    assert.ok(doneOf(quests) >= 2, `seed ${seed}: ${JSON.stringify(quests)}`)
    assert.deepEqual(refusals, [])
  }
})

test('frontier: scripted completes the errand, and four of them complete all quests of company', () => {
  assert.deepEqual(play('errand', 'scripted', 5).quests, { 'leaning-hand': 100 })
  const company = play('company', 'scripted', 5)
  assert.equal(doneOf(company.quests), 4)
  assert.equal(company.scores.length, 4)
})

test('frontier: explorer, which uses only perceptions, completes two quests of arrival on each of 5 seeds', () => {
  for (let seed = 1; seed <= 5; seed++) {
    const { quests, refusals } = play('arrival', 'explorer', seed)
    assert.ok(doneOf(quests) >= 2, `seed ${seed}: ${JSON.stringify(quests)}`)
    assert.deepEqual(refusals, [])
  }
})

test('frontier: wanderer keeps every invariant, and scores less than scripted', () => {
  for (let seed = 1; seed <= 3; seed++) {
    const [wandered = 0] = play('arrival', 'wanderer', seed).scores
    const [followed = 0] = play('arrival', 'scripted', seed).scores
    assert.ok(wandered < followed, `seed ${seed}: ${wandered} against ${followed}`)
  }
})

test('frontier: every perception fits the schema of the protocol, and four agents see each other', () => {
  const { config } = configureWorld(frontier, 'company')
  const state = frontier.create(frontier.config.parse(config), 1)
  for (let slot = 0; slot < 4; slot++) {
    const body = frontier.perception?.perceive(state, slot)
    const whole = { protocol_version: '1.0.0', timestamp: '2026-01-01T08:00:00Z', agent_id: `agent-${slot}`, ...body }
    assert.deepEqual(Perception.parse(whole), whole)
    const others = whole.nearby_entities
      ?.filter((each) => each.entity_id.startsWith('agent-'))
      .map((each) => each.entity_id)
    assert.deepEqual(
      others?.sort(),
      [0, 1, 2, 3].filter((each) => each !== slot).map((each) => `agent-${each}`),
    )
  }
})

test('frontier: an agent perceives only its own cell, and less far at night', () => {
  const { config } = configureWorld(frontier, 'company')
  const state = frontier.create(frontier.config.parse(config), 1)
  const agent = state.agents[1]
  if (agent) Object.assign(agent, { cell: 'dry-ferry', x: 4, y: 3 })
  const idsOf = (slot: number) =>
    frontier.perception?.perceive(state, slot).nearby_entities.map((each) => each.entity_id) ?? []
  assert.ok(!idsOf(0).includes('agent-1'))
  assert.ok(!idsOf(0).includes('mabet'))
  assert.deepEqual(idsOf(1), ['mabet', 'door-dry-ferry-out', 'inn-chest'])
  const byDay = idsOf(0).length
  state.tick = 900
  assert.ok(idsOf(0).length < byDay)
  assert.equal(frontier.perception?.perceive(state, 0).environment.time_of_day, 'night')
})

test('frontier: loading refuses states that violate an invariant or the schema, and never loads partially', () => {
  const state = frontier.create(frontier.config.parse(configureWorld(frontier, 'company').json), 1)
  const saved = JSON.stringify(frontier.save(state))
  assert.equal(frontier.digest(frontier.load(JSON.parse(saved))), frontier.digest(state))
  const harms: ((copy: FrontierState & Record<string, unknown>) => void)[] = [
    (copy) => Object.assign(copy, { version: 1 }),
    (copy) => Object.assign(copy, { extra: 1 }),
    (copy) => Object.assign(copy.agents[0] ?? {}, { x: 0, y: 0 }),
    (copy) => Object.assign(copy.agents[0] ?? {}, { gold: 21 }),
    (copy) => Object.assign(copy.agents[0] ?? {}, { items: {} }),
    (copy) => Object.assign(copy.agents[0] ?? {}, { cell: 'nowhere' }),
    (copy) => Object.assign(copy.agents[0] ?? {}, { health: 61 }),
    (copy) => Object.assign(copy.agents[0] ?? {}, { task: { left: 1, path: [], goal: null } }),
    (copy) => Object.assign(copy.quests, { 'blue-wax': 11 }),
    (copy) => Object.assign(copy.quests, { unheard: 0 }),
    (copy) => Object.assign(copy, { things: copy.things.slice(1) }),
    (copy) => Object.assign(copy, { tick: 5000 }),
    (copy) => Object.assign(copy.agents[0] ?? {}, { heard: [{ tick: 0, slot: 4, text: 'x' }] }),
    (copy) => Object.assign(copy, { unlocked: ['gate-east'] }),
    (copy) => Object.assign(copy.random, { combat: [0, 0, 0, 0] }),
    (copy) => Object.assign(copy.creatures[0] ?? {}, { target: 3.5 }),
  ]
  for (const harm of harms) {
    const copy = JSON.parse(saved)
    harm(copy)
    assert.throws(() => frontier.load(copy), { code: 'STATE_INVALID' }, harm.toString())
  }
})

test('frontier: a quest can be added with data only', () => {
  const world = createFrontier({
    ...CONTENT,
    people: CONTENT.people.map((person) =>
      person.id === 'wenna'
        ? {
            ...person,
            topics: [
              ...person.topics,
              { id: 'wool', text: 'Red, if there is any.', effects: [{ kind: 'stage', quest: 'red-wool', stage: 5 }] },
            ],
          }
        : person,
    ),
    quests: [
      ...CONTENT.quests,
      {
        id: 'red-wool',
        name: 'Red Wool',
        text: 'Wenna has run out.',
        start: { act: 'ask', person: 'wenna', topic: 'wool' },
        stages: [
          {
            stage: 5,
            text: 'Go up to the heath.',
            points: 1,
            goal: { act: 'go', cell: 'gorse-heath' },
            until: [{ kind: 'within', cell: 'gorse-heath' }],
            next: 9,
          },
          { stage: 9, text: 'There is wool on every thorn.', points: 2 },
        ],
      },
    ],
  })
  const fold = createFold(world, world.config.parse({ quests: ['red-wool'], slots: 1, max_ticks: 500 }), 1)
  const bot = world.bots?.find((each) => each.name === 'scripted')?.create(1, 0)
  while (!world.outcome(fold.state as FrontierState)) {
    const command = bot?.decide(world.observe(fold.state as FrontierState, 0))
    if (command !== undefined) foldCommand(fold, 0, command)
    foldStep(fold)
  }
  assert.deepEqual(world.standing(fold.state as FrontierState).quests, { 'red-wool': 9 })
})
