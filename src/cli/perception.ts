// `paracosm perception serve`: the perception adapter in front of one episode, or of an external engine.
import { Command, InvalidArgumentError } from 'commander'
import { agentIdOf } from '../adapters/perception/bridge.ts'
import type { JournalSource } from '../datasets/journal-commands.ts'
import { logJournal } from '../datasets/log-journal.ts'
import type { WorldRegistry } from '../host/world-registry.ts'
import { AppError } from '../kernel/errors.ts'
import { makeFolder } from '../lib/folders.ts'
import { EngineName } from '../protocol/bridge-messages.ts'
import { AgentId } from '../protocol/perception.ts'
import { createCommandSink } from '../server/command-sink.ts'
import { startPerceptionEngine } from '../server/perception-engine.ts'
import { startPerceptionEpisode } from '../server/perception-episode.ts'
import { CommandLog } from '../store/command-log.ts'
import { openStore, type Store } from '../store/store.ts'
import { type AccessFlags, accessOf, addAccessOptions } from './access.ts'
import type { Io } from './io.ts'
import { otherPorts, parseCount, parsePort, parseRate, parseSeed } from './options.ts'
import { storeTarget } from './store.ts'
import { readVersion } from './version.ts'
import { WORLD_HELP } from './world-names.ts'

/** In seconds. A model may think for minutes, but a disconnected agent must not block the others for ever. */
const MOVE_SECONDS = 600

interface ServeOptions extends AccessFlags {
  readonly bridge?: string
  readonly variant?: string
  readonly agent: readonly string[]
  readonly bot?: string
  readonly seed: number
  readonly tickRate: number
  readonly lockstep?: boolean
  readonly moveSeconds: number
  readonly host: string
  readonly port: number
  readonly data: string
  readonly auth: boolean
  readonly json?: boolean
  readonly otherPorts: number
}

export function createCommand(io: Io): Command {
  return new Command('perception')
    .description('Serve a world or an external engine to agents over HTTP.')
    .addHelpText('after', '\nExample:\n  paracosm perception serve frontier --variant errand --port 8090')
    .addCommand(createServe(io))
}

function createServe(io: Io): Command {
  return addAccessOptions(
    new Command('serve')
      .description('Serve one episode with GET /perception and POST /command, and print address and tokens.')
      .argument('[world]', `${WORLD_HELP}; it needs the perception capability`)
      .option('--bridge <engine>', 'wait for an external engine to connect, instead of a world', parseEngine)
      .option('--variant <id>', 'variant of the world; default: the first')
      .option('--agent <id>', 'name of an agent (repeat for each slot)', collectAgent, [])
      .option('--bot <name>', 'bot of the world for slots without an agent')
      .option('--seed <n>', 'seed of the episode', parseSeed, 0)
      .option('--tick-rate <n>', 'steps per second', parseRate, 5)
      .option('--lockstep', 'wait for a command from every idle agent before each step; makes runs repeatable')
      .option(
        '--move-seconds <n>',
        'with --lockstep: an idle agent that sends no command for this long passes',
        parseCount,
        MOVE_SECONDS,
      )
      .option('--host <host>', 'address to listen on', io.config.PARACOSM_HOST)
      .option(
        '--port <port>',
        'port; 0 picks any free one. Only the default moves on to the next free port',
        parsePort,
        io.config.PARACOSM_PORT,
      )
      .option('--data <folder>', 'where the episode and the command log are stored', io.config.PARACOSM_DATA)
      .option('--no-auth', 'require no tokens; for this machine only')
      .option('--json', 'print one line of JSON when the adapter is ready')
      .addHelpText(
        'after',
        `
Examples:
  paracosm perception serve frontier --variant errand --agent timmy
  paracosm perception serve paint-arena --agent timmy --bot greedy --no-auth
  paracosm perception serve frontier --lockstep --no-auth
  paracosm perception serve ./my-world.ts --agent timmy
  paracosm perception serve --bridge tes3mp --agent timmy

Time begins when every agent has been there. An interrupt (Ctrl-C) saves; started again with the same data folder, the
episode goes on, with the same tokens. docs/perception.md has the protocol, and an agent in 20 lines.`,
      ),
  ).action((world: string | undefined, options: ServeOptions, command: Command) =>
    serve(io, world, { ...options, otherPorts: otherPorts(command) }),
  )
}

function parseEngine(text: string): string {
  if (EngineName.safeParse(text).success) return text
  throw new InvalidArgumentError('Give lower-case letters, digits and hyphens, at most 40.')
}

function collectAgent(text: string, before: readonly string[]): readonly string[] {
  if (AgentId.safeParse(text).success) return [...before, text]
  throw new InvalidArgumentError('Give 1 to 64 characters.')
}

interface Served {
  readonly url: string
  /** The world or engine behind the adapter, for people and for programs. */
  readonly what: { readonly [key: string]: string | boolean | null }
  readonly agents: readonly { readonly id: string; readonly slot: number; readonly token: string }[]
  readonly bridgeToken?: string
  close(): Promise<void>
}

