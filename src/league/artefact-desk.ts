// Takes the zips that the players of one match upload (contract section 14). Each slot has an address of its own on this
// machine's loopback interface, with a secret in its path; the address is gone after the match.
import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdtemp, open, rename, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { at } from '../kernel/at.ts'
import { AppError } from '../kernel/errors.ts'
import { PRIVATE_FILE } from '../lib/private.ts'

/** Maximum bytes of a slot's zip: the limit of package hosts. */
export const MAX_ARTEFACT_BYTES = 200 * 1024 * 1024
/** Milliseconds for one upload; connections at once; uploads of one slot, the last of which counts. */
const UPLOAD_MS = 120_000
const MAX_CONNECTIONS = 64
const MAX_UPLOADS = 20
/** How zips begin: with an entry, or with the end of an empty archive. */
const ZIP_MARKS: readonly number[] = [0x0403_4b50, 0x0605_4b50]

/** The name of the variable that says where a player puts its zip. */
export const UPLOAD_VARIABLE = 'COWORLD_PLAYER_ARTIFACT_UPLOAD_URL'

export class ArtefactDesk implements AsyncDisposable {
  readonly #server: Server
  readonly #folder: string
  readonly #slots: readonly { readonly secret: string; uploads: number }[]
  /** Complete zips by slot. */
  readonly #files = new Map<number, string>()
  #port = 0

  private constructor(folder: string, slots: number) {
    this.#folder = folder
    this.#slots = Array.from({ length: slots }, () => ({ secret: randomBytes(16).toString('base64url'), uploads: 0 }))
    this.#server = createServer({ requestTimeout: UPLOAD_MS }, (request, response) => {
      this.#receive(request)
        .then((status) => answer(response, status))
        .catch(() => answer(response, 500))
    })
    this.#server.maxConnections = MAX_CONNECTIONS
  }

  static async open(slots: number): Promise<ArtefactDesk> {
    const desk = new ArtefactDesk(await mkdtemp(join(tmpdir(), 'paracosm-artefacts-')), slots)
    await new Promise<void>((resolve, reject) => {
      desk.#server.once('error', reject)
      desk.#server.listen(0, '127.0.0.1', resolve)
    })
    const address = desk.#server.address()
    if (address === null || typeof address === 'string') {
      throw new AppError('PORT_IN_USE', 'no port is free for the artefacts of players')
    }
    desk.#port = address.port
    return desk
  }

  /** Variables of a slot's program. */
  variables(slot: number): Readonly<Record<string, string>> {
    const path = `${at(this.#slots, slot).secret}/policy_artifact_${slot}.zip`
    return { [UPLOAD_VARIABLE]: `http://127.0.0.1:${this.#port}/${path}` }
  }

  /** The zips that have arrived, by slot. */
  get files(): ReadonlyMap<number, string> {
    return this.#files
  }

  /** @returns the status of the response */
  async #receive(request: IncomingMessage): Promise<number> {
    const [, secret] = /^\/([\w-]{1,64})\//.exec(request.url ?? '') ?? []
    const slot = this.#slots.findIndex((each) => each.secret === secret)
    const place = this.#slots[slot]
    if (place === undefined) return refuse(request, 404)
    if (request.method !== 'PUT' && request.method !== 'POST') return refuse(request, 405)
    const { 'content-length': length = '0' } = request.headers
    if (Number(length) > MAX_ARTEFACT_BYTES) return refuse(request, 413)
    place.uploads++
    if (place.uploads > MAX_UPLOADS) return refuse(request, 429)
    const part = join(this.#folder, `${slot}-${place.uploads}.part`)
    const whole = join(this.#folder, `${slot}.zip`)
    try {
      await pipeline(request, limited, createWriteStream(part, { mode: PRIVATE_FILE }))
      if (!(await beginsLikeZip(part))) return 422
      await rename(part, whole)
      this.#files.set(slot, whole)
      return 200
    } catch (error) {
      if (error instanceof AppError) return error.status
      throw error
    } finally {
      await rm(part, { force: true })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
    await rm(this.#folder, { recursive: true, force: true })
  }
}

function answer(response: ServerResponse, status: number): void {
  if (response.destroyed || response.headersSent) return
  response.writeHead(status, { 'content-length': 0, connection: 'close' }).end()
}

/** Reads nothing more of a refused request. */
function refuse(request: IncomingMessage, status: number): number {
  request.resume()
  return status
}

async function* limited(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0
  for await (const bytes of source) {
    size += bytes.length
    if (size > MAX_ARTEFACT_BYTES) throw new AppError('BODY_TOO_LARGE', `a zip has at most ${MAX_ARTEFACT_BYTES} bytes`)
    yield bytes
  }
}

async function beginsLikeZip(path: string): Promise<boolean> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
  return bytesRead === 4 && ZIP_MARKS.includes(buffer.readUInt32LE(0))
}
