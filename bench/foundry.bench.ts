// The cost of the foundry: ticks at three sizes with two baselines, edits, hashes, saves, and a cold command line.
// Run it with `npm run bench -- foundry`, or directly: `node bench/foundry.bench.ts`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { configureWorld } from '../src/kernel/world.ts'
import { loadWorld } from '../src/testing/built-in-worlds.ts'
import type { Foundry } from '../src/worlds/foundry/state.ts'
import { PowerOutlook, stateOf } from '../src/worlds/foundry/status.ts'
import { foundry } from '../src/worlds/foundry/world.ts'
import { median, type Row } from './measure.ts'

export const name = 'foundry'

type Report = (row: Row) => void

const RUNS = 7
const QUIET = { effect: () => '', cancel: () => undefined, event: () => undefined }

/** Nanoseconds per call: the median of several runs of `count` calls. */
function nanoseconds(count: number, run: () => void): number {
  const runs: number[] = []
  for (let i = 0; i < RUNS; i++) {
    const started = performance.now()
    for (let j = 0; j < count; j++) run()
    runs.push(((performance.now() - started) * 1e6) / count)
  }
  return median(runs)
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

const usedMemory = (): number => {
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const step = (f: Foundry, ticks: number): void => {
  for (let i = 0; i < ticks; i++) foundry.step(f, QUIET)
}

export async function run(report: Report): Promise<void> {
  const world = await loadWorld('foundry')
  for (const [scenario, parts] of [
    ['sprawl', 1000],
    ['sprawl_10000', 10_000],
    ['sprawl_100000', 100_000],
  ] as const) {
    const before = usedMemory()
    const { config } = configureWorld(world, scenario)
    const f = foundry.create(foundry.config.parse(config), 7)
    step(f, 2500)
    const memory = (usedMemory() - before) / parts
    const moving = measure(f, parts, report)
    const belts = countBelts(f)
    const length = belts / countLines(f)
    report({
      what: `${parts} parts: belts in a line, on average`,
      value: length,
      unit: 'belts',
      note: `${belts} belts`,
    })
    report({ what: `${parts} parts: memory`, value: memory, unit: 'B/part', note: parts === 1000 ? 'fixed costs' : '' })
    if (parts === 10_000) measureHash(f, report)
    if (parts === 100_000) {
      measureFloors(f, report)
      measureEdits(f, report)
      measureSaves(f, report)
    }
    measureBlocked(f, parts, moving, report)
  }
  measureCold(report)
}

function countBelts(f: Foundry): number {
  let belts = 0
  for (let line = 1; line <= f.belts.lastLine; line++) belts += (f.belts.units[line] ?? 0) / 16
  return belts
}

function countLines(f: Foundry): number {
  let lines = 0
  for (let line = 1; line <= f.belts.lastLine; line++) if (f.belts.first[line] !== 0) lines++
  return lines
}

function countActive(f: Foundry): number {
  const outlook = new PowerOutlook(f)
  let active = 0
  for (let part = 1; part <= f.parts.last; part++) {
    if (f.parts.def[part] !== 0 && stateOf(f, part, outlook) === 'working') active++
  }
  return active
}

function measure(f: Foundry, parts: number, report: Report): number {
  const ns = nanoseconds(Math.round(3e7 / parts / 1.5), () => foundry.step(f, QUIET))
  const active = countActive(f)
  report({ what: `${parts} parts, all moving`, value: 1e9 / ns, unit: 'ticks/s', note: `${active} of them active` })
  report({ what: `${parts} parts, all moving`, value: ns / active, unit: 'ns/active part and tick' })
  return ns
}

/** Nine in ten factories cannot deliver: they fill up, block, and sleep. */
function measureBlocked(f: Foundry, parts: number, moving: number, report: Report): void {
  let index = 0
  for (let part = 1; part <= f.parts.last; part++) {
    if (f.parts.def[part] !== 17 || index++ % 10 === 9) continue
    foundry.apply(f, 0, { type: 'remove_part', part_id: part }, QUIET)
  }
  step(f, 12_000)
  const ns = nanoseconds(Math.round(1e8 / parts), () => foundry.step(f, QUIET))
  report({ what: `${parts} parts, 90% blocked`, value: 1e9 / ns, unit: 'ticks/s', note: `${countActive(f)} active` })
  report({ what: `${parts} parts, 90% blocked`, value: moving / ns, unit: 'times faster', note: 'goal: 5' })
}

/** The cost of a tick that only visits every belt cell. */
function measureFloors(f: Foundry, report: Report): void {
  const belts = countBelts(f)
  const position = new Uint8Array(belts).map((_, i) => (i * 7) % 16)
  const visit = (): void => {
    for (let i = 0; i < position.length; i++) {
      const moved = (position[i] ?? 0) + 4
      position[i] = moved >= 16 ? moved - 16 : moved
    }
  }
  const js = nanoseconds(2000, visit)
  report({ what: `floor: typed-array loop over ${belts} belts`, value: 1e9 / js, unit: 'ticks/s' })
  report({ what: 'floor: typed-array loop', value: js / belts, unit: 'ns/belt and tick' })
  const c = measureC(belts)
  if (c === undefined) {
    report({ what: 'floor: the same loop in C', value: 0, unit: 'ns/belt and tick', note: 'no compiler here' })
  } else {
    report({ what: 'floor: the same loop in C', value: 1e9 / (c * belts), unit: 'ticks/s' })
    report({
      what: 'floor: the same loop in C',
      value: c,
      unit: 'ns/belt and tick',
      note: 'cc -O2 -fno-tree-vectorize',
    })
  }
}

const C_SOURCE = `
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
int main(int argc, char **argv) {
  int n = atoi(argv[1]), ticks = 4000;
  volatile unsigned char *keep;
  unsigned char *position = malloc(n);
  for (int i = 0; i < n; i++) position[i] = i * 7 % 16;
  struct timespec a, b;
  clock_gettime(CLOCK_MONOTONIC, &a);
  for (int t = 0; t < ticks; t++) {
    for (int i = 0; i < n; i++) {
      unsigned char moved = position[i] + 4;
      position[i] = moved >= 16 ? moved - 16 : moved;
    }
    keep = position;
  }
  clock_gettime(CLOCK_MONOTONIC, &b);
  double ns = (b.tv_sec - a.tv_sec) * 1e9 + (b.tv_nsec - a.tv_nsec);
  printf("%f\\n", ns / ticks / n);
  return keep[n / 2] > 16;
}
`

/** Nanoseconds per belt and tick of the same loop, compiled; undefined without a compiler. */
function measureC(belts: number): number | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-bench-'))
  try {
    const source = join(folder, 'floor.c')
    const program = join(folder, 'floor')
    writeFileSync(source, C_SOURCE)
    const compiled = spawnSync('cc', ['-O2', '-fno-tree-vectorize', '-o', program, source])
    if (compiled.status !== 0) return undefined
    const runs = Array.from({ length: RUNS }, () =>
      Number(spawnSync(program, [String(belts)], { encoding: 'utf8' }).stdout),
    )
    return median(runs)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function measureEdits(f: Foundry, report: Report): void {
  const place = { type: 'place_part', def_id: 'conveyor', origin: { x: 10, y: 2, z: 0 }, facing: 'east' } as const
  const edits: number[] = []
  for (let i = 0; i < 200; i++) {
    const started = performance.now()
    foundry.apply(f, 0, place, QUIET)
    foundry.apply(f, 0, { type: 'remove_part', part_id: f.parts.last }, QUIET)
    edits.push((performance.now() - started) / 2)
  }
  report({ what: '100000 parts: place or remove one', value: median(edits), unit: 'ms', note: 'goal: 1' })
  report({ what: '100000 parts: slowest pair of them', value: 2 * Math.max(...edits), unit: 'ms' })
}

function measureHash(f: Foundry, report: Report): void {
  const ns = nanoseconds(20, () => foundry.digest(f))
  report({ what: '10000 parts: state_hash', value: ns / 1e6, unit: 'ms', note: 'goal: 5' })
}

function measureSaves(f: Foundry, report: Report): void {
  const saves: number[] = []
  const loads: number[] = []
  for (let i = 0; i < 5; i++) {
    const started = performance.now()
    const text = JSON.stringify(foundry.save(f))
    saves.push(performance.now() - started)
    const read = performance.now()
    foundry.load(JSON.parse(text))
    loads.push(performance.now() - read)
  }
  report({ what: '100000 parts: save', value: median(saves), unit: 'ms', note: 'goal: 1000' })
  report({ what: '100000 parts: load', value: median(loads), unit: 'ms', note: 'goal: 1000' })
}

function measureCold(report: Report): void {
  const program = fileURLToPath(new URL('../bin/paracosm', import.meta.url))
  const args = ['headless', '--scenario', 'first_slice', '--ticks', '20', '--json', '--json-profile', 'summary']
  const runs = Array.from({ length: RUNS }, () => {
    const started = performance.now()
    spawnSync(program, args)
    return performance.now() - started
  })
  report({ what: 'paracosm headless, 20 ticks, cold', value: median(runs), unit: 'ms', note: 'goal: 300' })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await run(({ what, value, unit, note }) => {
    const figure = value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3)
    console.log(`${what.padEnd(48)} ${figure.padStart(12)} ${unit}${note ? `  (${note})` : ''}`)
  })
}
