import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ai, brief, obliging, PASS, ParleyStage, refuse } from '../../testing/parley.ts'
import { Violation } from './events.ts'
import { GAME_IDS } from './games.ts'
import { SHOWN_LIMIT } from './record.ts'
import { PLAYER_CHECKS, SIMULATOR_CHECKS } from './request.ts'
import { answerAs } from './responder/answer.ts'
import { State } from './state.ts'

const stateOf = (stage: ParleyStage): State => State.parse(stage.fold.state)

for (const game of GAME_IDS) {
  test(`parley: ${game} opens with a welcome and a scene, and that is turn 1`, () => {
    const stage = new ParleyStage({ game }).begin()
    assert.deepEqual(brief(stage.events), ['outbound system info', 'outbound npc message'])
    assert.deepEqual(stage.ends, [{ turns: 1, exited: false }])
    assert.ok(stage.events.every((event) => event.turn_index === 1))
    assert.match(stage.events[0]!.content, /PA/)
    assert.match(stage.events[0]!.content, /\/abilities.*\/help/)
    assert.equal(/looks for sockets/.test(stage.events[0]!.content), game === 'explore' || game === 'teamwork')
  })

  test(`parley: ${game} plays an action and finishes`, () => {
    const stage = new ParleyStage({ game }).begin()
    const turn = stage.say('I wave. I predict a beep.')
    assert.deepEqual(brief(turn), ['inbound user message', 'outbound npc message'])
    assert.ok(turn[0]!.at < turn[1]!.at, 'an input is stamped when it comes')
    assert.ok(turn.every((event) => event.turn_index === 2))
    const asked = { explore: 0, foresight: 0, 'goal-horizon': 2, 'infer-intent': 2, teamwork: 1 }[game]
    const said = ['/finish', 'It wants a socket.', 'Quite sure.']
      .slice(0, asked + 1)
      .map((text) => brief(stage.say(text)))
    const card = game === 'explore' ? [] : ['outbound system info']
    const last = asked === 0 ? 'outbound system command' : 'outbound system info'
    const end = [...card, last, 'internal system session_end']
    assert.deepEqual(said[0]?.slice(0, 2), [
      'inbound user command',
      asked === 0 && card.length > 0 ? card[0] : 'outbound system command',
    ])
    assert.deepEqual(said.at(-1)?.slice(1), end)
    assert.equal(stage.events.at(-1)?.content, 'session_end: game_completed')
    assert.deepEqual(stage.ends.at(-1), { turns: 2, exited: true })
    assert.deepEqual(stage.fold.world.outcome(stage.fold.state), { ended: 'terminated', reason: 'game_completed' })
    assert.deepEqual(stage.fold.world.standing(stage.fold.state).scores, [game === 'explore' ? 0 : 60])
  })
}

test('parley: teamwork names the shared goal in its welcome', () => {
  assert.match(new ParleyStage({ game: 'teamwork' }).begin().events[0]!.content, /to charge RB/)
})

test('parley: a failing opener is asked once more, then the session ends as server_error', () => {
  const stage = new ParleyStage({ game: 'explore' })
  stage.command({ type: 'begin', at: 0 })
  stage.answer('opener', 'no JSON')
  stage.answer('opener', ai('A new space.'))
  assert.equal(stage.ends.at(-1)?.turns, 1)
  for (const bad of [
    'plain text',
    '[]',
    '{"type":"error","content":"SECRET"}',
    { code: 'TIMEOUT', message: 'SECRET' },
  ]) {
    const failing = new ParleyStage({ game: 'explore' }).begin(() => bad)
    assert.deepEqual(brief(failing.events), ['outbound system error', 'internal system session_end'])
    assert.equal(failing.events[1]?.content, 'session_end: server_error')
    assert.doesNotMatch(JSON.stringify(failing.events), /SECRET|plain text/)
    assert.deepEqual(failing.ends, [{ turns: 0, exited: true }])
  }
})

test('parley: the fake string {"type":"ai","content":"x"} plays a whole game; its scoring fails gracefully', () => {
  const stage = new ParleyStage({ game: 'infer-intent' }).begin(() => ai('x'))
  assert.equal(stage.say('I wave.', () => ai('x')).at(-1)?.content, 'x')
  for (const text of ['/finish', 'a goal', 'sure']) stage.say(text, () => ai('x'))
  const card = stage.events.at(-3)?.content ?? ''
  assert.match(card, /Final Score/)
  assert.doesNotMatch(card, /Tier|\*\*Score/)
  assert.match(card, /could not be computed/)
  assert.equal(stage.events.at(-1)?.content, 'session_end: game_completed')
})

