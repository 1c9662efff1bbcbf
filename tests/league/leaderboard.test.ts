// Leaderboards under load: computed once for all concurrent requests, and again after a failure.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { FolderBlobs } from '../../src/host/folder-blobs.ts'
import { builtInWorlds } from '../../src/host/world-registry.ts'
import { LeagueService } from '../../src/league/league-service.ts'
import { makeLeague } from '../../src/league/make-league.ts'
import { LeagueSpec } from '../../src/protocol/league.ts'
import { JobQueue } from '../../src/store/jobs/job-queue.ts'
import { Leagues } from '../../src/store/leagues/leagues.ts'
import { Rounds } from '../../src/store/leagues/rounds.ts'
import { openStore, storeInFolder } from '../../src/store/store.ts'

test('leaderboard: twenty who ask at once get one computation, and a failed one is tried again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-leaderboard-'))
  const store = await openStore(storeInFolder(folder, { mode: 'create', runs: 'thread' }))
  try {
    const leagues = new Leagues(store)
    const rounds = new Rounds(store, leagues)
    const worlds = builtInWorlds()
    const policies = ['greedy', 'random'].map((bot) => ({ kind: 'bot' as const, name: bot, bot }))
    const spec = LeagueSpec.parse({ name: 'Cup', world: 'paint-arena', policies, commissioner: { type: 'baseline' } })
    const league = await makeLeague(leagues, worlds, spec)
    const [division] = await leagues.divisions(league.id)
    const service = new LeagueService({
      leagues,
      rounds,
      queue: new JobQueue(store),
      blobs: new FolderBlobs(join(folder, 'blobs')),
      services: { worlds, environment: {}, engine: undefined, models: undefined },
      log: { info: () => undefined, error: () => undefined },
    })
    let reads = 0
    let isBroken = true
    const read = rounds.leaderboards.rows.bind(rounds.leaderboards)
    rounds.leaderboards.rows = (id) => {
      reads++
      return isBroken ? Promise.reject(new Error('the database is away')) : read(id)
    }
    await assert.rejects(service.leaderboard(division!.id), /the database is away/)
    isBroken = false
    const boards = await Promise.all(Array.from({ length: 20 }, () => service.leaderboard(division!.id)))
    assert.equal(reads, 2)
    for (const board of boards) assert.equal(board, boards[0])
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
