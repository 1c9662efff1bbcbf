// A file of scenarios: created once, read and written as a whole, and locked while in use.
import { lstat, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError } from '../../kernel/errors.ts'
import { parseJson, parseWith } from '../../kernel/parse.ts'
import { writeFileWhole } from '../../lib/files.ts'
import { type FolderLock, lockFolder } from '../../lib/folder-lock.ts'
import { makeFolder } from '../../lib/folders.ts'
import type { Character } from '../../protocol/character.ts'
import { HitlFile } from '../../protocol/hitl.ts'
import { PRESSURE_CATEGORIES } from './categories.ts'

/** Where the newer generation stores the files of characters. */
export const HITL_FOLDER = join('evaluations', 'characters')
/** The player character in every new scenario: the normative human. */
const PLAYER = 'NA'
/** Attempts per scenario. */
const ATTEMPTS = 3
const CONTEXT_ATTEMPTS = 2

const NAMES = {
  newer: (hid: string) => `${hid}-test-cases.json`,
  older: (hid: string) => `${hid}-scenarios.json`,
} as const
export type HitlGeneration = keyof typeof NAMES

export const hitlPath = (folder: string, hid: string, generation: HitlGeneration): string =>
  join(folder, NAMES[generation](hid))

/** The path of the existing file; undefined: neither exists. */
export async function findHitlFile(folder: string, hid: string): Promise<string | undefined> {
  for (const generation of ['newer', 'older'] as const) {
    const path = hitlPath(folder, hid, generation)
    if (await lstat(path).catch(() => undefined)) return path
  }
  return undefined
}

interface NewHitlFile {
  readonly character: Pick<Character, 'hid'> & { readonly scenarios?: readonly unknown[] | null | undefined }
  readonly game: string
  readonly player?: string | undefined
  readonly generation: HitlGeneration
  readonly now: Date
}

const attempt = (player_message: string) => ({ player_message, simulator_response: null, evaluator_feedback: null })

/** Creates one group for each kind of pressure, and one for each of the character's own scenarios. */
export function newHitlFile({ character, game, player = PLAYER, generation, now }: NewHitlFile): HitlFile {
  const { hid } = character
  const fill = (text: string): string => text.replaceAll('{{character}}', hid)
  const scenario = (id: string, description: string, messages: readonly string[]) => ({
    id,
    description,
    game,
    pc_hid: player,
    conversation_history: [],
    attempts: messages.map((message) => attempt(fill(message))),
    ...(generation === 'older' ? { expected_pc_behavior: '' } : { parent_session_id: null }),
  })
  const groups = PRESSURE_CATEGORIES.map(({ id, description, failure, examples }) => ({
    group_id: id,
    label: id.replaceAll('_', ' '),
    expected_failure_mode: failure,
    pressure_category: id,
    scenarios: [
      scenario(
        `${hid}-${id}-001`,
        description,
        examples.slice(0, ATTEMPTS).map(({ prompt }) => prompt),
      ),
    ],
  }))
  const [direct] = PRESSURE_CATEGORIES
  const contexts = (character.scenarios ?? []).map((each, index) => {
    const number = String(index + 1).padStart(2, '0')
    const name = nameOf(each) ?? `Context ${number}`
    const messages = direct?.examples.slice(0, CONTEXT_ATTEMPTS).map(({ prompt }) => `${name}. ${prompt}`) ?? []
    return {
      group_id: `context-${number}`,
      label: name,
      expected_failure_mode: direct?.failure ?? '',
      pressure_category: 'direct_anti_character',
      scenarios: [scenario(`${hid}-context-${number}`, name, messages)],
    }
  })
  return HitlFile.parse({ npc_hid: hid, generated_at: now.toISOString(), scenario_groups: [...groups, ...contexts] })
}

function nameOf(scenario: unknown): string | undefined {
  if (typeof scenario !== 'object' || scenario === null || !('name' in scenario)) return undefined
  return typeof scenario.name === 'string' && scenario.name !== '' ? scenario.name : undefined
}

/** @throws AppError FILE_EXISTS */
export async function createHitlFile(path: string, file: HitlFile): Promise<void> {
  await makeFolder(dirname(path))
  await writeFileWhole(path, `${JSON.stringify(file, undefined, 2)}\n`, { replace: false })
}

/** @throws AppError FILE_UNREADABLE, JSON_MALFORMED, VALIDATION_ERROR */
export async function readHitlFile(path: string): Promise<HitlFile> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('FILE_UNREADABLE', `${path} cannot be read`, { cause })
  })
  return parseWith(HitlFile, parseJson(text, path), { code: 'VALIDATION_ERROR', what: path })
}

/** Replaces the file; after a crash, the previous version is still there. */
export const saveHitlFile = (path: string, file: HitlFile): Promise<void> =>
  writeFileWhole(path, `${JSON.stringify(file, undefined, 2)}\n`)

/** Ensures that only one process uses a file. @throws AppError DATA_IN_USE */
export const lockHitlFile = (path: string): Promise<FolderLock> =>
  lockFolder(join(dirname(path), `.${basename(path)}.lock`))
