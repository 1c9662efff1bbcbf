// Leagues of this server: the service that plays them, and a demo league of the shipped bots that keeps playing.
import type { BlobStore } from '../host/blobs.ts'
import type { EpisodeService } from '../host/episode-service.ts'
import type { Log } from '../host/log.ts'
import type { WorldRegistry } from '../host/world-registry.ts'
import { removeArtefacts } from '../league/episode-artefacts.ts'
import { createLeash } from '../league/hosted/leash.ts'
import { createPackageMachine, type PackageMachine } from '../league/hosted/package-machine.ts'
import { LeagueService } from '../league/league-service.ts'
import { makeLeague } from '../league/make-league.ts'
import type { ExperienceDesk } from '../league/requests/experience-desk.ts'
import type { RoleDesk } from '../league/requests/role-desk.ts'
import { SubmissionDesk } from '../league/submission-desk.ts'
import { ImageDesk } from '../league/uploads/image-desk.ts'
import { createOwnRegistry, createRemoteRegistry } from '../league/uploads/image-registry.ts'
import { LocalImages } from '../league/uploads/local-images.ts'
import { createPackageCertifier } from '../league/uploads/package-certifier.ts'
import { PackageDesk } from '../league/uploads/package-desk.ts'
import type { ProgramOptions } from '../league/uploads/programs.ts'
import { createPushTickets, type PushTickets } from '../league/uploads/push-tickets.ts'
import { UploadJanitor } from '../league/uploads/upload-janitor.ts'
import { sleep } from '../lib/sleep.ts'
import { LeagueSpec } from '../protocol/league.ts'
import type { Engine } from '../runner/container-engine.ts'
import { JobQueue } from '../store/jobs/job-queue.ts'
import { CoworldSecrets } from '../store/leagues/coworld-secrets.ts'
import { Coworlds } from '../store/leagues/coworlds.ts'
import type { EpisodeReports } from '../store/leagues/episode-reports.ts'
import type { Experiences } from '../store/leagues/experiences.ts'
import { Images } from '../store/leagues/images.ts'
import { Leagues } from '../store/leagues/leagues.ts'
import { Memberships } from '../store/leagues/memberships.ts'
import { Rounds } from '../store/leagues/rounds.ts'
import { LeagueSecrets } from '../store/leagues/secrets.ts'
import { Sources } from '../store/leagues/sources.ts'
import { Submissions } from '../store/leagues/submissions.ts'
import { LeagueTokens } from '../store/leagues/tokens.ts'
import { UploadRemoval } from '../store/leagues/upload-removal.ts'
import type { Vault } from '../store/people/vault.ts'
import type { Store } from '../store/store.ts'
import { openRequests } from './league-requests.ts'

/** How programs that players upload are started on this machine. */
export interface UploadSettings extends Omit<ProgramOptions, 'blobs' | 'secrets' | 'images'> {
  /** The engine that starts images, and certifies packages; undefined: neither is done. */
  readonly containers?: Engine | undefined
}

export interface LeagueServices {
  readonly leagues: Leagues
  readonly rounds: Rounds
  readonly memberships: Memberships
  readonly service: LeagueService
  readonly tokens: LeagueTokens
  readonly submissions: Submissions
  readonly desk: SubmissionDesk
  readonly sources: Sources
  readonly secrets: LeagueSecrets
  readonly images: Images
  readonly imageDesk: ImageDesk
  readonly tickets: PushTickets
  readonly coworlds: Coworlds
  /** Only for the games of packages. */
  readonly coworldSecrets: CoworldSecrets
  readonly packages: PackageDesk
  readonly janitor: UploadJanitor
  /** Gives uploaded images to the engine of this machine; undefined: this server runs no containers. */
  readonly local: LocalImages | undefined
  /** Starts uploaded packages; undefined likewise. */
  readonly machine: PackageMachine | undefined
  readonly experiences: Experiences
  readonly experienceDesk: ExperienceDesk
  readonly reports: EpisodeReports
  readonly roleDesk: RoleDesk
  close(): Promise<void>
}

/** Milliseconds between checks for due rounds, and between prunings. */
const TICK_MS = 5000
const PRUNE_MS = 10 * 60_000
/** Completed rounds of the demo league to keep, with their journals: about 4 MB. */
const KEPT_ROUNDS = 200
const DEMO_SLUG = 'demo-league'

/** Small matches: a round takes a fraction of a second of one core each minute. */
const DEMO = LeagueSpec.parse({
  name: 'Demo League',
  world: 'paint-arena',
  config: { width: 12, height: 8, max_ticks: 100 },
  commissioner: {
    type: 'ruleset',
    ruleset: {
      schedule_interval_minutes: 1,
      scoring: { round_score: 'rank', leaderboard: { type: 'ewma', half_life_hours: 2 } },
      defaults: { seating: 'shuffled_window', min_entries_to_start: 2, stage: { episodes: 6 } },
      divisions: {
        qualifiers: {
          match: { type: 'staging' },
          entrants: 'qualifying',
          min_entries_to_start: 1,
          stages: [
            {
              id: 'crash_check',
              schedule: { label: 'Crash check', self_play: true, attempts: 2 },
              on_round_complete: [
                {
                  id: 'passed_crash_check',
                  criteria: { completed_episodes_gt: 0 },
                  actions: [{ division: 'competition', status: 'competing', substatus: 'champion' }],
                },
                {
                  id: 'failed_crash_check',
                  criteria: 'otherwise',
                  actions: [{ status: 'disqualified', substatus: 'inactive' }],
                },
              ],
            },
          ],
        },
        competition: { match: { type: 'competition' }, entrants: 'champions' },
      },
    },
  },
  policies: ['greedy', 'sweep', 'random'].map((bot) => ({ kind: 'bot', name: bot, bot })),
})

