// Updates the generated parts of docs/headless.md and docs/worlds/foundry.md: tables from the catalogue, and the output
// of the command lines. `node scripts/foundry-docs.ts` writes them; a test compares them.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ITEMS, itemId, PARTS, type PartDef } from '../src/worlds/foundry/catalogue.ts'
import { RECIPES, type Recipe } from '../src/worlds/foundry/recipes.ts'
import { foundry } from '../src/worlds/foundry/world.ts'

const ROOT = new URL('..', import.meta.url).pathname
export const PAGES = ['docs/headless.md', 'docs/worlds/foundry.md']

function formatTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(heading), `|${heading.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

const formatCost = (def: PartDef): string =>
  ITEMS.flatMap((item) => (def.cost[item] === undefined ? [] : [`${def.cost[item]} ${item}`])).join(', ')

/** Item ports in words: `in back, left; out front`. */
function formatPorts(def: PartDef): string {
  const words = (['in', 'out'] as const).flatMap((direction) => {
    const ports = def.ports.filter((port) => port.kind === 'item' && port.direction === direction)
    const sides = new Map<string, number>()
    for (const { side } of ports) sides.set(side, (sides.get(side) ?? 0) + 1)
    const named = [...sides].map(([side, count]) => (count > 1 ? `${side} (${count})` : side))
    return named.length > 0 ? [`${direction} ${named.join(', ')}`] : []
  })
  return words.join('; ') || '-'
}

const formatPower = (def: PartDef): string =>
  [
    ...(def.draw > 0 ? [`draws ${def.draw}`] : []),
    ...(def.supply > 0 ? [`gives ${def.supply}`] : []),
    ...(def.capacity > 0 ? [`holds ${def.capacity}`] : []),
    ...(def.kind === 'wire' ? ['joins six faces'] : []),
  ].join(', ') || '-'

const formatAir = (def: PartDef): string =>
  [
    ...(def.emission > 0 ? [`emits ${def.emission}`] : []),
    ...(def.tolerance > 0 ? [`bears ${def.tolerance}`] : []),
    ...(def.cleans > 0 ? [`cleans ${def.cleans}`] : []),
    ...(def.isSealed ? ['closed'] : []),
  ].join(', ') || '-'

function partsTable(): string {
  const heading = ['part', 'footprint', 'item ports', 'power a tick', 'contamination', 'cost', 'ticks to build']
  const row = (def: PartDef): string[] => [
    `\`${def.id}\``,
    def.footprint.join(' × '),
    formatPorts(def),
    formatPower(def),
    formatAir(def),
    formatCost(def),
    String(def.buildTicks),
  ]
  return formatTable(heading, PARTS.map(row))
}

function recipesTable(): string {
  const amounts = (list: Recipe['inputs']): string =>
    list.map(({ item, count }) => `${count} ${itemId(item)}`).join(', ') || '-'
  const rows = RECIPES.filter(({ builds, sorts }) => builds < 0 && sorts === 0).map((recipe) => [
    `\`${recipe.id}\``,
    recipe.madeIn,
    amounts(recipe.inputs),
    amounts(recipe.outputs),
    String(recipe.ticks),
    String(recipe.emission),
  ])
  return formatTable(['recipe', 'made in', 'inputs', 'outputs', 'ticks', 'emits a tick, besides'], rows)
}

function scenariosTable(): string {
  const rows = foundry.variants.map(({ id, description, config }) => {
    const outline = foundry.headless?.outline?.(foundry.config.parse(config))
    const objective = JSON.parse(JSON.stringify(outline)).objective
    const goals = objective.goals.map(({ text }: { text: string }) => text).join('; ') || '-'
    return [`\`${id}\``, description, goals]
  })
  return formatTable(['scenario', 'what it is', 'objective'], rows)
}

const REFUSALS: Readonly<Record<string, string>> = {
  UNKNOWN_DEF: 'there is no such part in the catalogue',
  OUT_OF_BOUNDS: "a cell lies outside the grid, or outside the crew's plot",
  CELL_OCCUPIED: 'a cell is filled by another part, or is ground',
  UNSUPPORTED: 'it would hang in the air, or leave another part hanging; an extractor has no deposit below it',
  NOT_IN_INVENTORY: 'none is left in the build inventory of the crew',
  UNKNOWN_PART: 'there is no part of this id',
  FIXED_PART: 'the part belongs to the scenario, or to the crew of another plot',
  NOT_A_MACHINE: 'the part cannot be switched off, or follows no recipe',
  NOT_A_FABRICATOR: 'build recipes go to fabricators',
  RECIPE_NOT_ALLOWED: 'there is no such recipe, or this machine does not follow it here',
}

function facts(): string {
  const slots = foundry.variants.map(({ config }) => foundry.slots(foundry.config.parse(config)))
  return formatTable(
    ['', ''],
    [
      ['version', foundry.version],
      ['slots', `${Math.min(...slots)} to ${Math.max(...slots)} in the scenarios that ship`],
      ['a step', 'one tick'],
      ['scores', 'permille of the objective, the same for every slot'],
      ['bots', (foundry.bots ?? []).map(({ name, summary }) => `\`${name}\`: ${summary}`).join(' ')],
      ['items', ITEMS.map((item) => `\`${item}\``).join(', ')],
    ],
  )
}

const TABLES: Readonly<Record<string, () => string>> = {
  facts,
  parts: partsTable,
  recipes: recipesTable,
  scenarios: scenariosTable,
  refusals: () =>
    formatTable(
      ['refusal', 'meaning'],
      Object.entries(REFUSALS).map(([code, meaning]) => [`\`${code}\``, meaning]),
    ),
}

function fillTables(text: string): string {
  return text.replace(/<!-- (\w+) -->\n(?:[\s\S]*?<!-- end \1 -->\n)?/g, (whole, name: string) => {
    const table = TABLES[name]
    return table ? `<!-- ${name} -->\n\n${table()}\n\n<!-- end ${name} -->\n` : whole
  })
}

/** Runs the command lines of a page in order, in one folder, and puts their output into the fences after them. */
function fillOutputs(text: string): string {
  const cwd = mkdtempSync(join(tmpdir(), 'foundry docs '))
  const env = { ...process.env, NO_COLOR: '1', PATH: `${join(ROOT, 'bin')}:${process.env.PATH}` }
  const fence = /```(json|sh|text) ?([\w.]*)\n([\s\S]*?)```/g
  let printed = ''
  try {
    return text.replace(fence, (whole, kind: string, name: string, body: string) => {
      if (kind === 'json' && name !== '') writeFileSync(join(cwd, name), body)
      if (kind === 'sh') {
        const ran = spawnSync('sh', ['-c', body], { cwd, encoding: 'utf8', env })
        const expected = name === 'fails' ? 1 : 0
        if (ran.status !== expected) throw new Error(`status ${ran.status}: ${body}${ran.stderr}`)
        printed = ran.stdout
      }
      return kind === 'text' ? `\`\`\`text\n${printed.trimEnd()}\n\`\`\`` : whole
    })
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}

/** The updated page. */
export function fillPage(page: string): string {
  return fillOutputs(fillTables(readFileSync(join(ROOT, page), 'utf8')))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const page of PAGES) writeFileSync(join(ROOT, page), fillPage(page))
}
