// Takes images in: announced, pushed in parts, completed. Nothing counts before its bytes have the announced hash, so a
// push that was cut off, repeated, or run twice at once leaves either the whole image or one that waits.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type BlobStore, readBlob } from '../../host/blobs.ts'
import { AppError } from '../../kernel/errors.ts'
import { parseJson, parseWith } from '../../kernel/parse.ts'
import { type ImageRecord, type Images, MAX_IMAGE_BYTES } from '../../store/leagues/images.ts'
import { BlobGuard } from './blob-guard.ts'
import { type ImageRegistry, imageBlob } from './image-registry.ts'

/** Maximum bytes of one layer, of the layers of one image, and of its manifest. */
export const MAX_LAYER_BYTES = 8 * 1024 ** 3
export const MAX_IMAGE_SIZE = 16 * 1024 ** 3
export const MAX_MANIFEST_BYTES = 1024 * 1024
const MAX_LAYERS = 500

const MEDIA_TYPES = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
] as const

const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
const Descriptor = z.object({ digest: Digest, size: z.int().min(0), mediaType: z.string() })
/** The manifest of one image. Indexes of several platforms are not accepted. */
export const ImageManifest = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.enum(MEDIA_TYPES).default(MEDIA_TYPES[1]),
  config: Descriptor,
  layers: z.array(Descriptor).max(MAX_LAYERS),
})
export type ImageManifest = z.infer<typeof ImageManifest>

const bad = (message: string, hint = 'Push the image again.'): AppError =>
  new AppError('UPLOAD_INVALID', message, { hint })

/** The hash of an image's bytes (contract section 12.2). */
export function clientHashOf(config: string, layers: readonly string[]): string {
  return `sha256:${createHash('sha256').update(JSON.stringify({ config, layers })).digest('hex')}`
}

export interface ImageDeskOptions {
  readonly images: Images
  readonly blobs: BlobStore
  readonly registry: ImageRegistry
}

export class ImageDesk {
  /** Keeps the bytes of pushes under way from being removed. */
  readonly guard = new BlobGuard()
  readonly #options: ImageDeskOptions

  constructor(options: ImageDeskOptions) {
    this.#options = options
  }

  get registry(): ImageRegistry {
    return this.#options.registry
  }

  /** The path of a repository in the registry. */
  static path(image: Pick<ImageRecord, 'repository'>): string {
    return `paracosm/${image.repository}`
  }

  /**
   * Takes the bytes of a layer or a configuration.
   * @param size bytes; undefined: unknown
   * @throws AppError UPLOAD_INVALID for other bytes than those of the digest, BODY_TOO_LARGE, RATE_LIMITED; the codes of
   *   the registry
   */
  async putBlob(
    image: ImageRecord,
    { digest, size, content }: { digest: string; size: number; content: AsyncIterable<Uint8Array> },
  ): Promise<void> {
    const { images, registry } = this.#options
    if (!Digest.safeParse(digest).success) throw bad('a digest is sha256: and 64 hex digits')
    if (!(size <= MAX_LAYER_BYTES)) {
      throw new AppError('BODY_TOO_LARGE', `a layer has at most ${MAX_LAYER_BYTES} bytes`)
    }
    const sent = image.playerId === null ? 0 : await images.pushedBytes(image.playerId)
    if (sent + size > MAX_IMAGE_BYTES) {
      throw new AppError('RATE_LIMITED', `a player keeps at most ${MAX_IMAGE_BYTES} bytes of images`, {
        hint: 'Ask the operator of the server for room.',
      })
    }
    await images.touch(image.id)
    await this.guard.push(digest, async () => {
      await registry.putBlob({
        repository: ImageDesk.path(image),
        digest,
        size,
        content: checked(content, digest, size),
      })
      await images.addBlob(image.repository, digest, size)
    })
    await images.touch(image.id)
  }

