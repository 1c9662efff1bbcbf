import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { parseGameConfig } from '../../src/adapters/coworld/game-config.ts'
import { serveGame } from '../../src/adapters/coworld/game-process.ts'
import { socketUrl } from '../../src/adapters/coworld/pages/socket.ts'
import { serveReplays } from '../../src/adapters/coworld/replay-process.ts'
import { parseUriPolicy } from '../../src/adapters/coworld/uri-policy.ts'
import { memorySource } from '../../src/episode/byte-source.ts'
import type { EpisodeEnd } from '../../src/episode/episode-parts.ts'
import { JournalFile, verifyJournal } from '../../src/episode/journal-file.ts'
import { EpisodeService } from '../../src/host/episode-service.ts'
import { builtInWorlds } from '../../src/host/world-registry.ts'
import { runCommand, startCommand } from '../../src/testing/cli.ts'
import { handshakeStatus, openWire } from '../../src/testing/wire.ts'
import { paintArena } from '../../src/worlds/paint-arena/world.ts'

const TOKENS = ['token-of-slot-0', 'token-of-slot-1'] as const
const config = (more: object = {}) => ({
  tokens: TOKENS,
  players: [{ name: 'Ada' }, { name: 'Bob' }],
  width: 6,
  height: 5,
  max_ticks: 12,
  tick_rate: 60,
  player_connect_timeout_seconds: 30,
  ...more,
})

interface Game {
  readonly port: number
  readonly http: string
  readonly socket: (slot: number, token?: string) => string
  readonly end: Promise<EpisodeEnd>
  readonly stop: () => void
}

async function startGame(more: object = {}, uris: { resultsUri?: string; replayUri?: string } = {}): Promise<Game> {
  const stop = new AbortController()
  const listening = Promise.withResolvers<number>()
  const end = serveGame(paintArena, parseGameConfig(paintArena, config(more)), {
    episodes: new EpisodeService({ worlds: builtInWorlds() }),
    host: '127.0.0.1',
    port: 0,
    signal: stop.signal,
    onListening: ({ port }) => listening.resolve(port),
    ...uris,
  })
  end.catch(() => undefined)
  const port = await listening.promise
  const socket = (slot: number, token: string = TOKENS[slot] ?? '') =>
    `ws://127.0.0.1:${port}/player?slot=${slot}&token=${token}`
  return { port, http: `http://127.0.0.1:${port}`, socket, end, stop: () => stop.abort() }
}

test('game: health and pages answer 2xx without redirect, under the paths of both generations', async () => {
  const game = await startGame()
  for (const path of [
    '/healthz',
    '/clients/player?slot=0&token=x',
    '/clients/global',
    '/clients/admin',
    '/client/global',
    '/client/player',
  ]) {
    const response = await fetch(game.http + path, { redirect: 'manual' })
    assert.equal(response.status, 200, path)
  }
  assert.deepEqual(await (await fetch(`${game.http}/healthz`)).json(), { ok: true })
  const page = await (await fetch(`${game.http}/clients/global`)).text()
  for (const [, asset] of page.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)) {
    const response = await fetch(`${game.http}/clients/${asset}`)
    assert.equal(response.status, 200, asset)
  }
  assert.equal((await fetch(`${game.http}/nowhere`)).status, 404)
  assert.equal((await fetch(`${game.http}/clients/assets/..%2F..%2Fgame-adapter.ts`)).status, 404)
  game.stop()
})

test('game: a player without a valid slot and token is refused in the handshake with 403', async () => {
  const game = await startGame()
  const base = `ws://127.0.0.1:${game.port}/player`
  for (const query of [
    '?slot=0&token=bad',
    '?slot=1&token=bad',
    `?slot=1&token=${TOKENS[0]}`,
    '?slot=0',
    `?token=${TOKENS[0]}`,
    '',
    `?slot=x&token=${TOKENS[0]}`,
    `?slot=9&token=${TOKENS[0]}`,
    `?slot=-1&token=${TOKENS[0]}`,
    `?slot=1e0&token=${TOKENS[1]}`,
    `?slot=01&token=${TOKENS[1]}`,
  ]) {
    assert.equal(await handshakeStatus(base + query), 403, query)
  }
  assert.equal(await handshakeStatus(`ws://127.0.0.1:${game.port}/elsewhere`), 404)
  game.stop()
})

