// The command log: its filters in the URL, the number of matching commands, and single commands.
import { queryOptions } from '@tanstack/react-query'
import type { CommandFilters, CommandLogRow } from 'paracosm/protocol'
import { operatorClient } from './operator.ts'

/** The filters in the order of the form. In an address, all are text. */
export const LOG_FILTERS = [
  { id: 'world', label: 'World', flag: '--world' },
  { id: 'agent_id', label: 'Agent', flag: '--agent' },
  { id: 'episode_id', label: 'Episode', flag: '--episode' },
  { id: 'command_type', label: 'Command', flag: undefined },
  { id: 'cell', label: 'Cell', flag: undefined },
  { id: 'outcome', label: 'Outcome', flag: '--outcome' },
  { id: 'since', label: 'From', flag: '--since' },
  { id: 'until', label: 'Up to', flag: '--until' },
  { id: 'min_score', label: 'Least score', flag: '--min-score' },
] as const satisfies readonly { id: keyof CommandFilters; label: string; flag: string | undefined }[]

export type LogFilter = (typeof LOG_FILTERS)[number]['id']
export type LogFilters = Readonly<Partial<Record<LogFilter, string>>>

/** The address parameters of the log. */
export interface LogSearch extends Partial<Record<LogFilter, string>> {
  /** The number of the selected row. */
  row?: number
}

/** Reads an address with any content. */
export function readLogSearch(given: Readonly<Record<string, unknown>>): LogSearch {
  const row = Number(given.row)
  return {
    ...filtersOf(Object.fromEntries(Object.entries(given).map(([name, value]) => [name, textOf(value)]))),
    ...(Number.isSafeInteger(row) && row > 0 ? { row } : {}),
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? `${value}` : '')

/** Only the filters, without blank ones. */
export function filtersOf(given: Readonly<Record<string, unknown>>): LogFilters {
  const filters: Partial<Record<LogFilter, string>> = {}
  for (const { id } of LOG_FILTERS) {
    const text = given[id]
    if (typeof text === 'string' && text.trim() !== '') filters[id] = text.trim()
  }
  return filters
}

/** As the client takes them. An invalid score is left for the server to reject. */
export function toQuery({ min_score, ...filters }: LogFilters): CommandFilters {
  return { ...filters, ...(min_score === undefined ? {} : { min_score: Number(min_score) }) }
}

/** A word of a command line, quoted if a shell would interpret it. */
const shellWord = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`

/** The command that exports the filtered rows, and the filters that exports do not support. */
export function exportCommand(filters: LogFilters, format: string): { command: string; left: readonly string[] } {
  const flags: string[] = []
  const left: string[] = []
  for (const { id, label, flag } of LOG_FILTERS) {
    const value = filters[id]
    if (value === undefined) continue
    if (flag === undefined) left.push(label.toLowerCase())
    // A value that begins with a dash would be parsed as a flag.
    else flags.push(value.startsWith('-') ? `${flag}=${shellWord(value)}` : `${flag} ${shellWord(value)}`)
  }
  return { command: ['paracosm dataset export --format', format, ...flags].join(' '), left }
}

/** The number of matching commands. */
export const commandCountQuery = (filters: LogFilters, key: string | undefined) =>
  queryOptions({
    queryKey: ['command-count', filters, key],
    queryFn: () => operatorClient().commandCount(toQuery(filters)),
    refetchOnWindowFocus: false,
  })

/** One command; a row that a page has already read needs no request. */
export const commandQuery = (id: number, known: CommandLogRow | undefined, key: string | undefined) =>
  queryOptions({
    queryKey: ['command', id, key],
    queryFn: () => operatorClient().command(id),
    ...(known === undefined ? {} : { initialData: known }),
    staleTime: Number.POSITIVE_INFINITY,
  })
