// Imports a recorded episode into the command log: the commands of every slot that was not logged during play.
import type { CommandLog } from '../store/command-log.ts'
import { noteEpisode } from '../store/log-episodes.ts'
import type { ImportCount } from '../store/log-import.ts'
import type { Store } from '../store/store.ts'
import { type JournalSource, journalOrigin, readJournalCommands, readJournalEpisode } from './journal-commands.ts'

/**
 * Logs a journal. Repeating it adds nothing.
 * @throws AppError like `readJournalCommands`, and the codes of the store
 */
export async function logJournal(store: Store, log: CommandLog, source: JournalSource): Promise<ImportCount> {
  const episode = await readEpisodeId(source)
  const live = await readLive(store, episode)
  const isWanted = (slot: number, agent: string): boolean => !live.slots.has(slot) && !live.agents.has(agent)
  const count = await log.importRows(readJournalCommands(source, isWanted))
  await noteEpisode(store, await readJournalEpisode(source))
  return count
}

async function readEpisodeId(source: JournalSource): Promise<string> {
  const file = await source.open()
  await file.close()
  return file.header.episode
}

/** The participants of an episode that an adapter logged: by slot if the row has one, otherwise by the agent's name. */
async function readLive({ db }: Store, episode: string) {
  const rows = await db
    .selectFrom('commands')
    .select(['slot', 'agent_id'])
    .distinct()
    .where('episode_id', '=', episode)
    .where((eb) => eb.or([eb('origin', 'is', null), eb('origin', '!=', journalOrigin(episode))]))
    .execute()
  return {
    slots: new Set(rows.flatMap((row) => (row.slot === null ? [] : [row.slot]))),
    agents: new Set(rows.flatMap((row) => (row.slot === null ? [row.agent_id] : []))),
  }
}
