import assert from 'node:assert/strict'
import { Duplex } from 'node:stream'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { SocketConnection } from './connection.ts'
import { JoinedWrites } from './joined-writes.ts'

/** A connection over a stream that records every write. */
function recorded(isBusy: () => boolean): {
  readonly connection: SocketConnection
  readonly joined: JoinedWrites
  readonly writes: string[]
} {
  const writes: string[] = []
  const stream = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      writes.push(textsOf(chunk).join('|'))
      done()
    },
  })
  // Created without an address, ws accepts a stream after its handshake, as its own server does.
  const socket: WebSocket = Reflect.construct(WebSocket, [null, undefined, {}])
  Reflect.apply(Reflect.get(socket, 'setSocket'), socket, [stream, Buffer.alloc(0), { maxPayload: 1024 }])
  const joined = new JoinedWrites(isBusy)
  const options = { stream, address: 'test', joined, onFault: assert.fail }
  return { connection: new SocketConnection(socket, options), joined, writes }
}

/** The texts of short unmasked frames. */
function textsOf(bytes: Buffer): string[] {
  const texts: string[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at + 1] ?? 0
    texts.push(bytes[at] === 0x81 ? bytes.toString('utf8', at + 2, at + 2 + length) : 'close')
    at += 2 + length
  }
  return texts
}

test('joined writes: while the process is idle, a message is written at once', () => {
  const { connection, joined, writes } = recorded(() => false)
  connection.sendSoon('a')
  connection.send('b')
  assert.deepEqual(writes, ['a', 'b'])
  joined.close()
})

test('joined writes: while the process is busy, deferrable messages join the next write, in order', () => {
  const { connection, joined, writes } = recorded(() => true)
  connection.sendSoon('a')
  connection.sendSoon('b')
  assert.deepEqual(writes, [])
  connection.sendSnapshot('c')
  connection.sendSoon('d')
  connection.send('e')
  assert.deepEqual(writes, ['a|b|c', 'd|e'])
  joined.close()
})

test('joined writes: a message without a successor is written on its own', async () => {
  const { connection, joined, writes } = recorded(() => true)
  connection.sendSoon('a')
  const until = Date.now() + 60_000
  while (writes.length === 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10))
  assert.deepEqual(writes, ['a'])
  joined.close()
})

test('joined writes: waiting messages are written before they pile up', () => {
  const { connection, joined, writes } = recorded(() => true)
  for (let i = 0; i < 50; i++) connection.sendSoon('x'.repeat(100))
  assert.equal(writes.length, 1)
  joined.close()
  assert.equal(writes.join('|').split('|').length, 50)
})

test('joined writes: a close first sends the waiting messages', () => {
  const { connection, joined, writes } = recorded(() => true)
  connection.sendSoon('a')
  connection.close()
  assert.deepEqual(writes.slice(0, 2), ['a', 'close'])
  connection.terminate()
  joined.close()
})
