// The AsyncAPI document against running servers: every message on a socket matches the document, and every
// documented message occurs.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createOfflineResponder } from '../../src/adapters/session/role-models.ts'
import { startServer } from '../../src/server/app.ts'
import { createAgentClient } from '../../src/testing/agent-client.ts'
import { connectEngine, sampleSight } from '../../src/testing/fake-engine.ts'
import { post, register, start } from '../../src/testing/play-api.ts'
import { PlayClient, type PlayFrame } from '../../src/testing/play-client.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { until } from '../../src/testing/until.ts'
import { handshakeStatus, openWire, readJson } from '../../src/testing/wire.ts'
import { atEnd, createFolder, openEngine } from '../perception/adapters.ts'
import { judgeOf, refsOf, resolve } from './channels.ts'

/** Role models that stream their answers, and whose first draft of a scene is refused. */
function streamingModels() {
  const local = createOfflineResponder()
  let refusals = 1
  const answer: typeof local.answer = async (request, options) => {
    if (request.role === 'validator' && /VALID-NPC-/.test(JSON.stringify(request.messages)) && refusals > 0) {
      refusals--
      return { text: '{"pass": false, "reason": "not like this"}' }
    }
    const { text } = await local.answer(request, options)
    const half = Math.floor(text.length / 2)
    for (const piece of [text.slice(0, half), text.slice(half)]) options.onText?.(piece)
    return { text }
  }
  return { ...local, answer }
}

async function openServer(t: TestContext) {
  const server = await startServer({
    dataDir: createFolder(t),
    ...TEST_SERVER,
    logLevel: 'silent',
    version: '0.0.0-test',
    sessions: { models: streamingModels(), hasRateLimits: false },
  })
  atEnd(t, () => server.close())
  return { url: server.url, ws: server.url.replace('http', 'ws'), judge: await judgeOf(server.url) }
}

async function begin(url: string, wanted: object): Promise<any> {
  const headers = { 'content-type': 'application/json' }
  return (await fetch(`${url}/api/episodes`, { method: 'POST', headers, body: JSON.stringify(wanted) })).json()
}

