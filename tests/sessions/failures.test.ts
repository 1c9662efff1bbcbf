// Failures below a session end only the current attempt: every promise settles, other sessions continue, and the player
// returns to an intact session.
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Store } from '../../src/store/store.ts'
import { openStore } from '../../src/store/store.ts'
import { get, post, register } from '../../src/testing/play-api.ts'
import { mountSmallDisk } from '../../src/testing/postgres.ts'
import { assertReplays } from '../../src/testing/session-replay.ts'
import { forEachStore, onSqlite, sharedPostgres } from '../../src/testing/stores.ts'
import { createEcho, createGate, ECHO, eventually, playEcho, reconnect } from './echo-play.ts'
import { startSessionServer } from './session-server.ts'

/** What another server does if it takes this one for dead. */
async function steal(store: Store, id: string): Promise<void> {
  await store.db
    .updateTable('sessions')
    .set((to) => ({
      claimed_by: 'another server',
      claimed_until: Date.now() + 3_600_000,
      claim_version: to('claim_version', '+', 1),
    }))
    .where('session_id', '=', id)
    .execute()
}

const age = (store: Store) => store.db.updateTable('sessions').set({ updated_at: 1 }).execute()

forEachStore(
  'sessions: a lost claim ends the attempt, and neither the sweep nor other sessions',
  async (store, services) => {
    const server = await startSessionServer(store, { worlds: [ECHO], isAlone: false })
    services.atEnd(() => server.close())
    const key = await register(server)
    const lost = await playEcho(server, key)
    const well = await playEcho(server, key)
    await steal(store, lost.id)
    const session = server.services.registry.peek(lost.id)
    lost.client.send({ type: 'advance', text: 'Anybody?' })
    const told = (await lost.client.until('error')).at(-1)
    assert.match(String(told?.detail), /Internal server error|Service unavailable/)
    await lost.client.closed
    await assert.rejects(async () => session?.exit('received close request'), { code: 'INTERRUPTED' })
    await assert.rejects(async () => session?.say('Again?', Date.now()), { code: 'INTERRUPTED' })
    assert.equal((await well.client.advance('Fine.')).at(-1)?.turns, 2)
    const left = await createEcho(server, key)
    await age(store)
    await server.services.registry.sweep()
    assert.equal((await server.services.log.header(left))?.termination_reason, 'session_ttl_expired')
    assert.equal((await server.services.log.header(lost.id))?.status, 'active', 'the other server has it')
    await (await playEcho(server, key)).client.close()
    await well.client.close()
  },
)

forEachStore('sessions: an idle session whose claim was lost is dropped by the renewal', async (store, services) => {
  const server = await startSessionServer(store, { worlds: [ECHO], isAlone: false })
  services.atEnd(() => server.close())
  const key = await register(server)
  const { id, client } = await playEcho(server, key)
  await steal(store, id)
  await client.closed
  assert.equal(server.services.registry.peek(id), undefined)
})

forEachStore(
  'sessions: a write that fails once costs one turn, and the player comes back to it',
  async (store, services) => {
    let failures = 0
    const failing: Store = {
      ...store,
      transaction(work) {
        if (failures === 0) return store.transaction(work)
        failures--
        return Promise.reject(new Error('the disk hiccuped'))
      },
    }
    const server = await startSessionServer(failing, { worlds: [ECHO] })
    services.atEnd(() => server.close())
    const key = await register(server)
    const { id, client } = await playEcho(server, key)
    const session = server.services.registry.peek(id)
    failures = 1
    client.send({ type: 'advance', text: 'One.' })
    await client.until('error')
    await client.closed
    await assert.rejects(async () => session?.exit('x'), { code: 'INTERRUPTED' })
    const again = await reconnect(server, id, key)
    assert.equal((await again.client.advance('Two.')).at(-1)?.turns, 2)
    await again.client.close()
    await assertReplays(server.services.log, id, ECHO)
  },
)

