// Loads a package's manifest in layers: file, schema, version and cross-field rules, in that order; the first failure
// stops. It uses neither the network nor a container engine. manifest-source.ts locates manifests.
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import { formatPath, parseJson } from '../kernel/parse.ts'
import { CoworldManifest, isPackageVersion, type Role } from '../protocol/coworld.ts'
import { LaterManifest, laterToManifest } from '../protocol/coworld-later.ts'
import { isObject } from '../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import type { Fault } from './foreign-schema.ts'
import { checkCrossRules, type SlotRule } from './manifest-rules.ts'

/** The layer of loading that found a fault. */
export const MANIFEST_LAYERS = ['file', 'schema', 'version', 'cross'] as const
export type ManifestLayer = (typeof MANIFEST_LAYERS)[number]

/** A package on this machine, its manifest in normal form. */
export interface CoworldPackage extends ParsedManifest {
  /** Absolute path of the manifest. */
  readonly path: string
  /** Folder of the manifest, against which relative program paths are resolved. */
  readonly folder: string
  /**
   * The number of slots that the certification fixture fills. A variant of a later manifest may have another number.
   */
  readonly slots: number
}

/** The generation whose rules a manifest satisfies. A document that satisfies both is 0.1.0. */
export const GENERATIONS = ['0.1.0', 'later'] as const
export type Generation = (typeof GENERATIONS)[number]

export interface ParsedManifest {
  /** In the normal form of 0.1.0, whatever its generation. */
  readonly manifest: CoworldManifest
  readonly generation: Generation
  /** The document as written. */
  readonly written: JsonObject
}

const MAX_MANIFEST_BYTES = 16 * 1024 * 1024

/** Keys that only manifests of later generations have. They determine by which rules a faulty document is explained. */
const LATER_KEYS = ['tags', 'promo', 'replay_viewer', 'engine_runtime', 'players_per_user', 'episode_timeout_minutes']

/**
 * Loads the manifest at `path`.
 * @throws AppError FILE_UNREADABLE, FILE_TOO_LARGE, JSON_MALFORMED (layer `file`) or MANIFEST_INVALID; `details` has
 *   `layer` and `faults`, each with a JSON path
 */
export async function loadManifest(path: string): Promise<CoworldPackage> {
  const absolute = resolve(path)
  const parsed = parseAnyManifest(parseManifestText(await readManifestText(absolute), absolute), absolute)
  const slots = parsed.manifest.certification.players.length
  return { path: absolute, folder: dirname(absolute), ...parsed, slots }
}

/**
 * Parses a manifest of 0.1.0 or of the generation after it. A document that satisfies neither is explained by the rules
 * of the generation for which it was written.
 * @throws AppError MANIFEST_INVALID
 */
export function parseAnyManifest(value: JsonValue, name = 'manifest'): ParsedManifest {
  try {
    const manifest = parseManifest(value, name)
    return { manifest, generation: '0.1.0', written: isObject(value) ? value : {} }
  } catch (error) {
    if (!(error instanceof AppError) || !isObject(value)) throw error
    try {
      return { manifest: parseLater(value, name), generation: 'later', written: value }
    } catch (later) {
      if (!(later instanceof AppError)) throw later
      throw explain(value, error, later)
    }
  }
}

/**
 * Parses a manifest of 0.1.0 that is already JSON into its normal form. `name` names it in messages.
 * @throws AppError MANIFEST_INVALID
 */
export function parseManifest(value: JsonValue, name = 'manifest'): CoworldManifest {
  if (!isObject(value)) throw manifestFault(name, 'file', [{ path: '$', message: 'expected a JSON object' }])
  return checked(parseShape(CoworldManifest, value, name), name, 'fixed')
}

function parseLater(value: JsonObject, name: string): CoworldManifest {
  return checked(laterToManifest(parseShape(LaterManifest, value, name)), name, 'roster')
}

function parseShape<T>(schema: z.ZodType<T>, value: JsonObject, name: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.flatMap((issue) => toFaults(issue, value))
  throw manifestFault(name, 'schema', faults)
}

/** The layers after the schema. */
function checked(manifest: CoworldManifest, name: string, rule: SlotRule): CoworldManifest {
  if (!isPackageVersion(manifest.game.version)) {
    const message = `${JSON.stringify(manifest.game.version)} is not a PEP 440 version, such as 1.0 or 0.2.1-beta`
    throw manifestFault(name, 'version', [{ path: '$.game.version', message }])
  }
  const fault = checkCrossRules(manifest, rule)
  if (fault) throw manifestFault(name, 'cross', [fault])
  return manifest
}

/** A document with a readme and a key of the later generation is of that generation; any other is 0.1.0. */
function explain(value: JsonObject, first: AppError, later: AppError): AppError {
  const game = isObject(value.game) ? value.game : {}
  const docs = isObject(game.docs) ? game.docs : {}
  const protocols = isObject(game.protocols) ? game.protocols : {}
  const isMarked = LATER_KEYS.some((key) => [value, game, protocols].some((object) => Object.hasOwn(object, key)))
  if (!isMarked) return first
  if (docs.readme !== undefined) return later
  const path = typeof later.details?.path === 'string' ? later.details.path : '$'
  return new AppError(first.code, first.message, {
    ...(first.details ? { details: first.details } : {}),
    hint: `This key belongs to a later generation of manifests. Remove it, or write a later manifest: it lacks ${path}.`,
    cause: later,
  })
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
  return new AppError('MANIFEST_INVALID', `${name}: ${layer}: ${first?.path ?? '$'}: ${first?.message ?? 'invalid'}`, {
    details: { layer, path: first?.path ?? '$', faults: shown },
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
