import assert from 'node:assert/strict'
import { PlayClient } from '../../src/testing/play-client.ts'
import { openSessionHouse } from '../../src/testing/session-house.ts'
import { forEachStore } from '../../src/testing/stores.ts'

forEachStore(
  'play socket: meta, opening, a turn, status, close come in the order of the contract',
  async (store, _house, context) => {
    const house = await openSessionHouse(store)
    context.after(() => house.close())
    const id = await house.create({ game: 'explore' })
    const client = new PlayClient(house.socketOf(id), 'key:p1')
    const [meta, welcome, opening, end] = await client.until('turn_end')
    assert.equal(meta?.type, 'session_meta')
    assert.equal(meta?.has_game_feedback, false)
    assert.deepEqual([welcome?.type, welcome?.event_type], ['event', 'info'])
    assert.deepEqual([opening?.type, opening?.event_type], ['event', 'ai'])
    assert.deepEqual(end, { type: 'turn_end', session_id: id, turns: 1, exited: false })
    const turn = await client.advance('I wave and say hello.')
    assert.deepEqual(
      turn.map((frame) => frame.type),
      ['event', 'turn_end'],
    )
    assert.equal(turn[0]?.event_type, 'ai')
    assert.match(String(turn[0]?.event_id), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    client.send({ type: 'status' })
    const [status] = await client.until('status')
    assert.deepEqual(status, { type: 'status', session_id: id, status: 'active', turns: 2, exited: false })
    client.send({ type: 'close' })
    await client.until('closed')
    assert.equal(await client.closed, 1000)
    const header = await house.log.header(id)
    assert.equal(header?.status, 'closed')
    assert.equal(header?.termination_reason, 'user_close_button')
    assert.equal(header?.turns_completed, 2)
    const events = await house.log.events(id)
    assert.deepEqual(
      events.map((event) => event.seq),
      events.map((_, index) => index + 1),
    )
    assert.equal(events.at(-1)?.content, 'session_end: user_close_button')
    assert.equal(header?.last_seq, events.length)
    assert.deepEqual(house.faults, [])
  },
)

forEachStore(
  'play socket: a session goes on after a drop, and after the server was killed, with all that was said',
  async (store, _house, context) => {
    const first = await openSessionHouse(store)
    const id = await first.create({ game: 'explore' })
    const client = new PlayClient(first.socketOf(id), 'key:p1')
    await client.until('turn_end')
    await client.advance('I look around.')
    await client.close()
    const again = new PlayClient(first.socketOf(id), 'key:p1')
    const replay = await again.until('replay_end')
    assert.equal(replay[0]?.type, 'session_meta')
    assert.equal(replay[1]?.type, 'replay_start')
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
    const log = first.log
    await log.releaseAll()
    const second = await openSessionHouse(store)
    context.after(() => second.close())
    const later = new PlayClient(second.socketOf(id), 'key:p1')
    assert.equal((await later.until('replay_end')).filter((frame) => frame.role === 'ai').length, 4)
    const turn = await later.advance('I say goodbye.')
    assert.equal(turn.at(-1)?.turns, 4)
    const events = await log.events(id)
    assert.deepEqual(
      events.map((event) => event.seq),
      events.map((_, index) => index + 1),
    )
    await later.close()
  },
)
