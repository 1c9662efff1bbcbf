// Worlds as data: for lists, for `world show`, and for authors of players.
import { z } from 'zod'
import { parseWith } from '../../kernel/parse.ts'
import { configureWorld, type World } from '../../kernel/world.ts'
import type { WorldDetail, WorldSummary } from '../../protocol/catalogue.ts'
import { JsonObject } from '../../protocol/json.ts'

/** @param isBuiltIn whether it ships with Paracosm, whose application has a view of it */
export function summariseWorld(world: World, isBuiltIn: boolean): WorldSummary {
  return {
    id: world.id,
    version: world.version,
    title: world.title,
    summary: world.summary,
    variants: world.variants.map((variant) => ({
      ...variant,
      slots: world.slots(configureWorld(world, variant.id).config),
    })),
    bots: (world.bots ?? []).map(({ name, summary }) => ({ name, summary })),
    view: viewOf(world, isBuiltIn),
    has_dialogue: world.dialogue !== undefined,
  }
}

/**
 * A world with a module has its own view; views of built-in worlds are part of the application. Other worlds, also those
 * with a public view, are shown as tables.
 */
function viewOf({ view }: World, isBuiltIn: boolean): WorldSummary['view'] {
  if (view?.module) return 'package'
  return view && isBuiltIn ? 'built-in' : 'none'
}

/** The JSON Schema (2020-12) of a zod schema's input. */
export function toJsonSchema(schema: z.ZodType): JsonObject {
  const json: unknown = JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })))
  return parseWith(JsonObject, json, { code: 'VALIDATION_ERROR', what: 'The schema' })
}

/** @param isBuiltIn as in `summariseWorld` */
export function describeWorld(world: World, isBuiltIn: boolean): WorldDetail {
  return {
    ...summariseWorld(world, isBuiltIn),
    config_schema: toJsonSchema(world.config),
    command_schema: toJsonSchema(world.command),
    results_schema: toJsonSchema(world.results),
  }
}
