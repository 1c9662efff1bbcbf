// Migrates a database to this release's tables: forward only, in one transaction, one process at a time.
import { type Kysely, sql, type Transaction } from 'kysely'
import { AppError } from '../kernel/errors.ts'
import { DDL } from './migrations/ddl.ts'
import { MIGRATIONS } from './migrations.ts'
import type { Tables } from './tables.ts'

export interface MigrationTarget {
  readonly db: Kysely<Tables>
  readonly kind: 'sqlite' | 'postgres'
  /** Names the database in errors. */
  readonly where: string
}

/** Key of the advisory lock under which a PostgreSQL database is migrated: 'paracosm' as a number. */
const MIGRATION_LOCK = 7_233_178
const LATEST = Math.max(...MIGRATIONS.map((each) => each.number))

/**
 * Applies the missing migrations. It always writes a row, so that a database that is not writable is detected at once.
 * @throws AppError STORE_VERSION when a newer release has used the database
 */
export async function migrate({ db, kind, where }: MigrationTarget): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (kind === 'postgres') await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`.execute(tx)
    const { instant } = DDL[kind]
    await sql`create table if not exists store_migrations
      (number integer primary key, name text not null, applied_at ${sql.raw(instant)} not null)`.execute(tx)
    await sql`create table if not exists store_facts (name text primary key, value text not null)`.execute(tx)
    const version = await readVersion(tx)
    refuseNewer(version, where)
    for (const migration of MIGRATIONS.filter((each) => each.number > version)) {
      for (const statement of migration.statements(DDL[kind])) await sql.raw(statement).execute(tx)
      const { number, name } = migration
      await tx.insertInto('store_migrations').values({ number, name, applied_at: Date.now() }).execute()
    }
    const value = new Date().toISOString()
    await tx
      .insertInto('store_facts')
      .values({ name: 'opened_at', value })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
      .execute()
  })
}

/**
 * For read-only use.
 * @throws AppError STORE_VERSION unless the tables are this release's
 */
export async function checkVersion({ db, where }: MigrationTarget): Promise<void> {
  const version = await db.transaction().setAccessMode('read only').execute(readVersion)
  refuseNewer(version, where)
  if (version === LATEST) return
  throw new AppError('STORE_VERSION', `${where} has tables of version ${version}, and this release reads ${LATEST}`, {
    hint: 'Start the server once: it brings the tables up to date.',
  })
}

async function readVersion(tx: Transaction<Tables>): Promise<number> {
  const found = await tx.selectFrom('store_migrations').select('number').orderBy('number', 'desc').executeTakeFirst()
  return found?.number ?? 0
}

function refuseNewer(version: number, where: string): void {
  if (version > LATEST) {
    throw new AppError('STORE_VERSION', `${where} has tables of version ${version}; this release knows ${LATEST}`)
  }
}
