// A client written only from the contract, with Node's own fetch and WebSocket. It plays each of the five
// games to its end, loses its connection and reconnects, and reconstructs the conversation.
import assert from 'node:assert/strict'
import { get, register, start } from '../../src/testing/play-api.ts'
import { PlayClient, type PlayFrame } from '../../src/testing/play-client.ts'
import { assertReplays } from '../../src/testing/session-replay.ts'
import { forEachStore } from '../../src/testing/stores.ts'
import { startSessionServer } from './session-server.ts'

interface Plan {
  readonly game: string
  readonly inputs: readonly string[]
  /** The answers after the finishing command. */
  readonly command: string
  readonly answers: readonly string[]
  readonly hasScore: boolean
}

const PLANS: readonly Plan[] = [
  {
    game: 'Explore',
    inputs: ['I sit down on the floor.', 'I hold out my hand.'],
    command: '/finish',
    answers: [],
    hasScore: false,
  },
  {
    game: 'Foresight',
    inputs: [
      'I predict that it hops closer. I put a crumb on the floor.',
      'I predict that it takes the crumb. I wait.',
    ],
    command: '/finish',
    answers: [],
    hasScore: true,
  },
  {
    game: 'Goal Horizon',
    inputs: ['I put a coin on the table.', 'I move the coin behind a box.'],
    command: '/predict-capabilities',
    answers: ['It can plan to get food that it cannot see.', 'Fairly sure, it looked behind the box.'],
    hasScore: true,
  },
  {
    game: 'Infer Intent',
    inputs: ['I watch what it does.', 'I step back from the window.'],
    command: '/predict-intent',
    answers: ['It wants to get back to its nest.', 'Quite sure.'],
    hasScore: true,
  },
  {
    game: 'Teamwork',
    inputs: ['I point at the adapter.', 'I push against the adapter.'],
    command: '/finish',
    answers: ['The pointing was easy, the pushing was hard.'],
    hasScore: true,
  },
]

const shown = (frames: readonly PlayFrame[]): PlayFrame[] =>
  frames.filter((frame) => frame.type === 'event' || frame.type === 'replay_event')

forEachStore(
  'contract client: each of the five games is played to its end over a drop, and its transcript reconstructed',
  async (store, services) => {
    const server = await startSessionServer(store)
    services.atEnd(() => server.close())
    const key = await register(server)
    const { body: games } = await get(server, '/api/games/list')
    assert.deepEqual(
      games.games.map((each: { name: string }) => each.name).sort(),
      PLANS.map((plan) => plan.game).sort(),
    )
    for (const plan of PLANS) {
      const { body: setup } = await get(server, `/api/play/setup/${encodeURIComponent(plan.game)}`, key)
      assert.equal(setup.can_start, true)
      const { id, socket } = await start(server, key, { game: plan.game })
      const seen: PlayFrame[] = []
      const first = new PlayClient(socket, key)
      const opening = await first.until('turn_end')
      assert.equal(opening.at(-1)?.turns, 1)
      seen.push(...shown(opening))
      const [input = '', ...rest] = plan.inputs
      const turn = await first.advance(input)
      assert.equal(turn.at(-1)?.turns, 2, JSON.stringify(turn))
      seen.push(...shown(turn))
      await first.close()
      const client = new PlayClient(socket, key)
      const replay = shown(await client.until('replay_end'))
      const spoken = replay.filter((frame) => frame.role === 'ai')
      assert.deepEqual(
        spoken.map((frame) => [frame.event_id, frame.content]),
        seen.map((frame) => [frame.event_id, frame.content]),
      )
      assert.deepEqual(
        replay.filter((frame) => frame.role === 'user').map((frame) => frame.content),
        [input],
      )
      for (const text of rest) seen.push(...shown(await client.advance(text)))
      let last = await client.advance(plan.command)
      seen.push(...shown(last))
      for (const answer of plan.answers) {
        assert.equal(last.at(-1)?.exited, false)
        last = await client.advance(answer)
        seen.push(...shown(last))
      }
      assert.equal(last.at(-1)?.exited, true, JSON.stringify(last))
      assert.equal(
        last.some((frame) => /Final Score/.test(String(frame.content))),
        plan.hasScore,
      )
      client.send({ type: 'advance', text: 'Anything else?' })
      assert.equal((await client.until('error')).at(-1)?.detail, 'Session is closed')
      await client.close()
      const { body } = await get(server, `/api/sessions/${id}/reconstruction`, key)
      assert.equal(body.session.termination_reason, 'game_completed')
      assert.equal(body.session.status, 'closed')
      assert.equal(body.session.turns_completed, 3)
      const outbound = body.events.filter((event: { direction: string }) => event.direction === 'outbound')
      assert.deepEqual(
        outbound.map((event: { event_id: string; content: string }) => [event.event_id, event.content]),
        seen.map((frame) => [frame.event_id, frame.content]),
      )
      const inbound = body.events.filter((event: { direction: string }) => event.direction === 'inbound')
      assert.deepEqual(
        inbound.map((event: { content: string }) => event.content),
        [...plan.inputs, plan.command, ...plan.answers],
      )
      assert.deepEqual(
        body.events.map((event: { seq: number }) => event.seq),
        body.events.map((_: unknown, index: number) => index + 1),
      )
      const moments = body.events.map((event: { event_ts: string }) => event.event_ts)
      assert.deepEqual(moments, moments.toSorted(), 'times do not run backwards')
      assert.ok((await assertReplays(server.services.log, id)) > 5)
    }
    const { body: list } = await get(server, '/api/sessions/list', key)
    assert.equal(list.sessions.length, PLANS.length)
    assert.ok(list.sessions.every((session: { exited: boolean }) => session.exited))
    assert.deepEqual(server.faults, [])
  },
)
