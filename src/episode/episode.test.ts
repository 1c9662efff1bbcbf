import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseLine, splitHash } from '../kernel/journal.ts'
import { configureWorld, type World } from '../kernel/world.ts'
import type { Pacing, SlotClock, StepLine } from '../protocol/journal.ts'
import { createConnection } from '../testing/connections.ts'
import { createHandClock, type HandClock } from '../testing/hand-clock.ts'
import { nim, oracle } from '../testing/worlds.ts'
import { paintArena } from '../worlds/paint-arena/world.ts'
import { memorySource } from './byte-source.ts'
import type { EffectWorker } from './effects.ts'
import type { Episode } from './episode.ts'
import { createBotPlayer } from './in-process-players.ts'
import { JournalFile, verifyJournal } from './journal-file.ts'
import { createMemorySink, type LineSink } from './sink.ts'
import { MAX_WAITING } from './slots.ts'
import { resumeEpisode, startEpisode } from './start.ts'

const LOCKSTEP: Pacing = { mode: 'lockstep' }
const person = { kind: 'human' as const, name: 'Ada' }

interface Table {
  readonly episode: Episode
  readonly clock: HandClock
  readonly lines: readonly string[]
  readonly slotState: (slot: number) => ReturnType<Episode['join']>
}

function createTable(
  world: World,
  options: {
    pacing?: Pacing
    clocks?: SlotClock[]
    sink?: LineSink
    gatherMs?: number
    onSlotTaken?: 'replace' | 'refuse'
    workers?: Record<string, EffectWorker>
    config?: Record<string, number>
  } = {},
): Table {
  const clock = createHandClock()
  const memory = createMemorySink()
  const configured = configureWorld(world, undefined, options.config)
  const slots = world.slots(configured.config)
  const episode = startEpisode(world, configured, {
    seed: 1,
    slots: Array.from({ length: slots }, () => ({ player: { kind: 'empty' as const, name: 'nobody' } })),
    pacing: LOCKSTEP,
    gatherMs: 60_000,
    clock,
    sink: memory,
    ...options,
  })
  episode.begin()
  const slotState = (slot: number) =>
    episode.join({ slot, token: episode.slots[slot]?.token ?? '' }, person, createConnection())
  return { episode, clock, lines: memory.lines, slotState }
}

const stepLines = (lines: readonly string[]): StepLine[] =>
  lines.flatMap((text, index) => {
    const line = parseLine(splitHash(text)?.body ?? '', index + 1)
    return line.kind === 'step' ? [line.line] : []
  })

const verify = async (lines: readonly string[], world: World) =>
  verifyJournal(await JournalFile.from(memorySource(`${lines.join('\n')}\n`)), () => world)

test('episode: lockstep waits for the awaited slots, and applied commands get receipts', async () => {
  const { episode, clock, slotState, lines } = createTable(nim)
  const [ada, bob] = [slotState(0), slotState(1)]
  await clock.crank(0)
  assert.deepEqual(await bob.submit({ take: 1 }), {
    accepted: false,
    code: 'NOT_YOUR_TURN',
    reason: 'Wait for the other.',
  })
  assert.equal(episode.step, 0)
  assert.deepEqual(await ada.submit({ take: 3 }), { accepted: true, step: 0 })
  assert.equal(episode.step, 1)
  assert.deepEqual(await bob.submit({ take: 2 }), { accepted: true, step: 1 })
  assert.deepEqual(episode.spectate(), { left: 16, turn: 0, present: [true, true] })
  assert.deepEqual(
    stepLines(lines).map((line) => [
      line.step,
      line.inputs ?? [],
      line.refused?.map(([slot, , { code }]) => [slot, code]) ?? [],
    ]),
    [
      [0, [], []],
      [0, [], [[1, 'NOT_YOUR_TURN']]],
      [0, [[0, { take: 3 }]], []],
      [1, [[1, { take: 2 }]], []],
    ],
  )
})

test('episode: an invalid command is refused with a code, journalled, and changes nothing', async () => {
  const { episode, clock, slotState, lines } = createTable(nim)
  const [ada] = [slotState(0), slotState(1)]
  await clock.crank(0)
  const before = episode.digest()
  const receipt = await ada.submit({ take: 9 })
  assert.equal(receipt.accepted, false)
  assert.equal(receipt.accepted ? '' : receipt.code, 'INVALID_COMMAND')
  const stale = await ada.submit({ take: 1 }, 7)
  assert.equal(stale.accepted ? '' : stale.code, 'STALE_COMMAND')
  assert.equal(episode.digest(), before)
  await ada.submit({ take: 1 })
  const refused = stepLines(lines).flatMap((line) => line.refused ?? [])
  assert.deepEqual(
    refused.map(([, command, { code }]) => [command, code]),
    [
      [{ take: 9 }, 'INVALID_COMMAND'],
      [{ take: 1 }, 'STALE_COMMAND'],
    ],
  )
})

