// Counts of participants: a database that is slow for a moment must not leave an old number on the page.
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KyselyPlugin } from 'kysely'
import { onSqlite } from '../../testing/stores.ts'
import { StudyMonitor } from './monitor.ts'

/** Each query takes 30 ms longer. */
const SLOW: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  transformResult: async ({ result }) => {
    await sleep(30)
    return result
  },
}

onSqlite(
  'monitor: the first participant of a study is counted at once, even if the last count was slow',
  async (store) => {
    const monitor = new StudyMonitor({ ...store, db: store.db.withPlugin(SLOW) })
    assert.equal((await monitor.people('seen')).joined, 0)
    await store.db
      .insertInto('study_participants')
      .values({ study: 'seen', player_id: 'p1', forms: '{}', external: '{}', created_at: 1, updated_at: 1 })
      .execute()
    assert.equal((await monitor.people('seen')).joined, 1)
  },
)
