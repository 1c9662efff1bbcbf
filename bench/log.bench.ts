// The command log compared with raw node:sqlite in the same run: the same rows, tables, indexes and batches.
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { CommandFilters, NewCommandLogRow } from '../src/protocol/command-log.ts'
import { CommandLog } from '../src/store/command-log.ts'
import { openStore, type Store } from '../src/store/store.ts'
import { aCommand, aPerception, NOON } from '../src/testing/commands.ts'
import { median, percentile, type Row } from './measure.ts'

export const name = 'log'

type Report = (row: Row) => void

const BATCHES = [512, 2048]
const RUN = 2048 * 15
const RUNS = 5
const MILLION = 1_000_000
const CELLS = ['Balmora', 'Vivec', 'Seyda Neen', 'Ald-ruhn', 'Sadrith Mora']
const WORDS = ['move_to', 'interact', 'wait', 'noop', 'dialogue']
const PERCEPTIONS = CELLS.flatMap((cell) => Array.from({ length: 40 }, (_, gold) => aPerception(gold, cell)))

/** Row number `i` of a busy server: fifty agents in twenty concurrent episodes, two hundred repeating perceptions. */
function rowAt(i: number): NewCommandLogRow {
  const cell = CELLS[Math.floor(i / 7) % CELLS.length] ?? ''
  return aCommand({
    timestamp: new Date(NOON + i * 10).toISOString(),
    command: WORDS[i % WORDS.length] ?? '',
    params: { target_x: i % 1000 },
    perception_snapshot: PERCEPTIONS[i % PERCEPTIONS.length] ?? null,
    agent_id: `agent-${i % 50}`,
    episode_id: `episode-${Math.floor(i / 20_000) * 20 + (i % 20)}`,
    cell,
    world: i % 100 === 0 ? 'foundry' : 'frontier',
    outcome: i % 200 === 0 ? 'refused: BUSY: wait' : 'done',
    slot: i % 4,
    command_id: `c-${i.toString(36).padStart(8, '0')}`,
  })
}

const secondsOf = async (work: () => unknown): Promise<number> => {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}

/** The floor: the same tables, filled with prepared statements on the main thread, without perceptions. */
function rawRun(db: DatabaseSync, from: number, batch: number): void {
  const names = `timestamp, command, params, reasoning, perception_id, outcome, outcome_kind, agent_id, episode_id, cell,
    protocol_version, created_at, world, slot, command_id`
  const insert = db.prepare(
    `insert into commands (${names}) values (${names
      .split(',')
      .map(() => '?')
      .join(', ')})`,
  )
  for (let at = from; at < from + RUN; at += batch) {
    db.exec('begin immediate')
    for (let i = at; i < at + batch; i++) {
      const row = rowAt(i)
      insert.run(
        Date.parse(row.timestamp),
        row.command,
        JSON.stringify(row.params),
        row.reasoning,
        (i % PERCEPTIONS.length) + 1,
        row.outcome,
        'done',
        row.agent_id,
        row.episode_id,
        row.cell,
        row.protocol_version,
        Date.now(),
        row.world,
        row.slot,
        row.command_id,
      )
    }
    db.exec('commit')
  }
}

async function openFresh(folder: string, file: string): Promise<Store> {
  return openStore({ kind: 'sqlite', path: join(folder, file), mode: 'create', runs: 'thread' })
}

