// Describes the field in terms of the perception protocol: the other painters are people, and tiles worth painting are
// items on the ground.
import { at } from '../../kernel/at.ts'
import type { PerceptionBody } from '../../kernel/world.ts'
import type { Perception } from '../../protocol/perception.ts'
import { type PaintState, snapshot } from './rules.ts'

type Nearby = Perception['nearby_entities'][number]

/** Maximum number of tiles in a perception: the nearest that are not the painter's own. */
const TILES = 8

export const painterId = (slot: number): string => `slot-${slot}`
export const tileId = (x: number, y: number): string => `tile-${x}-${y}`

export function perceive(state: PaintState, slot: number): PerceptionBody {
  const x = at(state.xs, slot)
  const y = at(state.ys, slot)
  const far = (otherX: number, otherY: number): number => Math.abs(otherX - x) + Math.abs(otherY - y)
  const painters = state.xs.flatMap((otherX, other): Nearby[] => {
    if (other === slot) return []
    const distance = far(otherX, at(state.ys, other))
    return [{ entity_id: painterId(other), name: `Painter ${other}`, entity_type: 'npc', distance }]
  })
  const score = at(state.scores, slot)
  return {
    location: { cell: 'field', x, y, z: 0, interior: false },
    health: { current: 1, max: 1 },
    nearby_entities: [...painters, ...nearestTiles(state, slot, far)].sort((a, b) => a.distance - b.distance),
    inventory_summary: { gold: 0, item_count: score, encumbrance_pct: score / state.owners.length },
    active_quests: [{ quest_id: 'paint', name: 'Own the most tiles', stage: score }],
    environment: { time_of_day: 'unknown', weather: 'clear', is_combat: false, is_dialogue: false },
    raw_engine_data: snapshot(state),
  }
}

/** The nearest tiles that the painter does not own; ties go to the first in reading order. */
function nearestTiles(state: PaintState, slot: number, far: (x: number, y: number) => number): Nearby[] {
  const found: Nearby[] = []
  for (let tile = 0; tile < state.owners.length; tile++) {
    if (state.owners[tile] === slot) continue
    const x = tile % state.width
    const y = Math.trunc(tile / state.width)
    const distance = far(x, y)
    if (found.length === TILES && distance >= (found.at(-1)?.distance ?? 0)) continue
    const owner = at(state.owners, tile)
    const name = owner < 0 ? 'Bare tile' : `Tile of painter ${owner}`
    const place = found.findIndex((each) => each.distance > distance)
    found.splice(place < 0 ? found.length : place, 0, { entity_id: tileId(x, y), name, entity_type: 'item', distance })
    if (found.length > TILES) found.pop()
  }
  return found
}
