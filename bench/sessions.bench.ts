// Text games under load: the complete server in one process, the players in another, and a local model. The only load
// figure that the original publishes is one session with two turns in 55.2 s (a real model).
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningCommand, startCommand } from '../src/testing/cli.ts'
import { register, start } from '../src/testing/play-api.ts'
import { PlayClient } from '../src/testing/play-client.ts'
import { median, percentile, type Row } from './measure.ts'
import { SERVE } from './serve.ts'

export const name = 'sessions'

const SESSIONS = 1000
const EVERY_MS = 5000
const MODEL_MS = 50
/** A turn waits twice for the model: validators and updater in parallel, then the validators of the draft. */
const MODEL_WAITS = 2
/** Seconds of the long run; PARACOSM_BENCH_SECONDS changes it. */
const SECONDS = Number(process.env.PARACOSM_BENCH_SECONDS ?? 300)

interface Services {
  readonly url: string
  readonly process: RunningCommand
  readonly folder: string
}

async function open(
  args: readonly string[],
  folder = mkdtempSync(join(tmpdir(), 'paracosm-sessions-')),
): Promise<Services> {
  const process = startCommand([...SERVE, '--json', '--data', folder, ...args])
  const [line] = await process.sees(/^\{.*\}$/m)
  return { url: JSON.parse(line).url, process, folder }
}

async function close({ process, folder }: Services): Promise<void> {
  process.kill('SIGKILL')
  await process.ended
  rmSync(folder, { recursive: true, force: true })
}

