// Certifies a package: the seven numbered checks of the contract, then the contract's further requirements for games.
// Every check is reported as data. After the first failed numbered check, the later ones are skipped.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../kernel/errors.ts'
import type { JobSpec, Runnable } from '../protocol/coworld.ts'
import type { JsonObject } from '../protocol/json.ts'
import { formatCertification } from './certify-page.ts'
import { CERTIFY_CHECKS, type CheckReport, EXTRA_CHECKS } from './checks.ts'
import type { Extra } from './episode-probes.ts'
import { type EpisodeRun, runEpisode } from './episode-run.ts'
import { buildJobSpec, requestFormOf } from './job.ts'
import { type CoworldPackage, declaredRoles, loadManifest } from './manifest.ts'
import { probeReconnection } from './reconnection.ts'
import { readResultsObject } from './results.ts'
import { type RunEvent, reasonOf, type StepReport } from './run-events.ts'
import type { Runtime } from './runtime.ts'
import { interruption } from './waiting.ts'
import { createWorkspace, findReplayFile, type Workspace } from './workspace.ts'

export interface CertifyOptions {
  /** A manifest on this machine; for other sources see manifest-source.ts. */
  readonly manifestPath: string
  readonly runtime: Runtime
  /** Applies separately to the game's health, its exit and the replay's health. */
  readonly timeoutMs: number
  /** The workspace; by default a new folder below `<checkout or cwd>/tmp/`. */
  readonly workspace?: string
  /** Path of the report as a page; by default `certification.html` in the workspace. */
  readonly page?: string
  readonly cwd: string
  /** False skips the checks beyond the numbered ones. */
  readonly beyond?: boolean
  /** Plays the package's own world twice and compares the runs. Only worlds that ship with paracosm provide this. */
  readonly determinism?: (certified: CoworldPackage) => Promise<Extra>
  readonly signal?: AbortSignal
  readonly onEvent?: (event: RunEvent) => void
  readonly onCheck?: (check: CheckReport) => void
}

/** The result of a certification. A package is certified only if no check failed. */
export interface CertifyReport {
  readonly certified: boolean
  readonly checks: readonly CheckReport[]
  readonly package: CoworldPackage | undefined
  readonly workspace: Workspace | undefined
  /** In request form. */
  readonly episodeRequest: JsonObject | undefined
  readonly results: JsonObject | undefined
  /** Path of the report as a page; undefined when there was no workspace for it. */
  readonly page: string | undefined
}

/**
 * Certifies one package. A failed check is data in the report.
 * @throws AppError INTERRUPTED, and FILE_UNREADABLE when there is no manifest at that path
 */
export async function certify(options: CertifyOptions): Promise<CertifyReport> {
  const checks: CheckReport[] = []
  const steps: StepReport[] = []
  const course: Course = {
    ...options,
    abort: options.signal ?? new AbortController().signal,
    report(check) {
      checks.push(check)
      options.onCheck?.(check)
    },
    onEvent(event) {
      if (event.kind === 'step-ended') steps.push(event.step)
      options.onEvent?.(event)
    },
    steps,
  }
  const found: Found = {}
  await checkInOrder(course, found)
  const report: CertifyReport = {
    certified: checks.every((check) => check.outcome !== 'failed'),
    checks,
    package: found.package,
    workspace: found.workspace,
    episodeRequest: found.request,
    results: found.results,
    page: options.page ?? (found.workspace && join(found.workspace.folder, 'certification.html')),
  }
  if (report.page !== undefined) await writePage(report.page, report)
  return report
}

async function writePage(path: string, report: CertifyReport): Promise<void> {
  await writeFile(path, formatCertification(report)).catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('FILE_UNWRITABLE', `cannot write the report ${path}: ${cause.code ?? cause.message}`, { cause })
  })
}

interface Course extends CertifyOptions {
  readonly abort: AbortSignal
  readonly report: (check: CheckReport) => void
  readonly onEvent: (event: RunEvent) => void
  readonly steps: readonly StepReport[]
}

interface Found {
  package?: CoworldPackage
  workspace?: Workspace
  request?: JsonObject
  results?: JsonObject
}

async function checkInOrder(course: Course, found: Found): Promise<void> {
  const loaded = await check(course, 'package', async () => {
    found.package = await loadManifest(course.manifestPath)
    return [`the manifest is valid, ${found.package.slots} slots`, found.package]
  })
  if (!loaded) return
  const images = await check(course, 'images', () => checkImages(course, loaded))
  if (!images) return
  const workspace = await check(course, 'workspace', async () => {
    const { workspace: folder, cwd } = course
    found.workspace = await createWorkspace({
      prefix: 'coworld-cert-',
      cwd,
      ...(folder === undefined ? {} : { folder }),
    })
    return [found.workspace.folder, found.workspace]
  })
  if (!workspace) return
  const job = await check(course, 'request', async () => {
    const built = buildJobSpec(loaded)
    found.request = requestFormOf(built)
    return ['the episode request parses', built]
  })
  if (!job) return
  const run = await check(course, 'episode', () => playEpisode(course, { loaded, workspace, job }))
  if (!run) return
  const results = await check(course, 'results', async () => {
    found.results = await readResultsObject(workspace, loaded.manifest)
    return ['results.json is an object and satisfies results_schema', found.results]
  })
  if (!results) return
  const replay = await check(course, 'replay', () => checkReplay(workspace))
  if (!replay) return
  await checkBeyond(course, run, { loaded, workspace, job })
}

