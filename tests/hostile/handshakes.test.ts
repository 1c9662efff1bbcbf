// Garbage, resets and aborts at every moment of a handshake, on every route of every server.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { setImmediate as tick } from 'node:timers/promises'
import fc from 'fast-check'
import { WebSocket } from 'ws'
import {
  dial,
  HANDSHAKE,
  isAlive,
  pause,
  serve,
  startMatch,
  startTarget,
  statusOf,
  type Target,
  upgradeOf,
} from './servers.ts'

const TRIES = 200

/** One attack: send some bytes of a handshake, wait a moment, then leave in one of three ways. */
const attack = fc.record({
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  garbage: fc.option(fc.uint8Array({ minLength: 1, maxLength: 60 }), { nil: undefined }),
  waits: fc.constantFrom(0, 0, 1, 2, 5),
  leaves: fc.constantFrom('reset' as const, 'destroy' as const, 'end' as const),
})

async function attackRoute(target: Target, request: string): Promise<void> {
  const attacks = fc.sample(attack, { numRuns: TRIES, seed: 7 })
  for (let at = 0; at < attacks.length; at += 20) {
    await Promise.all(
      attacks.slice(at, at + 20).map(async ({ share, garbage, waits, leaves }) => {
        const socket = dial(target.port)
        const closed = once(socket, 'close')
        await Promise.race([once(socket, 'connect'), closed])
        socket.resume()
        // Half of the attacks send a complete handshake and reach the route.
        socket.write(share > 0.5 ? request : request.slice(0, Math.floor(share * 2 * request.length)))
        if (garbage && !socket.destroyed) socket.write(garbage)
        for (let wait = 0; wait < waits; wait++) await tick()
        if (leaves === 'reset') socket.resetAndDestroy()
        else if (leaves === 'destroy') socket.destroy()
        else {
          socket.end()
          setTimeout(() => socket.destroy(), 200)
        }
        await closed
      }),
    )
  }
  assert.ok(await isAlive(target), `${request.split('\r\n')[0]}: ${target.command.text()}`)
}

const BAD_TARGETS = ['//', '/\\', 'http://[', '//evil.example/', `/${'a'.repeat(5000)}`, '/%', '/%zz', '/a%0d%0aX:y']

async function attackTargets(target: Target): Promise<void> {
  for (const path of BAD_TARGETS) {
    assert.equal(await statusOf(target.port, upgradeOf(path)), 400, `upgrade ${path.slice(0, 40)}`)
    const plain = await statusOf(target.port, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`)
    assert.ok(plain >= 400 && plain < 500, `GET ${path.slice(0, 40)}: ${plain}`)
  }
  assert.equal(await statusOf(target.port, upgradeOf('/no/such/socket')), 404)
  assert.ok(await isAlive(target), target.command.text())
}

/** A good client after all attacks: its socket opens and gets a message. */
async function firstMessage(url: string, headers: Record<string, string> = {}): Promise<string> {
  const socket = new WebSocket(url, { headers })
  const [data] = await once(socket, 'message', { signal: AbortSignal.timeout(10_000) })
  socket.terminate()
  return String(data)
}

test('hostile handshakes: serve answers or drops them on every route, and good clients still connect', async (context) => {
  const target = await serve(context)
  const { id, tokens } = await startMatch(target)
  const ws = target.url.replace('http', 'ws')
  const routes = [
    `/episodes/${id}/player?slot=0&token=${tokens[0]}`,
    `/episodes/${id}/player?slot=0&token=wrong`,
    `/episodes/${id}/global`,
    `/episodes/${id}/replay`,
    '/perception/stream',
    `/api/episodes/${id}/slots/0/perception/stream`,
    '/api/play/game/none/ws',
  ]
  for (const path of routes) await attackRoute(target, upgradeOf(path))
  const bearer = `Authorization: Bearer ${tokens[1]}\r\n`
  await attackRoute(target, upgradeOf(`/api/episodes/${id}/slots/1/perception/stream`, bearer))
  await attackTargets(target)
  assert.match(await firstMessage(`${ws}/episodes/${id}/player?slot=0&token=${tokens[0]}`), /"observation"/)
  assert.match(await firstMessage(`${ws}/episodes/${id}/global`), /"state"/)
  const stream = `${ws}/api/episodes/${id}/slots/1/perception/stream`
  assert.match(await firstMessage(stream, { authorization: `Bearer ${tokens[1]}` }), /"perception"/)
})

test('hostile handshakes: perception serve survives them, with a world and with a bridge', async (context) => {
  const world = ['perception', 'serve', 'frontier', '--agent', 'timmy', '--no-auth', '--port', '0']
  const target = await startTarget(context, world)
  await attackRoute(target, upgradeOf('/perception/stream?agent_id=timmy'))
  await attackTargets(target)
  assert.match(
    await firstMessage(`${target.url.replace('http', 'ws')}/perception/stream?agent_id=timmy`),
    /"perception"/,
  )
  const bridged = await startTarget(context, [
    'perception',
    'serve',
    '--bridge',
    'tes3mp',
    '--agent',
    'a',
    '--port',
    '0',
  ])
  await attackRoute(bridged, upgradeOf('/bridge?engine=tes3mp'))
  await attackRoute(bridged, upgradeOf('/perception/stream'))
  await attackTargets(bridged)
})

test('hostile handshakes: world serve survives them, live and in replay mode', async (context) => {
  const target = await startTarget(context, ['world', 'serve', 'paint-arena', '--variant', 'duel'])
  for (const path of ['/player?slot=0&token=x', '/global', '/admin']) await attackRoute(target, upgradeOf(path))
  await attackTargets(target)
  assert.match(await firstMessage(`${target.url.replace('http', 'ws')}/global`), /"state"/)
  const replays = await startTarget(context, ['world', 'serve', 'paint-arena', '--replay', '/nowhere.json'])
  await attackRoute(replays, upgradeOf('/replay?uri=/etc/passwd'))
  await attackTargets(replays)
})

test('hostile handshakes: slow heads and slow bodies are closed within their limits', async (context) => {
  const target = await serve(context)
  const started = performance.now()
  const took = async (text: string): Promise<number> => {
    const socket = dial(target.port)
    socket.resume()
    socket.write(text)
    await once(socket, 'close', { signal: AbortSignal.timeout(60_000) })
    return performance.now() - started
  }
  const body =
    'POST /api/player/auth HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{'
  const times = await Promise.all([
    ...Array.from({ length: 20 }, () => took('GET / HTTP/1.1\r\nHost: a\r\n')),
    ...Array.from({ length: 20 }, () => took('')),
    ...Array.from({ length: 20 }, () => took(body)),
    took(`GET /episodes/x/global HTTP/1.1\r\n${HANDSHAKE.slice(0, 30)}`),
  ])
  assert.ok(Math.max(...times) < 45_000, `${Math.max(...times)} ms`)
  await pause(0)
  assert.ok(await isAlive(target))
})
