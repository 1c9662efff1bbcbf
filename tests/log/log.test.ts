// The interfaces of the command log: the server that logs its episodes, GET /api/commands, `paracosm log`.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { CommandLogRow, CommandPage } from '../../src/protocol/command-log.ts'
import { CommandLog } from '../../src/store/command-log.ts'
import { openStore, storeInFolder } from '../../src/store/store.ts'
import { runCommand, startCommand } from '../../src/testing/cli.ts'
import { aPerception, commandAt, NOON } from '../../src/testing/commands.ts'
import { until } from '../../src/testing/until.ts'

// These checks apply to files.
delete process.env.DATABASE_URL

const root = mkdtempSync(join(tmpdir(), 'paracosm-log-'))
after(() => rmSync(root, { recursive: true, force: true }))
const GOLDEN = join(import.meta.dirname, '..', 'golden')

const paracosm = async (args: readonly string[], data: string) => {
  const ran = await runCommand(['log', ...args], { env: { PARACOSM_DATA: data }, cwd: root })
  return { ...ran, json: () => JSON.parse(ran.out) }
}

/** A data folder with commands around noon of a day in March, one per minute. */
async function aFolder(name: string, count: number): Promise<string> {
  const data = join(root, name)
  const { mkdirSync } = await import('node:fs')
  mkdirSync(data)
  const store = await openStore(storeInFolder(data, { mode: 'create', runs: 'inline' }))
  const log = new CommandLog(store)
  for (let i = 0; i < count; i++) {
    const cell = i % 2 === 0 ? 'Vivec' : 'Balmora'
    const outcome = i === 0 ? 'refused: BUSY: wait\u001b[31m' : null
    await log.append(commandAt(i * 60_000, { cell, outcome, perception_snapshot: aPerception(i, cell) }))
  }
  await store.close()
  return data
}

test('log: query, show and count print tables and JSON, and change nothing', async () => {
  const data = await aFolder('read', 5)
  const table = await paracosm(['query', '--cell', 'Vivec'], data)
  assert.equal(table.status, 0, table.err)
  assert.match(table.out, /^Id +Time +Agent/)
  assert.deepEqual(
    table.out
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(' ')[0]),
    ['5', '3', '1'],
  )
  assert.equal(table.out.includes('\u001b'), false)
  const first: CommandPage = (await paracosm(['query', '--limit', '2', '--json'], data)).json()
  assert.deepEqual(
    first.entries.map((row) => row.id),
    [5, 4],
  )
  const second: CommandPage = (await paracosm(['query', '--cursor', first.next_cursor ?? '', '--json'], data)).json()
  assert.deepEqual(
    second.entries.map((row) => row.id),
    [3, 2, 1],
  )
  const shown: CommandLogRow = (await paracosm(['show', '2', '--json'], data)).json()
  assert.deepEqual(shown.perception_snapshot, aPerception(1, 'Balmora'))
  assert.match((await paracosm(['show', '1'], data)).out, /outcome +refused: BUSY: wait/)
  assert.deepEqual((await paracosm(['count', '--outcome', 'pending', '--json'], data)).json(), { count: 4 })
  assert.equal((await paracosm(['count', '--until', '2026-03-20'], data)).out, '0\n')
  assert.equal((await paracosm(['count', '--since', '2026-03-21', '--until', '2026-03-21'], data)).out, '5\n')
  assert.equal((await paracosm(['query', '--agent', 'nobody'], data)).out, 'No commands.\n')
})

test('log: invalid queries are refused with their codes, and reading creates no database', async () => {
  const data = await aFolder('refused', 1)
  const missing = join(root, 'missing')
  const refused = async (args: readonly string[], code: string, folder = data) => {
    const ran = await paracosm([...args, '--json'], folder)
    assert.deepEqual([ran.status, ran.json().error.code], [2, code], args.join(' '))
  }
  await refused(['query', '--since', 'yesterday'], 'USAGE')
  await refused(['query', '--limit', '0'], 'USAGE')
  await refused(['query', '--limit', '5000'], 'VALIDATION_ERROR')
  await refused(['query', '--cursor', 'none'], 'VALIDATION_ERROR')
  await refused(['rotate', '--max-age-days', '-1'], 'USAGE')
  await refused(['show', '2'], 'UNKNOWN_COMMAND')
  await refused(['show', 'x'], 'USAGE')
  await refused(['import', 'none.jsonl'], 'FILE_UNREADABLE')
  for (const args of [['query'], ['count'], ['tail'], ['show', '1'], ['rotate'], ['rotate', '--dry-run']]) {
    await refused(args, 'STORE_UNAVAILABLE', missing)
  }
  assert.equal(existsSync(missing), false)
  writeFileSync(join(root, 'broken.jsonl'), '{"paracosm":"commands"}\n')
  await refused(['import', 'broken.jsonl'], 'VALIDATION_ERROR')
})

