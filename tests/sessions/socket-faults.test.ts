// Sessions survive everything that can go wrong on a play socket.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { WebSocket as RawSocket } from 'ws'
import { get, post, register, start } from '../../src/testing/play-api.ts'
import { PlayClient, type PlayFrame, types } from '../../src/testing/play-client.ts'
import { assertReplays } from '../../src/testing/session-replay.ts'
import { forEachStore, onSqlite } from '../../src/testing/stores.ts'
import { until } from '../../src/testing/until.ts'
import { type SessionServer, startedSession, startSessionServer } from './session-server.ts'

/** Checks that the session continues: its player connects, gets the replay, and plays a turn. */
async function goesOn(socket: string, key: string, turns: number): Promise<void> {
  const client = new PlayClient(socket, key)
  await client.until('replay_end')
  assert.equal((await client.advance('I nod.')).at(-1)?.turns, turns + 1)
  await client.close()
}

/** The server notices a lost connection shortly after the socket closes. */
async function untilPaused(server: SessionServer, id: string): Promise<void> {
  const isPaused = async () => ((await server.services.log.header(id))?.status === 'paused' ? true : undefined)
  await until('the session to be paused', isPaused, { pauseMs: 0 })
}

async function whole(server: SessionServer, id: string, key: string): Promise<void> {
  const { body } = await get(server, `/api/sessions/${id}/reconstruction`, key)
  const seqs = body.events.map((event: { seq: number }) => event.seq)
  assert.deepEqual(
    seqs,
    seqs.map((_: number, index: number) => index + 1),
  )
  await assertReplays(server.services.log, id)
}

onSqlite(
  'play socket: a wrong key, no key and a foreign key are refused, and the session is not affected',
  async (store, services) => {
    const { server, key, id, socket } = await startedSession(store, services)
    for (const [wrong, detail] of [
      ['dcs-ak-wrong', 'Invalid access key'],
      [await register(server), 'Unauthorized for this session'],
    ] as const) {
      const client = new PlayClient(socket, wrong)
      assert.deepEqual(await client.until('error'), [{ type: 'error', detail }])
      assert.equal(await client.closed, 1000)
    }
    for (const first of ['{"type":"advance","text":"hello"}', 'not json', '{"type":"auth","api_key":""}']) {
      const client = new PlayClient(socket)
      await once(client.socket, 'open')
      client.send(first)
      assert.deepEqual(await client.until('error'), [{ type: 'error', detail: 'Invalid access key' }])
    }
    const silent = new PlayClient(socket)
    await once(silent.socket, 'open')
    await silent.close()
    const header = await server.services.log.header(id)
    assert.equal(header?.status, 'active')
    const player = new PlayClient(socket, key)
    assert.deepEqual(types(await player.until('turn_end')), ['session_meta', 'event', 'event', 'turn_end'])
    await player.close()
    const unknown = new PlayClient(socket.replace(id, '00000000-0000-4000-8000-000000000000'), key)
    assert.match(String((await unknown.until('error'))[0]?.detail), /not found/)
    assert.deepEqual(server.faults, [])
  },
)

onSqlite('play socket: a key in the header works too, and a later auth frame is ignored', async (store, services) => {
  const { key, socket } = await startedSession(store, services)
  const raw = new RawSocket(socket, { headers: { authorization: `Bearer ${key}` } })
  const frames: PlayFrame[] = []
  const ended = Promise.withResolvers<void>()
  raw.on('message', (data) => {
    const frame = JSON.parse(String(data))
    frames.push(frame)
    if (frame.type === 'status') ended.resolve()
  })
  raw.on('open', () => {
    raw.send('{"type":"auth","api_key":"whatever"}')
    raw.send('{"type":"status"}')
  })
  await ended.promise
  assert.deepEqual(types(frames), ['session_meta', 'event', 'event', 'turn_end', 'status'])
  raw.terminate()
})

onSqlite(
  'play socket: of two sockets that race for a session, one plays and the other is refused, again and again',
  async (store, services) => {
    const { server, key, id, socket } = await startedSession(store, services)
    for (let round = 0; round < 5; round++) {
      const both = [new PlayClient(socket, key), new PlayClient(socket, key)]
      const firsts = await Promise.all(
        both.map(async (client) => {
          await Promise.race([client.until('session_meta').catch(() => undefined), client.closed])
          return client.frames[0]
        }),
      )
      assert.deepEqual(firsts.map((frame) => frame?.type).sort(), ['error', 'session_meta'], JSON.stringify(firsts))
      assert.equal(firsts.find((frame) => frame?.type === 'error')?.detail, 'Session already connected')
      const winner = both[firsts.findIndex((frame) => frame?.type === 'session_meta')]
      await winner?.until(round === 0 ? 'turn_end' : 'replay_end')
      for (const client of both) await client.close()
    }
    await goesOn(socket, key, 1)
    await whole(server, id, key)
  },
)

