import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { AppError } from '../kernel/errors.ts'
import type { ModelRequest } from '../protocol/model.ts'
import { type ModelAnswer, startModelServer } from '../testing/model-server.ts'
import type { ModelClient } from './client.ts'
import { createEndpointClient } from './endpoint-client.ts'
import { createFixedClient } from './fixed-client.ts'
import { Meter, withMeter } from './meter.ts'
import { withQueue } from './queue.ts'
import { createReplayClient, keyOf, parseRecording, withRecorder } from './recording.ts'
import { withRetries } from './retrying-client.ts'

const REQUEST: ModelRequest = { model: 'small', messages: [{ role: 'user', content: 'Where is the ford?' }] }
const KEY = 'sk-very-secret-0123456789'

async function clientOf(
  context: TestContext,
  answer: (index: number) => ModelAnswer | string | Promise<ModelAnswer | string>,
  timeoutMs = 5000,
) {
  const server = await startModelServer((_asked, index) => answer(index))
  context.after(() => server.close())
  return { server, client: await createEndpointClient({ baseUrl: server.url, apiKey: KEY, timeoutMs }) }
}

const failsWith = (code: string) => (error: unknown) => {
  assert.ok(error instanceof AppError, String(error))
  assert.equal(error.code, code)
  assert.doesNotMatch(JSON.stringify(error.toProblem()), /very-secret/)
  return true
}

test('models: an endpoint is called once, with the key in a header, and its usage is reported', async (context) => {
  const { server, client } = await clientOf(context, () => 'Behind the mill.')
  const reply = await client.complete(REQUEST)
  assert.deepEqual(reply, {
    text: 'Behind the mill.',
    model: 'small',
    finish: 'stop',
    usage: { input_tokens: 10, output_tokens: 5, cost_usd: null },
  })
  assert.deepEqual(server.keys, [`Bearer ${KEY}`])
  assert.equal(server.asked.length, 1)
})

test('models: a streamed answer arrives in pieces, and complete at the end', async (context) => {
  const { client } = await clientOf(context, () => 'The water is low today, mind the stones.')
  const pieces: string[] = []
  const reply = await client.complete(REQUEST, { onText: (piece) => pieces.push(piece) })
  assert.ok(pieces.length > 2)
  assert.equal(pieces.join(''), reply.text)
  assert.deepEqual(reply.usage, { input_tokens: 10, output_tokens: 5, cost_usd: null })
})

test('models: an endpoint without streaming gets a plain request, and its answer is one piece', async (context) => {
  const { server, client } = await clientOf(context, () => ({
    kind: 'body',
    body: '{"model":"small","choices":[{"message":{"content":"All at once."},"finish_reason":"stop"}]}',
  }))
  const pieces: string[] = []
  assert.equal((await client.complete(REQUEST, { onText: (piece) => pieces.push(piece) })).text, 'All at once.')
  assert.deepEqual(pieces, ['All at once.'])
  assert.equal(server.asked.length, 2)
})

/** The forms that an endpoint was asked by, in order. */
const formsOf = (asked: readonly { readonly response_format?: object }[]): string[] =>
  asked.map(({ response_format: form }) => (form && 'type' in form ? String(form.type) : 'none'))

const SHAPED: ModelRequest = { ...REQUEST, schema: { name: 'answer', schema: { type: 'object' } } }
const refusal = (message: string): ModelAnswer => ({
  kind: 'status',
  status: 400,
  body: JSON.stringify({ error: { message } }),
})

for (const [takes, forms] of [
  ['json_schema', ['json_schema', 'json_schema']],
  ['json_object', ['json_schema', 'json_object', 'json_object']],
  ['none', ['json_schema', 'json_object', 'none', 'none']],
] as const) {
  test(`models: an endpoint that supports ${takes} is called with it, and refused formats are remembered`, async (context) => {
    const server = await startModelServer((asked) => {
      const [form = 'none'] = formsOf([asked])
      return form === takes ? '{"word":"noop"}' : refusal(`'response_format.type' ${form} is not supported`)
    })
    context.after(() => server.close())
    const client = await createEndpointClient({ baseUrl: server.url, timeoutMs: 5000 })
    await client.complete(SHAPED)
    assert.equal((await client.complete(SHAPED)).text, '{"word":"noop"}')
    assert.deepEqual(formsOf(server.asked), forms)
    if (takes === 'none') await client.complete(REQUEST)
  })
}

