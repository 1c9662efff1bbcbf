import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import type { CommandFilters, NewCommandLogRow } from '../protocol/command-log.ts'
import { aCommand, aPerception, commandAt, NOON } from '../testing/commands.ts'
import { forEachStore } from '../testing/stores.ts'
import { CommandLog } from './command-log.ts'
import { listEpisodes, noteEpisode, readEpisode } from './log-episodes.ts'
import { openStore, type Store } from './store.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const perceptionCount = async ({ db }: Store): Promise<number> =>
  Number(
    (
      await db
        .selectFrom('perceptions')
        .select(({ fn }) => fn.countAll().as('n'))
        .executeTakeFirstOrThrow()
    ).n,
  )

async function collect<T>(items: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = []
  for await (const page of items) all.push(...page)
  return all
}

forEachStore('log: a row comes back as it was logged, numbered from 1 and dated', async (store) => {
  const log = new CommandLog(store)
  const before = Date.now()
  const row = aCommand({
    perception_snapshot: aPerception(),
    cell: 'Balmora',
    outcome: 'success: arrived at destination',
    episode_id: 'ep_test_001',
    world: 'frontier',
    slot: 2,
    command_id: 'cmd_1',
    params: { a: [1, { b: null }], c: 'ä€😀\u0000' },
    timestamp: '2026-03-21T14:30:00.123Z',
    heartbeat_cycle: 9_007_199_254_740_991,
    score: 7.5,
  })
  assert.deepEqual(await log.append(row), { id: 1, command_id: 'cmd_1', isRepeat: false })
  const { entries, next_cursor } = await log.query()
  const [{ created_at, ...found }] = entries as [(typeof entries)[0]]
  assert.deepEqual(found, { id: 1, ...row })
  assert.ok(Date.parse(created_at) >= before && Date.parse(created_at) <= Date.now())
  assert.equal(next_cursor, null)
  assert.deepEqual(await log.get(1), entries[0])
  assert.equal(await log.get(2), undefined)
})

forEachStore('log: text with NUL and half a surrogate is kept, with what cannot be kept marked', async (store) => {
  const log = new CommandLog(store)
  await log.append(aCommand({ reasoning: 'a\0b', params: { '\0': '\ud800' } }))
  const [row] = (await log.query()).entries
  assert.equal(row?.reasoning, 'a\ufffdb')
  assert.deepEqual(row?.params, { '\0': '\ud800' })
})

forEachStore('log: an empty log has no rows', async (store) => {
  const log = new CommandLog(store)
  assert.deepEqual(await log.query(), { entries: [], next_cursor: null })
  assert.equal(await log.count(), 0)
  assert.deepEqual(await collect(log.readRows()), [])
})

forEachStore('log: filters by command, cell, episode, agent, world, outcome and inclusive times', async (store) => {
  const log = new CommandLog(store)
  const rows = [
    commandAt(-2 * HOUR, { command: 'noop', cell: 'Vivec', outcome: 'refused: NOT_YOUR_TURN: wait' }),
    commandAt(-HOUR, { cell: 'Balmora', episode_id: 'a', agent_id: 'x', world: 'frontier', outcome: 'done' }),
    commandAt(0, { cell: 'Vivec', episode_id: 'b', world: 'foundry' }),
  ]
  for (const row of rows) await log.append(row)
  const ids = async (filters: CommandFilters): Promise<number[]> => {
    const { entries } = await log.query(filters)
    assert.equal(await log.count(filters), entries.length)
    return entries.map((row) => row.id)
  }
  assert.deepEqual(await ids({}), [3, 2, 1])
  assert.deepEqual(await ids({ command_type: 'move_to' }), [3, 2])
  assert.deepEqual(await ids({ cell: 'Vivec' }), [3, 1])
  assert.deepEqual(await ids({ cell: 'Vivec', command_type: 'noop' }), [1])
  assert.deepEqual(await ids({ episode_id: 'a' }), [2])
  assert.deepEqual(await ids({ agent_id: 'x' }), [2])
  assert.deepEqual(await ids({ world: 'foundry' }), [3])
  assert.deepEqual(await ids({ outcome: 'refused' }), [1])
  assert.deepEqual(await ids({ outcome: 'done' }), [2])
  assert.deepEqual(await ids({ outcome: 'pending' }), [3])
  const at = (offset: number): string => new Date(NOON + offset).toISOString()
  assert.deepEqual(await ids({ since: at(-1.5 * HOUR), until: at(0) }), [3, 2])
  assert.deepEqual(await ids({ since: at(-HOUR), until: at(-HOUR) }), [2])
  assert.deepEqual(await ids({ since: at(-HOUR + 1), until: at(-1) }), [])
  assert.deepEqual(await ids({ since: '2026-03-21T16:30:00+02:00' }), [3])
  assert.deepEqual(await ids({ cell: 'nowhere' }), [])
})

