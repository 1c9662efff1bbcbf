// The first minutes of a server that was deployed from elsewhere: it takes its seed, and makes its one administrator.
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { at } from '../../kernel/at.ts'
import { AppError } from '../../kernel/errors.ts'
import { archiveKind, extractArchive } from '../../lib/extract.ts'
import { makeFolder } from '../../lib/folders.ts'
import { Mutex } from '../../lib/mutex.ts'
import { PRIVATE_FILE, PRIVATE_FOLDER } from '../../lib/private.ts'
import type { Bootstrapped } from '../../protocol/remote.ts'
import { importFolder } from '../../store/dumps/import.ts'
import { checkAccessKey } from '../../store/people/access-key.ts'
import type { Players } from '../../store/people/players.ts'
import { claimRemoteAdmin, createRemoteAdmin, remoteAdminOf } from '../../store/people/remote-admin.ts'
import type { Vault } from '../../store/people/vault.ts'
import type { Store } from '../../store/store.ts'
import { isSameSecret } from '../../transport/credentials.ts'
import { ApiRefusal } from '../../transport/errors.ts'

/** Bytes of a seed as it is sent; a study's characters and players have a few megabytes. */
export const MAX_SEED_BYTES = 512 * 1024 * 1024
const EXTRACTED = { bytes: 4 * 1024 * 1024 * 1024, files: 1000 }
const BAD_SEED: readonly string[] = ['VALIDATION_ERROR', 'JSON_MALFORMED', 'UPLOAD_INVALID', 'FILE_TOO_LARGE']
const LISTS = ['.json', '.ndjson']
const EXISTS = 'A remote admin exists already'

export interface RemoteParts {
  readonly store: Store
  readonly vault: Vault
  readonly players: Players
  /** For what is received. */
  readonly dataDir: string
  /** Undefined: the server is not managed from elsewhere. */
  readonly managed: { readonly bootstrapToken: string | undefined } | undefined
  readonly experimentName: string | null
}

type MadeAdmin = Awaited<ReturnType<typeof createRemoteAdmin>>

export interface BootstrapRequest {
  readonly token: string | undefined
  readonly adminKey: string | undefined
  readonly fileName: string | undefined
  readonly body: Readable
}

/** The player that administers this server from elsewhere; undefined: none yet. */
export async function remoteAdmin({ store }: RemoteParts): Promise<string | undefined> {
  return remoteAdminOf(store)
}

export class Bootstrap {
  readonly #parts: RemoteParts
  /** One at a time on this server; of two servers on one store the second waits for the first's transaction. */
  readonly #turn = new Mutex()

  constructor(parts: RemoteParts) {
    this.#parts = parts
  }

  /** @throws ApiRefusal 400, 401, 409; AppError FILE_TOO_LARGE. Nothing has been seeded then */
  async run(request: BootstrapRequest): Promise<Bootstrapped> {
    const adminKey = this.#check(request)
    return this.#turn.run(() => this.#seed(request, adminKey))
  }

  #check({ token, adminKey }: BootstrapRequest): string | undefined {
    const { managed } = this.#parts
    if (!managed) throw new ApiRefusal(409, 'This server is not remote-managed')
    if (managed.bootstrapToken === undefined) throw new ApiRefusal(409, 'No bootstrap token is configured')
    if (token === undefined || !isSameSecret(token, managed.bootstrapToken))
      throw new ApiRefusal(401, 'Invalid bootstrap token')
    if (adminKey === undefined) return undefined
    try {
      return checkAccessKey(adminKey)
    } catch (error) {
      throw new ApiRefusal(400, error instanceof AppError ? error.message : 'Invalid admin key')
    }
  }

  async #seed({ fileName, body }: BootstrapRequest, key: string | undefined): Promise<Bootstrapped> {
    const { dataDir, experimentName } = this.#parts
    if ((await remoteAdmin(this.#parts)) !== undefined) throw new ApiRefusal(409, EXISTS)
    const name = fileNameOf(fileName)
    await makeFolder(dataDir, { mode: PRIVATE_FOLDER })
    const folder = await mkdtemp(join(dataDir, 'bootstrap-'))
    try {
      const made = await this.#readSeed({ folder, name, body }, key)
      return { player_id: made.playerId, admin_api_key: key ?? made.key ?? '', experiment_name: experimentName }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  /**
   * Every document is looked at before one is replaced. One transaction claims the store, replaces them all, and makes
   * the administrator.
   */
  async #readSeed(
    { folder, name, body }: { readonly folder: string; readonly name: string; readonly body: Readable },
    key: string | undefined,
  ): Promise<MadeAdmin> {
    const { store, vault, players } = this.#parts
    const received = join(folder, 'received')
    await pipeline(body, limited(MAX_SEED_BYTES), createWriteStream(received, { mode: PRIVATE_FILE }))
    const seeds = join(folder, 'seeds')
    await mkdir(seeds, { mode: PRIVATE_FOLDER })
    const kind = archiveKind(name)
    try {
      if (kind) await extractArchive({ path: received, kind }, seeds, EXTRACTED)
      else await rename(received, join(seeds, name))
      const made: MadeAdmin[] = []
      await importFolder(store, seeds, {
        mode: 'seed',
        vault,
        async first(tx) {
          if (!(await claimRemoteAdmin(tx))) throw new ApiRefusal(409, EXISTS)
        },
        last: async (tx) => void made.push(await createRemoteAdmin(tx, players, key)),
      })
      return at(made, 0)
    } catch (error) {
      // What is wrong with the seed, in the words of this API.
      if (error instanceof AppError && BAD_SEED.includes(error.code)) throw new ApiRefusal(400, error.message)
      throw error
    }
  }
}

/** The name of the seed as a plain file name. @throws ApiRefusal 400 */
function fileNameOf(given: string | undefined): string {
  const name = basename((given ?? '').replaceAll('\\', '/')).trim()
  if (name === '' || name === '.' || name === '..' || name.includes('\0'))
    throw new ApiRefusal(400, 'The name of the seed file is missing')
  if (archiveKind(name) === undefined && !LISTS.some((suffix) => name.toLowerCase().endsWith(suffix))) {
    throw new ApiRefusal(400, 'The seed must be a .zip, .tar.gz, .tgz, .tar, .json or .ndjson file')
  }
  return name
}

/** Passes bytes on until there are too many. */
function limited(most: number): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.length
      if (bytes > most) done(new AppError('BODY_TOO_LARGE', `The seed has more than ${most} bytes`))
      else done(null, chunk)
    },
  })
}
