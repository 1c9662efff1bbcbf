// The episode of an uploaded package that an experience request asks for: its slots, its configuration, its players.
import { AppError } from '../../kernel/errors.ts'
import type { JobSpec, Runnable } from '../../protocol/coworld.ts'
import { isObject } from '../../protocol/is-object.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { buildJobSpec, concreteConfig, createTokens } from '../../runner/job.ts'
import type { CoworldRecord } from '../../store/leagues/coworlds.ts'
import { packageOf } from '../hosted/package-rollout.ts'

/** Slots of a package that a request can play. */
const MAX_SLOTS = 256

export interface PackageChoice {
  readonly coworld: CoworldRecord
  readonly variantId: string
  /** Replaces keys of the variant's configuration. */
  readonly overrides: JsonObject
  /** Goes into the configuration where the package has a place for it. */
  readonly seed: number
}

/**
 * The job of one episode, with the players of the package's certification.
 * @throws AppError UNKNOWN_VARIANT, CONFIG_INVALID, MANIFEST_INVALID, VALIDATION_ERROR for too many slots
 */
export function packageJob({ coworld, variantId, overrides, seed }: PackageChoice): JobSpec {
  const found = packageOf(coworld)
  const { properties } = found.manifest.game.config_schema
  const variant = found.manifest.variants.find(({ id }) => id === variantId)
  const takesSeed = (isObject(properties) && 'seed' in properties) || variant?.game_config.seed !== undefined
  const seeded = takesSeed && overrides.seed === undefined ? { ...overrides, seed } : overrides
  const job = buildJobSpec(found, { variant: variantId, overrides: seeded })
  const slots = job.players.length
  if (slots > MAX_SLOTS) throw new AppError('VALIDATION_ERROR', `${slots} slots are more than ${MAX_SLOTS}`)
  concreteConfig(job, createTokens(slots))
  return job
}

/** The players that the package itself brings, by id. */
export const packagePlayers = (coworld: CoworldRecord): ReadonlyMap<string, Runnable> =>
  new Map(packageOf(coworld).manifest.player.map(({ id, image, run, env }) => [id, { image, run, env }]))
