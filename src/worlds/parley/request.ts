// The model requests of a session: effects of kind `model`, and the shape of their replies.
import { z } from 'zod'
import { MODEL_ROLES } from '../../kernel/dialogue.ts'
import { At } from './commands.ts'
import { GAME_IDS } from './games.ts'
import { PRONOUNS } from './sheet.ts'

/** The kind of every effect of this world. */
export const MODEL_EFFECT = 'model'

export const PLAYER_CHECKS = ['VALID-PC-ACTION', 'VALID-PC-ABILITY', 'VALID-PLAYER-AUTHORITY-BOUNDARY'] as const
export const SIMULATOR_CHECKS = [
  'VALID-NPC-ACTION',
  'VALID-NPC-ABILITY',
  'VALID-PERCEPTION-BOUNDARY',
  'VALID-ADJUDICATION',
  'VALID-AUTHORITY-BOUNDARY-SIMULATOR',
  'VALID-GAME-ALIGNMENT',
] as const
const CHECKS = [...PLAYER_CHECKS, ...SIMULATOR_CHECKS] as const
export const Check = z.enum(CHECKS)
export type Check = z.infer<typeof Check>

/** A character as the offline responder knows it. */
export const CastCharacter = z.strictObject({
  hid: z.string(),
  is_human: z.boolean(),
  short_description: z.string(),
  abilities: z.string(),
  goals: z.array(z.string()),
  limits: z.array(z.string()),
  traits: z.array(z.string()),
  pronoun: z.enum(PRONOUNS).default('they'),
})
export type CastCharacter = z.infer<typeof CastCharacter>

/** The facts behind the messages, for the offline responder, which does not read prompts. */
export const CastFacts = z.strictObject({
  pc: CastCharacter,
  npc: CastCharacter,
  /** The transcript: the latest lines for updaters and validators, all lines for scorers; unused for openers. */
  lines: z.array(z.string()),
  /** Turns so far. */
  turn: z.int().min(0),
  objective: z.string(),
  /** The goal drawn for the simulated character; empty: none. */
  goal: z.string().default(''),
  /** The player's action to judge or to answer. */
  action: z.string().nullable(),
  /** The simulator's draft to judge. */
  response: z.string().nullable(),
  /** Why the previous draft was rejected. */
  refused: z.string().nullable(),
  guess: z.string().nullable(),
})
export type CastFacts = z.infer<typeof CastFacts>

/**
 * A model call. Send `role` and `messages` to a model; the rest is for the record (`prompt_...`: name, version and
 * digest of the prompt) and for the offline responder.
 */
export const ParleyRequest = z.strictObject({
  role: z.enum(MODEL_ROLES),
  game: z.enum(GAME_IDS),
  check: Check.nullable(),
  prompt_id: z.string(),
  prompt_version: z.string(),
  prompt_digest: z.string(),
  messages: z.array(z.strictObject({ role: z.enum(['system', 'user']), content: z.string() })).min(1),
  cast: CastFacts,
})
export type ParleyRequest = z.infer<typeof ParleyRequest>

/** Value of a successful reply: the model's text and the host's time. Other keys (usage, cost) are not read. */
export const ModelAnswer = z.object({ text: z.string(), at: At })
export type ModelAnswer = z.infer<typeof ModelAnswer>
