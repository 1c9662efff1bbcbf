import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { PerceptionClient } from '../../src/client/perception.ts'
import type { AppError } from '../../src/kernel/errors.ts'
import { createEndpointClient } from '../../src/models/endpoint-client.ts'
import { createReplayClient, parseRecording, withRecorder } from '../../src/models/recording.ts'
import { createModelPolicy, readDecision } from '../../src/players/agent/model-policy.ts'
import type { Policy } from '../../src/players/agent/policy.ts'
import { createRandomPolicy } from '../../src/players/agent/random-policy.ts'
import { runAgent } from '../../src/players/agent/run-agent.ts'
import { createScriptedPolicy } from '../../src/players/agent/scripted-policy.ts'
import { type PerceptionEpisode, startPerceptionEpisode } from '../../src/server/perception-episode.ts'
import { createMemorySink, type MemorySink } from '../../src/testing/memory-sink.ts'
import { startModelServer } from '../../src/testing/model-server.ts'

interface Wanted {
  readonly world: string
  readonly variant?: string
  readonly tickRate?: number | 'lockstep'
  readonly dataDir?: string
  readonly port?: number
  readonly seed?: number
  readonly sink?: MemorySink
}

async function serve(context: TestContext, wanted: Wanted): Promise<PerceptionEpisode> {
  const dataDir = wanted.dataDir ?? mkdtempSync(join(tmpdir(), 'paracosm-agent-'))
  const served = await startPerceptionEpisode({
    world: wanted.world,
    variant: wanted.variant,
    dataDir,
    seed: wanted.seed ?? 1,
    agents: [],
    tickRate: wanted.tickRate ?? 'lockstep',
    hasAuth: true,
    host: '127.0.0.1',
    port: wanted.port ?? 0,
    otherPorts: 0,
    version: 'test',
    sink: wanted.sink ?? createMemorySink(),
    onError: (error) => assert.fail(String(error)),
  })
  context.after(async () => {
    await served.close()
    if (wanted.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
  })
  return served
}

function clientOf(served: PerceptionEpisode, slot = 0): PerceptionClient {
  return new PerceptionClient({
    url: served.url,
    agentId: `agent-${slot}`,
    token: served.episode.slots[slot]?.token,
  })
}

const NEVER = new AbortController().signal

test('agent: the rules for frontier complete at least two of the three quests of arrival, using only perceptions', async (context) => {
  const served = await serve(context, { world: 'frontier', variant: 'arrival' })
  const policy = await createScriptedPolicy('frontier')
  const summary = await runAgent({ client: clientOf(served), policy, budget: { turns: 2000 }, signal: NEVER })
  assert.ok(summary.done > 20, JSON.stringify(summary))
  const { quests } = served.episode.spectate()
  const finished = Object.values(typeof quests === 'object' && quests !== null ? quests : {}).filter(
    (stage) => stage === 100,
  )
  assert.ok(finished.length >= 2, JSON.stringify({ quests, summary }))
})

test('agent: a run ends with its episode, and sends no command after it', async (context) => {
  const sink = createMemorySink()
  const served = await serve(context, { world: 'frontier', variant: 'errand', sink })
  const policy: Policy = {
    decide: () => Promise.resolve({ command: { command: 'wait', params: { duration_seconds: 3000 } }, reasoning: 'x' }),
  }
  const summary = await runAgent({ client: clientOf(served), policy, budget: { turns: 50 }, signal: NEVER })
  assert.deepEqual(
    { ...summary, reason: '' },
    { turns: 6, done: 6, failed: 0, refused: 0, ended: 'episode', reason: '' },
  )
  assert.deepEqual(
    sink.rows.map((row) => [row.heartbeat_cycle, row.outcome?.split(':')[0]]),
    [0, 1, 2, 3, 4, 5].map((cycle) => [cycle, 'done']),
  )
})

for (const [world, variant] of [
  ['frontier', 'errand'],
  ['foundry', 'first_slice'],
  ['paint-arena', 'default'],
] as const) {
  test(`agent: one unchanged program plays ${world} by rules and at random`, async (context) => {
    const tickRate = world === 'frontier' ? 'lockstep' : 200
    const served = await serve(context, { world, variant, tickRate })
    const slots = served.episode.slots.length
    const policies: Policy[] = []
    for (let slot = 0; slot < slots; slot++) {
      policies.push(slot === 0 ? await createScriptedPolicy(world) : createRandomPolicy(slot))
    }
    const summaries = await Promise.all(
      policies.map((policy, slot) =>
        runAgent({ client: clientOf(served, slot), policy, budget: { turns: 12 }, signal: NEVER }),
      ),
    )
    for (const summary of summaries) assert.ok(summary.done + summary.failed > 0 || summary.ended === 'episode')
    assert.ok((summaries[0]?.done ?? 0) > 0 || summaries[0]?.ended === 'episode', JSON.stringify(summaries))
  })
}

test('agent: waits for a server that goes away, and continues at its next cycle', async (context) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'paracosm-agent-'))
  const first = await serve(context, { world: 'frontier', variant: 'errand', dataDir })
  const port = Number(new URL(first.url).port)
  const { token } = first.episode.slots[0] ?? {}
  const client = new PerceptionClient({ url: first.url, agentId: 'agent-0', token, retries: 0 })
  const cycles: number[] = []
  const restarted = Promise.withResolvers<void>()
  const run = runAgent({
    client,
    policy: createRandomPolicy(3),
    budget: { turns: 8 },
    signal: NEVER,
    onTurn: ({ cycle }) => {
      cycles.push(cycle)
      if (cycle === 2) void first.close().then(restarted.resolve, restarted.reject)
    },
  })
  await restarted.promise
  const second = await serve(context, { world: 'frontier', variant: 'errand', dataDir, port })
  assert.equal(second.isResumed, true)
  const summary = await run
  assert.equal(summary.ended, 'turns')
  assert.deepEqual(cycles, [0, 1, 2, 3, 4, 5, 6, 7])
})

