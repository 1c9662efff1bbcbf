// What the adapter knows of one agent: its commands, what it saw last, how much it may still ask for, and who listens.
import { RateBucket } from '../../lib/rate-bucket.ts'
import type { CommandReport } from '../../protocol/perception-adapter.ts'
import type { EncodedPerception, PerceptionAgent } from './bridge.ts'
import type { RateLimits } from './rate-limit.ts'
import type { Stream } from './stream.ts'

/** Commands of one agent that are kept in memory; older ones are read from the log. */
const KEPT_COMMANDS = 256
/** Perceptions of one agent that a command may name as the one it was decided by. */
const KEPT_PERCEPTIONS = 16

export interface CommandRecord {
  readonly report: CommandReport
  /** Why the engine would not take it; undefined unless it was refused. */
  refused: { readonly code: string; readonly reason: string } | undefined
}

export class AgentState {
  readonly agent: PerceptionAgent
  readonly perceptions: RateBucket
  readonly commands: RateBucket
  /** Requests under way by their idempotency key, so that two at once are one. */
  readonly pending = new Map<string, Promise<string>>()
  /** The command that the agent is busy with. */
  current: CommandRecord | undefined
  stream: Stream | undefined
  readonly #records = new Map<string, CommandRecord>()
  readonly #keys = new Map<string, CommandRecord>()
  readonly #perceptions: EncodedPerception[] = []

  constructor(agent: PerceptionAgent, limits: RateLimits, now: number) {
    this.agent = agent
    this.perceptions = new RateBucket(limits.perceptions, now)
    this.commands = new RateBucket(limits.commands, now)
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

  saw(encoded: EncodedPerception): void {
    if (this.#perceptions.at(-1) === encoded) return
    this.#perceptions.push(encoded)
    if (this.#perceptions.length > KEPT_PERCEPTIONS) this.#perceptions.shift()
  }

  /** What the agent had seen when it decided: the perception of that time if it is known, else the last one. */
  perceptionAt(timestamp: string | null | undefined): EncodedPerception | undefined {
    const at = timestamp ? Date.parse(timestamp) : Number.NaN
    return (
      this.#perceptions.findLast((each) => Date.parse(each.perception.timestamp) === at) ?? this.#perceptions.at(-1)
    )
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