export function openLeagueServices(parts: {
  readonly store: Store
  readonly blobs: BlobStore
  readonly worlds: WorldRegistry
  readonly episodes: EpisodeService
  readonly vault: Vault
  readonly log: Log
  readonly options: {
    readonly hasLeague?: boolean | undefined
    /** What uploaded programs are started with; undefined: none is started. */
    readonly uploads?: UploadSettings | undefined
    /** Address of the registry that images are passed on to; undefined: this server keeps them. */
    readonly imageRegistry?: string | undefined
  }
}): LeagueServices {
  const { store, blobs, worlds, log } = parts
  const { uploads, hasLeague: hasDemo = false } = parts.options
  const leagues = new Leagues(store)
  const rounds = new Rounds(store, leagues)
  const secrets = new LeagueSecrets(store, parts.vault)
  const submissions = new Submissions(store, leagues)
  const queue = new JobQueue(store)
  const stored = openImages({ ...parts, queue })
  const programs = uploads && { blobs, secrets, images: stored.local, leash: stored.containers?.leash, ...uploads }
  // Other programs and containers play only in leagues that the command line runs.
  const services = { worlds, environment: {}, engine: undefined, models: undefined }
  const desk = new SubmissionDesk({ leagues, submissions, queue, services, programs, log })
  const played = { leagues, rounds, blobs, services, programs }
  const { containers, ...images } = stored
  const machine =
    containers && createPackageMachine({ ...containers, images: containers.local, secrets: images.coworldSecrets })
  const requests = openRequests({
    machine,
    secrets,
    ...parts,
    ...images,
    played,
    queue,
    containers,
    ranked: async (divisionId) => (await service.rankings(divisionId)).flatMap((row) => row.policy_version_ids),
  })
  const service = new LeagueService({ ...played, log, queue })
  const stop = new AbortController()
  const demo = runDemo({ ...parts, hasDemo, leagues, rounds, signal: stop.signal }).catch((err: unknown) => {
    if (!stop.signal.aborted) log.error({ err }, 'league.demo_failed')
  })
  service.start(TICK_MS)
  desk.start()
  images.packages.start()
  requests.experienceDesk.start()
  requests.roleDesk.start()
  return {
    leagues,
    rounds,
    memberships: new Memberships(store),
    service,
    tokens: new LeagueTokens(store),
    submissions,
    desk,
    sources: new Sources(store),
    secrets,
    ...images,
    machine,
    ...requests,
    async close() {
      stop.abort()
      await requests.roleDesk.stop()
      await requests.experienceDesk.stop()
      await images.packages.stop()
      await desk.stop()
      await service.stop()
      await demo
    },
  }
}

/** Images and packages, and who certifies them. */
function openImages({
  store,
  blobs,
  vault,
  log,
  queue,
  options,
}: Parameters<typeof openLeagueServices>[0] & { readonly queue: JobQueue }) {
  const { imageRegistry: address, uploads } = options
  const registry = address === undefined ? createOwnRegistry(blobs) : createRemoteRegistry(address)
  const [images, coworlds] = [new Images(store), new Coworlds(store)]
  const coworldSecrets = new CoworldSecrets(store, vault)
  const imageDesk = new ImageDesk({ images, blobs, registry })
  const engine = uploads?.containers
  const local = engine && new LocalImages({ images, desk: imageDesk, blobs, engine })
  const leash = engine && createLeash(engine, (err) => log.error({ err }, 'containers.leash_failed'))
  const containers = engine && local && leash && { engine, local, leash }
  const certifier = containers && createPackageCertifier({ ...containers, secrets: coworldSecrets })
  const packages = new PackageDesk({ coworlds, images, queue, certifier, log })
  const janitor = new UploadJanitor({ removal: new UploadRemoval(store), desk: imageDesk, blobs, local, log })
  const tickets = createPushTickets(vault)
  return { images, imageDesk, tickets, coworldSecrets, coworlds, packages, janitor, local, containers }
}

/** Creates the demo league once, pauses it if it is disabled, and removes its old rounds from time to time. */
async function runDemo(parts: {
  readonly leagues: Leagues
  readonly rounds: Rounds
  readonly blobs: BlobStore
  readonly worlds: WorldRegistry
  readonly hasDemo: boolean
  readonly signal: AbortSignal
}): Promise<void> {
  const { leagues, rounds, blobs, worlds, hasDemo, signal } = parts
  const known = (await leagues.list()).find(({ slug }) => slug === DEMO_SLUG)
  if (!known && !hasDemo) return
  const league = known ?? (await makeLeague(leagues, worlds, DEMO))
  await leagues.setPaused(league.id, !hasDemo)
  while (!signal.aborted) {
    for (const journal of await rounds.prune(league.id, KEPT_ROUNDS)) await removeEpisode(blobs, journal)
    await sleep(PRUNE_MS, signal).catch(() => undefined)
  }
}

/** Removes a journal, and everything beside it. */
async function removeEpisode(blobs: BlobStore, journal: string): Promise<void> {
  await blobs.delete(journal)
  const [, id] = /^leagues\/([0-9a-f-]{36})-/.exec(journal) ?? []
  if (id !== undefined) await removeArtefacts(blobs, id)
}
