// Clients that send and never read, and idle clients: the server's memory stays bounded.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { FORM, get, post, register, start } from '../../src/testing/play-api.ts'
import { dial, isAlive, openFilesOf, pause, serve, startMatch, startTarget, type Target, upgradeOf } from './servers.ts'

/** Growth of resident memory that one flooding socket may cause, in megabytes. */
const MAX_GROWTH = 20
const FLOOD_MS = 4000

/** Sends a frame as often as the connection accepts it, and reads nothing. */
async function flood(
  target: Target,
  url: string,
  frame: string,
  headers: Record<string, string> = {},
): Promise<number> {
  const socket = new WebSocket(url, { headers })
  socket.on('error', () => undefined)
  await once(socket, 'open')
  // Reads the first frames of the server, so that the socket is in its normal state.
  await pause(1000)
  socket.pause()
  const before = target.rss()
  let most = before
  const endAt = performance.now() + FLOOD_MS
  while (performance.now() < endAt && socket.readyState === socket.OPEN) {
    for (let n = 0; n < 2000 && socket.bufferedAmount < 4 * 1024 * 1024; n++) socket.send(frame)
    await pause(5)
    most = Math.max(most, target.rss())
  }
  socket.terminate()
  return most - before
}

/** Floods after the first. Data queued for a client that does not read would grow in each of them. */
const FLOODS = 4

/**
 * Runs a flood once to warm up the server, because first uses grow the heap, then measures. The garbage collector may
 * let the heap grow again, especially on a busy machine, so it is enough if one of several floods stays under the limit.
 */
async function measure(
  target: Target,
  url: string,
  frame: string,
  headers: Record<string, string> = {},
): Promise<void> {
  await flood(target, url, frame, headers)
  const growths: string[] = []
  for (let n = 0; n < FLOODS; n++) {
    await pause(1000)
    const growth = await flood(target, url, frame, headers)
    growths.push(growth.toFixed(1))
    if (growth < MAX_GROWTH) break
    if (n === FLOODS - 1) assert.fail(`${url.replace(/.*:\d+/, '')} with ${frame}: +${growths.join(', +')} MB`)
  }
  assert.ok(await isAlive(target))
}

test('hostile floods: a player and a spectator of a session who never read cost under 20 MB', async (context) => {
  const target = await serve(context)
  const key = await register(target)
  const started = await post(target, '/api/play/game', { game: 'Explore', api_key: key })
  assert.equal(started.status, 200, JSON.stringify({ ...started.body, form: Object.keys(FORM) }))
  const id = started.body.session_id
  const url = `${target.url.replace('http', 'ws')}/api/play/game/${id}/ws`
  await measure(target, url, '{"type":"status"}', { authorization: `Bearer ${key}` })
  await measure(target, url, '{"type":{"toString":1}}', { authorization: `Bearer ${key}` })
  const watch = await post(target, `/api/sessions/${id}/spectators`, {}, key)
  await measure(target, url, '{"type":"status"}', { authorization: `Bearer ${watch.body.spectator_key}` })
  assert.equal((await get(target, `/api/sessions/${id}/status`)).status, 200)
})

test('hostile floods: players, viewers and agents who never read cost under 20 MB', async (context) => {
  const target = await serve(context)
  const { id, tokens } = await startMatch(target)
  const ws = target.url.replace('http', 'ws')
  await measure(target, `${ws}/episodes/${id}/player?slot=0&token=${tokens[0]}`, '{"move":"up","request_id":1}')
  await measure(target, `${ws}/episodes/${id}/global`, '{"x":1}')
  await measure(target, `${ws}/perception/stream`, '{"x":1}', { authorization: `Bearer ${tokens[1]}` })
})

test('hostile floods: an admin and a replay viewer of world serve who never read cost under 20 MB', async (context) => {
  const target = await startTarget(context, ['world', 'serve', 'paint-arena', '--variant', 'duel'])
  await measure(target, `${target.url.replace('http', 'ws')}/admin`, '{"command":"pause"}')
})

/** Open websockets; fewer if the machine's limit of open files is low. */
const IDLE_SOCKETS = Math.min(10_000, openFilesLimit() - 1000)
/** Concurrent handshakes, below the server's limit of 500. */
const AT_ONCE = 200

function openFilesLimit(): number {
  const line = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  return line === 'unlimited' ? 1_000_000 : Number(line)
}

test('hostile floods: 10,000 idle websockets keep memory bounded, and the server answers', async (context) => {
  const target = await serve(context)
  const { id } = await startMatch(target)
  const before = target.rss()
  const sockets: Socket[] = []
  context.after(() => {
    for (const socket of sockets) socket.destroy()
  })
  while (sockets.length < IDLE_SOCKETS) {
    const batch = Array.from({ length: AT_ONCE }, () => dial(target.port))
    sockets.push(...batch)
    await Promise.all(
      batch.map(async (socket) => {
        socket.write(upgradeOf(`/episodes/${id}/replay`))
        const [head]: Buffer[] = await once(socket, 'data')
        assert.match(String(head), /^HTTP\/1\.1 101/)
        socket.pause()
      }),
    )
  }
  const journals = openFilesOf(target).filter((path) => path.endsWith('journal.jsonl'))
  assert.ok(journals.length <= AT_ONCE, `${journals.length} journals are open for viewers who only sit there`)
  const growth = target.rss() - before
  assert.ok(growth < 400, `+${growth.toFixed(0)} MB for ${sockets.length} sockets`)
  context.diagnostic(`+${growth.toFixed(0)} MB for ${sockets.length} sockets`)
  assert.ok(await isAlive(target))
})

test('hostile floods: a client that polls status while a model is silent is answered and stays connected', async (context) => {
  const never = await import('node:http')
  const model = never.createServer(() => undefined)
  model.listen(0, '127.0.0.1')
  await once(model, 'listening')
  context.after(() => {
    model.closeAllConnections()
    model.close()
  })
  const address = model.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  // Two heartbeats pass every 4 s; the model is silent for 100 s.
  const flags = ['--heartbeat', '2', '--model', 'silent', '--base-url', `http://127.0.0.1:${port}/v1`]
  const target = await startTarget(
    context,
    ['serve', '--port', '0', '--no-showcase', '--no-rate-limits', ...flags, '--model-timeout', '100000'],
    { OPENAI_API_KEY: 'x' },
  )
  const key = await register(target)
  const { socket: url } = await start(target, key)
  const socket = new WebSocket(url, { headers: { authorization: `Bearer ${key}` } })
  let statuses = 0
  socket.on('message', (data) => {
    if (String(data).includes('"type":"status"')) statuses++
  })
  await once(socket, 'open')
  // Ten frames per second fill the inbox within four seconds; polling continues for many heartbeats after that.
  const timer = setInterval(() => socket.send('{"type":"status"}'), 100)
  await pause(16_000)
  clearInterval(timer)
  assert.equal(socket.readyState, socket.OPEN)
  assert.ok(statuses > 20, `${statuses} statuses`)
  socket.terminate()
})
