// Exports of a million rows, compared with raw node:sqlite reading and splicing the same rows in the same run. Each export
// runs as a separate process, like a user's command, so that its resident memory can be measured.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DATASET_FORMATS } from '../src/protocol/dataset.ts'
import { openStore, storeInFolder } from '../src/store/store.ts'
import { aPerception } from '../src/testing/commands.ts'
import { median, type Row } from './measure.ts'

export const name = 'dataset'

const MILLION = 1_000_000
/** Number of rows per perception. */
const SHARED = 10
const RUNS = 3
const LAUNCHER = join(import.meta.dirname, '..', 'bin', 'paracosm')

async function fill(folder: string): Promise<string> {
  const store = await openStore(storeInFolder(folder, { mode: 'create', runs: 'inline' }))
  await store.close()
  const path = join(folder, 'paracosm.sqlite')
  const db = new DatabaseSync(path)
  db.exec('pragma synchronous = off; begin')
  const insert = db.prepare('insert into perceptions (hash, body) values (?, ?)')
  for (let i = 0; i < MILLION / SHARED; i++) insert.run(`h${i}`, JSON.stringify(aPerception(i)))
  db.exec(`with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < ${MILLION})
    insert into commands (timestamp, command, params, reasoning, perception_id, outcome, outcome_kind, agent_id,
      episode_id, cell, protocol_version, created_at, world, slot, command_id)
    select 1774000000000 + i * 1000, case i % 3 when 0 then 'move_to' when 1 then 'wait' else 'noop' end,
      '{"target_x":' || i || '}', 'Because of what I see at ' || i || '.', i / ${SHARED} + 1, 'done: arrived', 'done',
      'agent-' || (i % 50), 'ep-' || (i / 1000), 'Balmora', '1.0.0', 1774000000000 + i * 1000, 'frontier', i % 4, 'cmd-' || i
    from n; commit`)
  db.close()
  return path
}

/** The floor: one statement, the columns of `raw`, spliced and written in blocks of a megabyte; nothing is checked. */
function floor(path: string, output: string): number {
  const db = new DatabaseSync(path, { readOnly: true })
  const started = performance.now()
  const rows = db
    .prepare(
      `select command, params, reasoning, body, timestamp, episode_id, cell, outcome
        from commands join perceptions on perceptions.id = perception_id order by timestamp, commands.id`,
    )
    .iterate()
  const file = openSync(output, 'w')
  let text = ''
  for (const row of rows) {
    const { command, params, reasoning, body, timestamp, episode_id, cell, outcome } = row
    const answer = `{"command":"${command}","params":${params},"reasoning":${JSON.stringify(reasoning)}}`
    const metadata = `{"timestamp":"${new Date(Number(timestamp)).toISOString()}","episode_id":"${episode_id}","cell":"${cell}","outcome":"${outcome}"}`
    text += `{"input":{"perception":${body}},"output":${answer},"metadata":${metadata}}\n`
    if (text.length < 1024 * 1024) continue
    writeSync(file, text)
    text = ''
  }
  writeSync(file, text)
  closeSync(file)
  db.close()
  return MILLION / ((performance.now() - started) / 1000)
}

interface Measured {
  readonly rate: number
  /** Maximum in MB, sampled ten times per second. */
  readonly resident: number
}

async function measure(folder: string, format: string, output: string): Promise<Measured> {
  const started = performance.now()
  const args = ['dataset', 'export', '--format', format, '--data', folder, '--output', output, '--force']
  const child = spawn(LAUNCHER, args, { stdio: 'inherit', env: { ...process.env, DATABASE_URL: undefined } })
  let resident = 0
  const watch = setInterval(() => {
    resident = Math.max(resident, residentOf(child.pid))
  }, 100)
  await once(child, 'close')
  clearInterval(watch)
  return { rate: MILLION / ((performance.now() - started) / 1000), resident }
}

/** Linux records the peak; other systems report none. */
function residentOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1000
  } catch {
    return 0
  }
}

export async function run(report: (row: Row) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-bench-'))
  try {
    const path = await fill(folder)
    const floors = Array.from({ length: RUNS }, () => floor(path, join(folder, 'floor')))
    report({ what: 'raw node:sqlite, spliced, unchecked, not synced', value: median(floors), unit: 'rows/s' })
    for (const format of DATASET_FORMATS) {
      const output = join(folder, format)
      const runs: Measured[] = []
      for (let i = 0; i < RUNS; i++) runs.push(await measure(folder, format, output))
      const resident = Math.round(Math.max(...runs.map((each) => each.resident)))
      const size = statSync(output).isFile() ? `, ${Math.round(statSync(output).size / 1e6)} MB` : ''
      const note = `at most ${resident} MB resident${size}; the whole command`
      report({ what: `export ${format}`, value: median(runs.map((each) => each.rate)), unit: 'rows/s', note })
      rmSync(output, { recursive: true, force: true })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