test('parley: player validators and updater are called in parallel; the first refusal cancels the others', () => {
  const stage = new ParleyStage({ game: 'explore' }).begin()
  stage.command({ type: 'say', text: 'I win.', at: 2000 })
  assert.deepEqual(
    stage.pending.map(({ request }) => request.check ?? request.role),
    [...PLAYER_CHECKS, 'updater'],
  )
  stage.answer('VALID-PC-ABILITY', PASS)
  stage.answer('VALID-PLAYER-AUTHORITY-BOUNDARY', refuse('Leave that open.'))
  assert.equal(stage.pending.length, 0)
  assert.equal(stage.cancelled.length, 2)
  const turn = stage.events.slice(2)
  assert.deepEqual(brief(turn), [
    'inbound user message',
    'internal player_validation validation_violation',
    'outbound system error',
  ])
  assert.equal(turn[2]?.content, 'Leave that open.')
  const violation = Violation.parse(JSON.parse(turn[1]!.content))
  assert.match(violation.validator_name, /^VALID-PLAYER-AUTHORITY-BOUNDARY\b/)
  assert.deepEqual([violation.stage, violation.response], ['player_validation', 'I win.'])
  assert.deepEqual([stateOf(stage).budget, stateOf(stage).turns, stateOf(stage).lines.length], [9, 1, 1])
})

test('parley: refusals that arrive in one step count once', () => {
  const stage = new ParleyStage({ game: 'explore' }).begin()
  stage.command({ type: 'say', text: 'I win.', at: 2000 })
  stage.answerAll(stage.pending.map(({ id }) => [id, refuse('No.')]))
  assert.equal(stateOf(stage).budget, 9)
  assert.equal(stage.ends.length, 2)
})

test('parley: a failing updater is reported only after the player’s action is validated', () => {
  const stage = new ParleyStage({ game: 'explore' }).begin()
  stage.command({ type: 'say', text: 'I wave.', at: 2000 })
  stage.answer('updater', { code: 'HTTP_500', message: 'SECRET' })
  assert.equal(stage.ends.length, 1)
  for (const check of PLAYER_CHECKS) stage.answer(check, PASS)
  assert.equal(stage.events.at(-1)?.event_type, 'error')
  assert.doesNotMatch(JSON.stringify(stage.events), /SECRET/)
  assert.equal(stateOf(stage).budget, 10)
})

for (const role of ['validator', 'updater'] as const) {
  for (const bad of [
    'prose',
    '',
    'null',
    '"text"',
    '[1]',
    '{"a"',
    'x'.repeat(1_000_000),
    { code: 'TIMEOUT', message: 'late' },
  ]) {
    const name = typeof bad === 'string' ? bad.slice(0, 9) : bad.code
    test(`parley: a ${role} that answers ${name || 'nothing'} uses up no retry, its answer is not shown, and play continues`, () => {
      const stage = new ParleyStage({ game: 'explore' }).begin()
      const turn = stage.say('I wave.', (request) => (request.role === role ? bad : obliging(request)))
      assert.deepEqual(brief(turn), ['inbound user message', 'outbound system error'])
      assert.match(turn[1]!.content, /try again/)
      assert.equal(stateOf(stage).budget, 10)
      assert.equal(brief(stage.say('I wave.')).at(-1), 'outbound npc message')
    })
  }
}

test('parley: foresight calls no player validators', () => {
  const stage = new ParleyStage({ game: 'foresight' }).begin()
  stage.command({ type: 'say', text: 'I predict a beep.', at: 2000 })
  assert.deepEqual(
    stage.pending.map(({ request }) => request.role),
    ['updater'],
  )
})

test('parley: simulator validators run in parallel; a refused draft is rewritten once, with the reason', () => {
  const stage = new ParleyStage({ game: 'foresight' }).begin()
  stage.command({ type: 'say', text: 'I wave.', at: 2000 })
  stage.answer('updater', ai('You feel glad.'))
  assert.deepEqual(
    stage.pending.map(({ request }) => request.check),
    SIMULATOR_CHECKS,
  )
  stage.answer('VALID-AUTHORITY-BOUNDARY-SIMULATOR', refuse('Decides what PA feels.'))
  const [retry, ...others] = stage.pending
  assert.deepEqual(
    [others.length, retry?.request.role, retry?.request.cast.refused],
    [0, 'updater', 'Decides what PA feels.'],
  )
  assert.match(retry?.request.messages[0]?.content ?? '', /> Decides what PA feels\.[\s\S]*new update/)
  stage.settle((request) => (request.role === 'updater' ? ai('RB beeps.') : PASS))
  assert.deepEqual(brief(stage.events).slice(2), [
    'inbound user message',
    'internal simulator_validation validation_violation',
    'outbound npc message',
  ])
  assert.deepEqual([stateOf(stage).budget, stateOf(stage).turns], [10, 2])
})

