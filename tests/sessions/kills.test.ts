import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sharedPostgres } from '../../src/testing/stores.ts'
import { killSessions } from './kills.ts'

void sharedPostgres()

test('sessions: kills of the server lose no answered turn and duplicate none (sqlite)', async () => {
  const report = await killSessions(4)
  assert.ok(report.turns > 0)
})

test('sessions: kills of the server lose no answered turn and duplicate none (postgres)', async (context) => {
  const server = await sharedPostgres()
  if (typeof server === 'string') return context.skip(server)
  const report = await killSessions(1, { DATABASE_URL: await server.createDatabase() })
  assert.ok(report.turns > 0)
})
