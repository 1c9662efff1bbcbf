// The rules between the fields of a manifest, in the order in which they are told: the first broken one counts.
// What is deliberately not checked (scores, role sections, duplicate variants, images, addresses) stays unchecked.
import type { CoworldManifest } from '../protocol/coworld.ts'
import { isObject, type JsonObject, type JsonValue } from '../protocol/json.ts'
import { compileForeignSchema, type Fault, type SchemaVerdict } from './foreign-schema.ts'

/** The first broken rule of a manifest that satisfies its schema, or undefined. */
export function checkCrossRules(manifest: CoworldManifest): Fault | undefined {
  const slots = countSlots(manifest.game.config_schema)
  if (typeof slots !== 'number') return slots
  const assigned = manifest.certification.players.length
  if (assigned !== slots) {
    return { path: '$.certification.players', message: `has ${assigned} entries for ${slots} slots` }
  }
  const schema = compileForeignSchema(manifest.game.config_schema)
  return checkVariants(manifest, schema, slots) ?? checkCertification(manifest, schema, slots) ?? checkPlayers(manifest)
}

const TOKENS = '$.game.config_schema.properties.tokens'

function countSlots(schema: JsonObject): number | Fault {
  const { required, properties } = schema
  if (!Array.isArray(required) || !required.includes('tokens')) {
    return { path: '$.game.config_schema.required', message: 'must be an array that contains "tokens"' }
  }
  if (!isObject(properties)) return { path: '$.game.config_schema.properties', message: 'must be an object' }
  const tokens = ownValue(properties, 'tokens')
  if (!isObject(tokens)) return { path: TOKENS, message: 'must be an object' }
  if (tokens.type !== 'array') return { path: `${TOKENS}.type`, message: 'must be exactly "array"' }
  if (!isObject(tokens.items) || tokens.items.type !== 'string') {
    return { path: `${TOKENS}.items.type`, message: 'must be exactly "string"' }
  }
  const { minItems, maxItems } = tokens
  if (!Number.isInteger(minItems) || typeof minItems !== 'number') {
    return { path: `${TOKENS}.minItems`, message: 'must be an integer' }
  }
  if (!Number.isInteger(maxItems)) return { path: `${TOKENS}.maxItems`, message: 'must be an integer' }
  if (minItems !== maxItems) return { path: `${TOKENS}.maxItems`, message: `must equal minItems, ${minItems}` }
  return minItems
}

function checkVariants(manifest: CoworldManifest, schema: SchemaVerdict, slots: number): Fault | undefined {
  const ids = manifest.variants.map((variant) => variant.id)
  for (const [index, variant] of manifest.variants.entries()) {
    const path = `$.variants[${index}]`
    const fault = checkGameConfig(variant.game_config, `${path}.game_config`, schema, slots)
    if (fault) return fault
    if (variant.parent_id !== null && !ids.includes(variant.parent_id)) {
      return { path: `${path}.parent_id`, message: `names no variant: ${JSON.stringify(variant.parent_id)}` }
    }
  }
  return undefined
}

function checkCertification(manifest: CoworldManifest, schema: SchemaVerdict, slots: number): Fault | undefined {
  return checkGameConfig(manifest.certification.game_config, '$.certification.game_config', schema, slots)
}

function checkGameConfig(config: JsonObject, path: string, schema: SchemaVerdict, slots: number): Fault | undefined {
  if (Object.hasOwn(config, 'tokens')) {
    return { path: `${path}.tokens`, message: 'the runner makes the tokens; an authored configuration has none' }
  }
  if (!schema.ok) return { path: '$.game.config_schema', message: `is not a draft 2020-12 schema: ${schema.reason}` }
  const tokens = Array.from({ length: slots }, (_, slot) => `token-${slot}`)
  const [first] = schema.validate({ ...config, tokens })
  return first && { path: path + first.path.slice(1), message: first.message }
}

function checkPlayers(manifest: CoworldManifest): Fault | undefined {
  const known = new Set<string>()
  for (const [index, { id }] of manifest.player.entries()) {
    if (known.has(id)) return { path: `$.player[${index}].id`, message: `is used twice: ${JSON.stringify(id)}` }
    known.add(id)
  }
  const slot = manifest.certification.players.findIndex(({ player_id }) => !known.has(player_id))
  if (slot === -1) return undefined
  const id = JSON.stringify(manifest.certification.players[slot]?.player_id)
  return { path: `$.certification.players[${slot}].player_id`, message: `slot ${slot} names no declared player: ${id}` }
}

function ownValue(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}
