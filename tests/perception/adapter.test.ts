// The adapter in front of frontier, over real HTTP: the promises of the source text, and every kind of misuse.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Perception } from '../../src/protocol/perception.ts'
import { CommandAccepted, CommandReport, PerceptionError } from '../../src/protocol/perception-adapter.ts'
import { until } from '../../src/testing/until.ts'
import { openWorld } from './adapters.ts'

test('adapter: an agent perceives, commands, is refused while busy, and learns the outcome', async (t) => {
  const { timmy, sink } = await openWorld(t)
  const seen = await timmy.get('/perception?agent_id=timmy')
  assert.equal(seen.status, 200)
  assert.equal(Perception.parse(seen.body).agent_id, 'timmy')
  const accepted = await timmy.say('wait', { duration_seconds: 1200 })
  assert.equal(accepted.status, 202)
  const { command_id } = CommandAccepted.parse(accepted.body)
  const busy = await timmy.say('noop')
  assert.equal(busy.status, 409)
  assert.equal(PerceptionError.parse(busy.body).error.code, 'COMMAND_CONFLICT')
  assert.equal(busy.headers.get('retry-after'), '1')
  assert.deepEqual(CommandReport.parse(await timmy.ends(command_id)), {
    command_id,
    agent_id: 'timmy',
    command: 'wait',
    status: 'done',
    outcome: 'Time passes.',
    code: null,
  })
  const rows = sink.rows.map(({ command, outcome, cell, world, slot }) => ({ command, outcome, cell, world, slot }))
  const place = { cell: 'lowmarrow', world: 'frontier', slot: 0 }
  assert.deepEqual(rows, [
    { command: 'wait', outcome: 'done: Time passes.', ...place },
    { command: 'noop', outcome: 'refused: COMMAND_CONFLICT: timmy is busy with wait', ...place },
  ])
  assert.equal(sink.rows[0]?.perception_snapshot?.agent_id, 'timmy')
})

test('adapter: a command that fails in the world has its code in the report and in the log', async (t) => {
  const { timmy, sink } = await openWorld(t)
  const { body } = await timmy.say('use_item', { item_id: 'moon' })
  const report = await timmy.ends(body.command_id)
  assert.deepEqual([report.status, report.code], ['failed', 'NOT_CARRIED'])
  assert.match(sink.rows[0]?.outcome ?? '', /^failed: NOT_CARRIED: /)
})

test('adapter: a command that the world refuses is a VALIDATION_ERROR, logged once', async (t) => {
  const { timmy, sink } = await openWorld(t)
  const refused = await timmy.say('move_to', { target_cell: '../../x' })
  assert.deepEqual([refused.status, refused.body.error.code], [400, 'VALIDATION_ERROR'])
  assert.match(refused.body.error.message, /target_cell/)
  assert.equal(sink.rows.length, 1)
  assert.match(sink.rows[0]?.outcome ?? '', /^refused: VALIDATION_ERROR: target_cell/)
  assert.equal((await timmy.say('noop')).status, 202)
})

test('adapter: a command is answered only after its row is durable', async (t) => {
  const { timmy, sink } = await openWorld(t)
  const gate = Promise.withResolvers<void>()
  sink.gate = gate.promise
  let isAnswered = false
  const answer = timmy.say('noop').then((got) => {
    isAnswered = true
    return got
  })
  // The world continues meanwhile, and would have answered long ago.
  const tick = async (): Promise<number> => (await timmy.get('/perception')).body.raw_engine_data.tick
  const late = (await tick()) + 20
  await until('20 ticks', async () => ((await tick()) < late ? undefined : true), { pauseMs: 0 })
  assert.deepEqual([isAnswered, sink.rows.length], [false, 0])
  gate.resolve()
  assert.equal((await answer).status, 202)
})

test('adapter: a log that cannot be written gives 500, does nothing, and frees the agent', async (t) => {
  const { timmy, sink } = await openWorld(t)
  sink.gate = Promise.reject(new Error('disk full'))
  sink.gate.catch(() => undefined)
  const failed = await timmy.say('wait', { duration_seconds: 60 })
  assert.deepEqual([failed.status, failed.body.error.code], [500, 'INTERNAL_ERROR'])
  assert.doesNotMatch(JSON.stringify(failed.body), /disk/)
  sink.gate = Promise.resolve()
  assert.equal((await timmy.say('noop')).status, 202)
})

