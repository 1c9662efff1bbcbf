// Takes packages in. Where a container engine is allowed, each is certified as a job of the store before it is accepted.
// Elsewhere the operator's are accepted as they are, and those of players wait for a server that certifies.
import { createHash } from 'node:crypto'
import { JobWorker } from '../../host/jobs.ts'
import type { Log } from '../../host/log.ts'
import { AppError } from '../../kernel/errors.ts'
import { parseWith } from '../../kernel/parse.ts'
import { sleep } from '../../lib/sleep.ts'
import { CoworldCertificationJob } from '../../protocol/hosted-images.ts'
import type { JsonObject, JsonValue } from '../../protocol/json.ts'
import { parseAnyManifest } from '../../runner/manifest.ts'
import { packageImages } from '../../runner/package-images.ts'
import type { JobQueue } from '../../store/jobs/job-queue.ts'
import type { Certification, CoworldRecord, Coworlds } from '../../store/leagues/coworlds.ts'
import type { ImageRecord, Images } from '../../store/leagues/images.ts'

/** Certifies a package. Failed checks are data; it throws when it could not be tried. */
export type Certifier = (
  coworld: CoworldRecord,
  options: { readonly signal: AbortSignal; readonly report: (certification: Certification) => Promise<void> },
) => Promise<Certification>

export interface PackageDeskOptions {
  readonly coworlds: Coworlds
  readonly images: Images
  readonly queue: JobQueue
  /** Undefined: this server runs no containers. */
  readonly certifier: Certifier | undefined
  readonly log: Log
}

const QUEUE = 'coworld-certification'
/** Milliseconds after which another server may certify what a killed one had begun, and maximum attempts. */
const LEASE_MS = 30_000
const ATTEMPTS = 5
/** Milliseconds that an upload waits for its certification, within the 120 s of the client; and between two checks. */
export const WAIT_MS = 90_000
const LOOK_MS = 250

const WAITING =
  'It waits for a server that certifies packages: paracosm serve --run-uploads on a machine with a container engine'
const TRUSTED = 'Accepted without certification: the operator uploaded it, and this server runs no containers.'

