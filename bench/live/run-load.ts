// Runs the load generator against a server and measures the server's processor time over the same window.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface LoadRequest {
  readonly sockets: readonly string[]
  readonly seconds: number
  /** Ticks per second. */
  readonly rate: number
  /** A key of PROTOCOLS. */
  readonly protocol: string
}

/** Results of the generator in the measured window. */
export interface LoadReport {
  /** Delay of each tick in milliseconds. */
  readonly delays: readonly number[]
  /** Number of ticks that were due. */
  readonly expected: number
  readonly receipts: number
  readonly seconds: number
  /** Share of a core that the generator used. */
  readonly generatorCpu: number
}

export interface Measured extends LoadReport {
  /** Share of a core that the server used, all its threads and processes. */
  readonly serverCpu: number
}

/** Clock ticks per second in /proc on Linux. */
const CLOCK_HZ = 100

/** Seconds of processor time that a process has used. */
function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_HZ
}

const cpuOf = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0)

/** Resident bytes of a process. */
export function memoryOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024
}

/** @param pids of the server and its shards. @throws Error if the generator exits without a report */
export async function runLoad(pids: readonly number[], request: LoadRequest): Promise<Measured> {
  const client = spawn(process.execPath, [...process.execArgv, join(import.meta.dirname, 'load.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  client.stdin.end(JSON.stringify(request))
  let text = ''
  let cpuBefore: number | undefined
  let cpuAfter = 0
  client.stdout.on('data', (chunk: Buffer) => {
    text += chunk
    // The first line marks the start of the window; the report follows after its end.
    if (cpuBefore === undefined) cpuBefore = cpuOf(pids)
    else if (cpuAfter === 0) cpuAfter = cpuOf(pids)
  })
  await once(client, 'close')
  const [, line] = text.split('\n')
  if (!line || cpuBefore === undefined) throw new Error('the load generator ended without a report')
  const report: LoadReport = JSON.parse(line)
  return { ...report, serverCpu: (cpuAfter - cpuBefore) / report.seconds }
}
