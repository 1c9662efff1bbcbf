// The eleven strategies, their draws and the states of participants against the recorded answers of the original.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { nextAssignment, pendingGroups, runCandidates, runState } from '../../src/experiment/assignment/newer.ts'
import { assignAfterForms, olderState } from '../../src/experiment/assignment/older.ts'
import { progressOf, statusOf } from '../../src/experiment/assignment/progress.ts'
import { inOrder, type NewAssignment } from '../../src/experiment/assignment/rows.ts'
import { checkStudyFile } from '../../src/experiment/file/read-study-file.ts'
import { divergenceScore } from '../../src/experiment/strategy/divergence.ts'
import {
  maximumOf,
  nextRandomUnique,
  optionsRandomUnique,
  remainingRandomUnique,
} from '../../src/experiment/strategy/random-unique.ts'
import { runMaximumOf } from '../../src/experiment/strategy/run-strategies.ts'
import { Twister } from '../../src/experiment/strategy/twister.ts'
import { playerForms, situationOf } from './situations.ts'
import { games, vectors, vectorsOf } from './vectors.ts'

const characters: any[] = JSON.parse(
  readFileSync(new URL('../fixtures/simulation-engine/characters.json', import.meta.url), 'utf8'),
)

for (const { id, input, expect } of vectorsOf('assignments.jsonl', 'rng')) {
  test(`draws: ${id} match the reference runtime`, () => {
    const fresh = () => Twister.fromText(input.seed_text)
    const raw = fresh()
    assert.deepEqual(
      expect.raw32.map(() => raw.next()),
      expect.raw32,
    )
    for (const { n, first3 } of expect.below_fresh) {
      const draw = fresh()
      assert.deepEqual([draw.below(n), draw.below(n), draw.below(n)], first3)
    }
    const { n, result } = expect.shuffle_range
    assert.deepEqual(fresh().shuffle(Array.from({ length: n }, (_, i) => i)), result)
    const { n: count, result: chosen } = expect.choice_index
    assert.equal(fresh().choice(Array.from({ length: count }, (_, i) => i)), chosen)
    assert.deepEqual(
      fresh().shuffle(['Explore', 'Infer Intent', 'Foresight', 'Goal Horizon', 'Teamwork']),
      expect.shuffle_games,
    )
  })
}

test('draws: the vectors of the contract hold', () => {
  const hids = ['NA', 'NB', 'JW', 'GA', 'IM', 'SA', 'DV', 'DH', 'DP', 'DS']
  const first = Twister.fromText('43:player-1:game')
  assert.deepEqual([first.next(), first.next(), first.next()], [2402859405, 2921168071, 2617152975])
  assert.equal(Twister.fromText('43:player-1:pc:Explore').choice(hids), 'DS')
  assert.equal(Twister.fromText('43:player-1:pc:Infer Intent').choice(hids), 'IM')
  assert.equal(Twister.fromText('43:player-2:pc:Goal Horizon').choice(hids), 'NA')
})

test('random_unique: the fixture study gives its three players the assignments of the contract', () => {
  const source = readFileSync(
    new URL('../fixtures/simulation-engine/experiments/usability.yml', import.meta.url),
    'utf8',
  )
  const { study } = checkStudyFile(source, { games })
  assert.ok(study)
  const rowsOf = (player: string) => {
    const situation = { ...situationOf({ study: { name: 'x', games: [] }, characters, rows: [], player }), study }
    return assignAfterForms(situation).map(({ game, pc }) => `${game}/${pc}`)
  }
  assert.deepEqual(rowsOf('player-1'), ['Infer Intent/GA', 'Goal Horizon/LA'])
  assert.deepEqual(rowsOf('player-2'), ['Infer Intent/JW', 'Goal Horizon/NA'])
  assert.deepEqual(rowsOf('player-3'), ['Goal Horizon/JW', 'Infer Intent/UNI'])
})

const pairOf = ({ game, pc }: NewAssignment) => [game, pc]
const tripleOf = ({ game, pc, npc }: NewAssignment) => [game, pc, npc]
const made = (row: NewAssignment, number = 1) => ({
  id: `new-${number}`,
  game: row.game,
  hid: row.pc,
  status: 'assigned',
})
const madeRun = (row: NewAssignment) => ({ id: 'new-1', game: row.game, pc: row.pc, npc: row.npc, status: 'assigned' })

for (const { id, input, expect } of vectorsOf('assignments.jsonl', 'mid.random_unique')) {
  test(`random_unique: ${id} is assigned like in the original`, () => {
    const situation = situationOf(input)
    const next = nextRandomUnique(situation)
    const active = situation.rows
      .filter(({ status }) => status !== 'completed')
      .toSorted((a, b) => b.updatedAt - a.updatedAt)[0]
    const got = active
      ? { row: { id: active.id, game: active.game, hid: active.pc, status: active.status }, created: false }
      : { row: next ? made(next) : null, created: next !== undefined }
    assert.deepEqual(got, expect.get_or_create)
    assert.deepEqual(
      remainingRandomUnique(situation).map((row, i) => made(row, i + 1)),
      expect.generate_remaining,
    )
    assert.deepEqual(optionsRandomUnique(situation).map(pairOf), expect.eligible_options)
    assert.deepEqual(progressOf(situation.study, situation.tally), expect.progress)
    assert.deepEqual(statusOf(situation.study, situation.tally), expect.status)
    assert.equal(maximumOf(situation), expect.max_assignments)
  })
}

