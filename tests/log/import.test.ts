// `paracosm log import` of logs written by the source text's own logger: fixtures in its formats.
import assert from 'node:assert/strict'
import { appendFileSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { CommandPage } from '../../src/protocol/command-log.ts'
import { runCommand } from '../../src/testing/cli.ts'

const root = mkdtempSync(join(tmpdir(), 'paracosm-import-'))
after(() => rmSync(root, { recursive: true, force: true }))
const fixture = (name: string): string => join(import.meta.dirname, '../fixtures/source-log', name)

function aDatabase(name: string): string {
  const path = join(root, name)
  const database = new DatabaseSync(path)
  database.exec(readFileSync(fixture('command_log.sql'), 'utf8'))
  database.close()
  return path
}

async function paracosm(args: readonly string[], data: string) {
  return runCommand(['log', ...args, '--data', join(root, data)])
}

async function importAll(path: string, data: string): Promise<Record<string, unknown>> {
  const { status, out, err } = await paracosm(['import', path, '--json'], data)
  assert.equal(status, 0, err)
  return JSON.parse(out)
}

const rowsOf = async (data: string) =>
  CommandPage.parse(JSON.parse((await paracosm(['query', '--json'], data)).out)).entries.toReversed()

test('log import: the SQLite file of the source text is imported completely and once', async () => {
  const path = aDatabase('timmy_calm.db')
  assert.deepEqual(await importAll(path, 'sqlite'), { ok: true, kind: 'sqlite', read: 3, added: 3 })
  assert.deepEqual(await importAll(path, 'sqlite'), { ok: true, kind: 'sqlite', read: 3, added: 0 })
  const [first, second, third] = await rowsOf('sqlite')
  assert.deepEqual(
    [first?.timestamp, first?.command, first?.params, first?.outcome, first?.episode_id, first?.created_at],
    [
      '2026-03-21T14:30:01.000Z',
      'move_to',
      { target_cell: 'Balmora', target_x: 1050, target_y: -500 },
      'success: arrived at destination',
      'ep_20260321_001',
      '2026-03-21T14:31:02.123Z',
    ],
  )
  assert.deepEqual([second?.timestamp, second?.cell, second?.outcome], ['2026-03-21T14:30:05.500Z', 'Balmora', null])
  assert.equal(second?.reasoning, 'He knows about the “ring” 👋')
  assert.deepEqual([third?.agent_id, third?.perception_snapshot, third?.episode_id], ['ada', null, null])
})

test('log import: a file that has grown adds its new rows, and its episode files add nothing', async () => {
  const path = aDatabase('grown.db')
  await importAll(path, 'grown')
  assert.deepEqual(await importAll(fixture('episode.jsonl'), 'grown'), { ok: true, kind: 'episode', read: 3, added: 0 })
  const database = new DatabaseSync(path)
  database.exec(
    `insert into command_log (timestamp, command, created_at) values ('2026-03-21 15:00:00', 'noop', '2026-03-21 15:00:00')`,
  )
  database.close()
  assert.deepEqual(await importAll(path, 'grown'), { ok: true, kind: 'sqlite', read: 4, added: 1 })
  assert.equal((await rowsOf('grown')).at(-1)?.agent_id, 'timmy')
})

for (const [kind, count] of [
  ['raw', 3],
  ['episode', 3],
  ['chat', 2],
  ['instruction', 2],
] as const) {
  test(`log import: JSON Lines of the source text, ${kind}`, async () => {
    assert.deepEqual(await importAll(fixture(`${kind}.jsonl`), kind), { ok: true, kind, read: count, added: count })
    assert.equal((await importAll(fixture(`${kind}.jsonl`), kind)).added, 0)
    const rows = await rowsOf(kind)
    assert.deepEqual(
      rows.slice(0, 2).map((row) => [row.command, row.agent_id, row.cell]),
      [
        ['move_to', 'timmy', 'Balmora'],
        ['dialogue', 'timmy', 'Balmora'],
      ],
    )
    assert.equal(rows[0]?.perception_snapshot?.agent_id, 'timmy')
  })
}

test('log import: other files are refused with a hint, and no data folder is created', async () => {
  const text = join(root, 'notes.txt')
  writeFileSync(text, 'not a log')
  const other = join(root, 'other.db')
  const database = new DatabaseSync(other)
  database.exec('create table t (x)')
  database.close()
  const cut = join(root, 'cut.db')
  writeFileSync(cut, readFileSync(aDatabase('whole.db')).subarray(0, 5000))
  for (const path of [text, other, cut, join(root, 'nowhere')]) {
    const { status, err } = await paracosm(['import', path], 'none')
    assert.equal(status, 2, err)
    assert.match(err, path.endsWith('nowhere') ? /FILE_UNREADABLE/ : /fix: .*(archive of the log|command_log)/)
  }
  assert.equal(existsSync(join(root, 'none')), false)
})

test('log import: a damaged line is named, and earlier lines are in the log', async () => {
  const path = join(root, 'damaged.jsonl')
  copyFileSync(fixture('raw.jsonl'), path)
  appendFileSync(path, '{"input":{"perception":{}},"output":{"command":"noop"},"metadata":{"timestamp":"yesterday"}}\n')
  const { status, err } = await paracosm(['import', path], 'damaged')
  assert.equal(status, 2)
  assert.match(err, /line 4 of .*"yesterday" is not a time/)
})
