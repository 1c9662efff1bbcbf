// `paracosm serve` on a data folder, as a process that tests kill.
import { type RunningCommand, startCommand } from '../cli.ts'

export interface Served {
  readonly url: string
  readonly process: RunningCommand
}

/** Milliseconds that a start may take, with every unfinished episode of the folder. */
const START_MS = 60_000

/** @param env where the store is: nothing for a file, DATABASE_URL for PostgreSQL */
export async function serveFolder(folder: string, env: Readonly<Record<string, string>> = {}): Promise<Served> {
  const args = ['serve', '--port', '0', '--no-showcase', '--no-rate-limits', '--data', folder, '--json']
  const process = startCommand(args, { env })
  const timer = setTimeout(() => process.kill('SIGKILL'), START_MS)
  try {
    const [line] = await process.sees(/^\{.*\}$/m)
    return { url: JSON.parse(line).url, process }
  } catch (cause) {
    throw new Error(`the server did not start on ${folder}: ${process.text()}`, { cause })
  } finally {
    clearTimeout(timer)
  }
}
