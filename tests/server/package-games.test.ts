// Hosted games of uploaded packages on a real server, with a stand-in for the container engine: lobby, early sockets,
// pages, results and replays, faults of games, limits, players who never come, and kills of the server.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { WebSocket } from 'ws'
import { HostedJoin, HostedLobby, PlaySessionState } from '../../src/protocol/hosted-games.ts'
import { type Server, startServer } from '../../src/server/app.ts'
import { runCommand } from '../../src/testing/cli.ts'
import { type SeededPackages, seedPackages } from '../../src/testing/hosted-packages.ts'
import { eventually, startServerProcess } from '../../src/testing/server-process.ts'
import { createStandInEngine, type StandInEngine } from '../../src/testing/stand-in-engine.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-packages-'))
const PATH = '/v2/coworlds/play/session'
const ADMIN_KEY = 'an admin key for tests'
let machine: StandInEngine
let seeded: SeededPackages
let server: Server

const serve = (dataDir: string, rest: object = {}): Promise<Server> =>
  startServer({
    dataDir,
    ...TEST_SERVER,
    logLevel: 'silent',
    version: 'test',
    ...rest,
  })
const withEngine = () => ({
  uploads: {
    environment: { PATH: process.env.PATH ?? '' },
    engine: machine.command,
    engineEnvironment: machine.engine.environment,
    containers: machine.engine,
  },
})

before(async () => {
  machine = await createStandInEngine(folder)
  seeded = await seedPackages(join(folder, 'main'), ['none', 'dies-early', 'dies-later', 'leaves-link'])
  server = await serve(join(folder, 'main'), withEngine())
})
after(async () => {
  await server.close()
  // The viewer of a replay was still open.
  const left = machine.left()
  machine.clear()
  assert.deepEqual(left, [])
  rmSync(folder, { recursive: true, force: true })
})

