// The commissioner protocol over real sockets, in both directions: Python stand-ins on one side, ours on the other.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { WebSocket } from 'ws'
import { localChannel, socketChannel } from '../../src/league/channel.ts'
import { createBaseline } from '../../src/league/commissioner/baseline.ts'
import { type DriveOptions, driveRound } from '../../src/league/drive-round.ts'
import { serveCommissioner } from '../../src/league/serve-commissioner.ts'
import { RoundStart } from '../../src/protocol/commissioner.ts'
import { testDraw } from './vectors.ts'

const STAND_INS = join(import.meta.dirname, '..', 'fixtures', 'league-stand-ins')
const ends: (() => unknown)[] = []
after(async () => {
  for (const end of ends) await end()
})

const fault = (error: unknown): void => assert.fail(String(error))

const uuid = (n: number): string => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`
const POLICIES = [uuid(11), uuid(12), uuid(13)]
const DIVISION = uuid(2)
const start = RoundStart.parse({
  type: 'round_start',
  round_id: uuid(1),
  round_number: 1,
  league: { id: uuid(3) },
  divisions: [{ id: DIVISION, name: 'Main', level: 1, type: 'competition' }],
  memberships: POLICIES.map((id, index) => ({
    id: uuid(21 + index),
    league_id: uuid(3),
    division_id: DIVISION,
    policy_version_id: id,
    is_champion: true,
    status: 'competing',
  })),
  recent_results: [],
  variants: [{ id: 'v', name: 'V', game_config: { num_agents: 2 } }],
})

const HOST: DriveOptions['host'] = {
  refuse: ({ policy_version_ids: ids }) => (ids.length === 2 ? undefined : 'two slots'),
  play: async ({ request_id, policy_version_ids }) => ({
    type: 'episode_result',
    request_id,
    scores: policy_version_ids.map((policy_version_id, slot) => ({
      policy_version_id,
      player_id: null,
      score: 5 - slot,
    })),
    game_results: null,
  }),
}
const drive = (options: Partial<DriveOptions> & Pick<DriveOptions, 'open'>) =>
  driveRound({ start, host: HOST, signal: new AbortController().signal, ...options })

async function startForeign(delay = 0): Promise<{ url: string; kill(): void }> {
  const child = spawn('python3', [join(STAND_INS, 'commissioner.py'), '0', String(delay)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  ends.push(() => child.kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { url: `http://127.0.0.1:${/\d+/.exec(String(line))![0]}`, kill: () => child.kill('SIGKILL') }
}

test('commissioner: a foreign one in Python runs a round on our platform', async () => {
  const { url } = await startForeign()
  const complete = await drive({ open: socketChannel(url) })
  const [division] = complete.results
  assert.equal(division?.division_id, DIVISION)
  assert.deepEqual(
    division.rankings.map(({ policy_version_id, rank, score }) => [policy_version_id, rank, score]),
    [
      [POLICIES[0], 1, 10],
      [POLICIES[1], 2, 9],
      [POLICIES[2], 3, 8],
    ],
  )
  assert.deepEqual(complete.state, { rounds: 1 })
  const again = await drive({ open: socketChannel(url), start: { ...start, state: complete.state } })
  assert.deepEqual(again.state, { rounds: 2 })
})

