// Studies at a realistic size: the setup route over a million rows, and a thousand participants within a minute.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { openStore, type Store, type StoreTarget } from '../src/store/store.ts'
import { startCommand } from '../src/testing/cli.ts'
import { get, post } from '../src/testing/play-api.ts'
import { startPostgres } from '../src/testing/postgres.ts'
import { percentile, type Row } from './measure.ts'
import { SERVE } from './serve.ts'

export const name = 'studies'

const PARTICIPANTS = 100_000
const ROWS_EACH = 10
const READS = 2000
const ARRIVALS = 1000
const ARRIVAL_MS = 60_000

const STUDY = `name: bench
games: [{name: Explore}, {name: Teamwork}, {name: Foresight}]
next_game_strategy:
  strategy: {id: least_played_combination_next, quota_per_game: 1000000, max_assignments_per_player: 3}
`
const CROWD = `name: crowd
assignment_strategy: {strategy: random_unique, games: [Explore, Teamwork], quota_per_game: 300, max_assignments_per_player: 1}
forms:
  - {name: intake, before_or_after: before, questions: [{key: age, prompt: "Age?", answer_type: number, required: true}]}
study:
  reservation: {minutes: 60}
`

async function fill(store: Store): Promise<void> {
  const numbers = sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < ${sql.lit(PARTICIPANTS)})`
  await sql`insert into study_participants (study, player_id, forms, external, created_at, updated_at)
    ${numbers} select 'bench', 'p' || i, '{}', '{}', 1, 1 from n`.execute(store.db)
  for (let k = 1; k <= ROWS_EACH; k++) {
    await sql`insert into assignments (assignment_id, study, player_id, ordinal, game_name, pc_hid, npc_hid, status,
        assigned_at, created_at, updated_at, form_responses, is_reserved)
      ${numbers} select 'a' || i || '-' || ${sql.lit(k)}, 'bench', 'p' || i, ${sql.lit(k)}, 'Explore', 'ODA', 'JACK', 'completed',
        ${sql.lit(k)}, 1, ${sql.lit(k)}, '{}', 0 from n`.execute(store.db)
  }
}

interface Backend {
  readonly kind: string
  readonly target: StoreTarget
  readonly env: Readonly<Record<string, string>>
}

async function measure(report: (row: Row) => void, { kind, target, env }: Backend, folder: string): Promise<void> {
  const store = await openStore(target)
  await fill(store)
  await store.close()
  const files = [join(folder, 'bench.yml'), join(folder, 'crowd.yml')]
  writeFileSync(files[0] ?? '', STUDY)
  writeFileSync(files[1] ?? '', CROWD)
  const args = files.flatMap((file) => ['--experiment', file])
  const server = startCommand([...SERVE, '--json', '--data', folder, ...args], { env })
  try {
    const [, url = ''] = await server.sees(/"url":\s*"([^"]+)"/)
    const at = { url }
    const keys: string[] = []
    for (let i = 0; i < 50; i++) keys.push((await post(at, '/api/studies/bench/join', {})).body.api_key)
    const times: number[] = []
    for (let i = 0; i < READS; i++) {
      const began = performance.now()
      await get(at, '/api/run/setup', keys[i % keys.length])
      times.push(performance.now() - began)
    }
    const size = `${PARTICIPANTS} participants, ${PARTICIPANTS * ROWS_EACH} rows`
    report({ what: `setup, ${kind}: p50`, value: percentile(times, 0.5), unit: 'ms', note: size })
    report({ what: `setup, ${kind}: p99`, value: percentile(times, 0.99), unit: 'ms', note: size })
    await arrive(report, at, kind)
  } finally {
    server.kill('SIGKILL')
    await server.ended
  }
}

async function arrive(report: (row: Row) => void, at: { url: string }, kind: string): Promise<void> {
  const times: number[] = []
  let errors = 0
  let assigned = 0
  const timed = async <T extends { status: number }>(work: Promise<T>): Promise<T> => {
    const began = performance.now()
    const answer = await work
    times.push(performance.now() - began)
    if (answer.status >= 500) errors++
    return answer
  }
  const one = async (number: number): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, (ARRIVAL_MS / ARRIVALS) * number))
    const { body } = await timed(post(at, '/api/studies/crowd/join', { external: { PROLIFIC_PID: `p${number}` } }))
    const responses = { intake: { age: 30 } }
    const given = await timed(post(at, '/api/experiments/crowd/players', { responses }, body.api_key))
    if (given.body.assignment) assigned++
    await timed(get(at, '/api/experiments/crowd/setup', body.api_key))
  }
  await Promise.all(Array.from({ length: ARRIVALS }, (_, number) => one(number)))
  const note = `${ARRIVALS} participants in ${ARRIVAL_MS / 1000} s, 600 places`
  report({ what: `arrivals, ${kind}: p99 of a request`, value: percentile(times, 0.99), unit: 'ms', note })
  report({ what: `arrivals, ${kind}: errors`, value: errors, unit: '', note })
  report({ what: `arrivals, ${kind}: places given`, value: assigned, unit: '', note })
}

export async function run(report: (row: Row) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-studies-'))
  const path = join(folder, 'paracosm.sqlite')
  try {
    await measure(
      report,
      { kind: 'SQLite', target: { kind: 'sqlite', path, mode: 'create', runs: 'thread' }, env: {} },
      folder,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const server = await startPostgres()
  if (typeof server === 'string') return
  const second = mkdtempSync(join(tmpdir(), 'paracosm-studies-'))
  try {
    const url = await server.createDatabase()
    await measure(report, { kind: 'PostgreSQL', target: { kind: 'postgres', url }, env: { DATABASE_URL: url } }, second)
  } finally {
    await server.close()
    rmSync(second, { recursive: true, force: true })
  }
}
