// The URIs that a runner hands to a game: where it reads its configuration and delivers its results and replay.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '../../kernel/errors.ts'
import { writeFileWhole } from '../../lib/files.ts'
import { makeFolder } from '../../lib/folders.ts'
import { READ_LIMITS, readLimited, readSource } from './read-source.ts'

const DELIVER_TIMEOUT_MS = 60_000
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

/**
 * Reads a URI from the operator or a runner. Untrusted URIs go through `resolveSource`.
 * @throws AppError FILE_UNREADABLE or FILE_TOO_LARGE
 */
export async function readUri(uri: string): Promise<Buffer> {
  try {
    const path = pathOf(uri)
    if (path !== undefined) return await readSource({ kind: 'file', path })
    const response = await fetch(uri, {
      headers: { 'user-agent': USER_AGENT },
      signal: AbortSignal.timeout(READ_LIMITS.timeoutMs),
    })
    if (!response.ok) throw new Error(`the server answered ${response.status}`)
    return await readLimited(response.body ?? [], READ_LIMITS.bytes)
  } catch (cause) {
    const code = cause instanceof AppError ? cause.code : 'FILE_UNREADABLE'
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError(code, `cannot read ${uri}: ${reason}`, { cause })
  }
}

/**
 * Delivers a document: to a file, atomically (temporary name, sync, rename), or by POST.
 * @throws AppError FILE_UNWRITABLE
 */
export async function deliverUri(uri: string, parts: AsyncIterable<string>): Promise<void> {
  const path = pathOf(uri)
  try {
    if (path !== undefined) await writeWhole(path, parts)
    else await post(uri, parts)
  } catch (cause) {
    throw new AppError(
      'FILE_UNWRITABLE',
      `cannot deliver to ${uri}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
}

async function writeWhole(path: string, parts: AsyncIterable<string>): Promise<void> {
  await makeFolder(dirname(path))
  await writeFileWhole(path, parts)
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
  if (!response.ok) throw new Error(`the server answered ${response.status}`)
}