  /**
   * Takes the manifest of a pending image.
   * @returns its digest
   * @throws AppError UPLOAD_INVALID when it names bytes that were not pushed; FILE_EXISTS for an image that is complete
   */
  async putManifest(image: ImageRecord, bytes: Buffer): Promise<string> {
    const { images, blobs, registry } = this.#options
    const manifest = readManifest(bytes)
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
    if (image.isReady) {
      if (image.digest === digest) return digest
      throw new AppError('FILE_EXISTS', `the image ${image.id} is complete, and never changes`, {
        hint: 'Announce the changed image again: it becomes the next version.',
      })
    }
    await this.#checkParts(image, manifest)
    await images.touch(image.id)
    await this.guard.push(digest, async () => {
      await blobs.put(imageBlob(digest), bytes)
      const upload = { repository: ImageDesk.path(image), tag: image.tag, type: manifest.mediaType, bytes }
      await registry.putManifest(upload)
      await images.tag(image.id, digest)
    })
    return digest
  }

  /**
   * Ends a push; a second call changes nothing.
   * @throws AppError UPLOAD_INVALID when the push is not whole, or its bytes have another hash
   */
  async complete(image: ImageRecord): Promise<ImageRecord> {
    if (image.isReady) return image
    if (image.digest === null) throw bad(`no manifest was pushed for the image ${image.id}`)
    const manifest = await this.manifest(image.digest)
    const total = await this.#checkParts(image, manifest)
    const hash = clientHashOf(
      manifest.config.digest,
      manifest.layers.map(({ digest }) => digest),
    )
    if (hash !== image.clientHash) {
      throw bad(`the pushed image has the hash ${hash}, and was announced with ${image.clientHash}`)
    }
    return this.#options.images.complete(image.id, total)
  }

  /** A pushed manifest. @throws AppError UNKNOWN_BLOB */
  async manifest(digest: string): Promise<ImageManifest> {
    return readManifest(await this.manifestBytes(digest))
  }

  /** @throws AppError UNKNOWN_BLOB */
  async manifestBytes(digest: string): Promise<Buffer> {
    const parts: Buffer[] = []
    for await (const part of readBlob(this.#options.blobs, imageBlob(digest))) parts.push(part)
    return Buffer.concat(parts)
  }

  /** Every part must have been pushed for this image, by its owner: a digest alone opens nothing. @returns all bytes */
  async #checkParts(image: ImageRecord, { config, layers }: ImageManifest): Promise<number> {
    const pushed = await this.#options.images.blobs(image.repository)
    let total = 0
    for (const { digest, size } of [config, ...layers]) {
      const known = pushed.get(digest)
      if (known === undefined) throw bad(`the manifest names ${digest}, which was not pushed`)
      if (known !== size) throw bad(`the manifest gives ${digest} ${size} bytes, and ${known} were pushed`)
      total += size
    }
    if (total <= MAX_IMAGE_SIZE) return total
    throw new AppError('BODY_TOO_LARGE', `an image has at most ${MAX_IMAGE_SIZE} bytes`)
  }
}

function readManifest(bytes: Buffer): ImageManifest {
  return parseWith(ImageManifest, parseJson(bytes.toString('utf8'), 'The manifest of the image'), {
    code: 'UPLOAD_INVALID',
    what: 'The manifest of the image',
  })
}

/** Passes bytes through, and fails at their end if they are not those of the digest. */
async function* checked(
  content: AsyncIterable<Uint8Array>,
  digest: string,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256')
  let count = 0
  try {
    for await (const part of content) {
      count += part.length
      hash.update(part)
      yield part
    }
  } catch (cause) {
    throw new AppError('UPLOAD_INVALID', `the connection broke after ${count} of ${size} bytes`, { cause })
  }
  if (count !== size) throw bad(`${digest} has ${count} bytes, and ${size} were announced`)
  const found = `sha256:${hash.digest('hex')}`
  if (found !== digest) throw bad(`the pushed bytes have the digest ${found}, and not ${digest}`)
}
