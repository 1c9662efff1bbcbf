import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { JournalFile, verifyJournal } from '../../src/episode/journal-file.ts'
import { Chain, splitHash } from '../../src/kernel/journal.ts'
import type { EpisodePage } from '../../src/protocol/catalogue.ts'
import { startServer } from '../../src/server/app.ts'
import { startCommand } from '../../src/testing/cli.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { until } from '../../src/testing/until.ts'
import { handshakeStatus, openWire, readJson } from '../../src/testing/wire.ts'
import { paintArena } from '../../src/worlds/paint-arena/world.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-server-'))
after(() => rmSync(folder, { recursive: true }))

const options = (name: string) => ({
  dataDir: join(folder, name),
  ...TEST_SERVER,
  logLevel: 'silent' as const,
  version: '0.0.0-test',
})

async function post(url: string, body: unknown): Promise<{ status: number; json: any }> {
  const response = await fetch(`${url}/api/episodes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  return { status: response.status, json: await response.json() }
}

const match = { world: 'paint-arena', variant: 'duel', seed: 5, tick_rate: 1000 }

test('server: it is live and ready, lists worlds, and serves its OpenAPI 3.1 document', async () => {
  const server = await startServer(options('health'))
  assert.deepEqual(await readJson(`${server.url}/healthz`), { status: 'ok' })
  assert.deepEqual(await readJson(`${server.url}/readyz`), { ok: true, live_episodes: 0, problems: [] })
  const worlds = await readJson(`${server.url}/api/worlds`)
  assert.ok(worlds.some((world: { id: string }) => world.id === 'paint-arena'))
  const openapi = await readJson(`${server.url}/openapi.json`)
  assert.equal(openapi.openapi, '3.1.0')
  for (const [path, operations] of Object.entries<Record<string, { responses: object }>>(openapi.paths)) {
    for (const method of Object.keys(operations)) {
      assert.match(method, /^(get|post|put|delete)$/, path)
      const url = server.url + path.replace('{id}', 'paint-arena')
      assert.notEqual((await fetch(url, { method: method.toUpperCase() })).status, 405, path)
    }
  }
  for (const path of [
    '/healthz',
    '/readyz',
    '/api/worlds',
    '/api/worlds/{id}',
    '/api/episodes',
    '/api/episodes/{id}',
    '/api/episodes/{id}/journal.jsonl',
    '/api/episodes/{id}/journal.jsonl.zst',
    '/api/episodes/{id}/results.json',
    '/api/episodes/{id}/replay.json',
    '/api/commands',
    '/perception',
    '/command',
    '/api/episodes/{id}/slots/{slot}/perception',
    '/api/status',
    '/api/server/config',
    '/api/player/registration',
    '/api/player/auth',
    '/api/games/list',
    '/api/characters/list',
    '/api/characters',
    '/api/characters/{character_id}',
    '/api/play/setup/{game_name}',
    '/api/play/game',
    '/api/sessions/list',
    '/api/sessions/{id}/status',
    '/api/sessions/{id}/reconstruction',
    '/api/sessions/{id}/branch',
    '/api/sessions/{id}/spectators',
    '/api/sessions/{id}/infer-intent/evaluation',
    '/api/sessions/{id}/events/{event_id}/feedback',
  ]) {
    assert.ok(openapi.paths[path], `${path} is missing`)
  }
  await server.close()
})

test('server: a match of bots runs and is archived, and its artefacts verify', async () => {
  const server = await startServer(options('bots'))
  const { status, json } = await post(server.url, { ...match, players: ['greedy', 'random'] })
  assert.equal(status, 201)
  const id = json.episode.id as string
  const viewer = await openWire(`${server.url.replace('http', 'ws')}/episodes/${id}/global`)
  const done = await viewer.next((message) => message.done === true)
  assert.equal(done.tick, 60)
  const path = `${server.url}/api/episodes/${id}`
  const summary = await until('the end of the episode', async () => {
    const found = await readJson(path)
    return found.status === 'live' ? undefined : found
  })
  assert.deepEqual([summary.status, summary.steps, summary.results.scores], ['finished', 60, done.scores])
  assert.deepEqual(await readJson(`${path}/results.json`), summary.results)
  for (const name of ['journal.jsonl', 'journal.jsonl.zst']) {
    const response = await fetch(`${path}/${name}`)
    assert.equal(response.status, 200)
    writeFileSync(join(folder, name), Buffer.from(await response.arrayBuffer()))
    const file = await JournalFile.open(join(folder, name))
    const replay = await verifyJournal(file, () => paintArena)
    assert.deepEqual([replay.divergence, replay.hash], [undefined, summary.hash])
    await file.close()
  }
  assert.equal((await readJson(`${path}/replay.json`)).frames.length, 60)
  const replay = await openWire(`${server.url.replace('http', 'ws')}/episodes/${id}/replay`)
  assert.equal(((await replay.next()).frames as unknown[]).length, 60)
  const page = (await (
    await fetch(`${server.url}/api/episodes?status=finished&world=paint-arena`)
  ).json()) as EpisodePage
  assert.deepEqual([page.total_count, page.entries[0]?.id], [1, id])
  const shared = await fetch(`${server.url}/episodes/${id}/clients/global`, { redirect: 'manual' })
  assert.deepEqual([shared.status, shared.headers.get('location')], [302, `/episodes/${id}/clients/replay`])
  await server.close()
})

test('server: errors are problems with a stable code, and nothing is started', async () => {
  const server = await startServer(options('faults'))
  const cases: [unknown, number, string][] = [
    ['{', 400, 'JSON_MALFORMED'],
    [{}, 422, 'VALIDATION_ERROR'],
    [{ ...match, players: ['greedy', 'random'], colour: 1 }, 422, 'VALIDATION_ERROR'],
    [{ ...match, world: 'atlantis', players: ['x'] }, 404, 'UNKNOWN_WORLD'],
    [{ ...match, variant: 'vast', players: ['greedy', 'random'] }, 404, 'UNKNOWN_VARIANT'],
    [{ ...match, players: ['greedy', 'nobody'] }, 404, 'UNKNOWN_BOT'],
    [{ ...match, players: ['greedy'] }, 422, 'CONFIG_INVALID'],
    [{ ...match, players: ['greedy', 'random'], config: { width: 99 } }, 422, 'CONFIG_INVALID'],
    [{ ...match, seed: -1, players: ['greedy', 'random'] }, 422, 'VALIDATION_ERROR'],
    [JSON.stringify({ ...match, players: ['x'.repeat(2 * 1024 * 1024)] }), 413, 'BODY_TOO_LARGE'],
  ]
  for (const [body, status, code] of cases) {
    const answer = await post(server.url, body)
    assert.deepEqual([answer.status, answer.json.code], [status, code], JSON.stringify(answer.json))
    assert.ok(answer.json.message && answer.json.hint)
  }
  const get = async (path: string) => (await fetch(server.url + path)).status
  assert.deepEqual(
    await Promise.all(
      [
        '/api/episodes/none',
        '/api/episodes/none/journal.jsonl',
        '/api/episodes/..%2f..%2fetc/journal.jsonl',
        '/api/episodes?limit=0',
        '/nowhere',
        '/episodes/none/clients/replay',
        '/api/worlds/atlantis',
      ].map(get),
    ),
    [404, 404, 404, 422, 404, 404, 404],
  )
  assert.equal(await handshakeStatus(`${server.url.replace('http', 'ws')}/episodes/none/global`), 404)
  assert.equal((await readJson(`${server.url}/readyz`)).live_episodes, 0)
  await server.close()
})

test('server: people take slots with their tokens; a stop leaves the match unfinished and the next start resumes it', async () => {
  const first = await startServer(options('people'))
  const { json } = await post(first.url, { ...match, tick_rate: 10, players: [null, 'greedy'] })
  const [handle] = json.slots
  const ada = await openWire(handle.socket)
  assert.equal((await ada.next()).type, 'observation')
  assert.equal(await handshakeStatus(handle.socket.replace(/token=[^&]+/, 'token=wrong')), 403)
  ada.send({ move: 'right' })
  const seen = await ada.next((message) => Number(message.tick) >= 3)
  assert.deepEqual(await first.close(), [json.episode.id])

  const second = await startServer(options('people'))
  assert.equal(second.resumed, 1)
  const back = await openWire(handle.socket.replace(new URL(first.url).host, new URL(second.url).host))
  const again = await back.next()
  assert.ok(Number(again.tick) >= Number(seen.tick), `${again.tick} after ${seen.tick}`)
  const final = await back.next((message) => message.type === 'final')
  assert.equal(final.tick, 60)
  await second.close()
})

test('serve: an explicit port is used or refused, and an interrupt ends the server gracefully', async () => {
  const blocker = createServer()
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve))
  const { port } = blocker.address() as AddressInfo
  const env = { PARACOSM_DATA: join(folder, 'serve') }
  const refused = startCommand(['serve', '--port', String(port)], { env })
  assert.notEqual(await refused.ended, 0)
  assert.match(refused.text(), /PORT_IN_USE/)
  const command = startCommand(['serve', '--port', '0'], { env })
  const [, url = ''] = await command.sees(/Paracosm is at (\S+)/)
  const list = async () => (await readJson(`${url}/api/episodes?status=live`)).entries
  const live = await until('a match of the showcase', async () => {
    const found = await list()
    return found.length === 0 ? undefined : found
  })
  assert.match(live[0].id, /^showcase-/)
  command.kill('SIGINT')
  assert.equal(await command.ended, 0)
  assert.match(command.text(), /The next start resumes: showcase-/)
  const again = startCommand(['serve', '--port', '0'], { env: { PARACOSM_DATA: join(folder, 'serve') } })
  await again.sees(/Resumed \d+ unfinished episodes?\./)
  again.kill('SIGTERM')
  assert.equal(await again.ended, 0)
  blocker.close()
})

test('serve: no log line contains a token, not even at the most verbose level', async (context) => {
  const command = startCommand(['serve', '--port', '0', '--no-showcase', '--log', 'debug'], {
    env: { PARACOSM_DATA: join(folder, 'logs') },
  })
  context.after(() => command.kill('SIGKILL'))
  const [, url = ''] = await command.sees(/Paracosm is at (\S+)/)
  const { json } = await post(url, { ...match, players: [null, 'greedy'] })
  const [handle] = json.slots
  assert.equal((await fetch(handle.page)).status, 200)
  const wire = await openWire(handle.socket)
  await wire.next((message) => message.type === 'final')
  await command.sees(/episode\.finished/)
  command.kill('SIGTERM')
  await command.ended
  assert.match(command.text(), /clients\/player/)
  assert.equal(command.text().includes(handle.token), false)
})

test('server: an unfinished episode of another world version stays in the list with the reason, and nothing is lost', async () => {
  const first = await startServer(options('versions'))
  const { json } = await post(first.url, { ...match, tick_rate: 5, players: ['greedy', 'random'] })
  const { id } = json.episode
  await first.close()
  const path = join(folder, 'versions', 'live', id, 'journal.jsonl')
  const [header = '', ...rest] = readFileSync(path, 'utf8').trimEnd().split('\n')
  const chain = new Chain()
  const old = (chain.open(header)?.body ?? '').replace('"version":"1.0.0"', '"version":"0.9.0"')
  const sealed = new Chain()
  const lines = [sealed.seal(old, true), ...rest.map((line) => sealed.seal(splitHash(line)?.body ?? '', false))]
  writeFileSync(path, `${lines.join('\n')}\n`)
  const second = await startServer(options('versions'))
  assert.equal(second.resumed, 0)
  const summary = await readJson(`${second.url}/api/episodes/${id}`)
  assert.deepEqual([summary.status, summary.problem.code], ['broken', 'WORLD_VERSION'])
  await second.close()
  assert.equal(readFileSync(path, 'utf8'), `${lines.join('\n')}\n`)
})
