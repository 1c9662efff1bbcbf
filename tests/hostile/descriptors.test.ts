// Requests aborted at any moment: the server closes every file that it opened for them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAlive, openFilesOf, pause, serve, startMatch, type Target } from './servers.ts'

/** Requests to each address, aborted after 0, 1, … 6 ms in turn: before, during and after the response. */
const REQUESTS = 42

async function cut(url: string, afterMs: number): Promise<void> {
  const control = new AbortController()
  const timer = setTimeout(() => control.abort(), afterMs)
  try {
    const response = await fetch(url, { signal: control.signal })
    await response.arrayBuffer()
  } catch (error) {
    assert.ok(control.signal.aborted, String(error))
  } finally {
    clearTimeout(timer)
  }
}

/** Plays an episode between bots to its end. */
async function finishedEpisode({ url }: Target): Promise<string> {
  const response = await fetch(`${url}/api/episodes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      world: 'paint-arena',
      variant: 'duel',
      seed: 1,
      players: ['sweep', 'greedy'],
      tick_rate: 1000,
    }),
  })
  const body = (await response.json()) as { episode: { id: string } }
  assert.equal(response.status, 201, JSON.stringify(body))
  const until = Date.now() + 60_000
  for (;;) {
    const { status } = (await (await fetch(`${url}/api/episodes/${body.episode.id}`)).json()) as { status: string }
    if (status === 'finished') return body.episode.id
    if (Date.now() > until) throw new Error(`the episode is ${status}`)
    await pause(100)
  }
}

const journalsOf = (target: Target): number =>
  openFilesOf(target).filter((path) => path.includes('journal.jsonl')).length

test('hostile descriptors: aborted requests leave no journal open', async (context) => {
  const target = await serve(context)
  const { id: live } = await startMatch(target)
  const ended = await finishedEpisode(target)
  const before = journalsOf(target)
  const paths = ['journal.jsonl', 'replay.json', 'journal.jsonl.zst', 'series', 'range?from=0&to=9', 'share.html']
  for (const path of paths) {
    for (const id of [live, ended]) {
      for (let n = 0; n < REQUESTS; n++) await cut(`${target.url}/api/episodes/${id}/${path}`, n % 7)
    }
  }
  const until = Date.now() + 60_000
  while (journalsOf(target) > before) {
    if (Date.now() > until)
      assert.fail(`${journalsOf(target)} journals are open; before the requests there were ${before}`)
    await pause(100)
  }
  assert.ok(await isAlive(target))
})
