// The two serialised forms of a normalised manifest: for a job spec, and for an upload. Neither changes config_schema,
// results_schema and game_config: nulls in them stay.
import type { CoworldManifest, JobSpec, Role, Runnable } from './coworld.ts'
import { ROLES } from './coworld.ts'
import type { JsonObject, JsonValue } from './json.ts'

type Fields = Readonly<Record<string, JsonValue | undefined>>

/** Request form of a manifest: fields that equal their default are left out. */
export function manifestToRequestForm(manifest: CoworldManifest): JsonObject {
  const { game } = manifest
  return present({
    $schema: manifest.$schema ?? undefined,
    game: present({
      name: game.name,
      version: game.version,
      description: game.description,
      owner: game.owner,
      runnable: runnableToRequestForm(game.runnable),
      config_schema: game.config_schema,
      results_schema: game.results_schema,
      protocols: game.protocols,
      docs: docsToForm(game.docs, 'request'),
    }),
    ...roleSections(manifest, (roles) => (roles.length === 0 ? undefined : roles.map(roleToRequestForm))),
    variants: variantsToForm(manifest),
    certification: manifest.certification,
  })
}

/** Upload form of a manifest: defaults stay, object fields that are null are left out. */
export function manifestToUploadForm(manifest: CoworldManifest): JsonObject {
  const { game } = manifest
  return present({
    $schema: manifest.$schema ?? undefined,
    game: present({ ...game, docs: docsToForm(game.docs, 'upload') }),
    ...roleSections(manifest, (roles) => roles),
    variants: variantsToForm(manifest),
    certification: manifest.certification,
  })
}

/** Request form of a job spec. Parsing it again gives the same job spec. */
export function jobSpecToRequestForm(spec: JobSpec): JsonObject {
  return present({
    $schema: spec.$schema ?? undefined,
    manifest: manifestToRequestForm(spec.manifest),
    game_config: spec.game_config,
    players: spec.players.map(runnableToRequestForm),
    episode_tags: isEmpty(spec.episode_tags) ? undefined : spec.episode_tags,
    policy_names: spec.policy_names ?? undefined,
  })
}

function present(fields: Fields): JsonObject {
  const kept: Record<string, JsonValue> = {}
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) kept[key] = value
  return kept
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0
}

function runnableToRequestForm({ image, run, env }: Runnable): JsonObject {
  return present({ image, run: run.length === 0 ? undefined : run, env: isEmpty(env) ? undefined : env })
}

function roleToRequestForm(role: Role): JsonObject {
  const { id, type, name, description } = role
  return { id, type, name, description, ...runnableToRequestForm(role) }
}

function roleSections(
  manifest: CoworldManifest,
  write: (roles: CoworldManifest['player']) => JsonValue | undefined,
): Fields {
  return Object.fromEntries(ROLES.map((section) => [section, write(manifest[section])]))
}

function docsToForm(docs: CoworldManifest['game']['docs'], form: 'request' | 'upload'): JsonObject | undefined {
  if (docs === null) return undefined
  const pages = form === 'request' && docs.pages.length === 0 ? undefined : docs.pages
  return present({ readme: docs.readme ?? undefined, pages })
}

function variantsToForm(manifest: CoworldManifest): JsonValue {
  return manifest.variants.map(({ parent_id, ...variant }) =>
    present({ ...variant, parent_id: parent_id ?? undefined }),
  )
}