test('asyncapi: the document has version 3, every reference resolves, and every parameter is declared', async (t) => {
  const { judge } = await openServer(t)
  const engine = await openEngine(t)
  for (const { document } of [judge, await judgeOf(engine.url)]) {
    assert.equal(document.asyncapi, '3.0.0')
    assert.ok(document.info.title && document.info.version)
    for (const ref of refsOf(document)) resolve(document, ref)
    const channels: [string, any][] = Object.entries(document.channels)
    assert.ok(channels.length > 0)
    for (const [name, channel] of channels) {
      assert.match(name, /^[A-Za-z0-9_-]+$/)
      assert.match(channel.address, /^\/[^?#]*$/)
      const wanted = [...channel.address.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      assert.deepEqual(Object.keys(channel.parameters ?? {}), wanted, name)
      assert.ok(Object.keys(channel.messages).length > 0, name)
    }
    for (const [name, operation] of Object.entries<any>(document.operations)) {
      assert.ok(['send', 'receive'].includes(operation.action), name)
      const channel = operation.channel.$ref
      assert.ok(operation.messages.length > 0, name)
      for (const { $ref } of operation.messages) assert.ok($ref.startsWith(`${channel}/messages/`), $ref)
    }
    const told = Object.values<any>(document.operations).flatMap((operation) => operation.messages)
    const there = channels.flatMap(([, channel]) => Object.keys(channel.messages))
    assert.equal(told.length, there.length, 'every message is sent or received')
    for (const key of [...Object.keys(document.components.messages), ...Object.keys(document.components.schemas)])
      assert.match(key, /^[A-Za-z0-9._-]+$/)
    for (const message of Object.values<any>(document.components.messages)) assert.ok(message.name && message.payload)
  }
})

test('asyncapi: the documented addresses are exactly those of the sockets', async (t) => {
  const { url, ws, judge } = await openServer(t)
  const { episode } = await begin(url, { world: 'frontier', variant: 'errand', seed: 1, players: [null] })
  for (const { address } of Object.values<any>(judge.document.channels)) {
    const at = address.replace('{id}', episode.id).replace('{slot}', '0').replace('{session_id}', 'nobody')
    // Some refuse without a token; unknown addresses answer 404.
    assert.notEqual(await handshakeStatus(`${ws}${at}`), 404, address)
    assert.equal(await handshakeStatus(`${ws}${at}x`), 404, `${address}x`)
  }
  const engine = await openEngine(t)
  const { document } = await judgeOf(engine.url)
  assert.deepEqual(Object.keys(document.channels), ['perception_stream', 'bridge'])
  for (const { address } of Object.values<any>(document.channels))
    assert.equal(await handshakeStatus(`${engine.url.replace('http', 'ws')}${address}`), 401, address)
})

test('asyncapi: every frame of played, interrupted, resumed, watched and refused sessions is in the document', async (t) => {
  const { url, ws, judge } = await openServer(t)
  const key = await register({ url })
  const { id, socket } = await start({ url }, key)
  const sent: object[] = []
  const clients: PlayClient[] = []
  const open = (path: string, apiKey?: string, extra: object = {}): PlayClient => {
    const client = new PlayClient(path, apiKey, extra)
    if (apiKey !== undefined) sent.push({ type: 'auth', api_key: apiKey, ...extra })
    clients.push(client)
    return client
  }
  const say = (client: PlayClient, frame: object): void => {
    sent.push(frame)
    client.send(frame)
  }
  const turn = (client: PlayClient, text: string): Promise<PlayFrame[]> => {
    say(client, { type: 'advance', text })
    return client.until('turn_end')
  }
  const { spectator_key } = (await post({ url }, `/api/sessions/${id}/spectators`, {}, key)).body
  const player = open(socket, key, { stream: true })
  await player.until('turn_end')
  const watcher = open(socket, spectator_key, { stream: true })
  await watcher.until('replay_end')
  await turn(player, 'I wave.')
  await turn(player, '/help')
  await turn(player, 'x'.repeat(351))
  await turn(player, '')
  for (const bad of ['{', '[]', '{"type":"fly"}', '{"type":"advance","text":5}']) {
    player.send(bad)
    await player.until('error')
  }
  say(player, { type: 'status' })
  await player.until('status')
  watcher.send({ type: 'advance', text: 'me too' })
  await watcher.until('error')
  const second = open(socket, key)
  await second.until('error')
  for (const [path, wrong] of [
    [socket, 'dcs-ak-nobody'],
    [`${ws}/api/play/game/nowhere/ws`, key],
    [socket, await register({ url })],
  ] as const)
    await open(path, wrong).until('error')
  await player.close()
  const again = open(socket, key)
  await again.until('replay_end')
  await turn(again, '/finish')
  say(again, { type: 'advance', text: 'too late' })
  await again.until('error')
  say(again, { type: 'status' })
  await again.until('status')
  say(again, { type: 'close' })
  await again.until('closed')
  await again.closed
  const after = open(socket, key)
  await after.until('session_meta')
  say(after, { type: 'close' })
  await after.until('closed')
  await watcher.close()
  for (const frame of clients.flatMap((client) => client.frames)) judge.holds('play', 'send', frame)
  for (const frame of sent) judge.holds('play', 'receive', frame)
  assert.deepEqual(judge.unseen('play'), [])
  const missing = { type: 'turn_end', session_id: id, turns: 1 }
  assert.ok(judge.refuses('play', 'send', missing))
  assert.ok(judge.refuses('play', 'send', { ...missing, exited: false, more: 1 }))
  assert.ok(judge.refuses('play', 'receive', { type: 'auth', api_key: '' }))
})

test('asyncapi: the messages of slots, viewers and replays are in the document', async (t) => {
  const { url, ws, judge } = await openServer(t)
  const match = { world: 'paint-arena', variant: 'duel', seed: 5, tick_rate: 1000, players: ['greedy', null] }
  const { episode, slots } = await begin(url, match)
  const path = `${ws}/episodes/${episode.id}`
  const viewer = await openWire(`${path}/global`)
  const player = await openWire(`${path}/player?slot=1&token=${slots[1].token}`)
  const commands = [{ move: 'up' }, { move: 'down', request_id: 7 }, { move: 'nowhere', request_id: 'a' }]
  for (const command of commands) {
    judge.holds('player', 'receive', command)
    player.send(command)
  }
  let isOver = false
  while (!isOver) {
    const message = await player.next()
    judge.holds('player', 'send', message)
    isOver = message.type === 'final'
  }
  for (let done = false; !done; ) {
    const state = await viewer.next()
    judge.holds('global', 'send', state)
    done = state.done === true
  }
  assert.deepEqual([judge.unseen('player'), judge.unseen('global')], [[], []])
  await until('the end of the episode', async () => {
    const { status } = await readJson(`${url}/api/episodes/${episode.id}`)
    return status === 'live' ? undefined : status
  })
  const replay = await openWire(`${path}/replay`)
  judge.holds('replay', 'send', await replay.next())
  for (const [step, answer] of [
    [3, 'frame'],
    [1e9, 'error'],
  ] as const) {
    judge.holds('replay', 'receive', { type: 'seek', step })
    replay.send({ type: 'seek', step })
    for (let type: unknown; type !== answer; ) {
      const message = await replay.next()
      judge.holds('replay', 'send', message)
      type = message.type
    }
  }
  assert.deepEqual(judge.unseen('replay'), [])
})

test('asyncapi: the messages of an agent’s stream and of an engine are in the document', async (t) => {
  const { url, judge } = await openServer(t)
  const wanted = { world: 'frontier', variant: 'errand', seed: 1, players: [null], tick_rate: 100 }
  const { episode, slots } = await begin(url, { ...wanted, config: { max_ticks: 10_000 } })
  for (const [channel, base] of [
    ['perception_stream', url],
    ['perception_stream_of_slot', slots[0].perception],
  ] as const) {
    const agent = createAgentClient(base, 'agent-0', slots[0].token)
    const stream = await agent.stream()
    judge.holds(channel, 'send', await stream.next())
    await agent.say('noop')
    const isNews = (message: any): boolean => message.type === 'command'
    judge.holds(channel, 'send', await stream.next(isNews))
    if (channel === 'perception_stream') stream.close()
    else {
      await fetch(`${url}/api/episodes/${episode.id}/end`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"reason":"Seen."}',
      })
      judge.holds(channel, 'send', await stream.next((message) => message.type === 'end'))
    }
  }
  assert.deepEqual(judge.unseen('perception_stream_of_slot'), [])

  const served = await openEngine(t)
  const bridge = await judgeOf(served.url)
  const engine = await connectEngine(served.url, served.bridgeToken)
  const says = (message: object): void => {
    bridge.holds('bridge', 'receive', message)
    engine.says(message)
  }
  const hears = async (type: string): Promise<any> => {
    const message = await engine.hears(type)
    bridge.holds('bridge', 'send', message)
    return message
  }
  says({ type: 'hello' })
  await hears('welcome')
  const seen = served.timmy.get('/perception')
  const { agent_id } = await hears('perceive')
  says({ type: 'perception', agent_id, perception: sampleSight(agent_id) })
  assert.equal((await seen).status, 200)
  for (const end of [
    { type: 'done', outcome: 'Arrived.' },
    { type: 'failed', outcome: 'A wall.', code: 'BLOCKED' },
  ]) {
    await served.timmy.say('move_to', { target_x: 1, target_y: 2 })
    const { command_id } = await hears('command')
    says({ type: 'running', command_id })
    says({ ...end, command_id })
    await served.timmy.ends(command_id)
  }
  engine.says('{"type":"song"}')
  await hears('error')
  assert.deepEqual(bridge.unseen('bridge'), [])
})
