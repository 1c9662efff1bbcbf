// The definition of a league, in a YAML file and over HTTP.
import { z } from 'zod'
import { EvaluationPlayer } from './evaluation.ts'
import { JsonObject } from './json.ts'

/** The commissioner that decides the rounds of a league. */
export const CommissionerRef = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('baseline'), config: JsonObject.default({}) }),
  z.strictObject({ type: z.literal('manual'), config: JsonObject.default({}) }),
  /** `ruleset` is a configuration as docs/leagues.md shows it; absent: the bundled default. */
  z.strictObject({
    type: z.literal('ruleset'),
    ruleset: JsonObject.nullable().default(null),
    config: JsonObject.default({}),
  }),
  /** A remote service: `GET <url>/healthz`, `WS <url>/round`. */
  z.strictObject({ type: z.literal('url'), url: z.url(), config: JsonObject.default({}) }),
  /** A local program that listens on the port in PORT. */
  z.strictObject({ type: z.literal('command'), command: z.string().min(1), config: JsonObject.default({}) }),
  /** A container image that listens on port 8080. */
  z.strictObject({ type: z.literal('image'), image: z.string().min(1), config: JsonObject.default({}) }),
  /** A module that exports `commissioner`. */
  z.strictObject({ type: z.literal('module'), path: z.string().min(1), config: JsonObject.default({}) }),
])
export type CommissionerRef = z.infer<typeof CommissionerRef>

export const LeagueDivisionSpec = z.strictObject({
  name: z.string().min(1).max(80),
  level: z.int(),
  type: z.enum(['competition', 'staging']).default('competition'),
  description: z.string().max(1000).nullable().default(null),
})

/** A new league. */
export const LeagueSpec = z.strictObject({
  name: z.string().min(1).max(80),
  world: z.string().min(1).max(1000),
  variants: z.array(z.string().min(1)).max(50).default([]),
  config: JsonObject.default({}),
  commissioner: CommissionerRef.prefault({ type: 'ruleset' }),
  divisions: z
    .array(LeagueDivisionSpec)
    .min(1)
    .max(100)
    .default([
      { name: 'Qualifiers', level: -99, type: 'staging', description: null },
      { name: 'Competition', level: 1, type: 'competition', description: null },
    ]),
  policies: z.array(EvaluationPlayer).max(1000).default([]),
})
export type LeagueSpec = z.infer<typeof LeagueSpec>

/** Words of a command line: the first one is the program. */
export const Argv = z.array(z.string().min(1).max(4000)).max(100)

/** A policy that was uploaded. It has a name, as every policy has. */
export const UploadedPolicy = z.discriminatedUnion('kind', [
  /** An archive of source, started in its own folder. */
  z.strictObject({ kind: z.literal('source'), name: z.string(), blob: z.string(), run: Argv.min(1) }),
  /** A container image; an empty `run` leaves its own command. */
  z.strictObject({ kind: z.literal('container'), name: z.string(), image: z.string(), run: Argv }),
])
export type UploadedPolicy = z.infer<typeof UploadedPolicy>

/** What plays as a policy version of a league. */
export const LeaguePlayer = z.union([EvaluationPlayer, UploadedPolicy])
export type LeaguePlayer = z.infer<typeof LeaguePlayer>

export const isUploaded = (player: LeaguePlayer): player is UploadedPolicy =>
  player.kind === 'source' || player.kind === 'container'

/**
 * Whether a member becomes the champion of its player when it qualifies: always, never, or only in place of an earlier
 * version of the same policy (or of nobody).
 */
export const AUTO_CHAMPION = ['always', 'never', 'lineage'] as const
export type AutoChampion = (typeof AUTO_CHAMPION)[number]

/** Statuses of members that commissioners may set. */
export const MEMBER_STATUSES = ['submitted', 'qualifying', 'competing', 'disqualified'] as const

/** Jobs of leagues. */
export const LeagueSubmissionJob = z.strictObject({ submission: z.string() })
export const LeagueRoundJob = z.strictObject({ round: z.string() })
export const LeagueEpisodeJob = z.strictObject({ episode: z.string() })
