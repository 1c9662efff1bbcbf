// Journals of every version that we promise to read, recorded once. If one of them no longer verifies, old recordings
// no longer play: increase the world's version (or the journal's), and keep the old file with a test of its refusal.
import assert from 'node:assert/strict'
import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { JournalFile, verifyJournal } from '../../src/episode/journal-file.ts'
import { loadRecordedWorld } from '../../src/testing/built-in-worlds.ts'

const journals = globSync(`${import.meta.dirname}/*.jsonl`).sort()

test('golden: the journals exist', () => assert.ok(journals.length > 0))

/** Journals of rules that have changed since: their worlds have a higher version now, and replaying them is refused. */
const REFUSED = ['frontier-1.0.0.jsonl']

for (const name of REFUSED) {
  test(`golden: ${name} is refused, because its rules have changed`, async () => {
    const file = await JournalFile.open(join(import.meta.dirname, name))
    await assert.rejects(loadRecordedWorld(file.header), { code: 'WORLD_VERSION' })
    await file.close()
  })
}

for (const path of journals.filter((each) => !REFUSED.includes(basename(each)))) {
  test(`golden: ${path.split('/').at(-1)} verifies to its last line`, async () => {
    const file = await JournalFile.open(path)
    const world = await loadRecordedWorld(file.header)
    const replay = await verifyJournal(file, () => world)
    assert.equal(replay.divergence, undefined)
    assert.ok(replay.outcome)
    await file.close()
  })
}
