// Replays a stored session from its journal without a model, and returns the events that it would have sent.
import assert from 'node:assert/strict'
import { DialogueEvent } from '../kernel/dialogue.ts'
import { foldLine } from '../kernel/fold.ts'
import { splitHash } from '../kernel/journal.ts'
import { Replay } from '../kernel/replay.ts'
import type { World } from '../kernel/world.ts'
import type { SessionLog } from '../store/sessions/session-log.ts'
import { parley } from '../worlds/parley/world.ts'

/**
 * Asserts that a session's journal is self-consistent, and that replaying it produces exactly its events.
 * @returns the number of compared events
 */
export async function assertReplays(log: SessionLog, id: string, world: World = parley): Promise<number> {
  const { lines } = await log.journal(id)
  const kept = (await log.events(id)).filter((event) => !['session_start', 'llm_eval'].includes(event.event_type))
  const verified = new Replay(() => world)
  for (const line of lines) verified.feed(line)
  assert.equal(verified.divergence, undefined)
  const told: object[] = []
  const again = new Replay(() => world, { digests: false, chain: false })
  for (const [index, text] of lines.entries()) {
    const line = verifiedLine(text)
    if (index === 0 || !('step' in line) || 'digest' in line || 'outcome' in line) {
      again.feed(text)
      continue
    }
    // Like the folding of a step in `feed`, but the step's events can still be read.
    again.take({ kind: 'step', line: { step: line.step, hold: true } })
    assert.equal(foldLine(again.fold, line), undefined)
    for (const event of again.fold.out.events) {
      if (event.kind !== 'session_event') continue
      const { at: _, ...rest } = DialogueEvent.parse(event.data)
      told.push(rest)
    }
    again.fold.out.clear()
  }
  const rows = kept.map(
    ({
      session_id: _,
      seq: __,
      event_id: ___,
      event_ts: ____,
      persisted_at: _____,
      feedback: ______,
      updated_at: _______,
      ...rest
    }) => rest,
  )
  assert.deepEqual(told, rows)
  return rows.length
}

function verifiedLine(text: string) {
  const split = splitHash(text)
  assert.ok(split)
  return JSON.parse(split.body)
}
