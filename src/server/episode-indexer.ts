// Brings finished episodes into the command log, one after another, while the server does other things.
import { logJournal } from '../datasets/log-journal.ts'
import type { Archive } from '../episode/archive.ts'
import type { CommandLog } from '../store/command-log.ts'
import { listEpisodes } from '../store/log-episodes.ts'
import type { Store } from '../store/store.ts'
import type { Log } from './live.ts'

interface Parts {
  readonly store: Store
  readonly log: CommandLog
  readonly archive: Archive
  readonly logger: Log
}

export class EpisodeIndexer {
  readonly #parts: Parts
  readonly #waiting: string[] = []
  #running: Promise<void> | undefined
  #isClosing = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Takes up what an earlier run of the server has not come to. */
  async start(): Promise<void> {
    const { store, archive } = this.#parts
    const logged = new Set((await listEpisodes(store)).flatMap((each) => (each.finished_at ? [each.episode_id] : [])))
    for (const { id, status } of archive.list()) if (status === 'finished' && !logged.has(id)) this.add(id)
  }

  /** An episode that has been put away. */
  add(id: string): void {
    if (this.#isClosing) return
    this.#waiting.push(id)
    this.#running ??= this.#run()
  }

  async #run(): Promise<void> {
    for (let id = this.#waiting.shift(); id !== undefined && !this.#isClosing; id = this.#waiting.shift()) {
      await this.#take(id)
    }
    this.#running = undefined
  }

  async #take(id: string): Promise<void> {
    const { store, log, archive, logger } = this.#parts
    try {
      // An old showcase match may have been removed while it waited.
      if (archive.get(id) === undefined) return
      const { added } = await logJournal(store, log, await archive.journalPath(id))
      logger.info({ episode: id, commands: added }, 'episode.logged')
    } catch (error) {
      logger.error({ episode: id, error: String(error) }, 'episode.log_failed')
    }
  }

  /** Lets the episode at hand end; the rest is taken up by the next start. */
  async close(): Promise<void> {
    this.#isClosing = true
    await this.#running
  }
}
