// Kills: 10,000 pretended ones at random places of the log and the journals, and 50 real ones.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom, nextBelow } from '../src/kernel/random.ts'
import { killAndCheck, leaveRemains, recoverCut } from '../src/testing/crashes.ts'
import type { Row } from './measure.ts'

export const name = 'durability'

const CUTS = 10_000
const KILLS = 50

export async function run(report: (row: Row) => void): Promise<void> {
  let failed = 0
  const remains = await leaveRemains(2)
  for (let seed = 0; seed < CUTS; seed++) {
    await recoverCut(remains, seed).catch((error: unknown) => {
      failed++
      console.error(String(error))
    })
  }
  rmSync(remains.folder, { recursive: true })
  report({ what: 'pretended kills: log and journals cut at random places', value: CUTS, unit: 'kills' })
  report({
    what: 'pretended kills after which something durable was missing or unreadable',
    value: failed,
    unit: 'kills',
    note: 'goal 0',
  })
  failed = 0
  let acknowledged = 0
  const random = createRandom(1, 'kills')
  let folder = mkdtempSync(join(tmpdir(), 'paracosm-bench-'))
  for (let kill = 0; kill < KILLS; kill++) {
    if (kill % 10 === 9) {
      rmSync(folder, { recursive: true })
      folder = mkdtempSync(join(tmpdir(), 'paracosm-bench-'))
    }
    try {
      acknowledged += (await killAndCheck(folder, nextBelow(random, 400))).acknowledged
    } catch (error) {
      failed++
      console.error(String(error))
    }
  }
  rmSync(folder, { recursive: true })
  report({ what: 'real kills (kill -9 under load)', value: KILLS, unit: 'kills' })
  report({ what: 'episodes with acknowledged inputs when killed', value: acknowledged, unit: 'episodes' })
  report({
    what: 'real kills after which something acknowledged was missing',
    value: failed,
    unit: 'kills',
    note: 'goal 0',
  })
}