forEachStore(
  'log: limit, offset and cursor walk the log newest first, and the newest number first among equals',
  async (store) => {
    const log = new CommandLog(store)
    await Promise.all(Array.from({ length: 5 }, () => log.append(aCommand())))
    const ids = async (page: object) => (await log.query({}, page)).entries.map((row) => row.id)
    assert.deepEqual(await ids({ limit: 2, offset: 0 }), [5, 4])
    assert.deepEqual(await ids({ limit: 10, offset: 3 }), [2, 1])
    const first = await log.query({}, { limit: 3 })
    assert.deepEqual(
      first.entries.map((row) => row.id),
      [5, 4, 3],
    )
    const second = await log.query({}, { limit: 3, cursor: first.next_cursor ?? '' })
    assert.deepEqual([second.entries.map((row) => row.id), second.next_cursor], [[2, 1], null])
    for (const page of [
      { limit: 0 },
      { limit: 1001 },
      { limit: 1.5 },
      { offset: -1 },
      { cursor: 'x' },
      { cursor: '' },
    ]) {
      await assert.rejects(log.query({}, page), { code: 'VALIDATION_ERROR' }, JSON.stringify(page))
    }
  },
)

forEachStore('log: an outcome is set later, by the name of the command, and an unknown name is told', async (store) => {
  const log = new CommandLog(store)
  const [{ id }] = await Promise.all([
    log.append(aCommand({ command_id: 'cmd_1' })),
    log.append(aCommand({ command_id: 'cmd_2' })),
  ])
  assert.deepEqual(await Promise.all([log.setOutcome('cmd_1', 'running'), log.setOutcome('cmd_1', 'done: there')]), [
    true,
    true,
  ])
  assert.equal(await log.setOutcome('cmd_9', 'done'), false)
  assert.equal((await log.get(id))?.outcome, 'done: there')
  assert.deepEqual(
    (await log.query({ outcome: 'pending' })).entries.map((row) => row.command_id),
    ['cmd_2'],
  )
})

forEachStore(
  'log: a row that the database cannot take fails alone, and not the rows that came with it',
  async (store) => {
    const log = new CommandLog(store)
    const sent = [
      aCommand(),
      aCommand(JSON.parse('{"protocol_version":null}')),
      aCommand({ timestamp: 'noon' }),
      aCommand(),
    ]
    const results = await Promise.allSettled(sent.map((row) => log.append(row)))
    assert.deepEqual(
      results.map((each) => each.status),
      ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
    )
    assert.equal(await log.count(), 2)
  },
)

forEachStore(
  'log: a key that an agent repeats logs nothing twice, also at once and after a restart',
  async (store, services) => {
    const target = await services.target()
    const first = await openStore(target)
    const log = new CommandLog(first)
    const send = (key: string, agent_id: string, command_id: string, on = log) =>
      on.append(aCommand({ agent_id, command_id }), { idempotencyKey: key })
    const results = await Promise.all(['c1', 'c2', 'c3'].map((id) => send('k', 'ada', id)))
    assert.deepEqual(
      results.map((each) => [each.id, each.command_id, each.isRepeat]),
      [
        [1, 'c1', false],
        [1, 'c1', true],
        [1, 'c1', true],
      ],
    )
    assert.equal((await send('k', 'bob', 'c4')).isRepeat, false)
    assert.equal((await send('other', 'ada', 'c5')).isRepeat, false)
    await first.close()
    const second = await openStore(target)
    const again = await send('k', 'ada', 'c6', new CommandLog(second))
    assert.deepEqual([again.id, again.command_id, again.isRepeat], [1, 'c1', true])
    assert.equal(await new CommandLog(second).count(), 3)
    await assert.rejects(send('fresh', 'ada', 'c1', new CommandLog(second)), { code: 'VALIDATION_ERROR' })
    for (const key of ['', 'x'.repeat(201)]) {
      await assert.rejects(send(key, 'ada', 'c9', new CommandLog(second)), { code: 'VALIDATION_ERROR' })
    }
    await second.close()
    void store
  },
)

