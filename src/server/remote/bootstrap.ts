// The first minutes of a server that was deployed from elsewhere: it takes its seed, and makes its one administrator.
import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../kernel/errors.ts'
import { archiveKind, extractArchive } from '../../lib/extract.ts'
import { makeFolder } from '../../lib/folders.ts'
import { Mutex } from '../../lib/mutex.ts'
import { PRIVATE_FILE, PRIVATE_FOLDER } from '../../lib/private.ts'
import type { Bootstrapped } from '../../protocol/remote.ts'
import { importFolder } from '../../store/dumps/import.ts'
import { checkAccessKey } from '../../store/people/access-key.ts'
import type { Players } from '../../store/people/players.ts'
import type { Vault } from '../../store/people/vault.ts'
import type { Store } from '../../store/store.ts'
import { isSameSecret } from '../../transport/credentials.ts'
import { ApiRefusal } from '../../transport/errors.ts'

/** Bytes of a seed as it is sent; a study's characters and players have a few megabytes. */
export const MAX_SEED_BYTES = 512 * 1024 * 1024
const EXTRACTED = { bytes: 4 * 1024 * 1024 * 1024, files: 1000 }
const BAD_SEED: readonly string[] = ['VALIDATION_ERROR', 'JSON_MALFORMED', 'UPLOAD_INVALID', 'FILE_TOO_LARGE']
const LISTS = ['.json', '.ndjson']
/** The fact that names the administrator's player. */
const ADMIN_FACT = 'remote_admin'

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

export interface BootstrapRequest {
  readonly token: string | undefined
  readonly adminKey: string | undefined
  readonly fileName: string | undefined
  readonly body: Readable
}

/** The player that administers this server from elsewhere; undefined: none yet. */
export async function remoteAdmin({ store }: RemoteParts): Promise<string | undefined> {
  const found = await store.db
    .selectFrom('store_facts')
    .select('value')
    .where('name', '=', ADMIN_FACT)
    .executeTakeFirst()
  return found?.value
}

export class Bootstrap {
  readonly #parts: RemoteParts
  /** One at a time: of two that come together the second finds an administrator. */
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
    const { players, dataDir, experimentName } = this.#parts
    if ((await remoteAdmin(this.#parts)) !== undefined) throw new ApiRefusal(409, 'A remote admin exists already')
    const name = fileNameOf(fileName)
    await makeFolder(dataDir, { mode: PRIVATE_FOLDER })
    const folder = await mkdtemp(join(dataDir, 'bootstrap-'))
    try {
      await this.#readSeed(folder, name, body)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    const fields = { role: 'remote_admin', display_name: 'Remote Admin' }
    const made = await players.create({ fields, ...(key === undefined ? { issuesKey: true } : { key }) })
    if (!(await this.#claim(made.playerId))) {
      await players.remove(made.playerId)
      throw new ApiRefusal(409, 'A remote admin exists already')
    }
    return { player_id: made.playerId, admin_api_key: key ?? made.key ?? '', experiment_name: experimentName }
  }

  async #claim(player: string): Promise<boolean> {
    const { store } = this.#parts
    const claimed = await store.db
      .insertInto('store_facts')
      .values({ name: ADMIN_FACT, value: player })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .returning('name')
      .executeTakeFirst()
    return claimed !== undefined
  }

  /** Every document is looked at before one is replaced, and all are replaced in one transaction. */
  async #readSeed(folder: string, name: string, body: Readable): Promise<void> {
    const { store, vault } = this.#parts
    const received = join(folder, 'received')
    await pipeline(body, limited(MAX_SEED_BYTES), createWriteStream(received, { mode: PRIVATE_FILE }))
    const seeds = join(folder, 'seeds')
    await mkdir(seeds, { mode: PRIVATE_FOLDER })
    const kind = archiveKind(name)
    try {
      if (kind) await extractArchive({ path: received, kind }, seeds, EXTRACTED)
      else await rename(received, join(seeds, name))
      await importFolder(store, seeds, { mode: 'seed', vault })
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
