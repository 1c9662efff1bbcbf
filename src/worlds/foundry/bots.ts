// The bots that ship with the foundry: a builder that wins the first lesson, and a random one that tries to break
// things. They know only what a crew observes.
import { z } from 'zod'
import { createRandom, nextBelow, nextChance, type RandomState } from '../../kernel/random.ts'
import type { Bot, BotMaker } from '../../kernel/world.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { FACINGS, type Facing, PARTS } from './catalogue.ts'
import type { FoundryCommand } from './config.ts'
import { RECIPES } from './recipes.ts'

const Point = z.object({ x: z.int(), y: z.int(), z: z.int() })

/** The input of the bots: part of an observation, or the same data assembled from a report and inspections. */
export const FoundryView = z.object({
  size: Point,
  deposits: z.array(z.object({ x: z.int(), z: z.int(), item: z.string() })),
  parts: z.array(z.object({ id: z.int(), def_id: z.string(), origin: Point, state: z.string() })),
  build_inventory: z.record(z.string(), z.int()),
})
export type FoundryView = z.infer<typeof FoundryView>

interface Wish {
  readonly def_id: string
  readonly x: number
  readonly y: number
  readonly z: number
  readonly facing: Facing
}

/** Conveyors between an extractor and its smelter. */
const FEED_LENGTH = 3

/**
 * Builds one line from an iron deposit over a smelter to the delivery port, one part per step. Then it reads the
 * machines' states and fixes problems: it sets missing recipes, and adds a panel on top of a machine that lacks power.
 */
export function decideBuilder(view: FoundryView): FoundryCommand | undefined {
  const missing = planLine(view).find((wish) => !isFilled(view, wish))
  if (missing) return place(view, missing)
  const lost = view.parts.find(({ state }) => state === 'no_recipe')
  if (lost) return { type: 'set_machine_recipe', part_id: lost.id, recipe_id: 'smelt_iron' }
  for (const { def_id, origin, state } of view.parts) {
    if (state !== 'unpowered' && state !== 'brownout') continue
    const cells = def_id === 'smelter' ? [origin.x, origin.x + 1] : [origin.x]
    const free = cells.find((x) => !isFilled(view, { x, y: origin.y + 1, z: origin.z }))
    if (free !== undefined) {
      return place(view, { def_id: 'solar_panel', x: free, y: origin.y + 1, z: origin.z, facing: 'north' })
    }
  }
  return undefined
}

/** All parts between the deposit nearest to the port's row and the port; empty when either is missing. */
function planLine(view: FoundryView): Wish[] {
  const port = view.parts.find(({ def_id }) => def_id === 'delivery_port')?.origin
  if (!port) return []
  const rows = view.deposits.filter(({ item, x }) => item === 'iron_ore' && x + FEED_LENGTH + 4 < port.x)
  const far = (at: { readonly z: number }): number => Math.max(at.z - port.z, port.z - at.z)
  const ore = rows.reduce((best, at) => (best === undefined || far(at) < far(best) ? at : best), rows[0])
  if (!ore) return []
  const { z } = ore
  const smelter = ore.x + FEED_LENGTH + 1
  const corner = port.x - 1
  const line: Wish[] = [{ def_id: 'extractor', x: ore.x, y: 1, z, facing: 'east' }]
  for (let x = ore.x + 1; x < smelter; x++) line.push({ def_id: 'conveyor', x, y: 1, z, facing: 'east' })
  line.push({ def_id: 'smelter', x: smelter, y: 1, z, facing: 'east' })
  for (let x = smelter + 2; x < corner; x++) line.push({ def_id: 'conveyor', x, y: 1, z, facing: 'east' })
  const step = port.z > z ? 1 : -1
  for (let row = z; row !== port.z; row += step) {
    line.push({ def_id: 'conveyor', x: corner, y: 1, z: row, facing: step > 0 ? 'south' : 'north' })
  }
  line.push({ def_id: 'conveyor', x: corner, y: 1, z: port.z, facing: 'east' })
  return line
}

function isFilled(view: FoundryView, at: { readonly x: number; readonly y: number; readonly z: number }): boolean {
  return view.parts.some(({ origin }) => origin.x === at.x && origin.y === at.y && origin.z === at.z)
}

function place(view: FoundryView, wish: Wish): FoundryCommand | undefined {
  if ((view.build_inventory[wish.def_id] ?? 0) < 1) return undefined
  const { def_id, facing, x, y, z } = wish
  return { type: 'place_part', def_id, origin: { x, y, z }, facing }
}

/** A random command; most are sensible enough to be accepted. */
export function decideRandom(view: FoundryView, random: RandomState): FoundryCommand {
  const part = view.parts[nextBelow(random, Math.max(1, view.parts.length))]
  if (part === undefined || nextChance(random, 650)) return placeAnywhere(view, random)
  const facing = FACINGS[nextBelow(random, 4)] ?? 'north'
  const recipe = RECIPES[nextBelow(random, RECIPES.length)]
  switch (nextBelow(random, 5)) {
    case 0:
      return { type: 'remove_part', part_id: part.id }
    case 1:
      return { type: 'rotate_part', part_id: part.id, facing }
    case 2:
      return { type: 'set_machine_enabled', part_id: part.id, enabled: nextChance(random, 700) }
    case 3: {
      const fits = RECIPES.filter(({ madeIn }) => madeIn === part.def_id)
      const id = fits[nextBelow(random, Math.max(1, fits.length))]?.id ?? recipe?.id ?? null
      const type = part.def_id === 'fabricator' ? 'set_build_recipe' : 'set_machine_recipe'
      return { type, part_id: part.id, recipe_id: id }
    }
    default:
      return { type: 'set_build_recipe', part_id: part.id, recipe_id: recipe?.id ?? null }
  }
}

function placeAnywhere(view: FoundryView, random: RandomState): FoundryCommand {
  const def = PARTS[nextBelow(random, PARTS.length)]
  // Conveyors come up most often: belts must connect to be useful.
  const def_id = def === undefined || nextChance(random, 400) ? 'conveyor' : def.id
  const deposit = view.deposits[nextBelow(random, Math.max(1, view.deposits.length))]
  const isMine = def_id === 'extractor' && deposit !== undefined
  const origin = {
    x: isMine ? deposit.x : nextBelow(random, view.size.x),
    y: nextChance(random, 800) ? 1 : nextBelow(random, view.size.y),
    z: isMine ? deposit.z : nextBelow(random, view.size.z),
  }
  return { type: 'place_part', def_id, origin, facing: FACINGS[nextBelow(random, 4)] ?? 'north' }
}

export const BOTS: readonly BotMaker<JsonObject, FoundryCommand>[] = [
  {
    name: 'builder',
    summary: 'Builds a line from ore to the delivery port, and mends what its machines complain of.',
    create: (): Bot<JsonObject, FoundryCommand> => ({
      decide: (observation) => decideBuilder(FoundryView.parse(observation)),
    }),
  },
  {
    name: 'random',
    summary: 'Places, turns, sets and removes parts at random.',
    create(seed): Bot<JsonObject, FoundryCommand> {
      const random = createRandom(seed, 'bot')
      return { decide: (observation) => decideRandom(FoundryView.parse(observation), random) }
    },
  },
]