for (const { id, input, expect } of vectorsOf('assignments.jsonl', 'mid.select')) {
  test(`random_unique: ${id} offers the options of the original`, () => {
    assert.deepEqual(optionsRandomUnique(situationOf(input)).map(pairOf), expect.options)
  })
}

for (const { id, kind, input, expect, expect_contract_text } of vectors('assignments.jsonl')) {
  if (!kind.startsWith('new.') || kind === 'new.validate') continue
  test(`runs: ${id} is assigned like in the original`, () => {
    const situation = situationOf(input)
    const candidates = runCandidates(situation)
    assert.deepEqual(candidates.map(tripleOf), expect.candidates)
    const [first] = candidates
    if (expect.metadata)
      assert.deepEqual(first?.batch, { id: expect.metadata.batch_id, npc: expect.metadata.batch_npc_hid })
    const { current, options, isFinished, creates } = runState({
      situation: { ...situation, study: { ...situation.study, forms: [] } },
      forms: {},
    })
    const row = current
      ? { id: current.id, game: current.game, pc: current.pc, npc: current.npc, status: current.status }
      : creates
        ? madeRun(creates)
        : null
    const { created_metadata: _, ...resolve } = expect.resolve
    if (resolve.options === '=candidates') resolve.options = expect.candidates
    const got = { current: row, options: options.map(tripleOf), finished: isFinished, created: creates !== undefined }
    if (expect_contract_text?.resolve === undefined) assert.deepEqual(got, resolve)
    else
      assert.ok(
        [resolve, expect_contract_text.resolve].some(
          (each) => JSON.stringify(sorted(each)) === JSON.stringify(sorted(got)),
        ),
        JSON.stringify({ got, resolve }),
      )
    assert.deepEqual(progressOf(situation.study, situation.tally), expect.progress)
    assert.deepEqual(statusOf(situation.study, situation.tally), expect.status)
    assert.equal(runMaximumOf(situation), expect.max_assignments)
  })
}

function sorted(value: any): any {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key])]),
  )
}

for (const { id, input, expect } of vectorsOf('divergence.jsonl', 'divergence')) {
  test(`divergence: ${id} has the score of the original`, () => {
    const of = (each: any) => (typeof each === 'string' ? characters.find(({ hid }) => hid === each) : each)
    assert.equal(divergenceScore(of(input.a), of(input.b)), expect.score)
  })
}

for (const { id, input, expect, expect_advice } of vectorsOf('transitions.jsonl', 'mid.setup')) {
  test(`setup: ${id} is answered like in the original`, () => {
    const situation = situationOf(input)
    const { current, waiting, isFinished, creates } = olderState(situation, playerForms(input))
    const wanted = { ...expect, ...expect_advice }
    const summary = (row: any) => ({ id: row.id, game: row.game, hid: row.pc, status: row.status })
    assert.deepEqual(progressOf(situation.study, situation.tally), wanted.progress)
    assert.deepEqual(current ? summary(current) : creates ? made(creates) : null, wanted.current_assignment)
    assert.equal(waiting !== undefined, wanted.pending_post_play)
    assert.equal(isFinished, wanted.assignment_completed)
    assert.deepEqual(situation.rows.map(summary), wanted.assignments)
  })
}

for (const { id, input, expect } of vectorsOf('transitions.jsonl', 'mid.submit_before')) {
  if (expect.status !== 200) continue
  test(`forms: ${id} are assigned like in the original`, () => {
    const situation = situationOf(input)
    const rows = assignAfterForms(situation).map((row, i) => ({ ...made(row, i + 1), player: input.player }))
    assert.deepEqual(rows, expect.rows_created)
  })
}

for (const { id, input, expect } of vectorsOf('transitions.jsonl', 'new.setup')) {
  test(`setup: ${id} is answered like in the original`, () => {
    const before = situationOf(input)
    const forms = playerForms(input)
    const first = runState({ situation: before, forms })
    const { creates } = first
    const now = Date.parse('2027-01-01T00:00:00Z')
    const created = creates
      ? [
          {
            ...creates,
            id: 'new-1',
            status: 'assigned' as const,
            assignedAt: now,
            updatedAt: now,
            session: null,
            forms: {},
            batch: null,
          },
        ]
      : []
    const situation = { ...before, rows: inOrder([...before.rows, ...created]) }
    const participant = { situation, forms }
    const state = creates ? runState(participant) : first
    const pending = pendingGroups(participant)
    assert.deepEqual(
      pending.map(({ id: group_id, event, forms: asked, row }) => ({
        group_id,
        event,
        forms: asked.map(({ name }) => name),
        assignment_id: row?.id ?? null,
      })),
      expect.pending_form_groups,
    )
    assert.equal(state.current?.id ?? null, expect.current_assignment?.id ?? null)
    assert.equal(state.isFinished, expect.assignment_completed)
    const { mode, reason } = nextAssignment(participant, state)
    assert.deepEqual({ mode, reason }, { mode: expect.next_assignment.mode, reason: expect.next_assignment.reason })
    assert.deepEqual(
      created.map(({ game, pc, npc }) => [game, pc, npc]),
      expect.rows_created.map((row: any) => [row.game, row.pc, row.npc]),
    )
    assert.deepEqual(
      expect.eligible_assignment_options.map((each: any) => [
        each.game ?? each[0],
        each.pc ?? each[1],
        each.npc ?? each[2],
      ]),
      state.options.map(tripleOf),
    )
  })
}
