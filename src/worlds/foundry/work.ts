// Progress of running machines. It grows by the satisfaction of the machine's net in every work phase, so it follows
// from the count of phases; only the phase of completion is stored.

import { absent } from '../../kernel/at.ts'
import { hasFlag, RUNNING } from './node-table.ts'
import { RECIPES } from './recipes.ts'
import type { Foundry } from './state.ts'
import { schedule, WHEEL_REACH } from './wheel.ts'

/** Permille that make a whole tick. */
export const FULL = 1000

/** Permille of a part's demand that its net met in the last power phase; 0 before the first. */
export function satisfactionOf(f: Foundry, part: number): number {
  const satisfaction = f.nets.byId[f.parts.net[part] ?? absent()]?.satisfaction ?? 0
  return Math.max(satisfaction, 0)
}

/** Brings the progress of a machine up to date. Call it before its satisfaction changes. */
export function syncWork(f: Foundry, row: number): void {
  const { nodes } = f
  if (hasFlag(nodes, row, RUNNING) && nodes.recipe[row] !== 0) {
    const phases = f.works - (nodes.at[row] ?? absent())
    if (phases > 0) {
      nodes.progress[row] = (nodes.progress[row] ?? absent()) + phases * satisfactionOf(f, nodes.part[row] ?? absent())
    }
  }
  nodes.at[row] = f.works
}

/** Total work of a machine's recipe, in permille of a tick. */
export function workNeeded(f: Foundry, row: number): number {
  return (RECIPES[(f.nodes.recipe[row] ?? absent()) - 1]?.ticks ?? 0) * FULL
}

/** Schedules the work phase in which a machine completes. Its progress must be up to date. */
export function scheduleWork(f: Foundry, row: number): void {
  const { nodes } = f
  const rate = satisfactionOf(f, nodes.part[row] ?? absent())
  if (rate === 0 || !hasFlag(nodes, row, RUNNING)) {
    nodes.due[row] = 0
    return
  }
  const wait = Math.max(1, Math.ceil((workNeeded(f, row) - (nodes.progress[row] ?? absent())) / rate))
  const due = f.works + Math.min(wait, WHEEL_REACH)
  if (nodes.due[row] === due) return
  nodes.due[row] = due
  schedule(f.workWheel, row, due)
}
