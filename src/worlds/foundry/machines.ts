// Machines: when they start a cycle, finish it, and sleep. A machine starts only when it has its inputs and room for
// its outputs, so a finished cycle never waits.
import { absent } from '../../kernel/at.ts'
import { addContamination } from './air-table.ts'
import { ITEM_COUNT, READY_ITEMS } from './catalogue.ts'
import { listNet } from './net-table.ts'
import { ENABLED, FOULED, hasFlag, IN_CYCLE, RUNNING, setFlag } from './node-table.ts'
import { isOffered } from './offers.ts'
import { anchorOf, defOf } from './parts.ts'
import { wakeNode } from './queue.ts'
import { RECIPES, type Recipe } from './recipes.ts'
import { addCount, type Foundry } from './state.ts'
import { dueAt } from './wheel.ts'
import { FULL, satisfactionOf, scheduleWork, syncWork, workNeeded } from './work.ts'

export function recipeOf(f: Foundry, row: number): Recipe | undefined {
  return RECIPES[(f.nodes.recipe[row] ?? absent()) - 1]
}

/** Number of items of a kind that a machine stocks: twice what a cycle needs. */
export function wantedOf(recipe: Recipe | undefined, item: number): number {
  if (!recipe) return 0
  for (const input of recipe.inputs) if (input.item === item) return 2 * input.count
  return 0
}

export function hasInputs(f: Foundry, row: number, recipe: Recipe): boolean {
  for (const { item, count } of recipe.inputs) {
    if ((f.nodes.stock[row * ITEM_COUNT + item - 1] ?? absent()) < count) return false
  }
  return true
}

export function hasRoom(f: Foundry, row: number, recipe: Recipe): boolean {
  for (const { item, count } of recipe.outputs) {
    if ((f.nodes.ready[row * ITEM_COUNT + item - 1] ?? absent()) + count > READY_ITEMS) return false
  }
  return true
}

/** Re-evaluates a machine after any change to it. */
export function refreshMachine(f: Foundry, row: number): void {
  const { nodes } = f
  const recipe = recipeOf(f, row)
  const isFree = hasFlag(nodes, row, ENABLED) && !hasFlag(nodes, row, FOULED) && recipe !== undefined
  if (isFree && !hasFlag(nodes, row, IN_CYCLE) && hasInputs(f, row, recipe) && hasRoom(f, row, recipe)) {
    startCycle(f, row, recipe)
  }
  setRunning(f, row, isFree && hasFlag(nodes, row, IN_CYCLE))
}

function startCycle(f: Foundry, row: number, recipe: Recipe): void {
  const { nodes } = f
  for (const { item, count } of recipe.inputs) {
    const at = row * ITEM_COUNT + item - 1
    nodes.stock[at] = (nodes.stock[at] ?? absent()) - count
    addCount(f.ledger.consumed, item - 1, count)
  }
  syncWork(f, row)
  nodes.progress[row] = 0
  setFlag(nodes, row, IN_CYCLE, true)
  if (hasFlag(nodes, row, RUNNING)) scheduleWork(f, row)
  // There may now be room for items waiting at its ports.
  if (recipe.inputs.length > 0 && isOffered(f, row)) wakeNode(f, row)
}

/** Switches a node's power draw (and its emission) on or off. */
export function setRunning(f: Foundry, row: number, isRunning: boolean): void {
  const { nodes } = f
  if (hasFlag(nodes, row, RUNNING) === isRunning) return
  const part = nodes.part[row] ?? absent()
  const def = defOf(f, part)
  if (def.kind === 'machine') syncWork(f, row)
  setFlag(nodes, row, RUNNING, isRunning)
  const net = f.nets.byId[f.parts.net[part] ?? absent()]
  if (net && def.draw > 0) {
    net.demand += isRunning ? def.draw : -def.draw
    listNet(f.nets, net)
  }
  if (isRunning && emissionOf(f, row) > 0) f.emitters.add(row)
  else f.emitters.delete(row)
  if (def.kind === 'machine') scheduleWork(f, row)
}

/** Units of contamination per tick at full power, before scaling by the configuration. */
function emissionOf(f: Foundry, row: number): number {
  if (f.config.emission_permille === 0) return 0
  return defOf(f, f.nodes.part[row] ?? absent()).emission + (recipeOf(f, row)?.emission ?? 0)
}

/** The second phase of a tick: running machines progress, and finished ones output their products. */
export function runMachines(f: Foundry): void {
  f.works++
  const due = dueAt(f.workWheel, f.works)
  for (let i = 0; i < due.length; i++) {
    const row = due[i] ?? absent()
    if (f.nodes.due[row] !== f.works) continue
    f.nodes.due[row] = 0
    syncWork(f, row)
    if ((f.nodes.progress[row] ?? absent()) >= workNeeded(f, row)) finishCycle(f, row)
    else scheduleWork(f, row)
  }
  if (due.length > 0) due.length = 0
  if (f.emitters.size > 0) emitAll(f)
}

function emitAll(f: Foundry): void {
  for (const row of f.emitters) {
    const part = f.nodes.part[row] ?? absent()
    const power = defOf(f, part).draw === 0 ? FULL : satisfactionOf(f, part)
    const amount = Math.trunc((emissionOf(f, row) * power * f.config.emission_permille) / (FULL * FULL))
    if (amount === 0) continue
    addContamination(f.air, anchorOf(f, part), amount)
    f.ledger.emitted += amount
  }
}

function finishCycle(f: Foundry, row: number): void {
  const { nodes } = f
  const recipe = recipeOf(f, row)
  setFlag(nodes, row, IN_CYCLE, false)
  nodes.progress[row] = 0
  if (recipe) {
    for (const { item, count } of recipe.outputs) {
      const at = row * ITEM_COUNT + item - 1
      nodes.ready[at] = (nodes.ready[at] ?? absent()) + count
      addCount(recipe.madeIn === 'extractor' ? f.ledger.mined : f.ledger.made, item - 1, count)
    }
    if (recipe.builds >= 0) {
      const inventory = f.inventories[f.parts.owner[nodes.part[row] ?? absent()] ?? absent()]
      if (inventory) addCount(inventory, recipe.builds, 1)
    }
  }
  wakeNode(f, row)
  refreshMachine(f, row)
}

/** Sets the recipe of a machine or a filter (0: none). Discards its inputs and its current cycle. */
export function setRecipe(f: Foundry, row: number, recipe: number): void {
  const { nodes } = f
  if (nodes.recipe[row] === recipe) return
  setRunning(f, row, false)
  nodes.recipe[row] = recipe
  nodes.progress[row] = 0
  setFlag(nodes, row, IN_CYCLE, false)
  for (let i = 0; i < ITEM_COUNT; i++) {
    addCount(f.ledger.destroyed, i, nodes.stock[row * ITEM_COUNT + i] ?? absent())
    nodes.stock[row * ITEM_COUNT + i] = 0
  }
  if (defOf(f, nodes.part[row] ?? absent()).kind === 'machine') refreshMachine(f, row)
  wakeNode(f, row)
}
