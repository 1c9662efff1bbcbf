// Runs the tests while some of their processes stand still for a moment, chosen at random, as on a machine that has no
// time for them: `node scripts/stalls.ts [--seed N] [--longest MS] [path…]`. Finds tests, and code, that count on the
// others being quick. Linux only: processes are found in /proc.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createRandom, nextBelow } from '../src/kernel/random.ts'

/** Programs that are stopped. Node calls itself MainThread. */
const STOPPED = /^(?:node|MainThread|chrom|postgres|python)/
/** Milliseconds between two choices, and of the shortest stop. */
const EVERY_MS = 50
const SHORTEST_MS = 50
/** At most one of so many processes stands still. */
const ONE_OF = 10

const { values, positionals } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, longest: { type: 'string', default: '600' } },
  allowPositionals: true,
})
const random = createRandom(Number(values.seed), 'stalls')
const longest = Math.max(SHORTEST_MS + 1, Number(values.longest))

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // It has ended.
    return ''
  }
}

function childrenOf(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    return threads.flatMap((thread) => read(`/proc/${pid}/task/${thread}/children`).trim().split(' ')).map(Number)
  } catch {
    return []
  }
}

function descendantsOf(pid: number): number[] {
  const children = childrenOf(pid).filter((child) => child > 0)
  return [...children, ...children.flatMap(descendantsOf)]
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended.
  }
}

const tests = spawn(process.execPath, [join(import.meta.dirname, 'test.ts'), ...positionals], { stdio: 'inherit' })
const still = new Set<number>()
let stops = 0

function stopOne(): void {
  const running = descendantsOf(tests.pid ?? 0).filter((pid) => STOPPED.test(read(`/proc/${pid}/comm`)))
  if (still.size >= Math.max(1, running.length / ONE_OF)) return
  const pid = running[nextBelow(random, Math.max(1, running.length))]
  if (pid === undefined || still.has(pid)) return
  still.add(pid)
  stops++
  signal(pid, 'SIGSTOP')
  setTimeout(
    () => {
      signal(pid, 'SIGCONT')
      still.delete(pid)
    },
    SHORTEST_MS + nextBelow(random, longest - SHORTEST_MS),
  )
}

const timer = setInterval(stopOne, EVERY_MS)
process.on('SIGINT', () => tests.kill('SIGINT'))
tests.on('close', (status) => {
  clearInterval(timer)
  console.log(`${stops} times a process stood still for up to ${longest} ms (seed ${values.seed}).`)
  process.exitCode = status ?? 1
})
