// Agents whose address names no episode: their token says which one, also while it is not running.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAgentClient } from '../../src/testing/agent-client.ts'
import { childrenOf, eventually, startServerProcess } from '../../src/testing/server-process.ts'
import { begin, NO_PROC, openShardServers } from '../../src/testing/shard-servers.ts'

/** Asks without a pause until `signal`; collects statuses, 0 when nobody listens. */
async function ask(look: () => Promise<{ status: number }>, signal: AbortSignal): Promise<readonly number[]> {
  const seen: number[] = []
  while (!signal.aborted) {
    const { status } = await look().catch(() => ({ status: 0 }))
    if (seen.at(-1) !== status) seen.push(status)
    await sleep(5)
  }
  return seen
}

test('agents: a restart is 503 until the episode of the token is resumed, never the end of it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-agents-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const first = await startServerProcess(folder)
  const started = []
  // Many, so that resuming them takes a while.
  for (let nth = 0; nth < 150; nth++) started.push(await begin(first, { players: [null, 'random'], tick_rate: 1 }))
  const { port } = new URL(first.url)
  await first.crash()
  const stop = new AbortController()
  const agents = started.map(({ slots: [slot] }) => {
    const agent = createAgentClient(`http://127.0.0.1:${port}`, slot!.agent_id, slot!.token)
    return { agent, path: `/perception?agent_id=${slot!.agent_id}` }
  })
  const watched = [0, 74, 149].map((at) => ask(() => agents[at]!.agent.get(agents[at]!.path), stop.signal))
  const second = await startServerProcess(folder, ['--port', port])
  t.after(() => second.crash())
  await eventually('all are resumed', async () => {
    const answers = await Promise.all(agents.map(({ agent, path }) => agent.get(path)))
    return answers.every(({ status }) => status === 200) ? true : undefined
  })
  stop.abort()
  for (const seen of await Promise.all(watched)) {
    assert.deepEqual(
      seen.filter((status) => ![0, 200, 503].includes(status)),
      [],
    )
  }
  const stranger = createAgentClient(second.url, 'agent-1', 'A'.repeat(22))
  assert.equal((await stranger.get('/perception?agent_id=agent-1')).status, 403)
})

test('agents: while their shard restarts, agents get 503 and then their perceptions again', {
  skip: NO_PROC,
}, async (t) => {
  const served = await openShardServers(t).start(['--shards', '2'])
  const { slots } = await begin(served, { players: [null, 'random'] })
  const [slot] = slots
  const agent = createAgentClient(served.url, slot!.agent_id, slot!.token)
  const path = `/perception?agent_id=${slot!.agent_id}`
  assert.equal((await agent.get(path)).status, 200)
  const stop = new AbortController()
  const watched = ask(() => agent.get(path), stop.signal)
  for (const shard of childrenOf(served.command.pid!)) process.kill(shard, 'SIGKILL')
  await sleep(100)
  await eventually('the agent perceives again', async () =>
    (await agent.get(path).catch(() => undefined))?.status === 200 ? true : undefined,
  )
  stop.abort()
  assert.deepEqual(
    (await watched).filter((status) => ![0, 200, 503].includes(status)),
    [],
  )
})
