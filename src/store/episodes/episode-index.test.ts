import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { EPISODE_STATUSES } from '../../protocol/catalogue.ts'
import { forEachStore } from '../../testing/stores.ts'
import { EpisodeIndex } from './episode-index.ts'
import { EPISODE_SORTS, type EpisodeFilters, type EpisodePageRequest } from './episode-query.ts'
import { type EpisodeRecord, summarizeRecord } from './rows.ts'

const T0 = Date.parse('2026-11-21T10:00:00.000Z')

function anEpisode(id: string, changes: Partial<EpisodeRecord> = {}): EpisodeRecord {
  return {
    id,
    status: 'finished',
    world: { id: 'paint-arena', version: '1.2.0', code: 'abc' },
    variant: 'small',
    seed: 0xffff_ffff,
    players: [
      { kind: 'bot', name: 'greedy' },
      { kind: 'human', name: 'Ada\u2028 \u0001“😀”' },
    ],
    kind: 'run',
    startedAt: T0,
    endedAt: T0 + 1000,
    steps: 12,
    outcome: { ended: 'terminated', reason: 'painted' },
    results: { scores: [1, -0.5], extra: { deep: [null] } },
    hash: 'f'.repeat(64),
    problem: null,
    journal: `episodes/${id}/journal.jsonl.zst`,
    parent: null,
    attempts: 0,
    owner: null,
    leaseUntil: null,
    ...changes,
  }
}

const UNREADABLE: Partial<EpisodeRecord> = {
  status: 'broken',
  world: null,
  variant: null,
  seed: null,
  players: [],
  startedAt: null,
  endedAt: null,
  outcome: null,
  results: null,
  hash: null,
  journal: null,
  problem: { code: 'JOURNAL_CORRUPT', message: 'line 3', hint: 'Restore it.' },
}

const pick = <const T>(...values: readonly T[]) => fc.constantFrom(...values)
const instant = fc.option(fc.integer({ min: 1, max: 12 }), { nil: null })
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 })

const arbEpisode: fc.Arbitrary<EpisodeRecord> = fc
  .record({
    id: fc.integer({ min: 1, max: 60 }).map((number) => `e-${number}`),
    status: pick(...EPISODE_STATUSES),
    world: pick(null, { id: 'w1', version: '1.0.0' }, { id: 'w2', version: '2.0.0', code: 'c' }),
    variant: pick(null, 'a', 'b'),
    players: fc.array(
      pick('ada', 'bob', 'cleo\0', "o'hara").map((name) => ({ kind: 'bot' as const, name })),
      {
        maxLength: 4,
      },
    ),
    kind: pick('run', 'showcase', 'session'),
    startedAt: instant,
    endedAt: instant,
    steps: fc.nat(3),
    parent: pick(null, 'e-1', 'e-2'),
  })
  .map(({ id, ...changes }) => anEpisode(id, changes))

const arbFilters: fc.Arbitrary<EpisodeFilters> = fc.record({
  status: optional(fc.oneof(pick(...EPISODE_STATUSES), fc.subarray([...EPISODE_STATUSES]))),
  world: optional(pick('w1', 'w2', 'none')),
  variant: optional(pick('a', 'none')),
  kind: optional(fc.oneof(pick('run', 'none'), fc.subarray(['run', 'showcase', 'session']))),
  player: optional(pick('ada', 'cleo\0', "o'hara", 'none')),
  parent: optional(pick('e-1', 'none')),
  since: optional(fc.nat(13)),
  until: optional(fc.nat(13)),
})

const arbPage = fc.record({
  sort: optional(pick(...EPISODE_SORTS)),
  order: optional(pick<'asc' | 'desc'>('asc', 'desc')),
  limit: fc.integer({ min: 1, max: 8 }),
})

const matches = (wanted: string | readonly string[] | undefined, value: string | undefined | null): boolean =>
  wanted === undefined || (value != null && (typeof wanted === 'string' ? wanted === value : wanted.includes(value)))