test('models: concurrent calls that detect an unsupported format all get an answer', async (context) => {
  const server = await startModelServer((asked) => (asked.response_format ? refusal('no json here') : 'Yes.'))
  context.after(() => server.close())
  const client = await createEndpointClient({ baseUrl: server.url, timeoutMs: 5000 })
  const replies = await Promise.all(Array.from({ length: 8 }, () => client.complete(SHAPED)))
  assert.deepEqual([...new Set(replies.map(({ text }) => text))], ['Yes.'])
})

test('models: a refusal for another reason is reported and does not disable a format', async (context) => {
  const { server, client } = await clientOf(context, () => refusal('the context is too long'))
  await assert.rejects(client.complete(SHAPED), failsWith('MODEL_REFUSED'))
  assert.deepEqual(formsOf(server.asked), ['json_schema'])
})

test('models: temperature and answer limit are sent, the limit under the name that the endpoint supports', async (context) => {
  const server = await startModelServer((asked) =>
    'max_completion_tokens' in asked ? refusal("Unrecognized request argument: 'max_completion_tokens'") : 'Yes.',
  )
  context.after(() => server.close())
  const client = await createEndpointClient({ baseUrl: server.url, timeoutMs: 5000 })
  for (let n = 0; n < 2; n++) await client.complete({ ...REQUEST, temperature: 0.3, max_tokens: 50 })
  const limits = server.asked.map((asked) => ('max_tokens' in asked ? asked.max_tokens : 'other'))
  assert.deepEqual(limits, ['other', 50, 50])
  for (const asked of server.asked) assert.equal('temperature' in asked ? asked.temperature : undefined, 0.3)
})

test('models: without a key no Authorization header is sent', async (context) => {
  const { server } = await clientOf(context, () => 'Yes.')
  const client = await createEndpointClient({ baseUrl: server.url, timeoutMs: 5000 })
  await client.complete(REQUEST)
  await client.complete(REQUEST, { onText: () => undefined })
  assert.deepEqual(server.keys, [undefined, undefined])
})

test('models: a reasoning block is not part of the answer, and an answer may be a list of parts', async (context) => {
  const parts = [
    { type: 'thinking', thinking: 'Hm.', text: 'Hm.' },
    { type: 'text', text: 'Behind ' },
    { type: 'text', text: 'the mill.' },
  ]
  const { client } = await clientOf(context, (index) =>
    index === 0
      ? '<think>Where may it be? {"no":1}</think>\n\nBehind the mill.'
      : { kind: 'body', body: JSON.stringify({ model: 'small', choices: [{ message: { content: parts } }] }) },
  )
  assert.equal((await client.complete(REQUEST)).text, 'Behind the mill.')
  assert.equal((await client.complete(REQUEST)).text, 'Behind the mill.')
})

const FAULTS: readonly (readonly [string, ModelAnswer, string])[] = [
  ['an empty answer', { kind: 'text', text: '' }, 'MODEL_REPLY_INVALID'],
  ['an answer of blanks', { kind: 'text', text: ' \n' }, 'MODEL_REPLY_INVALID'],
  ['an answer of 1 MB', { kind: 'text', text: 'x'.repeat(1024 * 1024) }, 'MODEL_REPLY_INVALID'],
  ['half a JSON document', { kind: 'body', body: '{"choices":[{"mess' }, 'MODEL_REPLY_INVALID'],
  ['a document without choices', { kind: 'body', body: '{}' }, 'MODEL_REPLY_INVALID'],
  ['prose in place of JSON', { kind: 'body', body: 'I am only a web server.' }, 'MODEL_REPLY_INVALID'],
  ['status 500', { kind: 'status', status: 500 }, 'MODEL_UNAVAILABLE'],
  ['status 503', { kind: 'status', status: 503 }, 'MODEL_UNAVAILABLE'],
  ['status 429', { kind: 'status', status: 429 }, 'MODEL_BUSY'],
  ['a wrong key', { kind: 'status', status: 401, body: `{"error":{"message":"bad key ${KEY}"}}` }, 'MODEL_REFUSED'],
  ['an unknown model', { kind: 'status', status: 404 }, 'MODEL_REFUSED'],
]
for (const [name, answer, code] of FAULTS) {
  test(`models: ${name} is ${code}, and the key is in no message`, async (context) => {
    const { client } = await clientOf(context, () => answer)
    await assert.rejects(client.complete(REQUEST), failsWith(code))
  })
}

