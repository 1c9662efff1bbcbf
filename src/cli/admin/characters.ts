// `paracosm admin character …`.
import { dirname, resolve } from 'node:path'
import { AppError } from '../../kernel/errors.ts'
import { writeFileWhole } from '../../lib/files.ts'
import type { Character } from '../../protocol/character.ts'
import { Characters } from '../../store/characters/characters.ts'
import { characters as shipped } from '../../worlds/parley/characters/built-in.ts'
import { filterCharacters } from '../../worlds/parley/characters/filters.ts'
import { formatCharacters, parseCharacters } from '../../worlds/parley/characters/seed-text.ts'
import { type Io, printJson } from '../io.ts'
import { withStore } from '../store.ts'
import { readText } from '../strategy/input.ts'
import { printTable } from '../table.ts'

export interface CharacterFlags {
  readonly data: string
  readonly json?: boolean
}

/** Maximum number of reported faults. */
const MAX_FAULTS = 20

export async function listCharacters(io: Io, flags: CharacterFlags & { filter: string }): Promise<void> {
  // A mistyped filter is reported even if there is no store yet.
  filterCharacters(flags.filter, [])
  const all = await readAll(io, flags)
  const found = filterCharacters(flags.filter, all)
  if (flags.json) return printJson(io, { ok: true, characters: found })
  if (all.length === 0)
    return io.out('There are no characters yet. The first start of the server adds the built-in ones.')
  const rows = found.map((each) => [
    each.hid,
    each.is_human ? 'human' : 'other',
    each.pc_eligible ? 'yes' : 'no',
    each.short_description.replaceAll(/\p{C}/gu, ' '),
  ])
  printTable(io, ['Hid', 'Kind', 'Player', 'Description'], rows)
}

const readAll = (io: Io, flags: CharacterFlags): Promise<Character[]> =>
  withStore(io, { data: flags.data, mode: 'read' }, (store) => new Characters(store).all())

export async function exportCharacters(
  io: Io,
  path: string | undefined,
  flags: CharacterFlags & { shipped?: boolean },
): Promise<void> {
  const characters = flags.shipped ? shipped : await readAll(io, flags)
  const text = formatCharacters(characters)
  if (path === undefined) return io.out(text.trimEnd())
  await writeFileWhole(path, text, { replace: false })
  if (flags.json) return printJson(io, { ok: true, path, characters: characters.length })
  io.out(`Wrote ${characters.length} characters to ${path}.`)
}

/**
 * The characters of a seed file.
 * @throws AppError VALIDATION_ERROR, FILE_UNREADABLE
 */
export function readCharacters(path: string): Character[] {
  const { characters, faults } = parseCharacters(readText(path))
  const [first] = faults
  if (first) {
    const told = faults.slice(0, MAX_FAULTS).map((fault) => ({ ...fault }))
    const name = first.hid ?? `number ${first.index + 1}`
    const message = `${path} has ${faults.length} faults; the first: character ${name}, ${first.field}: ${first.message}`
    throw new AppError('VALIDATION_ERROR', message, { details: { faults: told } })
  }
  return [...characters]
}

/** Adds characters to the store of a data folder, or replaces those of the same name. */
export function storeCharacters(io: Io, data: string, characters: readonly Character[]): Promise<void> {
  return withStore(io, { data, mode: 'create' }, async (store) => {
    const stored = new Characters(store)
    for (const character of characters) await stored.upsert(character.hid, character)
  })
}

/**
 * Adds the characters of paracosm.config.ts to the store, beside the built-in ones.
 * @throws AppError VALIDATION_ERROR, FILE_UNREADABLE
 */
export async function loadConfiguredCharacters(io: Io, data: string): Promise<void> {
  const { configFile } = io
  const files = configFile?.config.characters ?? []
  if (configFile === undefined || files.length === 0) return
  const characters = files.flatMap((file) => readCharacters(resolve(dirname(configFile.path), file)))
  // A store with characters gets none of the built-in ones.
  await withStore(io, { data, mode: 'create' }, (store) => new Characters(store).seedOnce(shipped))
  await storeCharacters(io, data, characters)
}

export async function importCharacters(io: Io, path: string, flags: CharacterFlags): Promise<void> {
  const characters = readCharacters(path)
  await storeCharacters(io, flags.data, characters)
  if (flags.json) return printJson(io, { ok: true, characters: characters.length })
  io.out(`${characters.length} characters are in the store.`)
}
