// The configuration of one episode as its commissioner asked for it: the variant's, another one, or single keys.
import { AppError } from '../kernel/errors.ts'
import type { RoundStart, ScheduledEpisode } from '../protocol/commissioner.ts'
import type { JsonObject } from '../protocol/json.ts'

/** Bytes of the configuration of one episode as JSON. */
const MAX_CONFIG = 256 * 1024

/** The episode with its overrides in its configuration. */
export function withOverrides(episode: ScheduledEpisode): ScheduledEpisode {
  const { game_config_overrides: overrides, ...rest } = episode
  return overrides == null ? rest : { ...rest, game_config: { ...rest.game_config, ...overrides } }
}

/** What an episode is checked against. */
export interface EpisodeRules {
  readonly start: Pick<RoundStart, 'variants'>
  /** Policy versions of members. */
  readonly members: ReadonlyMap<string, unknown>
  /** The number of slots of a variant with a configuration. @throws AppError CONFIG_INVALID */
  readonly configure: (variant: string, config: JsonObject) => number
}

/** Why an episode cannot be played; undefined if it can. */
export function faultOfEpisode(
  { variant_id: variant, policy_version_ids: ids, game_config: config }: ScheduledEpisode,
  { start, members, configure }: EpisodeRules,
): string | undefined {
  const found = start.variants.find(({ id }) => id === variant)
  if (!found) return `there is no variant ${variant}`
  const stranger = ids.find((id) => !members.has(id))
  if (stranger !== undefined) return `no member has the policy version ${stranger}`
  const { num_agents: named, ...given } = config ?? {}
  const size = Buffer.byteLength(JSON.stringify(given))
  if (size > MAX_CONFIG) return `the configuration has ${size} bytes, at most ${MAX_CONFIG}`
  const slots = slotsOf(variant, { given, named: named ?? found.game_config.num_agents, configure })
  if (typeof slots === 'string') return slots
  return slots !== undefined && slots !== ids.length ? `${variant} has ${slots} slots, not ${ids.length}` : undefined
}

/** The number of slots, or why there is none. */
function slotsOf(
  variant: string,
  {
    given,
    named,
    configure,
  }: { given: JsonObject; named: unknown; configure: (variant: string, config: JsonObject) => number },
): number | string | undefined {
  if (Object.keys(given).length === 0) return typeof named === 'number' ? named : undefined
  try {
    return configure(variant, given)
  } catch (error) {
    if (error instanceof AppError) return `the configuration is not one of ${variant}: ${error.message}`
    throw error
  }
}