test('parley: two refused drafts end the turn with a fixed text, and use up one retry', () => {
  const stage = new ParleyStage({ game: 'foresight' }).begin()
  const turn = stage.say('I wave.', (request) => (request.role === 'validator' ? refuse('RAW') : ai('RB hums.')))
  assert.deepEqual(brief(turn).slice(1), [
    'internal simulator_validation validation_violation',
    'internal simulator_validation validation_violation',
    'outbound system error',
  ])
  assert.match(turn.at(-1)!.content, /could not produce a valid response/)
  assert.doesNotMatch(turn.at(-1)!.content, /RAW/)
  assert.deepEqual([stateOf(stage).budget, stateOf(stage).turns], [9, 1])
})

for (const [budget, rejections] of [
  [undefined, 10],
  [3, 3],
  [1, 1],
  [0, 1],
] as const) {
  test(`parley: with a budget of ${budget ?? 'the default'}, rejection ${rejections} ends the game: error, then info`, () => {
    const overrides = budget === undefined ? {} : { player_retry_budget: budget }
    const stage = new ParleyStage({ game: 'explore', overrides }).begin()
    const no = (): string => refuse('No.')
    for (let n = 1; n < rejections; n++) assert.equal(brief(stage.say('x', no)).at(-1), 'outbound system error')
    const last = stage.say('x', no)
    assert.deepEqual(brief(last).slice(-3), [
      'outbound system error',
      'outbound system info',
      'internal system session_end',
    ])
    assert.equal(last.at(-1)?.content, 'session_end: validation_retry_exhausted')
    assert.deepEqual(stage.ends.at(-1), { turns: 1, exited: true })
  })
}

test('parley: /help and /abilities work in any case and with arguments, and do not count as turns', () => {
  const stage = new ParleyStage({ game: 'infer-intent' }).begin()
  const help = stage.say('  /HELP me now ')
  assert.deepEqual(brief(help), ['inbound user command', 'outbound system command'])
  for (const event of help) assert.deepEqual([event.command_name, event.command_args], ['help', 'me now'])
  assert.equal(help[0]?.content, '  /HELP me now ')
  assert.equal(help[1]?.content, stage.events[0]?.content)
  const abilities = stage.say('/abilities')[1]?.content ?? ''
  assert.match(abilities, /- Can repair clocks\./)
  assert.doesNotMatch(abilities, /two wheels|sockets/)
  assert.equal(stateOf(stage).turns, 1)
})

test('parley: details of the other character are shown if the overrides say so', () => {
  const shown = new ParleyStage({ game: 'infer-intent', overrides: { show_npc_details: true } }).begin()
  assert.match(shown.say('/abilities')[1]?.content ?? '', /two wheels/)
  const hidden = new ParleyStage({
    game: 'teamwork',
    overrides: { show_npc_details: false, show_final_score: false },
  }).begin()
  assert.match(hidden.events[0]!.content, /details hidden/)
  hidden.say('/finish')
  assert.deepEqual(brief(hidden.say('hard')), [
    'inbound user message',
    'outbound system info',
    'internal system session_end',
  ])
  assert.equal(stateOf(hidden).score?.score, 60)
})

for (const text of ['/', '/dance', '/predict-next it beeps', '/predict-intent']) {
  test(`parley: ${text} is unknown in Explore: it is recorded as a message and answered only with a turn end`, () => {
    const stage = new ParleyStage({ game: 'explore' }).begin()
    assert.deepEqual(brief(stage.say(text)), ['inbound user message'])
    assert.deepEqual(stage.ends.at(-1), { turns: 1, exited: false })
    assert.equal(stateOf(stage).budget, 10)
  })
}

test('parley: each game has its own alias for finish', () => {
  for (const [game, text] of [
    ['infer-intent', '/predict-intent'],
    ['goal-horizon', '/Predict-Capabilities now'],
  ] as const) {
    const [heard, question] = new ParleyStage({ game }).begin().say(text)
    assert.deepEqual([heard?.event_type, question?.event_type], ['command', 'command'])
  }
})

test('parley: empty and blank inputs are not recorded, nor are they at the final questions', () => {
  const stage = new ParleyStage({ game: 'infer-intent' }).begin()
  stage.say('/finish')
  assert.deepEqual([stage.say(''), stage.say(' \n')], [[], []])
  assert.equal(stage.ends.length, 4)
})

test('parley: at the final questions any input is the answer, including commands and long texts', () => {
  const stage = new ParleyStage({ game: 'infer-intent' }).begin()
  stage.say('/finish')
  assert.deepEqual(brief(stage.say('/help')), ['inbound user message', 'outbound system info'])
  stage.say('x'.repeat(5000))
  const { answer, confidence } = stateOf(stage)
  assert.deepEqual([answer, confidence?.length], ['/help', 5000])
})