test('idempotency: a repeat gets the first command_id and executes nothing twice, also concurrently and after the end', async (t) => {
  const { timmy, sink } = await openWorld(t)
  const key = { 'idempotency-key': 'one' }
  const [a, b] = await Promise.all([timmy.say('noop', {}, {}, key), timmy.say('noop', {}, {}, key)])
  assert.equal(a.body.command_id, b.body.command_id)
  await timmy.ends(a.body.command_id)
  const c = await timmy.say('noop', {}, {}, key)
  assert.deepEqual([c.status, c.body.command_id, sink.rows.length], [202, a.body.command_id, 1])
  assert.notEqual((await timmy.say('noop', {}, {}, { 'idempotency-key': 'two' })).body.command_id, a.body.command_id)
  const bad = await timmy.say('noop', {}, {}, { 'idempotency-key': 'x'.repeat(129) })
  assert.deepEqual([bad.status, bad.body.error.code], [400, 'VALIDATION_ERROR'])
})

test('idempotency: a key whose command met a busy agent can be used again', async (t) => {
  const { timmy } = await openWorld(t)
  const first = await timmy.say('wait', { duration_seconds: 1200 })
  const key = { 'idempotency-key': 'again' }
  assert.equal((await timmy.say('noop', {}, {}, key)).status, 409)
  await timmy.ends(first.body.command_id)
  const second = await timmy.say('noop', {}, {}, key)
  assert.equal(second.status, 202)
  assert.equal((await timmy.say('noop', {}, {}, key)).body.command_id, second.body.command_id)
})

const good = { timestamp: '2026-03-21T14:30:01Z', agent_id: 'timmy', command: 'noop', params: {}, reasoning: 'x' }

