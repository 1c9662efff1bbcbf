// The nouns of an episode that every wire shares: players, refusals, effects, outcomes and results.
import { z } from 'zod'
import { JsonObject, JsonValue } from './json.ts'

/** The seed of an episode: an unsigned 32-bit integer. */
export const Seed = z.int().min(0).max(0xffff_ffff)
export type Seed = z.infer<typeof Seed>

/** A 64-bit digest of a state: 16 lowercase hex digits. */
export const Digest = z.string().regex(/^[0-9a-f]{16}$/)

export const PLAYER_KINDS = ['bot', 'human', 'process', 'model', 'recorded', 'empty'] as const
/** Who fills a slot. `recorded` replays a slot of a recorded episode; `empty` is a slot nobody has taken. */
export const PlayerRef = z.strictObject({
  kind: z.enum(PLAYER_KINDS),
  /** Shown to people: a bot's name, a person's chosen name, a program. Never a secret. */
  name: z.string().min(1).max(200),
})
export type PlayerRef = z.infer<typeof PlayerRef>

/** Why a command was refused. `code` is upper-case; `reason` is a sentence for the player. */
export const Refusal = z.strictObject({ code: z.string(), reason: z.string() })
export type Refusal = z.infer<typeof Refusal>

/** Outside work that a world asks for, such as a model call. `id` is unique in the episode. */
export const EffectRequest = z.strictObject({ id: z.string(), kind: z.string(), request: JsonValue })
export type EffectRequest = z.infer<typeof EffectRequest>

/** The reply to an effect. It enters the world as an input. */
export const EffectReply = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), effect: z.string(), value: JsonValue }),
  z.strictObject({ ok: z.literal(false), effect: z.string(), code: z.string(), message: z.string() }),
])
export type EffectReply = z.infer<typeof EffectReply>

/** How an episode ended: `terminated` by the rules of its world, `truncated` by a limit from outside. */
export const Outcome = z.strictObject({ ended: z.enum(['terminated', 'truncated']), reason: z.string() })
export type Outcome = z.infer<typeof Outcome>

/**
 * The internal failure that ended an episode: an exception of its world, a bot, an effect, a listener, or its journal.
 */
export const EpisodeFailure = z.strictObject({ code: z.string(), message: z.string() })
export type EpisodeFailure = z.infer<typeof EpisodeFailure>

/** How an episode ended, as lists and the API show it: `failed` ones carry the error and have no results. */
export const EpisodeOutcome = z.union([
  Outcome,
  z.strictObject({ ended: z.literal('failed'), reason: z.string(), error: EpisodeFailure }),
])
export type EpisodeOutcome = z.infer<typeof EpisodeOutcome>

/** Final standing: one finite score per slot, and other fields of the world's results schema. */
export const Results = z.object({ scores: z.array(z.number()) }).catchall(JsonValue)
export type Results = z.infer<typeof Results>

/** A named, validated configuration of a world. */
export const Variant = z.strictObject({
  id: z.string().min(1),
  title: z.string().min(1),
  description: z.string().min(1),
  config: JsonObject,
  /** The default of a run. */
  seed: Seed.optional(),
})
export type Variant = z.infer<typeof Variant>
