// The text form of outcomes in the command log: `done: what`, `failed: CODE: what`, `refused: CODE: reason`.
import type { CommandLogRow } from '../../protocol/command-log.ts'
import type { CommandReport } from '../../protocol/perception-adapter.ts'
import { COMMAND_TYPES } from '../../protocol/perception-command.ts'

export const formatDone = (outcome: string): string => `done: ${outcome}`
export const formatRefused = (code: string, reason: string): string => `refused: ${code}: ${reason}`
export const formatFailed = (code: string, outcome: string): string => `failed: ${code}: ${outcome}`

const ENDED_BADLY = /^(refused|failed): ([A-Z][A-Z0-9_]*): (.*)$/s

/** Why a row was refused; undefined when it was not. */
export function refusalFromRow(row: CommandLogRow): { code: string; reason: string } | undefined {
  const [, how, code = '', reason = ''] = ENDED_BADLY.exec(row.outcome ?? '') ?? []
  return how === 'refused' ? { code, reason } : undefined
}

/** The status of a row's command; undefined for commands of other adapters. A row without an outcome is running. */
export function reportFromRow(row: CommandLogRow): CommandReport | undefined {
  const command = COMMAND_TYPES.find((word) => word === row.command)
  if (command === undefined || row.command_id === null) return undefined
  const base = { command_id: row.command_id, agent_id: row.agent_id, command }
  if (row.outcome === null) return { ...base, status: 'running', outcome: null, code: null }
  const [, , code, outcome] = ENDED_BADLY.exec(row.outcome) ?? []
  if (code === undefined || outcome === undefined) {
    return { ...base, status: 'done', outcome: row.outcome.replace(/^done: /, ''), code: null }
  }
  return { ...base, status: 'failed', outcome, code }
}
