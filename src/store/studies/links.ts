// Links into studies. A link is a secret: only its hash is stored. A personal link belongs to one participant, who may
// use it on any device; a reusable link may be published.
import type { Selectable } from 'kysely'
import type { Store } from '../store.ts'
import type { StudyLinkTable } from './tables.ts'

export interface StudyLink {
  readonly hash: string
  readonly study: string
  readonly player: string | null
  readonly label: string | null
  readonly isReusable: boolean
  readonly isRevoked: boolean
  readonly createdAt: number
  readonly usedAt: number | null
}

const fromRow = (row: Selectable<StudyLinkTable>): StudyLink => ({
  hash: row.link_hash,
  study: row.study,
  player: row.player_id,
  label: row.label,
  isReusable: row.is_reusable === 1,
  isRevoked: row.is_revoked === 1,
  createdAt: row.created_at,
  usedAt: row.used_at,
})

/** Maximum number of links in one list. */
const LISTED = 10_000

export class StudyLinks {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async add(
    links: readonly {
      readonly hash: string
      readonly study: string
      readonly label: string | null
      readonly isReusable: boolean
    }[],
  ): Promise<void> {
    const created_at = Date.now()
    await this.#store.transaction(async (tx) => {
      for (const { hash, study, label, isReusable } of links) {
        await tx
          .insertInto('study_links')
          .values({
            link_hash: hash,
            study,
            label,
            player_id: null,
            is_reusable: isReusable ? 1 : 0,
            is_revoked: 0,
            created_at,
            used_at: null,
          })
          .execute()
      }
    })
  }

  async find(hash: string): Promise<StudyLink | undefined> {
    const row = await this.#store.db
      .selectFrom('study_links')
      .selectAll()
      .where('link_hash', '=', hash)
      .executeTakeFirst()
    return row && fromRow(row)
  }

  async list(study: string): Promise<StudyLink[]> {
    const rows = await this.#store.db
      .selectFrom('study_links')
      .selectAll()
      .where('study', '=', study)
      .orderBy('created_at')
      .limit(LISTED)
      .execute()
    return rows.map(fromRow)
  }

  /**
   * Binds a personal link to its participant. The first participant to use it gets it.
   * @returns the participant to whom it belongs now
   */
  async bind(hash: string, player: string): Promise<string | null> {
    await this.#store.db
      .updateTable('study_links')
      .set({ player_id: player, used_at: Date.now() })
      .where('link_hash', '=', hash)
      .where('player_id', 'is', null)
      .execute()
    return (await this.find(hash))?.player ?? null
  }

  async revoke(hash: string): Promise<void> {
    await this.#store.db.updateTable('study_links').set({ is_revoked: 1 }).where('link_hash', '=', hash).execute()
  }
}