/** The same query, evaluated on a plain list. */
function listNaively(all: readonly EpisodeRecord[], filters: EpisodeFilters, request: EpisodePageRequest) {
  const { sort = 'started_at', order = 'desc' } = request
  const keys = { started_at: 'startedAt', ended_at: 'endedAt', steps: 'steps' } as const
  const key = keys[sort]
  const sign = order === 'asc' ? 1 : -1
  return all
    .filter(
      (each) =>
        matches(filters.status, each.status) &&
        matches(filters.world, each.world?.id) &&
        matches(filters.variant, each.variant) &&
        matches(filters.kind, each.kind) &&
        matches(filters.parent, each.parent) &&
        (filters.player === undefined || each.players.some((player) => player.name === filters.player)) &&
        (filters.since === undefined || (each.startedAt ?? 0) >= filters.since) &&
        (filters.until === undefined || (each.startedAt ?? 0) <= filters.until),
    )
    .sort((a, b) => sign * ((a[key] ?? 0) - (b[key] ?? 0) || (a.id < b.id ? -1 : 1)))
    .map((each) => each.id)
}

forEachStore(
  'episode index: filters, order, counts and both kinds of paging agree with a plain list',
  async (store) => {
    const index = new EpisodeIndex(store)
    const arbQueries = fc.array(fc.record({ filters: arbFilters, page: arbPage }), { minLength: 8, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(fc.array(arbEpisode, { maxLength: 60 }), arbQueries, async (episodes, queries) => {
        await store.db.deleteFrom('episodes').execute()
        const kept = new Map(episodes.map((each) => [each.id, each]))
        await index.replaceAll(episodes)
        for (const { filters, page } of queries) {
          const expected = listNaively([...kept.values()], filters, page)
          assert.equal(await index.count(filters), expected.length)
          const byOffset: string[] = []
          const byCursor: string[] = []
          let cursor: string | undefined
          for (;;) {
            const byPlace = await index.list(filters, { ...page, cursor })
            byCursor.push(...byPlace.entries.map((each) => each.id))
            const { entries, total } = await index.list(filters, { ...page, offset: byOffset.length })
            byOffset.push(...entries.map((each) => each.id))
            assert.equal(total, expected.length)
            if (byPlace.nextCursor === null) break
            cursor = byPlace.nextCursor
          }
          assert.deepEqual(byOffset, expected)
          assert.deepEqual(byCursor, expected)
        }
      }),
      { numRuns: 40 },
    )
  },
)

forEachStore('episode index: a record comes back as it went in, is replaced, changed and removed', async (store) => {
  const index = new EpisodeIndex(store)
  const full = anEpisode('e-1', { owner: 's1', leaseUntil: T0, parent: 'e-0', attempts: 3, status: 'live' })
  const broken = anEpisode('e-2', UNREADABLE)
  await index.put(full)
  await index.put(broken)
  assert.deepEqual(await index.get('e-1'), full)
  assert.deepEqual(await index.get('e-2'), broken)
  assert.equal(await index.get('e-3'), undefined)
  await index.put({ ...full, players: [{ kind: 'bot', name: 'calm' }] })
  assert.equal(await index.count({ player: 'greedy' }), 0)
  assert.equal(await index.count({ player: 'calm' }), 1)
  assert.equal(await index.patch('e-1', { steps: 2 ** 40, players: full.players }, 's1'), true)
  assert.deepEqual(await index.get('e-1'), { ...full, steps: 2 ** 40 })
  assert.equal(await index.patch('e-1', { steps: 0 }, 's2'), false)
  assert.equal(await index.patch('e-3', { steps: 0 }), false)
  assert.equal(await index.remove('e-1'), true)
  assert.equal(await index.remove('e-1'), false)
  assert.equal(await index.count({ player: 'greedy' }), 0)
  assert.equal(await index.count(), 1)
})

forEachStore('episode index: patches at the same time all take effect', async (store) => {
  const index = new EpisodeIndex(store)
  await index.put(anEpisode('e-1'))
  await Promise.all([
    index.patch('e-1', { steps: 99 }),
    index.patch('e-1', { hash: '0' }),
    index.patch('e-1', { kind: 'session' }),
    index.patch('e-1', { variant: null }),
  ])
  assert.deepEqual(await index.get('e-1'), anEpisode('e-1', { steps: 99, hash: '0', kind: 'session', variant: null }))
})

forEachStore('episode index: one server has an episode at a time, until its lease ends', async (store) => {
  let now = T0
  const index = new EpisodeIndex(store, () => now)
  await index.put(anEpisode('open', { status: 'unfinished' }))
  await index.put(anEpisode('over'))
  assert.equal(await index.claim('over', 's1', 1000), false)
  const claims = await Promise.all(['s1', 's2', 's3'].map((server) => index.claim('open', server, 1000)))
  assert.equal(claims.filter(Boolean).length, 1)
  const owner = (await index.get('open'))?.owner ?? ''
  assert.equal((await index.get('open'))?.status, 'live')
  now += 900
  assert.equal(await index.renew(owner, 1000), 1)
  now += 900
  assert.equal(await index.releaseLost(), 0)
  assert.equal(await index.claim('open', 'other', 1000), false)
  now += 200
  assert.equal(await index.releaseLost(), 1)
  assert.deepEqual(await index.idsWithStatus('unfinished', 10), ['open'])
  assert.equal(await index.claim('open', 'other', 1000), true)
  assert.equal(await index.patch('open', { steps: 1 }, owner), false)
  assert.equal(await index.releaseLost('other'), 1)
  assert.equal((await index.get('open'))?.owner, null)
})

forEachStore('episode index: a sweep over one status continues behind the last id', async (store) => {
  const index = new EpisodeIndex(store)
  await index.replaceAll(
    ['a', 'b', 'c', 'd'].map((id) => anEpisode(id, { status: id === 'c' ? 'live' : 'unfinished' })),
  )
  assert.deepEqual(await index.idsWithStatus('unfinished', 2), ['a', 'b'])
  assert.deepEqual(await index.idsWithStatus('unfinished', 2, 'b'), ['d'])
  assert.deepEqual(await index.idsWithStatus('failed', 2), [])
})

forEachStore(
  'episode index: a rebuild keeps what was written meanwhile and what a server holds, and nothing else',
  async (store) => {
    const index = new EpisodeIndex(store, () => T0)
    await index.put(anEpisode('gone'))
    await index.put(anEpisode('stays', { steps: 1 }))
    await index.put(anEpisode('held', { status: 'live', owner: 's1', leaseUntil: T0 + 1000, steps: 5 }))
    async function* journals() {
      yield anEpisode('stays', { steps: 2 })
      yield anEpisode('stays', { steps: 3 })
      yield anEpisode('held', { status: 'unfinished', steps: 4 })
      await index.put(anEpisode('new'))
      for (let i = 0; i < 450; i++) yield anEpisode(`many-${i}`)
    }
    assert.deepEqual(await index.replaceAll(journals()), { written: 453, removed: 1 })
    assert.equal(await index.count(), 453)
    assert.equal(await index.get('gone'), undefined)
    assert.equal((await index.get('stays'))?.steps, 3)
    assert.deepEqual(
      await index.get('held'),
      anEpisode('held', { status: 'live', owner: 's1', leaseUntil: T0 + 1000, steps: 5 }),
    )
    assert.ok(await index.get('new'))
  },
)

forEachStore('episode index: limits, offsets and cursors out of range are refused', async (store) => {
  const index = new EpisodeIndex(store)
  for (const page of [
    { limit: 0 },
    { limit: 501 },
    { limit: 1.5 },
    { offset: -1 },
    { cursor: 'x' },
    { cursor: '1.' },
  ]) {
    await assert.rejects(index.list({}, page), { code: 'VALIDATION_ERROR' })
  }
})

forEachStore('episode index: pages of every filter and order are read by an index', async (store) => {
  if (store.kind !== 'sqlite') return
  const filters = [
    sql`1 = 1 order by e.started_at desc, e.episode_id desc`,
    sql`1 = 1 order by e.steps asc, e.episode_id asc`,
    sql`e.status in ('live') order by e.started_at desc, e.episode_id desc`,
    sql`e.world_id = 'w' order by e.started_at desc, e.episode_id desc`,
    sql`e.world_id = 'w' and e.variant = 'v' order by e.started_at desc, e.episode_id desc`,
    sql`e.kind in ('run') order by e.started_at desc, e.episode_id desc`,
    sql`e.parent_id = 'p' order by e.started_at desc, e.episode_id desc`,
  ]
  for (const each of filters) {
    const plan = await sql<{ detail: string }>`explain query plan select e.* from episodes e where ${each}`.execute(
      store.db,
    )
    const text = plan.rows.map((row) => row.detail).join('; ')
    assert.match(text, /USING (?:COVERING )?INDEX/)
    assert.doesNotMatch(text, /TEMP B-TREE/)
  }
})

test('episode index: a record becomes its summary on the wire', () => {
  const summary = summarizeRecord(anEpisode('e-1'))
  assert.equal(summary.started_at, '2026-11-21T10:00:00.000Z')
  assert.equal('problem' in summary, false)
  assert.equal(summarizeRecord(anEpisode('e-2', UNREADABLE)).problem?.code, 'JOURNAL_CORRUPT')
})
