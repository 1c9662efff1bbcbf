// The perception adapter of the server's live episodes: under each slot, and on the bare routes by token.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startServer } from '../../src/server/app.ts'
import { createAgentClient } from '../../src/testing/agent-client.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { until } from '../../src/testing/until.ts'
import { atEnd, createFolder } from './adapters.ts'

async function openServer(test: Parameters<typeof createFolder>[0], dataDir = createFolder(test)) {
  const server = await startServer({
    dataDir,
    ...TEST_SERVER,
    logLevel: 'silent',
    version: '0',
  })
  let isOpen = true
  const close = async (): Promise<void> => {
    if (isOpen) await server.close()
    isOpen = false
  }
  atEnd(test, close)
  return { url: server.url, close, dataDir }
}

async function begin(url: string, wanted: object): Promise<any> {
  const headers = { 'content-type': 'application/json' }
  return (await fetch(`${url}/api/episodes`, { method: 'POST', headers, body: JSON.stringify(wanted) })).json()
}

const errand = { world: 'frontier', variant: 'errand', seed: 1, players: [null], tick_rate: 100 }

test('live: an open slot is reachable under its own routes, and on the bare routes by its token', async (t) => {
  const { url } = await openServer(t)
  const started = await begin(url, errand)
  const [handle] = started.slots
  assert.equal(handle.perception, `${url}/api/episodes/${started.episode.id}/slots/0`)
  for (const base of [handle.perception, url]) {
    const agent = createAgentClient(base, handle.agent_id, handle.token)
    const seen = await agent.get('/perception')
    assert.deepEqual([seen.status, seen.body.agent_id], [200, 'agent-0'])
    const { status, body } = await agent.say('wait', { duration_seconds: 60 })
    assert.equal(status, 202)
    assert.equal((await agent.ends(body.command_id)).status, 'done')
    assert.equal((await agent.get('/frontier/status')).body.engine, 'frontier')
    const stream = await agent.stream()
    assert.equal((await stream.next()).type, 'perception')
  }
})

test('live: concurrent episodes keep their agents and commands separate', async (t) => {
  const { url } = await openServer(t)
  const [one, two] = [await begin(url, errand), await begin(url, errand)].map(({ slots: [handle] }) =>
    createAgentClient(handle.perception, handle.agent_id, handle.token),
  )
  const { body } = await one!.say('wait', { duration_seconds: 600 })
  assert.equal((await two!.say('noop')).status, 202)
  assert.equal((await two!.get(`/commands/${body.command_id}`)).status, 404)
})

test('live: errors for wrong episodes, slots and tokens reveal no more than they should', async (t) => {
  const { url } = await openServer(t)
  const { episode, slots } = await begin(url, { ...errand, variant: 'company', players: [null, null, null, null] })
  const get = async (path: string, token = slots[0].token): Promise<[number, string]> => {
    const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })
    const body: any = await response.json()
    return [response.status, body.error?.code ?? body.code]
  }
  assert.deepEqual(await get('/api/episodes/..%2f..%2fx/slots/0/perception'), [404, 'UNKNOWN_EPISODE'])
  assert.deepEqual(await get('/api/episodes/nowhere/slots/0/perception'), [404, 'UNKNOWN_EPISODE'])
  assert.deepEqual(await get(`/api/episodes/${episode.id}/slots/9/perception`), [404, 'SLOT_INVALID'])
  assert.deepEqual(await get(`/api/episodes/${episode.id}/slots/..%2f0/perception`), [404, 'SLOT_INVALID'])
  assert.deepEqual(await get(`/api/episodes/${episode.id}/slots/1/perception`), [403, 'TOKEN_REFUSED'])
  assert.deepEqual(await get(`/api/episodes/${episode.id}/slots/0/perception`, 'x'), [403, 'TOKEN_REFUSED'])
  assert.deepEqual(await get('/perception', 'x'), [403, 'TOKEN_REFUSED'])
  assert.equal((await fetch(`${url}/perception`)).status, 401)
  assert.equal((await get(`/api/episodes/${episode.id}/slots/0/perception`))[0], 200)
})

test('live: an episode that has ended is EPISODE_OVER, and a restart keeps tokens and commands', async (t) => {
  const first = await openServer(t)
  const { episode, slots } = await begin(first.url, { ...errand, tick_rate: 20 })
  const { token } = slots[0]
  const before = createAgentClient(first.url, 'agent-0', token)
  const { body } = await before.say('wait', { duration_seconds: 1200 })
  await until('the command to run', async () => {
    await before.get('/perception')
    return (await before.get(`/commands/${body.command_id}`)).body.status === 'running' ? true : undefined
  })
  await first.close()
  const second = await openServer(t, first.dataDir)
  const after = createAgentClient(second.url, 'agent-0', token)
  assert.equal((await after.get('/perception')).status, 200)
  assert.equal((await after.ends(body.command_id)).outcome, 'Time passes.')
  const short = await begin(second.url, { ...errand, config: { max_ticks: 1 }, tick_rate: 1000 })
  const agent = createAgentClient(short.slots[0].perception, 'agent-0', short.slots[0].token)
  await agent.get('/perception')
  const over = await until('the end of the episode', async () => {
    const seen = await agent.get('/perception')
    return seen.status === 200 ? undefined : seen
  })
  assert.deepEqual([over.status, over.body.error.code], [410, 'EPISODE_OVER'])
  assert.notEqual(short.episode.id, episode.id)
})
