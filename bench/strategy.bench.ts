// Speed of the strategy language: both engines and three other rule languages on four programs, in one run; the
// cost of validation; how fast hostile programs are refused; how late a run can be stopped.
// Directly: node bench/strategy.bench.ts, or node bench/strategy.bench.ts --fuzz [inputs] [seed] for fuzzing.
import { buildContext } from '../src/strategy/context.ts'
import { DslError } from '../src/strategy/errors.ts'
import { execute } from '../src/strategy/interpreter.ts'
import { prepareProgram } from '../src/strategy/prepared.ts'
import { tableAnalytics } from '../src/strategy/recorded.ts'
import { inspectProgram, validateProgram } from '../src/strategy/validator.ts'
import { ruleNode } from '../src/testing/strategy-nodes.ts'
import { median, type Row, timeOf } from './measure.ts'
import { fuzz } from './strategy/fuzz.ts'
import { MAXIMAL } from './strategy/maximal.ts'
import { EVENTS, PROGRAMS } from './strategy/programs.ts'
import { type Contender, race } from './strategy/race.ts'
import { CEL, JSON_LOGIC, JSONATA, nest, type Rival } from './strategy/rivals.ts'

export const name = 'strategy'

type Report = (row: Row) => void

const ids = { externalGameId: 'game', externalTaskId: 'task', externalUserId: 'user' }
const RIVALS: readonly Rival[] = [JSON_LOGIC, CEL, JSONATA]

/** All measurements of one program, after a check that all engines agree. */
async function raceProgram({ name: program, create }: (typeof PROGRAMS)[number], report: Report): Promise<void> {
  const valid = validateProgram(create())
  const prepared = prepareProgram(valid)
  const contexts = await Promise.all(
    EVENTS.map((event) => buildContext(prepared.layout, { ...ids, analytics: tableAnalytics(event) })),
  )
  const nested = EVENTS.map(nest)
  const last = EVENTS.length - 1
  const rivals = RIVALS.map((rival) => ({ what: rival.name, score: rival.prepare(create()) }))
  for (const [i, context] of contexts.entries()) {
    const { points, caseName } = prepared.execute(context)
    const traced = execute(valid, context)
    if (traced.points !== points || traced.caseName !== caseName) throw new Error(`${program}: the engines differ`)
    for (const { what, score } of rivals) {
      const answer = JSON.stringify(await score(nested[i]!))
      if (answer !== JSON.stringify([points, caseName])) throw new Error(`${program}: ${what} says ${answer}`)
    }
  }
  const contenders: readonly Contender[] = [
    { what: 'tracing', run: (i) => execute(valid, contexts[i & last]!) },
    { what: 'prepared', run: (i) => prepared.execute(contexts[i & last]!) },
    ...rivals.map(({ what, score }) => ({ what, run: (i: number) => score(nested[i & last]!) })),
  ]
  const nodes = contexts.reduce((sum, context) => sum + execute(valid, context).trace.length, 0) / contexts.length
  reportRace(program, nodes, { times: await race(contenders), report })
}

interface Raced {
  readonly times: ReadonlyMap<string, number>
  readonly report: Report
}

function reportRace(program: string, nodes: number, { times, report }: Raced): void {
  const of = (what: string): number => times.get(what) ?? Number.NaN
  for (const [what, ns] of times) {
    const isOwn = what === 'tracing' || what === 'prepared'
    const note = isOwn ? `${(ns / nodes).toFixed(1)} ns a visited node` : ''
    report({ what: `${program}: ${what}`, value: ns, unit: 'ns', ...(note === '' ? {} : { note }) })
  }
  const fastest = Math.min(...RIVALS.map((rival) => of(rival.name)))
  const goals: readonly (readonly [string, number, number])[] = [
    ['tracing against json-logic-js', of(JSON_LOGIC.name) / of('tracing'), 1],
    ['prepared against the fastest of the three', fastest / of('prepared'), 2],
  ]
  for (const [what, value, goal] of goals) {
    report({
      what: `${program}: ${what}`,
      value,
      unit: 'times as fast',
      note: `goal ${goal}: ${value >= goal ? 'met' : 'MISSED'}`,
    })
  }
}