test('log: rotate previews, archives and deletes; import restores the rows once', async () => {
  const data = await aFolder('rotate', 4)
  const days = String((Date.now() - NOON) / 86_400_000 - 90 / 1440 / 60)
  const dry = (await paracosm(['rotate', '--max-age-days', days, '--dry-run', '--json'], data)).json()
  assert.deepEqual([dry.dry_run, dry.deleted >= 1], [true, true])
  assert.equal((await paracosm(['count'], data)).out, '4\n')
  const rotated = (
    await paracosm(['rotate', '--max-age-days', '0', '--archive', 'old.jsonl.zst', '--json'], data)
  ).json()
  assert.deepEqual([rotated.deleted, rotated.archived], [4, 4])
  const again = await paracosm(['rotate', '--max-age-days', '0', '--archive', 'old.jsonl.zst', '--json'], data)
  assert.equal(again.json().error.code, 'FILE_EXISTS')
  assert.match((await paracosm(['import', 'old.jsonl.zst'], data)).out, /^Added 4 commands\.$/m)
  assert.match(
    (await paracosm(['import', 'old.jsonl.zst'], data)).out,
    /^Added 0 commands; 4 were already in the log\.$/m,
  )
  const { entries }: CommandPage = (await paracosm(['query', '--json'], data)).json()
  assert.deepEqual(
    entries.map((row) => row.id),
    [4, 3, 2, 1],
  )
})

test('log: a recorded episode is imported once, with the perceptions of each slot', async () => {
  const data = join(root, 'journals')
  for (const world of ['paint-arena', 'frontier', 'foundry']) {
    const path = join(GOLDEN, `${world}-${world === 'frontier' ? '1.1.0' : '1.0.0'}.jsonl`)
    const imported = (await paracosm(['import', path, '--json'], data)).json()
    assert.equal(imported.kind, 'journal')
    assert.ok(imported.added > 0, world)
    assert.deepEqual((await paracosm(['import', path, '--json'], data)).json(), { ...imported, added: 0 })
    const { entries }: CommandPage = (
      await paracosm(['query', '--world', world, '--limit', '1000', '--json'], data)
    ).json()
    for (const row of entries) {
      assert.ok(row.episode_id && row.slot !== null && row.agent_id !== '', world)
      if (world === 'frontier') assert.equal(row.cell, Object(row.perception_snapshot?.location).cell)
    }
  }
  const frontier: CommandPage = (await paracosm(['query', '--world', 'frontier', '--json'], data)).json()
  assert.ok(frontier.entries.some((row) => row.cell !== null))
})

test('log: tail prints the newest rows, and follows commands of another process', async () => {
  const data = await aFolder('tail', 3)
  const short = await paracosm(['tail', '-n', '2'], data)
  assert.deepEqual(
    short.out
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]),
    ['2', '3'],
  )
  const tail = startCommand(['log', 'tail', '--follow', '--json', '-n', '1'], {
    env: { PARACOSM_DATA: data },
  })
  await tail.sees(/"id":3/)
  const store = await openStore(storeInFolder(data, { mode: 'existing', runs: 'inline' }))
  await new CommandLog(store).append(commandAt(0))
  await tail.sees(/"id":4/)
  tail.kill('SIGINT')
  assert.equal(await tail.ended, 0)
  await store.close()
})

