// Runs the tests while random processes among them are paused for a moment, as happens on an overloaded machine:
// `node scripts/stalls.ts [--seed N] [--longest MS] [path…]`. This finds tests, and code, that assume that other
// processes are quick. Linux only: processes are found in /proc.
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
/** One process in this many may be stopped at a time. */
const ONE_OF = 10

const { values, positionals } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, longest: { type: 'string', default: '600' } },
  allowPositionals: true,
})
const random = createRandom(wholeNumber('seed'), 'stalls')
const longest = Math.max(SHORTEST_MS + 1, wholeNumber('longest'))

function wholeNumber(name: 'seed' | 'longest'): number {
  const number = Number(values[name])
  if (Number.isSafeInteger(number) && number >= 0) return number
  throw new Error(`--${name} must be a whole number, not ${values[name]}`)
}

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
  console.log(`Processes were paused ${stops} times, for up to ${longest} ms (seed ${values.seed}).`)
  process.exitCode = status ?? 1
})
