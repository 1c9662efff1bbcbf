// A client based only on the source text drives agents in three worlds.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { startProcess } from '../../src/testing/cli.ts'
import { openWorld } from './adapters.ts'

const CLIENT = join(import.meta.dirname, 'source_client.py')

const WORLDS = [
  { world: 'frontier', variant: 'errand' },
  { world: 'foundry', variant: 'first_slice' },
  { world: 'paint-arena', variant: 'default', bot: 'greedy' },
]

for (const { world, ...rest } of WORLDS) {
  test(`source client: an agent in ${world} perceives, commands and learns outcomes`, async (t) => {
    const { url, adapter, sink, episode } = await openWorld(t, { world, ...rest, tickRate: 40 })
    const client = startProcess('python3', [CLIENT, url, 'timmy', adapter.agents[0]!.token, '9'])
    const status = await client.ended
    assert.equal(status, 0, client.text())
    const lines = client
      .text()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.equal(lines.at(-1).engine, world)
    assert.equal(lines.filter((line) => line.outcome).length, 9)
    assert.ok(lines.some((line) => line.status === 'done'))
    assert.ok(
      lines.some((line) => line.probe === 409),
      'the agent was never busy',
    )
    assert.ok(sink.rows.every((row) => row.outcome !== null || row.command === 'noop'))
    assert.ok(sink.rows.every((row) => row.episode_id === episode.header.episode))
  })
}
