// A traveller's guide: prior knowledge of the country, derived from the content and never from a state.
import type { Content, Goal } from './content/shape.ts'

export interface Spot {
  readonly id: string
  readonly cell: string
  readonly x: number
  readonly y: number
}

export interface GuidedQuest {
  readonly id: string
  readonly start: Goal
  /** By stage: the goal. */
  readonly goals: ReadonlyMap<number, Goal>
}

export interface Guide {
  readonly quests: readonly GuidedQuest[]
  /** Positions of people, creatures and containers. */
  readonly spots: ReadonlyMap<string, Spot>
  /** By item: where it lies. */
  readonly finds: ReadonlyMap<string, readonly Spot[]>
  readonly cells: readonly string[]
  readonly items: readonly string[]
  /** By person: the topics they may offer. */
  readonly topics: ReadonlyMap<string, readonly string[]>
}

export function createGuide(content: Content): Guide {
  const spotOf = ({ id, cell, x, y }: Spot): Spot => ({ id, cell, x, y })
  const finds = new Map<string, Spot[]>()
  for (const thing of content.things) finds.set(thing.item, [...(finds.get(thing.item) ?? []), spotOf(thing)])
  const placed = [...content.people, ...content.creatures, ...content.containers]
  return {
    quests: content.quests.map(({ id, start, stages }) => ({
      id,
      start,
      goals: new Map(stages.flatMap(({ stage, goal }) => (goal ? [[stage, goal] as const] : []))),
    })),
    spots: new Map(placed.map((row) => [row.id, spotOf(row)])),
    finds,
    cells: content.cells.map((cell) => cell.id),
    items: content.items.map((item) => item.id),
    topics: new Map(content.people.map((person) => [person.id, person.topics.map((topic) => topic.id)])),
  }
}
