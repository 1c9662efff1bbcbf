// A server with one league for kill tests: opens the data folder, and plays rounds when they are due until it is killed.
import { join } from 'node:path'
import { FolderBlobs } from '../../src/host/folder-blobs.ts'
import { builtInWorlds } from '../../src/host/world-registry.ts'
import { LeagueService } from '../../src/league/league-service.ts'
import { makeLeague } from '../../src/league/make-league.ts'
import { LeagueSpec } from '../../src/protocol/league.ts'
import { JobQueue } from '../../src/store/jobs/job-queue.ts'
import { Leagues } from '../../src/store/leagues/leagues.ts'
import { Rounds } from '../../src/store/leagues/rounds.ts'
import { openStore, storeInFolder } from '../../src/store/store.ts'

const [, , folder = '', spec = '{}'] = process.argv
const store = await openStore(storeInFolder(folder, { mode: 'create', runs: 'thread' }))
const started = Date.now()
// A clock that advances a day with every reading: a round is always due.
const now = (): number => Date.now() + (Date.now() - started + 1) * 86_400_000
const leagues = new Leagues(store, now)
const rounds = new Rounds(store, leagues, now)
const worlds = builtInWorlds()
if ((await leagues.list()).length === 0) await makeLeague(leagues, worlds, LeagueSpec.parse(JSON.parse(spec)))
const service = new LeagueService({
  leagues,
  rounds,
  queue: new JobQueue(store),
  blobs: new FolderBlobs(join(folder, 'blobs')),
  services: { worlds, environment: {}, engine: undefined, models: undefined },
  log: { info: () => undefined, error: (_, what) => process.stdout.write(`${what}\n`) },
  now,
  leaseMs: 600,
})
service.start(100)
process.stdout.write('begun\n')
