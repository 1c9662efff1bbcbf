import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { memorySource } from '../../episode/byte-source.ts'
import { withoutClocks } from '../../episode/conformance.ts'
import { createBotPlayer } from '../../episode/in-process-players.ts'
import { JournalFile, verifyJournal } from '../../episode/journal-file.ts'
import { createMemorySink } from '../../episode/sink.ts'
import { startEpisode } from '../../episode/start.ts'
import { DialogueEvent, DialogueTurnEnd } from '../../kernel/dialogue.ts'
import { createFold, foldCommand, foldReply, foldStep, loadFold } from '../../kernel/fold.ts'
import { configureWorld, type World, type WorldEvent } from '../../kernel/world.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { ai, PASS, ParleyStage, PERSON, ROBOT, refuse, SCORE } from '../../testing/parley.ts'
import { testWorld } from '../../testing/test-world.ts'
import { GAME_IDS } from './games.ts'
import { ParleyRequest } from './request.ts'
import { answerAs } from './responder/answer.ts'
import { State } from './state.ts'
import { parley } from './world.ts'

const world: World = parley

const configs: fc.Arbitrary<JsonObject> = fc.record({
  game: fc.constantFrom(...GAME_IDS),
  pc: fc.constant(PERSON),
  npc: fc.constantFrom(ROBOT, PERSON),
  overrides: fc.record(
    {
      player_retry_budget: fc.nat(3),
      max_input_length: fc.integer({ min: 5, max: 350 }),
      max_turns: fc.integer({ min: 1, max: 6 }),
    },
    { requiredKeys: [] },
  ),
})
const texts = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'I wave.',
      'I predict a beep.',
      '/finish',
      '/help',
      '/abilities',
      '/x',
      '/',
      '',
      ' ',
      '/predict-intent',
    ),
  },
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  // Includes lone surrogates and control characters.
  fc.string({ unit: 'binary', maxLength: 10 }).map((text) => `${text}\ud83d`),
)
const times = fc.nat(400_000)
const commands = fc.oneof(
  { weight: 1, arbitrary: fc.record({ type: fc.constant('begin'), at: times }) },
  { weight: 8, arbitrary: fc.record({ type: fc.constant('say'), text: texts, at: times }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('exit'),
      reason: fc.constantFrom('server_error', 'received close request'),
      at: times,
    }),
  },
)

testWorld(parley, {
  configs,
  commands: fc.oneof({ weight: 9, arbitrary: commands }, { weight: 1, arbitrary: fc.anything() }),
})

/** One input to a session: a command, or the reply to one of the pending effects. */
type Move =
  | { readonly kind: 'command'; readonly command: unknown }
  | { readonly kind: 'answer'; readonly which: number; readonly text: string | null; readonly at: number }
const answers = fc.constantFrom(
  ai('RB beeps.'),
  ai('A new space.'),
  PASS,
  PASS,
  PASS,
  refuse('No.'),
  SCORE,
  'prose',
  '{"type":"error"}',
  null,
)
const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: commands.map((command): Move => ({ kind: 'command', command })) },
    {
      weight: 5,
      arbitrary: fc.record({ kind: fc.constant('answer' as const), which: fc.nat(9), text: answers, at: times }),
    },
  ),
  { maxLength: 80 },
)

interface Course {
  readonly events: WorldEvent[]
  readonly digests: string[]
  readonly states: State[]
  readonly accepted: number
}

/** Plays moves and returns the step after each. With `cut`, the state goes through JSON after that many moves. */
function play(config: JsonObject, script: readonly Move[], cut = -1): Course {
  let fold = createFold(world, world.config.parse(config), 1)
  const course: Course & { accepted: number } = { events: [], digests: [], states: [], accepted: 0 }
  for (const [at, move] of [{ kind: 'command' as const, command: { type: 'begin', at: 0 } }, ...script].entries()) {
    if (world.outcome(fold.state)) break
    if (move.kind === 'command') {
      const said = world.command.parse(move.command)
      const before = world.digest(fold.state)
      const refusal = foldCommand(fold, 0, said)
      if (refusal) assert.equal(world.digest(fold.state), before)
      else if (JSON.stringify(said).includes('"type":"exit"') === false) course.accepted++
    } else {
      const ids = [...fold.out.pending.keys()]
      const effect = ids[move.which % Math.max(1, ids.length)]
      if (effect !== undefined) {
        const { text, at: time } = move
        foldReply(
          fold,
          text === null
            ? { ok: false, effect, code: 'TIMEOUT', message: 'late' }
            : { ok: true, effect, value: { text, at: time } },
        )
      }
    }
    foldStep(fold)
    course.events.push(...fold.out.events)
    fold.out.clear()
    course.digests.push(world.digest(fold.state))
    course.states.push(State.parse(structuredClone(fold.state)))
    if (at === cut) {
      const saved = JSON.parse(JSON.stringify(world.save(fold.state)))
      fold = loadFold(world, { step: fold.step, state: saved, effects: [...fold.out.pending.values()] })
    }
  }
  return course
}

