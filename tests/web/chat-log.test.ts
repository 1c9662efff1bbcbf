import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PlayEvent } from '../../src/client/play-event.ts'
import { EMPTY_LOG, type Entry, failed, say, take } from '../../web/src/pages/chat/chat-log.ts'

const heard = (event_type: 'ai' | 'info' | 'error', content: string, replayed = false): PlayEvent => {
  return { kind: 'event', event_type, role: 'ai', content, event_id: content, replayed }
}
const ended = (turns: number, exited = false): PlayEvent => ({ kind: 'turn_end', turns, exited })
const said = (content: string): PlayEvent => {
  return { kind: 'event', event_type: 'info', role: 'user', content, event_id: null, replayed: true }
}
const shown = (entries: readonly Entry[]) =>
  entries.map((entry) => {
    if (entry.kind === 'scene') return `${entry.turn}: ${entry.text}`
    return entry.kind === 'said' ? `> ${entry.text} (${[entry.state, ...entry.reasons].join(', ')})` : entry.text
  })

test('chat: an action counts as played once a scene answers it, and scenes count as turns', () => {
  let log = [heard('info', 'Welcome'), heard('ai', 'A barge.'), ended(1)].reduce(take, EMPTY_LOG)
  log = say(log, 'I wave.')
  assert.equal(log.isWaiting, true)
  log = [{ kind: 'token', text: 'She ' } as const, { kind: 'token', text: 'nods' } as const].reduce(take, log)
  assert.equal(log.streaming, 'She nods')
  log = [heard('ai', 'She nods.'), ended(2)].reduce(take, log)
  assert.deepEqual(shown(log.entries), ['Welcome', '1: A barge.', '> I wave. (played)', '2: She nods.'])
  assert.deepEqual([log.isWaiting, log.streaming, log.turns], [false, '', 2])
})

test('chat: a refused action keeps its text and reasons; a model error is not a refusal', () => {
  let log = say(EMPTY_LOG, 'She agrees.')
  log = [heard('error', 'You decided what she says.'), heard('error', 'Say it in the first person.'), ended(1)].reduce(
    take,
    log,
  )
  log = say(log, 'I ask.')
  log = [
    heard('error', 'No response could be made just now. It costs you no retry: please try again.'),
    ended(1),
  ].reduce(take, log)
  log = failed(say(log, 'I ask again.'), 'The connection was lost.')
  assert.deepEqual(
    log.entries.map((entry) => entry.kind === 'said' && [entry.state, entry.reasons.length]),
    [
      ['refused', 2],
      ['fault', 1],
      ['fault', 1],
    ],
  )
  assert.equal(log.isWaiting, false)
})

test('chat: a replay looks like the live conversation, and the welcome is shown once', () => {
  const replay = [
    heard('info', 'Welcome', true),
    heard('ai', 'A barge.', true),
    said('I wave.'),
    heard('ai', 'A nod.', true),
  ]
  const log = [...replay, heard('info', 'Welcome'), ended(2, true)].reduce(take, EMPTY_LOG)
  assert.deepEqual(shown(log.entries), ['Welcome', '1: A barge.', '> I wave. (played)', '2: A nod.'])
  assert.equal(log.isOver, true)
})
