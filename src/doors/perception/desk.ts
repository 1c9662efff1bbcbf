// What the door knows of one agent: its commands, what it saw last, how much it may still ask for, and who listens.
import type { CommandReport } from '../../protocol/perception-door.ts'
import type { DoorAgent, Sighting } from './bridge.ts'
import { Bucket, type RateLimits } from './rate-limit.ts'
import type { Stream } from './stream.ts'

/** Commands of one agent that are kept in memory; older ones are read from the log. */
const KEPT_COMMANDS = 256
/** Perceptions of one agent that a command may name as the one it was decided by. */
const KEPT_SIGHTS = 16

export interface CommandRecord {
  readonly report: CommandReport
  /** Why the engine would not take it; undefined unless it was refused. */
  refused: { readonly code: string; readonly reason: string } | undefined
}

export class Desk {
  readonly agent: DoorAgent
  readonly perceptions: Bucket
  readonly commands: Bucket
  /** Requests under way by their idempotency key, so that two at once are one. */
  readonly pending = new Map<string, Promise<string>>()
  /** The command that the agent is busy with. */
  current: CommandRecord | undefined
  stream: Stream | undefined
  readonly #records = new Map<string, CommandRecord>()
  readonly #keys = new Map<string, CommandRecord>()
  readonly #sights: Sighting[] = []

  constructor(agent: DoorAgent, limits: RateLimits, now: number) {
    this.agent = agent
    this.perceptions = new Bucket(limits.perceptions, now)
    this.commands = new Bucket(limits.commands, now)
  }

  keep(record: CommandRecord, key: string | undefined): void {
    put(this.#records, record.report.command_id, record)
    if (key !== undefined) put(this.#keys, key, record)
  }

  find(commandId: string): CommandRecord | undefined {
    return this.#records.get(commandId)
  }

  /** The command that was sent under a key. */
  sentAs(key: string): CommandRecord | undefined {
    return this.#keys.get(key)
  }

  saw(sighting: Sighting): void {
    if (this.#sights.at(-1) === sighting) return
    this.#sights.push(sighting)
    if (this.#sights.length > KEPT_SIGHTS) this.#sights.shift()
  }

  /** What the agent had seen when it decided: the perception of that time if it is known, else the last one. */
  sightAt(timestamp: string | null | undefined): Sighting | undefined {
    const at = timestamp ? Date.parse(timestamp) : Number.NaN
    return this.#sights.findLast((each) => Date.parse(each.perception.timestamp) === at) ?? this.#sights.at(-1)
  }
}

function put<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value)
  if (map.size <= KEPT_COMMANDS) return
  for (const oldest of map.keys()) {
    map.delete(oldest)
    return
  }
}
