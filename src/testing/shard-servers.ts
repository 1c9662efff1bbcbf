// Servers with shards for tests: real processes, which are gone before their folder is.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { post } from './play-api.ts'
import { childrenOf, eventually, type ServerProcess, startServerProcess } from './server-process.ts'

/** For tests that kill shards: they are found below /proc. */
export const NO_PROC = process.platform === 'linux' ? false : 'shards are found below /proc'

export interface ShardServers {
  readonly folder: string
  start(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<ServerProcess>
}

/** A data folder, and servers on it. @param prepare the folder; what it returns is called once the servers are gone */
export function openShardServers(t: TestContext, prepare?: (folder: string) => (() => void) | undefined): ShardServers {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-shards-'))
  const undo = prepare?.(folder)
  const servers: ServerProcess[] = []
  t.after(async () => {
    for (const served of servers) {
      const all = NO_PROC === false ? childrenOf(served.command.pid!) : []
      await served.crash()
      await eventually('its shards have ended', () => (all.some(isRunning) ? undefined : true))
    }
    undo?.()
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    folder,
    async start(args, env) {
      const served = await startServerProcess(folder, args, env && { env })
      servers.push(served)
      return served
    },
  }
}

export interface Started {
  readonly id: string
  readonly slots: readonly { token: string; socket: string; perception: string; agent_id: string }[]
}

/** Starts an episode: a long one of Paint Arena at 20 steps per second, unless `body` says otherwise. */
export async function begin(served: ServerProcess, body: object): Promise<Started> {
  const wanted = { world: 'paint-arena', config: { max_ticks: 10_000 }, tick_rate: 20, ...body }
  const { status, body: started } = await post(served, '/api/episodes', wanted)
  if (status !== 201) throw new Error(`status ${status}: ${JSON.stringify(started)}`)
  return { id: started.episode.id, slots: started.slots }
}

export const socketOf = (served: ServerProcess, path: string): string => served.url.replace('http', 'ws') + path

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
