// Derives the inputs of one episode from a package: the job spec, one token per slot, and the configuration that the
// game reads.

import { createToken } from '../episode/slots.ts'
import { at } from '../kernel/at.ts'
import { unknownName } from '../kernel/closest.ts'
import { AppError } from '../kernel/errors.ts'
import { describeIssue } from '../kernel/parse.ts'
import { type JobSpec, JobSpec as JobSpecSchema, type Runnable } from '../protocol/coworld.ts'
import { jobSpecToRequestForm } from '../protocol/coworld-forms.ts'
import type { JsonObject } from '../protocol/json.ts'
import { compileForeignSchema } from './foreign-schema.ts'
import type { CoworldPackage } from './manifest.ts'
import { countSlots } from './manifest-rules.ts'

export interface JobOptions {
  /** Id of the variant to play; by default the certification fixture's configuration is played. */
  readonly variant?: string
  /** Replaces keys of the configuration. */
  readonly overrides?: JsonObject
  /** Images that replace those of the fixture's players: one for all slots, or one per slot. */
  readonly images?: readonly string[]
  /** Argv for the replacement images; empty or absent: the image's own. */
  readonly run?: readonly string[]
}

/**
 * The job spec of one episode of a package, with players from its certification fixture.
 * @throws AppError USAGE when the number of images is neither 1 nor the number of slots; UNKNOWN_VARIANT
 */
export function buildJobSpec(from: CoworldPackage, options: JobOptions = {}): JobSpec {
  const chosen = gameConfig(from, options.variant)
  const config = options.overrides === undefined ? chosen : { ...chosen, ...options.overrides }
  return {
    $schema: null,
    manifest: from.manifest,
    game_config: config,
    players: overrideImages(playersOf(from, config), options.images ?? [], options.run ?? []),
    episode_tags: {},
    policy_names: null,
  }
}

/**
 * Writes a job spec in request form and parses it again, as a remote runner would.
 * @throws AppError VALIDATION_ERROR when the form does not parse
 */
export function requestFormOf(spec: JobSpec): JsonObject {
  const form = jobSpecToRequestForm(spec)
  const parsed = JobSpecSchema.safeParse(form)
  if (parsed.success) return form
  throw new AppError('VALIDATION_ERROR', `the episode request does not parse: ${describeIssue(parsed.error)}`)
}

/** One secret per slot: 16 random bytes in URL-safe base64, 22 characters. */
export function createTokens(slots: number): readonly string[] {
  return Array.from({ length: slots }, createToken)
}

/**
 * The configuration that the game reads: the job's, with `tokens` filled in, validated by the game's own schema.
 * @throws AppError CONFIG_INVALID with the faults; MANIFEST_INVALID when the schema itself is invalid
 */
export function concreteConfig(job: JobSpec, tokens: readonly string[]): JsonObject {
  const schema = compileForeignSchema(job.manifest.game.config_schema)
  if (!schema.ok) {
    throw new AppError('MANIFEST_INVALID', `$.game.config_schema is not a draft 2020-12 schema: ${schema.reason}`)
  }
  const config = { ...job.game_config, tokens }
  const faults = schema.validate(config)
  const [first] = faults
  if (first === undefined) return config
  throw new AppError('CONFIG_INVALID', `the game configuration breaks config_schema: ${first.path}: ${first.message}`, {
    details: { faults: faults.map(({ path, message }) => ({ path, message })) },
  })
}

function gameConfig(from: CoworldPackage, variant: string | undefined): JsonObject {
  if (variant === undefined) return from.manifest.certification.game_config
  const found = from.manifest.variants.find(({ id }) => id === variant)
  if (found) return found.game_config
  const known = from.manifest.variants.map(({ id }) => id)
  const message = `the package has no variant ${JSON.stringify(variant)}; it has: ${known.join(', ')}`
  throw unknownName('UNKNOWN_VARIANT', message, { name: variant, known, hint: 'Choose one of these variants.' })
}

function fixturePlayers({ manifest }: CoworldPackage): readonly Runnable[] {
  return manifest.certification.players.flatMap(({ player_id }) => {
    const role = manifest.player.find(({ id }) => id === player_id)
    return role ? [{ image: role.image, run: role.run, env: role.env }] : []
  })
}

/** One player per slot: the fixture's in order, starting again from the first where a roster has more slots. */
function playersOf(from: CoworldPackage, config: JsonObject): readonly Runnable[] {
  const players = fixturePlayers(from)
  const slots = countSlots(from.manifest.game.config_schema, config, players.length)
  return players.length === 0 ? [] : Array.from({ length: slots }, (_, slot) => at(players, slot % players.length))
}

function overrideImages(players: readonly Runnable[], images: readonly string[], run: readonly string[]): Runnable[] {
  if (images.length === 0) {
    if (run.length === 0) return [...players]
    throw new AppError('USAGE', '--run requires an image', {
      hint: 'Name one image for all slots, or one per slot, before --run.',
    })
  }
  if (images.length !== 1 && images.length !== players.length) {
    const accepted = players.length === 1 ? '1' : `1 or ${players.length}`
    throw new AppError('USAGE', `expected ${accepted} images, one for all slots or one per slot, not ${images.length}`)
  }
  return players.map(({ env }, slot) => ({ image: images[slot] ?? at(images, 0), run: [...run], env }))
}
