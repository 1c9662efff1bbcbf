// A server whose PostgreSQL connections break under load, through the real process.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { startCommand } from '../../src/testing/cli.ts'
import { sharedPostgres } from '../../src/testing/stores.ts'

void sharedPostgres()
const RECOVERY_MS = 30_000

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
