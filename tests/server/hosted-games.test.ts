// Hosted games on a real server: lobby, slots, limits, spectators, expiry, and a kill while the lobby waits for players.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { WebSocket } from 'ws'
import { HostedJoin, HostedLobby, PlaySessionState } from '../../src/protocol/hosted-games.ts'
import { type Server, startServer } from '../../src/server/app.ts'
import { LeagueTokens } from '../../src/store/leagues/tokens.ts'
import { openStore, storeInFolder } from '../../src/store/store.ts'
import { runCommand, startCommand } from '../../src/testing/cli.ts'
import { eventually, startServerProcess } from '../../src/testing/server-process.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-hosted-'))
const PATH = '/v2/coworlds/play/session'
const FORWARDED = { 'x-forwarded-for': '203.0.113.7' }
let server: Server
let alice: string
let bob: string

async function tokensIn(data: string): Promise<[string, string]> {
  mkdirSync(data, { recursive: true })
  const store = await openStore(storeInFolder(data, { mode: 'create', runs: 'inline' }))
  const tokens = new LeagueTokens(store)
  const made = [await tokens.issue('alice'), await tokens.issue('bob')] as const
  await store.close()
  return [made[0].token, made[1].token]
}

const options = {
  ...TEST_SERVER,
  logLevel: 'error',
  version: 'test',
} as const

