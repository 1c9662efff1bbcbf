// A server with shards is used as one without: its episodes are played, steered and recorded in further processes. What
// dies comes back, and nothing but its own episodes notices.
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { createAgentClient } from '../../src/testing/agent-client.ts'
import { runCommand } from '../../src/testing/cli.ts'
import { get, post } from '../../src/testing/play-api.ts'
import { childrenOf, eventually, type ServerProcess } from '../../src/testing/server-process.ts'
import { begin, isRunning, NO_PROC, openShardServers, socketOf } from '../../src/testing/shard-servers.ts'
import { handshakeStatus, openWire, type Wire } from '../../src/testing/wire.ts'

const stepsOf = async (served: ServerProcess, id: string): Promise<number> =>
  (await get(served, `/api/episodes/${id}`)).body.steps

test('shards: an episode in a shard is played, watched, paced, forked, ended and read as any other', async (t) => {
  const served = await openShardServers(t).start(['--shards', '2'])
  const [first, second] = [
    await begin(served, { players: [null, null] }),
    await begin(served, { players: ['greedy', 'sweep'] }),
  ]
  assert.deepEqual([first.id.slice(-3), second.id.slice(-3)].toSorted(), ['-s1', '-s2'])
  const players = await Promise.all(first.slots.map(({ socket }) => openWire(socket)))
  players[0]!.send({ move: 'right', request_id: 'r1' })
  assert.equal((await players[0]!.next(({ type }) => type === 'receipt')).accepted, true)
  const viewer = await openWire(socketOf(served, `/api/episodes/${first.id}/live`))
  assert.equal((await viewer.next()).type, 'hello')
  const listed = await eventually('the list shows the steps that a shard has made', async () => {
    const { entries } = (await get(served, '/api/episodes?status=live')).body
    const own = entries.find((entry: { id: string }) => entry.id === first.id)
    return own?.steps > 0 ? own : undefined
  })
  assert.equal(listed.players.length, 2)
  assert.equal((await get(served, '/readyz')).body.live_episodes, 2)
  const paced = await post(served, `/api/episodes/${first.id}/pace`, { paused: true })
  assert.equal(paced.status, 200)
  const branch = await post(served, `/api/episodes/${first.id}/branches`, {
    step: 1,
    players: ['greedy', 'greedy'],
    tick_rate: 100,
  })
  assert.equal(branch.status, 201, JSON.stringify(branch.body))
  assert.equal(branch.body.episode.id.slice(-3), first.id.slice(-3))
  assert.equal((await post(served, `/api/episodes/${first.id}/end`, { reason: 'enough' })).status, 200)
  const ended = await eventually('the episode is archived', async () => {
    const { body } = await get(served, `/api/episodes/${first.id}`)
    return body.status === 'finished' ? body : undefined
  })
  assert.equal(ended.outcome.ended, 'truncated')
  const journal = await (await fetch(`${served.url}/api/episodes/${first.id}/journal.jsonl`)).text()
  assert.match(journal, /"right"/)
  const replay = await openWire(socketOf(served, `/episodes/${first.id}/replay`))
  replay.close()
  await eventually('its commands are in the command log', async () => {
    const { body } = await get(served, `/api/commands?episode_id=${first.id}`)
    return body.entries?.length > 0 ? true : undefined
  })
})

test('shards: agents play through the perception adapter, with and without the episode in the address', async (t) => {
  const served = await openShardServers(t).start(['--shards', '2'])
  for (const other of [1, 2]) await begin(served, { players: ['random', `greedy`], tick_rate: other })
  const { slots } = await begin(served, { players: [null, 'random'] })
  const [slot] = slots
  for (const [url, expected] of [
    [slot!.perception, 202],
    // The agent is still busy with its first command.
    [served.url, 409],
  ] as const) {
    const agent = createAgentClient(url, slot!.agent_id, slot!.token)
    const stream = await agent.stream()
    assert.ok(await stream.next())
    assert.equal((await agent.get(`/perception?agent_id=${slot!.agent_id}`)).status, 200)
    const said = await agent.say('wait', { duration_seconds: 1200 })
    assert.equal(said.status, expected, JSON.stringify(said.body))
    stream.close()
  }
  const stranger = createAgentClient(served.url, slot!.agent_id, 'AAAAAAAAAAAAAAAAAAAAAA')
  assert.equal((await stranger.get('/perception')).status, 403)
})

