// Writes the catalogue of frontier into its data sheet, between the two marks of docs/worlds/frontier.md: places, people,
// creatures, containers, items and quests of the content. `node scripts/frontier-catalogue.ts` writes it; a test
// compares it.
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { CONTENT } from '../src/worlds/frontier/content/content.ts'
import type { Content, Goal, Use } from '../src/worlds/frontier/content/shape.ts'
import { TERRAIN } from '../src/worlds/frontier/terrain.ts'

export const SHEET_PATH = 'docs/worlds/frontier.md'
const BEGIN = '<!-- catalogue: written by scripts/frontier-catalogue.ts -->'
const END = '<!-- end of catalogue -->'

/** The data sheet with a catalogue generated from the content. */
export function withCatalogue(sheet: string, content: Content): string {
  const begin = sheet.indexOf(BEGIN)
  const end = sheet.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`${SHEET_PATH} has lost the marks of its catalogue`)
  return `${sheet.slice(0, begin + BEGIN.length)}\n\n${catalogueOf(content)}\n\n${sheet.slice(end)}`
}

function catalogueOf(content: Content): string {
  const name = (rows: readonly { id: string; name: string }[], id: string) =>
    rows.find((row) => row.id === id)?.name ?? id
  const stock = (items: Readonly<Record<string, number>>, gold: number) =>
    [
      ...Object.entries(items).map(([item, count]) => `${count} × ${name(content.items, item)}`),
      ...(gold > 0 ? [`${gold} gold`] : []),
    ].join(', ') || '–'
  const leads = (cell: string) =>
    content.doors
      .filter((door) => door.cell === cell)
      .map((door) => {
        const beyond = content.doors.find((each) => each.id === door.to)?.cell ?? ''
        return `${name(content.cells, beyond)}${door.key === undefined ? '' : ` (locked: ${name(content.items, door.key)})`}`
      })
      .join(', ')
  const at = (row: { cell: string; x: number; y: number }) => `${name(content.cells, row.cell)} (${row.x}, ${row.y})`
  return [
    '### Ground',
    table(
      ['Mark', 'Ground', 'Ticks to enter'],
      Object.entries(TERRAIN).map(([mark, { name: ground, cost }]) => [
        `\`${mark}\``,
        ground,
        cost === 0 ? 'closed' : `${cost}`,
      ]),
    ),
    '### Places',
    table(
      ['Cell', 'Name', 'Kind', 'Tiles', 'Leads to'],
      content.cells.map((row) => [
        `\`${row.id}\``,
        row.name,
        row.kind,
        `${row.rows[0]?.length ?? 0} × ${row.rows.length}`,
        leads(row.id),
      ]),
    ),
    '### People',
    table(
      ['Id', 'Name', 'Where', 'Disposition', 'Topics'],
      content.people.map((row) => [
        `\`${row.id}\``,
        row.name,
        at(row),
        `${row.disposition}`,
        row.topics.map((topic) => `${topic.id}${topic.when ? '*' : ''}`).join(', '),
      ]),
    ),
    'A topic with a star is on offer only while its conditions hold.',
    '### Creatures',
    table(
      ['Id', 'Name', 'Where', 'Health', 'Skill', 'Defence', 'Damage', 'Pace', 'Sight', 'Carries'],
      content.creatures.map((row) => [
        `\`${row.id}\``,
        row.name,
        at(row),
        `${row.health}`,
        `${row.skill}`,
        `${row.defence}`,
        `${row.damage}–${row.damage + row.spread - 1}`,
        `${row.pace}`,
        `${row.sight}`,
        stock(row.loot, row.gold),
      ]),
    ),
    '### Containers',
    table(
      ['Id', 'Name', 'Where', 'Holds'],
      content.containers.map((row) => [`\`${row.id}\``, row.name, at(row), stock(row.items, row.gold)]),
    ),
    '### Items',
    table(
      ['Id', 'Name', 'Weight', 'Value', 'Use', 'Lies about'],
      content.items.map((row) => [
        `\`${row.id}\``,
        row.name,
        `${row.weight}`,
        `${row.value}`,
        useOf(row.use),
        lyingOf(content, row.id),
      ]),
    ),
    '### Quests',
    ...content.quests.flatMap((quest) => [
      `**${quest.name}** (\`${quest.id}\`): ${quest.text} It begins when you ${goalOf(content, quest.start)}.`,
      table(
        ['Stage', 'Points', 'The journal says', 'What takes it on'],
        quest.stages.map((row) => [
          `${row.stage}`,
          `${row.points}`,
          row.text,
          row.goal ? goalOf(content, row.goal) : 'the end',
        ]),
      ),
    ]),
  ].join('\n\n')
}

function useOf(use: Use): string {
  switch (use.kind) {
    case 'heal':
      return `heals ${use.amount}`
    case 'weapon':
      return `weapon: skill ${use.skill}, damage ${use.damage}–${use.damage + use.spread - 1}`
    case 'armour':
      return `armour: defence ${use.defence}`
    case 'cast':
      return `cast: damage ${use.damage}–${use.damage + use.spread - 1} up to ${use.reach} tiles`
    case 'none':
      return '–'
  }
}

function lyingOf(content: Content, item: string): string {
  const found = content.things.filter((thing) => thing.item === item)
  const cells = [...new Set(found.map((thing) => thing.cell))].map((cell) => {
    const there = found.filter((thing) => thing.cell === cell)
    const name = content.cells.find((each) => each.id === cell)?.name ?? cell
    return `${there.length} in ${name}${there[0]?.regrows ? ', again at dawn' : ''}`
  })
  return cells.join('; ') || '–'
}

function goalOf(content: Content, goal: Goal): string {
  const name = (rows: readonly { id: string; name: string }[], id: string) =>
    rows.find((row) => row.id === id)?.name ?? id
  switch (goal.act) {
    case 'ask':
      return `speak with ${name(content.people, goal.person)} about \`${goal.topic}\`${goal.choice === undefined ? '' : ` and choose ${goal.choice}`}`
    case 'gather':
      return `gather ${name(content.items, goal.item)}`
    case 'slay':
      return `overcome ${name(content.creatures, goal.creature)}`
    case 'search':
      return `search ${name(content.containers, goal.container)}`
    case 'go':
      return `go to ${name(content.cells, goal.cell)}`
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(SHEET_PATH, withCatalogue(readFileSync(SHEET_PATH, 'utf8'), CONTENT))
}