test('episode: commands beyond the queue of a slot are refused and never journalled', async () => {
  const { clock, slotState, lines, episode } = createTable(paintArena, { pacing: { mode: 'rate', stepsPerSecond: 1 } })
  const [ada] = [slotState(0), slotState(1)]
  await clock.crank(100)
  const receipts = Array.from({ length: MAX_WAITING + 10 }, () => ada.submit({ move: 'up' }))
  await clock.crank(1000)
  const codes = (await Promise.all(receipts)).map((receipt) => (receipt.accepted ? 'ok' : receipt.code))
  assert.deepEqual(
    [codes.filter((code) => code === 'ok').length, codes.filter((code) => code === 'QUEUE_FULL').length],
    [MAX_WAITING, 10],
  )
  assert.equal(stepLines(lines).flatMap((line) => line.refused ?? []).length, 0)
  await episode.stop()
})

test('episode: when a move clock runs out, the default command is applied and the timeout journalled', async () => {
  const clocks: SlotClock[] = [{ kind: 'move', moveMs: 1000, lagMs: 200 }, { kind: 'none' }]
  const { episode, clock, slotState, lines } = createTable(nim, { clocks })
  slotState(0)
  slotState(1)
  await clock.crank(1199)
  assert.equal(episode.step, 0)
  await clock.crank(1)
  assert.equal(episode.step, 1)
  assert.deepEqual(stepLines(lines).at(-1)?.timeouts, [0])
  assert.deepEqual(stepLines(lines).at(-1)?.inputs, [[0, { take: 1 }]])
})

test('episode: thinking uses main time, the increment adds to it, and a pause stops it', async () => {
  const game: SlotClock = { kind: 'game', mainMs: 5000, incrementMs: 1000, lagMs: 0 }
  const { episode, clock, slotState, lines } = createTable(nim, { clocks: [game, game] })
  const [ada, bob] = [slotState(0), slotState(1)]
  await clock.crank(2000)
  ada.post({ take: 1 })
  await clock.crank(1000)
  bob.post({ take: 1 })
  await clock.crank(1000)
  episode.pause()
  await clock.crank(60_000)
  assert.equal(episode.step, 2)
  episode.resume()
  await clock.crank(2999)
  assert.equal(episode.step, 2)
  await clock.crank(1)
  assert.equal(episode.step, 3)
  const timed = stepLines(lines).filter((line) => line.inputs)
  assert.deepEqual(
    timed.map((line) => line.clocks),
    [
      [4000, 5000],
      [4000, 5000],
      [0, 5000],
    ],
  )
})

test('episode: a lockstep deadline moves for every slot that has not moved', async () => {
  const { episode, clock, slotState, lines } = createTable(paintArena, {
    pacing: { mode: 'lockstep', deadlineMs: 500 },
  })
  const [ada] = [slotState(0), slotState(1)]
  ada.post({ move: 'right' })
  await clock.crank(499)
  assert.equal(episode.step, 0)
  await clock.crank(1)
  assert.equal(episode.step, 1)
  assert.deepEqual(stepLines(lines).at(-1)?.inputs, [
    [0, { move: 'right' }],
    [1, { move: 'stay' }],
  ])
  assert.deepEqual(stepLines(lines).at(-1)?.timeouts, [1])
})

test('episode: at a fixed rate it steps on time, keeps the last action, pauses, and changes its rate', async () => {
  const { episode, clock, slotState } = createTable(paintArena, { pacing: { mode: 'rate', stepsPerSecond: 10 } })
  const [ada] = [slotState(0), slotState(1)]
  await clock.crank(0)
  ada.post({ move: 'right' })
  await clock.crank(1000)
  assert.equal(episode.step, 10)
  assert.deepEqual(episode.spectate().positions, [
    [10, 0],
    [11, 7],
  ])
  episode.pause()
  await clock.crank(5000)
  assert.equal(episode.step, 10)
  episode.resume()
  episode.setRate(20)
  await clock.crank(1000)
  assert.equal(episode.step, 30)
  await episode.stop()
})

test('episode: it starts without missing players once the waiting time is over', async () => {
  const { episode, clock, slotState } = createTable(paintArena, {
    pacing: { mode: 'rate', stepsPerSecond: 10 },
    gatherMs: 3000,
  })
  slotState(1)
  await clock.crank(2999)
  assert.equal(episode.status, 'waiting')
  await clock.crank(101)
  assert.equal(episode.status, 'running')
  assert.equal(episode.step, 1)
  await episode.stop()
})