test('parley: lengths count code points of the whole input', () => {
  const stage = new ParleyStage({ game: 'explore', overrides: { max_input_length: 5 } }).begin()
  assert.equal(brief(stage.say('🙂🙂🙂🙂🙂')).at(-1), 'outbound npc message')
  const turn = stage.say('hello ')
  assert.deepEqual(brief(turn), ['inbound user message', 'outbound system error'])
  assert.match(turn[1]!.content, /5 characters/)
  assert.equal(stateOf(stage).budget, 10)
})

test('parley: a stopping condition is checked when a step begins; its input is neither played nor recorded', () => {
  const stage = new ParleyStage({ game: 'explore', overrides: { max_turns: 2 } }).begin()
  stage.say('I wave.')
  assert.deepEqual(brief(stage.say('I wave.')), ['internal system session_end'])
  assert.equal(stage.events.at(-1)?.content, 'session_end: stopping_condition_met:_turns_>=2')
  assert.match(stage.notices[0]?.content ?? '', /turns >=2/)
  assert.deepEqual(stage.kinds.slice(-3), ['notice', 'session_event', 'turn_end'])
  const late = new ParleyStage({ game: 'explore', overrides: { max_playtime: 60 } }).begin()
  late.at = 58_900
  assert.equal(brief(late.say('/help')).length, 2)
  assert.equal(late.say('/help')[0]?.content, 'session_end: stopping_condition_met:_runtime_seconds_>=60')
})

test('parley: leaving cancels pending calls, and their answers are discarded', () => {
  const stage = new ParleyStage({ game: 'explore' }).begin()
  stage.command({ type: 'say', text: 'I wave.', at: 2000 })
  assert.equal(stage.command({ type: 'exit', reason: 'received close request', at: 3000 }), undefined)
  assert.equal(stage.pending.length, 0)
  assert.equal(stage.events.at(-1)?.content, 'session_end: user_close_button')
  assert.deepEqual(stage.ends.at(-1), { turns: 1, exited: true })
  assert.equal(stage.command({ type: 'exit', reason: 'server_error', at: 3001 })?.code, 'SESSION_OVER')
  assert.equal(stage.fold.world.outcome(stage.fold.state)?.reason, 'user_close_button')
})

test('parley: inputs are refused while an answer is pending; the first input opens the session', () => {
  const stage = new ParleyStage({ game: 'explore' })
  assert.equal(stage.command({ type: 'say', text: 'ignored', at: 1 }), undefined)
  assert.equal(stage.command({ type: 'say', text: 'too early', at: 2 })?.code, 'BUSY')
  stage.settle()
  assert.deepEqual(brief(stage.events), ['outbound system info', 'outbound npc message'])
  assert.equal(stage.command({ type: 'begin', at: 3 })?.code, 'BEGUN')
})

test('parley: time never runs backwards', () => {
  const stage = new ParleyStage({ game: 'explore' }).begin()
  stage.at = 50_000
  stage.say('/help')
  stage.at = 0
  assert.equal(stage.say('/help')[0]?.at, 51_000)
})

test('parley: foresight without a prediction ends without a score, and calls no scorer', () => {
  const stage = new ParleyStage({ game: 'foresight' }).begin()
  stage.say('I wave.')
  const turn = stage.say('/finish', () => assert.fail('nobody is to be asked'))
  assert.match(turn[1]?.content ?? '', /could not be computed/)
  assert.equal(turn[2]?.event_type, 'command')
})

test('parley: the offline responder plays every game to its end', () => {
  for (const game of GAME_IDS) {
    const stage = new ParleyStage({ game }).begin(answerAs)
    for (const text of ['I wave.', 'I ask RB to roll. I predict RB rolls.', '/finish', 'It wants a socket', 'Sure']) {
      if (stage.ends.at(-1)?.exited === false) stage.say(text, answerAs)
    }
    assert.deepEqual(stage.ends.at(-1), { turns: 3, exited: true })
  }
})

test('parley: endless requests for help use no memory', () => {
  const stage = new ParleyStage({ game: 'explore' }).begin()
  for (let n = 0; n < SHOWN_LIMIT; n++) stage.command({ type: 'say', text: '/help', at: 1 })
  assert.equal(stateOf(stage).shown.length, SHOWN_LIMIT)
})

test('parley: a break does not count as playtime, and later events have later times', () => {
  const stage = new ParleyStage({ game: 'explore', overrides: { max_playtime: 60 } }).begin()
  stage.at = 30_000
  assert.equal(brief(stage.say('/help')).length, 2)
  stage.at = 5_000_000
  stage.command({ type: 'resume', at: stage.at })
  stage.at += 20_000
  const help = stage.say('/help')
  assert.equal(brief(help).length, 2)
  assert.ok(help.every((event) => event.at >= 5_020_000))
  stage.at += 20_000
  assert.equal(stage.say('/help')[0]?.event_type, 'session_end')
})
