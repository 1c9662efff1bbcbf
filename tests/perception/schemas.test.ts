// The source text's worked examples, the rules of its own tests, and every field at its limits and beyond.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { z } from 'zod'
import { ENTITY_TYPES, isReadableVersion, Perception } from '../../src/protocol/perception.ts'
import { BridgeStatus, CommandAccepted, CommandInput, PerceptionError } from '../../src/protocol/perception-adapter.ts'
import { AgentCommand, COMMAND_TYPES } from '../../src/protocol/perception-command.ts'

// Sections 3, 4, 5.2, 5.3 and 7.1 of the source text, verbatim.
const PERCEPTION = {
  protocol_version: '1.0.0',
  timestamp: '2026-03-21T14:30:00Z',
  agent_id: 'timmy',
  location: { cell: 'Balmora', x: 1024.5, y: -512.3, z: 64.0, interior: false },
  health: { current: 85, max: 100 },
  nearby_entities: [
    { entity_id: 'npc_001', name: 'Caius Cosades', entity_type: 'npc', distance: 12.5, disposition: 65 },
  ],
  inventory_summary: { gold: 150, item_count: 23, encumbrance_pct: 0.45 },
  active_quests: [{ quest_id: 'mq_01', name: 'Report to Caius Cosades', stage: 10 }],
  environment: { time_of_day: 'afternoon', weather: 'clear', is_combat: false, is_dialogue: false },
  raw_engine_data: {},
}
const COMMAND = {
  protocol_version: '1.0.0',
  timestamp: '2026-03-21T14:30:01Z',
  agent_id: 'timmy',
  command: 'move_to',
  params: { target_cell: 'Balmora', target_x: 1050.0, target_y: -500.0 },
  reasoning: 'Moving closer to Caius Cosades to begin the main quest dialogue.',
  episode_id: 'ep_20260321_001',
  context: { perception_timestamp: '2026-03-21T14:30:00Z', heartbeat_cycle: 42 },
}

test('schemas: the worked examples validate unchanged', () => {
  assert.deepEqual(Perception.parse(PERCEPTION), PERCEPTION)
  assert.deepEqual(CommandInput.parse(COMMAND), COMMAND)
  CommandAccepted.parse({ status: 'accepted', command_id: 'cmd_abc123', logged: true })
  BridgeStatus.parse({
    bridge_connected: true,
    engine: 'tes3mp',
    protocol_version: '1.0.0',
    uptime_seconds: 3600,
    last_perception_at: '2026-03-21T14:30:00Z',
  })
  PerceptionError.parse({
    error: { code: 'BRIDGE_UNAVAILABLE', message: 'x', details: {}, timestamp: '2026-03-21T14:30:00Z' },
  })
})

test('schemas: optional fields have the defaults of the source', () => {
  const { timestamp, agent_id, health } = PERCEPTION
  const least = Perception.parse({ timestamp, agent_id, location: { cell: 'Seyda Neen', x: 0, y: 0 }, health })
  assert.deepEqual([least.protocol_version, least.nearby_entities, least.active_quests], ['1.0.0', [], []])
  assert.deepEqual([least.location.z, least.location.interior], [0, false])
  assert.deepEqual(least.inventory_summary, { gold: 0, item_count: 0, encumbrance_pct: 0 })
  assert.equal(CommandInput.parse({ ...COMMAND, protocol_version: undefined }).protocol_version, '1.0.0')
  assert.equal(CommandInput.parse({ ...COMMAND, episode_id: undefined, context: undefined }).episode_id, undefined)
})

test('schemas: both survive a JSON round trip', () => {
  const perception = Perception.parse(PERCEPTION)
  assert.deepEqual(Perception.parse(JSON.parse(JSON.stringify(perception))), perception)
  const command = CommandInput.parse(COMMAND)
  assert.deepEqual(CommandInput.parse(JSON.parse(JSON.stringify(command))), command)
})

