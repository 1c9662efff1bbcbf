// Removes uploads that nothing uses: packages on request; refused packages, forgotten images and the bytes that no image
// needs any more together. Pushes under way keep their images and bytes.
import type { BlobStore } from '../../host/blobs.ts'
import type { Log } from '../../host/log.ts'
import { AppError } from '../../kernel/errors.ts'
import type { PruneReport } from '../../protocol/hosted-images.ts'
import type { ImageRecord } from '../../store/leagues/images.ts'
import { type RemovablePackage, stillUsed, type UploadRemoval } from '../../store/leagues/upload-removal.ts'
import type { ImageDesk } from './image-desk.ts'
import { IMAGE_BLOBS, imageDigest } from './image-registry.ts'
import type { LocalImages } from './local-images.ts'

export interface JanitorOptions {
  readonly removal: UploadRemoval
  readonly desk: ImageDesk
  readonly blobs: BlobStore
  readonly local: LocalImages | undefined
  readonly log: Log
  readonly now?: () => number
}

interface Removed {
  readonly coworlds: readonly RemovablePackage[]
  readonly images: readonly ImageRecord[]
}

export class UploadJanitor {
  readonly #options: JanitorOptions

  constructor(options: JanitorOptions) {
    this.#options = options
  }

  /** Removes a package that nothing uses; its images go with the next `prune`. @throws AppError UNKNOWN_UPLOAD, STILL_USED */
  async removePackage(id: string, isDryRun: boolean): Promise<void> {
    const { removal, log } = this.#options
    if (isDryRun) {
      const uses = await removal.usesOfPackage(id)
      if (uses.length > 0) throw stillUsed(id, uses)
      return
    }
    await removal.removePackage(id)
    log.info({ coworld: id }, 'uploads.coworld_removed')
  }

  /** @param graceMs milliseconds for which an upload is kept without being used */
  async prune({ isDryRun, graceMs }: { isDryRun: boolean; graceMs: number }): Promise<PruneReport> {
    const { desk, log, now = Date.now } = this.#options
    const before = now() - graceMs
    const removed = isDryRun ? await this.#removable(before) : await this.#remove(before)
    const blobs = await this.#freeBlobs(removed, isDryRun)
    if (!isDryRun) log.info({ images: removed.images.length, ...blobs }, 'uploads.pruned')
    return {
      dry_run: isDryRun,
      coworlds: removed.coworlds.map(({ id, name, version }) => ({ id: `cow_${id}`, name, version })),
      images: removed.images.map(({ id, name, version, isReady, bytes }) => ({
        id: `img_${id}`,
        name,
        version,
        status: isReady ? 'ready' : 'pending',
        size_bytes: bytes,
      })),
      blobs,
      registry: desk.registry.place ?? null,
    }
  }

  async #removable(before: number): Promise<Removed> {
    const { removal } = this.#options
    const coworlds = await removal.refusedPackages(before)
    return { coworlds, images: await removal.unusedImages(before, new Set(coworlds.map(({ id }) => id))) }
  }

  async #remove(before: number): Promise<Removed> {
    const { removal, local } = this.#options
    const coworlds: RemovablePackage[] = []
    for (const each of await removal.refusedPackages(before)) {
      const isGone = await removal.removePackage(each.id).then(
        () => true,
        (error: unknown) => {
          // Corrected, or used, in this moment.
          if (error instanceof AppError && (error.code === 'STILL_USED' || error.code === 'UNKNOWN_UPLOAD'))
            return false
          throw error
        },
      )
      if (isGone) coworlds.push(each)
    }
    const images: ImageRecord[] = []
    for (const image of await removal.unusedImages(before)) {
      if (!(await removal.removeImage(image.id, before))) continue
      images.push(image)
      await local?.forget(image)
    }
    return { coworlds, images }
  }

  async #freeBlobs({ images }: Removed, isDryRun: boolean): Promise<{ count: number; bytes: number }> {
    const { removal, desk, blobs } = this.#options
    if (!isDryRun) await removal.forgetRepositories()
    const kept = await removal.keptDigests(new Set(images.map(({ id }) => id)))
    const freed = { count: 0, bytes: 0 }
    for await (const { name, size } of blobs.list(IMAGE_BLOBS)) {
      const digest = imageDigest(name)
      if (kept.has(digest)) continue
      const remove = async (): Promise<boolean> =>
        isDryRun || (!(await removal.needs(digest)) && (await blobs.delete(name)))
      if (!(await desk.guard.remove(digest, remove))) continue
      freed.count++
      freed.bytes += size
    }
    return freed
  }
}
