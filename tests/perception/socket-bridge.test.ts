// The bridge to an external engine: a fake that behaves well, badly, slowly or not at all, over a real socket.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectEngine } from '../../src/testing/fake-engine.ts'
import { createFolder, openEngine } from './adapters.ts'

async function connected(t: Parameters<typeof openEngine>[0], changes: { perceptionMs?: number } = {}) {
  const served = await openEngine(t, changes)
  const engine = await connectEngine(served.url, served.bridgeToken)
  engine.hello()
  return { ...served, engine, welcome: await engine.hears('welcome') }
}

test('bridge: without an engine everything is BRIDGE_UNAVAILABLE, with Retry-After, and the status says so', async (t) => {
  const { timmy, sink } = await openEngine(t)
  const seen = await timmy.get('/perception')
  assert.deepEqual(
    [seen.status, seen.body.error.code, seen.headers.get('retry-after')],
    [503, 'BRIDGE_UNAVAILABLE', '1'],
  )
  const said = await timmy.say('noop')
  assert.deepEqual([said.status, said.body.error.code], [503, 'BRIDGE_UNAVAILABLE'])
  assert.match(sink.rows[0]?.outcome ?? '', /^refused: BRIDGE_UNAVAILABLE: /)
  const status = await timmy.get('/tes3mp/status')
  assert.deepEqual([status.status, status.body.bridge_connected, status.body.last_perception_at], [200, false, null])
})

test('bridge: an engine sends hello, pushes a perception, executes a command, and reports the outcome', async (t) => {
  const { timmy, engine, welcome, sink } = await connected(t)
  assert.deepEqual(welcome, { type: 'welcome', protocol_version: '1.0.0', agents: ['timmy', 'ada'] })
  const stream = await timmy.stream()
  engine.perceives('timmy')
  const pushed = await stream.next((message) => message.type === 'perception')
  assert.equal(pushed.perception.location.cell, 'Balmora')
  assert.equal((await timmy.get('/perception')).body.health.current, 85)
  const { body } = await timmy.say('move_to', { target_cell: 'Balmora', target_x: 1050, target_y: -500, mood: 'odd' })
  const command = await engine.hears('command')
  assert.deepEqual(command, {
    type: 'command',
    command_id: body.command_id,
    agent_id: 'timmy',
    command: 'move_to',
    params: { target_cell: 'Balmora', target_x: 1050, target_y: -500 },
  })
  engine.says({ type: 'running', command_id: body.command_id })
  await stream.next((message) => message.command?.status === 'running')
  assert.equal((await timmy.say('noop')).status, 409)
  engine.says({ type: 'done', command_id: body.command_id, outcome: 'Arrived.' })
  await stream.next((message) => message.command?.status === 'done')
  assert.deepEqual(
    [sink.rows[0]?.outcome, sink.rows[0]?.cell, sink.rows[0]?.world],
    ['done: Arrived.', 'Balmora', null],
  )
})

test('bridge: a stale perception is requested once for all waiting callers', async (t) => {
  const { timmy, engine } = await connected(t)
  const both = Promise.all([timmy.get('/perception'), timmy.get('/perception')])
  assert.equal((await engine.hears('perceive')).agent_id, 'timmy')
  engine.perceives('timmy', { health: { current: 1, max: 2 } })
  for (const { status, body } of await both) assert.deepEqual([status, body.health.current], [200, 1])
})

test('bridge: an engine that does not answer in time is PERCEPTION_TIMEOUT', async (t) => {
  const { timmy } = await connected(t, { perceptionMs: 30 })
  const late = await timmy.get('/perception')
  assert.deepEqual([late.status, late.body.error.code], [504, 'PERCEPTION_TIMEOUT'])
})

test('bridge: an engine that dies during a command fails it, in the stream and in the report', async (t) => {
  const { timmy, engine, sink, url, bridgeToken } = await connected(t)
  const stream = await timmy.stream()
  const { body } = await timmy.say('wait', { duration_seconds: 60 })
  const looking = timmy.get('/perception')
  await engine.hears('perceive')
  engine.dies()
  const told = await stream.next((message) => message.type === 'command' && message.command.status === 'failed')
  assert.deepEqual([told.command.command_id, told.command.code], [body.command_id, 'BRIDGE_LOST'])
  assert.equal((await timmy.get(`/commands/${body.command_id}`)).body.status, 'failed')
  assert.match(sink.rows[0]?.outcome ?? '', /^failed: BRIDGE_LOST: /)
  assert.equal((await looking).status, 503)
  assert.equal((await timmy.get('/tes3mp/status')).body.bridge_connected, false)
  const again = await connectEngine(url, bridgeToken)
  again.hello()
  await again.hears('welcome')
  again.perceives('timmy')
  await stream.next((message) => message.type === 'perception')
  assert.equal((await timmy.say('noop')).status, 202)
})

