// Several servers on one store: a session is playable on all of them, has the same state, and belongs to one at a time.
import assert from 'node:assert/strict'
import type { Store } from '../../src/store/store.ts'
import { get, register } from '../../src/testing/play-api.ts'
import { PlayClient } from '../../src/testing/play-client.ts'
import { assertReplays } from '../../src/testing/session-replay.ts'
import { forEachStore, type StoreServices } from '../../src/testing/stores.ts'
import { createEcho, ECHO, eventually, playEcho, reconnect, socketOf } from './echo-play.ts'
import { type SessionServer, startSessionServer } from './session-server.ts'

async function startTwo(store: Store, services: StoreServices): Promise<readonly [SessionServer, SessionServer]> {
  const a = await startSessionServer(store, { worlds: [ECHO], isAlone: false })
  const b = await startSessionServer(store, { worlds: [ECHO], isAlone: false })
  services.atEnd(() => a.close())
  services.atEnd(() => b.close())
  return [a, b]
}

forEachStore('servers: a session created on one is played on the other at once', async (store, services) => {
  const [a, b] = await startTwo(store, services)
  const key = await register(a)
  for (let round = 0; round < 5; round++) {
    const id = await createEcho(a, key)
    const client = new PlayClient(socketOf(b, id), key)
    const opening = await client.until('turn_end')
    assert.deepEqual(
      opening.map((frame) => frame.type),
      ['session_meta', 'event', 'turn_end'],
      'the first connection has no replay',
    )
    await client.close()
  }
  assert.deepEqual([...a.faults, ...b.faults], [])
})

forEachStore('servers: status and list are the same on both while one plays', async (store, services) => {
  const [a, b] = await startTwo(store, services)
  const key = await register(a)
  const { id, client } = await playEcho(b, key)
  await client.advance('One.')
  const both = async (status: string, turns: number): Promise<void> => {
    for (const server of [a, b]) {
      const { body } = await get(server, `/api/sessions/${id}/status`)
      assert.deepEqual(body, { status, game_name: 'Echo', turns })
      const [entry] = (await get(server, '/api/sessions/list', key)).body.sessions
      assert.deepEqual(
        [entry.session_id, entry.status, entry.turns, entry.exited],
        [id, status, turns, status === 'closed'],
      )
    }
  }
  await both('active', 2)
  await client.close()
  await eventually('it is paused', async () => (await a.services.log.find(id))?.standing === 'paused')
  await both('paused', 2)
  const again = await reconnect(a, id, key)
  await again.client.advance('Two.')
  await both('active', 3)
  again.client.send({ type: 'close' })
  await again.client.until('closed')
  await both('closed', 3)
})

forEachStore(
  'servers: of two that race for a session one gets it, and the other says that it is taken',
  async (store, services) => {
    const [a, b] = await startTwo(store, services)
    const key = await register(a)
    for (let round = 0; round < 10; round++) {
      const id = await createEcho(a, key)
      const clients = [a, b, a, b].map((server) => new PlayClient(socketOf(server, id), key))
      const firsts = await Promise.all(clients.map(async (client) => (await client.until('session_meta', 'error'))[0]))
      const refused = firsts.filter((frame) => frame?.type === 'error')
      assert.equal(refused.length, 3)
      for (const frame of refused) assert.equal(frame?.detail, 'Session already connected')
      const winner = clients[firsts.findIndex((frame) => frame?.type === 'session_meta')]
      await winner?.until('turn_end')
      await winner?.close()
    }
    assert.deepEqual([...a.faults, ...b.faults], [])
  },
)

forEachStore('servers: a player who comes and goes quickly is never dropped', async (store, services) => {
  const [a, b] = await startTwo(store, services)
  const key = await register(a)
  const { id, client } = await playEcho(a, key)
  await client.close()
  let turns = 1
  for (let round = 0; round < 30; round++) {
    const next = await reconnect(round % 3 === 2 ? b : a, id, key)
    assert.equal((await next.client.advance(`Round ${round}.`)).at(-1)?.turns, ++turns)
    // Sometimes in the middle of a turn.
    if (round % 5 === 4) {
      next.client.send({ type: 'advance', text: 'And off.' })
      next.client.socket.close()
      await next.client.closed
      await eventually('the last word is kept or was not heard', async () => {
        const stored = await store.db
          .selectFrom('sessions')
          .select(['turns_completed', 'claimed_by'])
          .where('session_id', '=', id)
          .executeTakeFirst()
        turns = stored?.turns_completed ?? turns
        return stored?.claimed_by === null
      })
    } else await next.client.close()
  }
  await assertReplays(a.services.log, id, ECHO)
  assert.deepEqual([...a.faults, ...b.faults], [])
})