onSqlite('play socket: invalid frames get an error, and the conversation continues', async (store, services) => {
  const { server, key, id, socket } = await startedSession(store, services)
  const client = new PlayClient(socket, key)
  await client.until('turn_end')
  for (const [frame, detail] of [
    ['{"type":', /Malformed JSON payload/],
    ['', /Malformed/],
    ['[]', /object/],
    ['null', /object/],
    ['"advance"', /object/],
    [JSON.stringify({ type: 'advance', text: 'x'.repeat(100_000) }), /Frame too large: at most 65536/],
    ['{}', /Frame has no type; the types are auth, advance, status, close/],
    ['{"type":"fly"}', /Unknown frame type: fly/],
    ['{"type":"auth","api_key":""}', /Unknown frame type: auth/],
    ['{"type":"advance","text":5}', /text/],
    [JSON.stringify({ type: 'advance', text: 'x'.repeat(20_001) }), /text/],
  ] as const) {
    client.send(frame)
    assert.match(String((await client.until('error')).at(-1)?.detail), detail)
  }
  const long = await client.advance('x'.repeat(351))
  assert.match(String(long[0]?.content), /350/)
  assert.equal((await client.advance(`${'🦊'.repeat(349)}.`))[1]?.type, 'turn_end')
  assert.deepEqual(types(await client.advance('')), ['turn_end'])
  assert.deepEqual(types(await client.advance('/unknown')), ['turn_end'])
  client.send({ type: 'advance' })
  assert.deepEqual(types(await client.until('turn_end')), ['turn_end'])
  await client.close()
  await whole(server, id, key)
})

onSqlite(
  'play socket: an oversized, a binary and a broken text frame end the connection, and the session continues',
  async (store, services) => {
    const { server, key, id, socket } = await startedSession(store, services)
    const first = new PlayClient(socket, key)
    await first.until('turn_end')
    await first.close()
    const bad: readonly [string | Buffer, object][] = [
      ['x'.repeat(300_000), {}],
      [Buffer.from([1, 2, 3]), { binary: true }],
      [Buffer.from([0x22, 0xff, 0xfe, 0x22]), { binary: false }],
    ]
    let turns = 1
    for (const [data, options] of bad) {
      const raw = new RawSocket(socket, { headers: { authorization: `Bearer ${key}` } })
      raw.on('error', () => undefined)
      await once(raw, 'open')
      raw.send(data, options)
      await once(raw, 'close')
      await goesOn(socket, key, turns)
      turns++
    }
    await untilPaused(server, id)
    await whole(server, id, key)
  },
)

onSqlite('play socket: ten thousand tiny frames are all answered, in order', async (store, services) => {
  const { key, socket } = await startedSession(store, services)
  const client = new PlayClient(socket, key)
  await client.until('turn_end')
  for (let i = 0; i < 5000; i++) {
    client.send('{"type":"status"}')
    client.send('{}')
  }
  client.send({ type: 'close' })
  const frames = await client.until('closed')
  assert.equal(frames.length, 10_001)
  for (const [index, frame] of frames.slice(0, -1).entries()) assert.equal(frame.type, index % 2 ? 'error' : 'status')
})

onSqlite(
  'play socket: a lost connection in any state loses nothing and duplicates nothing',
  async (store, services) => {
    const gate = { promise: Promise.resolve(), open: (): void => undefined }
    const { createOfflineResponder } = await import('../../src/adapters/session/role-models.ts')
    const local = createOfflineResponder()
    const server = await startSessionServer(store, {
      models: {
        ...local,
        answer: async (request, options) => {
          await gate.promise
          return local.answer(request, options)
        },
      },
    })
    services.atEnd(() => server.close())
    const shut = (): void => {
      const { promise, resolve } = Promise.withResolvers<void>()
      gate.promise = promise
      gate.open = resolve
    }
    const key = await register(server)
    const { id, socket } = await start(server, key)
    const beforeAuth = new PlayClient(socket)
    await once(beforeAuth.socket, 'open')
    await beforeAuth.close()
    shut()
    const inOpening = new PlayClient(socket, key)
    await inOpening.until('session_meta')
    await inOpening.close()
    gate.open()
    const afterOpening = new PlayClient(socket, key)
    const opened = await afterOpening.until('replay_end')
    // The opening may end before or after the reconnect: it is shown once either way.
    if (opened.at(-1)?.turns === 0 || !opened.some((frame) => frame.event_type === 'ai'))
      await afterOpening.until('turn_end')
    const shownOnce = afterOpening.frames.filter((frame) => frame.event_type === 'ai')
    assert.equal(shownOnce.length, 1)
    shut()
    afterOpening.send({ type: 'advance', text: 'I bow.' })
    afterOpening.send({ type: 'status' })
    // The status waits for the turn: no answer arrives before the connection closes.
    await server.services.registry.peek(id)?.facts
    await afterOpening.close()
    gate.open()
    const back = new PlayClient(socket, key)
    const replay = await back.until('replay_end')
    const isDone = (frames: readonly PlayFrame[]) => frames.filter((frame) => frame.event_type === 'ai').length === 2
    if (!isDone(replay) && replay.some((frame) => frame.content === 'I bow.')) await back.until('turn_end')
    const bowed = back.frames.filter((frame) => frame.content === 'I bow.')
    assert.ok(bowed.length <= 1)
    await back.close()
    await goesOn(socket, key, bowed.length + 1)
    await whole(server, id, key)
    assert.deepEqual(server.faults, [])
  },
)

