// A real `paracosm serve` in a process of its own, for tests that kill it.
import { readdirSync, readFileSync } from 'node:fs'
import { type RunningCommand, startCommand } from './cli.ts'

export interface ServerProcess {
  readonly url: string
  readonly command: RunningCommand
  /** Kills it as a crash would. */
  crash(): Promise<void>
  /** Stops it gracefully, and returns its exit status. */
  stop(): Promise<number | null>
}

/** Starts the server on a free port and waits until it is ready. */
export async function startServerProcess(
  dataDir: string,
  args: readonly string[] = [],
  options: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
): Promise<ServerProcess> {
  const command = startCommand(
    ['serve', '--port', '0', '--data', dataDir, '--no-showcase', '--no-rate-limits', '--json', ...args],
    options,
  )
  const [, url = ''] = await command.sees(/"url":\s*"([^"]+)"/)
  return {
    url,
    command,
    async crash() {
      command.kill('SIGKILL')
      await command.ended
    },
    stop() {
      command.kill('SIGTERM')
      return command.ended
    },
  }
}

/** Processes that a process has started and that still run: the shards of a server. Linux only. */
export function childrenOf(parent: number): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && parentOf(pid) === parent)
}

/** Undefined: the process has ended, also while nobody has taken note of it. */
function parentOf(pid: number): number | undefined {
  try {
    // The name in parentheses may hold anything; state and parent follow.
    const [, state, parent] = /\) (\S) (\d+) [^)]*$/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return state === 'Z' ? undefined : Number(parent)
  } catch {
    return undefined
  }
}

/** Polls until `check` returns a value; fails with `what` after a minute. */
export async function eventually<T>(what: string, check: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const until = Date.now() + 60_000
  for (;;) {
    const found = await check()
    if (found !== undefined) return found
    if (Date.now() > until) throw new Error(`not within a minute: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
