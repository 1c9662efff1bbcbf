// Writes the tables of docs/characters.md between their marks: the vocabulary, the filters with their matches, and the
// cast. `node scripts/characters-docs.ts` writes them; a test compares them.
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { CHARACTER_DIMENSIONS, HSN_ASSUMPTIONS } from '../src/protocol/character-vocabulary.ts'
import { CHARACTER_FILTERS } from '../src/worlds/parley/characters/filters.ts'
import { characters, filterCharacters } from '../src/worlds/parley/characters/index.ts'

export const PAGE_PATH = 'docs/characters.md'

const code = (word: string): string => `\`${word}\``

const TABLES: Readonly<Record<string, () => string>> = {
  assumptions: () =>
    Object.entries(HSN_ASSUMPTIONS)
      .map(([section, assumptions]) => {
        const rows = Object.entries(assumptions).map(([name, sentence]) => [code(name), sentence])
        return `**${code(section)}**\n\n${table(['Assumption', 'What is taken for granted'], rows)}`
      })
      .join('\n\n'),
  dimensions: () =>
    table(
      ['Key', 'What it asks', 'Answers'],
      Object.entries(CHARACTER_DIMENSIONS).map(([name, { description, options }]) => [
        code(name),
        description,
        options.join(' · '),
      ]),
    ),
  filters: () =>
    table(
      ['Name', 'Matches', 'Of our cast'],
      CHARACTER_FILTERS.map(({ name, summary }) => {
        const found = filterCharacters(name, characters).map(({ hid }) => hid)
        return [code(name), summary, found.length > 10 ? String(found.length) : `${found.length}: ${found.join(', ')}`]
      }),
    ),
  cast: () =>
    table(
      ['hid', 'Who', 'Player', 'Scenarios', 'Labels'],
      characters.map((character) => [
        code(character.hid),
        character.short_description,
        character.pc_eligible ? 'yes' : 'no',
        String(character.scenarios?.length ?? 0),
        character.common_labels.join(', '),
      ]),
    ),
}

/** The page with tables generated from the data. */
export function withTables(page: string): string {
  let written = page
  for (const [name, format] of Object.entries(TABLES)) {
    const begin = `<!-- ${name}: written by scripts/characters-docs.ts -->`
    const end = `<!-- end of ${name} -->`
    const [from, to] = [written.indexOf(begin), written.indexOf(end)]
    if (from < 0 || to < from) throw new Error(`${PAGE_PATH} has lost the marks of its table '${name}'`)
    written = `${written.slice(0, from + begin.length)}\n\n${format()}\n\n${written.slice(to)}`
  }
  return written
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(PAGE_PATH, withTables(readFileSync(PAGE_PATH, 'utf8')))
}