before(async () => {
  ;[alice, bob] = await tokensIn(join(folder, 'main'))
  server = await startServer({ ...options, dataDir: join(folder, 'main') })
})
after(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Sent {
  readonly token?: string
  readonly body?: unknown
  readonly headers?: Record<string, string>
  readonly url?: string
}
async function post(path: string, { token, body, headers = {}, url = server.url }: Sent = {}) {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: {
      ...(token === undefined ? {} : { 'x-auth-token': token }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as any }
}
const game = (rest: object = {}) => ({
  coworld_id: 'cow_paint-arena',
  variant_id: null,
  allow_spectators: true,
  ...rest,
})

async function create(sent: Sent & { rest?: object } = {}): Promise<HostedLobby> {
  const { status, body } = await post(PATH, { ...sent, body: game(sent.rest) })
  assert.equal(status, 200, JSON.stringify(body))
  return HostedLobby.strict().parse(body)
}
async function take(id: string, sent: Sent = {}): Promise<HostedJoin> {
  const { status, body } = await post(`${PATH}/${id}/join`, sent)
  assert.equal(status, 200, JSON.stringify(body))
  return HostedJoin.strict().parse(body)
}
const stateOf = async (id: string, url = server.url): Promise<PlaySessionState> =>
  PlaySessionState.strict().parse(await (await fetch(`${url}${PATH}/${id}`)).json())

const socketOf = (joined: HostedJoin): string =>
  joined.player_url.replace('http', 'ws').replace('/clients/player', '/player')
function connect(url: string): Promise<{ socket: WebSocket; first: any }> {
  const socket = new WebSocket(url)
  return new Promise((resolve, reject) => {
    socket.once('message', (data) => resolve({ socket, first: JSON.parse(String(data)) }))
    socket.once('unexpected-response', (_request, answer) => reject(new Error(`HTTP ${answer.statusCode}`)))
    socket.once('error', reject)
  })
}

test('hosted games: slots are assigned once, a player who joins again keeps its slot, and the game starts when all are connected', async () => {
  const lobby = await create({ token: alice })
  assert.match(lobby.session_id, /^ps_[0-9a-f-]{36}$/)
  assert.equal(lobby.player_count, 2)
  assert.ok(lobby.join_url.startsWith(`${server.url}/`) && lobby.lobby_url.startsWith(`${server.url}/`))
  const id = lobby.session_id
  assert.equal((await stateOf(id)).status, 'lobby')
  // A race for the two slots: two players and many guests.
  const racers = await Promise.all([
    post(`${PATH}/${id}/join`, { token: alice }),
    post(`${PATH}/${id}/join`, { token: bob }),
  ])
  assert.deepEqual(racers.map(({ body }) => body.slot).toSorted(), [0, 1])
  const first = await take(id, { token: alice })
  const again = await take(id, { token: alice })
  assert.deepEqual(again, first)
  assert.deepEqual([first.player.label, first.player.player_name], ['alice', 'alice'])
  const full = await post(`${PATH}/${id}/join`)
  assert.deepEqual([full.status, full.body.code], [409, 'SLOT_TAKEN'])
  // Tokens appear only in the response of a join.
  const secret = new URL(first.player_url).searchParams.get('token') ?? ''
  assert.match(secret, /^[\w-]{22}$/)
  const shown = JSON.stringify([
    await stateOf(id),
    await (await fetch(lobby.lobby_url)).text(),
    await (await fetch(lobby.join_url)).text(),
    await (await fetch(`${server.url}/api/episodes`)).text(),
  ])
  assert.ok(!shown.includes(secret))
  assert.equal((await fetch(first.player_url)).status, 200)
  await assert.rejects(connect(socketOf(first).replace(secret, 'x'.repeat(22))), /HTTP 403/)
  const one = await connect(socketOf(first))
  assert.equal(one.first.started, false)
  assert.equal((await stateOf(id)).status, 'lobby')
  const two = await connect(socketOf(await take(id, { token: bob })))
  await eventually('the game begins', async () => ((await stateOf(id)).status === 'playing' ? true : undefined))
  for (const { socket } of [one, two]) socket.terminate()
  const stranger = await post(`${PATH}/${id}/terminate`, { token: bob })
  assert.equal(stranger.body.code, 'NOT_YOURS')
  assert.equal((await post(`${PATH}/${id}/terminate`, { token: alice })).body.status, 'ended')
  assert.deepEqual((await post(`${PATH}/${id}/join`, { token: alice })).body.code, 'EPISODE_OVER')
})

test('hosted games: anonymous callers and unknown coworlds, variants and sessions are refused; a player has at most five', async () => {
  assert.equal((await post(PATH, { body: game(), headers: FORWARDED })).status, 401)
  assert.equal((await post(PATH, { body: game({ coworld_id: 'cow_x' }) })).body.code, 'UNKNOWN_UPLOAD')
  assert.equal((await post(PATH, { body: game({ variant_id: 'x' }) })).body.code, 'UNKNOWN_VARIANT')
  assert.equal((await post(`${PATH}/ps_x/join`)).body.code, 'UNKNOWN_SESSION')
  assert.equal((await post(PATH, { body: { coworld_id: 'cow_paint-arena' } })).status, 200)
  const made = await Promise.all(Array.from({ length: 7 }, () => post(PATH, { token: bob, body: game() })))
  assert.deepEqual(made.map(({ status }) => status).toSorted(), [200, 200, 200, 200, 200, 429, 429])
  const list = await fetch(`${server.url}${PATH}s`, { headers: { 'x-auth-token': bob } })
  const own = PlaySessionState.array().parse(await list.json())
  assert.deepEqual(
    own.map(({ status }) => status),
    Array.from({ length: 5 }, () => 'lobby'),
  )
  await post(`${PATH}/${own[0]?.session_id}/terminate`, { token: bob })
  assert.equal((await post(PATH, { token: bob, body: game() })).status, 200)
})

test('hosted games: without spectators only players see the running game; the recording is public', async () => {
  const lobby = await create({ rest: { allow_spectators: false } })
  assert.equal(lobby.global_url, null)
  const joined = await take(lobby.session_id)
  const episode = new URL(joined.player_url).pathname.split('/')[2] ?? ''
  const views = [
    'clients/global',
    `../api/episodes/${episode}/journal.jsonl`,
    `../api/episodes/${episode}/replay.json`,
    `../api/episodes/${episode}/range?from=0&to=1`,
  ]
  const look = async (path: string): Promise<number> =>
    (await fetch(new URL(path, `${server.url}/episodes/${episode}/`))).status
  const paths = views.map((each) => each.replace('..', server.url))
  for (const path of paths) assert.equal(await look(path), 403, path)
  const base = server.url.replace('http', 'ws')
  for (const path of [`/episodes/${episode}/global`, `/episodes/${episode}/replay`, `/api/episodes/${episode}/live`]) {
    await assert.rejects(connect(base + path), /HTTP 403/, path)
  }
  assert.equal((await fetch(joined.player_url)).status, 200)
  const { socket } = await connect(socketOf(joined))
  socket.terminate()
  await post(`${PATH}/${lobby.session_id}/terminate`)
  assert.equal(await look(paths[1] ?? ''), 200)
  assert.ok(!(await (await fetch(lobby.lobby_url)).text()).includes('Watch'))
})

test('hosted games: the pages of the lobby work without scripts and recognise a returning guest', async () => {
  const lobby = await create()
  const page = await (await fetch(lobby.lobby_url)).text()
  assert.match(page, /0 of 2 slots are taken/)
  assert.match(page, /http-equiv="refresh"/)
  const form = await (await fetch(lobby.join_url)).text()
  assert.match(form, /<form method="post" action="\/hosted\/ps_[0-9a-f-]+\/join">/)
  const submit = (cookie?: string, name = '<b>Zoë</b>', headers: Record<string, string> = {}) =>
    fetch(lobby.join_url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...(cookie ? { cookie } : {}), ...headers },
      body: new URLSearchParams({ name }).toString(),
    })
  const first = await submit()
  assert.equal(first.status, 303)
  assert.match(first.headers.get('location') ?? '', /^\/episodes\/hosted-[0-9a-f-]+\/clients\/player\?slot=0&token=/)
  const cookie = first.headers.get('set-cookie') ?? ''
  assert.match(cookie, /HttpOnly; SameSite=Strict/)
  const again = await submit(cookie.split(';')[0])
  assert.equal(again.headers.get('location'), first.headers.get('location'))
  assert.match(
    await (await fetch(lobby.join_url, { headers: { cookie: cookie.split(';')[0] ?? '' } })).text(),
    /You have slot 0/,
  )
  const shown = await (await fetch(lobby.lobby_url)).text()
  assert.ok(shown.includes('&#60;b&#62;Zoë') && !shown.includes('<b>Zoë'))
  assert.equal((await submit(undefined, 'x', { origin: 'http://evil.example' })).status, 403)
  assert.equal((await submit(undefined, 'x'.repeat(3000))).status, 413)
  assert.equal((await submit(undefined, '')).status, 303)
  const full = await submit()
  assert.equal(full.status, 409)
  assert.match(await full.text(), /All 2 slots of this game have been given out/)
  assert.equal((await fetch(`${server.url}/hosted/lobby.css`)).status, 200)
  assert.equal((await fetch(`${server.url}/hosted/ps_x`)).status, 404)
})

