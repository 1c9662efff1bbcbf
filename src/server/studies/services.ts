// Services of the study routes, and the sweep that releases expired reservations.

import { knownWorld } from '../../experiment/file/catalogue.ts'
import { StudyCatalogue } from '../../experiment/service/catalogue.ts'
import { Enrolment } from '../../experiment/service/enrolment.ts'
import type { OpenStudy } from '../../experiment/service/environment.ts'
import { Experiments } from '../../experiment/service/experiments.ts'
import { Runs } from '../../experiment/service/runs.ts'
import { ParticipantStates } from '../../experiment/service/state.ts'
import { WorldPlays } from '../../experiment/service/world-plays.ts'
import type { Store } from '../../store/store.ts'
import { StudyLinks } from '../../store/studies/links.ts'
import { StudyMonitor } from '../../store/studies/monitor.ts'
import { Studies } from '../../store/studies/studies.ts'
import { StudyEpisodes } from '../../store/studies/study-episodes.ts'
import { WaitingRooms } from '../../store/studies/waiting-rooms.ts'
import { ApiRefusal } from '../../transport/errors.ts'
import type { SessionServices } from '../sessions/services.ts'
import { modelPlayers } from './model-players.ts'
import { createSweep } from './sweep.ts'

/** A study file with which the server was started. */
export interface StudySource {
  readonly path: string
  readonly text: string
}

export interface StudySettings {
  /** Files of studies that the server offers. */
  readonly files: readonly StudySource[]
  /** The run behind /api/run; undefined: the first file of the newer generation. */
  readonly run?: string | undefined
  /** The study to which participants are sent. */
  readonly defaultExperiment?: string | undefined
}

export interface StudyServices {
  readonly sessions: SessionServices
  readonly store: Store
  readonly studies: Studies
  readonly links: StudyLinks
  readonly monitor: StudyMonitor
  readonly catalogue: StudyCatalogue
  readonly experiments: Experiments
  readonly runs: Runs
  readonly enrolment: Enrolment
  readonly plays: WorldPlays
  readonly states: ParticipantStates
  readonly settings: StudySettings
  /** The study to which participants are sent; undefined: none. */
  readonly defaultStudy: string | undefined
  /** The run of this server. @throws ApiRefusal 404 when it has none */
  run(): Promise<OpenStudy>
  /** Call it when an episode of this server is archived: if the episode belongs to a study, its assignments end. */
  ended(episode: string): void
  /** Starts maintaining waiting rooms and episodes. Call it after episodes have been resumed. */
  start(): void
  /** Stops the sweeps; resolves once the current one has ended. */
  close(): Promise<void>
}

/** Milliseconds between two checks of waiting rooms and episodes. */
const MATCH_MS = 1_000
/** Milliseconds between two sweeps of reservations. */
const SWEEP_MS = 15_000

/** The stem of a path: `studies/usability.yml` is `usability`. */
const stemOf = (path: string): string => (path.split(/[/\\]/).at(-1) ?? path).replace(/\.ya?ml$/i, '')

/**
 * Adds the studies with which the server was started.
 * @throws AppError EXPERIMENT_INVALID for a file with a fault: a server never starts with only some of its studies
 */
export async function createStudyServices(
  store: Store,
  sessions: SessionServices,
  settings: StudySettings,
): Promise<StudyServices> {
  const { registry, games, players, onFault, episodes } = sessions
  const studies = new Studies(store)
  const links = new StudyLinks(store)
  const { worlds: registered } = episodes
  const worlds = (await Promise.all(registered.ids().map((id) => registered.load(id)))).map((world) =>
    knownWorld(world),
  )
  const hasModels = sessions.models.client !== undefined
  const at = { studies, games, worlds, hasModels, registry, roster: () => sessions.roster() }
  const catalogue = new StudyCatalogue(at)
  let firstRun: string | undefined
  for (const { path, text } of settings.files) {
    const study = await catalogue.add(text, { where: path, stem: stemOf(path) })
    if (study.generation === 'run') firstRun ??= study.name
  }
  const experiments = new Experiments(at)
  const runs = new Runs(at)
  const rooms = new WaitingRooms(store)
  const played = new StudyEpisodes(store)
  const plays = new WorldPlays({
    rooms,
    played,
    episodes,
    catalogue,
    onFault,
    sit: modelPlayers(sessions.models.client),
  })
  const enrolment = new Enrolment({ studies, links, players, rooms, played, plays })
  const sweeping = createSweep(
    () => plays.sweep(),
    MATCH_MS,
    (error) => onFault('study.sweep_failed', error),
  )
  const timer = setInterval(() => {
    studies.expire().catch((error: unknown) => onFault('study.sweep_failed', error))
  }, SWEEP_MS)
  timer.unref()
  const run = settings.run ?? firstRun
  return {
    sessions,
    store,
    studies,
    links,
    monitor: new StudyMonitor(store),
    catalogue,
    experiments,
    runs,
    enrolment,
    plays,
    states: new ParticipantStates({ at, experiments, runs, enrolment, plays }),
    settings,
    defaultStudy: await defaultOf(catalogue, settings),
    run() {
      if (run === undefined) throw new ApiRefusal(404, 'This server has no run')
      return catalogue.open(run, 'run')
    },
    ended(id) {
      plays.ended(id).catch((error: unknown) => onFault('study.settle_failed', error))
    },
    start: () => sweeping.start(),
    close() {
      clearInterval(timer)
      return sweeping.stop()
    },
  }
}

/** @throws AppError UNKNOWN_EXPERIMENT */
async function defaultOf(
  catalogue: StudyCatalogue,
  { defaultExperiment: name }: StudySettings,
): Promise<string | undefined> {
  return name === undefined ? undefined : (await catalogue.open(name)).study.name
}
