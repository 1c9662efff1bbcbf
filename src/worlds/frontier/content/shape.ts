// What a writer of frontier may write: the shapes of places, people, creatures, items and quests. Plain data; what the
// fields mean to the rules stands beside each. `content.ts` puts the data together, `faults.ts` checks the references.

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
  /** Metres above the river; the ground rises and falls from there. */
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
  /** The text of `examine`. */
  readonly text: string
}

/** One side of a passage; each door has its other side, which leads back. */
export interface DoorRow extends Placed {
  /** Id of the door on the other side. */
  readonly to: string
  /** The item that opens it; without one it is never locked. */
  readonly key?: string
}

export interface PersonRow extends Placed {
  /** 0..100: how well they think of a stranger. */
  readonly disposition: number
  readonly greeting: string
  readonly topics: readonly TopicRow[]
}

export interface TopicRow {
  readonly id: string
  /** All must hold for the topic to be on offer. */
  readonly when?: readonly Condition[]
  readonly text: string
  /** What comes of hearing it. A topic with choices has its effects there. */
  readonly effects?: readonly Effect[]
  readonly choices?: readonly ChoiceRow[]
}

export interface ChoiceRow {
  readonly say: string
  /** All must hold for the choice to be open. */
  readonly needs?: readonly Condition[]
  readonly reply: string
  readonly effects?: readonly Effect[]
}

/** About the agent that acts, and about the quests, which all share. */
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
  /** New items come into the world. */
  | { readonly kind: 'give'; readonly item: string; readonly count: number }
  /** Carried items leave the world. */
  | { readonly kind: 'take'; readonly item: string; readonly count: number }
  | { readonly kind: 'pay'; readonly amount: number }
  | { readonly kind: 'earn'; readonly amount: number }
  | { readonly kind: 'disposition'; readonly amount: number }
  | { readonly kind: 'heal'; readonly amount: number }

export interface CreatureRow extends Placed {
  readonly health: number
  /** Added to its throw of 1..20 when it strikes. */
  readonly skill: number
  /** Added to what an agent must reach to hit it. */
  readonly defence: number
  /** Least damage of a hit; `spread` is how many values there are. */
  readonly damage: number
  readonly spread: number
  /** Ticks from one blow to the next. */
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
  /** Used up; gives health to the agent or to another one. */
  | { readonly kind: 'heal'; readonly amount: number }
  | { readonly kind: 'weapon'; readonly skill: number; readonly damage: number; readonly spread: number }
  | { readonly kind: 'armour'; readonly defence: number }
  /** Used up by `cast`. */
  | { readonly kind: 'cast'; readonly damage: number; readonly spread: number; readonly reach: number }

/** An item that lies about. */
export interface ThingRow {
  readonly id: string
  readonly item: string
  readonly cell: string
  readonly x: number
  readonly y: number
  /** Comes again at dawn when it has been taken. */
  readonly regrows: boolean
}

export interface QuestRow {
  readonly id: string
  readonly name: string
  readonly text: string
  /** How it begins. */
  readonly start: Goal
  /** In rising order; the last one ends the quest. */
  readonly stages: readonly StageRow[]
}

export interface StageRow {
  /** 1 or more. */
  readonly stage: number
  /** What the journal says when the stage is reached. */
  readonly text: string
  /** Points for the agent that reaches it. */
  readonly points: number
  /** The current task; absent in the last stage. */
  readonly goal?: Goal
  /** Once all hold for an agent that has just finished a command, the quest advances to `next`. */
  readonly until?: readonly Condition[]
  readonly next?: number
}

/** What takes a quest on. Travellers' guides (bots, the data sheet) read it; the rules do not. */
export type Goal =
  | { readonly act: 'ask'; readonly person: string; readonly topic: string; readonly choice?: number }
  | { readonly act: 'gather'; readonly item: string }
  | { readonly act: 'slay'; readonly creature: string }
  | { readonly act: 'search'; readonly container: string }
  | { readonly act: 'go'; readonly cell: string }

export interface StartRow {
  readonly cell: string
  /** Where agents begin, one after the other, and where they come to after a fall. */
  readonly tiles: readonly (readonly [x: number, y: number])[]
  readonly refuge: { readonly cell: string; readonly x: number; readonly y: number }
  readonly gold: number
  readonly items: Readonly<Record<string, number>>
  readonly weapon: string
}
