// How secrets of policies are bound to their rows, and how all of them get another key.
import type { Transaction } from 'kysely'
import type { Vault } from '../people/vault.ts'
import type { Tables } from '../tables.ts'

/** Each secret is bound to its version and name: moved to another, it does not open. */
export const ownerOf = (versionId: string, name: string): string => `${versionId}/${name}`

/** Seals all secrets with another key, within a rotation. */
export async function sealSecretsAgain(tx: Transaction<Tables>, before: Vault, after: Vault): Promise<void> {
  const rows = await tx.selectFrom('league_secrets').select(['policy_version_id', 'name', 'sealed']).execute()
  for (const { policy_version_id: id, name, sealed } of rows) {
    const again = after.seal(ownerOf(id, name), before.open(ownerOf(id, name), sealed))
    await tx
      .updateTable('league_secrets')
      .set({ sealed: again })
      .where('policy_version_id', '=', id)
      .where('name', '=', name)
      .execute()
  }
}