/** Sets `value` in the example at a dotted path; undefined removes the field. */
function changed(example: object, path: string, value: unknown): unknown {
  const copy = structuredClone(example)
  const keys = path.split('.')
  const last = keys.pop()!
  let at: any = copy
  for (const key of keys) at = at[key]
  at[last] = value
  return copy
}

type Case = readonly [path: string, good: readonly unknown[], bad: readonly unknown[]]

const text = (length: number): string => 'x'.repeat(length)
const names = (most: number): readonly [readonly unknown[], readonly unknown[]] => [
  ['', text(most)],
  [text(most + 1), 7, null],
]

const PERCEPTION_CASES: readonly Case[] = [
  ['protocol_version', ['1.0.0', '0.9.12', undefined], ['1.0', 'one', '1.0.0-rc', 1, `1.0.${'1'.repeat(20)}`]],
  [
    'timestamp',
    ['2026-03-21T14:30:00+02:00', '9998-12-31T23:59:59Z'],
    ['2026-03-21T14:30:00', 'now', undefined, '9999-12-31T23:59:59Z', '0000-01-01T00:00:00Z'],
  ],
  ['agent_id', ['x', text(64)], ['', text(65), 'a\u0000b', 'a\nb', undefined, 7]],
  ['location', [], [undefined, null, {}]],
  ['location.cell', ...names(255)],
  ['location.x', [0, -1e300], [undefined, '1', null, Number.NaN, Number.POSITIVE_INFINITY]],
  ['location.interior', [true, undefined], ['yes', null]],
  ['health', [], [undefined]],
  ['health.current', [0, 100], [101, -1, 0.5, undefined]],
  ['health.max', [85, 1_000_000], [0, -1, 84]],
  ['nearby_entities', [[], undefined], [null, {}, Array(1025).fill(PERCEPTION.nearby_entities[0])]],
  ['nearby_entities.0.entity_type', [...ENTITY_TYPES], ['dragon', undefined]],
  ['nearby_entities.0.distance', [0, 0.1], [-5, undefined, '1']],
  ['nearby_entities.0.disposition', [-100, null, undefined], [0.5, 'warm']],
  ['nearby_entities.0.name', ...names(255)],
  ['inventory_summary.encumbrance_pct', [0, 1, undefined], [1.5, -0.1]],
  ['inventory_summary.gold', [0, undefined], [-1, 0.5]],
  ['inventory_summary.item_count', [0, undefined], [-1, 0.5]],
  ['active_quests', [[], undefined], [Array(257).fill(PERCEPTION.active_quests[0])]],
  ['active_quests.0.stage', [0, undefined], [-1, 0.5]],
  ['environment.time_of_day', ['', undefined, text(64)], [text(65), 7]],
  ['environment.is_combat', [true, undefined], [1]],
  ['raw_engine_data', [{ any: [1, null] }, undefined], [[], 'x', null]],
]

const COMMAND_CASES: readonly Case[] = [
  ['protocol_version', ['1.9.9', undefined], ['x', 1]],
  [
    'timestamp',
    ['2026-03-21T14:30:01.123456Z', '2026-03-21T14:30:01-05:00'],
    ['2026-03-21T14:30:01', 'now', undefined, 1],
  ],
  ['agent_id', ['x', text(64)], ['', text(65), undefined]],
  ['command', [], ['fly_to_moon', '', undefined, 7, null]],
  ['params', [], [undefined, null, [], 'x', {}]],
  ['reasoning', ['x', text(16_384), 'Zeile\n2'], ['', text(16_385), undefined, 'a\u0000b']],
  ['episode_id', ['../../x', text(128), null, undefined], ['', text(129), 'a\nb', 7]],
  ['context', [{}, null, undefined], [[], 'x']],
  ['context.heartbeat_cycle', [0, 9_007_199_254_740_991, null, undefined], [-1, 0.5, '1']],
  ['context.perception_timestamp', [null, undefined], ['yesterday']],
  ['params.target_x', [1e9, -1e9], [1e9 + 1, '1', null, Number.NaN]],
  ['params.target_cell', ['x', text(200)], ['', text(201), 7]],
]

