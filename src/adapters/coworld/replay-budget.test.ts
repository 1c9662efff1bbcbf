import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { closeServer } from '../../transport/close.ts'
import { createHttpServer } from '../../transport/http.ts'
import { OriginPolicy } from '../../transport/origins.ts'
import { TrustedProxies } from '../../transport/proxies.ts'
import { Sockets } from '../../transport/sockets.ts'
import { UpgradeRouter } from '../../transport/upgrade-router.ts'
import { openReplay } from './replay-adapter.ts'
import { ReplayBudget } from './replay-budget.ts'

const MESSAGE = JSON.stringify({ type: 'replay', frames: ['x'.repeat(16 * 1024 * 1024)] })
/** Two messages and a part of the third. */
const BUDGET = 40 * 1024 * 1024

test('replay budget: viewers that do not read use a bounded number of messages, and their share is released', async () => {
  let made = 0
  const faults: unknown[] = []
  const onFault = (error: unknown): void => void faults.push(error)
  const sockets = new Sockets({ onFault })
  const router = new UpgradeRouter({ sockets, origins: new OriginPolicy(), proxies: new TrustedProxies(), onFault })
  const budget = new ReplayBudget(BUDGET)
  const open = async () => ({
    message: async () => {
      made++
      return MESSAGE
    },
  })
  router.add({ pattern: '/replay', authorize: () => openReplay({ open, budget, onFault }) })
  const server = createHttpServer((_request, response) => void response.end())
  router.attach(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const dial = (): WebSocket => new WebSocket(`ws://127.0.0.1:${port}/replay`, { maxPayload: 64 * 1024 * 1024 })
  try {
    const deaf: WebSocket[] = []
    for (let n = 0; n < 3; n++) {
      const socket = dial()
      deaf.push(socket)
      await once(socket, 'open')
      socket.pause()
    }
    const until = Date.now() + 60_000
    while (made < 3) {
      assert.ok(Date.now() < until, `${made} messages were made`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    // Everything is taken now: the next viewer hears so, and nothing is made for it.
    const refused = dial()
    const [error] = await once(refused, 'message')
    assert.equal(JSON.parse(String(error)).error.code, 'QUEUE_FULL')
    assert.equal((await once(refused, 'close'))[0], 1011)
    assert.equal(made, 3)
    for (const socket of deaf) socket.terminate()
    while (sockets.size > 0) {
      assert.ok(Date.now() < until + 10_000, `${sockets.size} sockets are open`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    const reader = dial()
    const [replay] = await once(reader, 'message')
    assert.equal(String(replay).length, MESSAGE.length)
    reader.close()
    assert.deepEqual(faults, [])
  } finally {
    await closeServer(server, sockets)
  }
})
