// A command with its parameters on one line, such as "move up" or "place conveyor 3 4".
import type { CommandLogRow } from 'paracosm/protocol'

/** Characters of the parameters in a row; the details show all of them. */
const MAX_TEXT = 60

export function commandText({ command, params }: Pick<CommandLogRow, 'command' | 'params'>): string {
  const values = Object.values(params)
  if (values.length === 0) return command
  const text = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ')
  return `${command} ${text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text}`
}