const BAD: readonly [string, object | string, number, string, RegExp?][] = [
  ['an unknown command', { ...good, command: 'fly_to_moon' }, 400, 'INVALID_COMMAND'],
  ['a command that is no text', { ...good, command: 7 }, 400, 'VALIDATION_ERROR', /command/],
  ['no command', { ...good, command: undefined }, 400, 'VALIDATION_ERROR', /command/],
  ['empty reasoning', { ...good, reasoning: '' }, 400, 'VALIDATION_ERROR', /reasoning/],
  ['a time without zone', { ...good, timestamp: '2026-03-21T14:30:01' }, 400, 'VALIDATION_ERROR', /timestamp/],
  ['a negative beat', { ...good, context: { heartbeat_cycle: -1 } }, 400, 'VALIDATION_ERROR', /heartbeat_cycle/],
  ['a move to nowhere', { ...good, command: 'move_to' }, 400, 'VALIDATION_ERROR', /params/],
  [
    'a wait of nothing',
    { ...good, command: 'wait', params: { duration_seconds: 0 } },
    400,
    'VALIDATION_ERROR',
    /duration/,
  ],
  ['another major version', { ...good, protocol_version: '2.0.0' }, 422, 'SCHEMA_MISMATCH'],
  ['a version that is none', { ...good, protocol_version: 'one' }, 400, 'VALIDATION_ERROR', /protocol_version/],
  ['another agent', { ...good, agent_id: 'ada' }, 403, 'TOKEN_REFUSED'],
  ['what is no JSON', '{"command": ', 400, 'VALIDATION_ERROR'],
  ['a list', '[]', 400, 'VALIDATION_ERROR'],
  ['nothing', '', 400, 'VALIDATION_ERROR'],
  ['deep nesting', `{"command":"x","params":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400, 'VALIDATION_ERROR'],
  ['a body over 256 kB', { ...good, reasoning: 'x'.repeat(256 * 1024) }, 413, 'BODY_TOO_LARGE'],
]

test('adapter: invalid commands are refused with code and field, and the agent stays free', async (t) => {
  const { timmy, sink } = await openWorld(t)
  for (const [what, body, status, code, field] of BAD) {
    const answer = await timmy.post(typeof body === 'string' ? body : JSON.stringify(body))
    assert.deepEqual([answer.status, PerceptionError.parse(answer.body).error.code], [status, code], what)
    if (field) assert.match(answer.body.error.message, field, what)
  }
  const notUtf8 = await timmy.post(Buffer.from([0x7b, 0xff, 0x7d]))
  assert.deepEqual([notUtf8.status, notUtf8.body.error.code], [400, 'VALIDATION_ERROR'])
  assert.ok(sink.rows.length >= 11 && sink.rows.every((row) => row.outcome?.startsWith('refused: ')))
  assert.equal((await timmy.say('noop')).status, 202)
})

test('adapter: unknown fields and later minor versions are accepted; null means absent', async (t) => {
  const { timmy, sink } = await openWorld(t)
  const extra = { protocol_version: '1.9.3', mood: 'curious', episode_id: null, context: null }
  assert.equal((await timmy.say('journal_note', { content: 'hello', colour: 'red' }, extra)).status, 202)
  assert.deepEqual(sink.rows[0]?.params, { content: 'hello' })
  assert.equal(sink.rows[0]?.episode_id?.startsWith('perception-'), true)
})

test('adapter: the perception that a command names is logged', async (t) => {
  const { timmy, sink } = await openWorld(t)
  const first = (await timmy.get('/perception')).body
  const { body } = await timmy.say('wait', { duration_seconds: 300 })
  await timmy.ends(body.command_id)
  await timmy.get('/perception')
  await timmy.say('noop', {}, { context: { perception_timestamp: first.timestamp, heartbeat_cycle: 1 } })
  assert.equal(sink.rows.at(-1)?.perception_snapshot?.timestamp, first.timestamp)
})

test('auth: a missing token, a wrong one and that of another agent are all refused', async (t) => {
  const { url, adapter, clients, sink } = await openWorld(t, {
    world: 'frontier',
    variant: 'company',
    agents: ['timmy', 'ada'],
  })
  const [timmy, ada] = clients
  assert.equal((await fetch(`${url}/perception`)).status, 401)
  const wrong = await fetch(`${url}/perception`, { headers: { authorization: 'Bearer nobody' } })
  assert.equal(wrong.status, 403)
  assert.equal((await timmy!.get('/perception?agent_id=ada')).status, 403)
  assert.equal((await timmy!.get('/perception')).body.agent_id, 'timmy')
  assert.equal((await ada!.get('/perception')).body.agent_id, 'ada')
  const forged = await timmy!.say('noop', {}, { agent_id: 'ada' })
  assert.equal(forged.status, 403)
  assert.equal(sink.rows.at(-1)?.agent_id, 'timmy')
  // The world waits for all four, so the command is accepted and stays pending.
  const { body } = await ada!.say('noop')
  assert.equal((await timmy!.get(`/commands/${body.command_id}`)).status, 404)
  assert.equal((await ada!.get(`/commands/${body.command_id}`)).status, 200)
  assert.equal((await timmy!.get('/commands/..%2f..%2fx')).status, 404)
  assert.equal(adapter.agents.length, 4)
})

test('no-auth: agent_id selects the slot, pages of other sites are refused, and only loopback is bound', async (t) => {
  const { url, timmy } = await openWorld(t, { hasAuth: false })
  assert.equal((await timmy.get('/perception?agent_id=timmy')).status, 200)
  assert.equal((await timmy.get('/perception')).status, 200)
  assert.equal((await timmy.get('/perception?agent_id=ada')).status, 403)
  assert.equal((await timmy.say('noop')).status, 202)
  const foreign = await fetch(`${url}/perception`, { headers: { origin: 'https://evil.example' } })
  assert.equal(foreign.status, 403)
  await assert.rejects(openWorld(t, { hasAuth: false, host: '0.0.0.0' }), { code: 'USAGE' })
})

test('limits: a caller above the rate limit gets Retry-After', async (t) => {
  const slow = { perSecond: 0.001, burst: 2 }
  const { timmy, sink } = await openWorld(t, { limits: { perceptions: slow, commands: slow } })
  for (const path of ['/perception', '/perception']) assert.equal((await timmy.get(path)).status, 200)
  const late = await timmy.get('/perception')
  assert.deepEqual([late.status, late.body.error.code, late.headers.get('retry-after')], [429, 'RATE_LIMITED', '1'])
  for (let i = 0; i < 2; i++) assert.notEqual((await timmy.say('noop')).status, 429)
  assert.equal((await timmy.say('noop')).status, 429)
  assert.equal(sink.rows.length, 2)
})

test('status: the engine is reported under its own name and that of the original, and no other', async (t) => {
  const { timmy } = await openWorld(t)
  await timmy.get('/perception')
  for (const name of ['frontier', 'morrowind']) {
    const { status, body } = await timmy.get(`/${name}/status`)
    assert.equal(status, 200)
    assert.deepEqual([body.bridge_connected, body.engine, body.protocol_version], [true, 'frontier', '1.0.0'])
    assert.match(body.last_perception_at, /^\d{4}-/)
  }
  assert.equal((await timmy.get('/skyrim/status')).status, 404)
})

test('end: when the episode is over, requests get EPISODE_OVER, and commands in progress have failed', async (t) => {
  const { timmy, episode, sink } = await openWorld(t)
  const { body } = await timmy.say('wait', { duration_seconds: 36_000 })
  await episode.truncate('enough')
  await episode.done
  assert.deepEqual((await timmy.ends(body.command_id)).code, 'EPISODE_OVER')
  assert.match(sink.rows[0]?.outcome ?? '', /^failed: EPISODE_OVER: /)
  const seen = await timmy.get('/perception')
  assert.deepEqual([seen.status, seen.body.error.code], [410, 'EPISODE_OVER'])
  const late = await timmy.say('noop')
  assert.deepEqual([late.status, late.body.error.code], [410, 'EPISODE_OVER'])
})

test('restart: the episode continues with its tokens, and a running command completes', async (t) => {
  const one = await openWorld(t, { tickRate: 20 })
  const { body } = await one.timmy.say('wait', { duration_seconds: 1800 })
  const token = one.adapter.agents[0]?.token
  await one.close()
  assert.equal(one.sink.rows[0]?.outcome, null)
  const two = await openWorld(t, { dataDir: one.dataDir, sink: one.sink })
  assert.deepEqual([two.isResumed, two.adapter.agents[0]?.token], [true, token])
  const before = await two.timmy.get(`/commands/${body.command_id}`)
  assert.equal(before.body.status, 'running')
  const busy = await two.timmy.say('noop')
  assert.deepEqual([busy.status, busy.body.error.details.command_id], [409, body.command_id])
  await two.timmy.get('/perception')
  assert.equal((await two.timmy.ends(body.command_id)).outcome, 'Time passes.')
  assert.equal(one.sink.rows[0]?.outcome, 'done: Time passes.')
})

test('openapi: the document has the routes of the adapter with their schemas', async (t) => {
  const { timmy } = await openWorld(t)
  const { paths } = (await timmy.get('/openapi.json')).body
  for (const path of ['/perception', '/command', '/commands/{command_id}', '/{engine}/status', '/perception/stream']) {
    assert.ok(paths[path], path)
  }
  assert.ok(paths['/command'].post.requestBody)
})

test('restart: a command that was logged but never reached the world has failed, and the agent is free', async (t) => {
  const one = await openWorld(t)
  const { body } = await one.timmy.say('noop')
  await one.timmy.ends(body.command_id)
  const token = one.adapter.agents[0]?.token
  await one.close()
  const [row] = one.sink.rows
  const lost = `${body.command_id.slice(0, -1)}-`
  await one.sink.append({ ...row!, command_id: lost, outcome: null }, undefined)
  const two = await openWorld(t, { dataDir: one.dataDir, sink: one.sink })
  assert.equal(two.adapter.agents[0]?.token, token)
  assert.equal((await two.timmy.get(`/commands/${lost}`)).body.code, 'INTERRUPTED')
  assert.equal((await two.timmy.say('noop')).status, 202)
})

test('log: a row keeps the heartbeat cycle of its command and the score that it led to', async (t) => {
  const { timmy, sink, episode } = await openWorld(t)
  const { body } = await timmy.say('noop', {}, { context: { heartbeat_cycle: 42 } })
  await timmy.ends(body.command_id)
  assert.deepEqual([sink.rows[0]?.heartbeat_cycle, sink.rows[0]?.score], [42, episode.standing().scores[0]])
})

test('lockstep: a slot that is silent for longer than the limit passes, and the others continue', async (t) => {
  const agents = ['ada', 'bob', 'cyd', 'dee']
  const { clients, episode } = await openWorld(t, { variant: 'company', agents, tickRate: 'lockstep', moveMs: 200 })
  for (const client of clients) await client.get('/perception')
  const [ada] = clients
  for (let turn = 0; turn < 2; turn++) {
    const { status, body } = await ada!.say('noop')
    assert.equal(status, 202)
    assert.equal((await ada!.ends(body.command_id)).status, 'done')
  }
  assert.ok(episode.step >= 2)
})
