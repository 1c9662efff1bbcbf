// The client's play sessions against a real server over real sockets: turns, lost connections, restarts, refusals.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { WebSocketServer } from 'ws'
import { type Client, ClientError, createClient, type PlayEvent, type PlaySession } from '../../src/client/index.ts'
import { FORM } from '../../src/testing/play-api.ts'
import { createGatedRoleModels, openClientServer, QUICK } from './client-server.ts'

const START = { game: 'Explore', pc_choice: 'ODA', npc_choice: 'JACK' }

/** Collects the events of a session in the background. */
function collect(session: PlaySession): {
  events: PlayEvent[]
  done: Promise<void>
  sees: (kind: string) => Promise<void>
} {
  const events: PlayEvent[] = []
  let wake = (): void => undefined
  const done = (async () => {
    for await (const event of session) {
      events.push(event)
      wake()
    }
  })()
  done.catch(() => wake())
  return {
    events,
    done,
    async sees(kind) {
      const before = events.filter((event) => event.kind === kind).length
      while (events.filter((event) => event.kind === kind).length === before) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}

const said = (events: readonly PlayEvent[]) => events.filter((event) => event.kind === 'event')

/** Checks that nothing was shown twice, and that the events match the record. */
async function assertWhole(
  client: Client,
  session: PlaySession,
  events: readonly PlayEvent[],
  inputs: readonly string[],
) {
  const ids = said(events).flatMap(({ event_id }) => (event_id === null ? [] : [event_id]))
  assert.equal(new Set(ids).size, ids.length, 'an event was shown twice')
  const { events: rows } = await client.reconstruction(session.id)
  const heard = rows.filter((row) => row.direction === 'inbound')
  assert.deepEqual(
    heard.map((row) => row.content),
    inputs,
    'the record has other inputs than were made',
  )
  const told = rows.filter((row) => row.direction === 'outbound').map((row) => String(row.event_id))
  assert.deepEqual(ids.toSorted(), told.toSorted(), 'not everything was shown')
}

test('client: a game is played to its end, and the iteration ends with it', async (context) => {
  const { client, server } = await openClientServer(context)
  const session = await client.start(START, QUICK)
  const seen = collect(session)
  const turn = await session.say('I wave.')
  assert.deepEqual([turn.turns, turn.exited, turn.events[0]?.event_type], [2, false, 'ai'])
  assert.deepEqual(await session.status(), { status: 'active', turns: 2, exited: false })
  assert.deepEqual((await session.say('/nothing-known')).events, [])
  assert.deepEqual((await session.say('  ')).events, [])
  assert.equal((await session.say('/finish')).exited, true)
  await seen.done
  assert.deepEqual(seen.events.at(-1), { kind: 'closed', reason: 'ended' })
  assert.deepEqual(
    seen.events.slice(0, 3).map((event) => event.kind),
    ['connection', 'meta', 'event'],
  )
  await assert.rejects(session.say('more'), { code: 'SESSION_CLOSED' })
  await session.close()
  await assertWhole(client, session, seen.events, ['I wave.', '/nothing-known', '/finish'])
  assert.deepEqual(server.faults, [])
})

test('client: concurrent inputs are played one after the other; too many and too long ones are refused', async (context) => {
  const { client } = await openClientServer(context)
  const session = await client.start(START, QUICK)
  const turns = await Promise.all(['I sit.', '/help', 'I stand.'].map((text) => session.say(text)))
  assert.deepEqual(
    turns.map((turn) => [turn.turns, turn.events[0]?.event_type]),
    [
      [2, 'ai'],
      [2, 'info'],
      [3, 'ai'],
    ],
  )
  await assert.rejects(session.say('x'.repeat(70_000)), { code: 'INPUT_TOO_LONG' })
  const many = Array.from({ length: 40 }, () => session.say('/help'))
  const results = await Promise.allSettled(many)
  assert.equal(results.filter((each) => each.status === 'fulfilled').length, 32)
  assert.ok(results.every((each) => each.status === 'fulfilled' || each.reason.code === 'QUEUE_FULL'))
  session.leave()
})

test('client: close ends the session for good; leave keeps it, and it continues from there', async (context) => {
  const { client } = await openClientServer(context)
  const first = await client.start(START, QUICK)
  await first.say('I sit.')
  first.leave()
  await assert.rejects(first.say('x'), ClientError)
  const again = await client.play(first.id, QUICK)
  const seen = collect(again)
  assert.equal((await again.say('I stand.')).turns, 3)
  await again.close()
  await seen.done
  assert.deepEqual(seen.events.at(-1), { kind: 'closed', reason: 'closed' })
  assert.deepEqual(
    said(seen.events).map((event) => [event.role, event.replayed]),
    [
      ['ai', true],
      ['ai', true],
      ['user', true],
      ['ai', true],
      ['ai', false],
    ],
  )
  const over = await client.play(first.id, QUICK)
  const record = collect(over)
  await record.done
  assert.equal(said(record.events).length, 6, 'a session that is over shows its record')
  assert.equal((await client.reconstruction(first.id)).session.termination_reason, 'user_close_button')
})

const CUTS = [
  ['before the key gets there', 'up', /"auth"/],
  ['after the meta', 'down', /session_meta/],
  ['after the opening, at its turn end', 'down', /turn_end/],
] as const
for (const [when, direction, pattern] of CUTS) {
  test(`client: the connection breaks ${when}: nothing is lost and nothing shown twice`, async (context) => {
    const { client, proxy } = await openClientServer(context)
    const { session_id } = await client.startSession(START)
    const cut = proxy.cutWhen(direction, pattern)
    const session = await client.play(session_id, QUICK)
    const seen = collect(session)
    await cut
    assert.equal((await session.say('I sit.')).turns, 2)
    session.leave()
    await seen.done
    await assertWhole(client, session, seen.events, ['I sit.'])
  })
}

test('client: the connection breaks during the replay', async (context) => {
  const { client, proxy } = await openClientServer(context)
  const session = await client.start(START, QUICK)
  await session.say('I sit.')
  await session.say('I stand.')
  session.leave()
  const cut = proxy.cutWhen('down', /replay_start/)
  const again = await client.play(session.id, QUICK)
  const seen = collect(again)
  await cut
  await again.say('I wait.')
  again.leave()
  await seen.done
  assert.equal(said(seen.events).filter((event) => event.role === 'user').length, 2)
  const ids = said(seen.events).map((event) => event.event_id)
  assert.equal(new Set(ids).size, ids.length)
})

test('client: the connection breaks between turns, again and again', async (context) => {
  const { client, proxy } = await openClientServer(context)
  const session = await client.start(START, QUICK)
  const seen = collect(session)
  const inputs = ['I sit.', '/none', 'I stand.', '/none', '/none', 'I sit.']
  for (const text of inputs) {
    await session.say(text)
    proxy.cut()
  }
  await session.say('I wait.')
  session.leave()
  await seen.done
  await assertWhole(client, session, seen.events, [...inputs, 'I wait.'])
})

for (const text of ['I sit.', '/help', '/unknown', '   ']) {
  test(`client: if the connection breaks before ${JSON.stringify(text)} arrives, it is sent again, once`, async (context) => {
    const { client, proxy } = await openClientServer(context)
    const session = await client.start(START, QUICK)
    const seen = collect(session)
    await session.say('I sit.')
    const cut = proxy.cutWhen('up', /"advance"/)
    const saying = session.say(text)
    await cut
    assert.equal((await saying).exited, false)
    session.leave()
    await seen.done
    await assertWhole(client, session, seen.events, ['I sit.', ...(text.trim() === '' ? [] : [text])])
  })

  test(`client: if the connection breaks after ${JSON.stringify(text)} was answered, it is not sent again`, async (context) => {
    const { client, proxy } = await openClientServer(context)
    const session = await client.start(START, QUICK)
    const seen = collect(session)
    await session.say('I sit.')
    const cut = proxy.loseWhen('down', /turn_end/)
    const saying = session.say(text)
    await cut
    const turn = await saying
    assert.equal(turn.events.length, text.trim() === '' || text === '/unknown' ? 0 : 1)
    assert.equal((await session.say('I wait.')).events.length, 1)
    session.leave()
    await seen.done
    await assertWhole(client, session, seen.events, ['I sit.', ...(text.trim() === '' ? [] : [text]), 'I wait.'])
  })
}

for (const text of ['I sit.', '/finish']) {
  test(`client: if the connection breaks while ${text} is being answered, the turn is found again`, async (context) => {
    const models = createGatedRoleModels()
    const { client, proxy } = await openClientServer(context, { models })
    const game = text === '/finish' ? 'Foresight' : 'Explore'
    const session = await client.start({ ...START, game }, QUICK)
    const seen = collect(session)
    const first = 'I predict that it stands still. I wait.'
    await session.say(first)
    const held = models.hold()
    const saying = session.say(text)
    await held
    for (let i = 0; i < 3; i++) {
      const back = seen.sees('status')
      proxy.cut()
      await back
    }
    models.release()
    const turn = await saying
    assert.equal(turn.exited, text === '/finish')
    assert.ok(turn.events.length > 0)
    session.leave()
    await seen.done
    await assertWhole(client, session, seen.events, [first, text])
  })
}

test('client: a game that ended during a lost connection is shown from its record', async (context) => {
  const { client, proxy } = await openClientServer(context)
  const session = await client.start(START, QUICK)
  const seen = collect(session)
  await session.say('I sit.')
  const cut = proxy.loseWhen('down', /turn_end/)
  const saying = session.say('/finish')
  await cut
  assert.equal((await saying).exited, true)
  await seen.done
  await assertWhole(client, session, seen.events, ['I sit.', '/finish'])
})

test('client: after a kill between turns, the next server continues', async (context) => {
  const services = await openClientServer(context)
  const session = await services.client.start(START, QUICK)
  const seen = collect(session)
  await session.say('I sit.')
  await services.restart()
  await session.say('I stand.')
  session.leave()
  await seen.done
  await assertWhole(services.client, session, seen.events, ['I sit.', 'I stand.'])
})

test('client: after a kill during an answer, the next server continues', async (context) => {
  const models = createGatedRoleModels()
  const services = await openClientServer(context, { models })
  const session = await services.client.start(START, QUICK)
  const seen = collect(session)
  await session.say('I sit.')
  const held = models.hold()
  const saying = session.say('I wait.')
  await held
  await services.restart()
  models.release()
  assert.equal((await saying).turns, 3)
  session.leave()
  await seen.done
  await assertWhole(services.client, session, seen.events, ['I sit.', 'I wait.'])
})

test('client: if another client has continued meanwhile, the input is not sent into another scene', async (context) => {
  const { client, server, proxy, key } = await openClientServer(context)
  const session = await client.start(START, { reconnect: { ...QUICK.reconnect, firstMs: 600, longestMs: 600 } })
  const seen = collect(session)
  await session.say('I sit.')
  const cut = proxy.cutWhen('up', /"advance"/)
  const saying = session.say('I stand.')
  const refused = assert.rejects(saying, { code: 'SUPERSEDED' })
  await cut
  const other = await createClient({ url: server.url, key }).play(session.id, QUICK)
  await other.say('I leave.')
  other.leave()
  await refused
  assert.ok(said(seen.events).some((event) => event.role === 'user' && event.content === 'I leave.'))
  session.leave()
})

test('client: a wrong key, no key, a foreign session and an unknown one are distinguished, and leak no key', async (context) => {
  const { client, server, key } = await openClientServer(context)
  const { session_id } = await client.startSession(START)
  const wrong = 'dcs-ak-wrong-key-that-nobody-has'
  const stranger = await createClient({ url: server.url }).register(FORM)
  const at = (other?: string) => createClient({ url: server.url, key: other })
  const cases = [
    [() => at(wrong).play(session_id, QUICK), 'UNAUTHORIZED'],
    [() => at().play(session_id, QUICK), 'UNAUTHORIZED'],
    [() => at(stranger.api_key).play(session_id, QUICK), 'FORBIDDEN'],
    [() => client.play('8c2f0f4e-0000-4000-8000-000000000000', QUICK), 'NOT_FOUND'],
    [() => createClient({ url: 'http://127.0.0.1:9', key }).play(session_id, QUICK), 'UNREACHABLE'],
  ] as const
  for (const [opening, code] of cases) {
    await assert.rejects(opening(), (error: ClientError) => {
      assert.equal(error.code, code)
      for (const secret of [wrong, key, stranger.api_key])
        assert.ok(!JSON.stringify([error.message, error.detail]).includes(secret))
      return true
    })
  }
  const session = await client.play(session_id, QUICK)
  assert.equal((await session.say('I sit.')).turns, 2, 'the session was not touched')
  await assert.rejects(client.play(session_id, { reconnect: { attempts: 1, firstMs: 1 } }), {
    code: 'ALREADY_CONNECTED',
  })
  session.leave()
})

test('client: an aborted signal leaves the session, and waiting calls reject', async (context) => {
  const models = createGatedRoleModels()
  const { client } = await openClientServer(context, { models })
  const abort = new AbortController()
  const session = await client.start(START, { ...QUICK, signal: abort.signal })
  const seen = collect(session)
  await session.say('I sit.')
  const held = models.hold()
  const saying = assert.rejects(session.say('I stand.'), { code: 'ABORTED' })
  const asking = assert.rejects(session.status(), { code: 'ABORTED' })
  await held
  abort.abort()
  await Promise.all([saying, asking, assert.rejects(seen.done, { code: 'ABORTED' })])
  models.release()
  const again = await client.play(session.id, QUICK)
  assert.equal((await again.say('I wait.')).turns, 4, 'the server went on with what it had taken')
  again.leave()
})

test('client: a silent connection is detected, in a turn and between turns', async (context) => {
  const models = createGatedRoleModels()
  const { client, proxy } = await openClientServer(context, { models })
  const session = await client.start(START, { ...QUICK, heartbeatMs: 40 })
  const seen = collect(session)
  await session.say('I sit.')
  const lost = seen.sees('connection')
  proxy.freeze()
  await lost
  proxy.cut()
  proxy.thaw()
  await session.say('I stand.')
  const held = models.hold()
  const saying = session.say('I wait.')
  await held
  const again = seen.sees('connection')
  proxy.freeze()
  await again
  proxy.cut()
  proxy.thaw()
  models.release()
  assert.equal((await saying).turns, 4)
  session.leave()
  await seen.done
  await assertWhole(client, session, seen.events, ['I sit.', 'I stand.', 'I wait.'])
})

test('client: a spectator sees past and new messages, and cannot send any', async (context) => {
  const { client, server } = await openClientServer(context)
  const session = await client.start(START, QUICK)
  await session.say('I sit.')
  const { spectator_key } = await client.spectatorKey(session.id)
  const watching = await createClient({ url: server.url }).watch(session.id, spectator_key, QUICK)
  const seen = collect(watching)
  await assert.rejects(watching.say('hello'), { code: 'FORBIDDEN' })
  await seen.sees('connection')
  const live = seen.sees('turn_end')
  await session.say('I stand.')
  await live
  assert.deepEqual(
    said(seen.events).map((event) => event.replayed),
    [true, true, true, true, false],
  )
  await session.say('/finish')
  await seen.done
  assert.deepEqual(seen.events.at(-1), { kind: 'closed', reason: 'ended' })
})

test('client: tokens of the answer arrive on request, and add up to the answer', async (context) => {
  const { createOfflineResponder } = await import('../../src/adapters/session/role-models.ts')
  const local = createOfflineResponder()
  const models = {
    ...local,
    async answer(...[request, options]: Parameters<typeof local.answer>) {
      const { text } = await local.answer(request, options)
      for (const piece of text.match(/[\s\S]{1,7}/g) ?? []) options.onText?.(piece)
      return { text }
    },
  }
  const { client } = await openClientServer(context, { models })
  for (const tokens of [true, false]) {
    const session = await client.start(START, { ...QUICK, tokens })
    const seen = collect(session)
    const turn = await session.say('I sit.')
    session.leave()
    await seen.done
    const pieces = seen.events.slice(seen.events.findIndex((event) => event.kind === 'turn_end'))
    const text = pieces.flatMap((event) => (event.kind === 'token' ? [event.text] : [])).join('')
    assert.equal(text, tokens ? turn.events[0]?.content : '')
  }
})

/** A server that sends scripted frames. */
async function startBadServer(frames: readonly (string | Buffer)[]): Promise<{ url: string; close(): void }> {
  const http = createServer()
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', (socket) => {
    for (const frame of frames) socket.send(frame)
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    close() {
      for (const socket of sockets.clients) socket.terminate()
      http.close()
    },
  }
}

const META = '{"type":"session_meta","session_id":"x","pc_hid":"A","npc_hid":"B","has_game_feedback":false}'
for (const [what, bad] of [
  ['text that is not JSON', 'hello'],
  ['a frame of the wrong shape', '{"type":"turn_end","turns":"two"}'],
  ['a frame that is a list', '[]'],
  ['binary', Buffer.from([1, 2, 3])],
] as const) {
  test(`client: ${what} ends the session with PROTOCOL, without a retry`, async () => {
    const server = await startBadServer([META, bad])
    const session = await createClient({ url: server.url, key: 'k' }).play('x', QUICK)
    const saying = assert.rejects(session.say('hello'), { code: 'PROTOCOL' })
    await assert.rejects(collect(session).done, { code: 'PROTOCOL' })
    await saying
    server.close()
  })
}

test('client: a frame of a later protocol is ignored', async () => {
  const server = await startBadServer(['{"type":"weather","rain":true}', META])
  const session = await createClient({ url: server.url, key: 'k' }).play('x', QUICK)
  session.leave()
  server.close()
})

test('client: a server that opens sockets and stays silent times out', async () => {
  const server = await startBadServer([])
  const opening = createClient({ url: server.url, key: 'k' }).play('x', { reconnect: { attempts: 0 }, connectMs: 30 })
  await assert.rejects(opening, { code: 'TIMEOUT' })
  server.close()
})
