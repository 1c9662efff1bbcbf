// Reads save files, naming every fault, and makes them from a running session.
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { type Fold, loadFold } from '../../kernel/fold.ts'
import { parseWith } from '../../kernel/parse.ts'
import type { World } from '../../kernel/world.ts'
import { SAVE_FORMAT, SAVE_VERSION, SaveFile } from '../../protocol/headless.ts'
import type { JsonValue } from '../../protocol/json.ts'
import { readJsonInput, SAVE_FILE_LIMIT } from './read-input.ts'
import { movedFault } from './script.ts'

/** The file's content is already JSON, and the world checks its own state: a second check would cost seconds. */
const ReadSave = SaveFile.extend({ state: z.custom<JsonValue>((state) => state !== undefined) })

/** The start of a run. */
export interface Origin {
  readonly scenario: string | null
  readonly seed: number
}

export function createSave(fold: Fold, origin: Origin): SaveFile {
  const { id, version } = fold.world
  return {
    format: SAVE_FORMAT,
    version: SAVE_VERSION,
    world: { id, version },
    ...origin,
    tick: fold.step,
    state: fold.world.save(fold.state),
  }
}

/**
 * Reads a save file into a running state.
 * @throws AppError FILE_UNREADABLE, FILE_TOO_LARGE, JSON_MALFORMED; SAVE_VERSION for a save of another version;
 * STATE_INVALID naming the first fault by its JSON path
 */
export function readSave(path: string, world: World): { readonly fold: Fold; readonly origin: Origin } {
  const value = readJsonInput(path, { what: 'The save', limit: SAVE_FILE_LIMIT })
  checkVersions(value, world)
  const save = parseWith(ReadSave, value, { code: 'STATE_INVALID', what: 'The save' })
  const fold = foldOf(save, world)
  checkOrigin(save, fold)
  return { fold, origin: { scenario: save.scenario, seed: save.seed } }
}

function foldOf(save: { readonly tick: number; readonly state: JsonValue }, world: World): Fold {
  try {
    return loadFold(world, { step: save.tick, state: save.state })
  } catch (error) {
    throw error instanceof AppError ? movedFault(error, { what: 'The save', root: '$.state' }) : error
  }
}

/** Compares a save's metadata with its state. */
function checkOrigin(save: { tick: number; seed: number; scenario: string | null }, { world, state }: Fold): void {
  const own = world.headless?.origin?.(state)
  if (own && own.tick !== save.tick) throw inconsistent('$.tick', `is ${save.tick}, and that of the state ${own.tick}`)
  if (own && own.seed !== save.seed) throw inconsistent('$.seed', `is ${save.seed}, and that of the state ${own.seed}`)
  if (save.scenario !== null && !world.variants.some(({ id }) => id === save.scenario)) {
    throw inconsistent('$.scenario', `${world.id} has no scenario ${JSON.stringify(save.scenario)}`)
  }
}

function inconsistent(path: string, message: string): AppError {
  return new AppError('STATE_INVALID', `The save is not valid: ${path}: ${message}`, {
    details: { faults: [{ path, message }] },
  })
}

/** Distinguishes old and foreign saves from broken ones. */
function checkVersions(value: JsonValue, world: World): void {
  const version = keyOf(value, 'version')
  if (keyOf(value, 'format') === SAVE_FORMAT && version !== SAVE_VERSION) {
    throw new AppError('SAVE_VERSION', `The save has version ${String(version)}; this release reads ${SAVE_VERSION}`)
  }
  const saved = keyOf(value, 'world')
  const id = keyOf(saved, 'id')
  if (typeof id === 'string' && id !== world.id) {
    throw new AppError('STATE_INVALID', `The save is of the world ${id}, not of ${world.id}: $.world.id`, {
      hint: `Give --world ${id}.`,
    })
  }
  const worldVersion = keyOf(saved, 'version')
  if (typeof worldVersion === 'string' && worldVersion !== world.version) {
    throw new AppError('SAVE_VERSION', `The save is of ${world.id} ${worldVersion}; this release has ${world.version}`)
  }
}

function keyOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return new Map<string, unknown>(Object.entries(value)).get(key)
}
