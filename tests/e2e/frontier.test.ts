import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { runCommand } from '../../src/testing/cli.ts'

test('frontier: run, show and replay verify work from the command line', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'frontier-'))
  try {
    const out = join(folder, 'run')
    const run = await runCommand(['run', 'frontier', 'scripted', '--seed', '3', '-o', out, '--json'])
    assert.equal(run.status, 0, run.err)
    assert.equal(JSON.parse(run.out).outcome.ended, 'terminated')
    const results = JSON.parse(await readFile(join(out, 'results.json'), 'utf8'))
    assert.deepEqual(results.quests, { 'bitter-cup': 100, 'blue-wax': 100, 'still-bell': 100 })
    const verified = await runCommand(['replay', 'verify', join(out, 'journal.jsonl')])
    assert.equal(verified.status, 0, verified.err)
    assert.match(verified.out, /Verified/)
    const shown = await runCommand(['world', 'show', 'frontier', '--json'])
    assert.equal(shown.status, 0, shown.err)
    assert.deepEqual(
      JSON.parse(shown.out).variants.map((variant: { id: string }) => variant.id),
      ['arrival', 'company', 'errand'],
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