/** JSON with sorted keys and no blanks: the text that is hashed. */
function canonicalJson(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${fields.map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`).join(',')}}`
}

/** The hash of a manifest, whatever the order of its keys. */
export const manifestHash = (manifest: JsonObject): string =>
  `sha256:${createHash('sha256').update(canonicalJson(manifest)).digest('hex')}`

export class PackageDesk {
  readonly #options: PackageDeskOptions
  readonly #worker: JobWorker | undefined
  readonly #stop = new AbortController()

  constructor(options: PackageDeskOptions) {
    this.#options = options
    const { queue, certifier, log } = options
    this.#worker =
      certifier &&
      new JobWorker({
        queue,
        leaseMs: LEASE_MS,
        name: `packages-${process.pid}`,
        handlers: new Map([[QUEUE, (job, { signal }) => this.#certify(certifier, job.payload, signal)]]),
        onFault: (err) => log.error({ err }, 'league.certification_failed'),
      })
  }

  /** Starts to certify, also what a server left behind that was killed between a package and its job. */
  start(): void {
    if (!this.#worker) return
    this.#worker.start()
    this.#resume().catch((err: unknown) => {
      if (!this.#stop.signal.aborted) this.#options.log.error({ err }, 'league.certification_failed')
    })
  }

  async #resume(): Promise<void> {
    for (const id of await this.#options.coworlds.pending()) await this.#enqueue(id)
  }

  async #enqueue(id: string): Promise<void> {
    const job = { queue: QUEUE, payload: { coworld: id }, dedupeKey: id, maxAttempts: ATTEMPTS }
    await this.#options.queue.enqueue(job)
    this.#worker?.wake()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#worker?.stop()
  }

  /**
   * Takes a package in, and waits for its certification for a while.
   * @throws AppError MANIFEST_INVALID, UPLOAD_INVALID for images that are not the owner's or not complete,
   *   CERTIFICATION_FAILED; the codes of `Coworlds.add`
   */
  async receive(playerId: string | null, manifest: JsonObject): Promise<CoworldRecord> {
    const { coworlds, certifier } = this.#options
    const { game } = parseAnyManifest(manifest, 'the manifest').manifest
    const images = await this.#imagesOf(playerId, manifest)
    const { coworld } = await coworlds.add({
      playerId,
      name: game.name,
      version: game.version,
      manifest: JSON.stringify(manifest),
      hash: manifestHash(manifest),
      bytes: Buffer.byteLength(JSON.stringify(manifest)),
      certification: { status: 'pending', notes: certifier ? null : WAITING, checks: [] },
    })
    if (coworld.status !== 'pending') return coworld
    if (playerId === null && !certifier) {
      const certification: Certification = { status: 'trusted', notes: TRUSTED, checks: [] }
      await coworlds.settle(coworld.id, { status: 'accepted', certification, images: images.map(({ id }) => id) })
      return coworlds.get(coworld.id)
    }
    await this.#enqueue(coworld.id)
    return this.#worker ? this.#settled(coworld.id) : coworld
  }

  /** @throws AppError CERTIFICATION_FAILED */
  async #settled(id: string): Promise<CoworldRecord> {
    const { coworlds } = this.#options
    for (const end = Date.now() + WAIT_MS; ; ) {
      const coworld = await coworlds.get(id)
      if (coworld.status === 'refused') throw refusal(coworld)
      if (coworld.status === 'accepted' || Date.now() > end || this.#stop.signal.aborted) return coworld
      await sleep(LOOK_MS, this.#stop.signal).catch(() => undefined)
    }
  }

  async #imagesOf(playerId: string | null, manifest: JsonObject): Promise<ImageRecord[]> {
    const { images } = this.#options
    const names = packageImages(manifest)
    return Promise.all(
      names.map(async (name) => {
        const id = name.slice('img_'.length)
        // Touched first: from here on it is not removed before the package refers to it.
        const image = name.startsWith('img_') && (await images.touch(id)) ? await images.get(id) : undefined
        const isOwn = image && (playerId === null || image.playerId === playerId)
        if (isOwn && image.isReady) return image
        const what = isOwn ? 'is not completely pushed' : 'is not the id of an image of yours'
        throw new AppError('UPLOAD_INVALID', `the image ${JSON.stringify(name.slice(0, 200))} ${what}`, {
          hint: 'Upload every image of the package first: paracosm coworld upload-coworld does both.',
        })
      }),
    )
  }

  async #certify(certifier: Certifier, payload: unknown, signal: AbortSignal): Promise<undefined> {
    const { coworlds } = this.#options
    const what = 'A job of a package'
    const { coworld: id } = parseWith(CoworldCertificationJob, payload, { code: 'STORE_CORRUPT', what })
    const coworld = await coworlds.get(id).catch((error: unknown) => {
      // A later upload of the same version has replaced it.
      if (error instanceof AppError && error.code === 'UNKNOWN_UPLOAD') return undefined
      throw error
    })
    if (coworld?.status !== 'pending') return undefined
    const certification = await this.#attempt(certifier, coworld, signal)
    const status = certification.status === 'passed' ? 'accepted' : 'refused'
    const images = packageImages(coworld.manifest).map((image) => image.slice('img_'.length))
    await coworlds.settle(id, { status, certification, images })
    return undefined
  }

  async #attempt(certifier: Certifier, coworld: CoworldRecord, signal: AbortSignal): Promise<Certification> {
    const report = (certification: Certification): Promise<void> =>
      this.#options.coworlds.report(coworld.id, certification)
    try {
      return await certifier(coworld, { signal, report })
    } catch (error) {
      if (signal.aborted) throw signal.reason
      // A fault of this machine is tried again; one of the package is an answer.
      if (!(error instanceof AppError) || error.status >= 500) throw error
      return { status: 'failed', notes: error.message, checks: [] }
    }
  }
}

function refusal({ id, name, version, certification }: CoworldRecord): AppError {
  const failed = certification.checks.find(({ outcome }) => outcome === 'failed')
  const reason = failed ? `${failed.id}: ${failed.reason}` : (certification.notes ?? 'no reason')
  return new AppError('CERTIFICATION_FAILED', `${name} ${version} is not certified: ${reason}`, {
    details: { coworld_id: `cow_${id}`, checks: certification.checks.map((check) => ({ ...check })) },
  })
}
