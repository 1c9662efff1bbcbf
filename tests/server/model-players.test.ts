// The model of a server in slots of its episodes, over restarts.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createModelRoles } from '../../src/adapters/session/role-models.ts'
import { Meter, withMeter } from '../../src/models/meter.ts'
import { type Server, startServer } from '../../src/server/app.ts'
import { get, post } from '../../src/testing/play-api.ts'
import { eventually } from '../../src/testing/server-process.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'

test('model players: a model takes its slot again after a restart, and no other model plays under its name', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'paracosm-model-players-'))
  t.after(() => rmSync(dataDir, { recursive: true, force: true }))
  const asked: string[] = []
  const start = (model: string): Promise<Server> => {
    const client = {
      complete: () => {
        asked.push(model)
        const usage = { input_tokens: 10, output_tokens: 5, cost_usd: null }
        const text = '{"reasoning": "Paint.", "command": "wait", "params": {"duration_seconds": 60}}'
        return Promise.resolve({ text, model, finish: 'stop', usage })
      },
    }
    const names = { opener: model, updater: model, validator: model, scorer: model }
    const meter = new Meter({})
    return startServer({
      dataDir,
      ...TEST_SERVER,
      logLevel: 'silent',
      version: '0.0.0-test',
      sessions: { models: createModelRoles(withMeter(client, meter), meter, names) },
    })
  }
  const isAsked = (what: string): Promise<true> => {
    const before = asked.length
    return eventually(what, () => (asked.length > before ? true : undefined))
  }
  const first = await start('m1')
  const body = { world: 'paint-arena', players: ['model:m1', 'random'], tick_rate: 20, config: { max_ticks: 10_000 } }
  const { id } = (await post(first, '/api/episodes', body)).body.episode
  await isAsked('it plays')
  assert.deepEqual(await first.close(), [id])
  const other = await start('m2')
  const commands = async (at: Server): Promise<number> =>
    (await get(at, `/api/commands?episode_id=${id}`)).body.entries.length
  const given = await commands(other)
  const short = { ...body, players: ['model:m2', 'random'], config: { max_ticks: 100 } }
  const ran = (await post(other, '/api/episodes', short)).body.episode
  await isAsked('the other model plays elsewhere')
  await eventually('that episode has ended', async () =>
    (await get(other, `/api/episodes/${ran.id}`)).body.status === 'finished' ? true : undefined,
  )
  assert.equal((await get(other, `/api/episodes/${id}`)).body.status, 'live')
  assert.equal(await commands(other), given)
  await other.close()
  const again = await start('m1')
  t.after(() => again.close())
  await isAsked('it plays again')
  await eventually('its commands are recorded', async () => ((await commands(again)) > given ? true : undefined))
})
