// The one administrator of a server that was deployed from elsewhere: a player that a fact of the store names.
import type { Transaction } from 'kysely'
import type { Store } from '../store.ts'
import type { Tables } from '../tables.ts'
import type { Players } from './players.ts'

const ADMIN_FACT = 'remote_admin'
/** The value of the fact within the transaction that claims the store. */
const CLAIMED = ''

/** The id of the administrator's player; undefined: none yet. */
export async function remoteAdminOf({ db }: Store): Promise<string | undefined> {
  const found = await db.selectFrom('store_facts').select('value').where('name', '=', ADMIN_FACT).executeTakeFirst()
  return found?.value
}

/**
 * Claims the store for one administrator. The name of the fact is unique: the transaction of a second server waits
 * here for the first one.
 * @returns false: there is an administrator
 */
export async function claimRemoteAdmin(tx: Transaction<Tables>): Promise<boolean> {
  const claimed = await tx
    .insertInto('store_facts')
    .values({ name: ADMIN_FACT, value: CLAIMED })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('name')
    .executeTakeFirst()
  return claimed !== undefined
}

/** Creates the administrator in the transaction that claimed the store. @param key undefined: a new one */
export async function createRemoteAdmin(
  tx: Transaction<Tables>,
  players: Players,
  key: string | undefined,
): Promise<{ readonly playerId: string; readonly key: string | null }> {
  const fields = { role: 'remote_admin', display_name: 'Remote Admin' }
  const made = await players.createIn(tx, { fields, ...(key === undefined ? { issuesKey: true } : { key }) })
  await tx.updateTable('store_facts').set({ value: made.playerId }).where('name', '=', ADMIN_FACT).execute()
  return made
}
