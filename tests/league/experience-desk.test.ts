// Who goes first, and what becomes of episodes that cannot be played: the desk of experience requests with a player that
// does what the test says.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { FolderBlobs } from '../../src/host/folder-blobs.ts'
import { builtInWorlds } from '../../src/host/world-registry.ts'
import { AppError } from '../../src/kernel/errors.ts'
import { EPISODE_QUEUE } from '../../src/league/league-service.ts'
import { ExperienceDesk } from '../../src/league/requests/experience-desk.ts'
import { ExperienceRequest } from '../../src/protocol/experience.ts'
import { JobQueue } from '../../src/store/jobs/job-queue.ts'
import { Coworlds } from '../../src/store/leagues/coworlds.ts'
import { Experiences, statusOf } from '../../src/store/leagues/experiences.ts'
import { Leagues } from '../../src/store/leagues/leagues.ts'
import { Rounds } from '../../src/store/leagues/rounds.ts'
import type { Store } from '../../src/store/store.ts'
import { eventually } from '../../src/testing/server-process.ts'
import { onSqlite } from '../../src/testing/stores.ts'

const REQUEST = ExperienceRequest.parse({
  target: { world: 'paint-arena' },
  roster: [{ player: { bot: 'greedy' } }, { player: { bot: 'sweep' } }],
  num_episodes: 2,
})

function setUp(store: Store, folder: string, play: (id: string, rounds: Rounds) => Promise<void>) {
  const leagues = new Leagues(store)
  const rounds = new Rounds(store, leagues)
  const experiences = new Experiences(store)
  const queue = new JobQueue(store)
  const played: string[] = []
  const desk = new ExperienceDesk({
    leagues,
    rounds,
    experiences,
    queue,
    blobs: new FolderBlobs(join(folder, 'blobs')),
    worlds: builtInWorlds(),
    coworlds: new Coworlds(store),
    runsPrograms: false,
    runsPackages: false,
    log: { info: () => undefined, error: () => undefined },
    ranked: async () => [],
    sweepMs: 100,
    player: {
      async play(payload) {
        const { episode } = payload as { episode: string }
        played.push(episode)
        await play(episode, rounds)
        return episode
      },
    },
  })
  const ended = (id: string) =>
    eventually('the request has ended', async () => {
      const found = await experiences.get(id)
      return found.endedAt === null ? undefined : found
    })
  return { leagues, rounds, experiences, queue, desk, played, ended }
}

const settle = async (id: string, rounds: Rounds): Promise<void> => {
  await rounds.settle(id, { status: 'completed', scores: [1, 0], error: null, journal: null, hash: null })
}

onSqlite('experience desk: no episode begins while an episode of a round waits', async (store, { folder }) => {
  const { desk, queue, played, ended } = setUp(store, folder, settle)
  const round = await queue.enqueue({ queue: EPISODE_QUEUE, payload: null })
  desk.start()
  try {
    const { id } = await desk.create(null, REQUEST)
    await eventually('an episode is claimed', async () =>
      (await queue.counts('experience-episode')).running > 0 ? true : undefined,
    )
    await new Promise((resolve) => setTimeout(resolve, 700))
    assert.deepEqual(played, [])
    await queue.cancel(round.id)
    assert.equal(statusOf(await ended(id)), 'completed')
    assert.equal(new Set(played).size, 2)
  } finally {
    await desk.stop()
  }
})

onSqlite(
  'experience desk: an episode that cannot be played fails alone, and a request without jobs gets them',
  async (store, { folder }) => {
    const first: string[] = []
    const { desk, experiences, leagues, queue, ended } = setUp(store, folder, async (id, rounds) => {
      if (first.length > 0) return settle(id, rounds)
      first.push(id)
      throw new AppError('UNKNOWN_WORLD', 'the world is gone')
    })
    const greedy = await leagues.addPolicyVersion('greedy', { kind: 'bot', name: 'greedy', bot: 'greedy' }, null)
    const lineup = [greedy.id, greedy.id]
    // A server that died after the rows and before their jobs left this one.
    const left = await experiences.add(
      { playerId: null, world: 'paint-arena', variantId: 'default', config: {}, target: {}, notes: null },
      [
        { lineup, seed: 1 },
        { lineup, seed: 2 },
      ],
    )
    desk.start()
    try {
      const over = await ended(left.id)
      assert.equal(statusOf(over), 'completed')
      assert.deepEqual([over.counts.completed, over.counts.failed, over.error], [1, 1, 'the world is gone'])
      assert.deepEqual((await queue.counts('experience-episode')).failed, 0)
    } finally {
      await desk.stop()
    }
  },
)

onSqlite(
  'experience desk: a cancelled request ends, and what was being played settles nothing',
  async (store, { folder }) => {
    const begun = Promise.withResolvers<void>()
    const free = Promise.withResolvers<void>()
    const { desk, experiences } = setUp(store, folder, async (id, rounds) => {
      begun.resolve()
      await free.promise
      await settle(id, rounds)
    })
    desk.start()
    try {
      const { id } = await desk.create(null, REQUEST)
      await begun.promise
      const gone = await desk.cancel(id)
      free.resolve()
      assert.equal(statusOf(gone), 'cancelled')
      await assert.rejects(desk.cancel(id), { code: 'EPISODE_OVER' })
      await desk.stop()
      assert.deepEqual((await experiences.get(id)).counts, gone.counts)
      assert.equal(gone.counts.cancelled, 2)
    } finally {
      free.resolve()
      await desk.stop()
    }
  },
)
