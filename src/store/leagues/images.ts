// Uploaded images: their versions, the blobs that were pushed for each, and how much an owner may keep.
import { randomUUID } from 'node:crypto'
import { AppError } from '../../kernel/errors.ts'
import { storedText } from '../columns.ts'
import type { Store } from '../store.ts'
import type { LeagueImageTable } from './tables.ts'

export interface ImageRecord {
  readonly id: string
  /** Null: the operator. */
  readonly playerId: string | null
  readonly name: string
  readonly version: number
  readonly clientHash: string
  readonly isReady: boolean
  readonly repository: string
  readonly tag: string
  readonly digest: string | null
  /** Of the configuration and the layers. */
  readonly bytes: number
  readonly isPublic: boolean
  readonly createdAt: number
}

/** Maximum number of images per player, of images that wait for their push, and the total bytes of pushed blobs. */
export const MAX_IMAGES = 1000
export const MAX_PENDING_IMAGES = 50
export const MAX_IMAGE_BYTES = 64 * 1024 ** 3
/** Concurrent uploads of one name may take the number that this one wanted, so it asks again. */
const VERSION_TRIES = 50

const ownerOf = (playerId: string | null): string => playerId ?? ''

export class Images {
  readonly #store: Store
  readonly #now: () => number

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store
    this.#now = now
  }

  /**
   * The image with this name and these bytes: the one that exists, or the next version of the name. An image whose bytes
   * the owner has under another name is ready at once.
   * @throws AppError RATE_LIMITED
   */
  async announce(playerId: string | null, name: string, clientHash: string): Promise<ImageRecord> {
    const owner = ownerOf(playerId)
    for (let tries = 0; tries < VERSION_TRIES; tries++) {
      const same = await this.#store.db
        .selectFrom('league_images')
        .selectAll()
        .where('owner', '=', owner)
        .where('client_hash', '=', clientHash)
        .orderBy('status', 'desc')
        .orderBy('created_at')
        .execute()
      const known = same.find((row) => row.name === storedText(name))
      // Removed in this moment: announced anew.
      if (known && (await this.touch(known.image_id))) return toImage(known)
      if (known) continue
      const ready = same.find((row) => row.status === 'ready')
      if (ready && !(await this.touch(ready.image_id))) continue
      const made = await this.#insert(playerId, { name, clientHash, same: ready })
      if (made) return made
    }
    throw new AppError('STORE_BUSY', `the image ${name} gets no version: other uploads keep taking it`)
  }

  async #insert(
    playerId: string | null,
    { name, clientHash, same }: { name: string; clientHash: string; same: LeagueImageTable | undefined },
  ): Promise<ImageRecord | undefined> {
    await this.#checkRoom(playerId)
    const owner = ownerOf(playerId)
    const last = await this.#store.db
      .selectFrom('league_images')
      .select('version')
      .where('owner', '=', owner)
      .where('name', '=', storedText(name))
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst()
    const id = randomUUID()
    const version = (last?.version ?? 0) + 1
    const row = await this.#store.db
      .insertInto('league_images')
      .values({
        image_id: id,
        owner,
        name: storedText(name),
        version,
        client_hash: clientHash,
        status: same ? 'ready' : 'pending',
        repository: same?.repository ?? id,
        tag: same?.tag ?? `v${version}`,
        digest: same?.digest ?? null,
        size_bytes: same?.size_bytes ?? 0,
        is_public: same?.is_public ?? 0,
        created_at: this.#now(),
        touched_at: this.#now(),
      })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
    return row && toImage(row)
  }

  async #checkRoom(playerId: string | null): Promise<void> {
    if (playerId === null) return
    const rows = await this.#store.db
      .selectFrom('league_images')
      .select(['status', ({ fn }) => fn.countAll().as('count')])
      .where('owner', '=', playerId)
      .groupBy('status')
      .execute()
    const counts = new Map(rows.map(({ status, count }) => [status, Number(count)]))
    const pending = counts.get('pending') ?? 0
    if (pending < MAX_PENDING_IMAGES && pending + (counts.get('ready') ?? 0) < MAX_IMAGES) return
    const message = `a player has at most ${MAX_IMAGES} images, ${MAX_PENDING_IMAGES} of them without a complete push`
    throw new AppError('RATE_LIMITED', message, { hint: 'Complete the pushes that were begun, or ask the operator.' })
  }

  /** @throws AppError UNKNOWN_UPLOAD */
  async get(id: string): Promise<ImageRecord> {
    const row = await this.#store.db
      .selectFrom('league_images')
      .selectAll()
      .where('image_id', '=', id)
      .executeTakeFirst()
    if (row) return toImage(row)
    throw new AppError('UNKNOWN_UPLOAD', `there is no image ${id}`)
  }

  /**
   * Notes that somebody wants an image: it is not removed for a while, even if nothing refers to it.
   * @returns false: there is no such image
   */
  async touch(id: string): Promise<boolean> {
    const row = await this.#store.db
      .updateTable('league_images')
      .set({ touched_at: this.#now() })
      .where('image_id', '=', id)
      .returning('image_id')
      .executeTakeFirst()
    return row !== undefined
  }

  /** The images of a repository; empty: there is no such repository. */
  async ofRepository(repository: string): Promise<ImageRecord[]> {
    const rows = await this.#store.db
      .selectFrom('league_images')
      .selectAll()
      .where('repository', '=', repository)
      .execute()
    return rows.map(toImage)
  }

  /** Newest first. @param playerId undefined: everybody's */
  async list(
    playerId: string | null | undefined,
    { limit, offset }: { readonly limit: number; readonly offset: number },
  ): Promise<ImageRecord[]> {
    let query = this.#store.db
      .selectFrom('league_images')
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('image_id')
      .limit(limit)
      .offset(offset)
    if (playerId !== undefined) query = query.where('owner', '=', ownerOf(playerId))
    return (await query.execute()).map(toImage)
  }

  /** Records the digest of a pushed manifest. A ready image keeps the one it has. */
  async tag(id: string, digest: string): Promise<void> {
    await this.#store.db
      .updateTable('league_images')
      .set({ digest })
      .where('image_id', '=', id)
      .where('status', '=', 'pending')
      .execute()
  }

  /** Makes an image ready; a second call changes nothing. */
  async complete(id: string, bytes: number): Promise<ImageRecord> {
    await this.#store.db
      .updateTable('league_images')
      .set({ status: 'ready', size_bytes: bytes })
      .where('image_id', '=', id)
      .where('status', '=', 'pending')
      .execute()
    return this.get(id)
  }

  async addBlob(repository: string, digest: string, bytes: number): Promise<void> {
    await this.#store.db
      .insertInto('league_image_blobs')
      .values({ repository, digest, size_bytes: bytes, created_at: this.#now() })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }

  /** Bytes of the blobs of a repository, by digest. */
  async blobs(repository: string): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#store.db
      .selectFrom('league_image_blobs')
      .select(['digest', 'size_bytes'])
      .where('repository', '=', repository)
      .execute()
    return new Map(rows.map(({ digest, size_bytes: bytes }) => [digest, Number(bytes)]))
  }

  /** Bytes that a player has pushed. */
  async pushedBytes(playerId: string): Promise<number> {
    const row = await this.#store.db
      .selectFrom('league_image_blobs')
      .innerJoin('league_images', 'league_images.image_id', 'league_image_blobs.repository')
      .select(({ fn }) => fn.sum('league_image_blobs.size_bytes').as('bytes'))
      .where('owner', '=', playerId)
      .executeTakeFirst()
    return Number(row?.bytes ?? 0)
  }
}

export const toImage = (row: LeagueImageTable): ImageRecord => ({
  id: row.image_id,
  playerId: row.owner === '' ? null : row.owner,
  name: row.name,
  version: row.version,
  clientHash: row.client_hash,
  isReady: row.status === 'ready',
  repository: row.repository,
  tag: row.tag,
  digest: row.digest,
  bytes: Number(row.size_bytes),
  isPublic: row.is_public === 1,
  createdAt: Number(row.created_at),
})
