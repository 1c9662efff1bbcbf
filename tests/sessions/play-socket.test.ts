import assert from 'node:assert/strict'
import { test } from 'node:test'
import { get, post, register, start } from '../../src/testing/play-api.ts'
import { PlayClient, types } from '../../src/testing/play-client.ts'
import { forEachStore } from '../../src/testing/stores.ts'
import { startedSession, startSessionServer } from './session-server.ts'

forEachStore(
  'play socket: meta, opening, a turn, status and close come in the order of the contract',
  async (store, services) => {
    const { server, key, id, socket } = await startedSession(store, services)
    const client = new PlayClient(socket, key)
    const [meta, welcome, opening, end] = await client.until('turn_end')
    assert.equal(meta?.type, 'session_meta')
    assert.equal(meta?.has_game_feedback, false)
    assert.deepEqual([welcome?.type, welcome?.event_type], ['event', 'info'])
    assert.deepEqual([opening?.type, opening?.event_type], ['event', 'ai'])
    assert.deepEqual(end, { type: 'turn_end', session_id: id, turns: 1, exited: false })
    const turn = await client.advance('I wave.')
    assert.deepEqual(types(turn), ['event', 'turn_end'])
    assert.equal(turn[0]?.event_type, 'ai')
    assert.match(String(turn[0]?.event_id), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    client.send({ type: 'status' })
    assert.deepEqual(await client.until('status'), [
      { type: 'status', session_id: id, status: 'active', turns: 2, exited: false },
    ])
    client.send({ type: 'close' })
    await client.until('closed')
    assert.equal(await client.closed, 1000)
    const { body } = await get(server, `/api/sessions/${id}/reconstruction`, key)
    assert.equal(body.session.status, 'closed')
    assert.equal(body.session.termination_reason, 'user_close_button')
    assert.equal(body.session.turns_completed, 2)
    assert.deepEqual(
      body.events.map((event: { seq: number }) => event.seq),
      body.events.map((_: unknown, index: number) => index + 1),
    )
    assert.equal(body.events[0].event_type, 'session_start')
    assert.equal(body.events.at(-1).content, 'session_end: user_close_button')
    assert.equal(body.session.last_seq, body.events.length)
    assert.deepEqual(server.faults, [])
  },
)

forEachStore(
  'play socket: a session goes on after a drop and after a crash, with all that was said',
  async (store, services) => {
    const first = await startSessionServer(store)
    services.atEnd(() => first.crash())
    const key = await register(first)
    const { id, socket } = await start(first, key)
    const client = new PlayClient(socket, key)
    await client.until('turn_end')
    await client.advance('I wait for a moment.')
    await client.close()
    const again = new PlayClient(socket, key)
    const replay = await again.until('replay_end')
    assert.deepEqual(types(replay.slice(0, 2)), ['session_meta', 'replay_start'])
    assert.deepEqual(
      replay.slice(2, -1).map((frame) => [frame.event_type, frame.role]),
      [
        ['info', 'ai'],
        ['ai', 'ai'],
        ['info', 'user'],
        ['ai', 'ai'],
      ],
    )
    assert.equal(replay.at(-1)?.turns, 2)
    await again.advance('I wait a moment.')
    await first.crash()
    const second = await startSessionServer(store)
    services.atEnd(() => second.close())
    const later = new PlayClient(`${second.url.replace('http', 'ws')}/api/play/game/${id}/ws`, key)
    assert.equal((await later.until('replay_end')).filter((frame) => frame.role === 'ai').length, 4)
    const turn = await later.advance('I nod.')
    assert.equal(turn.at(-1)?.turns, 4)
    const { body } = await get(second, `/api/sessions/${id}/reconstruction`, key)
    assert.deepEqual(
      body.events.map((event: { seq: number }) => event.seq),
      body.events.map((_: unknown, index: number) => index + 1),
    )
    await later.close()
  },
)

forEachStore(
  'play socket: a branch goes its own way from a turn, and the parent goes on unaffected',
  async (store, services) => {
    const { server, key, id, socket } = await startedSession(store, services)
    const parent = new PlayClient(socket, key)
    await parent.until('turn_end')
    await parent.advance('I sit down.')
    await parent.advance('I bow.')
    const branched = await post(server, `/api/sessions/${id}/branch`, { at_turn: 2 }, key)
    assert.equal(branched.status, 200, JSON.stringify(branched.body))
    assert.equal(branched.body.branch_from_session_id, id)
    const child = new PlayClient(server.url.replace('http', 'ws') + branched.body.ws_path, key)
    const replay = await child.until('replay_end')
    assert.equal(replay.at(-1)?.turns, 2)
    assert.ok(replay.some((frame) => frame.content === 'I sit down.'))
    assert.ok(!replay.some((frame) => frame.content === 'I bow.'))
    assert.equal((await child.advance('I walk away.')).at(-1)?.turns, 3)
    assert.equal((await parent.advance('I stay here.')).at(-1)?.turns, 4)
    assert.equal((await post(server, `/api/sessions/${id}/branch`, { at_turn: 99 }, key)).status, 416)
    const stranger = await register(server)
    assert.equal((await post(server, `/api/sessions/${id}/branch`, {}, stranger)).status, 404)
    assert.deepEqual(server.faults, [])
  },
)

test('play client: a missing frame is an error when the socket closes', async () => {
  const client = new PlayClient('ws://127.0.0.1:9/none')
  await assert.rejects(client.until('turn_end'), /closed/)
})

forEachStore(
  'play socket: an imported session goes on from the snapshot that it brought along, and one without is not played',
  async (store, services) => {
    const server = await startSessionServer(store)
    services.atEnd(() => server.close())
    const key = await register(server)
    const { body } = await post(server, '/api/player/auth', { api_key: key })
    const { log } = server.services
    const runtime_state = {
      schema_version: 1,
      turn_count: 3,
      exited: false,
      exit_reason: '',
      game_state: {
        entered: true,
        exited: false,
        exit_reason: '',
        player_retry_budget: 2,
        in_finish_flow: false,
        filtered_transcript_buffer: ['Opening scene: A yard.', 'Player (ODA): I sit.', 'Simulator: JACK hops.'],
        engine_state: { history: [], transcript_events: [], opening_metadata: {} },
      },
    }
    for (const [id, extra] of [
      ['with', { runtime_state }],
      ['without', {}],
    ] as const) {
      const now = new Date().toISOString()
      await log.create(
        {
          session_id: id,
          name: id,
          player_id: body.player_id,
          game_name: 'Explore',
          source: 'import',
          pc_hid: 'ODA',
          npc_hid: 'JACK',
          session_started_at: now,
          session_ended_at: null,
          termination_reason: null,
          status: 'paused',
          turns_completed: 3,
          model_profile: null,
          game_config_snapshot: {},
          last_seq: 0,
          created_at: now,
          updated_at: now,
          paused_at: now,
          resumed_at: null,
          branch_from_session_id: null,
        },
        [],
        [],
      )
      await store.db
        .updateTable('sessions')
        .set({ extra: JSON.stringify(extra) })
        .where('session_id', '=', id)
        .execute()
    }
    const at = (id: string) => `${server.url.replace('http', 'ws')}/api/play/game/${id}/ws`
    const client = new PlayClient(at('with'), key)
    assert.equal((await client.until('replay_end')).at(-1)?.turns, 3)
    assert.equal((await client.advance('I bow.')).at(-1)?.turns, 4)
    await client.close()
    const again = new PlayClient(at('with'), key)
    assert.ok((await again.until('replay_end')).some((frame) => frame.content === 'I bow.'))
    await again.close()
    const none = new PlayClient(at('without'), key)
    assert.match(String((await none.until('error')).at(-1)?.detail), /not found/)
    assert.deepEqual(server.faults, [])
  },
)
