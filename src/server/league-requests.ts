// What players ask of the server beside leagues: batches of episodes, and reports on episodes.
import type { BlobStore } from '../host/blobs.ts'
import type { EpisodeService } from '../host/episode-service.ts'
import type { Log } from '../host/log.ts'
import type { EpisodePlayerOptions } from '../league/episode-player.ts'
import { EpisodePlayer } from '../league/episode-player.ts'
import type { StartLeash } from '../league/hosted/leash.ts'
import { onLeash } from '../league/hosted/leashed-runtime.ts'
import type { PackageMachine } from '../league/hosted/package-machine.ts'
import { ExperienceDesk, type ExperienceDeskOptions } from '../league/requests/experience-desk.ts'
import { RoleDesk, type RoleRuntime } from '../league/requests/role-desk.ts'
import type { LocalImages } from '../league/uploads/local-images.ts'
import type { SecretSource } from '../league/uploads/programs.ts'
import { bundleStream } from '../runner/bundle.ts'
import type { Engine } from '../runner/container-engine.ts'
import { createContainerRuntime } from '../runner/container-runtime.ts'
import type { JobQueue } from '../store/jobs/job-queue.ts'
import type { Coworlds } from '../store/leagues/coworlds.ts'
import { EpisodeReports } from '../store/leagues/episode-reports.ts'
import { Experiences } from '../store/leagues/experiences.ts'
import type { Store } from '../store/store.ts'
import { EpisodeEvidence } from './episode-evidence.ts'

export interface RequestParts {
  readonly store: Store
  readonly played: Omit<EpisodePlayerOptions, 'experiences'>
  readonly queue: JobQueue
  readonly coworlds: Coworlds
  readonly blobs: BlobStore
  readonly episodes: EpisodeService
  readonly log: Log
  /** Undefined: this server starts no containers. */
  readonly containers: { readonly engine: Engine; readonly local: LocalImages; readonly leash: StartLeash } | undefined
  /** Undefined likewise. */
  readonly machine: PackageMachine | undefined
  readonly secrets: SecretSource
  readonly ranked: ExperienceDeskOptions['ranked']
}

export function openRequests(parts: RequestParts) {
  const { store, played, queue, coworlds, blobs, episodes, log, containers, machine, secrets } = parts
  const onFault = (err: unknown): void => log.error({ err }, 'league.package_failed')
  const experiences = new Experiences(store)
  const packages = machine && { machine, coworlds, secrets, onFault }
  const withExperiences = { ...played, experiences, packages }
  const experienceDesk = new ExperienceDesk({
    ...withExperiences,
    queue,
    worlds: episodes.worlds,
    coworlds,
    log,
    player: new EpisodePlayer(withExperiences),
    runsPrograms: played.programs !== undefined,
    runsPackages: machine !== undefined,
    ranked: parts.ranked,
  })
  const evidence = new EpisodeEvidence({ leagues: played.leagues, rounds: played.rounds, blobs, episodes })
  const reports = new EpisodeReports(store)
  const roles: RoleRuntime | undefined = containers && {
    runtimeIn: (folder) => onLeash(createContainerRuntime({ engine: containers.engine }), containers.leash, folder),
    ensure: (image) => containers.local.ensure(image),
  }
  const roleDesk = new RoleDesk({
    reports,
    coworlds,
    queue,
    blobs,
    roles,
    log,
    async bundleOf(id, playerId) {
      const episode = await evidence.findEnded(id)
      return bundleStream(await evidence.bundleParts(episode, { playerId, name: 'report' }))
    },
  })
  return { experiences, experienceDesk, reports, roleDesk }
}
