// Uploaded packages: who owns a name, which version of it is canonical, and how the certification of each went.
import { randomUUID } from 'node:crypto'
import type { Transaction } from 'kysely'
import { AppError } from '../../kernel/errors.ts'
import { CoworldCertification } from '../../protocol/hosted-images.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { readJsonColumn, readObjectColumn, storedText } from '../columns.ts'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import type { LeagueCoworldTable } from './tables.ts'
import { crown } from './upload-removal.ts'

/** `pending` until it is certified. */
export type CoworldStatus = 'pending' | 'accepted' | 'refused'

export type Certification = Omit<CoworldCertification, 'coworld_id'>

export interface CoworldRecord {
  readonly id: string
  /** Null: the operator. */
  readonly playerId: string | null
  readonly name: string
  readonly version: string
  readonly manifest: JsonObject
  readonly hash: string
  readonly bytes: number
  readonly status: CoworldStatus
  readonly isCanonical: boolean
  readonly certification: Certification
  readonly createdAt: number
}

export type NewCoworld = Pick<CoworldRecord, 'playerId' | 'name' | 'version' | 'hash' | 'bytes'> & {
  /** The manifest as JSON. */
  readonly manifest: string
  readonly certification: Certification
}

/** A package, whatever its versions. */
export interface CoworldName {
  /** The canonical version, else the newest. */
  readonly coworldId: string
  readonly name: string
  /** Null: the operator. */
  readonly playerId: string | null
}

/** Maximum number of packages of one player. */
export const MAX_COWORLDS = 500

/** Names that differ in `-` and `_` only are one name. */
export const nameKey = (name: string): string => name.replaceAll('_', '-')

const STATUSES = ['pending', 'accepted', 'refused'] as const
const Certified = CoworldCertification.omit({ coworld_id: true })

export class Coworlds {
  readonly #store: Store
  readonly #now: () => number

  constructor(store: Store, now: () => number = Date.now) {
    this.#store = store
    this.#now = now
  }

