// Steering episodes over HTTP: pausing, single steps, and forks of live episodes.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import WebSocket from 'ws'
import { createClient } from '../../src/client/index.ts'
import { startServer } from '../../src/server/app.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'

const EXTRACTOR = { type: 'place_part', def_id: 'extractor', origin: { x: 2, y: 1, z: 5 }, facing: 'east' }
const PANEL = { type: 'place_part', def_id: 'solar_panel', origin: { x: 2, y: 2, z: 5 }, facing: 'east' }

async function open(t: TestContext) {
  const dataDir = mkdtempSync(join(tmpdir(), 'paracosm-control-'))
  const server = await startServer({
    dataDir,
    ...TEST_SERVER,
    logLevel: 'silent',
    version: '0.0.0-test',
  })
  t.after(async () => {
    await server.close()
    rmSync(dataDir, { recursive: true })
  })
  const client = createClient({ url: server.url })
  const start = () =>
    client.episodes.start({ world: 'foundry', variant: 'first_slice', players: [null], tick_rate: 50, paused: true })
  return { client, start, url: server.url }
}

/** A player's socket: answers the receipt of each command. */
async function play(t: TestContext, socket: string) {
  const wire = new WebSocket(socket)
  const waiting = new Map<number, (receipt: any) => void>()
  wire.on('message', (data) => {
    const message = JSON.parse(String(data))
    if (message.type === 'receipt') waiting.get(message.request_id)?.(message)
  })
  await new Promise((resolve, reject) => wire.once('open', resolve).once('error', reject))
  t.after(() => wire.terminate())
  let last = 0
  return (command: object): Promise<any> => {
    const id = ++last
    wire.send(JSON.stringify({ ...command, request_id: id }))
    return new Promise((resolve) => waiting.set(id, resolve))
  }
}

async function untilPaused(client: ReturnType<typeof createClient>, id: string) {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const state = await client.episodes.pace(id, {})
    if (state.status === 'paused') return state
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('the episode did not come to stand')
}

async function untilFinished(client: ReturnType<typeof createClient>, id: string) {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const summary = await client.episodes.get(id)
    if (summary.status === 'finished') return summary
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('the episode was not archived')
}

test('pace: an episode that starts paused makes only requested steps, and commands wait for one', async (t) => {
  const { client, start } = await open(t)
  const { episode, slots } = await start()
  const say = await play(t, slots[0]?.socket ?? '')
  assert.deepEqual(await untilPaused(client, episode.id), { status: 'paused', tick_rate: 50, step: 0 })
  const receipt = say(EXTRACTOR)
  assert.equal((await client.episodes.pace(episode.id, { steps: 1 })).step, 1)
  assert.equal((await receipt).accepted, true)
  assert.equal((await client.episodes.pace(episode.id, { steps: 20 })).step, 21)
  const { inspection } = await client.episodes.inspect(episode.id, 2)
  assert.equal((inspection.status as any).state, 'unpowered')
  const running = await client.episodes.pace(episode.id, { paused: false, tick_rate: 200 })
  assert.deepEqual([running.status, running.tick_rate], ['running', 200])
  const stopped = await client.episodes.pace(episode.id, { paused: true })
  assert.equal(stopped.status, 'paused')
  assert.equal((await client.episodes.pace(episode.id, {})).step, stopped.step)
})

test('branches: a live episode is forked at a step before its last command, and both continue', async (t) => {
  const { client, start } = await open(t)
  const { episode, slots } = await start()
  const say = await play(t, slots[0]?.socket ?? '')
  await untilPaused(client, episode.id)
  for (const command of [EXTRACTOR, PANEL]) {
    const receipt = say(command)
    await client.episodes.pace(episode.id, { steps: 1 })
    assert.equal((await receipt).accepted, true)
  }
  await client.episodes.pace(episode.id, { steps: 60 })
  const fork = await client.episodes.branch(episode.id, { step: 1, paused: true, tick_rate: 50 })
  const sayThere = await play(t, fork.slots[0]?.socket ?? '')
  assert.equal((await untilPaused(client, fork.episode.id)).step, 1)
  const receipt = sayThere({ ...PANEL, origin: { x: 2, y: 1, z: 6 } })
  assert.equal((await client.episodes.pace(fork.episode.id, { steps: 5 })).step, 6)
  assert.equal((await receipt).accepted, true)
  assert.equal((await client.episodes.pace(episode.id, {})).step, 62)
  const part = await client.episodes.inspect(fork.episode.id, 3)
  assert.deepEqual((part.inspection.part as any).origin, { x: 2, y: 1, z: 6 })
  await client.episodes.end(episode.id, 'undone at tick 1')
  const ended = await untilFinished(client, episode.id)
  assert.equal(ended.outcome?.reason, 'undone at tick 1')
  const late = await client.episodes.branch(episode.id, { step: 40, paused: true })
  assert.equal(late.episode.steps, 40)
})

test('branches: a step that the parent has not reached and an unknown part are refused', async (t) => {
  const { client, start } = await open(t)
  const { episode } = await start()
  await assert.rejects(client.episodes.branch(episode.id, { step: 5 }), /the journal ends at step 0, before step 5/)
  await assert.rejects(client.episodes.inspect(episode.id, 99), /has no part 99/)
  await assert.rejects(client.episodes.pace('nobody', { paused: true }), /there is no episode nobody/)
})
