// The client of one slot over a connection that breaks: commands are sent or reported, and never lost in silence.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createClient } from '../../src/client/index.ts'
import type { JsonObject } from '../../src/protocol/json.ts'
import { startServer } from '../../src/server/app.ts'
import { startProxy } from '../../src/testing/cutting-proxy.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { until } from '../../src/testing/until.ts'

test('slot play: a command without a connection is reported, one after the reconnection is played', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-slot-play-'))
  const server = await startServer({ dataDir: folder, ...TEST_SERVER, logLevel: 'silent', version: '0.0.0-test' })
  const proxy = await startProxy(server.url)
  const { episode, slots } = await createClient({ url: server.url }).episodes.start({
    world: 'frontier',
    variant: 'errand',
    players: [null],
    tick_rate: 20,
  })
  const seen: JsonObject[] = []
  const refused: string[] = []
  let losses = 0
  const play = createClient({ url: proxy.url }).episodes.play(episode.id, 0, slots[0]!.token, {
    observation: (observation) => void seen.push(observation),
    refused: (reason, code) => void refused.push(`${code}: ${reason}`),
    lost: () => {
      losses++
      play.send({ command: 'noop', params: {} })
    },
    closed: (why) => assert.fail(why),
  })
  try {
    await until('an observation', () => seen[0])
    proxy.cut()
    await until('the loss', () => losses || undefined)
    assert.deepEqual(refused, ['UNREACHABLE: there is no connection to the server'])
    const before = seen.length
    await until('an observation after the loss', () => seen[before])
    play.send({ command: 'wait', params: { duration_seconds: 60 } })
    await until('the command in an observation', () =>
      seen.find(({ command }) => JSON.stringify(command ?? null).includes('"wait"')),
    )
    assert.equal(refused.length, 1)
    play.leave()
    play.send({ command: 'noop', params: {} })
    assert.equal(refused.length, 1)
  } finally {
    play.leave()
    await proxy.close()
    await server.close()
    rmSync(folder, { recursive: true })
  }
})
