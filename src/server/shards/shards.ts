// The shards of a server: further processes that run live episodes. New episodes go to the one with the fewest. Their
// requests are relayed, and their WebSockets handed over (shard-relay.ts).
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Log } from '../../host/log.ts'
import { isMissing } from '../../lib/files.ts'
import type { EpisodeSummary } from '../../protocol/catalogue.ts'
import { resuming } from '../live-perception.ts'
import { shardFolder, shardOf } from './shard-ids.ts'
import type { ModelSlot } from './shard-link.ts'
import { ShardProcess, type SpawnShard } from './shard-process.ts'

export interface ShardSettings {
  /** Shards that take new episodes; 0: the server itself takes them. */
  readonly count: number
  readonly spawn: SpawnShard
}

interface Options extends ShardSettings {
  readonly dataDir: string
  readonly log: Log
  onModelSlot(slot: ModelSlot): Promise<boolean>
  onArchived(id: string): void
}

export class Shards {
  readonly #all: ReadonlyMap<number, ShardProcess>
  readonly #count: number
  /** Holds the Unix sockets: their paths must be short, and only this user may connect. */
  readonly #sockets: string
  #stopping: Promise<string[]> | undefined

  private constructor(all: ReadonlyMap<number, ShardProcess>, count: number, sockets: string) {
    this.#all = all
    this.#count = count
    this.#sockets = sockets
  }

  /**
   * Starts every shard, also those of an earlier start with more of them that still have unfinished episodes.
   * @returns undefined without shards
   * @throws AppError INTERRUPTED when one does not start
   */
  static async open({ count, dataDir, ...options }: Options): Promise<Shards | undefined> {
    const numbers = new Set(Array.from({ length: count }, (_, at) => at + 1))
    for (const left of unfinishedShards(dataDir)) numbers.add(left)
    if (numbers.size === 0) return undefined
    const sockets = mkdtempSync(join(tmpdir(), 'paracosm-'))
    const all = new Map<number, ShardProcess>()
    for (const number of numbers) {
      all.set(number, new ShardProcess({ ...options, number, socket: join(sockets, `${number}.sock`) }))
    }
    const shards = new Shards(all, count, sockets)
    try {
      await Promise.all([...all.values()].map((shard) => shard.start()))
      return shards
    } catch (error) {
      await shards.stop()
      throw error
    }
  }

  /** Live episodes in all shards. */
  get live(): number {
    return [...this.#all.values()].reduce((sum, { live }) => sum + live, 0)
  }

  /** One sentence for each shard that does not work. */
  get faults(): readonly string[] {
    return [...this.#all.values()].flatMap(({ number, fault }) =>
      fault === undefined ? [] : [`Shard ${number} does not work: ${fault}.`],
    )
  }

  /** Lets all resume their episodes. @returns how many were resumed */
  async begin(): Promise<number> {
    const resumed = await Promise.all([...this.#all.values()].map((shard) => shard.begin()))
    return resumed.reduce((sum, each) => sum + each, 0)
  }

  /** The shard for a new episode; undefined: the server itself. */
  pick(): ShardProcess | undefined {
    const taking = [...this.#all.values()].filter(({ number }) => number <= this.#count)
    const [least] = taking.toSorted(byLoad)
    least?.expect()
    return least
  }

  /** The shard that has an episode; undefined: none of this start. */
  of(id: string): ShardProcess | undefined {
    const number = shardOf(id)
    return number === undefined ? undefined : this.#all.get(number)
  }

  /**
   * The shard that has the live episode of a slot's token; undefined: none.
   * @throws AppError INTERRUPTED when one that may have it does not answer
   */
  async ofToken(token: string): Promise<ShardProcess | undefined> {
    const all = [...this.#all.values()]
    const known = await Promise.all(all.map((shard) => shard.hasToken(token)))
    const found = all.find((_, at) => known[at] === true)
    if (!found && known.includes(null)) throw resuming()
    return found
  }

  /** Current summaries of live episodes, by id. */
  async summaries(ids: readonly string[]): Promise<ReadonlyMap<string, EpisodeSummary>> {
    const byShard = Map.groupBy(ids, (id) => this.of(id))
    const found = await Promise.all([...byShard].map(([shard, own]) => shard?.summaries(own) ?? []))
    return new Map(found.flat().map((summary) => [summary.id, summary]))
  }

  /** @returns the ids of the episodes that the next start resumes */
  stop(): Promise<string[]> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<string[]> {
    const left = await Promise.all([...this.#all.values()].map((shard) => shard.stop()))
    rmSync(this.#sockets, { recursive: true, force: true })
    return left.flat()
  }
}

/**
 * The order in which shards take new episodes. What a shard said last may be half a second old, so that among equals the
 * one that was given an episode longest ago goes first.
 */
export const byLoad = (a: ShardLoad, b: ShardLoad): number =>
  Number(b.isOpen) - Number(a.isOpen) || a.live - b.live || a.expectedAt - b.expectedAt

type ShardLoad = Pick<ShardProcess, 'isOpen' | 'live' | 'expectedAt'>

/** The number of a shard as in ids. Folders with other names are ignored. */
const SHARD_NUMBER = /^[1-9]\d?$/

/** Shards whose folders hold unfinished episodes. */
export function unfinishedShards(dataDir: string): readonly number[] {
  return list(join(dataDir, 'shards'))
    .filter((name) => SHARD_NUMBER.test(name))
    .map(Number)
    .filter((shard) => list(join(shardFolder(dataDir, shard), 'live')).length > 0)
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}
