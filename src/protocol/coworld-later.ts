// Manifests of the generation after 0.1.0: what they add, and how they read as a manifest of 0.1.0. Only the fields
// that a runner on one machine needs are kept; upload forms use the document as it was written.
import { z } from 'zod'
import { type CoworldManifest, Doc, Role } from './coworld.ts'
import { JsonObject } from './json.ts'

const Text = z.string().min(1)
/** Kubernetes quantities, such as `500m` or `2Gi`. They bind a cluster; a runner on one machine has its own limits. */
const Quantities = z.strictObject({
  cpu: Text.optional(),
  memory: Text.optional(),
  'ephemeral-storage': Text.optional(),
})

/** Runnables are closed in this generation. */
const runnable = {
  image: z.string(),
  run: z.array(z.string()).default([]),
  env: z.record(z.string(), z.string()).default({}),
  source_url: z.string().nullable().optional(),
  resources: z
    .strictObject({ requests: Quantities.optional(), limits: z.strictObject({ cpu: Text.optional() }).optional() })
    .nullable()
    .optional(),
}

/** A role; `type` equals its section. */
const roleOf = <T extends Role['type']>(section: T) =>
  z.strictObject({
    type: z.literal(section),
    id: Text,
    name: Text,
    description: Text,
    ...runnable,
    repository_url: z.string().nullable().optional(),
  })

const rolesOf = <T extends Role['type']>(section: T) => z.array(roleOf(section)).default([])

/** Reporters are references or components; older documents of the generation still have containers. Nothing here runs them. */
const Reporter = z.union([roleOf('reporter'), Text, JsonObject])

const Page = z.strictObject({ id: Text, title: Text, content: Doc })

const Game = z.strictObject({
  name: Text,
  version: Text,
  description: Text,
  owner: Text,
  runnable: z.strictObject({ type: z.literal('game'), ...runnable }),
  config_schema: JsonObject,
  results_schema: JsonObject,
  protocols: z.strictObject({
    player: Doc,
    global: Doc,
    engine_runtime: z.enum(['mettagrid', 'cogweb', 'bitworld', 'nimgrid']).nullable().optional(),
  }),
  docs: z.strictObject({ readme: Doc, pages: z.array(Page).default([]) }),
  promo: z.strictObject({ video_url: Text }).nullable().optional(),
  /** A static viewer: a path in the package, or the digest of an uploaded one. */
  replay_viewer: z.strictObject({ bundle: Text }).nullable().optional(),
})

const limits = {
  tags: z.array(Text).min(3).nullable().optional(),
  players_per_user: z.int().min(1).nullable().optional(),
  episode_timeout_minutes: z.int().min(1).max(100).nullable().optional(),
}

/** A manifest of the later generation, as its author writes it. */
export const LaterManifest = z.strictObject({
  $schema: z.string().nullable().default(null),
  ...limits,
  game: Game.extend(limits),
  player: z.array(roleOf('player')).min(1),
  grader: rolesOf('grader'),
  reporter: z.array(Reporter).default([]),
  commissioner: rolesOf('commissioner'),
  diagnoser: rolesOf('diagnoser'),
  optimizer: rolesOf('optimizer'),
  variants: z.array(z.strictObject({ id: Text, name: Text, description: Text, game_config: JsonObject })).min(1),
  certification: z.strictObject({
    game_config: JsonObject,
    players: z.array(z.strictObject({ player_id: Text })).min(1),
  }),
})
export type LaterManifest = z.infer<typeof LaterManifest>

/** The same package in the normal form of 0.1.0. Reporters other than containers are dropped. */
export function laterToManifest(later: LaterManifest): CoworldManifest {
  const { game } = later
  const reporters = later.reporter.flatMap((reporter) => {
    const role = Role.safeParse(reporter)
    return role.success ? [role.data] : []
  })
  return {
    $schema: later.$schema,
    game: {
      name: game.name,
      version: game.version,
      description: game.description,
      owner: game.owner,
      runnable: { type: 'game', ...programOf(game.runnable) },
      config_schema: game.config_schema,
      results_schema: game.results_schema,
      protocols: { player: game.protocols.player, global: game.protocols.global },
      docs: game.docs,
    },
    player: later.player.map(toRole),
    grader: later.grader.map(toRole),
    reporter: reporters,
    commissioner: later.commissioner.map(toRole),
    diagnoser: later.diagnoser.map(toRole),
    optimizer: later.optimizer.map(toRole),
    variants: later.variants.map((variant) => ({ ...variant, parent_id: null })),
    certification: later.certification,
  }
}

function programOf({ image, run, env }: Pick<Role, 'image' | 'run' | 'env'>): Pick<Role, 'image' | 'run' | 'env'> {
  return { image, run, env }
}

function toRole({ id, type, name, description, ...rest }: Role): Role {
  return { id, type, name, description, ...programOf(rest) }
}
