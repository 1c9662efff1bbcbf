// Loads a package's manifest: file, schema, version and cross-field layers, in that order; the first that fails stops.
// Touches neither network nor container engine. Where a manifest is looked for: manifest-source.ts.
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import { formatPath, parseJson } from '../kernel/parse.ts'
import { CoworldManifest, isPackageVersion, type Role } from '../protocol/coworld.ts'
import type { JsonValue } from '../protocol/json.ts'
import type { Fault } from './foreign-schema.ts'
import { checkCrossRules } from './manifest-rules.ts'

/** Which layer of loading found a fault. */
export const MANIFEST_LAYERS = ['file', 'schema', 'version', 'cross'] as const
export type ManifestLayer = (typeof MANIFEST_LAYERS)[number]

/** A package on this machine, its manifest in normal form. */
export interface CoworldPackage {
  /** Absolute path of the manifest. */
  readonly path: string
  /** Folder of the manifest: relative programs resolve against it. */
  readonly folder: string
  readonly manifest: CoworldManifest
  /** How many slots the game has. */
  readonly slots: number
}

const MAX_MANIFEST_BYTES = 16 * 1024 * 1024

/** Keys that only manifests of later generations have, so that the advice can say so. */
const LATER_KEYS = ['tags', 'promo', 'replay_viewer', 'engine_runtime', 'players_per_user', 'episode_timeout_minutes']

/**
 * Loads the manifest at `path`.
 * @throws AppError FILE_UNREADABLE, FILE_TOO_LARGE, JSON_MALFORMED (layer `file`) or MANIFEST_INVALID; `details` has
 *   `layer` and `faults`, each with a JSON path
 */
export async function loadManifest(path: string): Promise<CoworldPackage> {
  const absolute = resolve(path)
  const manifest = parseManifest(parseManifestText(await readManifestText(absolute), absolute), absolute)
  return { path: absolute, folder: dirname(absolute), manifest, slots: manifest.certification.players.length }
}

/**
 * Parses a manifest that is already JSON into its normal form. `name` names it in messages.
 * @throws AppError MANIFEST_INVALID
 */
export function parseManifest(value: JsonValue, name = 'manifest'): CoworldManifest {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw manifestFault(name, 'file', [{ path: '$', message: 'expected a JSON object' }])
  }
  const parsed = CoworldManifest.safeParse(value)
  if (!parsed.success)
    throw manifestFault(
      name,
      'schema',
      parsed.error.issues.flatMap((issue) => toFaults(issue, value)),
    )
  const manifest = parsed.data
  if (!isPackageVersion(manifest.game.version)) {
    const message = `${JSON.stringify(manifest.game.version)} is not a PEP 440 version, such as 1.0 or 0.2.1-beta`
    throw manifestFault(name, 'version', [{ path: '$.game.version', message }])
  }
  const fault = checkCrossRules(manifest)
  if (fault) throw manifestFault(name, 'cross', [fault])
  return manifest
}

/** Every role entry of every section, with the label under which its image is checked. */
export function declaredRoles(manifest: CoworldManifest): readonly { readonly label: string; readonly role: Role }[] {
  const sections = {
    player: manifest.player,
    grader: manifest.grader,
    reporter: manifest.reporter,
    commissioner: manifest.commissioner,
    diagnoser: manifest.diagnoser,
    optimizer: manifest.optimizer,
  }
  return Object.entries(sections).flatMap(([section, roles]) =>
    roles.map((role, index) => ({ label: `Coworld ${section}[${index}].image`, role })),
  )
}

async function readManifestText(path: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('FILE_UNREADABLE', `cannot read the manifest ${path}: ${cause.code ?? cause.message}`, { cause })
  })
  if (bytes.length > MAX_MANIFEST_BYTES) {
    throw new AppError('FILE_TOO_LARGE', `${path} has ${bytes.length} bytes; a manifest may have ${MAX_MANIFEST_BYTES}`)
  }
  return bytes.toString('utf8')
}

function parseManifestText(text: string, path: string): JsonValue {
  try {
    return parseJson(text, path)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw new AppError('JSON_MALFORMED', error.message, { details: { ...error.details, layer: 'file' }, cause: error })
  }
}

function manifestFault(name: string, layer: ManifestLayer, faults: readonly Fault[]): AppError {
  const [first] = faults
  const shown = faults.slice(0, 20).map(({ path, message }) => ({ path, message }))
  const isLater = faults.some(({ path }) => LATER_KEYS.some((key) => path.endsWith(`.${key}`)))
  const hint = isLater ? { hint: 'This key belongs to a later generation of manifests; remove it for this one.' } : {}
  return new AppError('MANIFEST_INVALID', `${name}: ${layer}: ${first?.path ?? '$'}: ${first?.message ?? 'invalid'}`, {
    details: { layer, path: first?.path ?? '$', faults: shown },
    ...hint,
  })
}

function toFaults(issue: z.core.$ZodIssue, root: JsonValue): readonly Fault[] {
  const path = formatPath(issue.path)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: `${path}.${key}`, message: 'unknown key' }))
  }
  if (valueAt(root, issue.path) === undefined) return [{ path, message: 'is required' }]
  return [{ path, message: issue.message }]
}

function valueAt(root: JsonValue, path: readonly PropertyKey[]): unknown {
  let value: unknown = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.getOwnPropertyDescriptor(value, key)?.value
  }
  return value
}
