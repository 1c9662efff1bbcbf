// Where the bytes of uploaded images go: into the blobs of this server, or on to a registry of the operator. Both get
// every byte through this server, which checks who sends it, how much, and its digest.
import { type BlobStore, readBlob } from '../../host/blobs.ts'
import { AppError } from '../../kernel/errors.ts'
import { webStream } from '../../lib/web-stream.ts'

/** Bytes on their way to a registry. `content` fails when their digest is not `digest`. */
export interface BlobUpload {
  readonly repository: string
  readonly digest: string
  readonly size: number
  readonly content: AsyncIterable<Uint8Array>
}

export interface ManifestUpload {
  readonly repository: string
  readonly tag: string
  readonly type: string
  readonly bytes: Buffer
}

/** A place for images. */
export interface ImageRegistry {
  /** Host and path that engines pull from, such as `ghcr.io/me`; undefined: this server. */
  readonly place: string | undefined
  /** Stores a blob whole, or not at all. An error of the content passes unchanged. */
  putBlob(upload: BlobUpload): Promise<void>
  putManifest(upload: ManifestUpload): Promise<void>
  /** The bytes of a blob; undefined: it is read from the registry itself. */
  readBlob(digest: string): AsyncGenerator<Buffer> | undefined
}

/** What the names of the blobs of images begin with. */
export const IMAGE_BLOBS = 'images/'
/** The name of a blob with the bytes of a digest, and back. */
export const imageBlob = (digest: string): string => `${IMAGE_BLOBS}${digest.replace(':', '-')}`
export const imageDigest = (blob: string): string => blob.slice(IMAGE_BLOBS.length).replace('-', ':')

/** Keeps images in the blobs of this server. Equal bytes are stored once. */
export function createOwnRegistry(blobs: BlobStore): ImageRegistry {
  return {
    place: undefined,
    async putBlob({ digest, content }) {
      if (!(await blobs.exists(imageBlob(digest)))) return blobs.put(imageBlob(digest), content)
      // Read to its end even so: only who sends all the bytes may refer to them.
      for await (const _ of content);
    },
    async putManifest() {
      // Manifests are kept by the caller, for every registry.
    },
    readBlob: (digest) => readBlob(blobs, imageBlob(digest)),
  }
}

/** Milliseconds for one request to the registry: the limit of the client that waits for it. */
const REQUEST_MS = 600_000

/**
 * Passes images on to a registry of the OCI distribution API.
 * @param address such as `https://user:password@registry.example/path`; the path comes before the names of images
 * @throws AppError USAGE
 */
export function createRemoteRegistry(address: string): ImageRegistry {
  const url = URL.parse(address)
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new AppError(
      'USAGE',
      `${JSON.stringify(address.replace(/\/\/.*@/, '//'))} is not the address of a registry`,
      {
        hint: 'Write https://registry.example, or https://user:password@registry.example/path.',
      },
    )
  }
  const path = url.pathname.replace(/^\/+|\/+$/g, '')
  const place = path === '' ? url.host : `${url.host}/${path}`
  const login = Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString(
    'base64',
  )
  const headers = url.username === '' ? {} : { authorization: `Basic ${login}` }
  const base = (repository: string): string => `${url.origin}/v2/${path === '' ? '' : `${path}/`}${repository}`
  const send = async (to: string | URL, init: RequestInit & { duplex?: 'half' }): Promise<Response> => {
    const answer = await fetch(to, {
      ...init,
      headers: { ...headers, ...init.headers },
      redirect: 'error',
      signal: AbortSignal.timeout(REQUEST_MS),
    }).catch((cause: unknown) => {
      if (cause instanceof Error && cause.cause instanceof AppError) throw cause.cause
      throw new AppError('SERVER_UNREACHABLE', `the image registry ${place} cannot be reached`, { cause })
    })
    if (answer.ok) return answer
    const text = (await answer.text()).slice(0, 300)
    throw new AppError('SERVER_REFUSED', `the image registry ${place} answered ${answer.status}: ${text}`, {
      hint: 'Check the address and the password of --image-registry.',
    })
  }
  return {
    place,
    async putBlob({ repository, digest, size, content }) {
      const started = await send(`${base(repository)}/blobs/uploads/`, { method: 'POST' })
      await started.body?.cancel()
      const target = new URL(started.headers.get('location') ?? '', `${url.origin}/`)
      target.searchParams.set('digest', digest)
      const type = { 'content-type': 'application/octet-stream', 'content-length': String(size) }
      await send(target, { method: 'PUT', headers: type, body: webStream(content), duplex: 'half' })
    },
    async putManifest({ repository, tag, type, bytes }) {
      const body = new Uint8Array(bytes)
      await send(`${base(repository)}/manifests/${tag}`, { method: 'PUT', headers: { 'content-type': type }, body })
    },
    readBlob: () => undefined,
  }
}
