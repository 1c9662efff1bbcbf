// The documents of a coworld package: its manifest, and the job spec that a runner gets for one episode. Shapes and
// defaults only; rules between fields are in runner/manifest-rules.ts, serialised forms in coworld-forms.ts. Unknown
// keys are rejected, except in runnables, where they are dropped; schemas and configurations keep all.
import { z } from 'zod'
import { JsonObject } from './json.ts'

const Text = z.string().min(1)

/** The sections of a manifest that hold roles, in the order in which their images are checked. */
export const ROLES = ['player', 'grader', 'reporter', 'commissioner', 'diagnoser', 'optimizer'] as const

/** A document of a package: its text, or a URL that is never fetched. Only the start of the URL is checked. */
export const Doc = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), value: Text }),
  z.strictObject({
    type: z.literal('uri'),
    value: z.string().regex(/^https?:\/\//, 'must start with http:// or https://'),
  }),
])

const Page = z.strictObject({ id: Text, title: Text, content: Doc })
const Docs = z.strictObject({ readme: Doc.nullable().default(null), pages: z.array(Page).default([]) })

const runnable = {
  /** May be empty here: the image check fails then, not the manifest. */
  image: z.string(),
  /** The first entry replaces the image's entrypoint, the rest are its arguments. Empty: the image's own command. */
  run: z.array(z.string()).default([]),
  /** Public: never a place for secrets. */
  env: z.record(z.string(), z.string()).default({}),
}

/** A program that can be started: an image, and optionally argv and environment. */
export const Runnable = z.object(runnable)
export type Runnable = z.infer<typeof Runnable>

const GameRunnable = z.object({ type: z.literal('game').default('game'), ...runnable })

/** A declared role. `type` is not compared with the section of the role. */
export const Role = z.object({ id: Text, type: z.enum(ROLES), name: Text, description: Text, ...runnable })
export type Role = z.infer<typeof Role>

const Game = z.strictObject({
  name: Text,
  /** PEP 440; kept as written. */
  version: Text,
  description: Text,
  owner: Text,
  runnable: GameRunnable,
  config_schema: JsonObject,
  results_schema: JsonObject,
  protocols: z.strictObject({ player: Doc, global: Doc }),
  docs: Docs.nullable().default(null),
})

/** A named game configuration without tokens. `parent_id` is a label: nothing is inherited. */
export const CoworldVariant = z.strictObject({
  id: Text,
  name: Text,
  description: Text,
  game_config: JsonObject,
  parent_id: Text.nullable().default(null),
})

const Certification = z.strictObject({
  game_config: JsonObject,
  players: z.array(z.strictObject({ player_id: Text })).min(1),
})

const roles = z.array(Role).default([])

/** A package's manifest. Parsing gives its normal form: every default filled in, unknown keys of runnables gone. */
export const CoworldManifest = z.strictObject({
  /** Never fetched. */
  $schema: z.string().nullable().default(null),
  game: Game,
  player: z.array(Role).min(1),
  grader: roles,
  reporter: roles,
  commissioner: roles,
  diagnoser: roles,
  optimizer: roles,
  variants: z.array(CoworldVariant).min(1),
  certification: Certification,
})
export type CoworldManifest = z.infer<typeof CoworldManifest>

const PEP_440 = new RegExp(
  [
    /^\s*v?(?:\d+!)?\d+(?:\.\d+)*/, // epoch and release
    /(?:[-_.]?(?:alpha|a|beta|b|preview|pre|c|rc)[-_.]?\d*)?/, // pre-release
    /(?:-\d+|[-_.]?(?:post|rev|r)[-_.]?\d*)?/, // post-release
    /(?:[-_.]?dev[-_.]?\d*)?/,
    /(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?\s*$/, // local part
  ]
    .map((part) => part.source)
    .join(''),
  'i',
)

/** Whether `version` is a version by Python's PEP 440, with the tolerances of its reference parser. */
export function isPackageVersion(version: string): boolean {
  return PEP_440.test(version)
}

/** The input of a runner for one episode. The rules between a manifest's fields do not apply here. */
export const JobSpec = z
  .strictObject({
    $schema: z.string().nullable().default(null),
    manifest: CoworldManifest.refine((manifest) => isPackageVersion(manifest.game.version), {
      path: ['game', 'version'],
      message: 'is not a PEP 440 version',
    }),
    /** Without tokens: the runner creates them. */
    game_config: JsonObject,
    /** One per slot, in slot order. */
    players: z.array(Runnable),
    episode_tags: z.record(z.string(), z.string()).default({}),
    policy_names: z.array(z.string()).nullable().default(null),
  })
  .refine((spec) => spec.policy_names === null || spec.policy_names.length === spec.players.length, {
    path: ['policy_names'],
    message: 'must be null or hold as many names as there are players',
  })
export type JobSpec = z.infer<typeof JobSpec>

/** The JSON Schema (draft 2020-12) of a manifest as an author may write it. */
export function manifestJsonSchema(): JsonObject {
  return toDocument(CoworldManifest, 'Coworld manifest')
}

/** The JSON Schema (draft 2020-12) of a job spec as a caller may write it. */
export function jobSpecJsonSchema(): JsonObject {
  return toDocument(JobSpec, 'Coworld episode request')
}

function toDocument(schema: z.ZodType, title: string): JsonObject {
  const emitted = z.toJSONSchema(schema, { io: 'input', target: 'draft-2020-12' })
  return JsonObject.parse({ title, ...JSON.parse(JSON.stringify(emitted)) })
}