test('shards: refusals are those of a server without', async (t) => {
  const served = await openShardServers(t).start(['--shards', '1'])
  const { id } = await begin(served, { players: ['random', 'random'] })
  const forwarded = { 'content-type': 'application/json', 'x-forwarded-for': '127.0.0.1' }
  for (const path of ['/api/episodes', `/api/episodes/${id}/pace`]) {
    const body = JSON.stringify({ world: 'paint-arena', players: ['random', 'random'] })
    const answer = await fetch(served.url + path, {
      method: 'POST',
      headers: forwarded,
      body: path === '/api/episodes' ? body : '{}',
    })
    assert.deepEqual([path, answer.status], [path, 403])
  }
  const foreign = { ...forwarded, origin: 'https://elsewhere.example' }
  const crossed = await fetch(`${served.url}/api/episodes`, { method: 'POST', headers: foreign, body: '{}' })
  assert.equal(crossed.status, 403)
  const wrong = await post(served, '/api/episodes', { world: 'nowhere', players: [null] })
  assert.deepEqual([wrong.status, wrong.body.code], [404, 'UNKNOWN_WORLD'])
  const malformed = await post(served, '/api/episodes', '{"world"')
  assert.deepEqual([malformed.status, malformed.body.code], [400, 'JSON_MALFORMED'])
  for (const gone of ['api-20260101-000000-00000000-s1', 'api-20260101-000000-00000000-s9', `${id}-s1`]) {
    assert.equal((await get(served, `/api/episodes/${gone}`)).status, 404)
    assert.equal(await handshakeStatus(socketOf(served, `/api/episodes/${gone}/live`)), 404)
  }
  assert.equal(await handshakeStatus(socketOf(served, `/episodes/${id}/player?slot=0&token=no`)), 403)
})

