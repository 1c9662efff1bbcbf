// A command log in memory: durable immediately, unless a test delays it.
import type { CommandSink } from '../adapters/perception/command-sink.ts'
import type { CommandLogRow } from '../protocol/command-log.ts'

export interface MemorySink extends CommandSink {
  readonly rows: readonly CommandLogRow[]
  /** Appending waits for this; a test can set a promise here. */
  gate: Promise<void>
}

export function createMemorySink(rows: CommandLogRow[] = [], keys = new Map<string, string | null>()): MemorySink {
  return {
    rows,
    gate: Promise.resolve(),
    async append(row, key) {
      await this.gate
      const known = key === undefined ? undefined : keys.get(key)
      if (known !== undefined) return { command_id: known, isRepeat: true }
      if (key !== undefined) keys.set(key, row.command_id)
      rows.push({
        heartbeat_cycle: null,
        score: null,
        ...row,
        id: rows.length + 1,
        created_at: new Date().toISOString(),
      })
      return { command_id: row.command_id, isRepeat: false }
    },
    async setOutcome(commandId, outcome, score) {
      const at = rows.findIndex((row) => row.command_id === commandId)
      if (rows[at]) rows[at] = { ...rows[at], outcome, score }
    },
    find: async (commandId) => rows.find((row) => row.command_id === commandId),
    open: async (agentId) => rows.filter((row) => row.agent_id === agentId && row.outcome === null).toReversed(),
  }
}
