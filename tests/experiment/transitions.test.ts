// What participants may do in each state, through the service and a real store, against the recorded answers of the original.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { GameCatalogue } from '../../src/adapters/session/games.ts'
import { Experiments } from '../../src/experiment/service/experiments.ts'
import { Runs } from '../../src/experiment/service/runs.ts'
import { builtInWorlds } from '../../src/host/world-registry.ts'
import { AppError } from '../../src/kernel/errors.ts'
import type { Store } from '../../src/store/store.ts'
import { Studies } from '../../src/store/studies/studies.ts'
import { withTestStore } from '../../src/testing/stores.ts'
import { countRows, playerForms, rowOf, studyOf } from './situations.ts'
import { vectors } from './vectors.ts'

const { store, close } = await withTestStore()
after(close)
const games = await GameCatalogue.load(builtInWorlds())

/** Inserts the rows of a vector into the store, as requests would have done. */
async function place(to: Store, input: any, study: string): Promise<void> {
  for (const table of [
    'assignments',
    'study_participants',
    'study_counters',
    'study_groups',
    'session_studies',
  ] as const) {
    await to.db.deleteFrom(table).execute()
  }
  const players = new Set([input.player, ...input.rows.map((row: any) => row.player)])
  for (const player_id of players) {
    const forms = JSON.stringify(filled(playerForms({ ...input, player: player_id })))
    const values = { study, player_id, forms, external: '{}', created_at: 1, updated_at: 1 }
    await to.db
      .insertInto('study_participants')
      .values(values as never)
      .execute()
  }
  const ordered = input.rows.toSorted((a: any, b: any) => (a.assigned_at < b.assigned_at ? -1 : 1))
  for (const [index, row] of ordered.entries()) {
    const { id, game, pc, npc, status, assignedAt, updatedAt, session, forms, batch } = rowOf(row)
    const values = {
      assignment_id: id,
      study,
      player_id: row.player,
      ordinal: index + 1,
      game_name: game,
      pc_hid: pc,
      npc_hid: npc,
      status,
      assigned_at: assignedAt,
      created_at: assignedAt,
      updated_at: updatedAt,
      active_session_id: session,
      form_responses: JSON.stringify(filled(forms)),
      batch_npc_hid: batch,
      is_reserved: 0,
    }
    await to.db
      .insertInto('assignments')
      .values(values as never)
      .execute()
  }
  const tally = countRows(input.rows)
  for (const [game_name, { counted, completed, inProgress, reserved }] of tally.games) {
    const values = { study, game_name, counted, completed, in_progress: inProgress, reserved }
    await to.db.insertInto('study_counters').values(values).execute()
  }
  for (const [key, played] of tally.groups) {
    const [game_name = '', npc_hid = ''] = key.split('\0')
    await to.db.insertInto('study_groups').values({ study, game_name, npc_hid, played }).execute()
  }
}

/** Stored forms whose answers the vector omits. */
const filled = (forms: any): any =>
  Object.fromEntries(
    Object.entries(forms).map(([name, form]: [string, any]) => [
      name,
      { form_name: name, answers: form.answers ?? {} },
    ]),
  )

function environment(input: any) {
  const studies = new Studies(store)
  const registry: any = {
    create: (_plan: unknown, within: any) =>
      store.transaction(async (tx) => {
        await within(tx, 's-new')
        return { session_id: 's-new' }
      }),
  }
  return { studies, games, registry, roster: async () => input.characters }
}

/** 200 with the result, or the 400 of the wire format. */
async function statusOf(work: () => Promise<unknown>): Promise<{ status: number; body?: any; error?: unknown }> {
  try {
    return { status: 200, body: await work() }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { status: error.status, error: error.message }
  }
}

const KINDS = [
  'mid.start',
  'mid.form_gate',
  'mid.post_play',
  'mid.submit_before',
  'new.start',
  'new.forms_submit',
  'new.select',
]

for (const { id, kind, input, expect, expect_advice } of vectors('transitions.jsonl')) {
  if (!KINDS.includes(kind)) continue
  test(`transitions: ${id} is answered like in the original, or as recommended`, async () => {
    const study = studyOf(input)
    await place(store, input, study.name)
    const at = environment(input)
    const open = { study, isClosed: false, source: '' }
    const { player } = input
    const experiments = new Experiments(at as never)
    const runs = new Runs(at as never)
    const isAlive = async (): Promise<boolean> => input.live_session === 'live' || input.live_session === 'paused'
    const [game, pc, npc] = input.select ?? []
    const work: Record<string, () => Promise<unknown>> = {
      'mid.start': () => experiments.start(open, player, 'experiment'),
      'mid.form_gate': () =>
        input.action === 'start'
          ? experiments.start(open, player, 'experiment')
          : experiments.select(open, player, { game, pc }),
      'mid.post_play': () => experiments.submitAfter(open, player, input.responses),
      'mid.submit_before': () => experiments.submitBefore(open, player, input.responses),
      'new.start': () => runs.start(open, player, { source: 'run', wanted: input.assignment_id ?? null, isAlive }),
      'new.forms_submit': () => runs.submit(open, player, input.group_id, input.responses),
      'new.select': () => runs.select(open, player, { game, pc, npc }),
    }
    const found = await statusOf(work[kind] ?? (async () => undefined))
    const wanted = [expect.status, ...(expect_advice?.status === undefined ? [] : [expect_advice.status])]
    assert.ok(wanted.includes(found.status), `${JSON.stringify(found)} instead of ${JSON.stringify(expect)}`)
    if (found.status !== 200 || !kind.endsWith('start') || !expect.assignment) return
    const rows = await at.studies.assignments(study.name, [player])
    const started =
      rows.find(({ session }) => session === 's-new') ?? rows.find(({ status }) => status === 'in_progress')
    assert.deepEqual(
      [started?.game, started?.pc],
      [expect.assignment.game, expect.assignment.pc ?? expect.assignment.hid],
    )
  })
}