test('log: the server logs every command of an ended episode, and serves the log in pages', async () => {
  const data = join(root, 'server')
  const server = startCommand(['serve', '--port', '0', '--no-showcase', '--json', '--data', data], {})
  const [, url = ''] = await server.sees(/"url":"([^"]+)"/)
  const body = { world: 'paint-arena', config: { max_ticks: 40 }, players: ['sweep', 'greedy'], tick_rate: 1000 }
  const headers = { 'content-type': 'application/json' }
  const started = await fetch(`${url}/api/episodes`, { method: 'POST', headers, body: JSON.stringify(body) })
  assert.equal(started.status, 201)
  const { episode } = (await started.json()) as { episode: { id: string } }
  const get = async (query: string) => (await (await fetch(`${url}/api/commands?${query}`)).json()) as CommandPage
  const of = (query: string) => get(`episode_id=${episode.id}&${query}`)
  const page = await until('80 commands in the log', async () => {
    const found = await of('limit=1000')
    return found.entries.length >= 80 ? found : undefined
  })
  assert.deepEqual(new Set(page.entries.map((row) => row.agent_id)), new Set(['sweep', 'greedy']))
  assert.ok(page.entries.every((row) => row.world === 'paint-arena' && row.command === 'move'))
  const first = await of('limit=30&agent_id=sweep')
  const second = await of(`limit=30&agent_id=sweep&cursor=${first.next_cursor}`)
  const { entries } = await of('agent_id=sweep')
  assert.deepEqual([...first.entries, ...second.entries], entries)
  const [{ timestamp }] = entries as [(typeof entries)[0]]
  const day = timestamp.slice(0, 10)
  assert.deepEqual((await of(`agent_id=sweep&since=${day}&until=${day}`)).entries, entries)
  for (const query of [
    'until=2026-13-01',
    'limit=0',
    'limit=1001',
    'since=now',
    'cursor=none',
    'nonsense=1',
    `cell=${'x'.repeat(256)}`,
  ]) {
    assert.equal((await fetch(`${url}/api/commands?${query}`)).status, 422, query)
  }
  server.kill('SIGTERM')
  assert.equal(await server.ended, 0)
  assert.equal((await paracosm(['count', '--episode', episode.id], data)).out, `${page.entries.length}\n`)
})

test('log: the server refuses an unusable database and does not change it', async () => {
  const data = join(root, 'corrupt')
  const { mkdirSync, readFileSync } = await import('node:fs')
  mkdirSync(data)
  writeFileSync(join(data, 'paracosm.sqlite'), 'not a database'.repeat(100))
  const ran = await runCommand(['serve', '--port', '0', '--json', '--data', data])
  assert.equal(ran.status, 1)
  assert.equal(JSON.parse(ran.out).error.code, 'STORE_CORRUPT')
  assert.match(readFileSync(join(data, 'paracosm.sqlite'), 'utf8'), /^not a database/)
  const postgres = await runCommand(['serve', '--port', '0', '--json', '--data', join(root, 'pg')], {
    env: { DATABASE_URL: 'postgres://me:hush@127.0.0.1:1/none' },
  })
  assert.equal(JSON.parse(postgres.out).error.code, 'STORE_UNAVAILABLE')
  assert.doesNotMatch(postgres.out + postgres.err, /hush/)
})

test('log: text with U+2028, U+2029 and other Unicode line ends survives archiving', async () => {
  const data = await aFolder('separators', 0)
  const reasoning = 'a\u2028b\u2029c\u0085d\u000be\fg\rh'
  const store = await openStore(storeInFolder(data, { mode: 'existing', runs: 'inline' }))
  const log = new CommandLog(store)
  for (let i = 0; i < 3; i++) await log.append(commandAt(i * 60_000, { reasoning: i === 1 ? reasoning : 'plain' }))
  await store.close()
  const rotated = await paracosm(['rotate', '--max-age-days', '0', '--archive', 'separators.jsonl.zst', '--json'], data)
  assert.deepEqual([rotated.json().deleted, rotated.json().archived], [3, 3])
  assert.equal((await paracosm(['count'], data)).out, '0\n')
  const imported = await paracosm(['import', 'separators.jsonl.zst'], data)
  assert.deepEqual([imported.status, imported.err], [0, ''])
  assert.match(imported.out, /^Added 3 commands\.$/m)
  const { entries }: CommandPage = (await paracosm(['query', '--json'], data)).json()
  assert.deepEqual(
    entries.map((row) => row.reasoning),
    ['plain', reasoning, 'plain'],
  )
})