async function benchWriting(folder: string, report: Report): Promise<void> {
  await (await openFresh(folder, 'raw.sqlite')).close()
  const raw = new DatabaseSync(join(folder, 'raw.sqlite'))
  raw.exec(
    'pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -65536; pragma wal_autocheckpoint = 2000',
  )
  for (const each of PERCEPTIONS) {
    raw
      .prepare('insert into perceptions (hash, body) values (?, ?)')
      .run(JSON.stringify(each.inventory_summary) + each.location.cell, JSON.stringify(each))
  }
  const store = await openFresh(folder, 'log.sqlite')
  const log = new CommandLog(store)
  let first = 0
  for (const batch of BATCHES) {
    const rates: { raw: number[]; log: number[] } = { raw: [], log: [] }
    for (let run = 0; run <= RUNS; run++, first += RUN) {
      const from = first
      const rawSeconds = await secondsOf(() => rawRun(raw, from, batch))
      // Twice as many senders as one write takes: while one half waits for the disk, the other half gathers.
      const logSeconds = await secondsOf(() => sendAll(log, from, batch * 2))
      if (run === 0) continue
      rates.raw.push(RUN / rawSeconds)
      rates.log.push(RUN / logSeconds)
    }
    const [rawRate, logRate] = [median(rates.raw), median(rates.log)]
    const note = 'main thread, nothing acknowledged'
    report({ what: `raw node:sqlite, batches of ${batch}`, value: rawRate, unit: 'commands/s', note })
    report({ what: `log, ${batch * 2} senders, acknowledged when durable`, value: logRate, unit: 'commands/s' })
    report({ what: `of raw, batches of ${batch}`, value: (logRate / rawRate) * 100, unit: '%' })
  }
  const waits: number[] = []
  for (let i = 0; i < 300; i++) waits.push((await secondsOf(() => log.append(rowAt(1e7 + i)))) * 1000)
  report({ what: 'a lone sender waits, median', value: median(waits), unit: 'ms' })
  report({ what: 'a lone sender waits, p99', value: percentile(waits, 0.99), unit: 'ms' })
  raw.close()
  await store.close()
}

async function sendAll(log: CommandLog, from: number, senders: number): Promise<void> {
  let next = from
  const send = async (): Promise<void> => {
    while (next < from + RUN) await log.append(rowAt(next++))
  }
  await Promise.all(Array.from({ length: senders }, send))
}

const at = (i: number): string => new Date(NOON + i * 10).toISOString()

const FILTERS: Readonly<Record<string, CommandFilters>> = {
  none: {},
  command_type: { command_type: 'noop' },
  cell: { cell: 'Vivec' },
  'command_type + cell': { command_type: 'noop', cell: 'Vivec' },
  agent_id: { agent_id: 'agent-7' },
  episode_id: { episode_id: 'episode-500' },
  world: { world: 'foundry' },
  outcome: { outcome: 'refused' },
  'since + until': { since: at(400_000), until: at(500_000) },
}

async function benchMillion(folder: string, report: Report): Promise<void> {
  const store = await openFresh(folder, 'million.sqlite')
  const log = new CommandLog(store)
  async function* rows() {
    for (let i = 0; i < MILLION; i++) yield { row: rowAt(i), origin: { name: 'bench', id: i + 1 } }
  }
  await log.importRows(rows())
  for (const [what, filters] of Object.entries(FILTERS)) {
    const times: number[] = []
    for (let i = 0; i < 15; i++) times.push((await secondsOf(() => log.query(filters))) * 1000)
    report({ what: `newest 100 of 1,000,000 by ${what}`, value: median(times), unit: 'ms' })
  }
  let read = 0
  const seconds = await secondsOf(async () => {
    for await (const page of log.readRows()) read += page.length
  })
  report({ what: 'reading all in order of time, JSON as text', value: read / seconds, unit: 'rows/s' })
  await benchRotation(log, join(folder, 'old.jsonl.zst'), report)
  await store.close()
}

async function benchRotation(log: CommandLog, archive: string, report: Report): Promise<void> {
  const waits: number[] = []
  let isOver = false
  const write = async (): Promise<void> => {
    for (let i = 0; !isOver; i++) {
      const row = { ...rowAt(2e7 + i), timestamp: new Date(NOON + 1e12).toISOString() }
      waits.push((await secondsOf(() => log.append(row))) * 1000)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const writer = write()
  const seconds = await secondsOf(() => log.rotate({ maxAgeDays: 1, now: NOON + 1e12, archive }))
  isOver = true
  await writer
  report({
    what: 'rotate 1,000,000 with archive',
    value: seconds,
    unit: 's',
    note: `archive of ${Math.round(statSync(archive).size / 1e6)} MB`,
  })
  report({ what: 'a writer waits meanwhile, longest', value: Math.max(...waits), unit: 'ms' })
}

export async function run(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-log-bench-'))
  try {
    await benchWriting(folder, report)
    await benchMillion(folder, report)
    const resident = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    if (resident) report({ what: 'resident memory, greatest', value: Number(resident) / 1024, unit: 'MiB' })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
