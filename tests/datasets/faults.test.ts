// Failures of exports: existing paths, full disks, interrupts, broken rows, odd names, broken files.
// In every case no partial file has the final name, and nothing else is left behind.
import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { type ExportRequest, exportDataset } from '../../src/datasets/export-dataset.ts'
import { inspectDataset } from '../../src/datasets/inspect-dataset.ts'
import { AppError, type ErrorCode } from '../../src/kernel/errors.ts'
import type { NewCommandLogRow } from '../../src/protocol/command-log.ts'
import { DATASET_FORMATS } from '../../src/protocol/dataset.ts'
import { CommandLog } from '../../src/store/command-log.ts'
import { openStore, type Store, storeInFolder } from '../../src/store/store.ts'
import { runCommand, startCommand } from '../../src/testing/cli.ts'
import { aPerception, commandAt } from '../../src/testing/commands.ts'
import { mountSmallDisk } from '../../src/testing/postgres.ts'
import { until } from '../../src/testing/until.ts'

// These checks apply to files.
delete process.env.DATABASE_URL

const root = mkdtempSync(join(tmpdir(), 'paracosm-dataset-faults-'))
after(() => rmSync(root, { recursive: true, force: true }))
const counter = { next: 0 }

/** A temporary folder for one test. */
function aFolder(): string {
  const folder = join(root, String(counter.next++))
  mkdirSync(folder)
  return folder
}

const someRows = (count: number, overrides: Partial<NewCommandLogRow> = {}): NewCommandLogRow[] =>
  Array.from({ length: count }, (_, i) =>
    commandAt(i, { perception_snapshot: aPerception(i), episode_id: 'ep', slot: 0, ...overrides }),
  )

async function aStore(rows: readonly NewCommandLogRow[], folder = aFolder()): Promise<Store> {
  const store = await openStore(storeInFolder(folder, { mode: 'create', runs: 'inline' }))
  const log = new CommandLog(store)
  await Promise.all(rows.map((row) => log.append(row)))
  return store
}

const run = (store: Store, format: ExportRequest['format'], output: string, rest: Partial<ExportRequest> = {}) =>
  exportDataset(store, { format, output, filters: {}, ...rest })

const refused = (work: Promise<unknown>, code: ErrorCode, text = /./) =>
  assert.rejects(work, (error) => {
    assert.ok(error instanceof AppError, String(error))
    assert.equal(error.code, code, error.message)
    assert.match(error.message, text)
    return true
  })

test('datasets: existing output is kept, and --force replaces only datasets', async () => {
  const store = await aStore(someRows(5))
  const folder = aFolder()
  for (const format of DATASET_FORMATS) {
    const output = join(folder, format)
    await run(store, format, output)
    const before = readdirSync(folder)
    await refused(run(store, format, output), 'FILE_EXISTS')
    await run(store, format, output, { isForced: true, maxRecords: 3 })
    assert.deepEqual(readdirSync(folder), before, format)
    const { records } = await inspectDataset(output)
    assert.equal(records, 3, format)
  }
  const precious = join(folder, 'precious')
  mkdirSync(precious)
  writeFileSync(join(precious, 'thesis.txt'), 'years')
  symlinkSync(join(precious, 'thesis.txt'), join(folder, 'link'))
  const before = readdirSync(folder)
  await refused(run(store, 'episodes', precious, { isForced: true }), 'FILE_EXISTS', /is not a folder with/)
  await refused(run(store, 'raw', precious, { isForced: true }), 'FILE_EXISTS', /is not a plain file/)
  await refused(run(store, 'raw', join(folder, 'link'), { isForced: true }), 'FILE_EXISTS')
  await refused(run(store, 'raw', '/dev/null', { isForced: true }), 'FILE_EXISTS')
  await refused(run(store, 'raw', join(precious, 'thesis.txt', 'x')), 'FILE_UNWRITABLE')
  await refused(run(store, 'episodes', join(folder, 'raw'), { isForced: true }), 'FILE_EXISTS')
  assert.deepEqual(readdirSync(folder), before)
  assert.equal(readFileSync(join(precious, 'thesis.txt'), 'utf8'), 'years')
  await store.close()
})

