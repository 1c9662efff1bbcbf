import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PolicyMatch } from '../../src/protocol/league-policy.ts'
import type { CourseInfo, Verdict } from '../../web/src/course/types.ts'
import { proveRow, type RowProof } from '../../web/src/pages/league/row-proof.ts'

const match = (episode: string | null, score: number, best_other: number, outcome: PolicyMatch['outcome']) => ({
  episode,
  round_id: 'r',
  round_number: 1,
  ended_at: '2026-01-01T00:00:00Z',
  outcome,
  score,
  best_other,
  opponents: [],
})
const PROVED: Verdict = { kind: 'proved', steps: 20, digests: 1, lines: 20, ms: 1 }

/** Proves a row whose journals have these scores and verdicts. */
async function prove(
  matches: readonly PolicyMatch[],
  journals: Readonly<Record<string, { scores: readonly number[]; verdict?: Verdict }>>,
): Promise<{ proof: RowProof; reports: RowProof[]; closed: number }> {
  const reports: RowProof[] = []
  let closed = 0
  const proof = await proveRow({
    matches,
    open: (episode) => ({
      open: async () => ({ results: { scores: journals[episode]?.scores ?? [] } }) as unknown as CourseInfo,
      verify: async () => journals[episode]?.verdict ?? PROVED,
      close: () => void closed++,
    }),
    report: (each) => void reports.push(each),
    signal: new AbortController().signal,
  })
  return { proof, reports, closed }
}

test('row proof: every stored match is re-run, and its scores are those of the row', async () => {
  const matches = [match('a', 5, 3, 'won'), match(null, 9, 1, 'won'), match('b', 2, 2, 'drawn')]
  const { proof, reports, closed } = await prove(matches, { a: { scores: [3, 5] }, b: { scores: [2, 2] } })
  assert.deepEqual(proof, { kind: 'proved', episodes: 2, steps: 40 })
  assert.deepEqual(reports, [
    { kind: 'checking', done: 0, of: 2 },
    { kind: 'checking', done: 1, of: 2 },
  ])
  assert.equal(closed, 2)
})

test('row proof: another score, another outcome and a journal that diverges are each named with their match', async () => {
  const won = match('a', 5, 3, 'won')
  const other = await prove([won], { a: { scores: [3, 4] } })
  assert.deepEqual(other.proof, { kind: 'differs', episode: 'a', what: 'its journal has other scores' })
  const outcome = await prove([match('a', 3, 5, 'won')], { a: { scores: [3, 5] } })
  assert.deepEqual(outcome.proof, { kind: 'differs', episode: 'a', what: 'its journal says lost, not won' })
  const verdict: Verdict = { kind: 'differs', step: 7, line: 8, what: 'the digest', recorded: '1', replayed: '2' }
  const diverged = await prove([won, won], { a: { scores: [5, 3], verdict } })
  assert.deepEqual(diverged.proof, { kind: 'differs', episode: 'a', what: 'step 7, the digest' })
  assert.equal(diverged.closed, 1)
})

test('row proof: a row without stored journals says so', async () => {
  assert.match(JSON.stringify((await prove([], {})).proof), /no matches yet/)
  assert.match(JSON.stringify((await prove([match(null, 1, 0, 'won')], {})).proof), /no longer stored/)
})
