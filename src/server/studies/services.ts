// What the study routes share, and the sweep that frees places which nobody took up in time.

import { StudyCatalogue } from '../../experiment/service/catalogue.ts'
import { Enrolment } from '../../experiment/service/enrolment.ts'
import type { OpenStudy } from '../../experiment/service/environment.ts'
import { Experiments } from '../../experiment/service/experiments.ts'
import { Runs } from '../../experiment/service/runs.ts'
import { ParticipantStates } from '../../experiment/service/state.ts'
import type { Store } from '../../store/store.ts'
import { StudyLinks } from '../../store/studies/links.ts'
import { StudyMonitor } from '../../store/studies/monitor.ts'
import { Studies } from '../../store/studies/studies.ts'
import { ApiRefusal } from '../../transport/errors.ts'
import type { SessionServices } from '../sessions/services.ts'

/** A file that the server was started with. */
export interface StudySource {
  readonly path: string
  readonly text: string
}

export interface StudySettings {
  /** Files of studies that the server offers. */
  readonly files: readonly StudySource[]
  /** The run behind /api/run; undefined: the first file of the newer generation. */
  readonly run?: string | undefined
  /** The study that participants are led to. */
  readonly defaultExperiment?: string | undefined
}

export interface StudyServices {
  readonly sessions: SessionServices
  readonly studies: Studies
  readonly links: StudyLinks
  readonly monitor: StudyMonitor
  readonly catalogue: StudyCatalogue
  readonly experiments: Experiments
  readonly runs: Runs
  readonly enrolment: Enrolment
  readonly states: ParticipantStates
  readonly settings: StudySettings
  /** The run of this server. @throws ApiRefusal 404 when it has none */
  run(): Promise<OpenStudy>
  /** Ends the sweep. */
  close(): void
}

/** Milliseconds between two sweeps of places. */
const SWEEP_MS = 15_000

/** The stem of a path: `studies/usability.yml` is `usability`. */
const stemOf = (path: string): string => (path.split(/[/\\]/).at(-1) ?? path).replace(/\.ya?ml$/i, '')

/**
 * Adds the studies that the server was started with.
 * @throws AppError EXPERIMENT_INVALID for a file with a mistake: a server never starts with half of its studies
 */
export async function createStudyServices(
  store: Store,
  sessions: SessionServices,
  settings: StudySettings,
): Promise<StudyServices> {
  const { registry, games, players } = sessions
  const studies = new Studies(store)
  const links = new StudyLinks(store)
  const at = { studies, games, registry, roster: () => sessions.roster() }
  const catalogue = new StudyCatalogue(at)
  let firstRun: string | undefined
  for (const { path, text } of settings.files) {
    const study = await catalogue.add(text, { where: path, stem: stemOf(path) })
    if (study.generation === 'run') firstRun ??= study.name
  }
  const experiments = new Experiments(at)
  const runs = new Runs(at)
  const enrolment = new Enrolment({ studies, links, players })
  const timer = setInterval(() => {
    studies.expire().catch((error: unknown) => sessions.onFault('study.sweep_failed', error))
  }, SWEEP_MS)
  timer.unref()
  const run = settings.run ?? firstRun
  return {
    sessions,
    studies,
    links,
    monitor: new StudyMonitor(store),
    catalogue,
    experiments,
    runs,
    enrolment,
    states: new ParticipantStates({ at, experiments, runs, enrolment }),
    settings,
    run() {
      if (run === undefined) throw new ApiRefusal(404, 'This server has no run')
      return catalogue.open(run, 'run')
    },
    close: () => clearInterval(timer),
  }
}
