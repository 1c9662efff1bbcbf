// Checks the recorded past of a saved foundry against its present state: goals against deliveries, inventories against
// parts and fabrication. Shape and physics are checked in load.ts, the totals in balance.ts.
import { at } from '../../kernel/at.ts'
import { ITEM_COUNT, ITEMS, itemId, PARTS } from './catalogue.ts'
import type { Goal } from './config.ts'
import { RECIPES } from './recipes.ts'
import type { Foundry } from './state.ts'

interface Misfit {
  readonly path: string
  readonly message: string
}

/** The first impossible value, or undefined. */
export function findMisfit(f: Foundry): Misfit | undefined {
  return findLateCompletion(f) ?? findGoal(f) ?? findInventory(f)
}

function findLateCompletion(f: Foundry): Misfit | undefined {
  if (f.completedAt < 0) return undefined
  const path = '$.completed_at'
  if (f.config.goals.length === 0) return { path, message: 'there is no objective to complete' }
  if (f.completedAt < 1 || f.completedAt > f.tick) return { path, message: `is not from 1 to the tick, ${f.tick}` }
  return undefined
}

function findGoal(f: Foundry): Misfit | undefined {
  for (const [index, goal] of f.config.goals.entries()) {
    const message = goalFault(f, goal, at(f.goals, index).done)
    if (message !== undefined) return { path: `$.goals[${index}]`, message }
  }
  return undefined
}

function goalFault(f: Foundry, goal: Goal, done: number): string | undefined {
  const isComplete = f.completedAt >= 0
  switch (goal.kind) {
    case 'deliver': {
      const delivered = at(f.ledger.delivered, ITEMS.indexOf(goal.item))
      if (done > delivered) return `counts ${done} ${goal.item}, and ${delivered} were delivered`
      if (isComplete && done < goal.count) return `the objective is complete with ${done} of ${goal.count} ${goal.item}`
      // Counting stops once the objective is complete or the run is out of time.
      const isCounting = !isComplete && (f.config.max_ticks === 0 || f.tick <= f.config.max_ticks)
      return isCounting && done !== delivered ? `counts ${done} of ${delivered} delivered ${goal.item}` : undefined
    }
    case 'contamination_below':
      if (done > Math.min(goal.ticks, f.tick)) return `counts ${done} ticks of at most ${Math.min(goal.ticks, f.tick)}`
      return isComplete && done < goal.ticks
        ? `the objective is complete after ${done} of ${goal.ticks} ticks`
        : undefined
    case 'before_tick':
      if (isComplete && f.completedAt > goal.tick) return `the objective was complete after tick ${goal.tick}`
      return done === 0 ? undefined : 'nothing is counted for this goal'
    case 'parts_at_most':
      return done === 0 ? undefined : 'nothing is counted for this goal'
    default:
      return goal satisfies never
  }
}

/** Parts beyond a crew's initial inventory must have been built by fabricators from consumed items. */
function findInventory(f: Foundry): Misfit | undefined {
  // A sprawl starts with parts that came from no inventory.
  if (f.config.sprawl > 0) return undefined
  const spent = new Array<number>(ITEM_COUNT).fill(0)
  const placed = placedParts(f)
  for (const [slot, counts] of f.inventories.entries()) {
    const first = new Map(Object.entries(at(f.config.inventory, slot)))
    for (const [def, { id }] of PARTS.entries()) {
      const built = at(counts, def) + at(at(placed, slot), def) - (first.get(id) ?? 0)
      const path = `$.inventories[${slot}].${id}`
      if (built < 0) return { path, message: `${-built} are missing: they are neither placed nor in the inventory` }
      for (const { item, count } of RECIPES.find(({ builds }) => builds === def)?.inputs ?? []) {
        const total = at(spent, item - 1) + count * built
        spent[item - 1] = total
        if (total > at(f.ledger.consumed, item - 1)) {
          const consumed = at(f.ledger.consumed, item - 1)
          return {
            path,
            message: `${built} more than the crew began with: only ${consumed} ${itemId(item)} were consumed`,
          }
        }
      }
    }
  }
  return undefined
}

/** Number of existing parts, by owner slot and definition. */
function placedParts(f: Foundry): number[][] {
  const placed = f.inventories.map(() => PARTS.map(() => 0))
  for (let part = 1; part <= f.parts.last; part++) {
    const def = at(f.parts.def, part) - 1
    if (def < 0 || f.parts.isFixed[part] === 1) continue
    const counts = at(placed, at(f.parts.owner, part))
    counts[def] = at(counts, def) + 1
  }
  return placed
}
