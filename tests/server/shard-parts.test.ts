// What belongs to a whole server belongs to its shards too: the database, worlds of the operator, the model and its costs,
// allowed origins, limits and full disks. What fails there, fails as it would without shards.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { runCommand } from '../../src/testing/cli.ts'
import { DIES, deadlyWorld } from '../../src/testing/deadly-world.ts'
import { startModelServer } from '../../src/testing/model-server.ts'
import { get, post } from '../../src/testing/play-api.ts'
import { mountSmallDisk } from '../../src/testing/postgres.ts'
import { childrenOf, eventually, type ServerProcess } from '../../src/testing/server-process.ts'
import { begin, NO_PROC, openShardServers, socketOf } from '../../src/testing/shard-servers.ts'
import { sharedPostgres } from '../../src/testing/stores.ts'
import { openWire } from '../../src/testing/wire.ts'

void sharedPostgres()

/** While its shard is coming back, the server may say that it does not answer. */
const episodeOf = (served: ServerProcess, id: string) =>
  eventually(`${id} is found`, async () => {
    const { status, body } = await get(served, `/api/episodes/${id}`)
    return status === 200 ? body : undefined
  })
const movesOn = async (served: ServerProcess, id: string): Promise<void> => {
  const { steps } = await episodeOf(served, id)
  await eventually(`${id} makes further steps`, async () =>
    (await episodeOf(served, id)).steps > steps ? true : undefined,
  )
}

test('shards: on PostgreSQL, episodes are played, continue after a kill, and are listed with their commands', {
  skip: NO_PROC,
}, async (t) => {
  const postgres = await sharedPostgres()
  if (typeof postgres === 'string') return t.skip(postgres)
  const served = await openShardServers(t).start(['--shards', '2'], { DATABASE_URL: await postgres.createDatabase() })
  const { id, slots } = await begin(served, { players: [null, 'random'] })
  const player = await openWire(slots[0]!.socket)
  player.send({ move: 'right', request_id: 'r1' })
  assert.equal((await player.next(({ type }) => type === 'receipt')).accepted, true)
  for (const shard of childrenOf(served.command.pid!)) process.kill(shard, 'SIGKILL')
  await player.closed
  await eventually('the player returns', () => openWire(slots[0]!.socket).catch(() => undefined))
  await movesOn(served, id)
  assert.equal((await post(served, `/api/episodes/${id}/end`, { reason: 'enough' })).status, 200)
  const [listed] = await eventually('the episode is listed as finished', async () => {
    const { entries } = (await get(served, '/api/episodes?status=finished')).body
    return entries.length > 0 ? entries : undefined
  })
  assert.equal(listed.id, id)
  const journal = await (await fetch(`${served.url}/api/episodes/${id}/journal.jsonl`)).text()
  assert.match(journal, /"right"/)
  await eventually('its commands are in the command log', async () =>
    (await get(served, `/api/commands?episode_id=${id}`)).body.entries?.length > 0 ? true : undefined,
  )
})

test('shards: a world that ends its process ends no other shard, and its episode is quarantined after three resumes', async (t) => {
  const { folder, start } = openShardServers(t)
  const world = join(folder, 'deadly.ts')
  writeFileSync(world, deadlyWorld(DIES))
  const served = await start(['--shards', '2', '--world', world])
  const other = await begin(served, { players: ['random', 'random'] })
  const viewer = await openWire(socketOf(served, `/api/episodes/${other.id}/live`))
  const { id } = await begin(served, { world: 'deadly', players: ['talker'], config: {}, tick_rate: 50 })
  assert.notEqual(id.slice(-3), other.id.slice(-3))
  const broken = await eventually('the episode is quarantined', async () => {
    const { status, body } = await get(served, `/api/episodes/${id}`)
    return status === 200 && body.status === 'broken' ? body : undefined
  })
  assert.equal(broken.problem.code, 'EPISODE_QUARANTINED')
  await eventually('the server is ready', async () =>
    (await get(served, '/readyz')).status === 200 ? true : undefined,
  )
  // The viewer of the other shard has been connected all the time.
  const { step } = (await viewer.next(({ type }) => type === 'frame')).frame as { step: number }
  const later = await viewer.next(({ type, frame }) => type === 'frame' && (frame as { step: number }).step > step)
  assert.ok(later)
  const fresh = await begin(served, { players: ['random', 'random'] })
  assert.equal(fresh.id.slice(-3), id.slice(-3))
})

