// Finds what a command line names: a manifest or a replay, by path, file URI, address or id. Fetched files are in a
// temporary folder, which is removed when the caller disposes of it. manifest.ts reads the manifest.
import { execFile } from 'node:child_process'
import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, posix, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createUnzip } from 'node:zlib'
import { AppError } from '../kernel/errors.ts'
import { parseJson } from '../kernel/parse.ts'
import { isMissing } from '../lib/files.ts'
import { JsonObject } from '../protocol/json.ts'

/** The hosted platform that resolves ids by default. */
export const DEFAULT_SERVER = 'https://api.observatory.softmax-research.net'

const FETCH_MS = 60_000
const MAX_MANIFEST_BYTES = 16 * 1024 * 1024

/** A file on this machine, available until it is disposed. */
export interface FoundFile extends AsyncDisposable {
  readonly path: string
}

export interface FindOptions {
  /** Where ids and `/v2/…` paths are looked up. */
  readonly server?: string
  readonly signal?: AbortSignal
}

/**
 * Finds a manifest by local path, `file://` URI, http(s) address, `cow_…` id or `/v2/coworlds/…` path. A fetched
 * document is the manifest itself, or an object whose `manifest` is one.
 * @throws AppError DOWNLOAD_FAILED, FILE_TOO_LARGE, JSON_MALFORMED, MANIFEST_INVALID, USAGE
 */
export async function findManifest(argument: string, options: FindOptions = {}): Promise<FoundFile> {
  const source = toSource(argument, (options.server ?? DEFAULT_SERVER).replace(/\/+$/, ''))
  if (!/^https?:\/\//i.test(source)) return inPlace(source)
  const response = await download(source, 'manual', options.signal)
  const manifest = unwrap(parseJson(await readLimited(response, source), source), source)
  const folder = await temporaryFolder()
  const path = join(folder, 'coworld_manifest.json')
  await writeFile(path, JSON.stringify(manifest, undefined, 2))
  return temporary(folder, path)
}

/**
 * Finds a replay by local path, `file://` URI, http(s) address or `s3://bucket/key`; the last with the `aws` program
 * and its credentials. Files whose names end in `.json.z` or `.json.gz` are unpacked into a temporary `replay.json`.
 * @throws AppError DOWNLOAD_FAILED, FILE_UNREADABLE, USAGE
 */
export async function findReplay(argument: string, options: FindOptions = {}): Promise<FoundFile> {
  const scheme = /^(https?|s3):\/\//i.exec(argument)?.[1]?.toLowerCase()
  if (scheme === undefined) {
    const local = inPlace(argument)
    return isPacked(local.path) ? unpack(local.path, await temporaryFolder()) : local
  }
  const folder = await temporaryFolder()
  try {
    const path = join(folder, lastSegment(argument))
    if (scheme === 's3') await copyFromS3(argument, path, options.signal)
    else await save(await download(argument, 'follow', options.signal), path)
    return isPacked(path) ? await unpack(path, folder) : temporary(folder, path)
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

function toSource(argument: string, server: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(argument)) return argument
  if (argument.startsWith('cow_') && !argument.includes('/')) return `${server}/v2/coworlds/${argument}`
  return argument.startsWith('/v2/coworlds/') ? server + argument : argument
}

function inPlace(source: string): FoundFile {
  const path = /^file:/i.test(source) ? fromFileUri(source) : resolve(source)
  return { path, [Symbol.asyncDispose]: () => Promise.resolve() }
}

function fromFileUri(uri: string): string {
  try {
    return fileURLToPath(uri)
  } catch (cause) {
    throw new AppError('USAGE', `${uri} is not a file on this machine`, {
      cause,
      hint: 'Write file:///absolute/path.',
    })
  }
}

function unwrap(value: unknown, source: string): JsonObject {
  const document = JsonObject.safeParse(value).data
  const wrapped = JsonObject.safeParse(document?.manifest).data
  if (document !== undefined && Object.hasOwn(document, 'game')) return document
  if (wrapped !== undefined && Object.keys(wrapped).length > 0) return wrapped
  const message = `${source}: expected a manifest, or an object whose "manifest" is one`
  throw new AppError('MANIFEST_INVALID', message, { details: { layer: 'file', path: '$', faults: [] } })
}

async function download(url: string, redirect: 'manual' | 'follow', signal?: AbortSignal): Promise<Response> {
  const limit = AbortSignal.timeout(FETCH_MS)
  const response = await fetch(url, { redirect, signal: signal ? AbortSignal.any([signal, limit]) : limit }).catch(
    (error: unknown) => {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
      throw new AppError('DOWNLOAD_FAILED', `${url}: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      })
    },
  )
  if (response.ok) return response
  await response.body?.cancel()
  throw new AppError('DOWNLOAD_FAILED', `${url} answered HTTP ${response.status}`)
}

async function readLimited(response: Response, source: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    size += chunk.length
    if (size > MAX_MANIFEST_BYTES)
      throw new AppError('FILE_TOO_LARGE', `${source} has more than ${MAX_MANIFEST_BYTES} bytes`)
  }
  return Buffer.concat(chunks).toString('utf8')
}

async function save(response: Response, path: string): Promise<void> {
  if (response.body) await pipeline(Readable.from(response.body), createWriteStream(path))
  else await writeFile(path, '')
}

async function copyFromS3(uri: string, path: string, signal?: AbortSignal): Promise<void> {
  try {
    await promisify(execFile)('aws', ['s3', 'cp', '--only-show-errors', uri, path], { signal, timeout: FETCH_MS })
  } catch (cause) {
    const reason = isMissing(cause)
      ? 'the aws program is not installed'
      : cause instanceof Error
        ? cause.message
        : String(cause)
    throw new AppError('DOWNLOAD_FAILED', `${uri}: ${reason}`, {
      cause,
      hint: 'Install the AWS command line and log in, or fetch the replay by hand and give its path.',
    })
  }
}

/** The file name in an address; `replay.json` when it has none. */
function lastSegment(url: string): string {
  const name = posix.basename(new URL(url).pathname)
  return name === '' || name === '..' ? 'replay.json' : name
}

function isPacked(path: string): boolean {
  return path.endsWith('.json.z') || path.endsWith('.json.gz')
}

async function unpack(path: string, folder: string): Promise<FoundFile> {
  const unpacked = join(folder, 'replay.json')
  try {
    await pipeline(createReadStream(path), createUnzip(), createWriteStream(unpacked))
  } catch (cause) {
    await rm(folder, { recursive: true, force: true })
    const message = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('FILE_UNREADABLE', `cannot unpack ${path}: ${message}`, { cause })
  }
  return temporary(folder, unpacked)
}

/** Readable by others, because a container without capabilities runs as another user. */
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'paracosm-'))
  await chmod(folder, 0o755)
  return folder
}

function temporary(folder: string, path: string): FoundFile {
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}
