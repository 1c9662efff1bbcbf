import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSameGame } from '../../kernel/dialogue.ts'
import { ContentStream } from './content-stream.ts'
import { storedReason } from './exits.ts'
import { GAMES, settingsOf } from './games.ts'
import { clip, isLonger, readScene, readScore, readVerdict } from './replies.ts'
import { formatAbilities } from './sheet.ts'
import { metCondition } from './stopping.ts'

const reads = (condition: string, turns: number): boolean =>
  metCondition({ turns: [condition] }, { turns, runtime_seconds: 0 }) !== undefined

test('stopping: a condition is an operator and a number, with optional spaces', () => {
  const holds: [string, number][] = [
    ['>=50', 50],
    ['> 49', 50],
    ['<51', 50],
    ['<=50.0', 50],
    [' ==50 ', 50],
    ['!= 7', 50],
    ['>-1', 0],
    ['>=5e1', 50],
  ]
  for (const [condition, turns] of holds) assert.ok(reads(condition, turns), condition)
  for (const condition of [
    '>=51',
    '>50',
    '<50',
    '==49',
    '!=50',
    '=50',
    '50',
    '>',
    '>= fifty',
    '>=1 or 1',
    '>=(1)',
    '<>1',
    'process.exit()',
    '>=1;',
    '>0x1',
    '>=NaN',
    '>Infinity',
  ]) {
    assert.equal(reads(condition, 50), false, condition)
  }
})

test('stopping: conditions are checked one by one, attributes in the order written; unknown ones never hold', () => {
  const measures = { turns: 3, runtime_seconds: 90 }
  assert.equal(
    metCondition({ mood: ['>=0'], runtime_seconds: ['>100', '>=90'], turns: ['>=1'] }, measures),
    'runtime_seconds >=90',
  )
  assert.equal(metCondition({ constructor: ['>=0'], __proto__: ['>=0'] }, measures), undefined)
})

test('stopping: a game has its own conditions, an empty map has the widest, and overrides come last', () => {
  assert.deepEqual(settingsOf('foresight', {}).stops, { runtime_seconds: ['>=600'], turns: ['>=10'] })
  assert.deepEqual(settingsOf('goal-horizon', {}).stops, { runtime_seconds: ['>=3600'], turns: ['>=500'] })
  assert.deepEqual(settingsOf('explore', {}, {}).stops, { turns: ['>500'], runtime_seconds: ['>3600'] })
  assert.deepEqual(settingsOf('explore', { max_turns: 4, max_playtime: 30 }).stops, {
    runtime_seconds: ['>=30'],
    turns: ['>=4'],
  })
})

test('games: names ignore case, spaces, underscores and hyphens', () => {
  for (const name of ['Infer Intent', 'infer-intent', 'INFER_INTENT', ' inferintent '])
    assert.equal(isSameGame(name, GAMES['infer-intent'].name), true)
  assert.equal(isSameGame('../infer intent.yaml', GAMES['infer-intent'].name), false)
  assert.deepEqual(
    Object.values(GAMES).map((game) => game.filters.pcs),
    ['pc-eligible', ...Array(4).fill('human-normative')],
  )
})

test('exits: raw reasons are stored in the normalised form, and a finished game is complete', () => {
  const table = {
    'player finished': 'game_completed',
    game_complete: 'game_completed',
    'retry budget exhausted': 'validation_retry_exhausted',
    'stopping condition met: turns >=50': 'stopping_condition_met:_turns_>=50',
    'received close request': 'user_close_button',
    'received exit command': 'user_exit_command',
    'session ttl expired': 'session_ttl_expired',
    'TTL reached': 'session_ttl_expired',
    websocket_disconnect: 'websocket_disconnect',
    internal_server_error: 'server_error',
    'Something Else': 'something_else',
    toString: 'tostring',
  }
  for (const [raw, stored] of Object.entries(table)) assert.equal(storedReason(raw), stored)
})

test('abilities: texts are unchanged, lists become bullets, objects get headings of level 3', () => {
  assert.equal(formatAbilities('**as** it is'), '**as** it is')
  assert.equal(formatAbilities(['Can roll.', ' ', 'Can beep.']), '- Can roll.\n- Can beep.')
  assert.equal(formatAbilities({ Moves: ['rolls'], Says: 'beep' }), '### Moves\n- rolls\n\n### Says\nbeep')
  assert.equal(formatAbilities({ A: 'x' }, 99), '###### A\nx')
  assert.equal(formatAbilities({ A: 'x' }, -1), '# A\nx')
  assert.equal(formatAbilities([]), '')
})

