// Ports for games: many are taken at once, and none may be lost to another game or to an outgoing connection.
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { takeFreePort } from './runtime.ts'

test('ports: a hundred that are taken at once differ, can be listened on, and are not those of outgoing connections', async () => {
  const ports = await Promise.all(Array.from({ length: 100 }, takeFreePort))
  assert.equal(new Set(ports).size, 100)
  assert.ok(ports.every((port) => port >= 20_000 && port <= 32_000))
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(ports[0], '127.0.0.1', resolve))
  server.close()
})