test('datasets: a file that appears at the output path during the export is kept', async () => {
  const store = await aStore(someRows(5))
  const folder = aFolder()
  for (const format of ['raw', 'parquet'] as const) {
    const output = join(folder, format)
    await refused(run(store, format, output, { onProgress: () => writeFileSync(output, 'mine') }), 'FILE_EXISTS')
    assert.equal(readFileSync(output, 'utf8'), 'mine')
  }
  assert.deepEqual(readdirSync(folder), ['parquet', 'raw'])
  await store.close()
})

test('datasets: an aborted export leaves nothing behind, and can be run again', async () => {
  const store = await aStore(someRows(2500))
  const folder = aFolder()
  for (const format of DATASET_FORMATS) {
    const stop = new AbortController()
    const output = join(folder, format)
    const onProgress = () => stop.abort(new AppError('INTERRUPTED', 'interrupted'))
    await refused(run(store, format, output, { signal: stop.signal, onProgress }), 'INTERRUPTED')
    assert.deepEqual(readdirSync(folder), [], format)
  }
  for (const format of DATASET_FORMATS)
    assert.equal((await run(store, format, join(folder, format))).total_records, 2500)
  await store.close()
})

test('datasets: leftovers of a killed export do not block the next one, which removes them once they are old', async () => {
  const store = await aStore(someRows(3))
  const folder = aFolder()
  const left = ['.out.999999-00000000.paracosm-part', '.out.999998-00000000.paracosm-part']
  for (const name of left) writeFileSync(join(folder, name), '{"half":')
  const [old = '', fresh = ''] = left
  utimesSync(join(folder, old), new Date(0), new Date(0))
  await run(store, 'raw', join(folder, 'out'))
  assert.deepEqual(readdirSync(folder).sort(), [fresh, 'out'])
  await store.close()
})

test('datasets: a row with broken JSON is named, and no dataset is created', async () => {
  for (const [broken, column] of [
    [sql`update commands set params = '{"a":' where id = 2`, 'params'],
    [sql`update commands set params = '[1]' where id = 2`, 'params'],
    [
      sql`update perceptions set body = 'null,{}' where id = (select perception_id from commands where id = 2)`,
      'perception',
    ],
  ] as const) {
    const store = await aStore(someRows(4))
    await broken.execute(store.db)
    const folder = aFolder()
    for (const format of DATASET_FORMATS) {
      await refused(run(store, format, join(folder, format)), 'STORE_CORRUPT', new RegExp(`^${column} of command 2 `))
    }
    assert.deepEqual(readdirSync(folder), [])
    await store.close()
  }
})

