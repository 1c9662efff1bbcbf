// Where the stored lines of one journal go. `file-sink.ts` writes one file; `commit-log.ts` serves many episodes with
// one commit; tests keep lines in memory.

export interface LineSink {
  /** Takes a stored line, without its line end. Never waits. A sink makes it durable within MAX_UNCOMMITTED_MS. */
  append(line: string): void
  /**
   * Resolves once every line appended before the call is durable. Calls share commits. After one rejection every later
   * call rejects too: nothing after a gap is ever acknowledged.
   */
  commit(): Promise<void>
  /** Characters accepted but not yet written: a producer that is faster than the disk waits for a commit. */
  readonly backlog: number
  /** Calls `listener` once when a write without a waiting caller fails. */
  onFault?(listener: (error: unknown) => void): void
  /** Commits, and releases the underlying resource, also when the commit fails. */
  close(): Promise<void>
}

/**
 * Milliseconds after which a line is committed without a request, so that what a client has seen survives a crash. The
 * disk then has as long again to sync it within the promised 200 ms.
 */
export const MAX_UNCOMMITTED_MS = 100

/** Keeps the lines in memory in addition to a durable sink, for documents made from the complete journal. */
export function createTeeSink(durable: LineSink, lines: string[]): LineSink {
  return {
    get backlog() {
      return durable.backlog
    },
    append(line) {
      lines.push(line)
      durable.append(line)
    },
    commit: () => durable.commit(),
    onFault: (listener) => durable.onFault?.(listener),
    close: () => durable.close(),
  }
}

/** Keeps the lines in memory; durable at once. For tests and for runs whose journal is not kept. */
export function createMemorySink(
  lines: string[] = [],
  onLine?: (line: string) => void,
): LineSink & { readonly lines: readonly string[] } {
  return {
    lines,
    backlog: 0,
    append(line) {
      lines.push(line)
      onLine?.(line)
    },
    commit: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
}