test('parley: any inputs and answers in any order give well-formed events, a budget of 0 or more, and one end per turn', () => {
  fc.assert(
    fc.property(configs, moves, (config, script) => {
      const { events, states, accepted } = withoutClocks(() => play(config, script))
      const ends = events.filter((event) => event.kind === 'turn_end').map((event) => DialogueTurnEnd.parse(event.data))
      const rows = events
        .filter((event) => event.kind === 'session_event')
        .map((event) => DialogueEvent.parse(event.data))
      assert.ok(states.every((state) => state.budget >= 0))
      const scenes = rows.filter((row) => row.event_source === 'npc').length
      assert.equal(states.at(-1)?.turns, scenes, 'turns are the steps that brought a scene')
      const isWaiting = states.at(-1)?.phase.kind !== 'idle'
      assert.equal(ends.length, accepted - (isWaiting ? 1 : 0), 'every begin and say ends once')
      assert.ok(
        rows.every((row, at) => at === 0 || row.at >= rows[at - 1]!.at),
        'rows stand in the order of time',
      )
      assert.ok(rows.filter((row) => row.event_type === 'session_end').length <= 1)
      if (states.at(-1)?.exit !== null) assert.equal(rows.at(-1)?.event_type, 'session_end')
      const errors = rows.filter((row) => row.event_type === 'error').length
      assert.ok((states[0]?.budget ?? 0) - (states.at(-1)?.budget ?? 0) <= errors, 'nothing is paid without a word')
    }),
    { numRuns: 300 },
  )
})

test('parley: views share no memory with the state', () => {
  const stage = new ParleyStage({ game: 'infer-intent' }).begin()
  for (const text of ['I wave.', '/help', '/finish', 'A socket.', 'Sure.']) {
    stage.say(text)
    const { state } = stage.fold
    const before = world.digest(state)
    for (const view of [
      world.observe(state, 0),
      world.view?.spectate(state),
      world.headless?.summarize?.(state),
      world.standing(state),
      world.save(state),
    ]) {
      for (const part of [view, ...Object.values(Object(view))]) {
        if (Array.isArray(part)) part.splice(0, part.length, 'mutator')
        else if (typeof part === 'object' && part !== null)
          for (const key of Object.keys(part)) Reflect.set(part, key, 'mutator')
      }
    }
    assert.equal(world.digest(state), before)
  }
})

test('parley: a session saved and loaded at any point continues identically', () => {
  fc.assert(
    fc.property(configs, moves, fc.nat(80), (config, script, cut) => {
      assert.deepEqual(play(config, script, cut).digests, play(config, script).digests)
    }),
    { numRuns: 150 },
  )
})

for (const game of GAME_IDS) {
  test(`parley: an episode of ${game} with the offline responder ends well, and its journal verifies without a model`, async () => {
    const configured = configureWorld(world, game)
    const sink = createMemorySink()
    const inProcess = createBotPlayer(world, 'visitor', { seed: 3, slot: 0 })
    const episode = startEpisode(world, configured, {
      seed: 3,
      slots: [{ player: { kind: 'bot', name: 'visitor' }, inProcess }],
      pacing: { mode: 'lockstep' },
      sink,
      workers: { model: async (request) => ({ text: answerAs(ParleyRequest.parse(request)), at: 7 }) },
    })
    const told: WorldEvent[] = []
    episode.listen((events) => told.push(...events))
    episode.begin()
    const end = await episode.done
    assert.equal(end.outcome.reason, 'game_completed')
    assert.ok(told.some((event) => event.kind === 'turn_end'))
    const replay = await verifyJournal(await JournalFile.from(memorySource(`${sink.lines.join('\n')}\n`)), () => world)
    assert.equal(replay.divergence, undefined)
    const [state, replayed] = [State.parse(replay.fold.state), world.save(replay.fold.state)]
    assert.equal(world.digest(replay.fold.state), end.digest)
    assert.ok(state.turns >= 6, 'the visitor was played with')
    assert.deepEqual(state.shown, State.parse(replayed).shown)
  })
}

test('parley: an invalid configuration gets a clear error', () => {
  const base = { game: 'explore', pc: PERSON, npc: ROBOT }
  const bad = [
    { ...base, game: 'chess' },
    { ...base, overrides: { show_npc_details: true } },
    { ...base, overrides: { max_turns: 501 } },
    { ...base, overrides: { player_retry_budget: 11 } },
    { ...base, overrides: { max_input_length: 0 } },
    { ...base, overrides: { pcs_allowed: 'all' } },
    { ...base, overrides: { turns: 1 } },
    { ...base, pc: { hid: 'X' } },
    { ...base, extra: 1 },
  ]
  for (const config of bad) assert.equal(world.config.safeParse(config).success, false, JSON.stringify(config))
  assert.ok(world.config.safeParse({ ...base, game: 'teamwork', overrides: { show_npc_details: false } }).success)
})
