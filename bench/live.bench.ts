// Live episodes: journalled, two socket players each, 20 ticks a second, on this machine with the load generator beside
// it. The number of episodes is raised until the server no longer keeps time.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCommand } from '../src/testing/cli.ts'
import { median, percentile, type Row } from './measure.ts'

export const name = 'live'

const RATE = 20
const SECONDS = 12
const PERIOD = 1000 / RATE
/** A tick that comes later than this after its time is not on time. */
const LATE_MS = PERIOD

interface Result {
  readonly delays: readonly number[]
  readonly expected: number
  readonly received: number
}

/** One server with so many episodes; ticks are watched at the far end of every socket. */
async function measure(episodes: number): Promise<Result & { idleKb: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-live-'))
  const server = startCommand(['serve', '--port', '0', '--no-showcase', '--log', 'error'], {
    env: { PARACOSM_DATA: folder },
  })
  const [, url = ''] = await server.sees(/Paracosm is at (\S+)/)
  const before = await memoryOf(server)
  const ids: string[] = []
  const sockets: string[] = []
  for (let i = 0; i < episodes; i++) {
    const response = await fetch(`${url}/api/episodes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        world: 'paint-arena',
        players: [null, null],
        tick_rate: RATE,
        config: { max_ticks: 10_000 },
      }),
    })
    const started = (await response.json()) as { episode: { id: string }; slots: { socket: string }[] }
    ids.push(started.episode.id)
    for (const handle of started.slots) sockets.push(handle.socket)
  }
  const idleKb = ((await memoryOf(server)) - before) / episodes / 1024
  const client: ChildProcess = spawn(
    process.execPath,
    [...process.execArgv, join(import.meta.dirname, 'live-client.ts'), String(SECONDS), String(RATE)],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  )
  client.stdin?.end(JSON.stringify(sockets))
  let text = ''
  client.stdout?.on('data', (chunk) => {
    text += chunk
  })
  await once(client, 'close')
  server.kill('SIGKILL')
  await server.ended
  rmSync(folder, { recursive: true, force: true })
  return { ...(JSON.parse(text) as Result), idleKb }
}

async function memoryOf(server: { pid: number | undefined }): Promise<number> {
  const { readFileSync } = await import('node:fs')
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024
}

export async function run(report: (row: Row) => void): Promise<void> {
  if (process.platform !== 'linux') {
    console.log('  skipped: memory is read from /proc')
    return
  }
  let isKeeping = true
  for (let episodes = 500; isKeeping && episodes <= 2000; episodes += 100) {
    const { delays, expected, received, idleKb } = await measure(episodes)
    const onTime = delays.filter((delay) => delay <= LATE_MS).length / expected
    const what = `${episodes} episodes, ${episodes * 2} sockets, ${RATE} ticks/s`
    if (episodes === 500)
      report({ what: 'memory of an idle episode (two slots waited for)', value: idleKb, unit: 'kB', note: 'goal 100' })
    report({ what: `${what}: delay of a tick, median`, value: median(delays), unit: 'ms' })
    report({
      what: `${what}: delay of a tick, p99`,
      value: percentile(delays, 0.99),
      unit: 'ms',
      note: episodes === 500 ? 'goal 50' : '',
    })
    report({ what: `${what}: ticks on time`, value: onTime * 100, unit: '%', note: episodes === 500 ? 'goal 98' : '' })
    report({ what: `${what}: ticks delivered`, value: (100 * received) / expected, unit: '%' })
    isKeeping = percentile(delays, 0.99) < LATE_MS && onTime >= 0.98
  }
}
