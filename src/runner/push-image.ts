// Pushes a saved image to a registry, as clients of coworld 0.1.0 do (contract section 12.2): each layer in order, then the
// configuration, then the manifest. Layers are read from the archive while they are sent.
import { createReadStream } from 'node:fs'
import { AppError } from '../kernel/errors.ts'
import { webStream } from '../lib/web-stream.ts'
import type { PushInfo } from '../protocol/hosted-images.ts'
import type { ImageArchive, ImagePart } from './image-archive.ts'

/** Milliseconds for one request. */
const REQUEST_MS = 600_000
/** Bytes that are read at once. */
const CHUNK = 1024 * 1024
const TYPE = 'application/vnd.docker'
const MANIFEST = `${TYPE}.distribution.manifest.v2+json`

export interface PushOptions {
  /** The file that `docker image save` wrote. */
  readonly path: string
  readonly archive: ImageArchive
  readonly info: PushInfo
  readonly password: string
  readonly signal: AbortSignal
  /** Called as bytes are sent, with those of the whole image. */
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void
}

/** @throws AppError SERVER_REFUSED, SERVER_UNREACHABLE, INTERRUPTED */
export async function pushImage(options: PushOptions): Promise<void> {
  const { archive, info, onProgress } = options
  const { registry, repository, tag, endpoint_url: endpoint } = info
  const scheme = endpoint?.startsWith('http://') ? 'http' : 'https'
  const base = `${scheme}://${registry}/v2/${repository}`
  const parts = [...archive.layers, archive.config]
  const total = parts.reduce((sum, { size }) => sum + size, 0)
  let sent = 0
  for (const part of parts) {
    const started = await send(options, `${base}/blobs/uploads/`, { method: 'POST' })
    const location = started.headers.get('location')
    if (location === null) throw new AppError('SERVER_REFUSED', `${registry} gave no address for ${part.digest}`)
    await send(options, withDigest(location, part.digest, `${scheme}://${registry}`), {
      method: 'PUT',
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(part.size) },
      ...bodyOf(options.path, part, (bytes) => {
        sent += bytes
        onProgress?.(sent, total)
      }),
    })
  }
  const headers = { 'content-type': MANIFEST }
  await send(options, `${base}/manifests/${tag}`, { method: 'PUT', headers, body: manifestOf(archive) })
}

function manifestOf({ config, layers }: ImageArchive): string {
  const part = ({ digest, size }: ImagePart, mediaType: string) => ({ mediaType, size, digest })
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: part(config, `${TYPE}.container.image.v1+json`),
    layers: layers.map((layer) => part(layer, `${TYPE}.image.rootfs.diff.tar.gzip`)),
  })
}

/** Relative addresses start at the registry; the digest joins what the query has already. */
function withDigest(location: string, digest: string, origin: string): string {
  const address = new URL(location, `${origin}/`).href
  return `${address}${address.includes('?') ? '&' : '?'}digest=${digest}`
}

function bodyOf(path: string, { offset, size }: ImagePart, onBytes: (bytes: number) => void): RequestInit & Half {
  if (size === 0) return { body: new Uint8Array() }
  async function* read(): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(path, { start: offset, end: offset + size - 1, highWaterMark: CHUNK })) {
      const bytes = new Uint8Array(chunk)
      yield bytes
      onBytes(bytes.length)
    }
  }
  return { body: webStream(read()), duplex: 'half' }
}

/** Bodies that are sent while they are read. */
interface Half {
  duplex?: 'half'
}

async function send({ info, password, signal }: PushOptions, url: string, init: RequestInit & Half): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}`
  const limit = AbortSignal.timeout(REQUEST_MS)
  const answer = await fetch(url, {
    ...init,
    headers: { authorization, ...init.headers },
    redirect: 'error',
    signal: AbortSignal.any([signal, limit]),
  }).catch((cause: unknown) => {
    if (signal.aborted) throw new AppError('INTERRUPTED', 'the push was interrupted', { hint: 'Upload again.' })
    const late = limit.aborted ? ` within ${REQUEST_MS / 1000} s` : ''
    throw new AppError('SERVER_UNREACHABLE', `the registry ${info.registry} did not take the image${late}`, {
      cause,
      hint: 'Upload again: what is complete is not sent twice.',
    })
  })
  const text = await answer.text()
  if (answer.ok) return answer
  const path = new URL(url).pathname
  throw new AppError('SERVER_REFUSED', `the registry answered ${answer.status} to ${path}: ${text.slice(0, 300)}`)
}