async function benchValidation(report: Report): Promise<void> {
  for (const { name: program, create } of PROGRAMS) {
    const valid = validateProgram(create())
    const { nodes } = inspectProgram(valid)
    const batch = 200
    const run = () => {
      for (let i = 0; i < batch; i++) validateProgram(valid)
    }
    const ns = ((await timeOf(run, 15)) * 1e6) / batch
    report({ what: `${program}: validation`, value: ns, unit: 'ns', note: `${(ns / nodes).toFixed(0)} ns a node` })
    const prepare = () => {
      for (let i = 0; i < batch; i++) prepareProgram(valid)
    }
    report({
      what: `${program}: preparation`,
      value: ((await timeOf(prepare, 15)) * 1e6) / batch,
      unit: 'ns',
      note: 'once a program',
    })
  }
}

function benchHostile(report: Report): void {
  for (const { what, create } of MAXIMAL) {
    const times: number[] = []
    for (let i = 0; i < 11; i++) {
      const program = create()
      const started = performance.now()
      try {
        validateProgram(program)
      } catch (error) {
        if (!(error instanceof DslError)) throw error
      }
      times.push(performance.now() - started)
    }
    const value = median(times)
    report({
      what: `hostile: ${what}`,
      value,
      unit: 'ms',
      note: what.includes('valid') ? 'accepted' : `goal 5: ${value < 5 ? 'met' : 'MISSED'}`,
    })
  }
}

/** The longest overrun after a timeout, over the slowest operations of a program. */
async function benchDeadline(report: Report): Promise<void> {
  const list = Array.from({ length: 60_000 }, (_, i) => ({ i }))
  const data = { a: list, b: structuredClone(list), c: 'x'.repeat(2_000_000), d: `${'x'.repeat(1_999_999)}y` }
  const field = (path: string) => ({ type: 'field', path })
  const args = Array.from({ length: 300 }, (_, i) => ({
    type: 'compare',
    op: i % 2 === 0 ? '!=' : '>',
    left: field(i % 2 === 0 ? 'data.a' : 'data.c'),
    right: field(i % 2 === 0 ? 'data.b' : 'data.d'),
  }))
  const rule = ruleNode<unknown>({ type: 'or', args }, { type: 'return' })
  const program = validateProgram({ type: 'program', rules: [rule] })
  const context = await buildContext(program, { ...ids, data, analytics: tableAnalytics({}) })
  const prepared = prepareProgram(program)
  const runs = [
    ['tracing', execute.bind(null, program)],
    ['prepared', prepared.execute],
  ] as const
  for (const [engine, run] of runs) {
    const overshoots = Array.from({ length: 25 }, () => {
      const deadline = performance.now() + 0.5
      try {
        run(context, { expired: () => performance.now() > deadline })
      } catch (error) {
        if (!(error instanceof DslError)) throw error
      }
      return Math.max(0, performance.now() - deadline)
    })
    const value = median(overshoots)
    report({
      what: `deadline: ${engine}, outlived by`,
      value,
      unit: 'ms',
      note: `goal 1: ${value < 1 ? 'met' : 'MISSED'}`,
    })
  }
}

/** The complete comparison; takes about half a minute. */
export async function run(report: Report): Promise<void> {
  for (const program of PROGRAMS) await raceProgram(program, report)
  await benchValidation(report)
  benchHostile(report)
  await benchDeadline(report)
}

/** Millions of hostile inputs; any finding fails the run. Takes about two minutes per million. */
export async function runFuzz(report: Report, inputs = 1_000_000, seed = 1): Promise<void> {
  const { accepted, slowestMs, faults } = await fuzz(inputs, seed)
  report({
    what: `fuzz: hostile inputs, seed ${seed}`,
    value: inputs,
    unit: 'inputs',
    note: `${accepted} of them valid`,
  })
  report({ what: 'fuzz: slowest input', value: slowestMs, unit: 'ms', note: 'goal 5' })
  report({
    what: 'fuzz: crashes, hangs, changed globals',
    value: faults.length,
    unit: 'faults',
    note: faults[0] ?? 'none',
  })
  if (faults.length > 0) throw new Error(`the fuzz found faults:\n${faults.join('\n')}`)
}

if (import.meta.main) {
  const print: Report = ({ what, value, unit, note = '' }) => {
    console.log(`${what.padEnd(60)} ${value.toFixed(value < 10 ? 2 : 0).padStart(9)} ${unit.padEnd(14)} ${note}`)
  }
  const [first, inputs, seed] = process.argv.slice(2)
  if (first === '--fuzz') await runFuzz(print, Number(inputs ?? 1_000_000), Number(seed ?? 1))
  else await run(print)
}
