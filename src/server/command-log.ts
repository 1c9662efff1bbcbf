// The command log of a data folder, and the way from the perception door to it.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommandSink } from '../doors/perception/command-sink.ts'
import type { Episode } from '../episode/episode.ts'
import type { EpisodeEnd } from '../episode/episode-parts.ts'
import { AppError } from '../kernel/errors.ts'
import { CommandLog } from '../store/command-log.ts'
import { noteEpisode } from '../store/log-episodes.ts'
import { openStore } from '../store/store.ts'

export interface OpenLog {
  readonly sink: CommandSink
  /** Notes how an episode ended, so that its rows can be chosen by its scores. */
  noteEnd(episode: Episode, end: EpisodeEnd): Promise<void>
  /** Writes what was handed in, and closes the store. */
  close(): Promise<void>
}

/**
 * Opens the log: the file `paracosm.db` of the data folder, or the PostgreSQL database of the URL.
 * @throws AppError FILE_UNWRITABLE, and the codes of the store
 */
export async function openCommandLog(at: { dataDir: string; databaseUrl?: string | undefined }): Promise<OpenLog> {
  const { dataDir, databaseUrl } = at
  await mkdir(dataDir, { recursive: true }).catch((cause: unknown) => {
    throw new AppError('FILE_UNWRITABLE', `cannot keep the command log in ${dataDir}`, { cause })
  })
  const path = join(dataDir, 'paracosm.db')
  const store = await openStore(
    databaseUrl === undefined
      ? { kind: 'sqlite', path, mode: 'create', runs: 'thread' }
      : { kind: 'postgres', url: databaseUrl },
  )
  const log = new CommandLog(store)
  return {
    sink: createSink(log),
    async noteEnd(episode, end) {
      const { header } = episode
      await noteEpisode(store, {
        episode_id: header.episode,
        world: header.world.id,
        variant: header.variant,
        scores: [...end.results.scores],
        outcome: end.outcome.ended,
        finished_at: new Date().toISOString(),
      })
    },
    async close() {
      await log.drain()
      await store.close()
    },
  }
}

function createSink(log: CommandLog): CommandSink {
  return {
    append: (row, idempotencyKey) => log.append(row, idempotencyKey === undefined ? {} : { idempotencyKey }),
    async setOutcome(commandId, outcome) {
      await log.setOutcome(commandId, outcome)
    },
    find: (commandId) => log.find(commandId),
    open: async (agentId) => (await log.query({ agent_id: agentId, outcome: 'pending' })).entries,
  }
}
