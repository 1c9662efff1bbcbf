// The first phase of a tick: what every net generates, stores and uses. Nets without changes that burn, charge and
// drain nothing are skipped: their values are those of the previous tick.
import { absent } from '../../kernel/at.ts'
import { nextBelow } from '../../kernel/random.ts'
import { ITEM_COUNT } from './catalogue.ts'
import { setRunning } from './machines.ts'
import { listNet, type Net, setFlow } from './net-table.ts'
import { runningRow } from './nets.ts'
import { ENABLED, hasFlag } from './node-table.ts'
import { defOf } from './parts.ts'
import { wakeNode } from './queue.ts'
import { FUEL } from './recipes.ts'
import { addCount, type Foundry } from './state.ts'
import { FULL, scheduleWork, syncWork } from './work.ts'

/** The result of the next power phase for a net. */
export interface PowerPlan {
  /** Units per tick. */
  readonly demand: number
  readonly solar: number
  /** Whether generators burn: solar power alone does not meet the demand and fill the batteries. */
  readonly isBurning: boolean
  /** Units that generators give if they burn. */
  readonly fuelled: number
  readonly charge: number
  readonly room: number
  /** Available power: sun, burning fuel and charge. */
  readonly available: number
  readonly satisfaction: number
}

/** Plans a net. Changes nothing, and depends only on the saved state. */
export function planPower(f: Foundry, net: Net): PowerPlan {
  const solar = Math.trunc((net.solar * f.sun) / FULL)
  let charge = 0
  let capacity = 0
  for (const row of net.batteries) {
    charge += f.nodes.energy[row] ?? absent()
    capacity += defOf(f, f.nodes.part[row] ?? absent()).capacity
  }
  const room = capacity - charge
  let fuelled = 0
  for (const row of net.generators) fuelled += burnable(f, row)
  const isBurning = fuelled > 0 && solar < net.demand + room
  const available = solar + (isBurning ? fuelled : 0) + charge
  const satisfaction = net.demand === 0 ? FULL : Math.min(FULL, Math.trunc((FULL * available) / net.demand))
  return { demand: net.demand, solar, isBurning, fuelled, charge, room, available, satisfaction }
}

/** Units that a generator can give in the next tick. */
export function burnable(f: Foundry, row: number): number {
  const { nodes } = f
  if (!hasFlag(nodes, row, ENABLED)) return 0
  const energy = nodes.energy[row] ?? absent()
  const hasFuel = (nodes.stock[row * ITEM_COUNT + FUEL.item - 1] ?? absent()) > 0
  const left = energy === 0 && hasFuel ? FUEL.energy : energy
  return Math.min(left, defOf(f, nodes.part[row] ?? absent()).supply)
}

/** Lists a part's net for the next power phase. */
export function listNetOf(f: Foundry, part: number): void {
  const net = f.nets.byId[f.parts.net[part] ?? absent()]
  if (net) listNet(f.nets, net)
}

export function runPower(f: Foundry): void {
  const { nets, ledger } = f
  drawSun(f)
  if (nets.listed.length > 0) runListed(f)
  ledger.generated += nets.generated
  ledger.used += nets.used
  ledger.spilled += nets.spilled
}

function runListed(f: Foundry): void {
  const { nets } = f
  const looked = nets.listed
  nets.listed = nets.spare
  for (const net of looked) net.isListed = false
  for (const net of looked) if (nets.byId[net.id] === net) runNet(f, net)
  looked.length = 0
  nets.spare = looked
}

function drawSun(f: Foundry): void {
  const { every, least } = f.config.clouds
  if (every === 0 || f.tick % every !== 0) return
  f.sun = least + nextBelow(f.random, FULL + 1 - least)
  for (const net of f.nets.byId) if (net && net.solar > 0) listNet(f.nets, net)
}

function runNet(f: Foundry, net: Net): void {
  const plan = planPower(f, net)
  for (const row of net.generators) {
    const isBurning = plan.isBurning && burnable(f, row) > 0
    if (isBurning) burn(f, row)
    setRunning(f, row, isBurning)
  }
  const generated = plan.solar + (plan.isBurning ? plan.fuelled : 0)
  const used = Math.min(plan.demand, generated + plan.charge)
  let spilled = 0
  if (generated >= used) {
    const stored = Math.min(generated - used, plan.room)
    spilled = generated - used - stored
    charge(f, net, stored)
  } else drain(f, net, used - generated)
  setFlow(f.nets, net, { generated, used, spilled })
  setSatisfaction(f, net, plan.satisfaction)
  if (plan.isBurning || generated - used - spilled !== 0) listNet(f.nets, net)
}

function burn(f: Foundry, row: number): void {
  const { nodes, ledger } = f
  if (nodes.energy[row] === 0) {
    const at = row * ITEM_COUNT + FUEL.item - 1
    nodes.stock[at] = (nodes.stock[at] ?? absent()) - 1
    nodes.energy[row] = FUEL.energy
    addCount(ledger.consumed, FUEL.item - 1, 1)
    wakeNode(f, row)
  }
  nodes.energy[row] = (nodes.energy[row] ?? absent()) - burnable(f, row)
}

/** Fills batteries in order of part id. */
function charge(f: Foundry, net: Net, amount: number): void {
  let left = amount
  for (const row of net.batteries) {
    const energy = f.nodes.energy[row] ?? absent()
    const taken = Math.min(left, defOf(f, f.nodes.part[row] ?? absent()).capacity - energy)
    f.nodes.energy[row] = energy + taken
    left -= taken
  }
}

function drain(f: Foundry, net: Net, amount: number): void {
  let left = amount
  for (const row of net.batteries) {
    const energy = f.nodes.energy[row] ?? absent()
    const given = Math.min(left, energy)
    f.nodes.energy[row] = energy - given
    left -= given
  }
}

function setSatisfaction(f: Foundry, net: Net, satisfaction: number): void {
  if (net.satisfaction === satisfaction) return
  const running: number[] = []
  let part = net.part
  for (let i = 0; i < net.size; i++) {
    const row = runningRow(f, part)
    if (row !== 0) running.push(row)
    part = f.parts.netNext[part] ?? absent()
  }
  for (const row of running) syncWork(f, row)
  net.satisfaction = satisfaction
  for (const row of running) scheduleWork(f, row)
}
