import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import type { CommandFilters } from '../protocol/command-log.ts'
import { aCommand, commandAt, NOON } from '../testing/commands.ts'
import { killAndCheckLog } from '../testing/log-crashes.ts'
import { mountSmallDisk } from '../testing/postgres.ts'
import { forEachStore, sharedPostgres } from '../testing/stores.ts'
import { CommandLog } from './command-log.ts'
import { selectRows } from './log-read.ts'
import { openStore } from './store.ts'

/** Process kills per backend. */
const KILLS = 15

forEachStore(`log: ${KILLS} kills under load lose nothing that was acknowledged`, async (_store, services) => {
  const target = await services.target()
  for (let life = 0; life < KILLS; life++) {
    const acknowledged = await killAndCheckLog(target, `life${life}`, 5 + life * 12)
    assert.ok(acknowledged >= 5)
  }
})

const at = (offset: number): string => new Date(NOON + offset).toISOString()

/** Each filter, and the index that its query must use. */
const PLANS: readonly (readonly [CommandFilters, string])[] = [
  [{}, 'commands_by_time'],
  [{ since: at(0) }, 'commands_by_time'],
  [{ since: at(0), until: at(1) }, 'commands_by_time'],
  [{ command_type: 'noop' }, 'commands_by_command'],
  [{ agent_id: 'ada' }, 'commands_by_agent_id'],
  [{ episode_id: 'a' }, 'commands_by_episode_id'],
  [{ episode_id: 'a', since: at(0), until: at(9) }, 'commands_by_episode_id'],
  [{ cell: 'Vivec' }, 'commands_by_cell'],
  [{ cell: 'Vivec', command_type: 'noop' }, 'commands_by_command_and_cell'],
  [{ world: 'frontier' }, 'commands_by_world'],
  [{ outcome: 'refused' }, 'commands_by_outcome_kind'],
  [{ outcome: 'pending' }, 'commands_by_outcome_kind'],
]

forEachStore('log: every filter reads its page in order from an index of its own, and sorts nothing', async (store) => {
  for (const [filters, index] of PLANS) {
    for (const order of ['newest', 'oldest'] as const) {
      for (const after of [undefined, { timestamp: NOON, id: 5 }]) {
        const compiled = selectRows(store, filters, { order, limit: 100, after }).compile()
        const plan = await store.db.connection().execute(async (db) => {
          if (store.kind === 'postgres') {
            // With only a few rows, its planner would prefer a full scan.
            await sql`set enable_seqscan = off`.execute(db)
            await sql`set enable_bitmapscan = off`.execute(db)
            await sql`set enable_sort = off`.execute(db)
          }
          const explain = store.kind === 'sqlite' ? 'explain query plan ' : 'explain '
          const { rows } = await db.executeQuery({ ...compiled, sql: explain + compiled.sql })
          return JSON.stringify(rows)
        })
        assert.match(plan, new RegExp(`${index}\\b`), `${JSON.stringify(filters)}: ${plan}`)
        assert.doesNotMatch(
          plan,
          /TEMP B-TREE|Sort|SCAN commands(?! USING)|Seq Scan/,
          `${JSON.stringify(filters)}: ${plan}`,
        )
      }
    }
  }
})

test('log: on a full disk an append is refused, and succeeds once there is room', async (context) => {
  const disk = mkdtempSync(join(tmpdir(), 'paracosm-full-'))
  const unmount = mountSmallDisk(disk, '4m')
  if (!unmount) return context.skip('this process may not mount a small disk')
  try {
    const store = await openStore({ kind: 'sqlite', path: join(disk, 'a.sqlite'), mode: 'create', runs: 'thread' })
    const log = new CommandLog(store)
    await log.append(commandAt(0))
    const filler = join(disk, 'filler')
    assert.throws(() => writeFileSync(filler, Buffer.alloc(8_000_000)), { code: 'ENOSPC' })
    const big = () => log.append(aCommand({ reasoning: 'x'.repeat(500_000) }))
    await assert.rejects(big(), { code: 'STORE_FULL' })
    assert.equal(await log.count(), 1)
    rmSync(filler)
    await big()
    assert.equal(await log.count(), 2)
    await store.close()
  } finally {
    unmount()
    rmSync(disk, { recursive: true, force: true })
  }
})

test('log: appends are refused while PostgreSQL is down and accepted once it is back, and keys are remembered', async (context) => {
  const server = await sharedPostgres()
  if (typeof server === 'string') return context.skip(server)
  if (process.env.DATABASE_URL) return context.skip('the server at DATABASE_URL is not ours to stop')
  const store = await openStore({ kind: 'postgres', url: await server.createDatabase() })
  const log = new CommandLog(store)
  const send = (key: string) => log.append(aCommand({ agent_id: 'ada' }), { idempotencyKey: key })
  assert.equal((await send('one')).isRepeat, false)
  await server.stop()
  await assert.rejects(send('two'), { code: 'STORE_UNAVAILABLE' })
  await server.start()
  assert.deepEqual([(await send('one')).isRepeat, (await send('two')).isRepeat], [true, false])
  assert.equal(await log.count(), 2)
  await store.close()
})