test('game: two players play to the end as the contract says; results, replay and exit follow', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm game '))
  const resultsUri = pathToFileURL(join(folder, 'deep', 'results.json')).href
  const replayUri = pathToFileURL(join(folder, 'replay.json')).href
  const game = await startGame({}, { resultsUri, replayUri })
  const ada = await openWire(game.socket(0))
  const first = await ada.next()
  assert.deepEqual(Object.keys(first).sort(), [
    'done',
    'height',
    'max_ticks',
    'paused',
    'player_names',
    'positions',
    'scores',
    'slot',
    'started',
    'tick',
    'tick_rate',
    'tile_owners',
    'type',
    'width',
  ])
  assert.deepEqual(
    [first.type, first.slot, first.started, first.player_names],
    ['observation', 0, false, ['Ada', 'Bob']],
  )
  const bob = await openWire(game.socket(1))
  ada.send({ move: 'right' })
  bob.send({ move: 'somersault' })
  bob.send('this is not JSON')
  const one = await ada.next((message) => message.tick === 1)
  assert.deepEqual(one.positions, [
    [1, 0],
    [5, 4],
  ])
  const late = await openWire(`ws://127.0.0.1:${game.port}/global`)
  const state = await late.next()
  assert.deepEqual([state.type, state.started, state.done], ['state', true, false])
  const [finalAda, finalBob] = await Promise.all(
    [ada, bob].map((wire) => wire.next((message) => message.type === 'final')),
  )
  assert.deepEqual([finalAda?.done, finalAda?.tick, finalAda?.slot, finalBob?.slot], [true, 12, 0, 1])
  const results = JSON.parse(readFileSync(join(folder, 'deep', 'results.json'), 'utf8'))
  assert.deepEqual(results, { scores: [5, 1], painted_tiles: [5, 1], ticks: 12 })
  const replay = JSON.parse(readFileSync(join(folder, 'replay.json'), 'utf8'))
  assert.deepEqual(
    [replay.frames.length, replay.frames[0].tick, replay.frames[11].tick, replay.results],
    [12, 1, 12, results],
  )
  assert.equal(readFileSync(join(folder, 'replay.json'), 'utf8').includes('token-of'), false)
  const journal = await JournalFile.from(memorySource(`${replay.journal.join('\n')}\n`))
  assert.equal((await verifyJournal(journal, () => paintArena)).divergence, undefined)
  assert.equal(await ada.closed, 1012)
  assert.deepEqual((await game.end).results, results)
  rmSync(folder, { recursive: true })
})

test('game: a player who disconnects returns to the same state, and keeps the last action meanwhile', async () => {
  const game = await startGame({ max_ticks: 40 })
  const bob = await openWire(game.socket(1))
  const ada = await openWire(game.socket(0))
  ada.send({ move: 'down' })
  await ada.next((message) => Number(message.tick) >= 2)
  ada.close()
  await ada.closed
  await bob.next((message) => Number(message.tick) >= 12)
  const again = await openWire(game.socket(0))
  const seen = await again.next()
  assert.equal(seen.type, 'observation')
  assert.deepEqual((seen.positions as number[][])[0], [0, 4])
  const other = await openWire(game.socket(0))
  assert.equal(await again.closed, 4001)
  await other.next((message) => message.type === 'final')
  await game.end
})

test('game: a command with a request id gets a receipt', async () => {
  const game = await startGame({ max_ticks: 30 })
  const [ada] = [await openWire(game.socket(0)), await openWire(game.socket(1))]
  ada.send({ move: 'right', request_id: 'r1' })
  const receipt = await ada.next((message) => message.type === 'receipt')
  assert.deepEqual([receipt.request_id, receipt.accepted], ['r1', true])
  game.stop()
})

test('game: viewers get a first message before any player connects; admin pauses and sets the pace', async () => {
  const game = await startGame({ max_ticks: 1000 })
  const viewer = await openWire(`ws://127.0.0.1:${game.port}/global`)
  assert.equal((await viewer.next()).started, false)
  await Promise.all([openWire(game.socket(0)), openWire(game.socket(1))])
  const admin = await openWire(`ws://127.0.0.1:${game.port}/admin`)
  await viewer.next((message) => Number(message.tick) > 0)
  admin.send({ command: 'pause' })
  const paused = await admin.next((message) => message.paused === true)
  admin.send({ command: 'tick_rate', tick_rate: 7 })
  assert.equal((await admin.next((message) => message.tick_rate === 7)).tick, paused.tick)
  admin.send({ command: 'dance' })
  assert.equal((await admin.next()).paused, true)
  admin.send({ command: 'resume' })
  await viewer.next((message) => Number(message.tick) > Number(paused.tick))
  game.stop()
})

test('game: configuration errors name their path', () => {
  const fault = (more: object) => {
    try {
      parseGameConfig(paintArena, config(more))
    } catch (error) {
      return String(error)
    }
    return 'accepted'
  }
  assert.match(fault({ width: 3 }), /\$\.width/)
  assert.match(fault({ tokens: ['a', 'b', 'c'] }), /players has 2 entries, but tokens has 3/)
  assert.match(fault({ tick_rate: 0 }), /\$\.tick_rate/)
  assert.match(fault({ colour: 'red' }), /colour/)
})

