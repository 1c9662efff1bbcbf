// The status of a part, derived only from the state: it is the same before a save and after loading it.
import { at } from '../../kernel/at.ts'
import { PARTS, STORAGE_ITEMS } from './catalogue.ts'
import { hasInputs, hasRoom, recipeOf } from './machines.ts'
import type { Net } from './net-table.ts'
import { ENABLED, FOULED, hasFlag, IN_CYCLE, PORTS, RUNNING, stockTotal } from './node-table.ts'
import { burnable, planPower } from './power.ts'
import type { Foundry } from './state.ts'
import { FULL, syncWork, workNeeded } from './work.ts'

export const PART_STATES = [
  'disabled',
  'no_recipe',
  'unpowered',
  'brownout',
  'starved',
  'blocked',
  'fouled',
  'working',
  'idle',
] as const
export type PartState = (typeof PART_STATES)[number]

export interface Status {
  readonly [key: string]: string | number | null
  readonly state: PartState
  /** The reason as text. */
  readonly reason: string
  /** Permille of its demand that its net will meet in the next tick; null: not in a net. */
  readonly satisfaction: number | null
  /** Progress of the current cycle in permille; null: no cycle. */
  readonly progress: number | null
}

/** The power plans of nets for the next tick, computed once for many parts. */
export class PowerOutlook {
  readonly #f: Foundry
  readonly #plans = new Map<Net, ReturnType<typeof planPower>>()

  constructor(f: Foundry) {
    this.#f = f
  }

  of(part: number): ReturnType<typeof planPower> | undefined {
    const net = this.#f.nets.byId[at(this.#f.parts.net, part)]
    if (!net) return undefined
    const plan = this.#plans.get(net) ?? planPower(this.#f, net)
    this.#plans.set(net, plan)
    return plan
  }
}

/** State and reason of an existing part. */
type Finding = readonly [PartState, string]

export function statusOf(f: Foundry, part: number, outlook: PowerOutlook): Status {
  const plan = outlook.of(part)
  const [state, reason] = findState(f, part, plan)
  const row = at(f.parts.row, part)
  const isMachine = PARTS[at(f.parts.def, part) - 1]?.kind === 'machine'
  const isInCycle = isMachine && hasFlag(f.nodes, row, IN_CYCLE)
  if (isInCycle) syncWork(f, row)
  return {
    state,
    reason,
    satisfaction: plan ? reportedSatisfaction(plan) : null,
    progress: isInCycle ? Math.trunc((FULL * at(f.nodes.progress, row)) / workNeeded(f, row)) : null,
  }
}

/** Satisfaction is full without demand, but 0 for a net with neither demand nor available power. */
function reportedSatisfaction({ demand, available, satisfaction }: NonNullable<Plan>): number {
  return demand === 0 && available === 0 ? 0 : satisfaction
}

/** Only the state of an existing part. */
export function stateOf(f: Foundry, part: number, outlook: PowerOutlook): PartState {
  return findState(f, part, outlook.of(part))[0]
}

type Plan = ReturnType<typeof planPower> | undefined

function findState(f: Foundry, part: number, plan: Plan): Finding {
  const row = at(f.parts.row, part)
  switch (PARTS[at(f.parts.def, part) - 1]?.kind) {
    case 'machine':
      return findMachine(f, row, plan)
    case 'generator':
      return findGenerator(f, row, plan)
    case 'scrubber':
      if (!hasFlag(f.nodes, row, ENABLED)) return ['disabled', 'it is switched off']
      return hasFlag(f.nodes, row, RUNNING) ? findPowered(plan, 'it cleans the air') : ['idle', 'the air is clean']
    case 'vent':
      return f.cleaners.has(row) ? ['working', 'it lets contamination out'] : ['idle', 'nothing comes to it to let out']
    case 'solar':
      return f.sun > 0 ? ['working', `the sun gives ${f.sun} permille`] : ['idle', 'there is no sun']
    case 'belt':
      return findBelt(f, row)
    case 'splitter':
    case 'merger':
      return findCore(f, row)
    case 'filter':
      if (!hasFlag(f.nodes, row, ENABLED)) return ['disabled', 'it is switched off']
      if (f.nodes.recipe[row] === 0) return ['no_recipe', 'it has not been told which item goes to its front']
      return findCore(f, row)
    case 'storage':
      return findStorage(f, row)
    default:
      return ['idle', 'it has nothing to do']
  }
}

function findPowered(plan: Plan, working: string): Finding {
  if (!plan || plan.satisfaction === 0) return ['unpowered', 'its net gives no power']
  if (plan.satisfaction < FULL) return ['brownout', `its net meets ${plan.satisfaction} permille of the demand`]
  return ['working', working]
}

function findMachine(f: Foundry, row: number, plan: Plan): Finding {
  const recipe = recipeOf(f, row)
  if (!hasFlag(f.nodes, row, ENABLED)) return ['disabled', 'it is switched off']
  if (!recipe) return ['no_recipe', 'it has been given no recipe']
  if (hasFlag(f.nodes, row, FOULED)) return ['fouled', 'the contamination around it is above its tolerance']
  if (hasFlag(f.nodes, row, RUNNING)) return findPowered(plan, `it follows ${recipe.id}`)
  if (!hasRoom(f, row, recipe)) return ['blocked', 'it has no room for what it makes: nothing takes it away']
  if (!hasInputs(f, row, recipe)) return ['starved', 'it waits for its inputs']
  return ['idle', 'it has nothing to do']
}

function findGenerator(f: Foundry, row: number, plan: Plan): Finding {
  if (!hasFlag(f.nodes, row, ENABLED)) return ['disabled', 'it is switched off']
  if (burnable(f, row) === 0) return ['starved', 'it has no fuel']
  return plan?.isBurning ? ['working', 'it burns fuel'] : ['idle', 'the sun gives enough']
}

function findBelt(f: Foundry, line: number): Finding {
  const { belts } = f
  if (belts.head[line] === 0) return ['idle', 'its line is empty']
  if (belts.lead[line] === 0 && belts.isLoop[line] === 0) return ['blocked', 'nothing on its line can move']
  return ['working', 'its line moves']
}

function findCore(f: Foundry, row: number): Finding {
  if (f.nodes.core[row] !== 0) return ['blocked', 'no port for its item is linked and free']
  const waits = f.nodes.slot.subarray(row * PORTS, (row + 1) * PORTS).some((item) => item !== 0)
  return waits ? ['working', 'an item waits at one of its ports'] : ['idle', 'nothing comes to it']
}

function findStorage(f: Foundry, row: number): Finding {
  const total = stockTotal(f.nodes, row)
  if (total >= STORAGE_ITEMS) return ['blocked', 'it is full']
  return total > 0 ? ['working', `it holds ${total} items`] : ['idle', 'it is empty']
}