function memoryOf({ process }: Services): number {
  const status = readFileSync(`/proc/${process.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024
}

interface Measured {
  readonly times: readonly number[]
  readonly errors: number
  readonly seconds: number
  /** Bytes per session while all players are connected and playing. */
  readonly memory: number
}

const OVERRIDES = { max_turns: 500, max_playtime: 3600 }

async function play(
  services: Services,
  load: { sessions: number; everyMs: number; seconds: number },
): Promise<Measured> {
  const key = await register(services)
  const warm = await start(services, key, { overrides: OVERRIDES })
  const first = new PlayClient(warm.socket, key)
  await first.until('turn_end')
  await first.close()
  const before = memoryOf(services)
  const sockets: string[] = []
  for (let i = 0; i < load.sessions; i++) sockets.push((await start(services, key, { overrides: OVERRIDES })).socket)
  const client = spawn(process.execPath, [...process.execArgv, join(import.meta.dirname, 'session-client.ts')], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  client.stdin.end(JSON.stringify({ sockets, key, everyMs: load.everyMs, seconds: load.seconds }))
  let text = ''
  client.stdout.on('data', (chunk) => {
    text += chunk
  })
  await once(client.stderr, 'data')
  const memory = (memoryOf(services) - before) / load.sessions
  await once(client, 'close')
  return { ...JSON.parse(text), memory }
}

/** A slow model that always answers correctly. */
async function startModel(): Promise<{ url: string; close(): void }> {
  const answers = {
    validator: '{"pass": true}',
    scene: '{"type":"ai","content":"JACK tilts its head and hops a step closer to the crumbs."}',
  }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const { model } = JSON.parse(body)
      const content = model === 'validator' ? answers.validator : answers.scene
      const message = { role: 'assistant', content }
      const usage = { prompt_tokens: 900, completion_tokens: 20 }
      setTimeout(() => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ model, choices: [{ index: 0, message, finish_reason: 'stop' }], usage }))
      }, MODEL_MS)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  return { url: `http://127.0.0.1:${port}/v1`, close: () => server.close() }
}

function reportSteady(report: (row: Row) => void, who: string, measured: Measured, waits: number): void {
  const own = measured.times.map((time) => time - waits)
  const what = `${SESSIONS} sessions, a turn every ${EVERY_MS / 1000} s for ${SECONDS} s, ${who}`
  report({ what: `${what}: turns`, value: measured.times.length, unit: '' })
  report({ what: `${what}: errors`, value: measured.errors, unit: '', note: 'goal 0' })
  report({ what: `${what}: our own time a turn, median`, value: median(own), unit: 'ms' })
  report({ what: `${what}: our own time a turn, p99`, value: percentile(own, 0.99), unit: 'ms', note: 'goal 50' })
  report({ what: `${what}: memory a session`, value: measured.memory / 1024, unit: 'kB', note: 'goal 150' })
}

async function steady(report: (row: Row) => void): Promise<void> {
  const load = { sessions: SESSIONS, everyMs: EVERY_MS, seconds: SECONDS }
  const local = await open([])
  reportSteady(report, 'offline responder', await play(local, load), 0)
  await close(local)
  const model = await startModel()
  const roles = ['--model', 'scene', '--validator-model', 'validator', '--base-url', model.url]
  const services = await open([...roles, '--model-concurrency', '4000'])
  reportSteady(report, `model of ${MODEL_MS} ms`, await play(services, load), MODEL_MS * MODEL_WAITS)
  await close(services)
  model.close()
}

async function throughput(report: (row: Row) => void): Promise<void> {
  const rates: number[] = []
  const slow: number[] = []
  for (let run = 0; run < 3; run++) {
    const services = await open([])
    const measured = await play(services, { sessions: 200, everyMs: 0, seconds: 10 })
    rates.push(measured.times.length / measured.seconds)
    slow.push(percentile(measured.times, 0.99))
    await close(services)
  }
  report({
    what: '200 sessions as fast as they can, offline responder, durable',
    value: median(rates),
    unit: 'turns/s',
    note: 'goal 2,000',
  })
  report({ what: 'the same: a turn, p99', value: median(slow), unit: 'ms' })
}

async function resume(report: (row: Row) => void): Promise<void> {
  let services = await open([])
  const key = await register(services)
  const { id, socket } = await start(services, key, { overrides: OVERRIDES })
  const client = new PlayClient(socket, key)
  await client.until('turn_end')
  let turns = 1
  for (let i = 0; turns < 200 && i < 400; i++) {
    const turn = await client.advance(i % 2 ? 'I wave.' : 'I sit down.')
    turns = Number(turn.at(-1)?.turns)
  }
  const times: number[] = []
  for (let run = 0; run < 5; run++) {
    services.process.kill('SIGKILL')
    await services.process.ended
    services = await open([], services.folder)
    // Another session first, so that the first use of the code is not measured.
    const other = await start(services, key)
    const warm = new PlayClient(other.socket, key)
    await warm.until('turn_end')
    await warm.close()
    const began = performance.now()
    const again = new PlayClient(`${services.url.replace('http', 'ws')}/api/play/game/${id}/ws`, key)
    await again.until('replay_end')
    times.push(performance.now() - began)
    await again.close()
  }
  await close(services)
  report({
    what: `resume of a session of ${turns} turns after a restart, to the last replay frame`,
    value: median(times),
    unit: 'ms',
    note: 'goal 100',
  })
}

/**
 * Ten thousand sessions come and go, so that the process has allocated that memory; then ten thousand more. The growth
 * is the cost of paused sessions.
 */
async function paused(report: (row: Row) => void): Promise<void> {
  const count = 10_000
  const services = await open(['--sweep-interval', '5'])
  const key = await register(services)
  const visit = async (): Promise<void> => {
    const { socket } = await start(services, key)
    const client = new PlayClient(socket, key)
    await client.until('turn_end')
    await client.close()
  }
  const all = async (): Promise<number> => {
    for (let done = 0; done < count; done += 50) await Promise.all(Array.from({ length: 50 }, visit))
    await settle(services)
    return memoryOf(services)
  }
  const before = await all()
  const after = await all()
  await close(services)
  const value = Math.max(0, after - before) / count / 1024
  report({ what: `${count} more paused sessions: memory a session`, value, unit: 'kB', note: 'goal 5' })
}

/** Idle sessions are evicted within half a minute and a sweep; then the garbage collector has run. */
async function settle(services: Services): Promise<void> {
  let last = Number.POSITIVE_INFINITY
  for (let i = 0; i < 20; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5000))
    const now = memoryOf(services)
    if (i > 8 && Math.abs(now - last) < 1024 * 1024) return
    last = now
  }
}

const PARTS = { throughput, resume, paused, steady } as const

/** PARACOSM_BENCH_ONLY selects one part. */
export async function run(report: (row: Row) => void): Promise<void> {
  for (const [part, measure] of Object.entries(PARTS)) {
    if ((process.env.PARACOSM_BENCH_ONLY ?? part) === part) await measure(report)
  }
}
