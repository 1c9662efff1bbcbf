// The data format for writers of frontier content: places, people, creatures, items and quests. Plain data; the meaning
// of each field is documented beside it. `content.ts` assembles the data, `faults.ts` checks the references.

export interface Content {
  readonly cells: readonly CellRow[]
  readonly doors: readonly DoorRow[]
  readonly people: readonly PersonRow[]
  readonly creatures: readonly CreatureRow[]
  readonly containers: readonly ContainerRow[]
  readonly items: readonly ItemRow[]
  readonly things: readonly ThingRow[]
  readonly quests: readonly QuestRow[]
  readonly start: StartRow
}

/** A place: tiles in rows, x to the right and y down, one character of TERRAIN each. */
export interface CellRow {
  readonly id: string
  readonly name: string
  readonly kind: 'town' | 'wilderness' | 'house' | 'dungeon'
  /** Metres above the river; the terrain rises and falls from this level. */
  readonly elevation: number
  readonly text: string
  readonly rows: readonly string[]
}

interface Placed {
  readonly id: string
  readonly name: string
  readonly cell: string
  readonly x: number
  readonly y: number
  /** The text shown by `examine`. */
  readonly text: string
}

/** One side of a passage; each door has a counterpart that leads back. */
export interface DoorRow extends Placed {
  /** Id of the door on the other side. */
  readonly to: string
  /** The item that unlocks it; a door without a key is never locked. */
  readonly key?: string
}

export interface PersonRow extends Placed {
  /** 0..100: the initial attitude to a stranger. */
  readonly disposition: number
  readonly greeting: string
  readonly topics: readonly TopicRow[]
}

export interface TopicRow {
  readonly id: string
  /** All must hold for the topic to be offered. */
  readonly when?: readonly Condition[]
  readonly text: string
  /** Effects of hearing the topic. If a topic has choices, its effects belong to the choices. */
  readonly effects?: readonly Effect[]
  readonly choices?: readonly ChoiceRow[]
}

export interface ChoiceRow {
  readonly say: string
  /** All must hold for the choice to be available. */
  readonly needs?: readonly Condition[]
  readonly reply: string
  readonly effects?: readonly Effect[]
}

/** Conditions refer to the acting agent and to the quests, which all agents share. */
export type Condition =
  | { readonly kind: 'stage'; readonly quest: string; readonly from: number; readonly to: number }
  | { readonly kind: 'has'; readonly item: string; readonly count: number }
  | { readonly kind: 'lacks'; readonly item: string }
  | { readonly kind: 'gold'; readonly amount: number }
  | { readonly kind: 'disposition'; readonly amount: number }
  | { readonly kind: 'slain'; readonly creature: string }
  | { readonly kind: 'within'; readonly cell: string }

export type Effect =
  | { readonly kind: 'stage'; readonly quest: string; readonly stage: number }
  /** Creates items. */
  | { readonly kind: 'give'; readonly item: string; readonly count: number }
  /** Removes carried items from the world. */
  | { readonly kind: 'take'; readonly item: string; readonly count: number }
  | { readonly kind: 'pay'; readonly amount: number }
  | { readonly kind: 'earn'; readonly amount: number }
  | { readonly kind: 'disposition'; readonly amount: number }
  | { readonly kind: 'heal'; readonly amount: number }

export interface CreatureRow extends Placed {
  readonly health: number
  /** Added to the creature's throw of 1..20 when it strikes. */
  readonly skill: number
  /** Added to the value that an agent must reach to hit it. */
  readonly defence: number
  /** Minimum damage of a hit; `spread` is the number of possible values. */
  readonly damage: number
  readonly spread: number
  /** Ticks between two strikes. */
  readonly pace: number
  /** Tiles at which it notices an agent by day. */
  readonly sight: number
  readonly loot: Readonly<Record<string, number>>
  readonly gold: number
}

export interface ContainerRow extends Placed {
  readonly items: Readonly<Record<string, number>>
  readonly gold: number
  readonly key?: string
}

export interface ItemRow {
  readonly id: string
  readonly name: string
  readonly weight: number
  readonly value: number
  readonly text: string
  readonly use: Use
}

export type Use =
  | { readonly kind: 'none' }
  /** Consumed on use; heals the agent or another one. */
  | { readonly kind: 'heal'; readonly amount: number }
  | { readonly kind: 'weapon'; readonly skill: number; readonly damage: number; readonly spread: number }
  | { readonly kind: 'armour'; readonly defence: number }
  /** Consumed by `cast`. */
  | { readonly kind: 'cast'; readonly damage: number; readonly spread: number; readonly reach: number }

/** An item that lies in a cell. */
export interface ThingRow {
  readonly id: string
  readonly item: string
  readonly cell: string
  readonly x: number
  readonly y: number
  /** Reappears at dawn after it has been taken. */
  readonly regrows: boolean
}

export interface QuestRow {
  readonly id: string
  readonly name: string
  readonly text: string
  /** The goal that starts the quest. */
  readonly start: Goal
  /** In ascending order; the last one ends the quest. */
  readonly stages: readonly StageRow[]
}

export interface StageRow {
  /** 1 or more. */
  readonly stage: number
  /** The journal text when the stage is reached. */
  readonly text: string
  /** Points for the agent that reaches the stage. */
  readonly points: number
  /** The current task; absent in the last stage. */
  readonly goal?: Goal
  /** The quest advances to `next` once all hold for an agent that has just finished a command. */
  readonly until?: readonly Condition[]
  readonly next?: number
}

/** What advances a quest. Guides (for bots and the data sheet) read it; the rules do not. */
export type Goal =
  | { readonly act: 'ask'; readonly person: string; readonly topic: string; readonly choice?: number }
  | { readonly act: 'gather'; readonly item: string }
  | { readonly act: 'slay'; readonly creature: string }
  | { readonly act: 'search'; readonly container: string }
  | { readonly act: 'go'; readonly cell: string }

export interface StartRow {
  readonly cell: string
  /** Where agents start, one after another, and where they wake after a fall. */
  readonly tiles: readonly (readonly [x: number, y: number])[]
  readonly refuge: { readonly cell: string; readonly x: number; readonly y: number }
  readonly gold: number
  readonly items: Readonly<Record<string, number>>
  readonly weapon: string
}
