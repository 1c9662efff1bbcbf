// Experience requests in the store, on both backends: counts, limits, cancellation, and what leaderboards never see.
import assert from 'node:assert/strict'
import { JobQueue } from '../../src/store/jobs/job-queue.ts'
import {
  Experiences,
  KEPT_PER_PLAYER,
  MAX_OPEN_EPISODES,
  MAX_OPEN_PER_PLAYER,
  statusOf,
} from '../../src/store/leagues/experiences.ts'
import { Leagues } from '../../src/store/leagues/leagues.ts'
import { Rounds } from '../../src/store/leagues/rounds.ts'
import type { Store } from '../../src/store/store.ts'
import { forEachStore } from '../../src/testing/stores.ts'

async function setUp(store: Store) {
  let clock = 1_700_000_000_000
  const now = () => clock++
  const leagues = new Leagues(store, now)
  const rounds = new Rounds(store, leagues, now)
  const experiences = new Experiences(store, now)
  const playerId = await leagues.addPlayer('alice')
  const version = await leagues.addPolicyVersion('greedy', { kind: 'bot', name: 'greedy', bot: 'greedy' }, null)
  const request = { playerId, world: 'paint-arena', variantId: 'default', config: {}, target: {}, notes: 'ä\0' }
  const planned = (count: number) =>
    Array.from({ length: count }, (_, seed) => ({ lineup: [version.id, version.id], seed }))
  return { leagues, rounds, experiences, request, planned, playerId }
}

const done = { status: 'completed' as const, scores: [1, 2], error: null, journal: null, hash: null }
const failed = {
  ...done,
  status: 'failed' as const,
  scores: null,
  error: 'it broke',
  errorInfo: { error_type: 'player_error' as const, failed_policy_index: 1 },
}

forEachStore(
  'experience store: a request is what its episodes are, and ends once with the last of them',
  async (store) => {
    const { rounds, experiences, request, planned, playerId } = await setUp(store)
    const made = await experiences.add(request, planned(3))
    assert.equal(statusOf(made), 'pending')
    assert.equal(made.notes, 'ä\ufffd')
    const [first, second, third] = await experiences.episodes(made.id)
    assert.deepEqual(
      [first, second, third].map((each) => each!.request.seed),
      [0, 1, 2],
    )
    await experiences.begin(first!.id)
    const running = await experiences.get(made.id)
    assert.equal(statusOf(running), 'running')
    assert.deepEqual({ ...running.counts }, { all: 3, waiting: 2, running: 1, completed: 0, failed: 0, cancelled: 0 })
    assert.deepEqual(await Promise.all([rounds.settle(first!.id, done), rounds.settle(first!.id, done)]), [true, false])
    await rounds.settle(second!.id, failed)
    assert.equal(await experiences.finish(made.id), false)
    await rounds.settle(third!.id, done)
    assert.deepEqual((await Promise.all([experiences.finish(made.id), experiences.finish(made.id)])).toSorted(), [
      false,
      true,
    ])
    const ended = await experiences.get(made.id)
    assert.equal(statusOf(ended), 'completed')
    assert.equal(ended.error, 'it broke')
    assert.deepEqual((await rounds.findEpisode(second!.id))?.errorInfo, failed.errorInfo)
    assert.deepEqual((await experiences.list(playerId, { limit: 10, offset: 0 })).total, 1)
    assert.deepEqual((await experiences.list('nobody', { limit: 10, offset: 0 })).entries, [])
    // Lists of rounds and leaderboards do not have them.
    assert.deepEqual(await rounds.latestEpisodes({ limit: 10, offset: 0 }), [])
    assert.deepEqual(await experiences.open(), [])
  },
)

forEachStore('experience store: a cancelled request settles nothing more, and cancels its jobs', async (store) => {
  const { rounds, experiences, request, planned } = await setUp(store)
  const queue = new JobQueue(store)
  const made = await experiences.add(request, planned(3))
  const episodes = await experiences.episodes(made.id)
  for (const { id } of episodes) await queue.enqueue({ queue: 'q', payload: null, dedupeKey: id })
  await rounds.settle(episodes[0]!.id, done)
  const gone = await experiences.cancel(made.id)
  assert.deepEqual(gone.toSorted(), [episodes[1]!.id, episodes[2]!.id].toSorted())
  await queue.cancelKeyed(['q'], gone)
  const jobs = await queue.newestKeyed(
    ['q'],
    episodes.map(({ id }) => id),
  )
  assert.deepEqual(
    episodes.map(({ id }) => jobs.get(id)?.status),
    ['queued', 'cancelled', 'cancelled'],
  )
  assert.equal(await rounds.settle(episodes[1]!.id, done), false)
  const after = await experiences.get(made.id)
  assert.equal(statusOf(after), 'cancelled')
  assert.equal(after.counts.cancelled, 2)
  // One whose episodes had all ended was not cancelled.
  const late = await experiences.add(request, planned(1))
  const [only] = await experiences.episodes(late.id)
  await rounds.settle(only!.id, done)
  assert.deepEqual(await experiences.cancel(late.id), [])
  assert.equal(statusOf(await experiences.get(late.id)), 'completed')
  assert.deepEqual(await experiences.open(), [])
  assert.deepEqual(await experiences.cancel(made.id), [])
})

forEachStore('experience store: open requests of a player, and open episodes of all, are limited', async (store) => {
  const { experiences, request, planned, leagues } = await setUp(store)
  const both = await Promise.allSettled(
    Array.from({ length: MAX_OPEN_PER_PLAYER + 2 }, () => experiences.add(request, planned(1))),
  )
  assert.equal(both.filter(({ status }) => status === 'fulfilled').length, MAX_OPEN_PER_PLAYER)
  await assert.rejects(experiences.add(request, planned(1)), { code: 'RATE_LIMITED' })
  await experiences.add({ ...request, playerId: await leagues.addPlayer('bob') }, planned(1))
  const many = planned(MAX_OPEN_EPISODES - MAX_OPEN_PER_PLAYER)
  await assert.rejects(experiences.add({ ...request, playerId: null }, many), { code: 'RATE_LIMITED' })
  await assert.rejects(experiences.get('x'), { code: 'UNKNOWN_EPISODE' })
})

forEachStore('experience store: old ended requests are removed with their episodes', async (store) => {
  const { experiences, request, planned } = await setUp(store)
  const ids: string[] = []
  for (let each = 0; each < KEPT_PER_PLAYER + 2; each++) {
    const { id } = await experiences.add({ ...request, playerId: null }, planned(1))
    ids.push(id)
    await experiences.cancel(id)
  }
  const oldest = await experiences.episodes(ids[0]!)
  const gone = await experiences.prune(null)
  assert.equal(gone.length, 2)
  assert.ok(gone.includes(oldest[0]!.id))
  assert.equal((await experiences.list(undefined, { limit: 200, offset: 0 })).total, KEPT_PER_PLAYER)
})
