// The pages of the log for one set of filters, as a hook.
import { useCallback, useMemo, useState } from 'react'
import { type LogFilters, toQuery } from '../../data/command-log.ts'
import { operatorClient } from '../../data/operator.ts'
import { LogPages, type LogView, PAGE_ROWS } from './log-pages.ts'

export interface Log extends LogView {
  readonly pages: LogPages
  /** When the newest rows were fetched, in milliseconds since 1970. */
  readonly readAt: number
  /** Reads everything anew. */
  again(): void
}

/** @param filters one object for equal filters
 *  @param key whose log it is: another key reads it anew */
export function useLog(filters: LogFilters, key: string | undefined): Log {
  const [attempt, setAttempt] = useState(0)
  const [, redraw] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another key or another attempt reads it anew
  const opened = useMemo(() => open(filters, () => redraw((count) => count + 1)), [filters, key, attempt])
  const again = useCallback(() => setAttempt((count) => count + 1), [])
  return { ...opened.pages.view, ...opened, again }
}

function open(filters: LogFilters, onChange: () => void): { readonly pages: LogPages; readonly readAt: number } {
  const client = operatorClient()
  const query = toQuery(filters)
  const read = (cursor: string | undefined) =>
    client.commands({ ...query, limit: PAGE_ROWS, ...(cursor === undefined ? {} : { cursor }) })
  return { pages: new LogPages(read, onChange), readAt: Date.now() }
}