test('sessions: a full disk costs one turn; once it clears, nothing has to be restarted', async (context) => {
  const { mkdtempSync, rmSync } = await import('node:fs')
  const { tmpdir } = await import('node:os')
  const disk = mkdtempSync(join(tmpdir(), 'paracosm-full-'))
  mkdirSync(disk, { recursive: true })
  const unmount = mountSmallDisk(disk, '6m')
  if (!unmount) return context.skip('this process may not mount a small disk')
  const store = await openStore({ kind: 'sqlite', path: join(disk, 's.sqlite'), mode: 'create', runs: 'thread' })
  const server = await startSessionServer(store, { worlds: [ECHO] })
  try {
    const key = await register(server)
    const { id, client } = await playEcho(server, key)
    assert.throws(() => writeFileSync(join(disk, 'fill'), Buffer.alloc(16 * 1024 * 1024)), { code: 'ENOSPC' })
    // Small writes may still fit into existing pages: the conversation continues until one does not.
    let said = 0
    const talk = async (): Promise<void> => {
      for (; said < 500; said++) {
        client.send({ type: 'advance', text: 'x'.repeat(20_000) })
        if ((await client.until('turn_end', 'error')).at(-1)?.type === 'error') return
      }
      assert.fail('the disk is not full')
    }
    await talk()
    assert.match(String(client.frames.at(-1)?.detail), /Service unavailable|Internal server error/)
    await client.closed
    const refused = await post(server, '/api/play/game', { api_key: key, game: 'Echo', source: 'x' })
    assert.ok(refused.status === 200 || refused.status >= 500, String(refused.status))
    rmSync(join(disk, 'fill'))
    const again = await reconnect(server, id, key)
    assert.equal((await again.client.advance('Back.')).at(-1)?.type, 'turn_end')
    await again.client.close()
    await (await playEcho(server, key)).client.close()
    await assertReplays(server.services.log, id, ECHO)
  } finally {
    await server.close()
    await store.close()
    unmount()
    rmSync(disk, { recursive: true, force: true })
  }
})

forEachStore(
  'sessions: ten thousand of an old world and some that cannot be read never starve the healthy ones',
  async (store, services) => {
    const server = await startSessionServer(store, { worlds: [ECHO] })
    services.atEnd(() => server.close())
    const { log, registry } = server.services
    const key = await register(server)
    const template = await createEcho(server, key)
    const [header, line] = [await log.header(template), await log.journalHead(template)]
    assert.ok(header && line)
    const insert = async (prefix: string, count: number, lines: string): Promise<void> => {
      for (let from = 0; from < count; from += 1000) {
        const ids = Array.from({ length: Math.min(1000, count - from) }, (_, index) => `${prefix}${from + index}`)
        const rows = await store.db.selectFrom('sessions').selectAll().where('session_id', '=', template).execute()
        await store.db
          .insertInto('sessions')
          .values(
            ids.flatMap((session_id) => rows.map((row) => ({ ...row, session_id, updated_at: 1, status: 'paused' }))),
          )
          .execute()
        await store.db
          .insertInto('session_journals')
          .values(ids.map((session_id) => ({ session_id, part: 1, lines })))
          .execute()
      }
    }
    await insert('old-', 10_000, `${line.replace('"version":"1.0.0"', '"version":"0.9.0"')}\n`)
    await insert('torn-', 30, 'this is no journal\n')
    await insert('broken-', 30, `${line}\n{"step":0,"inputs":[[0,{"type":"nonsense"}]],"h":"00"}\n`)
    const healthy = await createEcho(server, key)
    await store.db.updateTable('sessions').set({ updated_at: 2 }).where('session_id', '=', healthy).execute()
    const swept = await startSessionServer(store, { worlds: [ECHO], ttlMs: 60_000, isAlone: false })
    services.atEnd(() => swept.close())
    await swept.services.registry.sweep()
    assert.equal((await log.header(healthy))?.termination_reason, 'session_ttl_expired')
    const open = await store.db
      .selectFrom('sessions')
      .select((count) => count.fn.countAll().as('n'))
      .where('session_id', 'like', 'old-%')
      .where('status', '!=', 'closed')
      .executeTakeFirst()
    assert.equal(Number(open?.n), 0)
    for (const id of ['torn-3', 'broken-7']) {
      const stored = await log.find(id)
      assert.deepEqual([stored?.standing, stored?.attempts, stored?.fault?.code], ['paused', 1, 'JOURNAL_CORRUPT'], id)
      assert.equal((await get(server, `/api/sessions/${id}/status`)).status, 200)
      assert.equal((await get(server, `/api/sessions/${id}/reconstruction`, key)).status, 200)
    }
    const faults = swept.faults.length
    await swept.services.registry.sweep()
    assert.equal(swept.faults.length, faults, 'what cannot be opened is not tried again at once')
    assert.equal(registry.size, 0)
  },
)

