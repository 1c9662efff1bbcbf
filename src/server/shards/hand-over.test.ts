import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { HandOver } from './hand-over.ts'
import type { ToShard } from './shard-link.ts'

const HANDSHAKE = { url: '/', httpVersion: '1.1', headers: {}, head: '' }

/** A server's end of a real connection, and its client. */
async function connection(t: TestContext): Promise<{ socket: Socket; client: Socket }> {
  const server = createServer()
  const arrives = once(server, 'connection')
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const client = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1')
  const [socket]: Socket[] = await arrives
  t.after(() => {
    client.destroy()
    socket?.destroy()
    server.close()
  })
  return { socket: socket!, client }
}

/** What is sent to the shard, with whether the server still held the socket at that moment. */
function record(socket: Socket, willFail = false) {
  const sent: { message: ToShard; isHeld: boolean }[] = []
  const handOver = new HandOver((message, _socket, onFailed) => {
    sent.push({ message, isHeld: !socket.destroyed })
    if (willFail) onFailed?.()
  })
  return { sent, handOver }
}

test('hand over: the shard gets the head only after the server has let go of the socket', async (t) => {
  const { socket } = await connection(t)
  const { sent, handOver } = record(socket)
  const done = handOver.start(socket, HANDSHAKE)
  handOver.taken(1)
  assert.equal(await done, true)
  assert.deepEqual(sent, [
    { message: { kind: 'socket', number: 1 }, isHeld: true },
    { message: { kind: 'handshake', number: 1, handshake: HANDSHAKE }, isHeld: false },
  ])
})

test('hand over: a client that leaves on the way, or that was refused meanwhile, is forgotten on both sides', async (t) => {
  for (const leave of [
    ({ client }: { client: Socket }) => client.resetAndDestroy(),
    ({ socket }: { socket: Socket }) => socket.destroy(),
    ({ socket }: { socket: Socket }) => socket.end('HTTP/1.1 408 Request Timeout\r\n\r\n'),
  ]) {
    const both = await connection(t)
    const { sent, handOver } = record(both.socket)
    both.socket.on('error', () => undefined).resume()
    const done = handOver.start(both.socket, HANDSHAKE)
    const closed = new Promise((resolve) => both.socket.once('close', resolve))
    both.client.on('error', () => undefined).on('end', () => both.client.destroy())
    both.client.resume()
    leave(both)
    await closed
    assert.equal(await done, true)
    handOver.taken(1)
    assert.deepEqual(sent.at(-1)?.message, { kind: 'handshake', number: 1, handshake: null })
  }
})

test('hand over: with a shard that ends, the socket stays here for the next one', async (t) => {
  const { socket } = await connection(t)
  const late = record(socket)
  const waiting = late.handOver.start(socket, HANDSHAKE)
  late.handOver.failAll()
  assert.equal(await waiting, false)
  assert.equal(await record(socket, true).handOver.start(socket, HANDSHAKE), false)
  assert.ok(!socket.destroyed)
})
