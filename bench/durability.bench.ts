// Kills: simulated ones at random positions of the log and the journals, and real ones of `paracosm serve` under load
// through every adapter. Everything that was acknowledged must exist afterwards. Options: --cuts, --kills, --seed.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom, nextBelow, type RandomState } from '../src/kernel/random.ts'
import { killAndCheck, leaveRemains, recoverCut } from '../src/testing/crashes.ts'
import { killServer } from '../src/testing/kills/kill-server.ts'
import type { Row } from './measure.ts'
import type { BenchOptions } from './options.ts'

export const name = 'durability'

const CUTS = 10_000
const KILLS = 200
/** Kills per data folder; then a new one, so that starts with few episodes are killed too. */
const KILLS_A_FOLDER = 10
/** Kills of the server for each kill of a process that runs episodes without one. */
const HOST_SHARE = 4
/** Milliseconds from the start of the clients to a kill, at most: several commits of every adapter. */
const MOST_MS = 2500
/** Milliseconds to a kill of episodes without a server. */
const MOST_HOST_MS = 900
/** Deadline for the kills of one folder, in ms; a client or server that needs longer hangs. */
const FOLDER_MS = 180_000
/** Maximum losses printed one by one: a lost item is also missing after every later kill. */
const MOST_PRINTED = 30
const TOLD = {
  episode: 'episodes answered with 201 or listed',
  receipt: 'receipts',
  frame: 'frames seen 300 ms before a kill',
  command: 'commands answered with 202',
  registration: 'registrations',
  turn: 'turns of text sessions',
} as const

type Report = (row: Row) => void

export async function run(report: Report, options: BenchOptions): Promise<void> {
  const lost: string[] = []
  const note = (what: string): void => {
    lost.push(what)
    if (lost.length <= MOST_PRINTED) console.error(`  LOST: ${what}`)
  }
  const random = createRandom(options.seed, 'kills')
  const cuts = options.cuts ?? CUTS
  const kills = options.kills ?? KILLS
  if (cuts > 0) await simulate(report, cuts, note)
  if (kills > 0) {
    await killHosts(report, { kills: Math.ceil(kills / HOST_SHARE), random }, note)
    await killServers(report, { kills, random }, note)
  }
  if (lost.length === 0) return
  process.exitCode = 1
  console.error(`  FAILED: ${lost.length} things were told and lost (seed ${options.seed})`)
}

async function simulate(report: Report, cuts: number, note: (what: string) => void): Promise<void> {
  const remains = await leaveRemains(2)
  let failed = 0
  for (let seed = 0; seed < cuts; seed++) {
    await recoverCut(remains, seed).catch((error: unknown) => {
      failed++
      note(String(error))
    })
  }
  rmSync(remains.folder, { recursive: true })
  report({ what: 'simulated kills: log and journals cut at random places', value: cuts, unit: 'kills' })
  report({ what: 'simulated kills that lost or broke something durable', value: failed, unit: 'kills', note: 'goal 0' })
}

interface Plan {
  readonly kills: number
  readonly random: RandomState
}

/** Episodes without a server: lockstep with and without receipts, and bots. */
async function killHosts(report: Report, { kills, random }: Plan, note: (what: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-bench-'))
  let failed = 0
  for (let kill = 0; kill < kills; kill++) {
    const mode = kill % 2 === 0 ? 'receipts' : 'posts'
    await killAndCheck(folder, nextBelow(random, MOST_HOST_MS), mode).catch((error: unknown) => {
      failed++
      note(`host, ${mode}: ${String(error)}`)
    })
  }
  rmSync(folder, { recursive: true, force: true })
  report({ what: 'real kills of a process with episodes', value: kills, unit: 'kills' })
  report({
    what: 'real kills of a process with episodes that lost something',
    value: failed,
    unit: 'kills',
    note: 'goal 0',
  })
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`nothing came of it within ${ms} ms`)), ms)
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

async function killServers(report: Report, { kills, random }: Plan, note: (what: string) => void): Promise<void> {
  const told = { episode: 0, receipt: 0, frame: 0, command: 0, registration: 0, turn: 0 }
  let lost = 0
  for (let done = 0; done < kills; done += KILLS_A_FOLDER) {
    const count = Math.min(KILLS_A_FOLDER, kills - done)
    const folder = mkdtempSync(join(tmpdir(), 'paracosm-bench-'))
    const afterMs = Array.from({ length: count }, () => nextBelow(random, MOST_MS))
    try {
      const found = await within(FOLDER_MS, killServer({ folder, afterMs }))
      for (const kind of ['episode', 'receipt', 'frame', 'command', 'registration', 'turn'] as const)
        told[kind] += found.told[kind]
      lost += found.lost.length
      for (const each of found.lost) note(each)
    } catch (error) {
      lost++
      note(`kills after ${afterMs.join(', ')} ms: ${error instanceof Error ? error.stack : String(error)}`)
    }
    rmSync(folder, { recursive: true, force: true })
    console.log(`    ${done + count} kills of the server, ${lost} things lost`)
  }
  report({ what: 'real kills of paracosm serve, all adapters', value: kills, unit: 'kills' })
  for (const kind of ['episode', 'receipt', 'frame', 'command', 'registration', 'turn'] as const)
    report({ what: `told before kills: ${TOLD[kind]}`, value: told[kind], unit: '' })
  report({ what: 'told and lost', value: lost, unit: '', note: 'goal 0' })
}
