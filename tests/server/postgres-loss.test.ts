// A server whose PostgreSQL connections break under load, through the real process.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { startCommand } from '../../src/testing/cli.ts'
import { get, post } from '../../src/testing/play-api.ts'
import { eventually, startServerProcess } from '../../src/testing/server-process.ts'
import { sharedPostgres } from '../../src/testing/stores.ts'

void sharedPostgres()
const RECOVERY_MS = 60_000

async function terminateOurs(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = 'paracosm' and datname = current_database()`,
  )
  await client.end()
}

test('server: backends terminated under load cause 503s, and the server recovers without a restart', async (context) => {
  const postgres = await sharedPostgres()
  if (typeof postgres === 'string') return context.skip(postgres)
  const url = await postgres.createDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-loss-'))
  const server = startCommand(['serve', '--port', '0', '--data', folder], { env: { DATABASE_URL: url } })
  const stop = new AbortController()
  try {
    const [base] = await server.sees(/http:\/\/127\.0\.0\.1:\d+/)
    const seen = new Map<number, number>()
    const ask = async (): Promise<number> => {
      const answer = await fetch(`${base}/api/characters/list`)
      await answer.arrayBuffer()
      return answer.status
    }
    const load = Array.from({ length: 8 }, async () => {
      while (!stop.signal.aborted) {
        const status = await ask()
        seen.set(status, (seen.get(status) ?? 0) + 1)
      }
    })
    const answered = Promise.all(load)
    // A dead server rejects the requests before the rounds are over; the test reports it below.
    answered.catch(() => undefined)
    for (let round = 0; round < 20; round++) {
      await sleep(50)
      await terminateOurs(url)
    }
    stop.abort()
    await answered
    assert.deepEqual(
      [...seen.keys()].filter((status) => status !== 200 && status !== 503),
      [],
      server.text(),
    )
    const deadline = Date.now() + RECOVERY_MS
    while ((await ask()) !== 200) assert.ok(Date.now() < deadline, `no recovery: ${server.text()}`)
  } finally {
    stop.abort()
    server.kill('SIGTERM')
    await server.ended
    rmSync(folder, { recursive: true, force: true })
  }
})

test('server: what ends while the database is away is stored when it is back', async (context) => {
  const postgres = await sharedPostgres()
  if (typeof postgres === 'string') return context.skip(postgres)
  if (process.env.DATABASE_URL !== undefined) return context.skip('the server at DATABASE_URL belongs to somebody else')
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-loss-'))
  const served = await startServerProcess(folder, [], { env: { DATABASE_URL: await postgres.createDatabase() } })
  context.after(async () => {
    await served.crash()
    rmSync(folder, { recursive: true, force: true })
  })
  const body = { world: 'paint-arena', players: ['greedy', 'random'], config: { max_ticks: 40 }, tick_rate: 20 }
  const { id } = (await post(served, '/api/episodes', body)).body.episode
  const hosted = await post(served, '/v2/coworlds/play/session', { coworld_id: 'cow_paint-arena' })
  const game = `/v2/coworlds/play/session/${hosted.body.session_id}`
  await postgres.stop()
  assert.equal((await get(served, '/readyz')).status, 503)
  await eventually('the episode has ended', async () =>
    (await get(served, `/api/episodes/${id}`)).body.status === 'live' ? undefined : true,
  )
  await postgres.start()
  const found = await eventually('its end is stored', async () => {
    const { status, body: episode } = await get(served, `/api/episodes/${id}`)
    return status === 200 && episode.status === 'finished' ? episode : undefined
  })
  assert.equal(found.steps, 40)
  assert.equal(found.outcome.ended, 'terminated')
  const list = await eventually('it is listed', async () => {
    const { status, body: page } = await get(served, '/api/episodes?status=finished')
    return status === 200 ? page.entries : undefined
  })
  assert.deepEqual(
    list.map((entry: { id: string }) => entry.id),
    [id],
  )
  assert.equal((await get(served, game)).body.status, 'lobby')
})
