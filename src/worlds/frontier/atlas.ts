// Indexes the content for the rules: rows by id, the entities of each cell, the ground, and the routes between cells.
// Built once at load; content with a fault produces no atlas.
import { findFaults } from './content/faults.ts'
import type {
  CellRow,
  ContainerRow,
  Content,
  CreatureRow,
  DoorRow,
  ItemRow,
  PersonRow,
  QuestRow,
  ThingRow,
} from './content/shape.ts'
import { createGround, type Ground } from './terrain.ts'

/** One cell and everything placed in it; numbers are indices into the content's lists. */
export interface Place {
  readonly row: CellRow
  readonly ground: Ground
  readonly isInterior: boolean
  readonly people: readonly PersonRow[]
  readonly doors: readonly DoorRow[]
  readonly creatures: readonly number[]
  readonly containers: readonly number[]
  readonly things: readonly number[]
  /** By destination cell: the first door on the way there. */
  readonly ways: ReadonlyMap<string, DoorRow>
}

export interface Atlas {
  readonly content: Content
  readonly places: ReadonlyMap<string, Place>
  readonly doors: ReadonlyMap<string, DoorRow>
  readonly people: ReadonlyMap<string, PersonRow>
  readonly creatures: readonly CreatureRow[]
  readonly containers: readonly ContainerRow[]
  readonly things: readonly ThingRow[]
  readonly items: ReadonlyMap<string, ItemRow>
  readonly quests: ReadonlyMap<string, QuestRow>
}

/** @throws Error that lists every fault of the content, each a mistake in a data file */
export function createAtlas(content: Content): Atlas {
  const faults = findFaults(content)
  if (faults.length > 0) throw new Error(`the content of frontier is at fault:\n${faults.join('\n')}`)
  const byId = <T extends { readonly id: string }>(rows: readonly T[]) => new Map(rows.map((row) => [row.id, row]))
  const doors = byId(content.doors)
  const within = (rows: readonly { readonly cell: string }[], cell: string) =>
    rows.flatMap((row, index) => (row.cell === cell ? [index] : []))
  const places = content.cells.map((row): [string, Place] => [
    row.id,
    {
      row,
      ground: createGround(row),
      isInterior: row.kind === 'house' || row.kind === 'dungeon',
      people: content.people.filter((person) => person.cell === row.id),
      doors: content.doors.filter((door) => door.cell === row.id),
      creatures: within(content.creatures, row.id),
      containers: within(content.containers, row.id),
      things: within(content.things, row.id),
      ways: findWays(content.doors, doors, row.id),
    },
  ])
  return {
    content,
    places: new Map(places),
    doors,
    people: byId(content.people),
    creatures: content.creatures,
    containers: content.containers,
    things: content.things,
    items: byId(content.items),
    quests: byId(content.quests),
  }
}

/** Fewest doors first; ties go to the door that comes first in the content. */
function findWays(
  all: readonly DoorRow[],
  byId: ReadonlyMap<string, DoorRow>,
  from: string,
): ReadonlyMap<string, DoorRow> {
  const ways = new Map<string, DoorRow>()
  const queue: { cell: string; first: DoorRow | undefined }[] = [{ cell: from, first: undefined }]
  for (const { cell, first } of queue) {
    for (const door of all) {
      const beyond = byId.get(door.to)?.cell
      if (door.cell !== cell || beyond === undefined || beyond === from || ways.has(beyond)) continue
      ways.set(beyond, first ?? door)
      queue.push({ cell: beyond, first: first ?? door })
    }
  }
  return ways
}

/** @throws Error for an unknown cell: states are checked when they are loaded, so this is a bug */
export function placeOf(atlas: Atlas, cell: string): Place {
  const place = atlas.places.get(cell)
  if (!place) throw new Error(`frontier has no cell ${cell}`)
  return place
}

/** The name of an item, or its id if there is no such item. */
export function nameOfItem(atlas: Atlas, item: string): string {
  return atlas.items.get(item)?.name ?? item
}
