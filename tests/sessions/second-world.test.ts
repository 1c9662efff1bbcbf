// A text world that is not parley, through the same routes and the same play socket.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GameCatalogue } from '../../src/adapters/session/games.ts'
import { createWorldRegistry } from '../../src/host/world-registry.ts'
import { createEchoWorld } from '../../src/testing/echo-world.ts'
import { get, post, register } from '../../src/testing/play-api.ts'
import { PlayClient, type PlayFrame } from '../../src/testing/play-client.ts'
import { assertReplays } from '../../src/testing/session-replay.ts'
import { forEachStore } from '../../src/testing/stores.ts'
import { type SessionServer, startSessionServer } from './session-server.ts'

const echo = createEchoWorld()
const contents = (frames: readonly PlayFrame[]) =>
  frames.map((frame) => frame.content).filter((content) => content !== undefined)
const at = (server: SessionServer, id: string) => `${server.url.replace('http', 'ws')}/api/play/game/${id}/ws`

forEachStore(
  'second world: it is started, played, resumed after a restart, ended and read back as parley is',
  async (store, services) => {
    const first = await startSessionServer(store, { worlds: [echo] })
    services.atEnd(() => first.close())
    const key = await register(first)
    const names = (await get(first, '/api/games/list')).body.games.map((game: { name: string }) => game.name)
    assert.deepEqual(names.slice(-1), ['Echo'])
    assert.equal(names.length, 6)
    const setup = (await get(first, '/api/play/setup/echo', key)).body
    assert.deepEqual([setup.can_start, setup.pcs, setup.npcs], [true, [], []])
    const refused = await post(first, '/api/play/game', { api_key: key, game: 'Echo', pc_choice: 'ODA' })
    assert.equal(refused.status, 400)
    const { body } = await post(first, '/api/play/game', { api_key: key, game: 'Echo' })
    const id: string = body.session_id
    const player = new PlayClient(at(first, id), key)
    assert.deepEqual(await player.until('turn_end'), [
      { type: 'session_meta', session_id: id, pc_hid: '', npc_hid: '', has_game_feedback: false },
      {
        ...{ type: 'event', session_id: id, event_type: 'ai', content: 'Hello.' },
        event_id: player.frames[1]?.event_id,
      },
      { type: 'turn_end', session_id: id, turns: 1, exited: false },
    ])
    assert.deepEqual(contents(await player.advance('Ahoy.')), ['You said: Ahoy.'])
    assert.deepEqual(contents(await player.advance('ask why?')), ['The stand-in heard: why?'])
    await player.close()

    const again = new PlayClient(at(first, id), key)
    const replay = await again.until('replay_end')
    assert.deepEqual(contents(replay), ['Hello.', 'Ahoy.', 'You said: Ahoy.', 'ask why?', 'The stand-in heard: why?'])
    await first.crash()

    const second = await startSessionServer(store, { worlds: [echo] })
    services.atEnd(() => second.close())
    const resumed = new PlayClient(at(second, id), key)
    assert.equal((await resumed.until('replay_end')).at(-1)?.turns, 3)
    assert.equal((await resumed.advance('Still here.')).at(-1)?.turns, 4)
    const branch = await post(second, `/api/sessions/${id}/branch`, { at_turn: 2 }, key)
    assert.equal(branch.body.game_name, 'Echo')
    resumed.send({ type: 'close' })
    assert.equal((await resumed.until('closed')).at(-1)?.type, 'closed')
    const { session, events } = (await get(second, `/api/sessions/${id}/reconstruction`, key)).body
    assert.equal(session.termination_reason, 'received_close_request')
    assert.equal(session.pc_hid, null)
    assert.deepEqual(
      events.map((event: { seq: number }) => event.seq),
      events.map((_: unknown, index: number) => index + 1),
    )
    assert.equal(await assertReplays(second.services.log, id, echo), events.length - 1)
    const child = new PlayClient(at(second, branch.body.session_id), key)
    assert.equal((await child.until('replay_end')).at(-1)?.turns, 2)
    await child.close()
    const evaluated = await post(second, `/api/sessions/${id}/infer-intent/evaluation`, {}, key)
    assert.equal(evaluated.status, 409)
    assert.deepEqual([...first.faults, ...second.faults], [])
  },
)

forEachStore(
  'second world: an exception in it ends that session as an error, and no other',
  async (store, services) => {
    const server = await startSessionServer(store, { worlds: [echo] })
    services.atEnd(() => server.close())
    const key = await register(server)
    const play = async () => {
      const { body } = await post(server, '/api/play/game', { api_key: key, game: 'Echo' })
      const client = new PlayClient(at(server, body.session_id), key)
      await client.until('turn_end')
      return { id: String(body.session_id), client }
    }
    const [broken, well] = [await play(), await play()]
    broken.client.send({ type: 'advance', text: 'throw' })
    assert.equal((await broken.client.until('error')).at(-1)?.detail, 'Internal server error')
    await broken.client.closed
    assert.deepEqual(contents(await well.client.advance('Fine.')), ['You said: Fine.'])
    const back = new PlayClient(at(server, broken.id), key)
    await back.until('session_meta')
    back.send({ type: 'status' })
    assert.equal((await back.until('status')).at(-1)?.status, 'closed')
    const { status, termination_reason } = (await server.services.log.header(broken.id)) ?? {}
    assert.deepEqual([status, termination_reason], ['error', 'server_error'])
    await back.close()
    await well.client.close()
  },
)

test('games: two worlds with games of the same name are refused when a server starts', async () => {
  const worlds = await createWorldRegistry({ worlds: [createEchoWorld('1.0.0', 'infer_INTENT')] })
  await assert.rejects(GameCatalogue.load(worlds), { code: 'WORLD_INVALID' })
})
