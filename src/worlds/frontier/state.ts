// The state of frontier: plain versioned JSON, and its initial value. The invariants between its parts are in sound.ts.
import { z } from 'zod'
import { createRandom } from '../../kernel/random.ts'
import { AgentCommand, COMMAND_STATUSES } from '../../protocol/perception-command.ts'
import type { Atlas } from './atlas.ts'

export const STATE_VERSION = 2
export const MAX_SLOTS = 4
export const MAX_HEALTH = 60
/** Maximum number of an agent's notes; older ones are dropped. */
export const MAX_NOTES = 20
/** Maximum number of sayings of other agents that an agent keeps; older ones are dropped. */
export const MAX_HEARD = 8

export const WEATHERS = ['clear', 'overcast', 'rain', 'fog', 'storm'] as const

/** Why an accepted command failed. */
export const FAILURES = [
  'NOT_HERE',
  'OUT_OF_REACH',
  'NO_PATH',
  'LOCKED',
  'NOT_SUITABLE',
  'NOT_CARRIED',
  'TOO_HEAVY',
  'EMPTY',
  'PEACEFUL',
  'NO_TOPIC',
  'NO_CHOICE',
  'NEEDS_UNMET',
  'NO_DANGER',
  'INTERRUPTED',
  'FELL',
] as const
export type FailureCode = (typeof FAILURES)[number]

const Random = z.tuple([z.int(), z.int(), z.int(), z.int()])
const Count = z.int().min(0)
const Items = z.record(z.string(), z.int().positive())
export type Items = z.infer<typeof Items>

/** A command of an agent, from its acceptance until the next one is accepted. */
const CommandState = z.strictObject({
  /** From 1, counted over all agents in the order of acceptance. */
  number: z.int().positive(),
  command: AgentCommand,
  status: z.enum(COMMAND_STATUSES),
  /** Empty until the command has ended; then its outcome as text for people. */
  outcome: z.string(),
  code: z.enum(FAILURES).nullable(),
  accepted_at: Count,
  ended_at: Count.nullable(),
})
export type CommandState = z.infer<typeof CommandState>

/** The work of a command in progress. */
const Task = z.strictObject({
  /** Ticks until the next event: a tile is entered, or the command ends. */
  left: Count,
  /** Tiles still to enter in this cell, in order. Only moves have any. */
  path: z.array(Count),
  /** Target of a move: cell and tile, and the distance that counts as reached. */
  goal: z.strictObject({ cell: z.string(), x: Count, y: Count, near: Count }).nullable(),
})
export type Task = z.infer<typeof Task>

const Agent = z.strictObject({
  cell: z.string(),
  x: Count,
  y: Count,
  health: z.int().min(0).max(MAX_HEALTH),
  gold: Count,
  items: Items,
  weapon: z.string().nullable(),
  armour: z.string().nullable(),
  /** The person they are talking with. */
  talking: z.string().nullable(),
  /** Blows are parried until this tick. */
  guarded_until: Count,
  /** Ticks until they wake after a fall; 0: conscious. */
  down: Count,
  /** By person: the change of disposition they have earned. */
  regard: z.record(z.string(), z.int().min(-100).max(100)),
  discovered: z.array(z.string()),
  quest_points: Count,
  kills: Count,
  deaths: Count,
  notes: z
    .array(z.strictObject({ tick: Count, content: z.string().max(4000), tags: z.array(z.string().max(100)).max(32) }))
    .max(MAX_NOTES),
  /** What other agents have said to them, with speaker and tick. */
  heard: z.array(z.strictObject({ tick: Count, slot: Count, text: z.string().max(200) })).max(MAX_HEARD),
  command: CommandState.nullable(),
  task: Task.nullable(),
})
export type Agent = z.infer<typeof Agent>

const Creature = z.strictObject({
  x: Count,
  y: Count,
  health: Count,
  /** The slot that it attacks; -1: none. */
  target: z
    .int()
    .min(-1)
    .max(MAX_SLOTS - 1),
  /** The tick from which it can act again. */
  ready_at: Count,
  /** What it carries; once it is dead, what can be taken from it. */
  items: Items,
  gold: Count,
})
export type Creature = z.infer<typeof Creature>

export const FrontierState = z.strictObject({
  version: z.literal(STATE_VERSION),
  tick: Count,
  max_ticks: z.int().positive(),
  weather: z.enum(WEATHERS),
  random: z.strictObject({ weather: Random, combat: Random }),
  /** Number of commands accepted so far. */
  commands: Count,
  /** Stage by active quest; 0: not started. */
  quests: z.record(z.string(), Count),
  agents: z.array(Agent).min(1).max(MAX_SLOTS),
  creatures: z.array(Creature),
  containers: z.array(z.strictObject({ items: Items, gold: Count })),
  /** By loose thing: 1 while it is there. */
  things: z.array(z.int().min(0).max(1)),
  /** Unlocked doors and containers. */
  unlocked: z.array(z.string()),
  /** Items that have entered the world since the start, and items that have left it. */
  made: Items,
  spent: Items,
  gold_made: Count,
  gold_spent: Count,
})
export type FrontierState = z.infer<typeof FrontierState>

export interface FrontierConfig {
  readonly quests: readonly string[]
  readonly slots: number
  readonly max_ticks: number
}

export function createState(atlas: Atlas, config: FrontierConfig, seed: number): FrontierState {
  return {
    version: STATE_VERSION,
    tick: 0,
    max_ticks: config.max_ticks,
    weather: 'clear',
    random: { weather: createRandom(seed, 'frontier/weather'), combat: createRandom(seed, 'frontier/combat') },
    commands: 0,
    quests: Object.fromEntries(config.quests.map((quest) => [quest, 0])),
    agents: Array.from({ length: config.slots }, (_, slot) => createAgent(atlas, slot)),
    creatures: atlas.creatures.map((row) => ({
      x: row.x,
      y: row.y,
      health: row.health,
      target: -1,
      ready_at: 0,
      items: { ...row.loot },
      gold: row.gold,
    })),
    containers: atlas.containers.map((row) => ({ items: { ...row.items }, gold: row.gold })),
    things: atlas.things.map(() => 1),
    unlocked: [],
    made: {},
    spent: {},
    gold_made: 0,
    gold_spent: 0,
  }
}

function createAgent(atlas: Atlas, slot: number): Agent {
  const { start } = atlas.content
  const [x, y] = start.tiles[slot] ?? [0, 0]
  return {
    cell: start.cell,
    x,
    y,
    health: MAX_HEALTH,
    gold: start.gold,
    items: { ...start.items },
    weapon: start.weapon,
    armour: null,
    talking: null,
    guarded_until: 0,
    down: 0,
    regard: {},
    discovered: [start.cell],
    quest_points: 0,
    kills: 0,
    deaths: 0,
    notes: [],
    heard: [],
    command: null,
    task: null,
  }
}