function check(schema: z.ZodType, example: object, cases: readonly Case[]): void {
  for (const [path, good, bad] of cases) {
    for (const value of good)
      assert.ok(schema.safeParse(changed(example, path, value)).success, `${path} = ${String(value)}`)
    for (const value of bad) {
      const parsed = schema.safeParse(changed(example, path, value))
      assert.equal(parsed.success, false, `${path} = ${JSON.stringify(value)?.slice(0, 40)}`)
    }
  }
}

test('schemas: every field of a perception is checked at its limits and beyond', () =>
  check(Perception, PERCEPTION, PERCEPTION_CASES))

test('schemas: every field of a command is checked at its limits and beyond', () =>
  check(CommandInput, COMMAND, COMMAND_CASES))

const WORDS: Readonly<Record<(typeof COMMAND_TYPES)[number], { good: readonly object[]; bad: readonly unknown[] }>> = {
  move_to: { good: [{ target_x: 1050 }, { entity_id: 'npc' }, { target_cell: 'B' }], bad: [{}, { entity_id: '' }] },
  interact: {
    good: ['talk', 'activate', 'open', 'take', 'examine'].map((interaction_type) => ({
      entity_id: 'x',
      interaction_type,
    })),
    bad: [{}, { entity_id: 'x' }, { entity_id: 'x', interaction_type: 'kick' }],
  },
  use_item: { good: [{ item_id: 'x' }, { item_id: 'x', target_entity_id: 'y' }], bad: [{}, { item_id: '' }] },
  wait: {
    good: [{ duration_seconds: 0.001 }, { duration_seconds: 31_536_000 }],
    bad: [{}, { duration_seconds: 0 }, { duration_seconds: -1 }, { duration_seconds: 31_536_001 }],
  },
  combat_action: {
    good: [
      { action_type: 'flee' },
      ...['attack', 'block', 'cast'].map((action_type) => ({ action_type, target_entity_id: 'x' })),
    ],
    bad: [{}, { action_type: 'attack' }, { action_type: 'sing', target_entity_id: 'x' }],
  },
  dialogue: {
    good: [
      { entity_id: 'x', topic: 'y' },
      { entity_id: 'x', topic: 'y', choice_idx: 0 },
    ],
    bad: [
      { entity_id: 'x' },
      { entity_id: 'x', topic: 'y', choice_idx: -1 },
      { entity_id: 'x', topic: 'y', choice_idx: 1000 },
    ],
  },
  journal_note: {
    good: [{ content: text(4000) }, { content: 'x', tags: Array(32).fill('t') }],
    bad: [
      {},
      { content: '' },
      { content: text(4001) },
      { content: 'x', tags: Array(33).fill('t') },
      { content: 'x', tags: [''] },
    ],
  },
  noop: { good: [{}, { mood: 'bored' }], bad: ['x', 7] },
}

test('schemas: every command type takes its params, and no others', () => {
  assert.deepEqual(Object.keys(WORDS), [...COMMAND_TYPES])
  for (const command of COMMAND_TYPES) {
    for (const params of WORDS[command].good)
      assert.ok(AgentCommand.safeParse({ command, params }).success, `${command} ${JSON.stringify(params)}`)
    for (const params of WORDS[command].bad) {
      assert.equal(
        AgentCommand.safeParse({ command, params }).success,
        false,
        `${command} ${JSON.stringify(params).slice(0, 60)}`,
      )
    }
  }
})

test('versions: only a higher major version is refused', () => {
  for (const version of ['2.0.0', '10.0.0']) assert.equal(isReadableVersion(version), false, version)
  for (const version of ['1.0.0', '1.99.99', '0.1.0', 'x', undefined, 7])
    assert.ok(isReadableVersion(version), String(version))
})
