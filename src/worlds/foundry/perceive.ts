// Describes the foundry in terms of the perception protocol: parts and deposits are nearby entities, the build
// inventory is the inventory, goals are quests. A crew has no body: it is at the centre of its plot and reaches all of
// it.
import { at } from '../../kernel/at.ts'
import type { PerceptionBody } from '../../kernel/world.ts'
import type { JsonObject } from '../../protocol/json.ts'
import type { Perception } from '../../protocol/perception.ts'
import { FACINGS, itemId, PARTS, type PartKind } from './catalogue.ts'
import { allowedRecipes } from './commands.ts'
import { cellToPoint } from './geometry.ts'
import { reportObjective } from './objective.ts'
import { defOf } from './parts.ts'
import { nameCounts } from './save.ts'
import type { Foundry } from './state.ts'
import { PowerOutlook, stateOf } from './status.ts'

type Nearby = Perception['nearby_entities'][number]

/** Maximum number of parts and deposits in a perception: the nearest. */
const NEARBY = 64

export const partId = (part: number): string => `part-${part}`
export const depositId = (x: number, z: number): string => `deposit-${x}-${z}`

/** The entity type of a part for clients that know only the protocol: parts that hold or make items can be opened. */
const TYPES: Readonly<Partial<Record<PartKind, Nearby['entity_type']>>> = {
  storage: 'container',
  machine: 'container',
  generator: 'container',
  delivery: 'door',
}

interface Found {
  readonly distance: number
  /** Part number, or minus the ground cell - 1 of a deposit. */
  readonly what: number
}

export function perceiveFoundry(f: Foundry, slot: number): PerceptionBody {
  const centre = centreOf(f, slot)
  const near = nearest(f, centre)
  const stock = f.inventories[slot] ?? []
  const placed = stock.reduce((sum, count) => sum + count, 0)
  const parts = near.filter(({ what }) => what > 0).map(({ what }) => what)
  const outlook = new PowerOutlook(f)
  return {
    location: { cell: 'floor', ...centre, interior: true },
    health: { current: 1, max: 1 },
    nearby_entities: near.map((found) => describe(f, found)),
    inventory_summary: { gold: 0, item_count: placed, encumbrance_pct: 0 },
    active_quests: reportObjective(f).goals.map((goal, index) => ({
      quest_id: `goal-${index}`,
      name: goal.text,
      stage: goal.done,
    })),
    environment: {
      time_of_day: f.sun > 0 ? 'day' : 'night',
      weather: f.sun === 1000 ? 'clear' : 'cloudy',
      is_combat: false,
      is_dialogue: false,
    },
    raw_engine_data: {
      tick: f.tick,
      size: { ...f.size },
      plot: f.config.plots[slot] ? { ...f.config.plots[slot] } : null,
      objective: reportObjective(f),
      contamination: f.air.total,
      build_inventory: nameCounts(stock, 0, PARTS),
      parts: parts.map((part) => detail(f, part, outlook)),
    },
  }
}

function centreOf(f: Foundry, slot: number): { x: number; y: number; z: number } {
  const { x0, x1, z0, z1 } = f.config.plots[slot] ?? { x0: 0, x1: f.size.x - 1, z0: 0, z1: f.size.z - 1 }
  return { x: Math.trunc((x0 + x1) / 2), y: 1, z: Math.trunc((z0 + z1) / 2) }
}

/** The nearest parts and deposits, nearest first; ties list parts first, each in their own order. */
function nearest(f: Foundry, centre: { x: number; y: number; z: number }): Found[] {
  const found: Found[] = []
  const add = (x: number, y: number, z: number, what: number): void => {
    const distance = Math.abs(x - centre.x) + Math.abs(y - centre.y) + Math.abs(z - centre.z)
    if (found.length === NEARBY && distance >= (found.at(-1)?.distance ?? 0)) return
    const place = found.findIndex((each) => each.distance > distance)
    found.splice(place < 0 ? found.length : place, 0, { distance, what })
    if (found.length > NEARBY) found.pop()
  }
  for (let part = 1; part <= f.parts.last; part++) {
    if (f.parts.def[part] === 0) continue
    const { x, y, z } = cellToPoint(f.size, at(f.parts.origin, part))
    add(x, y, z, part)
  }
  for (let cell = 0; cell < f.deposits.length; cell++) {
    if (f.deposits[cell] !== 0) add(cell % f.size.x, 0, Math.trunc(cell / f.size.x), -cell - 1)
  }
  return found
}

function describe(f: Foundry, { distance, what }: Found): Nearby {
  if (what > 0) {
    const def = defOf(f, what)
    return { entity_id: partId(what), name: def.title, entity_type: TYPES[def.kind] ?? 'item', distance }
  }
  const cell = -what - 1
  const entity_id = depositId(cell % f.size.x, Math.trunc(cell / f.size.x))
  return { entity_id, name: `Deposit of ${itemId(at(f.deposits, cell)) ?? ''}`, entity_type: 'item', distance }
}

function detail(f: Foundry, part: number, outlook: PowerOutlook): JsonObject {
  const { x, y, z } = cellToPoint(f.size, at(f.parts.origin, part))
  const { id, kind } = defOf(f, part)
  return {
    entity_id: partId(part),
    def_id: id,
    x,
    y,
    z,
    facing: at(FACINGS, at(f.parts.facing, part)),
    state: stateOf(f, part, outlook),
    recipes: kind === 'machine' || kind === 'filter' ? allowedRecipes(f, part) : [],
  }
}