test('shards: the model of the server plays there, one limit of tokens counts for all, and it returns after a kill', {
  skip: NO_PROC,
}, async (t) => {
  const step = '{"reasoning": "Paint.", "command": "wait", "params": {"duration_seconds": 60}}'
  const model = await startModelServer(() => step)
  t.after(() => model.close())
  const { start } = openShardServers(t)
  const args = ['--shards', '2', '--model', 'm1', '--base-url', model.url]
  const served = await start([...args, '--max-tokens', '1000000'], { OPENAI_API_KEY: 'k' })
  const ids: string[] = []
  for (let nth = 0; nth < 2; nth++) ids.push((await begin(served, { players: ['model:m1', 'random'] })).id)
  const isThought = (id: string) => async () => {
    const { entries } = (await get(served, `/api/commands?episode_id=${id}`)).body
    return entries?.length > 1 ? true : undefined
  }
  for (const id of ids) await eventually('the model plays', isThought(id))
  const { spent } = (await get(served, '/api/models')).body
  assert.ok(spent.calls >= 2, JSON.stringify(spent))
  const refused = await post(served, '/api/episodes', { world: 'paint-arena', players: ['model:m2', 'random'] })
  assert.deepEqual([refused.status, refused.body.code], [refused.status, 'MODEL_MISSING'])
  for (const shard of childrenOf(served.command.pid!)) process.kill(shard, 'SIGKILL')
  const before = model.asked.length
  for (const id of ids) await movesOn(served, id)
  await eventually('the model is asked again', () => (model.asked.length > before + 2 ? true : undefined))
})

test('shards: a full disk is reported by the server and refuses episodes; then old and new ones play without a restart', async (t) => {
  let unmount: (() => void) | undefined
  const { folder, start } = openShardServers(t, (at) => {
    unmount = mountSmallDisk(at, '48m')
    return unmount
  })
  if (!unmount) return t.skip('this process may not mount a file system')
  const served = await start(['--shards', '1'])
  const { id, slots } = await begin(served, { players: [null, 'random'] })
  const wire = await openWire(slots[0]!.socket)
  await movesOn(served, id)
  const filler = join(folder, 'filler')
  spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096'])
  const message = await eventually('/readyz names the shard', async () => {
    wire.send({ move: 'up', request_id: 1 })
    const { problems } = (await get(served, '/readyz')).body
    return problems.find(({ check }: { check: string }) => check === 'shards')?.message
  })
  assert.match(message, /Shard 1 does not work: .*ENOSPC/)
  const refused = await post(served, '/api/episodes', { world: 'paint-arena', players: ['sweep', 'random'] })
  assert.ok(refused.status >= 500, `${refused.status}`)
  assert.match(refused.body.code, /FILE_UNWRITABLE|STORE_FULL/)
  rmSync(filler)
  await eventually('the server is ready', async () =>
    (await get(served, '/readyz')).status === 200 ? true : undefined,
  )
  await eventually('the old episode is live', async () =>
    (await episodeOf(served, id)).status === 'live' ? true : undefined,
  )
  await openWire(slots[0]!.socket)
  await movesOn(served, id)
  await movesOn(served, (await begin(served, { players: ['sweep', 'random'] })).id)
})

test('shards: pages of an allowed origin read what a shard answers, and others do not', async (t) => {
  const served = await openShardServers(t).start(['--shards', '1', '--allow-origin', 'https://play.example'])
  const { id } = await begin(served, { players: ['random', 'random'] })
  const allowedFor = async (path: string, origin: string) => {
    const { headers } = await fetch(served.url + path, { headers: { origin } })
    return headers.get('access-control-allow-origin')
  }
  for (const path of [`/api/episodes/${id}`, `/api/episodes/${id}/journal.jsonl`, '/api/episodes']) {
    assert.equal(await allowedFor(path, 'https://play.example'), 'https://play.example', path)
    assert.equal(await allowedFor(path, 'https://elsewhere.example'), null, path)
  }
  const { headers } = await fetch(`${served.url}/api/episodes/${id}`)
  assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'self' https:\/\/play\.example/)
})

test('shards: 400 requests that never end do not keep others from their episodes', async (t) => {
  const served = await openShardServers(t).start(['--shards', '1'])
  const { id } = await begin(served, { players: ['random', 'random'] })
  const { hostname, port, host } = new URL(served.url)
  const head = `POST /api/episodes/${id}/pace HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`
  const sockets = Array.from({ length: 400 }, () => connect(Number(port), hostname).on('error', () => undefined))
  t.after(() => sockets.forEach((socket) => void socket.destroy()))
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.write(head, resolve))))
  await movesOn(served, id)
  await begin(served, { players: ['random', 'random'] })
  assert.ok(sockets.every(({ destroyed, bytesRead }) => !destroyed && bytesRead === 0))
})

test('shards: what ended in a shard is read, watched and forked by a server without', async (t) => {
  const { start } = openShardServers(t)
  const before = await start(['--shards', '1'])
  const { id } = await begin(before, { players: ['random', 'random'] })
  await movesOn(before, id)
  await post(before, `/api/episodes/${id}/end`, { reason: 'enough' })
  await eventually('it is archived', async () =>
    (await episodeOf(before, id)).status === 'finished' ? true : undefined,
  )
  assert.equal(await before.stop(), 0)
  const later = await start([])
  assert.equal((await episodeOf(later, id)).status, 'finished')
  assert.match(await (await fetch(`${later.url}/api/episodes/${id}/journal.jsonl`)).text(), /^\{.*"paint-arena"/)
  const replay = await openWire(socketOf(later, `/episodes/${id}/replay`))
  assert.ok(await replay.next())
})

test('shards: nobody starts a shard by hand', async (t) => {
  const { folder } = openShardServers(t)
  const { status, err } = await runCommand(['serve', '--port', '0', '--data', folder, '--shard'])
  assert.deepEqual([status, /USAGE: --shard is for processes that a server starts/.test(err)], [2, true], err)
})
