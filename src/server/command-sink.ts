// Connects the perception adapter to the command log of the store.
import type { CommandSink } from '../adapters/perception/command-sink.ts'
import type { CommandLog } from '../store/command-log.ts'

export function createCommandSink(log: CommandLog): CommandSink {
  return {
    append: (row, idempotencyKey) => log.append(row, idempotencyKey === undefined ? {} : { idempotencyKey }),
    async setOutcome(commandId, outcome, score) {
      await log.setOutcome(commandId, outcome, score)
    },
    find: (commandId) => log.find(commandId),
    open: async (agentId) => (await log.query({ agent_id: agentId, outcome: 'pending' })).entries,
  }
}
