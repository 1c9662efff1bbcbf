// A perception adapter for an engine that connects from outside. Its tokens are stored, so that agents and the bridge
// can reconnect after a restart.
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { PerceptionAdapter } from '../adapters/perception/adapter.ts'
import type { CommandSink } from '../adapters/perception/command-sink.ts'
import { SocketBridge } from '../adapters/perception/socket-bridge.ts'
import { createSystemClock } from '../episode/clock.ts'
import { createToken } from '../episode/slots.ts'
import { AppError } from '../kernel/errors.ts'
import { parseJson, parseWith } from '../kernel/parse.ts'
import { writeFileWhole } from '../lib/files.ts'
import { makeFolder } from '../lib/folders.ts'
import type { AccessOptions } from '../transport/transport.ts'
import { startPerceptionServer } from './perception-server.ts'

export interface PerceptionEngineOptions {
  readonly dataDir: string
  readonly engine: string
  readonly agents: readonly string[]
  readonly hasAuth: boolean
  readonly host: string
  readonly port: number
  readonly otherPorts: number
  readonly version: string
  readonly access?: AccessOptions | undefined
  readonly sink: CommandSink
  /** Milliseconds to wait for a perception; default 2,000. */
  readonly perceptionMs?: number
  onError(error: unknown): void
}

export interface PerceptionEngine {
  readonly url: string
  readonly adapter: PerceptionAdapter
  /** The token of the engine's bridge. */
  readonly bridgeToken: string
  close(): Promise<void>
}

/** @throws AppError PORT_IN_USE, FILE_UNWRITABLE, STATE_INVALID */
export async function startPerceptionEngine(options: PerceptionEngineOptions): Promise<PerceptionEngine> {
  const { engine, sink, hasAuth, onError } = options
  const kept = await readTokens(options)
  const clock = createSystemClock()
  const agents = options.agents.map((id, slot) => ({ id, slot, token: kept.agents[id] ?? createToken() }))
  await keepTokens(options, { bridge: kept.bridge, agents: { ...kept.agents, ...tokensOf(agents) } })
  const timing = options.perceptionMs === undefined ? {} : { perceptionMs: options.perceptionMs }
  const bridge = new SocketBridge({ engine, agents, clock, ...timing })
  const adapter = new PerceptionAdapter({ bridge, sink, clock, hasAuth, onError })
  await adapter.recover()
  const server = await startPerceptionServer({ ...options, adapter, entry: { bridge, token: kept.bridge } })
  return { url: server.url, adapter, bridgeToken: kept.bridge, close: () => server.close() }
}

const Tokens = z.object({ bridge: z.string().min(1), agents: z.record(z.string(), z.string().min(1)) })
type Tokens = z.infer<typeof Tokens>

const tokensOf = (agents: readonly { id: string; token: string }[]): Record<string, string> =>
  Object.fromEntries(agents.map(({ id, token }) => [id, token]))

const pathOf = ({ dataDir, engine }: PerceptionEngineOptions): string => join(dataDir, 'bridges', `${engine}.json`)

async function readTokens(options: PerceptionEngineOptions): Promise<Tokens> {
  const text = await readFile(pathOf(options), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new AppError('FILE_UNREADABLE', `cannot read ${pathOf(options)}`, { cause: error })
  })
  if (text === undefined) return { bridge: randomBytes(24).toString('base64url'), agents: {} }
  return parseWith(Tokens, parseJson(text, pathOf(options)), { code: 'STATE_INVALID', what: pathOf(options) })
}

async function keepTokens(options: PerceptionEngineOptions, tokens: Tokens): Promise<void> {
  await makeFolder(join(options.dataDir, 'bridges'), { mode: 0o700 })
  await writeFileWhole(pathOf(options), JSON.stringify(tokens), { mode: 0o600 })
}
