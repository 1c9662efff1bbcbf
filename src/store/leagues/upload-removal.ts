// Which uploads nothing uses, and their removal. What may refer to an image touches it before it does so, and removals
// take only what has not been touched for a while: no lock between the two is needed.
import { AppError } from '../../kernel/errors.ts'
import { comparePackageVersions } from '../../lib/package-version.ts'
import type { JsonValue } from '../../protocol/json.ts'
import { readObjectColumn } from '../columns.ts'
import type { Store } from '../store.ts'
import type { StoreTransaction } from '../tables.ts'
import { type ImageRecord, toImage } from './images.ts'

/** A package that can be removed. */
export interface RemovablePackage {
  readonly id: string
  readonly name: string
  readonly version: string
}

/** Rows of one read: manifests may have a megabyte each. */
const PAGE = 50
const IMAGE = /img_[0-9a-f-]{36}/g

export class UploadRemoval {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  /** Images that no package and no policy names, and that nobody has wanted since `before`. */
  async unusedImages(before: number, without: ReadonlySet<string> = new Set()): Promise<ImageRecord[]> {
    const used = await this.#usedImages(without)
    const rows = await this.#store.db.selectFrom('league_images').selectAll().where('touched_at', '<', before).execute()
    return rows.map(toImage).filter(({ id }) => !used.has(id))
  }

  /** Removes an image that `unusedImages` gave. @returns false: somebody has wanted it meanwhile */
  async removeImage(id: string, before: number): Promise<boolean> {
    const row = await this.#store.db
      .deleteFrom('league_images')
      .where('image_id', '=', id)
      .where('touched_at', '<', before)
      .returning('image_id')
      .executeTakeFirst()
    return row !== undefined
  }

  /** Packages that were refused before an instant, and not corrected since. */
  async refusedPackages(before: number): Promise<RemovablePackage[]> {
    const rows = await this.#store.db
      .selectFrom('league_coworlds')
      .select(['coworld_id as id', 'name', 'version'])
      .where('status', '=', 'refused')
      .where('created_at', '<', before)
      .execute()
    return rows
  }

  /** What uses a package, in words; empty: nothing does. */
  async usesOfPackage(id: string): Promise<string[]> {
    return this.#store.transaction((tx) => usesOf(tx, id))
  }

  /**
   * Removes a package that nothing uses. The highest accepted version that is left becomes canonical; the name stays its
   * owner's.
   * @throws AppError UNKNOWN_UPLOAD, STILL_USED
   */
  async removePackage(id: string): Promise<void> {
    await this.#store.transaction(async (tx) => {
      const row = await tx
        .updateTable('league_coworlds')
        .set(({ ref }) => ({ canonical: ref('canonical') }))
        .where('coworld_id', '=', id)
        .returning('name_key')
        .executeTakeFirst()
      if (!row) throw new AppError('UNKNOWN_UPLOAD', `there is no coworld ${id}`)
      const uses = await usesOf(tx, id)
      if (uses.length > 0) throw stillUsed(id, uses)
      await tx.deleteFrom('league_coworlds').where('coworld_id', '=', id).execute()
      await crown(tx, row.name_key)
    })
  }

  /** Forgets what was pushed for images that are gone. */
  async forgetRepositories(): Promise<void> {
    await this.#store.db
      .deleteFrom('league_image_blobs')
      .where('repository', 'not in', (eb) => eb.selectFrom('league_images').select('repository'))
      .execute()
  }

  /** Digests of the bytes that images need. @param without images that count as removed */
  async keptDigests(without: ReadonlySet<string> = new Set()): Promise<Set<string>> {
    const { db } = this.#store
    const images = await db.selectFrom('league_images').select(['image_id', 'repository', 'digest']).execute()
    const kept = images.filter(({ image_id: id }) => !without.has(id))
    const repositories = new Set(kept.map(({ repository }) => repository))
    const blobs = await db.selectFrom('league_image_blobs').select(['repository', 'digest']).execute()
    const manifests = kept.flatMap(({ digest }) => (digest === null ? [] : [digest]))
    const parts = blobs.filter(({ repository }) => repositories.has(repository)).map(({ digest }) => digest)
    return new Set([...manifests, ...parts])
  }

  /** Whether an image needs these bytes. */
  async needs(digest: string): Promise<boolean> {
    const { db } = this.#store
    const part = db.selectFrom('league_image_blobs').select('digest').where('digest', '=', digest).limit(1)
    if (await part.executeTakeFirst()) return true
    const manifest = db.selectFrom('league_images').select('digest').where('digest', '=', digest).limit(1)
    return (await manifest.executeTakeFirst()) !== undefined
  }

  /** Ids of the images that packages and policies name. @param without packages that count as removed */
  async #usedImages(without: ReadonlySet<string>): Promise<Set<string>> {
    const used = new Set<string>()
    const note = (value: JsonValue): void => {
      for (const [id] of JSON.stringify(value).matchAll(IMAGE)) used.add(id.slice('img_'.length))
    }
    const { db } = this.#store
    for (let after = ''; ; ) {
      const rows = await db
        .selectFrom('league_coworlds')
        .select(['coworld_id', 'manifest'])
        .where('coworld_id', '>', after)
        .orderBy('coworld_id')
        .limit(PAGE)
        .execute()
      for (const { coworld_id: id, manifest } of rows) {
        if (!without.has(id)) note(readObjectColumn(manifest, 'manifest'))
      }
      after = rows.at(-1)?.coworld_id ?? ''
      if (rows.length < PAGE) break
    }
    const policies = await db
      .selectFrom('league_policy_versions')
      .select('player')
      .where('player', 'like', '%img_%')
      .execute()
    for (const { player } of policies) note(player)
    return used
  }
}

