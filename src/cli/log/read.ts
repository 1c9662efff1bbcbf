// `paracosm log query`, `show`, `count`, `tail`.
import { AppError } from '../../kernel/errors.ts'
import type { CommandLogRow } from '../../protocol/command-log.ts'
import { CommandLog } from '../../store/command-log.ts'
import { type Io, printJson } from '../io.ts'
import { withStore } from '../store.ts'
import { printTable } from '../table.ts'
import { type FilterFlags, readFilters } from './filters.ts'

const HEADING = ['Id', 'Time', 'Agent', 'Command', 'Cell', 'Episode', 'Outcome']
/** Maximum characters of a table cell. */
const WIDTH = 32

export async function query(
  io: Io,
  flags: FilterFlags & { readonly limit: number; readonly offset: number; readonly cursor?: string },
): Promise<void> {
  const { limit, offset, cursor } = flags
  const page = await withStore(io, { data: flags.data, mode: 'read' }, (store) =>
    new CommandLog(store).query(readFilters(flags), { limit, offset, ...(cursor === undefined ? {} : { cursor }) }),
  )
  if (flags.json) return printJson(io, page)
  if (page.entries.length === 0) return io.out('No commands.')
  printTable(io, HEADING, page.entries.map(toCells))
  if (page.next_cursor !== null) io.out(`There is more: --cursor ${page.next_cursor}`)
}

function toCells(row: CommandLogRow): string[] {
  const cells = [row.agent_id, row.command, row.cell ?? '-', row.episode_id ?? '-', row.outcome ?? 'pending']
  return [String(row.id), row.timestamp, ...cells.map(toCell)]
}

/** Text of agents goes to a terminal: no control characters. */
function toCell(text: string): string {
  const plain = text.replace(/\p{C}/gu, ' ')
  return plain.length > WIDTH ? `${plain.slice(0, WIDTH - 1)}…` : plain
}

export async function show(
  io: Io,
  id: string,
  flags: { readonly data: string; readonly json?: boolean },
): Promise<void> {
  if (!/^[1-9]\d{0,14}$/.test(id)) throw new AppError('USAGE', `${id} is not the number of a command`)
  const row = await withStore(io, { data: flags.data, mode: 'read' }, (store) => new CommandLog(store).get(Number(id)))
  if (!row) {
    throw new AppError('UNKNOWN_COMMAND', `there is no command ${id} in the log`)
  }
  if (flags.json) return printJson(io, row)
  for (const [name, value] of Object.entries(row)) {
    const text = typeof value === 'string' ? value.replace(/(?!\n)\p{C}/gu, ' ') : JSON.stringify(value, undefined, 2)
    io.out(`${name.padEnd(20)} ${text}`)
  }
}

export async function count(io: Io, flags: FilterFlags): Promise<void> {
  const found = await withStore(io, { data: flags.data, mode: 'read' }, (store) =>
    new CommandLog(store).count(readFilters(flags)),
  )
  if (flags.json) printJson(io, { count: found })
  else io.out(String(found))
}

/** With `--json`: one row per line, as they arrive. */
export async function tail(
  io: Io,
  flags: FilterFlags & { readonly lines: number; readonly follow?: boolean },
): Promise<void> {
  await withStore(io, { data: flags.data, mode: 'read' }, async (store) => {
    const signal = flags.follow ? io.signal : AbortSignal.abort()
    for await (const row of new CommandLog(store).tail(readFilters(flags), { last: flags.lines, signal })) {
      io.out(flags.json ? JSON.stringify(row) : toCells(row).join('  '))
    }
  })
}