test('hosted games: a lobby with free slots expires after its time, and its episode ends', async () => {
  const data = join(folder, 'short')
  const short = await startServer({ ...options, dataDir: data, lobbyMs: 1500 })
  try {
    const { body: lobby } = await post(PATH, { body: game(), url: short.url })
    const joined = await post(`${PATH}/${lobby.session_id}/join`, { url: short.url })
    assert.equal(joined.status, 200)
    const state = await eventually('the lobby expires', async () => {
      const found = await stateOf(lobby.session_id, short.url)
      return found.status === 'lobby' ? undefined : found
    })
    assert.equal(state.status, 'expired')
    const late = await post(`${PATH}/${lobby.session_id}/join`, { url: short.url })
    assert.deepEqual([late.status, late.body.code], [409, 'EPISODE_OVER'])
    assert.match(late.body.message, /lobby has expired/)
    assert.match(await (await fetch(lobby.lobby_url)).text(), /The lobby has expired/)
    const episode = new URL(joined.body.player_url).pathname.split('/')[2]
    await eventually('the episode has ended', async () => {
      const found: any = await (await fetch(`${short.url}/api/episodes/${episode}`)).json()
      return found.status === 'live' ? undefined : true
    })
  } finally {
    await short.close()
  }
})

test('hosted games: after a kill in the lobby, assigned slots are kept and the others can be taken', async () => {
  const data = join(folder, 'killed')
  const [, player] = await tokensIn(data)
  const first = await startServerProcess(data)
  const { body: lobby } = await post(PATH, { token: player, body: game({ allow_spectators: false }), url: first.url })
  const mine = await post(`${PATH}/${lobby.session_id}/join`, { token: player, url: first.url })
  await first.crash()
  const next = await startServerProcess(data)
  try {
    const state = await stateOf(lobby.session_id, next.url)
    assert.deepEqual([state.status, state.players.length], ['lobby', 1])
    const again = await post(`${PATH}/${lobby.session_id}/join`, { token: player, url: next.url })
    const pathOf = (url: string): string => url.slice(new URL(url).origin.length)
    assert.equal(pathOf(again.body.player_url), pathOf(mine.body.player_url))
    const other = await post(`${PATH}/${lobby.session_id}/join`, { url: next.url })
    assert.equal(other.body.slot, 1)
    const episode = new URL(other.body.player_url).pathname.split('/')[2]
    assert.equal((await fetch(`${next.url}/episodes/${episode}/clients/global`)).status, 403)
    const sockets = [await connect(socketOf(again.body)), await connect(socketOf(other.body))]
    await eventually('the game begins', async () =>
      (await stateOf(lobby.session_id, next.url)).status === 'playing' ? true : undefined,
    )
    for (const { socket } of sockets) socket.terminate()
  } finally {
    await next.stop()
  }
})