async function checkReplay(workspace: Workspace): Promise<readonly [string, true]> {
  const found = findReplayFile(workspace)
  if (found !== undefined) return [found, true]
  throw new AppError('RUN_FAILED', `the game exited without writing ${workspace.replay}`, {
    hint: 'Make the game write its replay to COGAME_SAVE_REPLAY_URI before its results.',
    details: { error_type: 'replay_missing' },
  })
}

/** Runs one numbered check. Undefined when it failed: then all later checks have been reported as skipped. */
async function check<T>(
  course: Course,
  id: (typeof CERTIFY_CHECKS)[number],
  work: () => Promise<readonly [reason: string, value: T]>,
): Promise<T | undefined> {
  const number = CERTIFY_CHECKS.indexOf(id) + 1
  const steps = (): { steps?: readonly StepReport[] } => (id === 'episode' ? { steps: course.steps } : {})
  try {
    const [reason, value] = await work()
    course.report({ number, id, outcome: 'passed', reason, ...steps() })
    return value
  } catch (error) {
    if (course.abort.aborted) throw interruption(course.abort)
    if (!(error instanceof AppError) || ['INTERRUPTED', 'FILE_UNREADABLE', 'ENGINE_MISSING'].includes(error.code))
      throw error
    course.report({ number, id, outcome: 'failed', reason: reasonOf(error), hint: error.hint, ...steps() })
    skipAfter(course, number)
    return undefined
  }
}

function skipAfter(course: Course, failed: number): void {
  const reason = `check ${failed} failed`
  for (const [index, id] of CERTIFY_CHECKS.entries()) {
    if (index >= failed) course.report({ number: index + 1, id, outcome: 'skipped', reason })
  }
  for (const id of EXTRA_CHECKS) course.report({ number: null, id, outcome: 'skipped', reason })
}

/** The required images, in the order of the contract. Each pair of label and image appears once. */
function imageReferences(course: Course, loaded: CoworldPackage): ReadonlyMap<string, readonly [string, Runnable]> {
  const { manifest } = loaded
  const all: (readonly [string, Runnable])[] = [['Cogame runnable.image', manifest.game.runnable]]
  for (const [slot, player] of buildJobSpec(loaded).players.entries()) {
    all.push([`Certification players[${slot}].image`, player])
  }
  // Without containers, only the game and the fixture's players are ever started from a package.
  if (course.runtime.kind === 'container') {
    for (const { label, role } of declaredRoles(manifest)) all.push([label, role])
  }
  return new Map(all.map((entry) => [`${entry[0]} ${entry[1].image}`, entry]))
}

async function checkImages(course: Course, loaded: CoworldPackage): Promise<readonly [string, true]> {
  const references = [...imageReferences(course, loaded).values()]
  const known = new Set<string>()
  for (const [label, runnable] of references) {
    if (course.abort.aborted) throw interruption(course.abort)
    if (course.runtime.kind === 'container' && known.has(runnable.image)) continue
    const reason = await course.runtime.explainMissing(runnable, loaded.folder)
    known.add(runnable.image)
    if (reason !== undefined) {
      throw new AppError('IMAGE_MISSING', `${label}: ${reason}`, { details: { label, image: runnable.image } })
    }
  }
  const what = course.runtime.kind === 'container' ? 'images are available' : 'programs are available'
  return [`${references.length} ${what}`, true]
}

interface Episode {
  readonly loaded: CoworldPackage
  readonly workspace: Workspace
  readonly job: JobSpec
}

async function playEpisode(
  course: Course,
  { loaded, workspace, job }: Episode,
): Promise<readonly [string, EpisodeRun]> {
  const run = await runEpisode({
    runtime: course.runtime,
    job,
    folder: loaded.folder,
    workspace,
    timeoutMs: course.timeoutMs,
    verifyReplay: true,
    probeMore: course.beyond !== false,
    signal: course.abort,
    onEvent: course.onEvent,
  })
  return ['an episode ran to its end and its replay opened', run]
}

async function checkBeyond(course: Course, run: EpisodeRun, { loaded, workspace, job }: Episode): Promise<void> {
  const extra = (id: (typeof EXTRA_CHECKS)[number], { outcome, reason }: Extra): void =>
    course.report({ number: null, id, outcome, reason })
  if (course.beyond === false) {
    for (const id of EXTRA_CHECKS) extra(id, { outcome: 'skipped', reason: 'not asked for' })
    return
  }
  extra('bad-token-every-slot', run.badTokens)
  extra('late-viewer', run.lateViewer)
  const { runtime, timeoutMs, abort: signal } = course
  const folder = loaded.folder
  const returned = await probeReconnection({ runtime, job, folder, workspace, timeoutMs, signal })
  extra('reconnection', returned.reconnection)
  extra('frames', returned.frames)
  const none: Extra = {
    outcome: 'skipped',
    reason: 'only built-in worlds can be played again and compared',
  }
  extra('determinism', course.determinism ? await course.determinism(loaded) : none)
}
