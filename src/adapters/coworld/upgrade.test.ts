import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { formatTextFrame, Sockets } from './upgrade.ts'

test('frames: the headers of RFC 6455 at every border of length', () => {
  const header = (length: number) => [
    ...formatTextFrame('x'.repeat(length)).subarray(0, length < 126 ? 2 : length < 65_536 ? 4 : 10),
  ]
  assert.deepEqual(header(0), [0x81, 0])
  assert.deepEqual(header(125), [0x81, 125])
  assert.deepEqual(header(126), [0x81, 126, 0, 126])
  assert.deepEqual(header(65_535), [0x81, 126, 255, 255])
  assert.deepEqual(header(65_536), [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0])
})

test('sockets: texts of any length and alphabet arrive as they were sent, in order, pings between them', async () => {
  const texts = ['', 'a', 'é'.repeat(63), '界'.repeat(400), 'x'.repeat(70_000), '{"done":true}']
  const sockets = new Sockets()
  const server = createServer()
  server.on('upgrade', (request, socket, head) => {
    sockets.accept({ request, socket, head }, (opened) => {
      for (const text of texts) {
        opened.ping()
        sockets.send(opened, text, true)
      }
      opened.close(1000)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  const seen: string[] = []
  client.on('message', (bytes) => seen.push(String(bytes)))
  const code = await new Promise((resolve) => client.on('close', resolve))
  assert.deepEqual([seen, code], [texts, 1000])
  sockets.close()
  server.close()
})
