// Runs graders, diagnosers and reporters of uploaded packages over the bundles of episodes, as jobs of the store. A role
// that fails ends its report and nothing else.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BlobStore } from '../../host/blobs.ts'
import { JobWorker } from '../../host/jobs.ts'
import type { Log } from '../../host/log.ts'
import { AppError, type ErrorCode } from '../../kernel/errors.ts'
import { parseWith } from '../../kernel/parse.ts'
import { openPlain } from '../../lib/plain-file.ts'
import type { Grade } from '../../protocol/bundle.ts'
import { ReportJob, type ReportRequest } from '../../protocol/episode-reports.ts'
import { loadManifest, parseAnyManifest } from '../../runner/manifest.ts'
import { packageImages, replaceImages } from '../../runner/package-images.ts'
import type { Runtime } from '../../runner/runtime.ts'
import { findRole, runRole } from '../../runner/supporting-roles.ts'
import type { JobQueue } from '../../store/jobs/job-queue.ts'
import type { JobRecord } from '../../store/jobs/rows.ts'
import type { Coworlds } from '../../store/leagues/coworlds.ts'
import type { EpisodeReports, ReportRecord } from '../../store/leagues/episode-reports.ts'

/** How this server runs roles. */
export interface RoleRuntime {
  /** @param folder of the run: removed with its containers when this process dies */
  runtimeIn(folder: string): Runtime
  /** The reference by which the runtime starts an uploaded image. */
  ensure(image: string): Promise<string>
}

export interface RoleDeskOptions {
  readonly reports: EpisodeReports
  readonly coworlds: Coworlds
  readonly queue: JobQueue
  readonly blobs: BlobStore
  /** Undefined: this server runs no packages. */
  readonly roles: RoleRuntime | undefined
  /** The bundle of an episode, with what a player (null: the operator) may have. */
  readonly bundleOf: (episodeId: string, playerId: string | null) => Promise<AsyncIterable<Uint8Array>>
  readonly log: Log
}

const QUEUE = 'episode-report'
const LEASE_MS = 30_000
/** Maximum attempts of a report, and its priority: below experience requests. */
const ATTEMPTS = 5
const PRIORITY = -1000
/** Milliseconds that a role may take. */
const ROLE_MS = 600_000
/** Bytes of a bundle, of an output, and of the end of a log that are kept. */
const MAX_BUNDLE = 1024 * 1024 * 1024
const MAX_OUTPUT = 256 * 1024 * 1024
const KEPT_LOG = 1024 * 1024
/** Characters of an error. */
const MAX_ERROR = 2000
/** Faults of the role or its package: another attempt would end in the same way. */
const FINAL: readonly ErrorCode[] = [
  'RUN_FAILED',
  'RUN_TIMEOUT',
  'RESULTS_INVALID',
  'IMAGE_MISSING',
  'MANIFEST_INVALID',
  'JSON_MALFORMED',
  'USAGE',
  'UNKNOWN_UPLOAD',
  'UNKNOWN_EPISODE',
  'UNKNOWN_BLOB',
  'FILE_TOO_LARGE',
]

const OFF = 'this server runs no roles of packages'

export class RoleDesk {
  readonly #options: RoleDeskOptions
  readonly #worker: JobWorker | undefined