test('episode: a wrong token, a wrong slot and an ended episode are refused with their codes', async () => {
  const { episode } = createTable(nim)
  const join = (slot: number, token: string) => () => episode.join({ slot, token }, person, createConnection())
  assert.throws(join(0, 'x'.repeat(22)), { code: 'TOKEN_REFUSED' })
  assert.throws(join(0, episode.slots[1]?.token ?? ''), { code: 'TOKEN_REFUSED' })
  assert.throws(join(2, ''), { code: 'SLOT_INVALID' })
  assert.match(episode.slots[0]?.token ?? '', /^[A-Za-z0-9_-]{22}$/)
  await episode.truncate('enough')
  assert.throws(join(0, episode.slots[0]?.token ?? ''), { code: 'EPISODE_OVER' })
  assert.deepEqual((await episode.done).outcome, { ended: 'truncated', reason: 'enough' })
})

test('episode: a reconnecting player finds the slot unchanged; the older connection is replaced and ignored', async () => {
  const { episode, clock } = createTable(nim)
  const token = episode.slots[0]?.token ?? ''
  const first = createConnection()
  const old = episode.join({ slot: 0, token }, person, first)
  episode.join({ slot: 1, token: episode.slots[1]?.token ?? '' }, person, createConnection())
  await clock.crank(0)
  const second = episode.join({ slot: 0, token }, person, createConnection())
  assert.deepEqual(first.ends, ['replaced'])
  const lost = await old.submit({ take: 1 })
  assert.equal(lost.accepted ? '' : lost.code, 'SLOT_LOST')
  old.leave()
  assert.deepEqual(await second.submit({ take: 2 }), { accepted: true, step: 0 })
})

test('episode: with the policy `refuse`, a second connection is refused until the first has closed', () => {
  const { episode } = createTable(nim, { onSlotTaken: 'refuse' })
  const token = episode.slots[0]?.token ?? ''
  const slotState = episode.join({ slot: 0, token }, person, createConnection())
  assert.throws(() => episode.join({ slot: 0, token }, person, createConnection()), { code: 'SLOT_TAKEN' })
  slotState.leave()
  episode.join({ slot: 0, token }, person, createConnection())
})

test('episode: a slot passes from a person to a bot and back, journalled, and the journal verifies', async () => {
  const { episode, clock, slotState, lines } = createTable(nim, { config: { heap: 9 } })
  const [ada, bob] = [slotState(0), slotState(1)]
  await clock.crank(0)
  await ada.submit({ take: 1 })
  episode.handOver(1, { kind: 'bot', name: 'one' }, createBotPlayer(nim, 'one', { seed: 1, slot: 1 }))
  await clock.crank(0)
  assert.equal(episode.step, 2)
  const lost = await bob.submit({ take: 3 })
  assert.equal(lost.accepted, false)
  await ada.submit({ take: 2 })
  assert.equal(episode.step, 4)
  const back = slotState(1)
  await ada.submit({ take: 1 })
  assert.deepEqual(await back.submit({ take: 3 }), { accepted: true, step: 5 })
  const { results } = await episode.done
  assert.deepEqual(results.scores, [0, 1])
  const changes = stepLines(lines).flatMap((line) => line.changes ?? [])
  assert.deepEqual(
    changes.map(([slot, change]) => [slot, change.event, change.player.kind]),
    [
      [0, 'joined', 'human'],
      [1, 'joined', 'human'],
      [1, 'handed_over', 'bot'],
      [1, 'joined', 'human'],
    ],
  )
  assert.equal((await verify(lines, nim)).divergence, undefined)
})

test('episode: an effect is executed by the host, its reply is journalled, and a replay makes no calls', async () => {
  const asked: unknown[] = []
  const { episode, clock, slotState, lines } = createTable(oracle, {
    workers: {
      oracle: async (request) => {
        asked.push(request)
        return `answer ${asked.length}`
      },
    },
  })
  const ada = slotState(0)
  await clock.crank(0)
  for (const ask of ['who', 'what', 'why']) {
    await ada.submit({ ask })
    await clock.crank(0)
  }
  assert.deepEqual((await episode.done).results.scores, [3])
  const replay = await verify(lines, oracle)
  assert.equal(replay.divergence, undefined)
  assert.equal(asked.length, 3)
  assert.deepEqual(oracle.view?.spectate(replay.fold.state as never), {
    answers: [
      { question: 'who', answer: 'answer 1' },
      { question: 'what', answer: 'answer 2' },
      { question: 'why', answer: 'answer 3' },
    ],
  })
})