forEachStore('log: a perception is stored once, however many see it, and comes back in its place', async (store) => {
  const log = new CommandLog(store)
  const rows = Array.from({ length: 60 }, (_, i) =>
    aCommand({ perception_snapshot: i % 7 === 6 ? null : aPerception(i % 7) }),
  )
  await Promise.all(rows.map((row) => log.append(row)))
  await Promise.all(rows.map((row) => new CommandLog(store).append(row)))
  assert.equal(await perceptionCount(store), 6)
  const { entries } = await log.query({}, { limit: 1000 })
  const seen = entries.map((row) => row.perception_snapshot).reverse()
  assert.deepEqual(
    seen.slice(0, 60),
    rows.map((row) => row.perception_snapshot),
  )
})

forEachStore('log: a perception that another process has rotated away is stored again', async (store) => {
  const log = new CommandLog(store)
  await log.append(commandAt(-100 * DAY, { perception_snapshot: aPerception(1) }))
  await new CommandLog(store).rotate({ maxAgeDays: 90, now: NOON })
  assert.equal(await perceptionCount(store), 0)
  const { id } = await log.append(aCommand({ perception_snapshot: aPerception(1) }))
  assert.deepEqual((await log.get(id))?.perception_snapshot, aPerception(1))
})

forEachStore('log: rotation deletes strictly what is older, and perceptions that nobody refers to', async (store) => {
  const log = new CommandLog(store)
  assert.equal((await log.rotate({ maxAgeDays: 90, now: NOON })).deleted, 0)
  await log.append(commandAt(-90 * DAY - 1, { perception_snapshot: aPerception(1) }))
  await log.append(commandAt(-90 * DAY - 1, { perception_snapshot: aPerception(2) }))
  await log.append(commandAt(-90 * DAY, { perception_snapshot: aPerception(2) }))
  await log.append(commandAt(0))
  const dry = await log.rotate({ maxAgeDays: 90, now: NOON, isDryRun: true })
  assert.deepEqual([dry.deleted, await log.count()], [2, 4])
  const rotated = await log.rotate({ maxAgeDays: 90, now: NOON })
  assert.deepEqual(rotated, { cutoff: new Date(NOON - 90 * DAY).toISOString(), deleted: 2, archived: 0 })
  assert.deepEqual(
    (await log.query()).entries.map((row) => row.id),
    [4, 3],
  )
  assert.equal(await perceptionCount(store), 1)
  assert.equal((await log.rotate({ maxAgeDays: 1, now: NOON })).deleted, 1)
  assert.equal((await log.append(commandAt(0))).id, 5)
  for (const maxAgeDays of [-1, Number.NaN, 1e12])
    await assert.rejects(log.rotate({ maxAgeDays }), { code: 'VALIDATION_ERROR' })
})

forEachStore(
  'log: an archive holds what was rotated, and reading it back, twice, restores the log',
  async (store, services) => {
    const log = new CommandLog(store)
    const rows = Array.from({ length: 1203 }, (_, i) =>
      commandAt(i * 1000 - 100 * DAY, { perception_snapshot: aPerception(i % 5), params: { i }, command_id: `c${i}` }),
    )
    await Promise.all(rows.map((row) => log.append(row)))
    await log.append(commandAt(0))
    const before = await collect(log.readRows())
    const archive = join(services.folder, 'old.jsonl.zst')
    const rotated = await log.rotate({ maxAgeDays: 90, now: NOON, archive })
    assert.deepEqual([rotated.deleted, rotated.archived, await log.count()], [1203, 1203, 1])
    const lines = zstdDecompressSync(readFileSync(archive)).toString().trimEnd().split('\n')
    assert.equal(lines.length, 1204)
    assert.deepEqual(JSON.parse(lines[1] ?? '').perception_snapshot, aPerception(0))
    await assert.rejects(log.rotate({ maxAgeDays: 0, now: NOON + DAY, archive }), { code: 'FILE_EXISTS' })
    assert.equal(await log.count(), 1)
    assert.deepEqual(await log.importArchive(archive), { read: 1203, added: 1203 })
    assert.deepEqual(await log.importArchive(archive), { read: 1203, added: 0 })
    assert.deepEqual(await collect(log.readRows()), before)
    assert.ok((await log.append(commandAt(0))).id > 1204)
    assert.deepEqual(
      readdirSync(services.folder).filter((name) => name.endsWith('.tmp')),
      [],
    )

    const other = new CommandLog(await services.open())
    await other.append(commandAt(0))
    assert.deepEqual(await other.importArchive(archive), { read: 1203, added: 1203 })
    assert.deepEqual(await other.importArchive(archive), { read: 1203, added: 0 })
    assert.equal(await other.count(), 1204)
    const again = join(services.folder, 'again.jsonl.zst')
    await other.rotate({ maxAgeDays: 90, now: NOON, archive: again })
    assert.deepEqual(await other.importArchive(again), { read: 1203, added: 1203 })
    assert.deepEqual(await other.importArchive(archive), { read: 1203, added: 0 })
  },
)

