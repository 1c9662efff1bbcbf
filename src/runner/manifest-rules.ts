// The rules between the fields of a manifest, in order of reporting: the first violation counts. Some things are
// deliberately not checked: scores, role sections, duplicate variants, images and addresses.
import type { CoworldManifest } from '../protocol/coworld.ts'
import { isObject } from '../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import { compileForeignSchema, type Fault, type SchemaVerdict } from './foreign-schema.ts'

/**
 * How the number of slots is determined. `fixed`: `minItems` of the tokens, which equals `maxItems`. `roster`: the
 * number of `players` in the configuration, within the bounds of the tokens.
 */
export type SlotRule = 'fixed' | 'roster'

interface Bounds {
  readonly least: number
  readonly most: number
}

/** The first violated rule of a manifest that satisfies its schema, or undefined. */
export function checkCrossRules(manifest: CoworldManifest, rule: SlotRule = 'fixed'): Fault | undefined {
  const bounds = tokenBounds(manifest.game.config_schema, rule)
  if ('path' in bounds) return bounds
  const assigned = manifest.certification.players.length
  if (rule === 'fixed' && assigned !== bounds.least) {
    return { path: '$.certification.players', message: `has ${assigned} entries for ${bounds.least} slots` }
  }
  const schema = compileForeignSchema(manifest.game.config_schema)
  const check: ConfigCheck = { schema, bounds }
  return checkVariants(manifest, check) ?? checkCertification(manifest, check) ?? checkPlayers(manifest)
}

/**
 * The number of slots of a configuration without tokens: the size of its roster where the tokens leave a choice, and
 * `otherwise` where neither determines it.
 */
export function countSlots(schema: JsonObject, config: JsonObject, otherwise: number): number {
  const bounds = tokenBounds(schema, 'roster')
  if ('path' in bounds) return otherwise
  if (bounds.least === bounds.most) return bounds.least
  return Array.isArray(config.players) ? config.players.length : otherwise
}

const TOKENS = '$.game.config_schema.properties.tokens'

function tokenBounds(schema: JsonObject, rule: SlotRule): Bounds | Fault {
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
  const { minItems: least, maxItems: most } = tokens
  if (!Number.isInteger(least) || typeof least !== 'number') {
    return { path: `${TOKENS}.minItems`, message: 'must be an integer' }
  }
  if (!Number.isInteger(most) || typeof most !== 'number') {
    return { path: `${TOKENS}.maxItems`, message: 'must be an integer' }
  }
  if (rule === 'fixed' && least !== most) {
    return { path: `${TOKENS}.maxItems`, message: `must equal minItems, ${least}` }
  }
  if (least > most) return { path: `${TOKENS}.maxItems`, message: `must be at least minItems, ${least}` }
  return { least, most }
}

interface ConfigCheck {
  readonly schema: SchemaVerdict
  readonly bounds: Bounds
}

function checkVariants(manifest: CoworldManifest, check: ConfigCheck): Fault | undefined {
  const ids = manifest.variants.map((variant) => variant.id)
  for (const [index, variant] of manifest.variants.entries()) {
    const path = `$.variants[${index}]`
    const config = variant.game_config
    const { least, most } = check.bounds
    const slots = least !== most && Array.isArray(config.players) ? config.players.length : least
    const fault = checkGameConfig(config, `${path}.game_config`, check, slots)
    if (fault) return fault
    if (variant.parent_id !== null && !ids.includes(variant.parent_id)) {
      return { path: `${path}.parent_id`, message: `is not a variant: ${JSON.stringify(variant.parent_id)}` }
    }
  }
  return undefined
}

function checkCertification(manifest: CoworldManifest, check: ConfigCheck): Fault | undefined {
  const { game_config: config, players } = manifest.certification
  const { least, most } = check.bounds
  const named = Array.isArray(config.players) && least !== most ? config.players.length : players.length
  if (named !== players.length) {
    return { path: '$.certification.players', message: `has ${players.length} entries for ${named} named players` }
  }
  return checkGameConfig(config, '$.certification.game_config', check, players.length)
}

function checkGameConfig(
  config: JsonObject,
  path: string,
  { schema, bounds }: ConfigCheck,
  slots: number,
): Fault | undefined {
  if (Object.hasOwn(config, 'tokens')) {
    return { path: `${path}.tokens`, message: 'the runner creates the tokens; remove them from the configuration' }
  }
  if (!schema.ok) return { path: '$.game.config_schema', message: `is not a draft 2020-12 schema: ${schema.reason}` }
  if (slots < bounds.least || slots > bounds.most) {
    return { path: `${path}.players`, message: `has ${slots}; the tokens allow ${bounds.least} to ${bounds.most}` }
  }
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
  return {
    path: `$.certification.players[${slot}].player_id`,
    message: `slot ${slot} names an undeclared player: ${id}`,
  }
}

function ownValue(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}