interface Sent {
  readonly token?: string
  readonly body?: unknown
  readonly url?: string
}
async function post(path: string, { token, body, url = server.url }: Sent = {}) {
  const answer = await fetch(url + path, {
    method: 'POST',
    headers: {
      ...(token === undefined ? {} : { 'x-auth-token': token }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as any }
}
async function create(coworld: string, sent: Sent & { spectators?: boolean } = {}): Promise<HostedLobby> {
  const body = { coworld_id: coworld, variant_id: null, allow_spectators: sent.spectators ?? true }
  const made = await post(PATH, { token: seeded.alice, ...sent, body })
  assert.equal(made.status, 200, JSON.stringify(made.body))
  return HostedLobby.strict().parse(made.body)
}
async function join2(id: string, sent: Sent = {}): Promise<HostedJoin> {
  const made = await post(`${PATH}/${id}/join`, sent)
  assert.equal(made.status, 200, JSON.stringify(made.body))
  return HostedJoin.strict().parse(made.body)
}
const stateOf = async (id: string, url = server.url): Promise<PlaySessionState> =>
  PlaySessionState.strict().parse(await (await fetch(`${url}${PATH}/${id}`)).json())
const reached = (id: string, status: string, url = server.url): Promise<PlaySessionState> =>
  eventually(`the game is ${status}`, async () => {
    const found = await stateOf(id, url)
    return found.status === status ? found : undefined
  })

const socketOf = (page: string): string =>
  page.replace('http', 'ws').replace(/\/clients\/(player|global|replay)/, '/$1')

/** A client that keeps what it hears. */
function connect(url: string) {
  const socket = new WebSocket(url)
  const heard: any[] = []
  socket.on('message', (data) => heard.push(JSON.parse(String(data))))
  const open = new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('unexpected-response', (_request, answer) => reject(new Error(`HTTP ${answer.statusCode}`)))
    socket.once('error', reject)
  })
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  open.catch(() => undefined)
  return { socket, heard, open, closed, add: (times: number) => repeat(times, () => socket.send('{"add": 1}')) }
}
const repeat = (times: number, work: () => void): void => {
  for (let done = 0; done < times; done++) work()
}
/** The run of the viewer that the first test leaves open: it stays for some minutes. */
let viewerRun = 'none'
const left = () => machine.left().filter((name) => !name.includes(viewerRun))
const nothingLeft = () => eventually('nothing is left', () => (left().length === 0 ? true : undefined))

test('package games: the game starts when every slot is given out, reaches early sockets, and leaves results and a replay', async () => {
  const lobby = await create(seeded.coworlds.none ?? '')
  const id = lobby.session_id
  assert.equal(lobby.player_count, 2)
  const first = await join2(id, { token: seeded.alice })
  assert.match(first.player_url, /\/hosted\/ps_[0-9a-f-]+\/game\/clients\/player\?slot=0&token=\S{22}$/)
  const early = connect(socketOf(first.player_url))
  await early.open
  early.add(1)
  assert.match(await (await fetch(first.player_url)).text(), /Waiting for the game/)
  assert.deepEqual([(await stateOf(id)).status, machine.left()], ['lobby', []], 'the lobby needs no container')
  const second = await join2(id, { token: seeded.bob })
  const viewer = connect(socketOf(lobby.global_url ?? ''))
  const other = connect(socketOf(second.player_url))
  await eventually('the early socket hears the game', () => early.heard[0])
  assert.equal((await stateOf(id)).status, 'playing')
  assert.match(await (await fetch(first.player_url)).text(), /<title>count</)
  await eventually('the viewer hears the game', () => viewer.heard[0])
  // What viewers send is dropped.
  viewer.add(5)
  early.add(2)
  await other.open
  other.add(3)
  const ended = await reached(id, 'ended')
  assert.deepEqual([ended.reason, ended.coworld_id], [null, seeded.coworlds.none])
  assert.deepEqual(await (await fetch(ended.results_url ?? '')).json(), { scores: [3, 3] })
  await Promise.all([early.closed, other.closed, viewer.closed])
  assert.equal(early.heard.at(-1).type, 'final')
  await nothingLeft()
  const late = await fetch(first.player_url, { redirect: 'manual' })
  assert.deepEqual([late.status, late.headers.get('location')], [302, `/hosted/${id}`])
  assert.match(await (await fetch(lobby.lobby_url)).text(), /See the recording/)

  const { replay_url: replay } = ended
  const session = { coworld_id: ended.coworld_id, replay_uri: replay }
  const viewing = await post('/v2/coworlds/replays/session', { token: seeded.bob, body: session })
  assert.equal(viewing.status, 200, JSON.stringify(viewing.body))
  viewerRun = /rv_([0-9a-f]{16})/.exec(viewing.body.viewer_url)?.[1] ?? ''
  assert.match(await (await fetch(viewing.body.viewer_url)).text(), /<title>count</)
  const shown = connect(socketOf(viewing.body.viewer_url))
  assert.equal((await eventually('the replay is shown', () => shown.heard[0])).frames.length, 6)
  shown.socket.terminate()
  const elsewhere = viewing.body.viewer_url.replace(/uri=.*/, 'uri=file%3A%2F%2F%2Fetc%2Fpasswd')
  assert.equal((await fetch(elsewhere)).status, 403)
  await assert.rejects(connect(socketOf(elsewhere)).open, /HTTP 403/)
  const opened = await runCommand(['coworld', 'replay-open', id, '--hosted', '--server', server.url], {
    env: { COWORLD_TOKEN: seeded.alice },
  })
  assert.equal(opened.out, `${viewing.body.viewer_url}\n`, opened.err)
  const listed = await runCommand(['coworld', 'hosted-game', 'show', id, '--server', server.url])
  assert.match(listed.out, /Status: ended\n[\s\S]*Results: http\S+\/results\nReplay: http\S+\/replay\n/)
})

test('package games: other tokens, the admin page, paths that leave the game and unwanted spectators are refused', async () => {
  const { session_id: id, global_url: shown } = await create(seeded.coworlds.none ?? '', { spectators: false })
  assert.equal(shown, null)
  const [mine, yours] = [await join2(id), await join2(id)]
  const player = connect(socketOf(mine.player_url))
  await eventually('the game is there', () => player.heard[0])
  const base = `${server.url}/hosted/${id}/game`
  const socket = socketOf(mine.player_url)
  for (const query of ['?slot=0&token=bad', '?slot=1', '?slot=x&token=y', '', '?slot=-1&token=']) {
    await assert.rejects(connect(socket.replace(/\?.*/, query)).open, /HTTP 403/, query)
  }
  const token = new URL(yours.player_url).searchParams.get('token')
  await assert.rejects(connect(socket.replace(/token=.*/, `token=${token}`)).open, /HTTP 403/)
  await assert.rejects(connect(`${base.replace('http', 'ws')}/global`).open, /HTTP 403/)
  await assert.rejects(connect(`${base.replace('http', 'ws')}/admin`).open, /HTTP 404/)
  assert.equal((await fetch(`${base}/clients/global`)).status, 403)
  const odd = [
    'clients/admin',
    'clients/%61dmin',
    'client/Admin',
    'clients//player',
    'clients/%2e%2e%2fplayer',
    'clients%5cx',
  ]
  for (const path of odd) assert.equal((await fetch(`${base}/${path}`)).status, 404, path)
  assert.equal((await fetch(`${base}/clients/none`)).status, 404)
  // A stranger's page runs without an origin, and must not be cut off by the policies of the server's own pages.
  const { headers } = await fetch(mine.player_url)
  assert.match(headers.get('content-security-policy') ?? '', /^sandbox (?!.*allow-same-origin)/)
  assert.equal(headers.get('cross-origin-opener-policy'), 'unsafe-none')
  assert.equal((await post(`${PATH}/${id}/terminate`, { token: seeded.bob })).body.code, 'NOT_YOURS')
  const ended = await post(`${PATH}/${id}/terminate`, { token: seeded.alice })
  assert.deepEqual([ended.body.status, ended.body.reason, ended.body.replay_url], ['ended', 'ended by its host', null])
  await player.closed
  await nothingLeft()
})

test('package games: a game that fails ends with a reason that its people see, without tokens and paths', async () => {
  const failed = async (fault: string, times: number): Promise<string> => {
    const { session_id: id, lobby_url: lobby } = await create(seeded.coworlds[fault] ?? '')
    for (const { player_url: url } of [await join2(id), await join2(id)]) {
      const { socket } = connect(socketOf(url))
      socket.once('open', () => repeat(times, () => socket.send('{}')))
    }
    const { reason, results_url: results } = await reached(id, 'ended')
    assert.ok(reason !== null && results === null)
    assert.ok((await (await fetch(lobby)).text()).includes('Why: '), fault)
    const late = await post(`${PATH}/${id}/join`)
    assert.deepEqual([late.status, late.body.code], [409, 'EPISODE_OVER'])
    assert.ok(late.body.message.includes(reason), late.body.message)
    await nothingLeft()
    return reason
  }
  assert.match(await failed('dies-early', 0), /exited.*: no counting today$/)
  assert.match(
    await failed('dies-later', 1),
    /^the game exited with status 3: slot [01] with \[token\] broke the game$/,
  )
  // A link in the game's folder would show a file of this machine.
  assert.equal(await failed('leaves-link', 3), 'the game left replay.json, which is not a plain file')
})

test('package games: a player has two at a time, and a server without a container engine says how to get them', async () => {
  const none = seeded.coworlds.none ?? ''
  const open = [await create(none), await create(none)]
  const body = { coworld_id: none }
  const third = await post(PATH, { token: seeded.alice, body })
  assert.deepEqual([third.status, third.body.code], [429, 'RATE_LIMITED'])
  assert.match(third.body.message, /2 hosted games of packages/)
  assert.equal(
    (await post(PATH, { token: seeded.bob, body: { coworld_id: 'count', variant_id: 'x' } })).body.code,
    'UNKNOWN_VARIANT',
  )
  for (const { session_id: id } of open) await post(`${PATH}/${id}/terminate`, { token: seeded.alice })
  const data = join(folder, 'plain')
  const { coworlds, alice } = await seedPackages(data)
  const plain = await serve(data)
  try {
    const refused = await post(PATH, { token: alice, url: plain.url, body: { coworld_id: coworlds.none } })
    assert.deepEqual([refused.status, refused.body.code], [501, 'ENGINE_MISSING'])
    assert.match(refused.body.hint, /--run-uploads/)
    const cli = (token: string | undefined, ...args: string[]) =>
      runCommand(['coworld', ...args, '--server', plain.url], {
        env: token === undefined ? {} : { COWORLD_TOKEN: token },
      })
    const id = coworlds.none ?? ''
    assert.match((await cli(alice, 'remove', id)).err, /belongs to another player/)
    assert.equal((await cli(undefined, 'remove', id, '--dry-run')).out, `Would remove count:0.1.0 (${id})\n`)
    assert.equal((await cli(undefined, 'remove', id)).out, `Removed count:0.1.0 (${id})\n`)
    assert.match((await cli(alice, 'prune')).err, /only the operator/)
    // Its image was uploaded a moment ago.
    assert.equal((await cli(undefined, 'prune')).out, 'Removed 0 packages, 0 images, 0 blobs of 0 bytes.\n')
    assert.equal((await cli(undefined, 'prune', '--grace-hours', '1')).status, 2)
  } finally {
    await plain.close()
  }
})

test('full games: one that nobody comes to expires; a world begins with those who came; a package decides by itself', async () => {
  const data = join(folder, 'absent')
  const { coworlds, alice } = await seedPackages(data)
  const { url, close } = await serve(data, { ...withEngine(), connectMs: 1000 })
  try {
    /** Whoever comes is there before the game is full. */
    const open = async (coworld: string, comes: boolean) => {
      const { session_id: id } = await create(coworld, { token: alice, url })
      const { player_url: page } = await join2(id, { url })
      const player = comes ? connect(socketOf(page)) : undefined
      await player?.open
      await join2(id, { url })
      return { id, socket: player?.socket }
    }
    const absent = [await open('cow_paint-arena', false), await open(coworlds.none ?? '', false)]
    const world = await open('cow_paint-arena', true)
    const visited = await open(coworlds.none ?? '', true)
    for (const { id } of absent) assert.equal((await reached(id, 'expired', url)).reason, 'nobody came')
    await reached(world.id, 'playing', url)
    assert.equal((await stateOf(visited.id, url)).status, 'playing')
    world.socket?.terminate()
    visited.socket?.terminate()
    await post(`${PATH}/${visited.id}/terminate`, { token: alice, url })
  } finally {
    await close()
  }
})

test('package games: after a kill the lobby is as it was, and a game that was played has ended, with nothing left of it', async () => {
  const data = join(folder, 'killed')
  const { coworlds, alice, bob } = await seedPackages(data)
  const start = () =>
    startServerProcess(data, ['--run-uploads'], {
      env: { PARACOSM_CONTAINER_ENGINE: machine.command, PARACOSM_ADMIN_KEY: ADMIN_KEY },
    })
  const first = await start()
  const { session_id: id } = await create(coworlds.none ?? '', { token: alice, url: first.url })
  const pathOf = ({ player_url: page }: HostedJoin): string => page.slice(new URL(page).origin.length)
  const mine = pathOf(await join2(id, { token: alice, url: first.url }))
  await first.crash()
  const next = await start()
  try {
    assert.equal((await stateOf(id, next.url)).status, 'lobby')
    assert.equal(pathOf(await join2(id, { token: alice, url: next.url })), mine)
    const player = connect(socketOf(next.url + mine))
    await join2(id, { token: bob, url: next.url })
    await eventually('the game is there', () => player.heard[0])
    assert.notDeepEqual(left(), [])
  } finally {
    await next.crash()
  }
  // No server is there to do it.
  await nothingLeft()
  const last = await start()
  try {
    const { status, reason } = await stateOf(id, last.url)
    assert.deepEqual([status, reason], ['ended', 'the server stopped during the game'])
    assert.match((await post(`${PATH}/${id}/join`, { token: alice, url: last.url })).body.message, /the server stopped/)
  } finally {
    await last.stop()
  }
})
