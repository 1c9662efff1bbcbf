// Several episodes of one package, one after the other: with the fixture's players, with replacements, or as a request
// file says. One that fails does not keep the others from being played.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { AppError } from '../kernel/errors.ts'
import { describeIssue, parseJson } from '../kernel/parse.ts'
import { type JobSpec, JobSpec as JobSpecSchema } from '../protocol/coworld.ts'
import { isObject } from '../protocol/is-object.ts'
import { type EpisodeRun, runEpisode } from './episode-run.ts'
import type { CoworldPackage } from './manifest.ts'
import type { RunEvent } from './run-events.ts'
import type { Runtime } from './runtime.ts'
import { createWorkspace, type Workspace } from './workspace.ts'

/** Bytes of a request file. */
const MAX_REQUEST = 16 * 1024 * 1024
/** Failures of one episode; anything else ends the run. */
const EPISODE_FAULTS: readonly string[] = ['RUN_FAILED', 'RUN_TIMEOUT', 'RESULTS_INVALID']

/** One of several episodes. */
export interface NumberedRun {
  /** From 1. */
  readonly number: number
  readonly workspace: Workspace
  readonly run: EpisodeRun | undefined
  /** Why it failed; undefined: it did not. */
  readonly error: AppError | undefined
}

export interface RunManyOptions {
  readonly package: CoworldPackage
  readonly job: JobSpec
  readonly runtime: Runtime
  /** The workspace of a single episode; of several, the folder of `episode-0001` and so on. */
  readonly folder: string
  readonly episodes: number
  readonly cwd: string
  readonly timeoutMs: number
  readonly verifyReplay: boolean
  /** Variables that only the players get. */
  readonly playerEnvironment?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly onEvent?: (event: RunEvent) => void
  readonly onEnd?: (run: NumberedRun) => void
}

/**
 * Plays the episodes. Each after the first has the seed of the one before plus 1, where the configuration has a seed.
 * @throws AppError CONFIG_INVALID, INTERRUPTED and others that no further episode would escape
 */
export async function runMany(options: RunManyOptions): Promise<NumberedRun[]> {
  const { job, runtime, folder, episodes, cwd, timeoutMs, verifyReplay, signal, onEvent } = options
  const done: NumberedRun[] = []
  for (let index = 0; index < episodes; index++) {
    const place = episodes === 1 ? folder : join(folder, `episode-${String(index + 1).padStart(4, '0')}`)
    const workspace = await createWorkspace({ prefix: 'coworld-run-', folder: place, cwd })
    const attempt = runEpisode({
      runtime,
      job: withSeed(job, index),
      folder: options.package.folder,
      workspace,
      timeoutMs,
      verifyReplay,
      signal,
      ...(options.playerEnvironment ? { playerEnvironment: options.playerEnvironment } : {}),
      ...(onEvent ? { onEvent } : {}),
    })
    const ended: NumberedRun = await attempt.then(
      (run) => ({ number: index + 1, workspace, run, error: undefined }),
      (error: unknown) => {
        const isOwn = error instanceof AppError && EPISODE_FAULTS.includes(error.code)
        if (!isOwn || episodes === 1) throw error
        return { number: index + 1, workspace, run: undefined, error }
      },
    )
    done.push(ended)
    options.onEnd?.(ended)
  }
  return done
}

function withSeed(job: JobSpec, index: number): JobSpec {
  const { seed } = job.game_config
  if (index === 0 || typeof seed !== 'number' || !Number.isInteger(seed)) return job
  return { ...job, game_config: { ...job.game_config, seed: seed + index } }
}

/** Whether the first of the words after a manifest names a request file and no image. */
export const isRequestFile = ([first]: readonly string[]): boolean => first !== undefined && /\.json$/i.test(first)

/**
 * Reads an episode request, whose manifest must be that of the package.
 * @throws AppError FILE_UNREADABLE, FILE_TOO_LARGE, JSON_MALFORMED, VALIDATION_ERROR
 */
export async function readRequest(path: string, from: CoworldPackage): Promise<JobSpec> {
  const text = await readFile(path, 'utf8').catch((cause: Error) => {
    throw new AppError('FILE_UNREADABLE', `cannot read the request ${path}: ${cause.message}`, { cause })
  })
  if (text.length > MAX_REQUEST) throw new AppError('FILE_TOO_LARGE', `a request has at most ${MAX_REQUEST} bytes`)
  const request = parseJson(text, path)
  if (!isObject(request)) throw new AppError('VALIDATION_ERROR', `${path} is no JSON object`)
  const whole = JobSpecSchema.safeParse(request)
  const { written, manifest } = from
  if (!isDeepStrictEqual(request.manifest, written) && !isDeepStrictEqual(whole.data?.manifest, manifest)) {
    if (!whole.success) throw invalid(path, describeIssue(whole.error))
    throw invalid(path, 'its manifest is not the one of the package')
  }
  const parsed = whole.success ? whole : JobSpecSchema.safeParse({ ...request, manifest })
  if (!parsed.success) throw invalid(path, describeIssue(parsed.error))
  return { ...parsed.data, manifest }
}

const invalid = (path: string, what: string): AppError =>
  new AppError('VALIDATION_ERROR', `the episode request ${path}: ${what}`, {
    hint: 'Print its schema with: paracosm coworld schema request',
  })