test('commissioner: ours runs a round for a foreign platform in Python', async () => {
  const server = await serveCommissioner(createBaseline(), { host: '127.0.0.1', port: 0, onFault: fault })
  ends.push(() => server.close())
  const health = await fetch(`${server.url}/healthz`)
  assert.deepEqual([health.status, await health.json()], [200, { status: 'ok' }])
  const child = spawn('python3', [join(STAND_INS, 'platform.py'), '127.0.0.1', String(server.port)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify(start))
  let out = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  const [status] = await once(child, 'close')
  assert.equal(status, 0)
  const { seen, close } = JSON.parse(out)
  assert.deepEqual(
    seen.map((message: any) => message.type),
    ['schedule_episodes', 'round_complete'],
  )
  assert.equal(close, 1000)
  const [, complete] = seen
  assert.equal(complete.results[0].rankings.length, 3)
  assert.deepEqual(
    Object.keys(complete).filter((key) => complete[key] === null),
    ['round_display', 'state'].filter((key) => complete[key] === null),
  )
  for (const key of ['results', 'graduation_changes', 'round_display', 'state']) assert.ok(key in complete, key)
})

test('commissioner: an in-process commissioner gets the same frames', async () => {
  const complete = await drive({ open: localChannel(createBaseline(), testDraw()) })
  assert.equal(complete.results[0]?.rankings.length, 3)
})

test('commissioner: one that is killed fails the round, and the next attempt completes it', async () => {
  const foreign = await startForeign(5)
  const running = drive({ open: socketChannel(foreign.url) })
  setTimeout(() => foreign.kill(), 200)
  await assert.rejects(running, { code: 'COMMISSIONER_FAILED' })
  await assert.rejects(drive({ open: socketChannel(foreign.url) }), { code: 'COMMISSIONER_FAILED' })
  const { url } = await startForeign()
  assert.equal((await drive({ open: socketChannel(url) })).results.length, 1)
})

/** A commissioner that sends scripted frames. */
const scripted =
  (frames: readonly (object | string)[]): DriveOptions['open'] =>
  async (listener) => {
    for (const frame of frames) {
      queueMicrotask(() => listener.onText(typeof frame === 'string' ? frame : JSON.stringify(frame)))
    }
    return { send: () => undefined, close: () => undefined }
  }

test('commissioner: an invalid message fails the round with a reason', async () => {
  const episode = { request_id: '0', variant_id: 'v', policy_version_ids: [POLICIES[0], POLICIES[1]] }
  for (const [frames, message] of [
    [['no json'], /cannot be read/],
    [[{ type: 'dance' }], /unknown message type/],
    [[{ type: 'round_complete', results: [{ division_id: uuid(99), rankings: [] }] }], /an unknown division/],
    [
      [{ type: 'schedule_episodes', episodes: [episode] }, { type: 'round_complete' }],
      /before all episodes were settled/,
    ],
    [[], /said nothing for 0.05 s/],
  ] as const) {
    const host = { ...HOST, play: () => new Promise<never>(() => undefined) }
    await assert.rejects(drive({ open: scripted(frames), host, patienceMs: 50 }), message)
  }
})

test('commissioner: an abort of the platform closes with 1000 and sends nothing', async () => {
  const server = await serveCommissioner(createBaseline(), { host: '127.0.0.1', port: 0, onFault: fault })
  ends.push(() => server.close())
  const stop = new AbortController()
  const running = drive({
    open: socketChannel(server.url),
    signal: stop.signal,
    host: { ...HOST, play: () => new Promise<never>(() => undefined) },
  })
  setTimeout(() => stop.abort(new Error('stopped')), 100)
  await assert.rejects(running, /stopped/)
})

test('commissioner: close codes reach a raw client as written', async () => {
  const server = await serveCommissioner(createBaseline(), { host: '127.0.0.1', port: 0, onFault: fault })
  ends.push(() => server.close())
  for (const [frame, code] of [
    [{ type: 'round_abort', reason: '' }, 1000],
    [{ type: 'nonsense' }, 1008],
    [{ type: 'episode_failed', request_id: '0', error: 'x' }, 1008],
    [{ type: 'episodes_rejected', request_ids: [], errors: {} }, 1011],
  ] as const) {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/round`)
    await once(socket, 'open')
    socket.send(JSON.stringify(frame))
    const [closed] = await once(socket, 'close')
    assert.equal(closed, code, JSON.stringify(frame))
  }
})

test('commissioner: a round that schedules ten thousand episodes is played and ranked', async () => {
  const settings = { round_config: { stages: [{ num_episodes: 10_000 }] } }
  const complete = await drive({
    open: localChannel(createBaseline(), testDraw()),
    start: { ...start, state: settings },
  })
  assert.equal(complete.results[0]?.rankings[0]?.rank, 1)
})