test('bridge: a second engine replaces the first', async (t) => {
  const { timmy, engine, url, bridgeToken } = await connected(t)
  const { body } = await timmy.say('wait', { duration_seconds: 60 })
  const second = await connectEngine(url, bridgeToken)
  assert.equal(await engine.closed, 4001)
  second.hello()
  await second.hears('welcome')
  assert.equal((await timmy.ends(body.command_id)).code, 'BRIDGE_LOST')
})

test('bridge: a higher major version is refused at hello, and gives SCHEMA_MISMATCH in a perception', async (t) => {
  const { timmy, engine, url, bridgeToken } = await connected(t)
  engine.perceives('timmy', { protocol_version: '2.0.0' })
  assert.equal((await engine.hears('error')).code, 'SCHEMA_MISMATCH')
  const seen = await timmy.get('/perception')
  assert.deepEqual([seen.status, seen.body.error.code], [422, 'SCHEMA_MISMATCH'])
  engine.perceives('timmy', { protocol_version: '1.7.0' })
  engine.says({ type: 'done', command_id: 'flush', outcome: '' })
  await engine.hears('error')
  assert.equal((await timmy.get('/perception')).status, 200)
  const late = await connectEngine(url, bridgeToken)
  late.hello('2.0.0')
  assert.equal((await late.hears('error')).code, 'SCHEMA_MISMATCH')
  assert.equal(await late.closed, 4002)
})

test('bridge: malformed messages get an error, and the connection stays open', async (t) => {
  const { timmy, engine } = await connected(t)
  const bad: readonly (readonly [object | string, string, RegExp])[] = [
    ['not json', 'VALIDATION_ERROR', /JSON/],
    [{ type: 'dance' }, 'VALIDATION_ERROR', /type/],
    [{ type: 'perception', agent_id: 'nobody', perception: {} }, 'VALIDATION_ERROR', /no agent nobody/],
    [{ type: 'perception', agent_id: 'timmy', perception: { agent_id: 'timmy' } }, 'SCHEMA_MISMATCH', /timestamp/],
    [{ type: 'done', command_id: 'unknown', outcome: 'x' }, 'UNKNOWN_COMMAND', /command_id/],
    [{ type: 'failed', command_id: 'x', code: 'lower', outcome: '' }, 'VALIDATION_ERROR', /code/],
  ]
  for (const [message, code, words] of bad) {
    engine.says(message)
    const error = await engine.hears('error')
    assert.equal(error.code, code)
    assert.match(error.message, words)
  }
  assert.equal((await timmy.get('/perception')).body.error.code, 'SCHEMA_MISMATCH')
  for (let i = 0; i < 40; i++) engine.says('not json')
  assert.equal(await engine.closed, 4004)
})

test('bridge: messages before hello are ignored', async (t) => {
  const { url, bridgeToken, timmy } = await openEngine(t)
  const engine = await connectEngine(url, bridgeToken)
  engine.perceives('timmy')
  assert.match((await engine.hears('error')).message, /hello/)
  assert.equal((await timmy.get('/perception')).status, 503)
})

test('bridge: a frame over 256 kB ends the connection', async (t) => {
  const { engine } = await connected(t)
  engine.perceives('timmy', { raw_engine_data: { blob: 'x'.repeat(300_000) } })
  assert.equal(await engine.closed, 1009)
})

test('bridge: only its own token and engine can connect, and tokens survive a restart', async (t) => {
  const dataDir = createFolder(t)
  const { url, bridgeToken, adapter } = await openEngine(t, { dataDir })
  await assert.rejects(connectEngine(url, 'wrong'), /status 403/)
  await assert.rejects(connectEngine(url, adapter.agents[0]!.token), /status 403/)
  await assert.rejects(connectEngine(url, bridgeToken, 'skyrim'), /status 404/)
  const again = await openEngine(t, { dataDir })
  assert.equal(again.bridgeToken, bridgeToken)
  assert.deepEqual(again.adapter.agents, adapter.agents)
})
