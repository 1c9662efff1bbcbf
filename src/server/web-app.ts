// The built browser application: its files, read once with their compressed forms, and its page addresses.
// scripts/build-web.ts makes the folder; a server without it still has its API.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { z } from 'zod'

/** Written by the build, for the server. */
const BuildInfo = z.strictObject({
  /** Hash of the sources. */
  version: z.string(),
  /** Patterns of the application's addresses: `/worlds/$world`. */
  paths: z.array(z.string()),
  /** Every file below the folder, with forward slashes. */
  files: z.array(z.string()),
})

const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

const ETAG_LENGTH = 22

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json; charset=utf-8',
  woff2: 'font/woff2',
  png: 'image/png',
  wasm: 'application/wasm',
}

export interface WebFile {
  readonly type: string
  /** Hashed names never change their content. */
  readonly isImmutable: boolean
  readonly etag: string
  readonly bytes: Buffer
  /** By the name in `Content-Encoding`, best first. */
  readonly encoded: readonly (readonly [string, Buffer])[]
}

export class WebApp {
  /** Hash of the sources. */
  readonly version: string
  readonly #files: ReadonlyMap<string, WebFile>

  /** Patterns of the application's pages: `/worlds/$world`. */
  readonly paths: readonly string[]

  constructor(version: string, paths: readonly string[], files: ReadonlyMap<string, WebFile>) {
    this.version = version
    this.paths = paths
    this.#files = files
  }

  /** A file by its address: `/_app/main-x.js`. */
  file(path: string): WebFile | undefined {
    return this.#files.get(path)
  }

  /** Addresses of all files. */
  get addresses(): readonly string[] {
    return [...this.#files.keys()]
  }
}

/** Location of the build: beside the server in the package, in `web` in a checkout. */
export function webFolder(): URL {
  const isPackage = !existsSync(new URL('../../src', import.meta.url))
  return new URL(isPackage ? '../web/' : '../../web/dist/', import.meta.url)
}

/**
 * Reads the built application. Undefined: there is none.
 * @param folder with a slash at its end
 */
export function readWebApp(folder: URL = webFolder()): WebApp | undefined {
  const info = new URL('build.json', folder)
  if (!existsSync(info)) return undefined
  const { version, paths, files } = BuildInfo.parse(JSON.parse(readFileSync(info, 'utf8')))
  return new WebApp(version, paths, new Map(files.map((name) => [`/${name}`, readWebFile(folder, name)])))
}

function readWebFile(folder: URL, name: string): WebFile {
  const read = (suffix: string): Buffer => readFileSync(new URL(`${name}${suffix}`, folder))
  const has = (suffix: string): boolean => existsSync(new URL(`${name}${suffix}`, folder))
  const bytes = read('')
  return {
    type: TYPES[name.replace(/^.*\./, '')] ?? 'application/octet-stream',
    isImmutable: name.startsWith('_app/'),
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, ETAG_LENGTH)}"`,
    bytes,
    encoded: ENCODINGS.filter(([, suffix]) => has(suffix)).map(([encoding, suffix]) => [encoding, read(suffix)]),
  }
}