/** Games that are open, those whose replay only this package can show, and what is being played or written. */
async function usesOf(tx: StoreTransaction, id: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('play_sessions')
    .select(['session_id', 'status'])
    .where('coworld_id', '=', `cow_${id}`)
    .where(({ eb, or }) => or([eb('status', '=', 'open'), eb('has_replay', '=', 1)]))
    .orderBy('created_at', 'desc')
    .limit(PAGE)
    .execute()
  const reports = await tx
    .selectFrom('episode_reports')
    .select('report_id')
    .where('coworld_id', '=', id)
    .where('ended_at', 'is', null)
    .limit(PAGE)
    .execute()
  const requests = await tx
    .selectFrom('experience_requests')
    .select('experience_id')
    .where('world', '=', `cow_${id}`)
    .where('ended_at', 'is', null)
    .limit(PAGE)
    .execute()
  const games = rows.map(({ session_id: session, status }) =>
    status === 'open' ? `the open hosted game ps_${session}` : `the replay of the hosted game ps_${session}`,
  )
  return [
    ...games,
    ...requests.map(({ experience_id: request }) => `the experience request xreq_${request}, which is being played`),
    ...reports.map(({ report_id: report }) => `the report ${report}, which is being written`),
  ]
}

export function stillUsed(id: string, uses: readonly string[]): AppError {
  const [first, ...others] = uses
  const more = others.length === 0 ? '' : `, and by ${others.length} more`
  return new AppError('STILL_USED', `the coworld cow_${id} is used by ${first}${more}`, {
    hint: 'End the game, or wait. A package whose games have left replays stays, because only it can show them.',
    details: { uses: [...uses] },
  })
}

/** Makes the highest accepted version of a name canonical. */
export async function crown(tx: StoreTransaction, key: string): Promise<void> {
  const versions = await tx
    .selectFrom('league_coworlds')
    .select(['coworld_id', 'version'])
    .where('name_key', '=', key)
    .where('status', '=', 'accepted')
    .execute()
  const [first] = versions.toSorted((a, b) => comparePackageVersions(b.version, a.version))
  await tx
    .updateTable('league_coworlds')
    .set(({ eb }) => ({
      canonical: eb
        .case()
        .when('coworld_id', '=', first?.coworld_id ?? '')
        .then(1)
        .else(0)
        .end(),
    }))
    .where('name_key', '=', key)
    .execute()
}
