// The log rows of a dataset: oldest first, up to the requested number, until cancelled.
import type { DatasetFilters } from '../protocol/dataset.ts'
import { CommandLog } from '../store/command-log.ts'
import type { StoredRow } from '../store/log-rows.ts'
import type { Store } from '../store/store.ts'

export interface RowsRequest {
  readonly filters: DatasetFilters
  /** Maximum number of rows, oldest first. */
  readonly maxRecords?: number | undefined
  /** When aborted, the export fails with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((rows: number) => void) | undefined
}

/** The counts of a format's output. */
export interface Counts {
  readonly total: number
  readonly skipped: number
  readonly episodes: number
}

/** Rows per page: about 1 MiB of text. */
const PAGE = 1000

export async function* readDatasetRows(store: Store, request: RowsRequest): AsyncGenerator<readonly StoredRow[]> {
  const { filters, maxRecords = Number.POSITIVE_INFINITY, signal, onProgress } = request
  let count = 0
  for await (const page of new CommandLog(store).readRows(filters, { batch: Math.min(PAGE, maxRecords) })) {
    // Reading never yields by itself; this allows interrupts.
    await new Promise((resolve) => setImmediate(resolve))
    signal?.throwIfAborted()
    yield page.length > maxRecords - count ? page.slice(0, maxRecords - count) : page
    count = Math.min(count + page.length, maxRecords)
    onProgress?.(count)
    if (count >= maxRecords) return
  }
  signal?.throwIfAborted()
}
