// Experience requests on a real server that is killed in the middle: no episode is lost, and none is played twice for its
// request.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventually, type ServerProcess, startServerProcess } from '../../src/testing/server-process.ts'

const REQUEST = {
  target: { world: 'paint-arena' },
  roster: [{ player: { bot: 'greedy' } }, { player: { bot: 'random' } }],
  num_episodes: 12,
  seed: 7,
  game_config_overrides: { width: 40, height: 40, max_ticks: 3000 },
}

test('experience requests: kill -9 of the server loses and doubles no episode', { timeout: 180_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-experience-kills-'))
  let server: ServerProcess = await startServerProcess(folder)
  const ask = async (path: string, body?: unknown): Promise<any> => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
    const answer = await fetch(`${server.url}${path}`, body === undefined ? {} : init)
    const text = await answer.text()
    assert.equal(answer.status, 200, text)
    return JSON.parse(text)
  }
  const list = (id: string) => ask(`/v2/experience-requests/${id}/episodes`)
  const isOver = async (id: string) => {
    const found = await ask(`/v2/experience-requests/${id}`)
    return found.completed_at === null ? undefined : found
  }
  try {
    const { id, status } = await ask('/v2/experience-requests', REQUEST)
    assert.equal(status, 'pending')
    const planned = await list(id)
    for (const ended of [1, 4, 8]) {
      await eventually(`${ended} episodes have ended`, async () => {
        const { completed_count: count } = await ask(`/v2/experience-requests/${id}`)
        return count >= ended ? count : undefined
      })
      await server.crash()
      server = await startServerProcess(folder)
    }
    const over = await eventually('the request has ended', () => isOver(id))
    assert.deepEqual([over.status, over.completed_count, over.failed_count], ['completed', 12, 0])
    const episodes = await list(id)
    const facts = ({ id: each, seed, policy_version_ids: versions }: any) => ({ each, seed, versions })
    assert.deepEqual(episodes.map(facts), planned.map(facts))
    // The same seeds give the same scores: what a kill interrupted was played again from its beginning.
    const again = await ask('/v2/experience-requests', REQUEST)
    await eventually('the second request has ended', () => isOver(again.id))
    const scores = (all: readonly any[]) => all.map((each) => each.scores.map(({ score }: any) => score))
    assert.deepEqual(scores(await list(again.id)), scores(episodes))
    for (const { id: each, scores: stored } of episodes) {
      const journal = await (await fetch(`${server.url}/v2/episode-requests/${each}/artifacts/journal`)).text()
      const last = JSON.parse(journal.trimEnd().split('\n').at(-1)!)
      assert.deepEqual(
        last.results.scores,
        stored.map(({ score }: any) => score),
      )
    }
    assert.equal(await server.stop(), 0)
  } finally {
    await server.crash()
    rmSync(folder, { recursive: true, force: true })
  }
})
