// The adapter's state of one agent: commands, last perception, rate limits, and the open stream.
import { RateBucket } from '../../lib/rate-bucket.ts'
import type { CommandReport } from '../../protocol/perception-adapter.ts'
import type { EncodedPerception, PerceptionAgent } from './bridge.ts'
import type { RateLimits } from './rate-limit.ts'
import type { Stream } from './stream.ts'

/** Commands of one agent that are kept in memory; older ones are read from the log. */
const KEPT_COMMANDS = 256
/** Recent perceptions of one agent that a command may refer to. */
const KEPT_PERCEPTIONS = 16

export interface CommandRecord {
  readonly report: CommandReport
  /** Why the engine refused it; undefined if it did not. */
  refused: { readonly code: string; readonly reason: string } | undefined
}

export class AgentState {
  readonly agent: PerceptionAgent
  readonly perceptions: RateBucket
  readonly commands: RateBucket
  /** Pending requests by idempotency key, so that concurrent repeats are merged. */
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

  /** The perception that the agent decided on, if known, otherwise its last one. */
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
