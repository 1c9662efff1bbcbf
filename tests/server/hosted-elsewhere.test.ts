// Two servers on one PostgreSQL: each hosts its own games, and leaves those of the other alone.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { LeagueTokens } from '../../src/store/leagues/tokens.ts'
import { openStore } from '../../src/store/store.ts'
import { eventually, type ServerProcess, startServerProcess } from '../../src/testing/server-process.ts'
import { sharedPostgres } from '../../src/testing/stores.ts'
import { openWire } from '../../src/testing/wire.ts'

const PATH = '/v2/coworlds/play/session'

test('hosted games: a server that starts on the same database ends none of another one, and says where they are', async (t) => {
  const postgres = await sharedPostgres()
  if (typeof postgres === 'string') return t.skip(postgres)
  const url = await postgres.createDatabase()
  const store = await openStore({ kind: 'postgres', url })
  const tokens = new LeagueTokens(store)
  const [alice, bob] = [(await tokens.issue('alice')).token, (await tokens.issue('bob')).token]
  await store.close()
  const env = { DATABASE_URL: url, PARACOSM_PII_KEY: Buffer.alloc(32, 7).toString('base64') }
  const folders = ['a', 'b'].map((name) => mkdtempSync(join(tmpdir(), `paracosm-hosts-${name}-`)))
  const running: ServerProcess[] = []
  t.after(async () => {
    for (const each of running) await each.crash()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })
  const serve = async (at: number): Promise<ServerProcess> => {
    const served = await startServerProcess(folders[at] ?? '', [], { env })
    running.push(served)
    return served
  }
  const post = async (served: ServerProcess, path: string, token: string, body?: object) => {
    const answer = await fetch(served.url + PATH + path, {
      method: 'POST',
      headers: { 'x-auth-token': token, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { status: answer.status, body: (await answer.json()) as any }
  }
  const statusAt = async (served: ServerProcess, id: string): Promise<string> =>
    ((await (await fetch(`${served.url}${PATH}/${id}`)).json()) as { status: string }).status
  const first = await serve(0)
  const wanted = { coworld_id: 'cow_paint-arena', variant_id: null, allow_spectators: true }
  const { session_id: id } = (await post(first, '', alice, wanted)).body
  const other = await serve(1)
  assert.deepEqual([await statusAt(first, id), await statusAt(other, id)], ['lobby', 'lobby'])
  const refused = await post(other, `/${id}/join`, bob)
  assert.deepEqual([refused.status, refused.body.code], [421, 'OTHER_SERVER'])
  assert.equal((await post(other, `/${id}/terminate`, alice)).body.code, 'OTHER_SERVER')
  const connect = async (served: ServerProcess): Promise<void> => {
    for (const token of [alice, bob]) {
      const { status, body } = await post(served, `/${id}/join`, token)
      assert.equal(status, 200)
      await openWire(body.player_url.replace('http', 'ws').replace('/clients/', '/'))
    }
  }
  await connect(first)
  await eventually('it plays', async () => ((await statusAt(first, id)) === 'playing' ? true : undefined))
  assert.equal(await statusAt(other, id), 'playing')
  // Both come back in the other order.
  await first.crash()
  await other.crash()
  const otherAgain = await serve(1)
  assert.equal(await statusAt(otherAgain, id), 'playing')
  const again = await serve(0)
  await connect(again)
  await eventually('it plays again', async () => ((await statusAt(again, id)) === 'playing' ? true : undefined))
  assert.equal((await post(again, `/${id}/terminate`, alice)).body.status, 'ended')
  assert.equal(await statusAt(otherAgain, id), 'ended')
})
