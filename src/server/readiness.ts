// Whether the server can do its work now: each check reports faults in words for an operator.
import { statfs } from 'node:fs/promises'
import type { EpisodeService } from '../host/episode-service.ts'
import type { Store } from '../store/store.ts'

/** Time limit of the database check, in milliseconds. */
const PING_MS = 2000
/** Bytes that must be free: enough for the journals of a busy minute. */
const MIN_FREE_BYTES = 32 * 1024 * 1024
/** Milliseconds for which a result is cached, so that many load balancers cost one check. */
const SHARED_MS = 500

export interface ReadinessProblem {
  readonly check: 'startup' | 'database' | 'disk' | 'journals' | 'shards'
  readonly message: string
}

interface Parts {
  readonly store: Store
  readonly episodes: EpisodeService
  readonly shards?: { readonly faults: readonly string[] } | undefined
  readonly dataDir: string
  /** Bytes that must be free; default 32 MiB. */
  readonly minFreeBytes?: number | undefined
}

export class Readiness {
  readonly #parts: Parts
  #hasStarted = false
  #last: { readonly at: number; readonly problems: Promise<readonly ReadinessProblem[]> } | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Interrupted episodes have been resumed. */
  started(): void {
    this.#hasStarted = true
    this.#last = undefined
  }

  /** The current faults; empty: the server is ready. Never rejects. */
  problems(): Promise<readonly ReadinessProblem[]> {
    const now = performance.now()
    if (!this.#last || now - this.#last.at > SHARED_MS) this.#last = { at: now, problems: this.#check() }
    return this.#last.problems
  }

  async #check(): Promise<readonly ReadinessProblem[]> {
    const found = await Promise.all([this.#startup(), this.#database(), this.#disk(), this.#journals()])
    const ofShards = (this.#parts.shards?.faults ?? []).map((message) => ({ check: 'shards' as const, message }))
    return [...found.filter((problem) => problem !== undefined), ...ofShards]
  }

  #startup(): ReadinessProblem | undefined {
    return this.#hasStarted ? undefined : { check: 'startup', message: 'Interrupted episodes are being resumed.' }
  }

  async #database(): Promise<ReadinessProblem | undefined> {
    try {
      await this.#parts.store.ping(PING_MS)
      return undefined
    } catch (error) {
      return { check: 'database', message: `The database does not answer: ${messageOf(error)}` }
    }
  }

  async #disk(): Promise<ReadinessProblem | undefined> {
    const { dataDir, minFreeBytes = MIN_FREE_BYTES } = this.#parts
    try {
      const { bavail, bsize } = await statfs(dataDir)
      const free = bavail * bsize
      if (free >= minFreeBytes) return undefined
      return { check: 'disk', message: `The data folder's disk has ${free} bytes left; ${minFreeBytes} are needed.` }
    } catch (error) {
      return { check: 'disk', message: `The data folder cannot be read: ${messageOf(error)}` }
    }
  }

  #journals(): ReadinessProblem | undefined {
    const { fault } = this.#parts.episodes
    return fault === undefined
      ? undefined
      : { check: 'journals', message: `Journals cannot be written: ${messageOf(fault)}` }
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