test('coworld commands: a game is created, joined, shown and ended; the replay of an episode is opened', async () => {
  const cli = (...args: string[]) => runCommand(['coworld', 'hosted-game', ...args, '--server', server.url])
  const made = await cli('create', 'cow_paint-arena')
  const at = server.url.replaceAll('.', '\\.')
  assert.match(
    made.out,
    new RegExp(
      `^Hosted game: (ps_\\S+)\\nPlayer slots: 2\\nPlayer command: paracosm coworld hosted-game join \\1 --server ${at}\\nPlayer URL: ${at}/hosted/\\1/join\\nSpectator URL: ${at}/hosted/\\1\\n$`,
    ),
    made.err,
  )
  const [, id = ''] = /Hosted game: (\S+)/.exec(made.out) ?? []
  assert.match((await cli('join', id)).out, /^Slot: 0\nPlayer: Player 1\nURL: http\S+\?slot=0&token=\S{22}\n$/)
  assert.match((await cli('show', id)).out, /Status: lobby\n[\s\S]*Slots taken: 1 of 2\n[\s\S]*0 +Player 1/)
  assert.equal(JSON.parse((await cli('end', id, '--json')).out).status, 'ended')
  const closed = await cli('join', id)
  assert.equal(closed.status, 1)
  assert.match(closed.err, /has ended/)
  assert.match((await cli('create', 'paint_arena', '--no-spectators')).out, /Spectators: disabled\n$/)
  assert.equal((await cli('create', 'cow_none')).status, 1)
  assert.equal((await cli('create')).status, 2)
  const help = await runCommand(['coworld', 'hosted-game', 'create', '--help'])
  assert.match(help.out, /paracosm coworld hosted-game create cow_paint-arena --no-spectators/)
  // A viewer of a recording is a page of this server.
  const [episode] = ((await (await fetch(`${server.url}/api/episodes?kind=hosted&limit=1`)).json()) as any).entries
  const body = { coworld_id: 'cow_paint-arena', replay_uri: `${server.url}/api/episodes/${episode.id}/replay.json` }
  const viewer = await post('/v2/coworlds/replays/session', { body })
  assert.deepEqual(viewer.body, { viewer_url: `${server.url}/episodes/${episode.id}` })
  const foreign = { ...body, replay_uri: 'https://elsewhere.example/replay.json' }
  assert.equal((await post('/v2/coworlds/replays/session', { body: foreign })).status, 422)
  assert.equal((await post('/v2/coworlds/replays/session', { body, headers: FORWARDED })).status, 401)
})

test('coworld commands: worlds of the server are found by their coworld id, and their replays open on this machine', async () => {
  const coworld = async (...args: string[]) => runCommand(['coworld', ...args, '--server', server.url])
  const answer = await fetch(`${server.url}/v2/coworlds/cow_paint-arena`)
  const { id, name, canonical, manifest }: any = await answer.json()
  assert.deepEqual([id, name, canonical, manifest.game.name], ['cow_paint-arena', 'paint-arena', true, 'paint-arena'])
  assert.match((await coworld('show', 'cow_paint-arena')).out, /^Coworld: cow_paint-arena\nName: paint-arena\n/)
  assert.match((await coworld('validate', 'cow_paint-arena')).out, /^Valid: paint-arena /)
  assert.equal((await coworld('show', 'cow_nothing')).status, 1)
  const lobby = await create()
  await post(`${PATH}/${lobby.session_id}/terminate`)
  const boxed = await coworld('replay-open', lobby.session_id)
  assert.equal(boxed.status, 2)
  assert.match(boxed.err, /is a world of the server, which has no image[\s\S]*--runtime process/)
  const args = ['coworld', 'replay-open', lobby.session_id, '--runtime', 'process', '--server', server.url]
  const open = startCommand(args, { cwd: folder })
  try {
    const [, page = ''] = await open.sees(/Replay client: (\S+)/)
    assert.equal((await fetch(page)).status, 200)
    const { socket, first } = await connect(page.replace('http', 'ws').replace('/clients/replay', '/replay'))
    assert.equal(first.type, 'replay')
    socket.terminate()
  } finally {
    open.kill('SIGINT')
    await open.ended
  }
})