test('models: a connection that breaks during the answer is retried', async (context) => {
  const { client } = await clientOf(context, () => ({ kind: 'half' }))
  await assert.rejects(client.complete(REQUEST), (error: unknown) => {
    assert.ok(error instanceof AppError)
    assert.match(error.code, /MODEL_UNAVAILABLE|MODEL_REPLY_INVALID/)
    return true
  })
})

test('models: an endpoint that never answers times out, also in the middle of a stream', async (context) => {
  const { client } = await clientOf(context, () => ({ kind: 'never' }), 60)
  await assert.rejects(client.complete(REQUEST), failsWith('MODEL_TIMEOUT'))
  await assert.rejects(client.complete(REQUEST, { onText: () => undefined }), failsWith('MODEL_TIMEOUT'))
})

test('models: an unreachable endpoint is MODEL_UNAVAILABLE', async () => {
  const client = await createEndpointClient({ baseUrl: 'http://127.0.0.1:9/v1', apiKey: KEY, timeoutMs: 5000 })
  await assert.rejects(client.complete(REQUEST), failsWith('MODEL_UNAVAILABLE'))
})

test('models: a caller that cancels gets its own reason', async (context) => {
  const { client } = await clientOf(context, () => ({ kind: 'never' }))
  const abort = new AbortController()
  const call = client.complete(REQUEST, { signal: abort.signal })
  abort.abort(new Error('not needed any more'))
  await assert.rejects(call, /not needed any more/)
})

test('models: transient failures are retried after the wait that the endpoint requests', async (context) => {
  const { server, client } = await clientOf(context, (index) =>
    index === 0
      ? { kind: 'status', status: 429, headers: { 'retry-after': '7' } }
      : index === 1
        ? { kind: 'status', status: 500 }
        : 'At last.',
  )
  const waits: number[] = []
  const retrying = withRetries(client, { attempts: 3, firstWaitMs: 100, longestWaitMs: 10_000 }, (ms) => {
    waits.push(ms)
    return Promise.resolve()
  })
  assert.equal((await retrying.complete(REQUEST)).text, 'At last.')
  assert.deepEqual(waits, [7000, 200])
  assert.equal(server.asked.length, 3)
})

test('models: a Retry-After above the limit and a refusal are not retried', async (context) => {
  const { server, client } = await clientOf(context, (index) =>
    index === 0 ? { kind: 'status', status: 429, headers: { 'retry-after': '3600' } } : { kind: 'status', status: 401 },
  )
  const retrying = withRetries(client, { attempts: 5, firstWaitMs: 1, longestWaitMs: 1000 })
  await assert.rejects(retrying.complete(REQUEST), failsWith('MODEL_BUSY'))
  await assert.rejects(retrying.complete(REQUEST), failsWith('MODEL_REFUSED'))
  assert.equal(server.asked.length, 2)
})

test('models: a meter counts tokens and cost by price, and stops before the call that would exceed a limit', async () => {
  const inner: ModelClient = {
    complete: () =>
      Promise.resolve({
        text: 'yes',
        model: 'small',
        finish: 'stop',
        usage: { input_tokens: 1000, output_tokens: 200, cost_usd: null },
      }),
  }
  const meter = new Meter({ tokens: 2000 }, { small: { input: 1, output: 10 } })
  const client = withMeter(inner, meter)
  assert.equal((await client.complete(REQUEST)).usage.cost_usd, 0.003)
  await client.complete(REQUEST)
  await assert.rejects(client.complete(REQUEST), failsWith('BUDGET_SPENT'))
  assert.deepEqual(meter.spent, {
    calls: 2,
    input_tokens: 2000,
    output_tokens: 400,
    cost_usd: 0.006,
    unpriced_calls: 0,
  })
})

