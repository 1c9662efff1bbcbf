import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Character } from '../../protocol/character.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { ParleyStage, PERSON, ROBOT } from '../../testing/parley.ts'
import { Config } from './config.ts'
import { evaluationOf, isCompleted } from './evaluation.ts'
import { GAME_IDS, type GameId } from './games.ts'
import { sheetOf } from './sheet.ts'
import { fromRuntimeState, toRuntimeState } from './snapshot.ts'
import { State } from './state.ts'

const configOf = (game: GameId) => Config.parse({ game, rules: 2, pc: PERSON, npc: ROBOT })
const stateOf = (stage: ParleyStage): State => State.parse(stage.fold.state)
const SAID = ['I wave. I predict a beep.', '/finish', 'A socket.', 'Sure.']

test('snapshot: writing, reading and writing gives the same text, at every point of every game', () => {
  for (const game of GAME_IDS) {
    const stage = new ParleyStage({ game })
    const check = (): void => {
      const written = toRuntimeState(stateOf(stage))
      assert.deepEqual(
        toRuntimeState(fromRuntimeState(configOf(game), JSON.parse(JSON.stringify(written)), 1)),
        written,
      )
    }
    check()
    stage.begin()
    check()
    for (const text of SAID) {
      if (stage.ends.at(-1)?.exited === true) break
      stage.say(text)
      check()
    }
  }
})

test('snapshot: it has the documented keys', () => {
  const stage = new ParleyStage({ game: 'infer-intent' }).begin()
  for (const text of SAID.slice(0, 3)) stage.say(text)
  const lines = ['Opening scene: A new space.', 'Player (PA): I wave. I predict a beep.', 'Simulator: RB answers 1.']
  assert.deepEqual(toRuntimeState(stateOf(stage)), {
    schema_version: 1,
    turn_count: 2,
    exited: false,
    exit_reason: '',
    game_state: {
      entered: true,
      exited: false,
      exit_reason: '',
      player_retry_budget: 10,
      in_finish_flow: true,
      filtered_transcript_buffer: lines,
      engine_state: {
        history: lines,
        transcript_events: lines,
        opening_metadata: { npc_goal: 'find a socket and charge the battery' },
      },
      awaiting_confidence: true,
      goal_inference: 'A socket.',
      goal_inference_confidence: '',
      score: {},
    },
  })
})

const runtime = (game_state: JsonObject, rest: JsonObject = {}): JsonObject => ({
  schema_version: 1,
  turn_count: 2,
  exited: false,
  exit_reason: '',
  game_state,
  ...rest,
})

test('snapshot: older spellings are read', () => {
  const state = fromRuntimeState(
    configOf('infer-intent'),
    runtime({
      entered: true,
      retry_budget: 2,
      awaiting_goal_inference: true,
      updater_history: [
        { role: 'user', content: 'Begin.' },
        { role: 'assistant', content: 'A dock.' },
        { role: 'user', content: 'I wave.' },
        { role: 'assistant', content: 'RB beeps.' },
      ],
      evaluation: { tier: 1, score: 30, reasoning: 'Weak.' },
      unknown_key: 1,
    }),
    1,
  )
  assert.deepEqual(state.lines, ['Opening scene: A dock.', 'Player (PA): I wave.', 'Simulator: RB beeps.'])
  assert.deepEqual([state.budget, state.question, state.score?.score, state.turns], [2, 'answer', 30, 2])
})

test('snapshot: a loaded session continues', () => {
  const stage = new ParleyStage({ game: 'explore' })
  stage.fold.state = fromRuntimeState(
    configOf('explore'),
    runtime({ entered: true, filtered_transcript_buffer: ['Opening scene: A dock.'] }),
    1,
  )
  assert.equal(stage.say('I wave.').at(-1)?.event_source, 'npc')
  assert.deepEqual(stage.ends.at(-1), { turns: 3, exited: false })
})

test('snapshot: another schema and broken ones are typed errors', () => {
  const read = (json: JsonObject) => () => fromRuntimeState(configOf('explore'), json, 1)
  assert.throws(read(runtime({}, { schema_version: 2 })), { code: 'SAVE_VERSION' })
  assert.throws(read({ schema_version: 1 }), { code: 'STATE_INVALID' })
  assert.throws(read(runtime({ filtered_transcript_buffer: [7] })), { code: 'STATE_INVALID' })
})

const sheets = { pc: sheetOf(Character.parse(PERSON)), npc: sheetOf(Character.parse(ROBOT)) }

test('evaluation: it reconstructs dialogue and prediction from the recorded events', () => {
  for (const word of ['/finish', '/predict-intent']) {
    const stage = new ParleyStage({ game: 'infer-intent' }).begin()
    for (const text of ['I wave.', '/help', '/nonsense', word, '  To find a socket. ', 'Sure.']) stage.say(text)
    const evaluation = evaluationOf(stage.events, sheets)
    assert.ok(evaluation.ok)
    const { request } = evaluation
    assert.deepEqual([request.role, request.cast.guess], ['scorer', 'To find a socket.'])
    assert.deepEqual(request.cast.lines, [
      'NPC (RB): A new space.',
      'Player (PA): I wave.',
      'NPC (RB): RB answers 1.',
      'Player (PA): /nonsense',
    ])
    assert.match(request.messages[0]?.content ?? '', /> To find a socket\./)
  }
})

test('evaluation: without a command or with an empty prediction there is nothing to evaluate', () => {
  const stage = new ParleyStage({ game: 'infer-intent' }).begin()
  stage.say('I wave.')
  assert.deepEqual(evaluationOf(stage.events, sheets).ok, false)
  stage.say('/finish')
  assert.deepEqual(evaluationOf(stage.events, sheets).ok, false)
  const blank = stage.events.map((event) => ({ ...event, visible_to_user: event.event_type !== 'command' }))
  assert.deepEqual(evaluationOf(blank, sheets).ok, false)
})

test('evaluation: completed sessions qualify, under either name', () => {
  assert.deepEqual(['game_completed', ' Player_Finished ', 'user_close_button', null].map(isCompleted), [
    true,
    true,
    false,
    false,
  ])
})