test('replies: a code fence is dropped, other keys are metadata, an object without text is not a scene', () => {
  const scene = readScene('```json\n{"type":"ai","content":" A room. ","shared_goal":"to go"}\n```')
  assert.deepEqual(scene, { ok: true, value: { content: 'A room.', metadata: { shared_goal: 'to go' } } })
  assert.deepEqual(readScene('{"content":"A room.","metadata":{"a":1},"b":2}'), {
    ok: true,
    value: { content: 'A room.', metadata: { a: 1 } },
  })
  for (const bad of [
    '',
    '```',
    '"x"',
    '7',
    '[]',
    '{}',
    '{"content":7}',
    '{"content":" "}',
    '{"type":"error","content":"x"}',
    `{"content":"${'x'.repeat(4001)}"}`,
  ]) {
    assert.equal(readScene(bad).ok, false, bad.slice(0, 40))
  }
})

test('replies: only `pass: false` fails, with reason, content or a default as message', () => {
  const verdictOf = (text: string): unknown => {
    const read = readVerdict(text)
    return read.ok ? [read.value.passes, read.value.message] : read.fault
  }
  assert.deepEqual(verdictOf('{"pass":false,"reason":"No."}'), [false, 'No.'])
  assert.deepEqual(verdictOf('{"pass":false,"content":"Not so."}'), [false, 'Not so.'])
  assert.match(JSON.stringify(verdictOf('{"pass":false}')), /false,"That does not fit/)
  for (const text of ['{}', '{"pass":"false"}', '{"pass":0}', '{"pass":null}', '{"type":"error"}'])
    assert.match(JSON.stringify(verdictOf(text)), /^\[true/)
  assert.equal(verdictOf('pass'), 'NOT_JSON')
})

test('replies: a score has tier 0..3, score 0..100 and a reasoning; numbers may be strings', () => {
  assert.deepEqual(readScore('{"tier":"2","score":61.9,"reasoning":" Close. "}'), {
    ok: true,
    value: { tier: 2, score: 61, reasoning: 'Close.' },
  })
  for (const bad of [
    '{"tier":4,"score":1,"reasoning":"x"}',
    '{"tier":1,"score":101,"reasoning":"x"}',
    '{"tier":1,"score":-1,"reasoning":"x"}',
    '{"tier":1,"score":30}',
    '{"tier":1,"score":30,"reasoning":" "}',
    '{"tier":true,"score":30,"reasoning":"x"}',
    'x',
  ]) {
    assert.equal(readScore(bad).ok, false, bad)
  }
})

test('lengths: code points count, and clipping never splits one', () => {
  assert.deepEqual([isLonger('🙂🙂', 2), isLonger('🙂🙂🙂', 2), isLonger('abc', 2)], [false, true, true])
  assert.equal(clip('🙂🙂🙂', 2), '🙂…')
})

test('replies: reasoning before the answer, prose around it and a second object are ignored', () => {
  const good = '{"type":"ai","content":"A {small} room \\"here\\"."}'
  for (const text of [
    `<think>The user wants JSON: {"content":"no"} or so.</think>${good}`,
    `Thoughts that were opened in the prompt.\n</think>\n\n${good}`,
    `<thinking>\nHm.\n</thinking>\n\`\`\`json\n${good}\n\`\`\``,
    `Here is the JSON: ${good}`,
    `Sure! With {braces} in prose.\n\`\`\`json\n${good}\n\`\`\`\nHope that helps.`,
    `${good}\n\nHope that helps! {"content":"another"}`,
  ]) {
    const read = readScene(text)
    assert.ok(read.ok, text)
    assert.equal(read.value.content, 'A {small} room "here".', text)
    assert.equal(
      readScene(text, {}).ok,
      text.startsWith('{"type"') && text.endsWith('}') && !text.includes('another'),
      text,
    )
  }
})

test('replies: a truncated object is an error, and no object inside it is used instead', () => {
  for (const text of [
    '{"pass":false,"details":{"pass":true}',
    'So: {"pass":false, "details": {"a": 1}, oops}',
    '<think>{"pass":true}',
    '{ '.repeat(5000),
    'no object at all',
  ]) {
    assert.equal(readVerdict(text).ok, false, text.slice(0, 40))
  }
})

test('streams: reasoning before an answer is never shown, whatever its content and chunks', () => {
  const text = '<think>Perhaps {"content":"no"}?</think>\n{"type":"ai","content":"A room."}'
  for (const size of [1, 3, 7, text.length]) {
    const stream = new ContentStream()
    const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? []
    assert.equal(pieces.map((piece) => stream.take(piece)).join(''), 'A room.', `pieces of ${size}`)
  }
})
