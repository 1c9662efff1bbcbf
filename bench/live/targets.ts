// The servers that live.bench.ts measures: Paracosm with and without receipts, and Colyseus. Each starts with as many
// rooms as requested, in a separate process, and returns the sockets of all slots.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartedEpisode } from '../../src/protocol/catalogue.ts'
import { type RunningCommand, startCommand, startProcess } from '../../src/testing/cli.ts'
import { childrenOf } from '../../src/testing/server-process.ts'
import { SERVE } from '../serve.ts'
import { limitCpu } from './control-groups.ts'
import { memoryOf } from './run-load.ts'

export interface Running {
  /** The server and its shards. */
  readonly pids: readonly number[]
  readonly sockets: readonly string[]
  /** Bytes written to the commit log since the start; undefined for servers without one. */
  logBytes(): number | undefined
  stop(): Promise<void>
}

export interface Target {
  readonly name: string
  /** Key of PROTOCOLS. */
  readonly protocol: string
  start(rooms: number, rate: number): Promise<Running>
}

/** Bytes after which the commit log begins a new segment (src/episode/commit-log.ts). */
const SEGMENT_BYTES = 64 * 1024 * 1024
/** Concurrent requests that create rooms. */
const CREATED_AT_ONCE = 16
const PEER = join(import.meta.dirname, '..', 'peers', 'colyseus')

function pidOf(process: RunningCommand): number {
  if (process.pid === undefined) throw new Error(`the server did not start: ${process.text()}`)
  return process.pid
}

async function createRoom(url: string, rate: number): Promise<string[]> {
  const response = await fetch(`${url}/api/episodes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      world: 'paint-arena',
      players: [null, null],
      tick_rate: rate,
      config: { max_ticks: 10_000 },
    }),
  })
  const answer: unknown = await response.json()
  if (!response.ok) throw new Error(`status ${response.status}: ${JSON.stringify(answer)}`)
  return StartedEpisode.parse(answer).slots.map(({ socket }) => socket)
}

async function createRooms(url: string, rooms: number, rate: number): Promise<string[]> {
  const sockets: string[][] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let room = next++; room < rooms; room = next++) sockets[room] = await createRoom(url, rate)
  }
  await Promise.all(Array.from({ length: CREATED_AT_ONCE }, work))
  return sockets.flat()
}

/** Bytes in the commit logs of a server and its shards. */
function logBytesOf(folder: string): number {
  const shards = join(folder, 'shards')
  const folders = [folder, ...(existsSync(shards) ? readdirSync(shards).map((name) => join(shards, name)) : [])]
  return folders.reduce((sum, each) => sum + segmentBytesOf(join(each, 'log')), 0)
}

/** Segments are numbered from 1; all but the last were full. */
function segmentBytesOf(folder: string): number {
  const segments = readdirSync(folder).sort()
  const last = segments.at(-1)
  if (last === undefined) return 0
  return (Number(/\d+/.exec(last)?.[0]) - 1) * SEGMENT_BYTES + statSync(join(folder, last)).size
}

export interface Servers {
  /** Folder for a CPU profile of the server. */
  readonly profile?: string | undefined
  readonly shards?: number | undefined
  /** Most percent of a core for each process. */
  readonly share?: number | undefined
}

async function serve({
  profile,
  shards = 0,
}: Servers = {}): Promise<{ process: RunningCommand; url: string; folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-live-'))
  const args = [...SERVE, '--shards', String(shards)]
  const options = profile === undefined ? '' : `--cpu-prof --cpu-prof-dir=${profile} --cpu-prof-interval=500`
  const process = startCommand(args, { env: { PARACOSM_DATA: folder, ...(options ? { NODE_OPTIONS: options } : {}) } })
  const [, url = ''] = await process.sees(/Paracosm is at (\S+)/)
  return { process, url, folder }
}

/** Limits processes to the share that was asked for. @returns removes the limits */
const limited = (pids: readonly number[], { share = 0 }: Servers): (() => Promise<void>) =>
  share > 0 ? limitCpu(pids, share) : async () => undefined

function paracosm(name: string, protocol: string, servers: Servers): Target {
  return {
    name,
    protocol,
    async start(rooms, rate) {
      const { process, url, folder } = await serve(servers)
      const pids = [pidOf(process), ...childrenOf(pidOf(process))]
      const sockets = await createRooms(url, rooms, rate)
      const free = limited(pids, servers)
      return {
        pids,
        sockets,
        logBytes: () => logBytesOf(folder),
        async stop() {
          process.kill(servers.profile === undefined ? 'SIGKILL' : 'SIGTERM')
          await process.ended
          await free()
          rmSync(folder, { recursive: true, force: true })
        },
      }
    },
  }
}

export const paracosmTargets = (servers: Servers): Target[] => [
  paracosm('Paracosm, moves without receipts', 'posts', servers),
  paracosm('Paracosm, moves with receipts', 'receipts', servers),
]

/** Installs the peer on first use: it is not a dependency of this repository. */
function installPeer(): void {
  if (existsSync(join(PEER, 'node_modules', '@colyseus', 'core'))) return
  console.log(`  installing Colyseus: npm ci in ${PEER}`)
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: PEER, stdio: 'inherit' })
  if (status !== 0) throw new Error(`npm ci in ${PEER} failed with ${status}`)
}

/** One process of Colyseus, which needs Redis for more than one; `share` limits it like each process of Paracosm. */
export function colyseusTarget(servers: Servers = {}): Target {
  installPeer()
  return {
    name: 'Colyseus',
    protocol: 'colyseus',
    async start(rooms, rate) {
      const args = [...process.execArgv, join(PEER, 'server.js'), String(rooms), String(rate)]
      const peer = startProcess(process.execPath, args, { env: { NODE_ENV: 'production' } })
      const [line] = await peer.sees(/^\{.*\}$/m)
      const pids = [pidOf(peer)]
      const free = limited(pids, servers)
      return {
        pids,
        sockets: JSON.parse(line).sockets,
        logBytes: () => undefined,
        async stop() {
          peer.kill('SIGKILL')
          await peer.ended
          await free()
        },
      }
    },
  }
}

/** Bytes per episode that waits for two players. The first few are not counted, because they load code. */
export async function measureIdle(rooms: number, rate: number): Promise<number> {
  const { process, url, folder } = await serve()
  await createRooms(url, 50, rate)
  const before = memoryOf(pidOf(process))
  await createRooms(url, rooms, rate)
  const bytes = (memoryOf(pidOf(process)) - before) / rooms
  process.kill('SIGKILL')
  await process.ended
  rmSync(folder, { recursive: true, force: true })
  return bytes
}