test('replay mode: the page answers, a missing uri is refused, and all frames arrive in one message', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-replays-'))
  const stop = new AbortController()
  const listening = Promise.withResolvers<number>()
  const served = serveReplays(paintArena, {
    host: '127.0.0.1',
    port: 0,
    policy: parseUriPolicy([folder]),
    isHosted: false,
    signal: stop.signal,
    onListening: listening.resolve,
    onFault: () => undefined,
  })
  const port = await listening.promise
  const ran = await runCommand(['run', 'paint-arena', 'sweep', 'greedy', '-o', folder, '--json'])
  assert.equal(ran.status, 0, ran.err)
  const journal = join(folder, 'journal.jsonl')
  const original = { config: {}, player_names: ['a', 'b'], frames: [{ tick: 1 }], results: {} }
  writeFileSync(join(folder, 'original.json'), JSON.stringify(original))
  writeFileSync(join(folder, 'original.json.z'), gzipSync(JSON.stringify(original)))
  assert.equal((await fetch(`http://127.0.0.1:${port}/clients/replay?uri=x`)).status, 200)
  assert.equal(await handshakeStatus(`ws://127.0.0.1:${port}/replay`), 403)
  const open = (name: string) =>
    openWire(`ws://127.0.0.1:${port}/replay?uri=${encodeURIComponent(pathToFileURL(join(folder, name)).href)}`)
  const ours = await openWire(`ws://127.0.0.1:${port}/replay?uri=${encodeURIComponent(journal)}`)
  const message = await ours.next()
  assert.deepEqual([message.type, (message.frames as unknown[]).length], ['replay', 100])
  ours.send({ type: 'seek', step: 50 })
  assert.deepEqual(await ours.next(), { type: 'control', command: { type: 'seek', step: 50 } })
  const frame = await ours.next((each) => each.type === 'frame')
  assert.equal((frame.frame as { tick: number }).tick, 50)
  for (const name of ['original.json', 'original.json.z']) {
    assert.deepEqual((await (await open(name)).next()).frames, original.frames, name)
  }
  const missing = await open('missing.json')
  assert.equal((await missing.next()).type, 'error')
  stop.abort()
  await served
  rmSync(folder, { recursive: true })
})

test('game process: configured over HTTP, it posts its results and exits with 0', async () => {
  const received: Record<string, string> = {}
  const host = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      received[`${request.method} ${request.url}`] = body
      if (request.method === 'GET')
        response.end(JSON.stringify(config({ max_ticks: 3, player_connect_timeout_seconds: 0 })))
      else response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(host.address() as AddressInfo).port}`
  const game = startCommand(['world', 'serve', 'paint-arena'], {
    env: {
      COGAME_CONFIG_URI: `${base}/config.json`,
      COGAME_RESULTS_URI: `${base}/results.json`,
      COGAME_SAVE_REPLAY_URI: `${base}/replay.json`,
      COGAME_HOST: '127.0.0.1',
      COGAME_PORT: '0',
    },
  })
  assert.equal(await game.ended, 0, game.text())
  assert.deepEqual(JSON.parse(received['POST /results.json'] ?? 'null'), {
    scores: [1, 1],
    painted_tiles: [1, 1],
    ticks: 3,
  })
  assert.equal(JSON.parse(received['POST /replay.json'] ?? 'null').frames.length, 3)
  assert.equal(Object.keys(received).at(-1), 'POST /results.json')
  host.close()
})

test('game process: an unsupported URI or an invalid configuration ends it at once with status 2', async () => {
  const start = (env: Record<string, string>) =>
    runCommand(['world', 'serve', 'paint-arena'], { env: { COGAME_HOST: '127.0.0.1', COGAME_PORT: '0', ...env } })
  const ftp = await start({ COGAME_CONFIG_URI: 'ftp://x/y' })
  assert.deepEqual([ftp.status, /scheme/.test(ftp.err)], [2, true])
  const gone = await start({ COGAME_CONFIG_URI: 'file:///nowhere/config.json' })
  assert.deepEqual([gone.status, /FILE_UNREADABLE/.test(gone.err)], [2, true])
})

test('pages: the sockets that pages open follow section 3.6', () => {
  const cases: [string, boolean, string][] = [
    ['http://h/clients/player?slot=0&token=abc&role=scout', true, 'ws://h/player?slot=0&token=abc&role=scout'],
    ['https://h/p/7/clients/global#top', true, 'wss://h/p/7/global'],
    ['https://h/clients/player?slot=9&address=https://h/x?slot=0&token=t', true, 'wss://h/x?slot=0'],
    ['http://h/clients/player?address=%2Fy%2Fplayer%3Fslot%3D1', true, 'ws://h/y/player?slot=1'],
    ['http://h/clients/player?address=', true, 'ws://h/player?address='],
    ['http://h/clients/replay?uri=file:///a', false, 'ws://h/replay?uri=file:///a'],
    ['http://h/q/clients/replay/x?uri=a', false, 'ws://h/q/replay/x?uri=a'],
    ['http://h/client/global', true, 'ws://h/global'],
  ]
  for (const [page, allowsAddress, socket] of cases) assert.equal(socketUrl(page, allowsAddress), socket)
})
