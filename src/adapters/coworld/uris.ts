// The URIs that a runner hands to a game: where its configuration is read and its results and replay are delivered.
import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '../../kernel/errors.ts'

const READ_TIMEOUT_MS = 30_000
const DELIVER_TIMEOUT_MS = 60_000
/** A configuration or replay that is fetched may have at most this many bytes. */
const MAX_BYTES = 256 * 1024 * 1024
/** Some hosts refuse the default names of HTTP libraries. */
const USER_AGENT = 'paracosm-game/1'

function pathOf(uri: string): string | undefined {
  if (uri.startsWith('file://')) return fileURLToPath(uri)
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(uri)) return undefined
  return uri
}

const isHttp = (uri: string): boolean => /^https?:\/\//i.test(uri)

/** @throws AppError USAGE for a scheme that is neither file, http nor https */
export function checkUri(uri: string, variable: string): void {
  if (isHttp(uri) || pathOf(uri) !== undefined) return
  throw new AppError('USAGE', `${variable}: the scheme of ${uri} is not supported`, {
    hint: 'Give a file://, http:// or https:// URI, or a path.',
  })
}

/** @throws AppError FILE_UNREADABLE or FILE_TOO_LARGE */
export async function readUri(uri: string): Promise<Buffer> {
  const path = pathOf(uri)
  try {
    if (path !== undefined) return await readFile(path)
    const response = await fetch(uri, {
      headers: { 'user-agent': USER_AGENT },
      signal: AbortSignal.timeout(READ_TIMEOUT_MS),
    })
    if (!response.ok) throw new Error(`the answer was ${response.status}`)
    const bytes = Buffer.from(await response.arrayBuffer())
    if (bytes.length > MAX_BYTES) throw new AppError('FILE_TOO_LARGE', `${uri} has more than ${MAX_BYTES} bytes`)
    return bytes
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('FILE_UNREADABLE', `cannot read ${uri}: ${String(cause)}`, { cause })
  }
}

/**
 * Delivers a document: to a file whole or not at all (temporary name, sync, rename), or by POST.
 * @throws AppError FILE_UNWRITABLE
 */
export async function deliverUri(uri: string, parts: AsyncIterable<string>): Promise<void> {
  const path = pathOf(uri)
  try {
    if (path !== undefined) await writeWhole(path, parts)
    else await post(uri, parts)
  } catch (cause) {
    throw new AppError('FILE_UNWRITABLE', `cannot deliver to ${uri}: ${String(cause)}`, { cause })
  }
}

async function writeWhole(path: string, parts: AsyncIterable<string>): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`
  try {
    await using file = await open(temporary, 'wx')
    for await (const part of parts) await file.appendFile(part)
    await file.sync()
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

async function post(uri: string, parts: AsyncIterable<string>): Promise<void> {
  const text: string[] = []
  for await (const part of parts) text.push(part)
  const response = await fetch(uri, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': USER_AGENT },
    body: text.join(''),
    signal: AbortSignal.timeout(DELIVER_TIMEOUT_MS),
  })
  if (!response.ok) throw new Error(`the answer was ${response.status}`)
}
