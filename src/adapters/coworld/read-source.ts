// Reads an allowed recording with a limit that is checked while bytes arrive. Failures report that it cannot be read,
// never its content.
import { lookup } from 'node:dns'
import { open } from 'node:fs/promises'
import { get as getHttp, type IncomingMessage, type RequestOptions } from 'node:http'
import { get as getHttps } from 'node:https'
import { isIP } from 'node:net'
import { AppError } from '../../kernel/errors.ts'
import { isPublicAddress, type ReplaySource } from './uri-policy.ts'

export interface ReadLimits {
  readonly bytes: number
  /** Milliseconds for the whole transfer. */
  readonly timeoutMs: number
}

export const READ_LIMITS: ReadLimits = { bytes: 256 * 1024 * 1024, timeoutMs: 30_000 }

/** Redirects that are followed. They must stay on the host. */
const MAX_REDIRECTS = 3

/** @throws AppError FILE_UNREADABLE, FILE_TOO_LARGE, SOURCE_REFUSED */
export async function readSource(source: ReplaySource, limits: ReadLimits = READ_LIMITS): Promise<Buffer> {
  try {
    return source.kind === 'file' ? await readWhole(source.path, limits) : await fetchWhole(source, limits)
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('FILE_UNREADABLE', `The file cannot be read${codeOf(cause)}.`, { cause })
  }
}

/** The system's code for a failure, such as ENOENT: it reveals no path and no content. */
const codeOf = (cause: unknown): string => (cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '')

const tooLarge = (bytes: number): AppError => new AppError('FILE_TOO_LARGE', `The file has more than ${bytes} bytes.`)

async function readWhole(path: string, { bytes }: ReadLimits): Promise<Buffer> {
  await using file = await open(path)
  const stat = await file.stat()
  // Devices, pipes, and files of /proc have no size to check, and may never end.
  if (!stat.isFile()) throw new AppError('FILE_UNREADABLE', 'The file is not a regular file.')
  if (stat.size > bytes) throw tooLarge(bytes)
  return await readLimited(file.createReadStream({ autoClose: false }), bytes)
}

/**
 * Joins parts of bytes while their sum is within the limit.
 * @throws AppError FILE_TOO_LARGE as soon as it is not
 */
export async function readLimited(parts: AsyncIterable<unknown> | Iterable<unknown>, most: number): Promise<Buffer> {
  const read: Buffer[] = []
  let size = 0
  for await (const part of parts) {
    if (!(part instanceof Uint8Array)) continue
    size += part.length
    if (size > most) throw tooLarge(most)
    read.push(Buffer.from(part.buffer, part.byteOffset, part.length))
  }
  return Buffer.concat(read)
}

type HttpSource = Extract<ReplaySource, { kind: 'http' }>

async function fetchWhole(source: HttpSource, limits: ReadLimits): Promise<Buffer> {
  const signal = AbortSignal.timeout(limits.timeoutMs)
  let url = source.url
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const response = await request(url, source.isPublicOnly, signal)
    const { statusCode = 0, headers } = response
    if (statusCode >= 200 && statusCode < 300) return readLimited(response, limits.bytes)
    response.destroy()
    if (statusCode < 300 || statusCode >= 400 || headers.location === undefined) break
    const next = URL.canParse(headers.location, url.href) ? new URL(headers.location, url) : undefined
    if (!next || next.host !== url.host || next.protocol !== url.protocol) {
      throw new AppError('SOURCE_REFUSED', 'The recording redirects to another host.')
    }
    url = next
  }
  throw new AppError('FILE_UNREADABLE', 'The recording cannot be fetched from its address.')
}

function request(url: URL, isPublicOnly: boolean, signal: AbortSignal): Promise<IncomingMessage> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isPublicOnly && isIP(host) !== 0 && !isPublicAddress(host)) throw privateAddress()
  const options: RequestOptions = {
    // Some hosts refuse the default names of HTTP libraries.
    headers: { 'user-agent': 'paracosm-game/1' },
    signal,
    // Connects to the address that was checked, whatever a second look-up would return.
    ...(isPublicOnly ? { lookup: lookupPublic } : {}),
  }
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const get = url.protocol === 'https:' ? getHttps : getHttp
  get(url, options, resolve).on('error', reject)
  return promise
}

const privateAddress = (): AppError => new AppError('SOURCE_REFUSED', 'The recording is not at a public address.')

const lookupPublic: NonNullable<RequestOptions['lookup']> = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, '', 0)
    const bad = addresses.length === 0 || addresses.some(({ address }) => !isPublicAddress(address))
    if (bad) return done(Object.assign(privateAddress(), { errno: 0 }), '', 0)
    const [first] = addresses
    if (options.all === true) done(null, addresses)
    else done(null, first?.address ?? '', first?.family ?? 4)
  })
}
