// The rows of the log that a dataset is made of: oldest first, as many as are wanted, until somebody calls it off.
import type { DatasetFilters } from '../protocol/dataset.ts'
import { CommandLog } from '../store/command-log.ts'
import type { StoredRow } from '../store/log-rows.ts'
import type { Store } from '../store/store.ts'

export interface RowsRequest {
  readonly filters: DatasetFilters
  /** Maximum number of rows, oldest first. */
  readonly maxRecords?: number | undefined
  /** Aborted: the export ends with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((rows: number) => void) | undefined
}

/** What a format has made of the rows. */
export interface Counts {
  readonly total: number
  readonly skipped: number
  readonly episodes: number
}

/** Rows of one page: some 1 MiB of text. */
const PAGE = 1000

export async function* readDatasetRows(store: Store, request: RowsRequest): AsyncGenerator<readonly StoredRow[]> {
  const { filters, maxRecords = Number.POSITIVE_INFINITY, signal, onProgress } = request
  let count = 0
  for await (const page of new CommandLog(store).readRows(filters, { batch: Math.min(PAGE, maxRecords) })) {
    // Reading never yields by itself; this lets an interrupt through.
    await new Promise((resolve) => setImmediate(resolve))
    signal?.throwIfAborted()
    yield page.length > maxRecords - count ? page.slice(0, maxRecords - count) : page
    count = Math.min(count + page.length, maxRecords)
    onProgress?.(count)
    if (count >= maxRecords) return
  }
  signal?.throwIfAborted()
}