onSqlite('play socket: a spectator sees past and new messages, and cannot send any', async (store, services) => {
  const { server, key, id, socket } = await startedSession(store, services)
  const player = new PlayClient(socket, key)
  await player.until('turn_end')
  const { body } = await post(server, `/api/sessions/${id}/spectators`, {}, key)
  const watchers = [new PlayClient(socket, body.spectator_key), new PlayClient(socket, body.spectator_key)]
  for (const watcher of watchers) {
    assert.equal((await watcher.until('replay_end')).filter((frame) => frame.event_type === 'ai').length, 1)
    watcher.send({ type: 'advance', text: 'I interfere.' })
    watcher.send({ type: 'close' })
    await watcher.until('error')
    await watcher.until('error')
  }
  const turn = await player.advance('I hum.')
  for (const watcher of watchers) {
    assert.deepEqual(
      (await watcher.until('turn_end')).map((frame) => frame.content),
      ['I hum.', ...turn.map((frame) => frame.content)],
    )
    await watcher.close()
  }
  const other = await start(server, key)
  const wrong = new PlayClient(other.socket, body.spectator_key)
  assert.equal((await wrong.until('error'))[0]?.detail, 'Invalid access key')
  await player.close()
})

forEachStore(
  'play socket: what nobody has touched for its time is ended, in memory and out of it',
  async (store, services) => {
    const first = await startSessionServer(store)
    services.atEnd(() => first.close())
    const key = await register(first)
    const left = await start(first, key)
    const client = new PlayClient(left.socket, key)
    await client.until('turn_end')
    await client.close()
    await first.close()
    const second = await startSessionServer(store, { ttlMs: -1 })
    services.atEnd(() => second.close())
    const live = await start(second, key)
    await second.services.registry.sweep()
    for (const { id } of [left, live]) {
      const header = await second.services.log.header(id)
      assert.equal(header?.termination_reason, 'session_ttl_expired')
      assert.equal(header?.status, 'closed')
      await whole(second, id, key)
    }
    assert.equal(second.services.registry.size, 0)
    assert.deepEqual(second.faults, [])
  },
)

forEachStore(
  'play socket: a session moves between servers that share a store, and one at a time has it',
  async (store, services) => {
    const a = await startSessionServer(store, { isAlone: false })
    const b = await startSessionServer(store, { isAlone: false })
    services.atEnd(async () => {
      await a.close()
      await b.close()
    })
    const key = await register(a)
    const { id, socket } = await start(a, key)
    const onB = socket.replace(a.url.replace('http', 'ws'), b.url.replace('http', 'ws'))
    const client = new PlayClient(socket, key)
    await client.until('turn_end')
    const refused = new PlayClient(onB, key)
    assert.match(String((await refused.until('error')).at(-1)?.detail), /not found|connected/)
    await client.advance('I whistle.')
    await client.close()
    await a.services.registry.peek(id)?.settled()
    for (const [at, turns] of [
      [onB, 2],
      [socket, 3],
      [onB, 4],
    ] as const) {
      let isPlayed = false
      // The other server releases the session shortly after the lost connection.
      for (let attempt = 0; attempt < 100 && !isPlayed; attempt++) {
        const next = new PlayClient(at, key)
        const first = await Promise.race([next.until('replay_end'), next.closed])
        if (typeof first === 'number') continue
        assert.equal(first.at(-1)?.turns, turns)
        assert.equal((await next.advance('I whistle again.')).at(-1)?.turns, turns + 1)
        await next.close()
        isPlayed = true
      }
      assert.ok(isPlayed)
    }
    await whole(a, id, key)
    assert.deepEqual([...a.faults, ...b.faults], [])
  },
)