for (const isEarly of [false, true]) {
  const how = isEarly ? 'before the adapters open' : 'afterwards'
  test(`episode: pending requests of a crashed episode are sent again on resume, its player back ${how}`, async () => {
    const { episode, clock, slotState, lines } = createTable(oracle, {
      workers: { oracle: () => new Promise(() => undefined) },
    })
    const ada = slotState(0)
    await clock.crank(0)
    await ada.submit({ ask: 'who' })
    await clock.crank(0)
    await episode.durable()
    const [first = ''] = lines
    const header = parseLine(splitHash(first)?.body ?? '', 1)
    assert.equal(header.kind, 'header')
    if (header.kind !== 'header') return
    const resumed = resumeEpisode(
      oracle,
      { header: header.header, lines: [...lines] },
      {
        inProcessFor: () => undefined,
        clock,
        workers: { oracle: () => Promise.resolve('at last') },
      },
    )
    const join = () => resumed.join({ slot: 0, token: resumed.slots[0]?.token ?? '' }, person, createConnection())
    if (isEarly) join()
    resumed.begin()
    if (!isEarly) join()
    await clock.crank(0)
    await clock.crank(0)
    assert.deepEqual(resumed.spectate().answers, [{ question: 'who', answer: 'at last' }])
    await resumed.stop()
    await episode.stop()
  })
}

test('episode: a failing effect is retried, a hanging one times out, and the world is informed in both cases', async () => {
  let calls = 0
  const signals: AbortSignal[] = []
  const { episode, clock, slotState } = createTable(oracle, {
    workers: {
      oracle: (_request, signal) => {
        signals.push(signal)
        calls++
        if (calls === 1) return Promise.reject(new Error('busy'))
        if (calls === 2) return Promise.resolve('at last')
        return new Promise(() => undefined)
      },
    },
  })
  const ada = slotState(0)
  await clock.crank(0)
  await ada.submit({ ask: 'first' })
  await clock.crank(0)
  await clock.crank(250)
  assert.deepEqual(episode.spectate().answers, [{ question: 'first', answer: 'at last' }])
  await ada.submit({ ask: 'second' })
  await clock.crank(0)
  await clock.crank(3 * 60_000 + 1000)
  assert.deepEqual((episode.spectate().answers as unknown[])[1], { question: 'second', answer: 'TIMEOUT' })
  assert.equal(signals.at(-1)?.aborted, true)
  await episode.stop()
})

test('episode: a receipt waits for the disk; if the disk fails, the episode stops and every command settles as not durable', async () => {
  const commits: { resolve: () => void; reject: (error: Error) => void }[] = []
  let hasClosed = false
  const sink: LineSink = {
    backlog: 0,
    append: () => undefined,
    commit: () => new Promise((resolve, reject) => commits.push({ resolve, reject })),
    close: () => {
      hasClosed = true
      return Promise.resolve()
    },
  }
  const { clock, slotState, episode } = createTable(nim, { sink })
  const [ada, bob] = [slotState(0), slotState(1)]
  await clock.crank(0)
  let receipt: unknown
  ada.submit({ take: 1 }).then((value) => {
    receipt = value
  })
  await clock.crank(0)
  assert.equal(episode.step, 1)
  assert.equal(receipt, undefined)
  commits[0]?.resolve()
  await clock.crank(0)
  assert.deepEqual(receipt, { accepted: true, step: 0 })
  let second: unknown
  bob.submit({ take: 1 }).then((value) => {
    second = value
  })
  await clock.crank(0)
  commits[1]?.reject(new Error('no space'))
  await assert.rejects(episode.done, { code: 'FILE_UNWRITABLE' })
  await clock.crank(0)
  assert.equal((second as { code?: string }).code, 'NOT_DURABLE')
  assert.equal(episode.status, 'stopped')
  assert.equal(hasClosed, true)
})

test('episode: bots at full speed are truncated at the step limit', async () => {
  const slots = ['sweep', 'sweep'].map((name, slot) => ({
    player: { kind: 'bot' as const, name },
    inProcess: createBotPlayer(paintArena, name, { seed: 1, slot }),
  }))
  const episode = startEpisode(paintArena, configureWorld(paintArena, 'default'), {
    seed: 1,
    slots,
    pacing: { mode: 'fast' },
    maxSteps: 30,
  })
  episode.begin()
  const end = await episode.done
  assert.deepEqual([end.steps, end.outcome.ended], [30, 'truncated'])
})

test('episode: all bots see the state before the step, in every slot', async () => {
  const seen: unknown[] = []
  const watcher = {
    play(_step: number, observe: () => unknown, say: (command: unknown) => void) {
      seen.push((observe() as { left: number }).left)
      say({ take: 1 })
    },
  }
  const racing: World = {
    ...nim,
    apply(state) {
      const heap = state as { left: number }
      heap.left--
      return undefined
    },
  }
  const slots = [0, 1].map(() => ({ player: { kind: 'bot' as const, name: 'watcher' }, inProcess: watcher }))
  const episode = startEpisode(racing, configureWorld(nim, undefined, { heap: 6 }), {
    seed: 1,
    slots,
    pacing: { mode: 'fast' },
    maxSteps: 2,
  })
  episode.begin()
  await episode.done
  assert.deepEqual(seen, [6, 6, 4, 4])
})
