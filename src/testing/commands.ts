// Sample commands for tests and benchmarks of the log.
import type { NewCommandLogRow } from '../protocol/command-log.ts'

/** The time used in the protocol's worked examples. */
export const NOON = Date.UTC(2026, 2, 21, 14, 30)

const instant = (ms: number): string => new Date(ms).toISOString()

/** A perception like those in the worked examples. `gold` makes it distinct. */
export function aPerception(gold = 0, cell = 'Balmora') {
  return {
    protocol_version: '1.0.0',
    timestamp: instant(NOON),
    agent_id: 'timmy',
    location: { cell, x: 1024.5, y: -512.3, z: 64, interior: false },
    health: { current: 85, max: 100 },
    nearby_entities: [
      { entity_id: 'npc_001', name: 'Caius Cosades', entity_type: 'npc', distance: 12.5, disposition: 65 },
      { entity_id: 'chest_01', name: 'Wooden Chest', entity_type: 'container', distance: 3.2, disposition: null },
    ],
    inventory_summary: { gold, item_count: 23, encumbrance_pct: 0.45 },
    active_quests: [{ quest_id: 'mq_01', name: 'Report to Caius Cosades', stage: 10 }],
    environment: { time_of_day: 'afternoon', weather: 'clear', is_combat: false, is_dialogue: false },
    raw_engine_data: {},
  }
}

export function aCommand(overrides: Partial<NewCommandLogRow> = {}): NewCommandLogRow {
  return {
    timestamp: instant(NOON),
    command: 'move_to',
    params: { target_x: 1050 },
    reasoning: 'Moving closer to quest target.',
    perception_snapshot: null,
    outcome: null,
    agent_id: 'timmy',
    episode_id: null,
    cell: null,
    protocol_version: '1.0.0',
    world: null,
    slot: null,
    command_id: null,
    ...overrides,
  }
}

/** The same at an offset from noon, in milliseconds. */
export const commandAt = (offsetMs: number, overrides: Partial<NewCommandLogRow> = {}): NewCommandLogRow =>
  aCommand({ timestamp: instant(NOON + offsetMs), ...overrides })
