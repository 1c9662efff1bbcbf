// Where the stored lines of one journal go. `file-sink.ts` writes one file; `commit-log.ts` serves many episodes with
// one commit; tests keep lines in memory.

export interface LineSink {
  /** Takes a stored line, without its line end. Never waits. */
  append(line: string): void
  /** Resolves once every line appended before the call is durable. Calls share commits. */
  commit(): Promise<void>
  /** Characters taken and not yet written: who produces faster than the disk writes waits for a commit. */
  readonly backlog: number
  /** Commits, and lets the underlying resource go. */
  close(): Promise<void>
}

/** Keeps the lines in memory; durable at once. For tests and for runs whose journal nobody wants. */
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
