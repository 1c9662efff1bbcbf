// Gives uploaded images to the container engine of this machine: loaded from the blobs of this server, or pulled from the
// operator's registry by digest. Each is loaded once; the engine keeps it.
import { spawn } from 'node:child_process'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BlobStore } from '../../host/blobs.ts'
import { AppError } from '../../kernel/errors.ts'
import { Mutex } from '../../lib/mutex.ts'
import { type StreamedEntry, tarStream } from '../../lib/tar-write.ts'
import { askEngine, type Engine, pullArguments } from '../../runner/container-engine.ts'
import type { ImageRecord, Images } from '../../store/leagues/images.ts'
import { ImageDesk } from './image-desk.ts'
import { type ImageRegistry, imageBlob } from './image-registry.ts'

/** Milliseconds for a question to the engine, and for a load or a pull. */
const ASK_MS = 60_000
const LOAD_MS = 600_000
/** Characters of the engine's own words in an error. */
const QUOTED = 500

export interface LocalImagesOptions {
  readonly images: Images
  readonly desk: ImageDesk
  readonly blobs: BlobStore
  readonly engine: Engine
}

/** Prefix of ids of uploaded images, where a reference of an engine may stand as well. */
export const IMAGE_ID = 'img_'

export class LocalImages {
  readonly #options: LocalImagesOptions
  /** One at a time: two loads of one image would write its layers twice. */
  readonly #loading = new Mutex()

  constructor(options: LocalImagesOptions) {
    this.#options = options
  }

  /**
   * The reference by which the engine starts an uploaded image.
   * @param id with its prefix
   * @throws AppError UNKNOWN_UPLOAD, IMAGE_MISSING when the engine cannot load it
   */
  async ensure(id: string): Promise<string> {
    const { images, desk, engine } = this.#options
    const image = await images.get(id.slice(IMAGE_ID.length))
    if (!image.isReady || image.digest === null) {
      throw new AppError('IMAGE_MISSING', `the image ${id} is not completely pushed`)
    }
    const { digest } = image
    const { place } = desk.registry
    const reference = place === undefined ? ownReference(image) : `${place}/${ImageDesk.path(image)}@${digest}`
    return this.#loading.run(async () => {
      const known = await askEngine(engine, ['image', 'inspect', reference], ASK_MS)
      if (known.ok) return reference
      if (place === undefined) await this.#load(image, digest)
      else await this.#pull(reference)
      return reference
    })
  }

  /** Removes an image from the engine, where it is; it may be used there still, which engines refuse. */
  async forget(image: ImageRecord): Promise<void> {
    await askEngine(this.#options.engine, ['image', 'rm', ownReference(image)], ASK_MS)
  }

  async #pull(reference: string): Promise<void> {
    const answer = await askEngine(this.#options.engine, pullArguments(this.#options.engine, reference), LOAD_MS)
    if (!answer.ok) throw missing(reference, answer.stderr)
  }

  /** In the format of `docker image save`, which both engines load, whatever the compression of the layers. */
  async #load(image: ImageRecord, digest: string): Promise<void> {
    const { desk, blobs, engine } = this.#options
    const { config, layers } = await desk.manifest(digest)
    const name = (each: string): string => each.replace(':', '-')
    const index = JSON.stringify([
      {
        Config: `${name(config.digest)}.json`,
        RepoTags: [ownReference(image)],
        Layers: layers.map((layer) => `${name(layer.digest)}.tar`),
      },
    ])
    const entries: StreamedEntry[] = [
      textEntry('manifest.json', index),
      await blobEntry(desk.registry, blobs, { digest: config.digest, name: `${name(config.digest)}.json` }),
    ]
    for (const layer of new Set(layers.map((each) => each.digest))) {
      entries.push(await blobEntry(desk.registry, blobs, { digest: layer, name: `${name(layer)}.tar` }))
    }
    await loadInto(engine, tarStream(entries), ownReference(image))
  }
}

const ownReference = ({ repository, tag }: ImageRecord): string => `localhost/paracosm/${repository}:${tag}`

const missing = (reference: string, said: string, cause?: unknown): AppError =>
  new AppError('IMAGE_MISSING', `the container engine cannot load ${reference}: ${said.trim().slice(-QUOTED)}`, {
    hint: 'Save it with `docker image save`, load it by hand, and upload an image that loads.',
    ...(cause === undefined ? {} : { cause }),
  })

function textEntry(name: string, text: string): StreamedEntry {
  const bytes = Buffer.from(text)
  return { name, size: bytes.length, content: () => Readable.from([bytes]) }
}

async function blobEntry(
  registry: ImageRegistry,
  blobs: BlobStore,
  { digest, name }: { readonly digest: string; readonly name: string },
): Promise<StreamedEntry> {
  const size = await blobs.size(imageBlob(digest))
  const bytes = registry.readBlob(digest)
  if (size === undefined || bytes === undefined) throw missing(digest, 'its bytes are not on this server')
  return { name, size, content: () => bytes }
}

async function loadInto(
  { argv: [program, ...first], environment }: Engine,
  archive: AsyncIterable<Uint8Array>,
  reference: string,
): Promise<void> {
  const child = spawn(program, [...first, 'load'], {
    env: { ...environment },
    stdio: ['pipe', 'ignore', 'pipe'],
    timeout: LOAD_MS,
  })
  let said = ''
  child.stderr.on('data', (part: Buffer) => {
    said = (said + part.toString('utf8')).slice(-4000)
  })
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      said += error.message
      resolve(null)
    })
    child.once('close', resolve)
  })
  // An engine that ends early closes its input; its own words say why.
  const [status, sent] = await Promise.all([
    ended,
    pipeline(Readable.from(archive), child.stdin).then(
      () => undefined,
      (error: unknown) => error,
    ),
  ])
  if (status === 0 && sent === undefined) return
  if (status === 0 && sent instanceof Error) throw sent
  throw missing(reference, said, sent)
}