forEachStore(
  'log: an archive that is damaged, empty or none is refused with the place, and what came before is kept',
  async (store, services) => {
    const log = new CommandLog(store)
    for (let i = 0; i < 3; i++) await log.append(commandAt(i - 100 * DAY))
    const archive = join(services.folder, 'old.jsonl.zst')
    await log.rotate({ maxAgeDays: 90, now: NOON, archive })
    const text = zstdDecompressSync(readFileSync(archive)).toString()
    const [header = '', first = ''] = text.split('\n')
    const write = (name: string, content: string | Buffer): string => {
      writeFileSync(join(services.folder, name), content)
      return join(services.folder, name)
    }
    const refused = (name: string, content: string | Buffer, code: string) =>
      assert.rejects(log.importArchive(write(name, content)), { code }, name)
    await refused('empty', '', 'VALIDATION_ERROR')
    await refused('text', 'hello\n', 'JSON_MALFORMED')
    await refused('headless', `${first}\n`, 'VALIDATION_ERROR')
    await refused('later', header.replace('"version":1', '"version":2'), 'VALIDATION_ERROR')
    await refused('cut', zstdCompressSync(text).subarray(0, 40), 'FILE_UNREADABLE')
    await refused('half', `${header}\n${first}\n${first.slice(0, 30)}`, 'JSON_MALFORMED')
    await refused('bad', `${header}\n${first.replace('"slot":null', '"slot":256')}\n`, 'VALIDATION_ERROR')
    await assert.rejects(log.importArchive(join(services.folder, 'none')), { code: 'FILE_UNREADABLE' })
    assert.ok((await log.count()) <= 1)
    assert.deepEqual(await log.importArchive(write('plain.jsonl', text)), { read: 3, added: 3 })
  },
)

forEachStore('log: when the archive cannot be written nothing is deleted', async (store, services) => {
  const log = new CommandLog(store)
  await log.append(commandAt(-100 * DAY))
  const archive = join(services.folder, 'no/such/folder/old.jsonl.zst')
  await assert.rejects(log.rotate({ maxAgeDays: 90, now: NOON, archive }), { code: 'FILE_UNWRITABLE' })
  assert.equal(await log.count(), 1)
  assert.equal(existsSync(archive), false)
})

forEachStore('log: rows from elsewhere come in once by their origin', async (store) => {
  const log = new CommandLog(store)
  async function* rows(count: number) {
    for (let id = 1; id <= count; id++) yield { row: commandAt(id), origin: { name: 'journal:ep', id } }
  }
  assert.deepEqual(await log.importRows(rows(3)), { read: 3, added: 3 })
  assert.deepEqual(await log.importRows(rows(5)), { read: 5, added: 2 })
  assert.equal(await log.count(), 5)
})

forEachStore(
  'log: a follower sees what is logged here and by another process, and stops when told',
  async (store, services) => {
    const target = await services.target()
    const [here, there] = [await openStore(target), await openStore(target)]
    const log = new CommandLog(here)
    for (let i = 0; i < 3; i++) await log.append(commandAt(i, { params: { i } }))
    const stop = new AbortController()
    const seen: unknown[] = []
    const follower = log.tail({ agent_id: 'timmy' }, { last: 2, signal: stop.signal })
    const take = async (): Promise<void> => void seen.push((await follower.next()).value?.params)
    await take()
    await take()
    const next = take()
    await log.append(commandAt(-DAY, { params: { i: 3 } }))
    await next
    await new CommandLog(there).append(commandAt(9, { agent_id: 'other' }))
    await new CommandLog(there).append(commandAt(9, { params: { i: 4 } }))
    await take()
    assert.deepEqual(seen, [{ i: 1 }, { i: 2 }, { i: 3 }, { i: 4 }])
    const end = follower.next()
    stop.abort()
    assert.equal((await end).done, true)
    await here.close()
    await there.close()
    void store
  },
)

