// Reads what `docker image save` writes: which bytes are the image's, where they lie in the archive, and the hash that
// identifies them on a server (contract section 12.2).
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { posix } from 'node:path'
import { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import { parseJson } from '../kernel/parse.ts'
import { readTar, type TarEntry } from '../lib/tar.ts'

/** A part of an image, as it lies in the archive. */
export interface ImagePart {
  readonly digest: string
  readonly size: number
  /** Bytes from the start of the archive. */
  readonly offset: number
}

export interface ImageArchive {
  readonly config: ImagePart
  /** In the order of the image; equal layers appear as often as the image has them. */
  readonly layers: readonly ImagePart[]
  readonly clientHash: string
}

const Index = z
  .array(z.looseObject({ Config: z.string(), Layers: z.array(z.string()) }))
  .length(1, 'must list exactly one image')
const INDEX = 'manifest.json'
/** Bytes of the archive's list of images. */
const MAX_INDEX = 16 * 1024 * 1024
/** Links of one part: archives of old engines have one. */
const MAX_LINKS = 10

const bad = (message: string, cause?: unknown): AppError =>
  new AppError('UPLOAD_INVALID', `the saved image ${message}`, {
    hint: 'Save it again with: docker image save IMAGE',
    ...(cause === undefined ? {} : { cause }),
  })

/**
 * Reads an archive of one image.
 * @throws AppError UPLOAD_INVALID when it is damaged, has no or several images, or lacks a part
 */
export async function readImageArchive(archive: AsyncIterable<Uint8Array>): Promise<ImageArchive> {
  const parts = new Map<string, ImagePart>()
  const links = new Map<string, string>()
  let index: Buffer | undefined
  for await (const entry of readTar(archive)) {
    const path = plain(entry.path)
    // Of two entries with one name, the last one counts, as tar unpacks them.
    parts.delete(path)
    links.delete(path)
    if (entry.kind === 'link') {
      // A symbolic link starts at its own folder, a hard link at the top; archives have both.
      links.set(path, entry.target)
    } else if (entry.kind === 'file') {
      if (path === INDEX) index = await readIndex(entry)
      else parts.set(path, await hashed(entry))
    }
  }
  const find = (path: string): ImagePart => findPart(plain(path), parts, links)
  const [{ Config, Layers }] = parseIndex(index)
  const config = find(Config)
  const layers = Layers.map(find)
  const named = { config: config.digest, layers: layers.map(({ digest }) => digest) }
  return { config, layers, clientHash: `sha256:${sha256(JSON.stringify(named))}` }
}

/** The same for a file. @throws AppError UPLOAD_INVALID, FILE_UNREADABLE */
export function readImageFile(path: string): Promise<ImageArchive> {
  return readImageArchive(createReadStream(path, { highWaterMark: 1024 * 1024 }))
}

const plain = (path: string): string => posix.normalize(path).replace(/^\/+|\/+$/g, '')
const sha256 = (bytes: string): string => createHash('sha256').update(bytes).digest('hex')

function findPart(path: string, parts: ReadonlyMap<string, ImagePart>, links: ReadonlyMap<string, string>): ImagePart {
  let at = path
  for (let turns = 0; turns <= MAX_LINKS; turns++) {
    const found = parts.get(at)
    if (found) return found
    const target = links.get(at)
    if (target === undefined) break
    const beside = plain(posix.join(posix.dirname(at), target))
    at = parts.has(beside) || links.has(beside) ? beside : plain(target)
  }
  throw bad(`has no part ${JSON.stringify(path.slice(0, 200))}`)
}

async function hashed({ size, offset, data }: TarEntry): Promise<ImagePart> {
  const hash = createHash('sha256')
  for await (const part of data()) hash.update(part)
  return { digest: `sha256:${hash.digest('hex')}`, size, offset }
}

async function readIndex({ size, data }: TarEntry): Promise<Buffer> {
  if (size > MAX_INDEX) throw bad(`has a ${INDEX} of ${size} bytes`)
  const parts: Buffer[] = []
  for await (const part of data()) parts.push(part)
  return Buffer.concat(parts)
}

function parseIndex(index: Buffer | undefined): [z.infer<typeof Index>[number]] {
  if (!index) throw bad(`has no ${INDEX}`)
  try {
    const [image] = Index.parse(parseJson(index.toString('utf8'), INDEX))
    if (image) return [image]
  } catch (cause) {
    if (cause instanceof AppError) throw bad(`has a ${INDEX} that is not JSON`, cause)
    if (!(cause instanceof z.ZodError)) throw cause
    throw bad(`has a ${INDEX} that does not list one image with "Config" and "Layers"`, cause)
  }
  throw bad(`has a ${INDEX} without an image`)
}
