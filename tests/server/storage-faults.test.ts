// A full disk, two servers on one folder, a world that crashes the process, and a stop with thousands of episodes.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startServer } from '../../src/server/app.ts'
import { LAUNCHER, runCommand, startProcess } from '../../src/testing/cli.ts'
import { DIES, deadlyWorld } from '../../src/testing/deadly-world.ts'
import { mountSmallDisk } from '../../src/testing/postgres.ts'
import { eventually, startServerProcess } from '../../src/testing/server-process.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { handshakeStatus, openWire, readJson } from '../../src/testing/wire.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-storage-'))
after(() => rmSync(folder, { recursive: true, force: true }))

async function post(url: string, body: object): Promise<{ status: number; json: any }> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url}/api/episodes`, { method: 'POST', headers, body: JSON.stringify(body) })
  return { status: response.status, json: await response.json() }
}

test('storage: a full disk is reported and refuses new episodes; once it clears, old and new ones play without a restart', async (t) => {
  const data = join(folder, 'full')
  mkdirSync(data)
  const unmount = mountSmallDisk(data, '12m')
  if (!unmount) return t.skip('this process may not mount a file system')
  t.after(unmount)
  const server = await startServer({
    dataDir: data,
    ...TEST_SERVER,
    logLevel: 'silent',
    version: '0.0.0-test',
    minFreeBytes: 1024 * 1024,
  })
  t.after(() => server.close())
  const { json } = await post(server.url, { world: 'paint-arena', players: [null, 'random'], tick_rate: 20 })
  const wire = await openWire(json.slots[0].socket)
  t.after(() => wire.close())
  const stepsOf = async () => (await readJson(`${server.url}/api/episodes/${json.episode.id}`)).steps
  await eventually('it plays', async () => ((await stepsOf()) > 3 ? true : undefined))
  const filler = join(data, 'filler')
  spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096'])
  const sick = await eventually('/readyz reports the disk and the journals', async () => {
    wire.send({ move: 'up', request_id: 1 })
    const ready = await readJson(`${server.url}/readyz`)
    const checks = ready.problems.map((each: { check: string }) => each.check)
    return checks.includes('disk') && checks.includes('journals') ? ready : undefined
  })
  assert.equal(sick.ok, false)
  const before = await stepsOf()
  const refused = await post(server.url, { world: 'paint-arena', players: ['sweep', 'random'], tick_rate: 20 })
  assert.ok(refused.status >= 500, `${refused.status}`)
  assert.match(refused.json.code, /FILE_UNWRITABLE|STORE_FULL/)
  rmSync(filler)
  await eventually('/readyz is well again', async () =>
    (await readJson(`${server.url}/readyz`)).ok ? true : undefined,
  )
  const resumed = await eventually('the old episode is resumed', async () => {
    const found = await readJson(`${server.url}/api/episodes/${json.episode.id}`)
    return found.status === 'live' ? found : undefined
  })
  assert.ok(resumed.steps >= 3 && before >= 3)
  const again = await openWire(json.slots[0].socket)
  t.after(() => again.close())
  await eventually('it plays on', async () => ((await stepsOf()) > resumed.steps ? true : undefined))
  const fresh = await post(server.url, { world: 'paint-arena', players: ['sweep', 'random'], tick_rate: 1000 })
  assert.equal(fresh.status, 201)
  await eventually('a new episode ends', async () =>
    (await readJson(`${server.url}/api/episodes/${fresh.json.episode.id}`)).status === 'finished' ? true : undefined,
  )
})

test('storage: when the disk fills up a second time, every episode still continues, and no player hears that it has ended', async (t) => {
  const data = join(folder, 'twice')
  mkdirSync(data)
  const unmount = mountSmallDisk(data, '48m')
  if (!unmount) return t.skip('this process may not mount a file system')
  const server = await startServerProcess(data)
  t.after(async () => {
    await server.crash()
    unmount()
  })
  const started: { id: string; socket: string }[] = []
  for (let nth = 0; nth < 60; nth++) {
    const { json } = await post(server.url, { world: 'paint-arena', players: [null, 'random'], tick_rate: 1 })
    started.push({ id: json.episode.id, socket: json.slots[0].socket })
  }
  const seen = new Set<number>()
  let isOver = false
  const watching = started.slice(0, 3).map(async ({ socket }) => {
    while (!isOver) {
      seen.add(await handshakeStatus(socket))
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  })
  const statusOf = async (id: string): Promise<string> => (await readJson(`${server.url}/api/episodes/${id}`)).status
  for (let nth = 0; nth < 2; nth++) {
    const filler = join(data, 'filler')
    spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=4096'])
    await eventually('an episode is suspended', async () =>
      (await Promise.all(started.map(({ id }) => statusOf(id)))).includes('unfinished') ? true : undefined,
    )
    rmSync(filler)
    await eventually('all are live', async () =>
      (await Promise.all(started.map(({ id }) => statusOf(id)))).every((status) => status === 'live')
        ? true
        : undefined,
    )
    for (const { socket } of started) {
      await eventually('it can be played', async () => ((await handshakeStatus(socket)) === 101 ? true : undefined))
    }
  }
  isOver = true
  await Promise.all(watching)
  assert.deepEqual(
    [...seen].filter((status) => ![101, 503].includes(status)),
    [],
  )
})

test('storage: a second server on a folder is refused, also in its own PID namespace', async (t) => {
  const data = join(folder, 'two')
  const first = await startServerProcess(data)
  t.after(() => first.stop())
  const plain = await runCommand(['serve', '--port', '0', '--data', data, '--no-showcase'])
  assert.equal(plain.status, 2, plain.err)
  assert.match(plain.err, /DATA_IN_USE/)
  const canUnshare = spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0
  if (!canUnshare) return t.skip('this process may not make PID namespaces')
  const args = ['--pid', '--fork', '--mount-proc', LAUNCHER, 'serve', '--port', '0', '--data', data, '--no-showcase']
  const inside = startProcess('unshare', args)
  await inside.sees(/DATA_IN_USE/)
  assert.equal(await inside.ended, 2)
})

test('storage: an old lock file with a living pid never blocks a start', async () => {
  const data = join(folder, 'stale')
  mkdirSync(data)
  writeFileSync(join(data, 'lock'), String(process.ppid))
  const server = await startServerProcess(data)
  assert.equal(await server.stop(), 0)
})

test('storage: an episode whose resume crashes the process is quarantined after three starts', async () => {
  const data = join(folder, 'loop')
  const world = join(folder, 'deadly.ts')
  writeFileSync(world, deadlyWorld(''))
  const first = await startServerProcess(data, ['--world', world])
  const { status, json } = await post(first.url, { world: 'deadly', players: ['talker'], tick_rate: 50 })
  assert.equal(status, 201, JSON.stringify(json))
  const url = `/api/episodes/${json.episode.id}`
  await eventually('ten steps', async () => ((await readJson(first.url + url)).steps > 10 ? true : undefined))
  await first.crash()
  writeFileSync(world, deadlyWorld(DIES))
  for (let start = 0; start < 3; start++) {
    const doomed = startProcess(LAUNCHER, [
      ...['serve', '--port', '0', '--data', data, '--no-showcase', '--json', '--world', world],
    ])
    assert.equal(await doomed.ended, null, doomed.text())
  }
  const last = await startServerProcess(data, ['--world', world])
  const found = await readJson(last.url + url)
  assert.deepEqual([found.status, found.problem?.code], ['broken', 'EPISODE_QUARANTINED'])
  assert.equal((await readJson(`${last.url}/readyz`)).ok, true)
  assert.equal(await last.stop(), 0)
})

test('storage: a stop with 1,900 live episodes ends in time, and the next start resumes them all', async () => {
  const data = join(folder, 'many')
  const first = await startServerProcess(data)
  const COUNT = 1900
  const ids: string[] = []
  let left = COUNT
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      const { status, json } = await post(first.url, { world: 'paint-arena', variant: 'duel', players: [null, null] })
      assert.equal(status, 201)
      ids.push(json.episode.id)
    }
  }
  await Promise.all(Array.from({ length: 32 }, work))
  assert.equal(await first.stop(), 0, first.command.text())
  const second = await startServerProcess(data)
  const { live_episodes: live } = await eventually('all are resumed', async () => {
    const ready = await readJson(`${second.url}/readyz`)
    return ready.ok ? ready : undefined
  })
  assert.equal(live, COUNT)
  assert.equal(await second.stop(), 0)
})
