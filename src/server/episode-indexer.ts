// Brings the commands of finished episodes into the command log, one episode at a time, in the background.
import { logJournal } from '../datasets/log-journal.ts'
import type { EpisodeService } from '../host/episode-service.ts'
import type { Log } from '../host/log.ts'
import { AppError } from '../kernel/errors.ts'
import type { CommandLog } from '../store/command-log.ts'
import { listUnlogged } from '../store/log-episodes.ts'
import type { Store } from '../store/store.ts'

interface Parts {
  readonly store: Store
  readonly commands: CommandLog
  readonly episodes: EpisodeService
  readonly log: Log
}

/** Episodes per query of the index. */
const BATCH = 200

export class EpisodeIndexer {
  readonly #parts: Parts
  #running: Promise<void> | undefined
  #hasMore = false
  #isClosing = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Call it when there may be unlogged episodes. */
  wake(): void {
    this.#hasMore = true
    if (this.#isClosing) return
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  async #run(): Promise<void> {
    while (this.#hasMore && !this.#isClosing) {
      this.#hasMore = false
      try {
        await this.#sweep()
      } catch (err) {
        this.#parts.log.error({ err }, 'episode.log_sweep_failed')
      }
    }
  }

  /** Goes once through the unlogged episodes; one that cannot be logged does not block the others. */
  async #sweep(): Promise<void> {
    for (let after = ''; !this.#isClosing; ) {
      const ids = await listUnlogged(this.#parts.store, BATCH, after)
      for (const id of ids) {
        if (this.#isClosing) return
        await this.#take(id)
      }
      after = ids.at(-1) ?? ''
      if (ids.length < BATCH) return
    }
  }

  async #take(id: string): Promise<void> {
    const { store, commands, episodes, log } = this.#parts
    try {
      const source = { open: () => episodes.readJournal(id), worlds: episodes.worlds }
      const { added } = await logJournal(store, commands, source)
      log.info({ episode: id, commands: added }, 'episode.logged')
    } catch (err) {
      // An old showcase match may have been removed in the meantime.
      if (err instanceof AppError && err.code === 'UNKNOWN_EPISODE') return
      log.error({ episode: id, err }, 'episode.log_failed')
    }
  }

  /** Waits for the current episode; the rest is logged after the next start. */
  async close(): Promise<void> {
    this.#isClosing = true
    await this.#running
  }
}
