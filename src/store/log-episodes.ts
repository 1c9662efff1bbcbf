// Episodes in the log and how each ended, so that commands can be filtered by it.
import { z } from 'zod'
import type { LoggedEpisode } from '../protocol/command-log.ts'
import { readJsonColumn, writeJsonColumn } from './columns.ts'
import type { Store } from './store.ts'
import type { LoggedEpisodeTable } from './tables.ts'

/** Records an episode, or updates it. */
export async function noteEpisode({ db }: Store, episode: LoggedEpisode): Promise<void> {
  const { scores, finished_at, ...rest } = episode
  const row: LoggedEpisodeTable = {
    ...rest,
    scores: scores === null ? null : writeJsonColumn(scores),
    finished_at: finished_at === null ? null : Date.parse(finished_at),
  }
  const { episode_id: _, ...news } = row
  await db
    .insertInto('logged_episodes')
    .values(row)
    .onConflict((conflict) => conflict.column('episode_id').doUpdateSet(news))
    .execute()
}

export async function readEpisode({ db }: Store, id: string): Promise<LoggedEpisode | undefined> {
  const row = await db.selectFrom('logged_episodes').selectAll().where('episode_id', '=', id).executeTakeFirst()
  return row && toEpisode(row)
}

/** The episodes with these ids that are in the log; without ids, all of them. Ordered by id. */
export async function listEpisodes({ db }: Store, ids?: readonly string[]): Promise<LoggedEpisode[]> {
  if (ids?.length === 0) return []
  const query = db.selectFrom('logged_episodes').selectAll().orderBy('episode_id')
  const rows = await (ids ? query.where('episode_id', 'in', ids) : query).execute()
  return rows.map(toEpisode)
}

/** Ids of finished episodes in the index whose commands are not in the log yet, ordered by id. */
export async function listUnlogged({ db }: Store, limit: number, after = ''): Promise<string[]> {
  const rows = await db
    .selectFrom('episodes')
    .leftJoin('logged_episodes', 'logged_episodes.episode_id', 'episodes.episode_id')
    .select('episodes.episode_id as id')
    .where('episodes.status', 'in', ['finished', 'failed'])
    .where('logged_episodes.finished_at', 'is', null)
    .where('episodes.episode_id', '>', after)
    .orderBy('episodes.episode_id')
    .limit(limit)
    .execute()
  return rows.map((row) => row.id)
}

function toEpisode({ scores, finished_at, ...row }: LoggedEpisodeTable): LoggedEpisode {
  return {
    ...row,
    scores: scores === null ? null : readJsonColumn(z.array(z.number()), scores, `scores of ${row.episode_id}`),
    finished_at: finished_at === null ? null : new Date(finished_at).toISOString(),
  }
}
