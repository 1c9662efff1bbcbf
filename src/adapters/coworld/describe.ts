// Worlds as data: for lists, for `world show`, and for authors of players.
import { z } from 'zod'
import { parseWith } from '../../kernel/parse.ts'
import { configureWorld, type World } from '../../kernel/world.ts'
import type { WorldDetail, WorldSummary } from '../../protocol/catalogue.ts'
import { JsonObject } from '../../protocol/json.ts'

export function summariseWorld(world: World): WorldSummary {
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
    view: viewOf(world),
    has_dialogue: world.dialogue !== undefined,
  }
}

/** A world with a module has its own view; views of built-in worlds are part of the application. */
function viewOf({ view }: World): WorldSummary['view'] {
  if (view?.module) return 'package'
  return view ? 'built-in' : 'none'
}

/** The JSON Schema (2020-12) of a zod schema's input. */
export function toJsonSchema(schema: z.ZodType): JsonObject {
  const json: unknown = JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })))
  return parseWith(JsonObject, json, { code: 'VALIDATION_ERROR', what: 'The schema' })
}

export function describeWorld(world: World): WorldDetail {
  return {
    ...summariseWorld(world),
    config_schema: toJsonSchema(world.config),
    command_schema: toJsonSchema(world.command),
    results_schema: toJsonSchema(world.results),
  }
}