async function serve(io: Io, world: string | undefined, options: ServeOptions): Promise<void> {
  if ((world === undefined) === (options.bridge === undefined)) {
    throw new AppError('USAGE', 'a world or --bridge is expected, and not both')
  }
  await makeFolder(options.data)
  const store = await openStore(storeTarget(io, options.data, { mode: 'create', runs: 'thread' }))
  const log = new CommandLog(store)
  try {
    const logEnd = async (source: JournalSource): Promise<void> => void (await logJournal(store, log, source))
    const served = await (world === undefined
      ? serveEngine(common(io, log, options), options)
      : serveWorld({ ...common(io, log, options), store, worlds: io.worlds, world, onEnd: logEnd }, options))
    announce(io, served, options)
    if (!io.signal.aborted) {
      await new Promise<void>((resolve) => io.signal.addEventListener('abort', () => resolve(), { once: true }))
    }
    await served.close()
  } finally {
    await log.drain()
    await store.close()
  }
  if (!options.json) io.out('Stopped.')
}

type Common = ReturnType<typeof common>

const common = (io: Io, log: CommandLog, options: ServeOptions) => ({
  dataDir: options.data,
  agents: options.agent,
  hasAuth: options.auth,
  host: options.host,
  port: options.port,
  otherPorts: options.otherPorts,
  access: accessOf(io, options),
  version: readVersion(),
  sink: createCommandSink(log),
  onError: (error: unknown) => io.err(`error: ${error instanceof Error ? error.message : String(error)}`),
})

type World = Common & {
  readonly store: Store
  readonly worlds: WorldRegistry
  readonly world: string
  onEnd(source: JournalSource): Promise<void>
}

async function serveWorld(wanted: World, { variant, bot, seed, ...options }: ServeOptions): Promise<Served> {
  const tickRate = options.lockstep === true ? ('lockstep' as const) : options.tickRate
  const moveMs = options.moveSeconds * 1000
  const served = await startPerceptionEpisode({ ...wanted, variant, bot, seed, tickRate, moveMs })
  const { header, slots } = served.episode
  const agents = served.adapter.agents.filter(({ slot }) => slots[slot]?.player.kind !== 'bot')
  const what = { world: header.world.id, variant: header.variant, episode: header.episode, resumed: served.isResumed }
  return { url: served.url, what, agents, close: () => served.close() }
}

async function serveEngine(wanted: Common, { bridge: engine = '' }: ServeOptions): Promise<Served> {
  const agents = wanted.agents.length > 0 ? wanted.agents : [agentIdOf(0)]
  const { url, adapter, bridgeToken, close } = await startPerceptionEngine({ ...wanted, engine, agents })
  return { url, what: { engine }, agents: adapter.agents, bridgeToken, close }
}

function announce(io: Io, { url, what, agents, bridgeToken }: Served, { auth, json }: ServeOptions): void {
  const bridge =
    bridgeToken === undefined ? {} : { bridge: { socket: bridgeSocket(url, what.engine), token: bridgeToken } }
  if (json) {
    const shown = agents.map(({ id, slot, token }) => ({ agent_id: id, slot, ...(auth ? { token } : {}) }))
    io.out(JSON.stringify({ ok: true, url, ...what, agents: shown, ...bridge }))
    return
  }
  const facts = Object.entries(what).filter(([, value]) => typeof value === 'string')
  io.out(`The perception adapter is at ${url}`)
  io.out(`  ${facts.map(([name, value]) => `${name} ${value}`).join(', ')}`)
  if (what.resumed === true) io.out('  resumed where it was stopped')
  for (const { id, slot, token } of agents) io.out(`  slot ${slot}  agent ${id}${auth ? `  token ${token}` : ''}`)
  if (bridgeToken !== undefined) {
    io.out(`  the engine connects to ${bridgeSocket(url, what.engine)}  token ${bridgeToken}`)
  }
  const [first] = agents
  if (first) tryIt(io, url, { id: first.id, token: auth ? first.token : undefined })
  io.out('Press Ctrl-C to stop.')
}

const bridgeSocket = (url: string, engine: unknown): string => `${url.replace(/^http/, 'ws')}/bridge?engine=${engine}`

function tryIt(io: Io, url: string, agent: { id: string; token: string | undefined }): void {
  const proof = agent.token === undefined ? '' : ` -H 'Authorization: Bearer ${agent.token}'`
  const timestamp = new Date().toISOString()
  const said = { timestamp, agent_id: agent.id, command: 'noop', params: {}, reasoning: 'Trying it out.' }
  io.out('Try it:')
  io.out(`  curl -s${proof} '${url}/perception?agent_id=${encodeURIComponent(agent.id)}'`)
  io.out(`  curl -s${proof} ${url}/command -d '${JSON.stringify(said).replaceAll("'", "'\\''")}'`)
}
