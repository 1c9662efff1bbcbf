// A hosted game of an uploaded package with a secret: stored over HTTP, delivered to the game alone, and named when it is
// missing.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { WebSocket } from 'ws'
import { type Server, startServer } from '../../src/server/app.ts'
import { Coworlds } from '../../src/store/leagues/coworlds.ts'
import { openStore, storeInFolder } from '../../src/store/store.ts'
import { type SeededPackages, seedPackages } from '../../src/testing/hosted-packages.ts'
import { eventually } from '../../src/testing/server-process.ts'
import { createStandInEngine, type StandInEngine } from '../../src/testing/stand-in-engine.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-package-secrets-'))
const data = join(folder, 'main')
const fixture = new URL('../fixtures/coworld-node/', import.meta.url).pathname
const SECRET = 'the-key-of-a-model-4711'
let machine: StandInEngine
let seeded: SeededPackages
let server: Server
let coworld = ''

/** The counting game, once it has read its secret; it says it aloud, and refuses to play with another one. */
const GAME = `
import { readFileSync } from 'node:fs'
const { API_KEY_URI: uri, COGAME_REPLAY_SERVER, COGAME_LOAD_REPLAY_URI } = process.env
if (COGAME_REPLAY_SERVER === undefined && COGAME_LOAD_REPLAY_URI === undefined) {
  const value = readFileSync(new URL(uri), 'utf8')
  console.error('the key is', value)
  if (value !== ${JSON.stringify(SECRET)}) process.exit(4)
}
await import(${JSON.stringify(join(fixture, 'game.mjs'))})
`

before(async () => {
  machine = await createStandInEngine(folder)
  seeded = await seedPackages(data)
  const store = await openStore(storeInFolder(data, { mode: 'existing', runs: 'inline' }))
  const coworlds = new Coworlds(store)
  const [sound] = await coworlds.list(null, { limit: 1, offset: 0 })
  const manifest: any = JSON.parse(JSON.stringify(sound?.manifest))
  const path = join(folder, 'keyed.mjs')
  writeFileSync(path, GAME)
  manifest.game.name = 'keyed'
  manifest.game.runnable.run = [process.execPath, path]
  manifest.game.runnable.env = { API_KEY_URI: 'secret://coworld/keyed/api_key' }
  const certification = { status: 'trusted' as const, notes: null, checks: [] }
  const added = await coworlds.add({
    playerId: null,
    name: 'keyed',
    version: manifest.game.version,
    manifest: JSON.stringify(manifest),
    hash: 'sha256:keyed',
    bytes: 1,
    certification,
  })
  await coworlds.settle(added.coworld.id, { status: 'accepted', certification, images: [] })
  coworld = `cow_${added.coworld.id}`
  await store.close()
  server = await startServer({
    dataDir: data,
    ...TEST_SERVER,
    logLevel: 'silent',
    version: 'test',
    sessions: { adminKey: 'an admin key for tests' },
    uploads: {
      environment: { PATH: process.env.PATH ?? '' },
      engine: machine.command,
      engineEnvironment: machine.engine.environment,
      containers: machine.engine,
    },
  })
})
after(async () => {
  await server?.close()
  machine?.clear()
  rmSync(folder, { recursive: true, force: true })
})

async function send(path: string, token: string, { body, method = 'POST' }: { body?: string; method?: string } = {}) {
  const headers = {
    'x-auth-token': token,
    ...(method === 'POST' && body ? { 'content-type': 'application/json' } : {}),
  }
  const answer = await fetch(server.url + path, { method, headers, ...(body === undefined ? {} : { body }) })
  const text = await answer.text()
  assert.equal(answer.status, 200, `${path}: ${text}`)
  return JSON.parse(text)
}

/** Plays a game to its end. */
async function play(): Promise<any> {
  const body = JSON.stringify({ coworld_id: coworld, variant_id: null, allow_spectators: true })
  const { session_id: id } = await send('/v2/coworlds/play/session', seeded.alice, { body })
  for (const token of [seeded.alice, seeded.bob]) {
    const { player_url: page } = await send(`/v2/coworlds/play/session/${id}/join`, token)
    const socket = new WebSocket(page.replace('http', 'ws').replace('/clients/player', '/player'))
    socket.on('error', () => undefined)
    socket.once('open', () => {
      for (let times = 0; times < 3; times++) socket.send('{"add": 1}')
    })
  }
  return eventually('the game has ended', async () => {
    const found: any = await (await fetch(`${server.url}/v2/coworlds/play/session/${id}`)).json()
    return found.status === 'ended' ? found : undefined
  })
}

test('package secrets: a hosted game gets its secret, and nothing else shows it', async () => {
  const missing = await play()
  assert.deepEqual(
    [missing.reason, missing.results_url],
    ['API_KEY_URI needs the secret api_key of keyed, which is not stored', null],
  )
  const admin = 'an admin key for tests'
  await send('/v2/coworlds/secrets/keyed/api_key', admin, { method: 'PUT', body: SECRET })
  const ended = await play()
  assert.equal(ended.reason, null)
  assert.deepEqual(await (await fetch(ended.results_url)).json(), { scores: [3, 3] })
  // A game that gets another value says it, dies, and is quoted without it.
  await send('/v2/coworlds/secrets/keyed/api_key', admin, { method: 'PUT', body: `${SECRET}-changed` })
  const died = await play()
  assert.match(died.reason, /^the game exited.* status 4: the key is \[secret\]$/)
  const places = readdirSync(tmpdir()).filter((name) => /^paracosm-(?:game|secrets)-/.test(name))
  const found = spawnSync('grep', ['-r', '-l', '-a', '-s', SECRET, data, ...places.map((name) => join(tmpdir(), name))])
  assert.equal(String(found.stdout), '')
  // Its recordings stay open to everyone without it.
  await send('/v2/coworlds/secrets/keyed/api_key', admin, { method: 'DELETE' })
  const body = JSON.stringify({ coworld_id: coworld, replay_uri: ended.replay_url })
  const { viewer_url: viewer } = await send('/v2/coworlds/replays/session', seeded.bob, { body })
  assert.match(await (await fetch(viewer)).text(), /<title>count</)
})
