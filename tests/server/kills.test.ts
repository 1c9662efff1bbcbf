// The server is killed under load through every adapter; everything acknowledged is on disk and in the next server.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { killServer } from '../../src/testing/kills/kill-server.ts'

test('durability: kill -9 of a server loses nothing that any adapter acknowledged', async () => {
  await losesNothing(0)
})

test('durability: kill -9 of a server and its shards loses nothing that any adapter acknowledged', {
  skip: process.platform === 'linux' ? false : 'shards are found below /proc',
}, async () => {
  await losesNothing(2)
})

async function losesNothing(shards: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-kills-'))
  try {
    const { told, lost } = await killServer({ folder, afterMs: [2500, 100, 1800, 700, 400], shards })
    assert.deepEqual(lost, [])
    for (const [kind, count] of Object.entries(told)) assert.ok(count > 0, `nothing of kind ${kind} was told`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
