// Everything that a server has acknowledged or shown survives a kill, with and without receipts.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startServerProcess } from '../../src/testing/server-process.ts'
import { openWire, readJson } from '../../src/testing/wire.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-durability-'))
after(() => rmSync(folder, { recursive: true, force: true }))

async function post(url: string, body: object): Promise<{ status: number; json: any }> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/api/episodes`, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, json: await response.json() }
}

/** Milliseconds after which data seen by a client must survive. */
const SEEN_MS = 300
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

test('durability: an episode acknowledged with 201 survives kill -9 with its tokens', async () => {
  const data = join(folder, 'told')
  for (const pauseMs of [0, 0, 400]) {
    const first = await startServerProcess(data)
    const { status, json } = await post(first.url, { world: 'paint-arena', variant: 'duel', players: [null, 'greedy'] })
    assert.equal(status, 201)
    await wait(pauseMs)
    await first.crash()
    const second = await startServerProcess(data)
    const found = await readJson(`${second.url}/api/episodes/${json.episode.id}`)
    assert.equal(found.status, 'live', JSON.stringify(found))
    const socket = json.slots[0].socket.replace(/\/\/[^/]+/, `//${new URL(second.url).host}`)
    const wire = await openWire(socket)
    assert.equal((await wire.next()).type, 'observation')
    wire.close()
    await second.crash()
  }
})

test('durability: steps of bots, and of players without receipts, survive kill -9', async () => {
  const data = join(folder, 'steps')
  const first = await startServerProcess(data)
  const bots = await post(first.url, { world: 'paint-arena', players: ['random', 'sweep'], tick_rate: 20 })
  const people = await post(first.url, { world: 'paint-arena', variant: 'duel', players: [null, null], tick_rate: 20 })
  const wires = await Promise.all(people.json.slots.map((slot: { socket: string }) => openWire(slot.socket)))
  for (let i = 0; i < 10; i++) {
    for (const wire of wires) {
      wire.send({ move: ['up', 'down', 'left', 'right'][i % 4] })
      // Refused and journalled raw: texts that have broken line readers.
      wire.send(`say: a\u2028b\u2029c\u0000`)
    }
    await wait(100)
  }
  const ids = [bots.json.episode.id, people.json.episode.id]
  const seen = await Promise.all(ids.map(async (id) => (await readJson(`${first.url}/api/episodes/${id}`)).steps))
  assert.ok(
    seen.every((steps) => steps > 0),
    `steps seen: ${seen}`,
  )
  await wait(SEEN_MS)
  await first.crash()
  const second = await startServerProcess(data)
  for (const [index, id] of ids.entries()) {
    const { status, steps } = await readJson(`${second.url}/api/episodes/${id}`)
    assert.ok(['live', 'finished'].includes(status), `${id} is ${status}`)
    assert.ok(steps >= (seen[index] ?? 0) - 1, `${id} resumed at ${steps}; ${seen[index]} had been seen`)
  }
  const { entries } = await readJson(`${second.url}/api/episodes`)
  assert.deepEqual(new Set(entries.map((each: { id: string }) => each.id)), new Set(ids))
  for (const wire of wires) wire.close()
  assert.equal(await second.stop(), 0)
})
