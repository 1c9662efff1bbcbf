// `npm run bench [-- name…]`: runs the suites one after another and prints their rows; with --write, writes them to
// docs/benchmarks.md, one section per suite.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import type { Row } from './measure.ts'
import { BENCH_HELP, type BenchOptions, readOptions } from './options.ts'

interface Suite {
  readonly name: string
  run(report: (row: Row) => void, options: BenchOptions): Promise<void>
}

const SUITES: Readonly<Record<string, () => Promise<Suite>>> = {
  'paint-arena': () => import('./paint-arena.bench.ts'),
  journal: () => import('./journal.bench.ts'),
  live: () => import('./live.bench.ts'),
  perception: () => import('./perception.bench.ts'),
  durability: () => import('./durability.bench.ts'),
  foundry: () => import('./foundry.bench.ts'),
  strategy: () => import('./strategy.bench.ts'),
  log: () => import('./log.bench.ts'),
  sessions: () => import('./sessions.bench.ts'),
  dataset: () => import('./dataset.bench.ts'),
  evaluation: () => import('./evaluation.bench.ts'),
  studies: () => import('./studies.bench.ts'),
  report: () => import('./report.bench.ts'),
  web: () => import('./web.bench.ts'),
  compare: () => import('./compare.bench.ts'),
  'strategy-fuzz': async () => {
    const { runFuzz } = await import('./strategy.bench.ts')
    return { name: 'strategy-fuzz', run: (report) => runFuzz(report) }
  },
}

const DOCUMENT = 'docs/benchmarks.md'

function formatValue(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)))
}

function machine(): string {
  const [cpu] = cpus()
  return `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`
}

function writeSection(name: string, rows: readonly Row[]): void {
  const text = readFileSync(DOCUMENT, 'utf8')
  const table = rows.map((row) => `| ${row.what} | ${formatValue(row.value)} | ${row.unit} | ${row.note ?? ''} |`)
  const section = `<!-- bench ${name} -->\n\n\`npm run bench -- ${name}\` on ${machine()}, ${new Date().toISOString().slice(0, 10)}:\n\n| what | value | unit | note |\n|---|---:|---|---|\n${table.join('\n')}\n\n<!-- end ${name} -->`
  const pattern = new RegExp(`<!-- bench ${name} -->[\\s\\S]*?<!-- end ${name} -->`)
  writeFileSync(
    DOCUMENT,
    pattern.test(text) ? text.replace(pattern, section) : `${text.trimEnd()}\n\n## ${name}\n\n${section}\n`,
  )
}

function readCommand(): BenchOptions {
  try {
    return readOptions(process.argv.slice(2))
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${BENCH_HELP}`)
    process.exit(2)
  }
}

const options = readCommand()
if (options.isHelp) {
  console.log(`${BENCH_HELP}\nSuites: ${Object.keys(SUITES).join(', ')}`)
  process.exit()
}
const names = options.names.length > 0 ? options.names : Object.keys(SUITES).filter((name) => name !== 'compare')

for (const name of names) {
  const load = SUITES[name]
  if (!load) {
    console.error(`There is no suite ${name}; there are ${Object.keys(SUITES).join(', ')}.`)
    process.exitCode = 2
    break
  }
  if (names.length > 1) {
    // A separate process for each, so that no suite warms up or fills the heap of another.
    const args = [...process.execArgv, import.meta.filename, name, ...options.given]
    const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' })
    if (status !== 0) process.exitCode = 1
    continue
  }
  console.log(`\n${name} — ${machine()}`)
  const rows: Row[] = []
  const suite = await load()
  await suite.run((row) => {
    rows.push(row)
    console.log(
      `  ${row.what.padEnd(64)} ${formatValue(row.value).padStart(14)} ${row.unit}${row.note ? `  (${row.note})` : ''}`,
    )
  }, options)
  if (options.isJson) console.log(JSON.stringify({ suite: name, machine: machine(), rows }))
  if (options.isWriting) writeSection(name, rows)
}