test('datasets: multi-line JSON is exported on one line', async () => {
  const store = await aStore(someRows(1))
  await sql`update commands set params = ${'{\n  "a": [1,\r\n 2]\n}'}`.execute(store.db)
  await sql`update perceptions set body = ${'{\n"x":\n1}'}`.execute(store.db)
  const output = join(aFolder(), 'out')
  await run(store, 'raw', output)
  const text = readFileSync(output, 'utf8')
  assert.equal(text.split('\n').length, 2)
  assert.match(text, /^\{"input":\{"perception":\{"x":1\}\},"output":\{"command":"move_to","params":\{"a":\[1,2\]\}/)
  await store.close()
})

test('datasets: episodes whose file names collide are refused, and both are named', async () => {
  for (const [one, two, text] of [
    ['a/b', 'a:b', /episode "a\/b" and episode "a:b"/],
    ['Ep', 'eP', /episode "Ep" and episode "eP"/],
    ['é', 'e\u0301', /episode/],
    ['unknown', null, /episode "unknown" and what belongs to no episode/],
  ] as const) {
    const store = await aStore([...someRows(3, { episode_id: one }), ...someRows(3, { episode_id: two })])
    const folder = aFolder()
    await refused(run(store, 'episodes', join(folder, 'out')), 'NAMES_COLLIDE', text)
    assert.deepEqual(readdirSync(folder), [])
    await store.close()
  }
})

test('datasets: files of episodes with odd ids stay in the folder and have all rows', async () => {
  const ids = [
    '../../x',
    'CON',
    'con.txt',
    '.hidden',
    '..',
    '日本語',
    'a'.repeat(128),
    '日'.repeat(128),
    ' ',
    'a b\0c',
    '-rf',
    'x.',
  ]
  const store = await aStore(ids.flatMap((id) => someRows(3, { episode_id: id })))
  const folder = aFolder()
  const output = join(folder, 'out')
  assert.equal((await run(store, 'episodes', output)).episodes_exported, ids.length)
  assert.deepEqual(readdirSync(folder), ['out'])
  const names = readdirSync(output)
  assert.equal(names.length, ids.length)
  for (const name of names) {
    assert.match(name, /^[\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}._~-]*\.jsonl$/u)
    assert.ok(Buffer.byteLength(name) <= 255)
    assert.equal(readFileSync(join(output, name), 'utf8').trim().split('\n').length, 3)
  }
  await store.close()
})

test('datasets: a full disk is reported, and nothing is left behind', async (t) => {
  const disk = aFolder()
  const unmount = mountSmallDisk(disk, '256k')
  if (!unmount) return t.skip('this process may not mount a small disk')
  const rows = Array.from({ length: 3000 }, (_, i) =>
    // Incompressible, because Parquet must fill the disk too.
    commandAt(i, {
      perception_snapshot: aPerception(i),
      reasoning: Array.from({ length: 30 }, (_each, k) =>
        ((i * 7919 + k * 104_729) ** 2 % 0xffff_fffb).toString(36),
      ).join(''),
      episode_id: `ep-${i % 7}`,
      slot: 0,
    }),
  )
  const store = await aStore(rows)
  try {
    for (const format of DATASET_FORMATS) {
      await refused(run(store, format, join(disk, format)), 'FILE_UNWRITABLE', /space/)
      assert.deepEqual(readdirSync(disk), [], format)
    }
  } finally {
    await store.close()
    unmount()
  }
})

test('dataset: the command line exports, refuses and inspects, with and without JSON', async () => {
  const data = aFolder()
  await (await aStore(someRows(4), data)).close()
  const cwd = aFolder()
  const paracosm = async (...args: string[]) => {
    const ran = await runCommand(['dataset', ...args], { cwd, env: { PARACOSM_DATA: data } })
    return { ...ran, json: () => JSON.parse(ran.out) }
  }
  const made = await paracosm('export', '--format', 'chat', '--json')
  assert.equal(made.status, 0, made.err)
  assert.equal(made.err, '')
  const { exported_at, ...facts } = made.json()
  assert.ok(Math.abs(Date.parse(exported_at) - Date.now()) < 60_000)
  assert.deepEqual(facts, {
    ok: true,
    total_records: 4,
    episodes_exported: 0,
    skipped_records: 0,
    output_path: 'paracosm-chat.jsonl',
    format: 'chat_completion',
  })
  const again = await paracosm('export', '--format', 'chat', '--json')
  assert.deepEqual([again.status, again.json().error.code], [2, 'FILE_EXISTS'])
  const forced = await paracosm('export', '--format', 'chat', '--force', '--episode', 'nobody')
  assert.equal(forced.out, 'Wrote 0 records to paracosm-chat.jsonl (chat_completion).\n')
  assert.equal((await paracosm('export', '--format', 'csv')).status, 2)
  assert.equal((await paracosm('export', '--format', 'raw', '--since', 'yesterday')).status, 2)
  assert.equal((await paracosm('export', '--format', 'raw', '--max-records', '0')).status, 2)
  const nowhere = await paracosm('export', '--format', 'raw', '--data', join(cwd, 'none'), '--json')
  assert.equal(nowhere.json().error.code, 'STORE_UNAVAILABLE')
  assert.deepEqual(readdirSync(cwd), ['paracosm-chat.jsonl'])
  for (const format of DATASET_FORMATS) {
    assert.equal((await paracosm('export', '--format', format, '-o', format)).status, 0)
    const report = (await paracosm('inspect', format, '--json', '--show', '2')).json()
    assert.deepEqual([report.ok, report.format, report.records, report.first_records.length], [true, format, 4, 2])
    assert.ok(report.estimated_tokens > 100)
  }
  assert.match((await paracosm('inspect', 'episodes')).out, /^episodes: episodes, 4 records in 1 file, \d+ bytes\n/)
  const missing = await paracosm('inspect', 'none', '--json')
  assert.deepEqual([missing.status, missing.json().error.code], [2, 'FILE_UNREADABLE'])
})

test('dataset: inspect reports problems with their line numbers', async () => {
  const store = await aStore(someRows(3))
  const folder = aFolder()
  const chat = join(folder, 'chat')
  await run(store, 'chat', chat)
  const [line = ''] = readFileSync(chat, 'utf8').split('\n')
  const invalid = Buffer.from([0x22, 0xff, 0x22, 0x0a])
  const bad = line.replace('"role":"user"', '"role":"human"')
  writeFileSync(chat, Buffer.concat([Buffer.from(`${line}\n\n{"messages":\n${bad}\n[]\n`), invalid, Buffer.from(line)]))
  const report = await inspectDataset(chat)
  assert.equal(report.records, 4)
  assert.deepEqual(
    report.problems.map((problem) => [problem.line, problem.message.replace(/: .*$/, '')]),
    [
      [3, 'is not JSON'],
      [4, '$.messages[1].role'],
      [5, '$'],
      [6, 'is not UTF-8'],
    ],
  )
  writeFileSync(chat, `{"messages":"${'x'.repeat(17 * 1024 * 1024)}"}\n${line}\n`)
  const long = await inspectDataset(chat)
  assert.deepEqual(long.problems, [{ file: '', line: 1, message: 'is longer than 16 MiB' }])
  assert.deepEqual([long.records, long.format], [1, 'chat'])
  const cli = await runCommand(['dataset', 'inspect', chat, '--json'])
  assert.deepEqual([cli.status, JSON.parse(cli.out).ok], [1, false])
  writeFileSync(chat, '{"other":1}\n'.repeat(30))
  const unknown = await inspectDataset(chat)
  assert.deepEqual([unknown.format, unknown.problems_found, unknown.problems.length], ['unknown', 30, 20])
  const parquet = join(folder, 'parquet')
  await run(store, 'parquet', parquet)
  writeFileSync(parquet, readFileSync(parquet).subarray(0, -40))
  await refused(inspectDataset(parquet), 'FILE_UNREADABLE')
  await store.close()
})

test('dataset: an interrupt during an export leaves nothing behind', async () => {
  const data = aFolder()
  const store = await aStore(someRows(1), data)
  // One row repeated, so that there is time for an interrupt.
  await sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < 400000)
    insert into commands (timestamp, command, params, reasoning, perception_id, agent_id, protocol_version, created_at)
    select timestamp + n.i, command, params, reasoning, perception_id, agent_id, protocol_version, created_at
    from commands, n`.execute(store.db)
  await store.close()
  const cwd = aFolder()
  const running = startCommand(['dataset', 'export', '--format', 'raw', '-o', 'out'], {
    cwd,
    env: { PARACOSM_DATA: data },
  })
  await until('the temporary file', () => (readdirSync(cwd).length === 0 ? undefined : true), { pauseMs: 0 })
  running.kill('SIGINT')
  assert.equal(await running.ended, 1, running.text())
  assert.match(running.text(), /INTERRUPTED/)
  assert.deepEqual(readdirSync(cwd), [])
  assert.equal(existsSync(join(cwd, 'out')), false)
})
