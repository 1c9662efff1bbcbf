// The configuration of a session: the game, both characters as whole documents, and the overridden rules. A journal's
// header contains it, so a session replays even if its characters no longer exist.
import { z } from 'zod'
import { Character } from '../../protocol/character.ts'
import { JsonObject } from '../../protocol/json.ts'
import { GAME_IDS, GAMES, Overrides, StoppingConditions } from './games.ts'

/**
 * Edition of the rules, so that old journals replay as they were recorded. Edition 2 keeps the manner of both
 * characters, draws the goal of the simulated character in the games about it, reads replies with prose around their
 * JSON, and asks an opener again only when its reply cannot be read.
 */
export const Rules = z.union([z.literal(1), z.literal(2)])
/** Edition of the rules for new sessions. */
export const RULES = 2

export const Config = z
  .strictObject({
    game: z.enum(GAME_IDS).describe('Which of the five games.'),
    rules: Rules.default(1).describe('Edition of the rules: 2; sessions recorded without one play by 1.'),
    version: z.string().min(1).max(50).default('1.0.0').describe('Version of the game configuration, for the record.'),
    pc: Character.describe('The character document that the player plays.'),
    npc: Character.describe('The character document that the simulator plays.'),
    overrides: Overrides.default({}).describe('What this session changes of its game.'),
    restore: JsonObject.optional().describe('A runtime snapshot of the simulation engine (schema 1) to go on from.'),
    stopping_conditions: StoppingConditions.optional().describe("In place of the game's own; {} means the widest."),
  })
  .superRefine((config, context) => {
    const faults = GAMES[config.game].overrides.safeParse(config.overrides).error?.issues ?? []
    for (const { message } of faults) context.addIssue({ code: 'custom', path: ['overrides'], message })
  })
export type Config = z.infer<typeof Config>