/** A model that walks to the nearest entity, and sometimes answers nonsense. */
async function startSimpleModel(context: TestContext) {
  const server = await startModelServer((asked, index) => {
    if (index % 5 === 3) return 'I would rather talk about the weather.'
    const said = asked.messages[1]?.content ?? ''
    const near = /"entity_id":"([^"]+)"/.exec(said)?.[1]
    const command = near
      ? { command: 'move_to', params: { entity_id: near, target_cell: null } }
      : { command: 'noop', params: {} }
    return `Here is my move:\n\`\`\`json\n${JSON.stringify({ reasoning: 'It is the nearest.', ...command })}\n\`\`\``
  })
  context.after(() => server.close().catch(() => undefined))
  return server
}

test('agent: a recorded model run replays without the endpoint, to the same digest', async (context) => {
  const server = await startSimpleModel(context)
  const lines: string[] = []
  const endpoint = await createEndpointClient({ baseUrl: server.url, timeoutMs: 5000 })
  const live = await serve(context, { world: 'frontier', variant: 'arrival', seed: 7 })
  const budget = { turns: 15 }
  const livePolicy = createModelPolicy({
    client: withRecorder(endpoint, (line) => void lines.push(line)),
    model: 'tiny',
  })
  const first = await runAgent({ client: clientOf(live), policy: livePolicy, budget, signal: NEVER })
  await server.close()
  const again = await serve(context, { world: 'frontier', variant: 'arrival', seed: 7 })
  const replayPolicy = createModelPolicy({
    client: createReplayClient(parseRecording(lines.join('\n'))),
    model: 'tiny',
  })
  const second = await runAgent({ client: clientOf(again), policy: replayPolicy, budget, signal: NEVER })
  assert.deepEqual(second, first)
  assert.equal(again.episode.digest(), live.episode.digest())
  assert.ok(live.episode.step > 0)
})

test('agent: a replay stops with an error at an unknown request and shows the nearest one', async (context) => {
  const server = await startSimpleModel(context)
  const lines: string[] = []
  const endpoint = await createEndpointClient({ baseUrl: server.url, timeoutMs: 5000 })
  const live = await serve(context, { world: 'frontier', variant: 'arrival', seed: 7 })
  const recorder = createModelPolicy({ client: withRecorder(endpoint, (line) => void lines.push(line)), model: 'tiny' })
  await runAgent({ client: clientOf(live), policy: recorder, budget: { turns: 3 }, signal: NEVER })
  const other = await serve(context, { world: 'frontier', variant: 'arrival', seed: 7 })
  const client = createReplayClient(parseRecording(lines.join('\n')))
  const policy = createModelPolicy({ client, model: 'tiny', goal: 'Sit still.' })
  await assert.rejects(
    runAgent({ client: clientOf(other), policy, budget: { turns: 3 }, signal: NEVER }),
    (error: AppError) => error.code === 'RECORDING_MISS' && /nearest is call \d/.test(error.message),
  )
})

test('agent: an invalid answer is requested once more, then the agent does nothing and the log says why', async () => {
  const server = await startModelServer(() => 'No JSON today.')
  try {
    const client = await createEndpointClient({ baseUrl: server.url, timeoutMs: 5000 })
    const policy = createModelPolicy({ client, model: 'tiny' })
    const perception = {
      protocol_version: '1.0.0',
      timestamp: '2026-11-21T00:00:00.000Z',
      agent_id: 'a',
      location: { cell: 'c', x: 0, y: 0, z: 0, interior: false },
      health: { current: 1, max: 1 },
      nearby_entities: [],
      inventory_summary: { gold: 0, item_count: 0, encumbrance_pct: 0 },
      active_quests: [],
      environment: { time_of_day: 'day', weather: 'clear', is_combat: false, is_dialogue: false },
      raw_engine_data: {},
    }
    const decision = await policy.decide({ cycle: 0, perception, last: undefined }, NEVER)
    assert.equal(decision.command.command, 'noop')
    assert.match(decision.reasoning, /no JSON object/)
    assert.equal(server.asked.length, 2)
    assert.match(server.asked[1]?.messages.at(-1)?.content ?? '', /not a valid command/)
  } finally {
    await server.close()
  }
})

test('agent: answers are read bare, fenced, with surrounding prose, and with nulls for missing values', () => {
  const answer = '{"reasoning":"r","command":"wait","params":{"duration_seconds":5,"entity_id":null}}'
  for (const text of [answer, `\`\`\`json\n${answer}\n\`\`\``, `Well. ${answer} That is all.`]) {
    assert.deepEqual(readDecision(text), {
      reasoning: 'r',
      command: { command: 'wait', params: { duration_seconds: 5 } },
    })
  }
  for (const text of [
    '',
    '{',
    '[]',
    '{"command":"fly","params":{},"reasoning":"r"}',
    '{"command":"wait","params":{"duration_seconds":0},"reasoning":"r"}',
  ]) {
    assert.ok('fault' in readDecision(text), text)
  }
})
