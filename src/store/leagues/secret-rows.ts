// Binds the secrets of policies and packages to their rows, and re-encrypts all of them during a key rotation.
import type { Transaction } from 'kysely'
import type { Vault } from '../people/vault.ts'
import type { Tables } from '../tables.ts'

/** Each secret is bound to its version and name: it cannot be opened under another. */
export const ownerOf = (versionId: string, name: string): string => `${versionId}/${name}`

/** The same for the secrets of packages. */
export const coworldOwnerOf = (nameKey: string, name: string): string => `coworld/${nameKey}/${name}`

/** Re-encrypts all secrets with another key, as part of a rotation. */
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
  const packages = await tx.selectFrom('coworld_secrets').select(['name_key', 'secret_name', 'sealed']).execute()
  for (const { name_key: key, secret_name: name, sealed } of packages) {
    const owner = coworldOwnerOf(key, name)
    await tx
      .updateTable('coworld_secrets')
      .set({ sealed: after.seal(owner, before.open(owner, sealed)) })
      .where('name_key', '=', key)
      .where('secret_name', '=', name)
      .execute()
  }
}