onSqlite(
  'sessions: a server with 2,000 sessions closes in time although five hang and one claim is lost',
  async (store, services) => {
    const server = await startSessionServer(store, { worlds: [ECHO], mode: 'free_play' })
    const { registry, games, log } = server.services
    const playable = games.require('Echo')
    const plan = { playable, pc: null, npc: null, overrides: {}, source: 'test', playerId: null }
    const ids: string[] = []
    for (let batch = 0; batch < 20; batch++) {
      const made = await Promise.all(Array.from({ length: 100 }, () => registry.create(plan)))
      ids.push(...made.map((header) => header.session_id))
    }
    const connection = () => ({ probe: () => Promise.resolve(true), drop: () => undefined })
    for (const id of ids) {
      const found = await registry.connect(id, connection())
      assert.equal(found.kind, 'session')
    }
    assert.equal(registry.size, 2000)
    const [hanging, stolen] = [ids.slice(100, 105), ids[200]]
    assert.ok(stolen)
    await steal(store, stolen)
    for (const id of hanging) {
      const session = registry.peek(id)
      assert.ok(session)
      Object.defineProperty(session, 'release', { value: () => new Promise(() => undefined) })
    }
    const began = performance.now()
    await server.close()
    const took = performance.now() - began
    assert.ok(took < 20_000, `${took} ms`)
    const standing = await store.db
      .selectFrom('sessions')
      .select('session_id')
      .where('claimed_by', 'is not', null)
      .execute()
    assert.deepEqual(standing.map((row) => row.session_id).sort(), [...hanging, stolen].sort())
    assert.equal((await log.header(ids[0] ?? ''))?.status, 'paused')
    void services
  },
)

test('sessions: if the database goes away while a model thinks, the player is informed and finds the turn again', async (context) => {
  const postgres = await sharedPostgres()
  if (typeof postgres === 'string') return context.skip(postgres)
  if (process.env.DATABASE_URL !== undefined) return context.skip('the server at DATABASE_URL belongs to somebody else')
  const store = await openStore({ kind: 'postgres', url: await postgres.createDatabase() })
  const gate = createGate()
  const server = await startSessionServer(store, { worlds: [ECHO], models: gate.models, isAlone: false })
  try {
    const key = await register(server)
    const { id, client } = await playEcho(server, key)
    client.send({ type: 'advance', text: 'ask why?' })
    await eventually('the model is asked', () => gate.asked() === 1)
    await eventually('the question is kept', async () => (await server.services.log.journal(id)).lines.length > 2)
    await postgres.stop()
    gate.open()
    assert.match(String((await client.until('error')).at(-1)?.detail), /^Service unavailable/)
    await client.closed
    const meanwhile = await get(server, `/api/sessions/${id}/status`)
    assert.equal(meanwhile.status, 503)
    assert.ok(meanwhile.headers.get('retry-after'))
    await postgres.start()
    const again = await reconnect(server, id, key)
    if (again.replay.at(-1)?.turns === 1) await again.client.until('turn_end')
    assert.equal((await again.client.advance('Thanks.')).at(-1)?.turns, 3)
    await again.client.close()
    await assertReplays(server.services.log, id, ECHO)
  } finally {
    await server.close()
    await store.close()
  }
})
