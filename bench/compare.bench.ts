// This checkout against an earlier version: both run the suites of host, journal, replay and perception alternately
// (A B B A) and measure with this version's measure.ts. A machine's speed changes within minutes, and two processes of one
// version differ by a tenth, so that each run is compared with its neighbour, and the median of these ratios is printed.
// `npm run bench -- compare --base REF [--runs N] [--only SUITE]`.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { at } from '../src/kernel/at.ts'
import { median, type Row } from './measure.ts'
import type { BenchOptions } from './options.ts'

export const name = 'compare'

/** Suites with their files; `before` if an older version has another name for it. */
const SUITES: Readonly<Record<string, { readonly file: string; readonly before: readonly string[] }>> = {
  'host and replay': { file: 'paint-arena.bench.ts', before: [] },
  journal: { file: 'journal.bench.ts', before: [] },
  perception: { file: 'perception.bench.ts', before: ['percepts.bench.ts'] },
}
const RUNS = 3
/** Minimum share of the earlier version's result. */
const LEAST_RATIO = 0.95
/** A property of the machine: printed for scale. */
const MACHINE = /^(floor|layer|bare)\b/
/** Maxima say little in a few runs: printed, not judged. */
const TAIL = /p99|slowest/

const ROOT = join(import.meta.dirname, '..')
/** Runs one suite, in the folder of its version, and prints a line for each row. */
const RUNNER = `
const { run } = await import(process.argv[1])
await run((row) => process.stdout.write('ROW ' + JSON.stringify(row) + '\\n'), { seed: 1, names: [], given: [] })`

type Values = Map<string, { unit: string; values: number[] }>

async function runSuite(root: string, files: readonly string[], into: Values): Promise<void> {
  const found = files.map((file) => join(root, 'bench', file)).find((path) => isTracked(root, path))
  if (found === undefined) throw new Error(`${root} has none of ${files.join(', ')}`)
  const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', RUNNER]
  const child = spawn(process.execPath, [...flags, pathToFileURL(found).href], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk
  })
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`${found} ended with ${status}`)
  for (const line of text.split('\n')) {
    if (!line.startsWith('ROW ')) continue
    const row: Row = JSON.parse(line.slice(4))
    const known = into.get(row.what) ?? { unit: row.unit, values: [] }
    known.values.push(row.value)
    into.set(row.what, known)
  }
}

const isTracked = (root: string, path: string): boolean =>
  spawnSync('git', ['ls-files', '--error-unmatch', path], { cwd: root }).status === 0

function must(command: string, args: readonly string[], cwd: string): void {
  console.log(`  ${command} ${args.join(' ')}`)
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`)
}

/** Lower is better for times and sizes, higher for rates. */
const ratioOf = (unit: string, now: number, before: number): number =>
  unit.endsWith('/s') ? now / before : before / now

export async function run(report: (row: Row) => void, options: BenchOptions): Promise<void> {
  const { base, only } = options
  if (base === undefined) throw new TypeError('compare needs --base REF: the version to compare with')
  const suites = Object.entries(SUITES).filter(([title]) => only === undefined || title.includes(only))
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-base-'))
  const root = join(folder, 'base')
  try {
    must('git', ['worktree', 'add', '--detach', root, base], ROOT)
    must('npm', ['ci', '--no-audit', '--no-fund'], root)
    copyFileSync(join(import.meta.dirname, 'measure.ts'), join(root, 'bench', 'measure.ts'))
    for (const [title, suite] of suites) await compareSuite(report, { title, suite, root, runs: options.runs ?? RUNS })
  } finally {
    spawnSync('git', ['worktree', 'remove', '--force', root], { cwd: ROOT })
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Comparison {
  readonly title: string
  readonly suite: { readonly file: string; readonly before: readonly string[] }
  /** Of the earlier version. */
  readonly root: string
  readonly runs: number
}

async function compareSuite(report: (row: Row) => void, { title, suite, root, runs }: Comparison): Promise<void> {
  const before: Values = new Map()
  const now: Values = new Map()
  for (let i = 0; i < runs; i++) {
    const both = [() => runSuite(root, [suite.file, ...suite.before], before), () => runSuite(ROOT, [suite.file], now)]
    for (const each of i % 2 === 0 ? both : both.reverse()) await each()
    console.log(`    ${title}: run ${i + 1} of ${runs} of both versions`)
  }
  for (const [what, { unit, values }] of now) {
    const then = before.get(what)
    if (!then) {
      console.log(`    ${what}: the earlier version has no such row`)
      continue
    }
    const ratios = values.map((value, i) => ratioOf(unit, value, at(then.values, i)))
    const ratio = median(ratios)
    const isJudged = !MACHINE.test(what) && !TAIL.test(what)
    const isSlow = isJudged && ratio < LEAST_RATIO
    if (isSlow) process.exitCode = 1
    const goal = isJudged ? `, goal ${LEAST_RATIO}: ${isSlow ? 'MISSED' : 'met'}` : ''
    const figure = (value: number): string => value.toLocaleString('en-US', { maximumSignificantDigits: 4 })
    const change = `${figure(median(then.values))} → ${figure(median(values))} ${unit}`
    const range = `runs ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`
    report({ what, value: ratio, unit: 'of before', note: `${change}, ${range}${goal}` })
  }
}
