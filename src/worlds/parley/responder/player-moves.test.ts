// Accuracy of the offline judges on labelled player moves. A quarter of them, `held_out`, was not looked at while the
// rules were written.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { z } from 'zod'
import { ParleyStage } from '../../../testing/parley.ts'
import { characters } from '../characters/built-in.ts'
import { PLAYER_CHECKS } from '../request.ts'
import { objectionTo } from './checks.ts'

const Move = z.strictObject({
  move: z.string(),
  pc: z.string(),
  npc: z.string(),
  verdict: z.enum(['pass', 'fail']),
  kind: z.string(),
  held_out: z.boolean(),
})
type Move = z.infer<typeof Move>

const MOVES = readFileSync(`${import.meta.dirname}/../../../../tests/fixtures/player-moves/moves.jsonl`, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => Move.parse(JSON.parse(line)))

const of = (hid: string) => {
  const found = characters.find((character) => character.hid === hid)
  assert.ok(found, hid)
  return JSON.parse(JSON.stringify(found))
}

function judge({ move, pc, npc }: Move): string | undefined {
  const stage = new ParleyStage({ game: 'explore', pc: of(pc), npc: of(npc) })
  stage.command({ type: 'begin', at: 0 })
  const { cast } = stage.pending[0]!.request
  for (const check of PLAYER_CHECKS) {
    const objection = objectionTo(check, { ...cast, action: move })
    if (objection !== undefined) return `${check}: ${objection}`
  }
  return undefined
}

/** Precision and recall of refusals. */
function measure(moves: readonly Move[]) {
  const wrong: string[] = []
  let refused = 0
  let rightly = 0
  for (const move of moves) {
    const objection = judge(move)
    if (objection !== undefined) refused++
    if (objection !== undefined && move.verdict === 'fail') rightly++
    if ((objection !== undefined) !== (move.verdict === 'fail'))
      wrong.push(`${move.verdict} ${move.pc}: ${move.move} -> ${objection ?? 'passes'}`)
  }
  const bad = moves.filter(({ verdict }) => verdict === 'fail').length
  return { precision: rightly / refused, recall: rightly / bad, wrong }
}

test('offline validators: the labelled set is large, balanced, and covers several characters', () => {
  assert.ok(MOVES.length >= 200)
  const good = MOVES.filter(({ verdict }) => verdict === 'pass').length / MOVES.length
  assert.ok(good > 0.4 && good < 0.6, String(good))
  assert.ok(new Set(MOVES.map(({ pc }) => pc)).size >= 10)
})

for (const [name, moves, precision, recall] of [
  ['moves that the rules were written with', MOVES.filter(({ held_out }) => !held_out), 0.95, 0.9],
  ['moves that were held out', MOVES.filter(({ held_out }) => held_out), 0.9, 0.8],
] as const) {
  test(`offline validators: precision of at least ${precision} and recall of at least ${recall} on ${name}`, (context) => {
    const found = measure(moves)
    context.diagnostic(`precision ${found.precision.toFixed(3)}, recall ${found.recall.toFixed(3)} of ${moves.length}`)
    assert.ok(
      found.precision >= precision && found.recall >= recall,
      `${found.precision} ${found.recall}\n${found.wrong.join('\n')}`,
    )
  })
}