  /**
   * Adds a version. The same manifest again gives the version that exists; one that was refused is replaced.
   * @throws AppError NOT_YOURS when another player has the name; FILE_EXISTS when the version has another manifest;
   *   RATE_LIMITED
   */
  async add(coworld: NewCoworld): Promise<{ readonly coworld: CoworldRecord; readonly isNew: boolean }> {
    const id = randomUUID()
    const found = await this.#store.transaction(async (tx) => {
      const { playerId, name, version, hash } = coworld
      const owner = playerId ?? ''
      const key = nameKey(storedText(name))
      await this.#takeName(tx, key, { owner, name })
      const known = await tx
        .selectFrom('league_coworlds')
        .selectAll()
        .where('name_key', '=', key)
        .where('version', '=', version)
        .executeTakeFirst()
      if (known?.manifest_hash === hash && known.status !== 'refused') return known.coworld_id
      if (known && known.status !== 'refused') {
        throw new AppError('FILE_EXISTS', `${name} ${version} has been uploaded with another manifest`, {
          hint: 'Versions never change: raise game.version in the manifest.',
        })
      }
      if (known) await tx.deleteFrom('league_coworlds').where('coworld_id', '=', known.coworld_id).execute()
      await this.#checkRoom(tx, owner)
      await tx
        .insertInto('league_coworlds')
        .values({
          coworld_id: id,
          owner,
          name: storedText(name),
          name_key: key,
          version,
          manifest: storedText(coworld.manifest),
          manifest_hash: hash,
          size_bytes: coworld.bytes,
          status: 'pending',
          canonical: 0,
          certification: JSON.stringify(coworld.certification),
          created_at: this.#now(),
        })
        .execute()
      return undefined
    })
    return { coworld: await this.get(found ?? id), isNew: found === undefined }
  }

  /** Of two uploads of one name at once, the second waits here. */
  async #takeName(
    tx: Transaction<Tables>,
    key: string,
    { owner, name }: { readonly owner: string; readonly name: string },
  ): Promise<void> {
    const row = await tx
      .insertInto('league_coworld_names')
      .values({ name_key: key, owner, created_at: this.#now() })
      .onConflict((conflict) => conflict.column('name_key').doUpdateSet({ name_key: key }))
      .returning('owner')
      .executeTakeFirstOrThrow()
    // The operator may act for everybody.
    if (row.owner === owner || owner === '') return
    throw new AppError('NOT_YOURS', `the name ${name} belongs to another player`, {
      hint: 'Give the package another name in game.name.',
    })
  }

  async #checkRoom(tx: Transaction<Tables>, owner: string): Promise<void> {
    if (owner === '') return
    const row = await tx
      .selectFrom('league_coworlds')
      .select(({ fn }) => fn.countAll().as('count'))
      .where('owner', '=', owner)
      .executeTakeFirst()
    if (Number(row?.count ?? 0) < MAX_COWORLDS) return
    throw new AppError('RATE_LIMITED', `a player has at most ${MAX_COWORLDS} packages`, {
      hint: 'Ask the operator of the server for room.',
    })
  }

  /** @throws AppError UNKNOWN_UPLOAD */
  async get(id: string): Promise<CoworldRecord> {
    const row = await this.#store.db
      .selectFrom('league_coworlds')
      .selectAll()
      .where('coworld_id', '=', id)
      .executeTakeFirst()
    if (row) return toCoworld(row)
    throw new AppError('UNKNOWN_UPLOAD', `there is no coworld ${id}`, {
      hint: 'List the packages with: paracosm coworld list',
    })
  }

  /** A package by its id, or the canonical version of its name; undefined: there is none. */
  async find(idOrName: string): Promise<CoworldRecord | undefined> {
    const row = await this.#store.db
      .selectFrom('league_coworlds')
      .selectAll()
      .where(({ eb, or, and }) =>
        or([
          eb('coworld_id', '=', idOrName),
          and([eb('name_key', '=', nameKey(storedText(idOrName))), eb('canonical', '=', 1)]),
        ]),
      )
      .orderBy('canonical')
      .limit(1)
      .executeTakeFirst()
    return row && toCoworld(row)
  }

  /**
   * The name of a package, whatever its versions, by the name or by the id of a version.
   * @throws AppError UNKNOWN_UPLOAD
   */
  async findName(coworld: string): Promise<CoworldName> {
    const id = coworld.startsWith('cow_') ? coworld.slice('cow_'.length) : undefined
    const key = id === undefined ? nameKey(coworld) : nameKey((await this.get(id)).name)
    const named = await this.#store.db
      .selectFrom('league_coworld_names')
      .select('owner')
      .where('name_key', '=', key)
      .executeTakeFirst()
    const newest = await this.#store.db
      .selectFrom('league_coworlds')
      .select(['coworld_id', 'name'])
      .where('name_key', '=', key)
      .orderBy('canonical', 'desc')
      .orderBy('created_at', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (named && newest) {
      const { owner } = named
      return { coworldId: newest.coworld_id, name: newest.name, playerId: owner === '' ? null : owner }
    }
    throw new AppError('UNKNOWN_UPLOAD', `there is no package ${JSON.stringify(coworld.slice(0, 200))}`, {
      hint: 'List the packages with: paracosm coworld list',
    })
  }

  /**
   * Newest first: every accepted package, and the others of one player.
   * @param playerId undefined: nobody's others; null: everybody's, for the operator
   */
  async list(
    playerId: string | null | undefined,
    { limit, offset }: { readonly limit: number; readonly offset: number },
  ): Promise<CoworldRecord[]> {
    let query = this.#store.db
      .selectFrom('league_coworlds')
      .selectAll()
      .orderBy('created_at', 'desc')
      .orderBy('coworld_id')
      .limit(limit)
      .offset(offset)
    if (playerId === undefined) query = query.where('status', '=', 'accepted')
    else if (playerId !== null)
      query = query.where(({ eb, or }) => or([eb('status', '=', 'accepted'), eb('owner', '=', playerId)]))
    return (await query.execute()).map(toCoworld)
  }

  /** Ids of packages that wait for their certification, oldest first. */
  async pending(): Promise<string[]> {
    const rows = await this.#store.db
      .selectFrom('league_coworlds')
      .select('coworld_id')
      .where('status', '=', 'pending')
      .orderBy('created_at')
      .execute()
    return rows.map(({ coworld_id: id }) => id)
  }

  /** Stores how far the certification of a pending package is. */
  async report(id: string, certification: Certification): Promise<void> {
    await this.#store.db
      .updateTable('league_coworlds')
      .set({ certification: storedText(JSON.stringify(certification)) })
      .where('coworld_id', '=', id)
      .where('status', '=', 'pending')
      .execute()
  }

  /**
   * Accepts or refuses a pending package; a settled one stays as it is. The images of an accepted package become public,
   * and the highest accepted version of its name canonical.
   * @returns false: it was settled before, or is gone
   */
  async settle(
    id: string,
    { status, certification, images }: { status: CoworldStatus; certification: Certification; images: string[] },
  ): Promise<boolean> {
    return this.#store.transaction(async (tx) => {
      const row = await tx
        .updateTable('league_coworlds')
        .set({ status, certification: storedText(JSON.stringify(certification)) })
        .where('coworld_id', '=', id)
        .where('status', '=', 'pending')
        .returning(['name_key'])
        .executeTakeFirst()
      if (!row) return false
      if (status !== 'accepted') return true
      await tx
        .updateTable('league_coworld_names')
        .set(({ ref }) => ({ owner: ref('owner') }))
        .where('name_key', '=', row.name_key)
        .execute()
      await crown(tx, row.name_key)
      if (images.length > 0)
        await tx.updateTable('league_images').set({ is_public: 1 }).where('image_id', 'in', images).execute()
      return true
    })
  }
}

const toCoworld = (row: LeagueCoworldTable): CoworldRecord => ({
  id: row.coworld_id,
  playerId: row.owner === '' ? null : row.owner,
  name: row.name,
  version: row.version,
  manifest: readObjectColumn(row.manifest, 'manifest'),
  hash: row.manifest_hash,
  bytes: Number(row.size_bytes),
  status: STATUSES.find((each) => each === row.status) ?? 'pending',
  isCanonical: row.canonical === 1,
  certification: readJsonColumn(Certified, row.certification, 'certification'),
  createdAt: Number(row.created_at),
})
