// The stream of the adapter: perceptions and outcomes, for fast and slow readers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EncodedPerception } from '../../src/adapters/perception/bridge.ts'
import { Stream } from '../../src/adapters/perception/stream.ts'
import { StreamMessage } from '../../src/protocol/perception-adapter.ts'
import { handshakeStatus } from '../../src/testing/wire.ts'
import { openWorld } from './adapters.ts'

const isOutcome = (message: any): boolean => message.type === 'command' && message.command.status === 'done'

test('stream: perceptions arrive with each step, outcomes when they are known, and `end` last', async (t) => {
  const { timmy, episode } = await openWorld(t)
  const stream = await timmy.stream()
  const first = StreamMessage.parse(await stream.next())
  assert.equal(first.type, 'perception')
  const { body } = await timmy.say('wait', { duration_seconds: 300 })
  const outcome = await stream.next(isOutcome)
  assert.deepEqual([outcome.command.command_id, outcome.command.outcome], [body.command_id, 'Time passes.'])
  const later = await stream.next((message) => message.type === 'perception')
  assert.ok(later.perception.raw_engine_data.tick > 0)
  await episode.truncate('enough')
  assert.deepEqual(await stream.next((message) => message.type === 'end'), { type: 'end', reason: 'enough' })
  assert.equal(await stream.closed, 1000)
})

test('stream: a second stream of an agent replaces the first, as a second player does at a slot', async (t) => {
  const { timmy } = await openWorld(t)
  const one = await timmy.stream()
  const two = await timmy.stream()
  assert.equal(await one.closed, 4001)
  assert.equal((await two.next()).type, 'perception')
})

test('stream: the handshake requires the token', async (t) => {
  const { url } = await openWorld(t)
  assert.equal(await handshakeStatus(`${url.replace('http', 'ws')}/perception/stream`), 401)
})

test('stream: a stopping server closes it with 1012', async (t) => {
  const { timmy, close } = await openWorld(t)
  const stream = await timmy.stream()
  await stream.next()
  await close()
  assert.equal(await stream.closed, 1012)
})

/** A sink whose reader takes a message when the test says so. */
function createReader() {
  const sent: string[] = []
  let release = (): void => undefined
  let closed: number | undefined
  const transport = {
    send(text: string | Buffer, onSent: () => void) {
      sent.push(String(text))
      release = onSent
    },
    close: (code: number) => {
      closed = code
    },
  }
  return { sent, transport, take: () => release(), closed: () => closed }
}

const report = (n: number) => ({
  command_id: `c${n}`,
  agent_id: 'timmy',
  command: 'noop' as const,
  status: 'done' as const,
  outcome: '',
  code: null,
})

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('stream: a slow reader gets the newest perception and every outcome, and no queue of old perceptions', async () => {
  let now = 0
  const look = async (): Promise<EncodedPerception> => ({
    perception: {} as EncodedPerception['perception'],
    bytes: Buffer.from(String(now)),
  })
  const reader = createReader()
  const stream = new Stream(reader.transport, look)
  for (now = 1; now <= 1000; now++) {
    stream.perception()
    if (now % 500 === 0) stream.tell(report(now))
    await settle()
  }
  now = 1000
  assert.equal(reader.sent.length, 1)
  for (let i = 0; i < 10; i++) {
    reader.take()
    await settle()
  }
  const texts = reader.sent.map((text) => JSON.parse(text).perception ?? JSON.parse(text).command.command_id)
  assert.deepEqual(texts, [1, 'c500', 'c1000', 1000])
})

test('stream: a reader that is hundreds of outcomes behind is closed', async () => {
  const reader = createReader()
  const stream = new Stream(reader.transport, async () => undefined)
  for (let n = 0; n < 300; n++) stream.tell(report(n))
  assert.deepEqual([reader.closed(), reader.sent.length], [1013, 1])
})
