import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openFolder } from '../testing/data-folder.ts'
import { throwingWorld } from '../testing/hostile-worlds.ts'
import { eventually } from '../testing/server-process.ts'
import { adoptOldLayout, reindex } from './reindex.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-reindex-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const match = (kind: string) => ({
  world: 'paint-arena',
  seed: 3,
  slots: ['sweep', 'random'],
  pacing: { mode: 'fast' as const },
  kind,
})

/** A folder with a finished, a failed and an unfinished episode. */
async function fill(data: string) {
  const failing = throwingWorld('step')
  const open = await openFolder(data, [failing])
  const finished = await open.episodes.start(match('one'))
  await finished.done
  const failed = await open.episodes.start({ ...match('two'), world: failing, slots: ['talker', 'talker'] })
  await failed.done.catch(() => undefined)
  const unfinished = await open.episodes.start({ ...match('three'), slots: [null, null], pacing: { mode: 'lockstep' } })
  await eventually('two are archived', () => (open.episodes.size === 1 ? true : undefined))
  await open.close()
  return [finished, failed, unfinished].map((episode) => episode.header.episode)
}

test('reindex: the rebuilt list equals the list of the server', async () => {
  const data = join(folder, 'same')
  await fill(data)
  const open = await openFolder(data, [throwingWorld('step')])
  const facts = async () =>
    (await open.episodes.list({}, { limit: 100 })).entries.map(({ players: _, problem: __, ...rest }) => rest)
  const before = await facts()
  assert.deepEqual(before.map((each) => each.status).sort(), ['failed', 'finished', 'unfinished'])
  const all = (await open.index.list({}, { limit: 100 })).entries
  for (const { id } of all) await open.index.remove(id)
  assert.deepEqual(await facts(), [])
  assert.deepEqual(await reindex(open, open.blobs), { written: 3, removed: 0 })
  assert.deepEqual(await facts(), before)
  await open.close()
})

test('reindex: rows without a journal are removed, and an unreadable journal is listed as broken', async () => {
  const data = join(folder, 'broken')
  const [finished = ''] = await fill(data)
  const open = await openFolder(data, [throwingWorld('step')])
  const [row] = (await open.index.list({}, { limit: 1 })).entries
  assert.ok(row)
  await open.index.put({ ...row, id: 'gone-20260101-000000-00000000' })
  writeFileSync(join(data, 'blobs', 'episodes', finished, 'journal.jsonl.zst'), 'not a journal\n')
  assert.deepEqual(await reindex(open, open.blobs), { written: 3, removed: 1 })
  const broken = await open.episodes.find(finished)
  assert.deepEqual([broken.status, broken.problem?.code], ['broken', 'JOURNAL_CORRUPT'])
  await open.close()
})

test('reindex: a data folder of release 0.1 is migrated to the new layout, including unfinished episodes', async () => {
  const data = join(folder, 'old')
  const [finished = '', , unfinished = ''] = await fill(data)
  const old = join(data, 'episodes')
  mkdirSync(join(old, finished), { recursive: true })
  for (const name of ['journal.jsonl.zst', 'results.json']) {
    renameSync(join(data, 'blobs', 'episodes', finished, name), join(old, finished, name))
  }
  renameSync(join(data, 'live', unfinished), join(old, unfinished))
  renameSync(join(old, unfinished, 'tokens.json'), join(old, unfinished, 'seats.json'))
  rmSync(join(data, 'paracosm.sqlite'))
  const tokens = JSON.parse(readFileSync(join(old, unfinished, 'seats.json'), 'utf8')).tokens
  const open = await openFolder(data, [throwingWorld('step')], { resume: { gatherMs: 60_000 } })
  await adoptOldLayout(data, open, open.blobs)
  assert.equal((await open.episodes.find(finished)).status, 'finished')
  assert.equal(await open.episodes.resumeUnfinished(), 1)
  assert.deepEqual(
    open.episodes.get(unfinished)?.slots.map((slot) => slot.token),
    tokens,
  )
  assert.ok(!readdirSync(data).includes('episodes'))
  await open.close()
})
