import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { AppError } from '../kernel/errors.ts'
import { openFolder } from '../testing/data-folder.ts'
import { until } from '../testing/until.ts'
import { MAX_ATTEMPTS } from './episode-archive.ts'

/** An episode of two bots, stopped after a few steps, as the last of several resumes left its row. */
async function leaveEpisode(row: { steps: number }) {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-resume-'))
  const open = await openFolder(folder)
  const slots = ['random', 'random']
  const pacing = { mode: 'rate', stepsPerSecond: 100 } as const
  const episode = await open.episodes.start({ world: 'paint-arena', seed: 1, slots, pacing, kind: 'test' })
  await new Promise<void>((resolve) => {
    episode.watch(() => {
      if (episode.step >= 5) resolve()
    })
  })
  const id = episode.header.episode
  const steps = await episode.stop()
  await open.episodes.close()
  const second = await openFolder(folder)
  await second.index.patch(id, { attempts: MAX_ATTEMPTS, steps: row.steps })
  return { folder, id, steps, open: second }
}

test('resume: an episode that advances each time is resumed no matter how often its process is killed', async () => {
  const { folder, id, open } = await leaveEpisode({ steps: 2 })
  assert.equal(await open.episodes.resumeUnfinished(), 1)
  assert.equal((await open.index.get(id))?.attempts, 1)
  await open.close()
  rmSync(folder, { recursive: true })
})

test('resume: an episode that does not advance in three resumes is quarantined', async () => {
  const { folder, id, open } = await leaveEpisode({ steps: 1_000_000 })
  assert.equal(await open.episodes.resumeUnfinished(), 0)
  const found = await open.episodes.find(id)
  assert.deepEqual([found.status, found.problem?.code], ['broken', 'EPISODE_QUARANTINED'])
  await open.close()
  rmSync(folder, { recursive: true })
})

test('resume: kills while an episode waits for its players do not count', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-resume-'))
  const first = await openFolder(folder)
  const pacing = { mode: 'rate', stepsPerSecond: 20 } as const
  const spec = { world: 'paint-arena', seed: 1, slots: [null, null], pacing, kind: 'test', gatherMs: 60_000 }
  const { header } = await first.episodes.start(spec)
  await first.close()
  for (let start = 0; start <= MAX_ATTEMPTS; start++) {
    const open = await openFolder(folder)
    assert.equal(await open.episodes.resumeUnfinished(), 1, `start ${start}`)
    assert.equal((await open.index.get(header.episode))?.attempts, 0)
    await open.close()
  }
  rmSync(folder, { recursive: true })
})

test('resume: a partially written header is not an episode, because it was never announced', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-resume-'))
  mkdirSync(join(folder, 'live', 'test-1'), { recursive: true })
  writeFileSync(join(folder, 'live', 'test-1', 'journal.jsonl'), '{"paracosm":"journal","ver')
  const open = await openFolder(folder)
  assert.equal(await open.episodes.resumeUnfinished(), 0)
  assert.equal((await open.episodes.list({}, { limit: 10 })).total, 0)
  await open.close()
  rmSync(folder, { recursive: true })
})

test('resume: what a full disk prevents waits for the disk; it is not broken', async () => {
  const { folder, id, open } = await leaveEpisode({ steps: 2 })
  const put = open.index.put.bind(open.index)
  open.index.put = () => Promise.reject(new AppError('STORE_FULL', 'the disk is full'))
  assert.equal(await open.episodes.resumeUnfinished(), 0)
  const waiting = await open.episodes.find(id)
  assert.deepEqual([waiting.status, waiting.problem?.code], ['unfinished', 'STORE_FULL'])
  assert.ok(open.episodes.isResuming(id))
  open.index.put = put
  await until('it is live', () => (open.episodes.get(id) ? true : undefined))
  await open.close()
  rmSync(folder, { recursive: true })
})
