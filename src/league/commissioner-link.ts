// Connects to a league's commissioner. Built-in and module commissioners run in this process; services are reached by
// URL; programs and containers are started for one conversation.
import { createServer } from 'node:net'
import { AppError } from '../kernel/errors.ts'
import { sleep } from '../lib/sleep.ts'
import { startProcessPlayer } from '../players/process-player.ts'
import type { CommissionerRef } from '../protocol/league.ts'
import { localChannel, type OpenChannel, socketChannel } from './channel.ts'
import { createBaseline, createManual } from './commissioner/baseline.ts'
import type { Commissioner, Draw } from './commissioner/commissioner.ts'
import { createRuleset } from './commissioner/ruleset.ts'
import { bundledRuleset, parseRuleset } from './commissioner/ruleset-config.ts'
import { loadCommissioner } from './commissioner/user-commissioner.ts'

/** What programs and containers need from this machine. */
export interface CommissionerServices {
  readonly environment: Readonly<Record<string, string>>
  readonly engine: string | undefined
}

/** Milliseconds until a started commissioner must be healthy, and between two checks. */
const HEALTH_MS = 60_000
const LOOK_MS = 100
/** Port inside a commissioner's container. */
const CONTAINER_PORT = 8080

/** The commissioner itself, if it runs in this process. @throws AppError CONFIG_INVALID, PLUGIN_INVALID */
export async function localCommissioner(ref: CommissionerRef): Promise<Commissioner | undefined> {
  if (ref.type === 'baseline') return createBaseline()
  if (ref.type === 'manual') return createManual()
  if (ref.type === 'ruleset') return createRuleset(ref.ruleset ? parseRuleset(ref.ruleset) : bundledRuleset('default'))
  return ref.type === 'module' ? loadCommissioner(ref.path, process.cwd()) : undefined
}

/**
 * Holds a conversation with a league's commissioner, and ends everything that was started for it.
 * @throws AppError COMMISSIONER_FAILED
 */
export async function withCommissioner<T>(
  ref: CommissionerRef,
  {
    services,
    draw,
    signal,
  }: { readonly services: CommissionerServices; readonly draw: Draw; readonly signal: AbortSignal },
  work: (open: OpenChannel) => Promise<T>,
): Promise<T> {
  const local = await localCommissioner(ref)
  if (local) return work(localChannel(local, draw))
  if (ref.type === 'url') return work(socketChannel(ref.url))
  const port = await freePort()
  const command = commandOf(ref, port, services)
  const program = startProcessPlayer(command, {
    url: '',
    log: undefined,
    environment: { ...services.environment, PORT: String(port) },
  })
  try {
    const url = `http://127.0.0.1:${port}`
    await Promise.race([awaitHealth(url, signal), endsEarly(program.ended)])
    return await work(socketChannel(url))
  } finally {
    program.stop()
  }
}

function commandOf(ref: CommissionerRef, port: number, { engine }: CommissionerServices): string {
  if (ref.type === 'command') return ref.command
  if (ref.type !== 'image' || engine === undefined)
    throw new AppError('ENGINE_MISSING', 'no container engine is configured')
  const image = `'${ref.image.replaceAll("'", String.raw`'\''`)}'`
  return `exec ${engine} run --rm -p 127.0.0.1:${port}:${CONTAINER_PORT} ${image}`
}

async function endsEarly(ended: Promise<{ status: number | null; signal: string | null }>): Promise<never> {
  const { status, signal } = await ended
  throw new AppError('COMMISSIONER_FAILED', `the commissioner ended with ${status ?? signal} before it was healthy`)
}

async function awaitHealth(url: string, signal: AbortSignal): Promise<void> {
  for (const until = Date.now() + HEALTH_MS; Date.now() < until; await sleep(LOOK_MS, signal)) {
    const isHealthy = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(1000) }).then(
      ({ status }) => status === 200,
      () => false,
    )
    if (isHealthy) return
  }
  throw new AppError('COMMISSIONER_FAILED', `the commissioner was not healthy within ${HEALTH_MS / 1000} s`)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
