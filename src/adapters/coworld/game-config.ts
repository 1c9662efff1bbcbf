// The configuration of a game: the world's own configuration, and the host's keys around it. The manifest's config
// schema is generated from both.
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { parseWith } from '../../kernel/parse.ts'
import { type Configured, configureWorld, type World } from '../../kernel/world.ts'
import { Seed } from '../../protocol/episode.ts'
import { JsonObject } from '../../protocol/json.ts'

/** Keys of a game configuration that belong to the host; all others belong to the world. */
const HostConfig = z.strictObject({
  tokens: z.array(z.string().min(1)).min(1).max(256),
  players: z
    .array(z.strictObject({ name: z.string().min(1).max(200) }))
    .min(1)
    .max(256),
  tick_rate: z.number().positive().max(60).describe('Ticks per second.'),
  player_connect_timeout_seconds: z
    .number()
    .min(0)
    .max(86_400)
    .default(180)
    .describe('How long play waits for players who have not connected yet.'),
  seed: Seed.default(0),
})
type HostConfig = z.infer<typeof HostConfig>

export interface GameConfig {
  readonly host: HostConfig
  readonly configured: Configured
}

/** The names of the host's keys. */
const HOST_KEYS: readonly string[] = Object.keys(HostConfig.shape)

/**
 * Whether a world lets its configuration say how many slots it has; in a game that follows from the tokens.
 */
function hasSlotCount(world: World): boolean {
  const schema = z.toJSONSchema(world.config, { io: 'input', unrepresentable: 'any' })
  return schema.properties !== undefined && Object.hasOwn(schema.properties, 'slots')
}

/**
 * Splits a game's configuration into the parts of host and world.
 * @throws AppError CONFIG_INVALID
 */
export function parseGameConfig(world: World, value: unknown): GameConfig {
  const whole = parseWith(JsonObject, value, { code: 'CONFIG_INVALID', what: 'The game configuration' })
  const part = (isHost: boolean): JsonObject =>
    Object.fromEntries(Object.entries(whole).filter(([key]) => HOST_KEYS.includes(key) === isHost))
  const host = parseWith(HostConfig, part(true), { code: 'CONFIG_INVALID', what: 'The game configuration' })
  const slots = host.tokens.length
  if (host.players.length !== slots) {
    throw new AppError('CONFIG_INVALID', `players has ${host.players.length} entries, but tokens has ${slots}`)
  }
  const json: JsonObject = hasSlotCount(world) ? { ...part(false), slots } : part(false)
  const config = parseWith(world.config, json, { code: 'CONFIG_INVALID', what: 'The game configuration' })
  if (world.slots(config) !== slots) {
    throw new AppError(
      'CONFIG_INVALID',
      `the configuration has ${world.slots(config)} slots, but there are ${slots} tokens`,
    )
  }
  return { host, configured: { config, json } }
}

/** The config schema of a game with `slots` slots: closed, with the contract's rules for tokens. */
export function formatConfigSchema(world: World, slots: number): JsonObject {
  const own = z.toJSONSchema(world.config, { io: 'input', unrepresentable: 'any' })
  const host = z.toJSONSchema(HostConfig, { io: 'input' })
  const players = host.properties?.players
  const properties: Record<string, unknown> = {
    tokens: { type: 'array', items: { type: 'string', minLength: 1 }, minItems: slots, maxItems: slots },
    players: { ...(typeof players === 'object' ? players : {}), minItems: slots, maxItems: slots },
    ...own.properties,
    tick_rate: host.properties?.tick_rate,
    player_connect_timeout_seconds: host.properties?.player_connect_timeout_seconds,
    seed: host.properties?.seed,
  }
  delete properties.slots
  const required = ['tokens', 'players', ...(own.required ?? []).filter((key) => key !== 'slots'), 'tick_rate']
  const schema: unknown = {
    type: 'object',
    properties,
    required,
    additionalProperties: false,
    // Recursive shapes of the world, which `properties` refers to.
    ...(own.$defs === undefined ? {} : { $defs: own.$defs }),
  }
  return parseWith(JsonObject, JSON.parse(JSON.stringify(schema)), {
    code: 'CONFIG_INVALID',
    what: 'The config schema',
  })
}

/** A variant as a game configuration without tokens. */
export function variantToGameConfig(world: World, variant: string, tickRate: number): JsonObject {
  const { config, variant: found } = configureWorld(world, variant)
  const slots = world.slots(config)
  const json: Record<string, unknown> = { ...found?.config }
  delete json.slots
  const players = Array.from({ length: slots }, (_, slot) => ({ name: `Player ${slot + 1}` }))
  return parseWith(
    JsonObject,
    { players, ...json, tick_rate: tickRate, seed: found?.seed ?? 0 },
    {
      code: 'CONFIG_INVALID',
      what: 'The variant',
    },
  )
}