test('shards: resets in the middle of a handshake end neither the server nor a shard', { skip: NO_PROC }, async (t) => {
  const served = await openShardServers(t).start(['--shards', '1'])
  const { id } = await begin(served, { players: ['random', 'random'] })
  const before = childrenOf(served.command.pid!)
  const { port } = new URL(served.url)
  const head = `GET /api/episodes/${id}/live HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
  const attacks = Array.from({ length: 200 }, async (_, at) => {
    const socket = connect(Number(port), '127.0.0.1')
    const closed = new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve))
    socket.resume()
    socket.write(at % 3 === 0 ? head.slice(0, at) : `${head}\xff\xff`, 'latin1')
    await new Promise((resolve) => setTimeout(resolve, at % 7))
    if (at % 2 === 0) socket.resetAndDestroy()
    else socket.destroy()
    await closed
  })
  await Promise.all(attacks)
  const viewer = await openWire(socketOf(served, `/api/episodes/${id}/live`))
  assert.equal((await viewer.next()).type, 'hello')
  assert.deepEqual(childrenOf(served.command.pid!), before)
})

test('shards: what a player sends right after its handshake arrives, however busy the server is', async (t) => {
  const served = await openShardServers(t).start(['--shards', '1'])
  const config = { max_ticks: 10_000, slots: 4 }
  const { slots } = await begin(served, { config, players: [null, null, null, null], tick_rate: 100 })
  const noise = new AbortController()
  t.after(() => noise.abort())
  const list = async (): Promise<void> => {
    while (!noise.signal.aborted) await get(served, '/api/episodes').catch(() => undefined)
  }
  void list()
  await Promise.all(
    slots.map(async ({ socket }) => {
      for (let nth = 0; nth < 100; nth++) {
        const player = await openWire(socket)
        player.send({ move: 'right', request_id: nth })
        assert.equal((await player.next(({ type }) => type === 'receipt')).request_id, nth)
        player.close()
        await player.closed
      }
    }),
  )
})

test('shards: sockets that are on their way to a shard that is killed open in the next one', {
  skip: NO_PROC,
}, async (t) => {
  const served = await openShardServers(t).start(['--shards', '1'])
  const { id } = await begin(served, { players: ['random', 'random'] })
  await eventually('the episode has made steps', async () => ((await stepsOf(served, id)) > 3 ? true : undefined))
  const watch = (): Promise<Wire> => openWire(socketOf(served, `/api/episodes/${id}/live`))
  const viewers: Promise<Wire | undefined>[] = []
  const kill = setTimeout(() => process.kill(childrenOf(served.command.pid!)[0]!, 'SIGKILL'), 100)
  t.after(() => clearTimeout(kill))
  for (let nth = 0; nth < 100; nth++) {
    viewers.push(watch().catch(() => undefined))
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  // None waits without end; a start that takes more than the limit of a handshake refuses some.
  const opened = await Promise.all(viewers)
  const last = await eventually('sockets open', () => opened.at(-1) ?? watch().catch(() => undefined))
  assert.equal((await last.next()).type, 'hello')
})

test('shards: when one is killed its episodes continue, and the others do not notice', { skip: NO_PROC }, async (t) => {
  const served = await openShardServers(t).start(['--shards', '2'])
  const episodes = [
    await begin(served, { players: ['greedy', 'sweep'] }),
    await begin(served, { players: ['greedy', 'sweep'] }),
  ]
  const viewers = await Promise.all(episodes.map(({ id }) => openWire(socketOf(served, `/api/episodes/${id}/live`))))
  for (const viewer of viewers) await viewer.next(({ type }) => type !== 'hello')
  const [killed] = childrenOf(served.command.pid!)
  process.kill(killed!, 'SIGKILL')
  const codes = viewers.map((viewer) => viewer.closed)
  const lost = await Promise.race(codes.map(async (code, at) => ({ at, code: await code })))
  assert.equal(lost.code, 1006)
  const [mine, other] = [episodes[lost.at]!, viewers[1 - lost.at]!]
  // A request waits for the shard that is coming back.
  const steps = await stepsOf(served, mine.id)
  const again = await eventually('its socket opens again', () =>
    openWire(socketOf(served, `/api/episodes/${mine.id}/live`)).catch(() => undefined),
  )
  await again.next(({ type }) => type === 'hello')
  await eventually('the episode makes further steps', async () =>
    (await stepsOf(served, mine.id)) > steps ? true : undefined,
  )
  await other.next()
  const ready = await eventually('the server is ready', async () => {
    const { status, body } = await get(served, '/readyz')
    return status === 200 ? body : undefined
  })
  assert.equal(ready.live_episodes, 2)
})

test('shards: a stop names what is unfinished, and a start without shards continues it all the same', async (t) => {
  const { folder, start } = openShardServers(t)
  const before = await start(['--shards', '2'])
  const ids = [
    await begin(before, { players: ['random', 'random'] }),
    await begin(before, { players: [null, null] }),
  ].map(({ id }) => id)
  assert.equal(await before.stop(), 0)
  const { unfinished } = JSON.parse(before.command.text().slice(before.command.text().indexOf('\n{')))
  assert.deepEqual(unfinished.toSorted(), ids.toSorted())
  // A rebuild of the index finds them too.
  const rebuilt = JSON.parse((await runCommand(['admin', 'reindex', '--data', folder, '--json'])).out)
  assert.equal(rebuilt.written, 2)
  const later = await start([])
  for (const id of ids) assert.equal((await get(later, `/api/episodes/${id}`)).body.status, 'live')
  assert.match((await begin(later, { players: ['random', 'random'] })).id, /-[0-9a-f]{8}$/)
  for (const id of ids) await post(later, `/api/episodes/${id}/end`, { reason: 'enough' })
  await eventually('both are archived', () =>
    readdirSync(join(folder, 'shards')).every(
      (shard) => readdirSync(join(folder, 'shards', shard, 'live')).length === 0,
    )
      ? true
      : undefined,
  )
  assert.equal(await later.stop(), 0)
  const last = await start([])
  for (const id of ids) assert.equal((await get(last, `/api/episodes/${id}`)).body.status, 'finished')
})

test('shards: they end with a server that is killed, and the next one continues their episodes', {
  skip: NO_PROC,
}, async (t) => {
  const { start } = openShardServers(t)
  const before = await start(['--shards', '2'])
  const { id } = await begin(before, { players: ['random', 'random'] })
  const shards = childrenOf(before.command.pid!)
  assert.equal(shards.length, 2)
  await before.crash()
  // At once: the shards of the dead server may still hold their folders.
  const next = await start(['--shards', '2'])
  assert.equal((await get(next, `/api/episodes/${id}`)).body.status, 'live')
  await eventually('the shards of the killed server have ended', () =>
    shards.every((pid) => !isRunning(pid)) ? true : undefined,
  )
})
