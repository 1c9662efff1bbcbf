// How the server describes its worlds and episodes.
import { z } from 'zod'
import { EpisodeOutcome, PlayerRef, Results, Seed, Variant } from './episode.ts'
import { JournalHeader } from './journal.ts'
import { JsonObject } from './json.ts'
import { Problem } from './problem.ts'

/**
 * `live`: a server plays it. `unfinished`: it stopped before its end and can be resumed. `finished`: it has an outcome.
 * `failed`: an exception of its world, a player or its journal ended it. `broken`: its journal cannot be read, or it was
 * quarantined.
 */
export const EPISODE_STATUSES = ['live', 'unfinished', 'finished', 'failed', 'broken'] as const

export type EpisodeStatus = (typeof EPISODE_STATUSES)[number]

/** One episode in a list. `problem` says why it is `failed` or `broken`. */
export const EpisodeSummary = z.strictObject({
  id: z.string(),
  status: z.enum(EPISODE_STATUSES),
  world: JournalHeader.shape.world.nullable(),
  variant: z.string().nullable(),
  seed: Seed.nullable(),
  players: z.array(PlayerRef),
  started_at: z.string().nullable(),
  steps: z.int().min(0),
  outcome: EpisodeOutcome.nullable(),
  results: Results.nullable(),
  /** The journal's last running hash, 64 hex digits: it covers everything before it. */
  hash: z.string().nullable(),
  problem: Problem.optional(),
})
export type EpisodeSummary = z.infer<typeof EpisodeSummary>

/** A page of the list of episodes. */
export const EpisodePage = z.strictObject({
  entries: z.array(EpisodeSummary),
  total_count: z.int().min(0),
  limit: z.int(),
  offset: z.int(),
  /** Cursor of the next page; null: this is the last one. */
  next_cursor: z.string().nullable(),
})
export type EpisodePage = z.infer<typeof EpisodePage>

export const BotSummary = z.strictObject({ name: z.string(), summary: z.string() })

/** A world in a list. */
export const WorldSummary = z.strictObject({
  id: z.string(),
  version: z.string(),
  title: z.string(),
  summary: z.string(),
  variants: z.array(Variant.extend({ slots: z.int() })),
  bots: z.array(BotSummary),
  /** Origin of its view: Paracosm, the world's package, or none. */
  view: z.enum(['built-in', 'package', 'none']),
  /** Whether the world has text games. */
  has_dialogue: z.boolean(),
})
export type WorldSummary = z.infer<typeof WorldSummary>

/** A world with the JSON Schemas of its inputs and outputs. */
export const WorldDetail = WorldSummary.extend({
  config_schema: JsonObject,
  command_schema: JsonObject,
  results_schema: JsonObject,
})
export type WorldDetail = z.infer<typeof WorldDetail>

/** Something to read about a world, in Markdown. */
export const WorldDocument = z.strictObject({ name: z.string(), text: z.string() })
export type WorldDocument = z.infer<typeof WorldDocument>

/** A bot or model of a world and what came of its episodes. Intervals are of 95%. */
export const WorldBoardRow = z.strictObject({
  name: z.string(),
  kind: z.enum(['bot', 'model']),
  episodes: z.int().min(1),
  /** Against other policies of the same episodes, one by one. */
  won: z.int().min(0),
  drawn: z.int().min(0),
  lost: z.int().min(0),
  /** Won, and half of drawn, of all three; null: it has met no other policy. */
  share: z.strictObject({ value: z.number(), low: z.number(), high: z.number() }).nullable(),
  /** The mean score; null ends: one episode. */
  score: z.strictObject({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() }),
})
export type WorldBoardRow = z.infer<typeof WorldBoardRow>

/** The bots and models of a world, the best first, by the newest finished episodes of a variant without people. */
export const WorldBoard = z.strictObject({
  variant: z.string(),
  episodes: z.int().min(0),
  rows: z.array(WorldBoardRow),
})
export type WorldBoard = z.infer<typeof WorldBoard>

/** Commands that a model of the server gives in one episode at most: it is paid for. */
export const MAX_MODEL_TURNS = 500

/** What starts an episode over HTTP. */
export const EpisodeRequest = z.strictObject({
  world: z.string(),
  variant: z.string().optional(),
  config: JsonObject.optional().describe('Overrides keys of the variant.'),
  seed: Seed.default(0),
  players: z
    .array(z.string().nullable())
    .min(1)
    .max(256)
    .describe(
      'A bot by name, `model:<name>` for the model of the server, or null for a slot to be taken; one per slot.',
    ),
  tick_rate: z.number().positive().max(1000).default(5).describe('Steps per second.'),
  paused: z.boolean().default(false).describe('Begins with its time stopped: see the route for its pace.'),
})
export type EpisodeRequest = z.input<typeof EpisodeRequest>

export const StartedEpisode = z.strictObject({
  episode: EpisodeSummary,
  slots: z.array(
    z.strictObject({
      slot: z.int(),
      token: z.string(),
      page: z.string(),
      socket: z.string(),
      /** Before the routes of the perception adapter, and who the slot is there. */
      perception: z.string(),
      agent_id: z.string(),
    }),
  ),
})
export type StartedEpisode = z.infer<typeof StartedEpisode>