  constructor(options: RoleDeskOptions) {
    this.#options = options
    const { queue, roles, log } = options
    this.#worker =
      roles &&
      new JobWorker({
        queue,
        leaseMs: LEASE_MS,
        name: `reports-${process.pid}`,
        handlers: new Map([[QUEUE, (job, { signal }) => this.#make(roles, job, signal)]]),
        onFault: (err) => log.error({ err }, 'league.report_failed'),
      })
  }

  /** Makes reports, also those that an earlier server left behind. */
  start(): void {
    if (!this.#worker) return
    this.#worker.start()
    this.#resume().catch((err: unknown) => this.#options.log.error({ err }, 'league.report_failed'))
  }

  async #resume(): Promise<void> {
    const { reports, queue } = this.#options
    const open = await reports.open()
    const jobs = await queue.newestKeyed([QUEUE], open)
    for (const id of open) {
      if (jobs.get(id)?.status === 'failed')
        await this.#fail(id, `the report was given up after ${ATTEMPTS} attempts`, null)
      else await this.#enqueue(id)
    }
  }

  async stop(): Promise<void> {
    await this.#worker?.stop()
  }

  async #enqueue(id: string): Promise<void> {
    const job = { queue: QUEUE, payload: { report: id }, dedupeKey: id, maxAttempts: ATTEMPTS, priority: PRIORITY }
    await this.#options.queue.enqueue(job)
    this.#worker?.wake()
  }

  /**
   * Asks for a report.
   * @param playerId null: the operator
   * @throws AppError ROLE_UNSUPPORTED when this server runs no such role; UNKNOWN_UPLOAD; USAGE when the package has no such
   * role; RATE_LIMITED
   */
  async create(playerId: string | null, episodeId: string, request: ReportRequest): Promise<ReportRecord> {
    const { coworlds, reports, roles } = this.#options
    if (!roles) {
      throw new AppError('ROLE_UNSUPPORTED', OFF, {
        hint: 'Start it with `paracosm serve --run-uploads` and a container engine, or run the role on your machine: paracosm coworld run-grader',
      })
    }
    const coworld = await coworlds.get(request.coworld_id.replace(/^cow_/, ''))
    const isVisible = coworld.status === 'accepted' || playerId === null || coworld.playerId === playerId
    if (!isVisible) throw new AppError('UNKNOWN_UPLOAD', `there is no coworld ${request.coworld_id}`)
    if (coworld.status !== 'accepted') {
      throw new AppError('CERTIFICATION_FAILED', `${coworld.name} ${coworld.version} is not accepted`)
    }
    const parsed = parseAnyManifest(coworld.manifest, coworld.name)
    const { id: roleId } = findRole(parsed, request.role, request.role_id ?? undefined)
    const target = request.role === 'diagnoser' ? (request.target ?? 'policy://slot/0') : null
    const made = await reports.add({ episodeId, coworldId: coworld.id, playerId, role: request.role, roleId, target })
    await this.#enqueue(made.id)
    return made
  }

  async #make(roles: RoleRuntime, job: JobRecord, signal: AbortSignal): Promise<undefined> {
    const { reports } = this.#options
    const { report: id } = parseWith(ReportJob, job.payload, { code: 'STORE_CORRUPT', what: 'A job of a report' })
    const report = await reports.get(id)
    if (!(await reports.begin(id))) return undefined
    const folder = await mkdtemp(join(tmpdir(), 'paracosm-report-'))
    const work = join(folder, 'work')
    try {
      await mkdir(work)
      const made = await this.#run(roles, report, { folder, work, signal })
      await this.#keep(report, made)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      const isFinal = error instanceof AppError && FINAL.includes(error.code)
      if (!isFinal && job.attempts < job.maxAttempts) throw error
      const log = await this.#keepLog(report, join(work, `${report.role}.log`))
      const text = error instanceof Error ? error.message : String(error)
      await this.#fail(id, text.replaceAll(folder, ''), log)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    return undefined
  }

  async #run(
    { runtimeIn, ensure }: RoleRuntime,
    report: ReportRecord,
    at: { readonly folder: string; readonly work: string; readonly signal: AbortSignal },
  ) {
    const { coworlds, bundleOf } = this.#options
    const { manifest } = await coworlds.get(report.coworldId)
    const wanted = findRole(parseAnyManifest(manifest), report.role, report.roleId).image
    const images = new Map<string, string>()
    for (const image of packageImages(manifest)) if (image === wanted) images.set(image, await ensure(image))
    const path = join(at.folder, 'coworld_manifest.json')
    await writeFile(path, JSON.stringify(replaceImages(manifest, (image) => images.get(image) ?? image)))
    return runRole({
      package: await loadManifest(path),
      kind: report.role,
      id: report.roleId,
      bundle: limited(await bundleOf(report.episodeId, report.playerId)),
      targetPolicy: report.target ?? undefined,
      runtime: runtimeIn(at.folder),
      folder: at.work,
      timeoutMs: ROLE_MS,
      signal: at.signal,
    })
  }

  async #keep(
    report: ReportRecord,
    made: { readonly output: string; readonly log: string; readonly grade: Grade | undefined },
  ): Promise<void> {
    const { blobs, reports } = this.#options
    await using file = await openPlain(made.output)
    if (!file) throw new AppError('RESULTS_INVALID', 'the output is not a plain file')
    const { size } = await file.stat()
    if (size > MAX_OUTPUT)
      throw new AppError('FILE_TOO_LARGE', `the output has ${size} bytes; the limit is ${MAX_OUTPUT}`)
    const output = `reports/${report.id}-output`
    await blobs.put(output, file.createReadStream({ autoClose: false }))
    const log = await this.#keepLog(report, made.log)
    await reports.settle(report.id, { status: 'completed', grade: made.grade ?? null, output, log, error: null })
  }

  /** Stores the end of a log. @returns the name of the blob; null: there is no log */
  async #keepLog({ id }: ReportRecord, path: string): Promise<string | null> {
    await using file = await openPlain(path)
    if (!file) return null
    const { size } = await file.stat()
    const from = Math.max(0, size - KEPT_LOG)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
    const name = `reports/${id}-log`
    await this.#options.blobs.put(name, buffer.subarray(0, bytesRead))
    return name
  }

  async #fail(id: string, error: string, log: string | null): Promise<void> {
    const result = { status: 'failed' as const, grade: null, output: null, log, error: error.slice(0, MAX_ERROR) }
    await this.#options.reports.settle(id, result)
  }
}

async function* limited(bundle: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const bytes of bundle) {
    size += bytes.length
    if (size > MAX_BUNDLE) throw new AppError('FILE_TOO_LARGE', `the bundle has more than ${MAX_BUNDLE} bytes`)
    yield bytes
  }
}