forEachStore('log: episodes are noted, and rows chosen by the score of their slot', async (store) => {
  const log = new CommandLog(store)
  const episode = {
    episode_id: 'ep',
    world: 'frontier',
    variant: 'company',
    scores: null,
    outcome: null,
    finished_at: null,
  }
  await noteEpisode(store, episode)
  const finished = { ...episode, scores: [1.5, -2], outcome: 'terminated', finished_at: '2026-03-21T14:30:00.000Z' }
  await noteEpisode(store, finished)
  assert.deepEqual(await readEpisode(store, 'ep'), finished)
  assert.deepEqual(await listEpisodes(store), [finished])
  assert.deepEqual(await listEpisodes(store, ['x', 'ep']), [finished])
  assert.equal(await readEpisode(store, 'none'), undefined)
  for (const slot of [0, 1, 2, null]) await log.append(aCommand({ episode_id: 'ep', slot }))
  await log.append(aCommand({ episode_id: 'unknown', slot: 0 }))
  const slots = async (min_score: number) => (await log.query({ min_score })).entries.map((row) => row.slot)
  assert.deepEqual([await slots(1.5), await slots(1.6), await slots(-2)], [[0], [], [1, 0]])
})

const arbRow = fc.record({
  offset: fc.integer({ min: -5, max: 5 }),
  command: fc.constantFrom('move_to', 'noop'),
  cell: fc.constantFrom(null, 'Balmora', 'Vivec'),
  agent_id: fc.constantFrom('ada', 'bob'),
  episode_id: fc.constantFrom(null, 'a', 'b'),
})
const arbFilters = fc.record(
  {
    command_type: fc.constantFrom('move_to', 'noop'),
    cell: fc.constantFrom('Balmora', 'Vivec'),
    agent_id: fc.constantFrom('ada', 'bob'),
    episode_id: fc.constantFrom('a', 'b'),
    since: fc.integer({ min: -6, max: 6 }).map((offset) => new Date(NOON + offset).toISOString()),
    until: fc.integer({ min: -6, max: 6 }).map((offset) => new Date(NOON + offset).toISOString()),
  },
  { requiredKeys: [] },
)

forEachStore(
  'log: every way of reading agrees with a plain list, whatever the filters and the size of the page',
  async (store) => {
    const log = new CommandLog(store)
    const kept: (NewCommandLogRow & { id: number })[] = []
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbRow, { maxLength: 6 }),
        arbFilters,
        fc.integer({ min: 1, max: 7 }),
        async (added, filters, size) => {
          for (const { offset, ...rest } of added) {
            const row = commandAt(offset, rest)
            kept.push({ ...row, id: (await log.append(row)).id })
          }
          const expected = kept
            .filter((row) => filters.command_type === undefined || row.command === filters.command_type)
            .filter((row) => filters.cell === undefined || row.cell === filters.cell)
            .filter((row) => filters.agent_id === undefined || row.agent_id === filters.agent_id)
            .filter((row) => filters.episode_id === undefined || row.episode_id === filters.episode_id)
            .filter((row) => filters.since === undefined || row.timestamp >= filters.since)
            .filter((row) => filters.until === undefined || row.timestamp <= filters.until)
            .sort((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : a.id - b.id))
            .map((row) => row.id)
          assert.deepEqual(
            (await collect(log.readRows(filters, { batch: size }))).map((row) => row.id),
            expected,
          )
          assert.equal(await log.count(filters), expected.length)
          const newest: number[] = []
          let cursor: string | undefined
          do {
            const page = await log.query(filters, { limit: size, ...(cursor === undefined ? {} : { cursor }) })
            newest.push(...page.entries.map((row) => row.id))
            cursor = page.next_cursor ?? undefined
          } while (cursor !== undefined)
          assert.deepEqual(newest, expected.reverse())
        },
      ),
      { numRuns: 25 },
    )
  },
)

forEachStore('log: keys of JSON that JavaScript treats specially come back as they went in', async (store) => {
  const log = new CommandLog(store)
  const text = '{"":{"__proto__":[1]},"constructor":{},"1":2,"__proto__":{"x":null}}'
  const { id } = await log.append(commandAt(0, { params: JSON.parse(text), perception_snapshot: JSON.parse(text) }))
  const row = await log.get(id)
  assert.deepEqual(
    [JSON.stringify(row?.params), JSON.stringify(row?.perception_snapshot)],
    [JSON.stringify(JSON.parse(text)), JSON.stringify(JSON.parse(text))],
  )
})
