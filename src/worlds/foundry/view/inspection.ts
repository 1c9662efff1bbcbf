// Reads the headless inspection of a part for the inspector: first the most important facts, then every field, with
// nothing omitted.

import { listOf, numberOf, objectOf, textOf } from '../../../kernel/view/read.ts'
import { isObject } from '../../../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../../../protocol/json.ts'
import { PARTS } from '../catalogue.ts'
import type { Recipe } from '../recipes.ts'
import { advice, amounts, plain, recipeOf, titleOfDef } from './words.ts'

export interface Inspection {
  readonly id: number
  readonly defId: string
  readonly title: string
  readonly state: string
  /** The problem and its solution; empty if there is none. */
  readonly advice: string
  readonly reason: string
  readonly recipe: Recipe | undefined
  readonly isEnabled: boolean
  readonly isFixed: boolean
  readonly facing: string
  /** The most important facts. */
  readonly facts: readonly Fact[]
  /** The net of the part; null: none. */
  readonly net: number | null
  /** Every field of the inspection, as rows of a tree. */
  readonly fields: readonly Field[]
}

export interface Fact {
  readonly name: string
  readonly value: string
  /** Progress, 0 to 1, for a bar. */
  readonly share?: number
}

export interface Field {
  readonly path: string
  readonly value: string
}

export function readInspection(json: JsonObject): Inspection {
  const part = objectOf(json.part)
  const status = objectOf(json.status)
  const defId = textOf(part.def_id)
  const recipe = recipeOf(textOf(part.recipe_id))
  const state = textOf(status.state, 'idle')
  const satisfaction = typeof status.satisfaction === 'number' ? status.satisfaction : null
  const links = listOf(json.port_links).map(objectOf)
  const net = links.find(({ net_id }) => typeof net_id === 'number')?.net_id
  return {
    id: numberOf(part.id),
    defId,
    title: titleOfDef(defId),
    state,
    advice: advice(state, { satisfaction, recipe }),
    reason: textOf(status.reason),
    recipe,
    isEnabled: part.enabled !== false,
    isFixed: part.fixed === true,
    facing: textOf(part.facing),
    facts: factsOf(part, status, recipe, satisfaction),
    net: typeof net === 'number' ? net : null,
    fields: flatten(json),
  }
}

function factsOf(
  part: JsonObject,
  status: JsonObject,
  recipe: Recipe | undefined,
  satisfaction: number | null,
): Fact[] {
  const def = PARTS.find(({ id }) => id === part.def_id)
  const facts: Fact[] = []
  if (typeof status.progress === 'number' && recipe) {
    const share = status.progress / 1000
    facts.push({ name: 'Cycle', value: `${Math.floor(share * recipe.ticks)} of ${recipe.ticks}`, share })
  }
  if (recipe && recipe.sorts === 0) {
    facts.push({ name: 'Takes in', value: amounts(recipe.inputs) })
    facts.push({ name: 'Gives out', value: recipe.builds >= 0 ? '1 part' : amounts(recipe.outputs) })
  }
  if (def && def.draw > 0) {
    const got = satisfaction === null ? 0 : Math.round((def.draw * satisfaction) / 100) / 10
    facts.push({ name: 'Power', value: `${got} of ${def.draw} a tick` })
  }
  if (def && def.supply > 0) facts.push({ name: 'Gives', value: `up to ${def.supply} a tick` })
  if (def && def.capacity > 0) facts.push({ name: 'Charge', value: `${numberOf(part.energy)} of ${def.capacity}` })
  if (def && def.tolerance > 0) facts.push({ name: 'Tolerates', value: `${def.tolerance} contamination` })
  for (const [place, name] of [
    ['stock', 'Holds'],
    ['ready', 'Has made'],
  ] as const) {
    const held = Object.entries(objectOf(part[place])).map(([item, count]) => `${numberOf(count)} ${plain(item)}`)
    if (held.length > 0) facts.push({ name, value: held.join(', ') })
  }
  const items = listOf(part.items).map((each) => plain(textOf(objectOf(each).item)))
  if (items.length > 0) facts.push({ name: 'Carries', value: items.join(', ') })
  facts.push({ name: 'Facing', value: textOf(part.facing) })
  const { x, y, z } = objectOf(part.origin)
  facts.push({ name: 'Origin', value: `${numberOf(x)}, ${numberOf(y)}, ${numberOf(z)}` })
  return facts
}

/** Every leaf with its path, including empty lists and objects. */
export function flatten(value: JsonValue, path = ''): Field[] {
  if (Array.isArray(value) && value.length > 0) {
    if (value.every((each) => typeof each !== 'object' || each === null)) return [{ path, value: value.join(', ') }]
    return value.flatMap((each, index) => flatten(each, `${path}[${index}]`))
  }
  if (isObject(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, each]) => flatten(each, path === '' ? key : `${path}.${key}`))
  }
  const isEmpty = typeof value === 'object' && value !== null
  return [{ path, value: isEmpty ? 'none' : String(value) }]
}