test('models: a cost limit that cannot be enforced is reported after the first call of unknown cost', async () => {
  const meter = new Meter({ usd: 1 })
  const inner = createFixedClient('yes')
  const unpriced: ModelClient = {
    complete: async (request) => {
      const reply = await inner.complete(request)
      return { ...reply, usage: { ...reply.usage, cost_usd: null } }
    },
  }
  const client = withMeter(unpriced, meter)
  await client.complete(REQUEST)
  await assert.rejects(client.complete(REQUEST), failsWith('BUDGET_SPENT'))
})

test('models: a queue limits concurrent calls, starts the others in order, and drops cancelled ones', async () => {
  const gates: (() => void)[] = []
  const started: string[] = []
  const inner: ModelClient = {
    complete: async (request) => {
      started.push(request.model)
      await new Promise<void>((resolve) => gates.push(resolve))
      return {
        text: request.model,
        model: request.model,
        finish: 'stop',
        usage: { input_tokens: 0, output_tokens: 0, cost_usd: 0 },
      }
    },
  }
  const client = withQueue(inner, 2)
  const abort = new AbortController()
  const calls = ['a', 'b', 'c', 'd'].map((model) =>
    client.complete({ ...REQUEST, model }, model === 'c' ? { signal: abort.signal } : {}),
  )
  const [a, b, c, d] = calls
  assert.ok(a && b && c && d)
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(started, ['a', 'b'])
  abort.abort(new Error('gone'))
  await assert.rejects(c, /gone/)
  gates[0]?.()
  await a
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(started, ['a', 'b', 'd'])
  gates[1]?.()
  gates[2]?.()
  assert.deepEqual(
    (await Promise.all([b, d])).map((reply) => reply.text),
    ['b', 'd'],
  )
})

test('models: a recording answers the same requests without a network, repeated ones in their order', async (context) => {
  const { client } = await clientOf(context, (index) => `answer ${index}`)
  const lines: string[] = []
  const recorder = withRecorder(client, (line) => void lines.push(line))
  const other = { ...REQUEST, temperature: 0.5 }
  const live = [await recorder.complete(REQUEST), await recorder.complete(other), await recorder.complete(REQUEST)]
  const replay = createReplayClient(parseRecording(lines.join('\n')))
  const replayed = [await replay.complete(REQUEST), await replay.complete(other), await replay.complete(REQUEST)]
  assert.deepEqual(replayed, live)
  assert.doesNotMatch(lines.join('\n'), /very-secret/)
})

test('models: the key of a request does not depend on the order of its fields', () => {
  const turned: ModelRequest = { messages: [{ content: 'Where is the ford?', role: 'user' }], model: 'small' }
  assert.equal(keyOf(turned), keyOf(REQUEST))
})

test('models: an unrecorded request is an error that shows the nearest recorded one', async () => {
  const lines: string[] = []
  const recorder = withRecorder(createFixedClient('yes'), (line) => void lines.push(line))
  await recorder.complete({ model: 'small', messages: [{ role: 'user', content: 'Something else altogether.' }] })
  await recorder.complete(REQUEST)
  const replay = createReplayClient(parseRecording(lines.join('\n')))
  const asked = { model: 'small', messages: [{ role: 'user' as const, content: 'Where is the fort?' }] }
  await assert.rejects(replay.complete(asked), (error: unknown) => {
    assert.ok(error instanceof AppError)
    assert.equal(error.code, 'RECORDING_MISS')
    assert.match(error.message, /call 2/)
    assert.match(error.message, /the ford/)
    assert.match(error.message, /the fort/)
    return true
  })
})

test('models: an edited recording is refused with its line', () => {
  const call = { paracosm: 'model-call', version: 1, key: keyOf(REQUEST), request: REQUEST }
  const reply = { text: 'x', model: 'small', finish: 'stop', usage: { input_tokens: 0, output_tokens: 0, cost_usd: 0 } }
  const forged = JSON.stringify({ ...call, request: { ...REQUEST, model: 'large' }, reply })
  assert.throws(() => parseRecording(`${JSON.stringify({ ...call, reply })}\n${forged}\n`), /line 2/)
  assert.throws(() => parseRecording('{"half'), failsWith('JSON_MALFORMED'))
  assert.throws(() => parseRecording('{}'), failsWith('RECORDING_INVALID'))
})
