// Exceptions of worlds, bots and views end only their own episode as failed.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { verifyJournal } from '../../src/episode/journal-file.ts'
import { createWorldRegistry } from '../../src/host/world-registry.ts'
import { startServer } from '../../src/server/app.ts'
import { openFolder } from '../../src/testing/data-folder.ts'
import { PLACES, throwingWorld } from '../../src/testing/hostile-worlds.ts'
import { eventually } from '../../src/testing/server-process.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { openWire, readJson } from '../../src/testing/wire.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-supervision-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** `save` and `digest` are called at checkpoints, every 100 steps. */
const RATE = 1000

const options = async (name: string, worlds = PLACES.map((place) => throwingWorld(place))) => ({
  dataDir: join(folder, name),
  worlds: await createWorldRegistry({ worlds }),
  ...TEST_SERVER,
  logLevel: 'silent' as const,
  version: '0.0.0-test',
})

async function post(url: string, body: object): Promise<any> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/api/episodes`, { method: 'POST', headers, body: JSON.stringify(body) })
  assert.equal(response.status, 201)
  return response.json()
}

test('supervision: a world or bot that throws anywhere fails only its own episode', async (t) => {
  const server = await startServer(await options('places'))
  t.after(() => server.close())
  const bystander = await post(server.url, { world: 'paint-arena', players: [null, 'sweep'], tick_rate: 20 })
  for (const place of PLACES) {
    const { episode } = await post(server.url, {
      world: `throws-in-${place}`,
      players: ['talker', 'talker'],
      tick_rate: RATE,
    })
    // Watched by a viewer and an unauthenticated client, whose sockets must close with the episode.
    const viewer = await openWire(`${server.url.replace('http', 'ws')}/episodes/${episode.id}/global`).catch(
      () => undefined,
    )
    const failed = await eventually(`${place}: the episode has failed`, async () => {
      const found = await readJson(`${server.url}/api/episodes/${episode.id}`)
      return found.status === 'failed' ? found : undefined
    })
    assert.equal(failed.outcome.ended, 'failed', place)
    assert.match(failed.outcome.error.message, new RegExp(`${place} boom`))
    assert.ok(failed.problem.hint)
    assert.equal(failed.results, null)
    viewer?.close()
    const text = await (await fetch(`${server.url}/api/episodes/${episode.id}/journal.jsonl`)).text()
    assert.match(text.trimEnd().split('\n').at(-1) ?? '', /"failure":\{"code":"WORLD_THREW"/, place)
  }
  const found = await readJson(`${server.url}/api/episodes/${bystander.episode.id}`)
  assert.equal(found.status, 'live')
  const list = await readJson(`${server.url}/api/episodes?status=failed`)
  assert.equal(list.total_count, PLACES.length)
  await server.close()
  const second = await startServer(await options('places'))
  assert.equal(second.resumed, 1, 'only the bystander is resumed')
  await second.close()
})

test('supervision: if a command makes the world throw, both players are informed', async (t) => {
  const server = await startServer(await options('player'))
  t.after(() => server.close())
  const { slots, episode } = await post(server.url, { world: 'throws-in-apply', players: [null, null], tick_rate: 100 })
  const [ada, bob] = await Promise.all(slots.map((slot: { socket: string }) => openWire(slot.socket)))
  await eventually('six steps', async () =>
    (await readJson(`${server.url}/api/episodes/${episode.id}`)).steps > 5 ? true : undefined,
  )
  ada.send({ say: 'boom', request_id: 7 })
  const receipt = await ada.next((message: { type?: unknown }) => message.type === 'receipt')
  assert.deepEqual([receipt.accepted, receipt.code, receipt.request_id], [false, 'EPISODE_FAILED', 7])
  await assert.rejects(bob.next((message: { type?: unknown }) => message.type === 'never'))
  await server.close()
})

test('supervision: the journal verifies up to the failure, and shows the step', async () => {
  const open = await openFolder(join(folder, 'verify'), [throwingWorld('step', 30)])
  const episode = await open.episodes.start({
    world: 'throws-in-step',
    seed: 1,
    slots: ['talker', 'talker'],
    pacing: { mode: 'fast' },
    kind: 'test',
  })
  await assert.rejects(episode.done, { code: 'EPISODE_FAILED' })
  const id = episode.header.episode
  await eventually('it is archived', async () =>
    (await open.episodes.find(id)).status === 'failed' ? true : undefined,
  )
  const file = await open.episodes.readJournal(id)
  const replay = await verifyJournal(file, () => throwingWorld('step', 30))
  assert.equal(replay.divergence, undefined)
  assert.deepEqual(replay.failure, { step: 30, failure: { code: 'WORLD_THREW', message: 'step boom' } })
  const healthy = await verifyJournal(file, () => ({ ...throwingWorld('step', 1000), id: 'throws-in-step' }))
  assert.match(healthy.divergence?.what ?? '', /does not fail at this step/)
  await file.close()
  await open.close()
})

test('supervision: a step that throws again after a restart ends the episode instead of a crash loop', async () => {
  const data = join(folder, 'again')
  const sound = { ...throwingWorld('step', 1_000_000), id: 'later' }
  const first = await openFolder(data, [sound])
  const episode = await first.episodes.start({
    world: 'later',
    seed: 1,
    slots: ['talker', 'talker'],
    pacing: { mode: 'rate', stepsPerSecond: 200 },
    kind: 'test',
  })
  await eventually('ten steps', () => (episode.step > 10 ? true : undefined))
  await first.close()
  const broken = { ...throwingWorld('step', episode.step - 1), id: 'later' }
  const second = await openFolder(data, [broken])
  assert.equal(await second.episodes.resumeUnfinished(), 0)
  const found = await second.episodes.find(episode.header.episode)
  assert.deepEqual([found.status, found.outcome?.ended], ['failed', 'failed'])
  await second.close()
  const third = await openFolder(data, [sound])
  assert.equal(await third.episodes.resumeUnfinished(), 0)
  await third.close()
})
