// The bridge to an external engine, which connects by WebSocket with the bridge's token, pushes perceptions, receives
// commands and reports their outcomes. docs/perception.md has the messages with an example.
import type { Clock } from '../../episode/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import { describeIssue } from '../../kernel/parse.ts'
import { type BridgeMessage, EngineMessage } from '../../protocol/bridge-messages.ts'
import { isReadableVersion, PERCEPTION_PROTOCOL_VERSION, Perception } from '../../protocol/perception.ts'
import type { BridgeStatus } from '../../protocol/perception-adapter.ts'
import { AgentCommand } from '../../protocol/perception-command.ts'
import type { Bridge, BridgeCommand, BridgeListener, EncodedPerception, PerceptionAgent, Taken } from './bridge.ts'

/** The connection to an engine. */
export interface EngineWire {
  send(message: BridgeMessage): void
  close(code: number, reason: string): void
}

export interface SocketBridgeOptions {
  readonly engine: string
  readonly agents: readonly PerceptionAgent[]
  readonly clock: Clock
  /** Milliseconds to wait for a perception. */
  readonly perceptionMs?: number
  /** Milliseconds for which a pushed perception counts as current. */
  readonly freshMs?: number
  /** Milliseconds without a message after which a command has failed. */
  readonly commandMs?: number
}

/** Time limit for an engine's `hello`, in milliseconds. */
const HELLO_MS = 5000
/** Invalid messages before an engine is disconnected. */
const MAX_FAULTS = 32
export const BRIDGE_CLOSES = { replaced: 4001, version: 4002, hello: 4003, faults: 4004, shutdown: 1012 } as const

interface InFlight {
  readonly agent: PerceptionAgent
  readonly said: BridgeCommand
  cancel: () => void
}

/** The state of one agent's perception. */
interface View {
  encoded: EncodedPerception | undefined
  /** Arrival time. */
  at: number
  /** Why the last one is invalid; undefined if it is valid. */
  fault: AppError | undefined
  readonly waiting: Set<() => void>
}

export class SocketBridge implements Bridge {
  readonly engine: string
  readonly agents: readonly PerceptionAgent[]
  readonly episode = null
  readonly world = null
  readonly #options: Required<SocketBridgeOptions>
  readonly #views: ReadonlyMap<string, View>
  readonly #under = new Map<string, InFlight>()
  readonly #listeners = new Map<string, Set<BridgeListener>>()
  #wire: EngineWire | undefined
  /** Whether the engine has sent `hello`. */
  #isUp = false
  #connectedAt = 0
  #faults = 0
  #lastAt: string | null = null

  constructor(options: SocketBridgeOptions) {
    this.#options = { perceptionMs: 2000, freshMs: 2000, commandMs: 600_000, ...options }
    this.engine = options.engine
    this.agents = options.agents
    this.#views = new Map(
      options.agents.map(({ id }) => [id, { encoded: undefined, at: 0, fault: undefined, waiting: new Set() }]),
    )
  }

  /** Connects an engine and replaces a connected one. Returns the handlers of its messages and of its end. */
  connect(wire: EngineWire): { receive(text: string): void; lost(): void } {
    this.#drop(BRIDGE_CLOSES.replaced, 'replaced')
    this.#wire = wire
    this.#faults = 0
    const cancel = this.#options.clock.after(HELLO_MS, () => {
      if (this.#wire === wire && !this.#isUp) this.#drop(BRIDGE_CLOSES.hello, 'no hello')
    })
    return {
      receive: (text) => {
        if (this.#wire === wire) this.#receive(wire, text)
      },
      lost: () => {
        cancel()
        if (this.#wire === wire) this.#drop(undefined, '')
      },
    }
  }

  /** Releases the engine. Its running commands have failed, and waiting perceptions are rejected at once. */
  #drop(code: number | undefined, reason: string): void {
    const wire = this.#wire
    if (!wire) return
    this.#wire = undefined
    this.#isUp = false
    if (code !== undefined) wire.close(code, reason)
    for (const id of [...this.#under.keys()]) this.#end(id, LOST)
    for (const view of this.#views.values()) {
      view.encoded = undefined
      view.fault = undefined
      for (const wake of [...view.waiting]) wake()
    }
  }

  #end(id: string, change: Parameters<BridgeCommand['onChange']>[0]): void {
    const under = this.#under.get(id)
    if (!under) return
    this.#under.delete(id)
    under.cancel()
    under.said.onChange(change)
  }

  #receive(wire: EngineWire, text: string): void {
    const message = parseMessage(text)
    if (message instanceof AppError) {
      this.#complain(wire, message)
      return
    }
    if (message.type === 'hello') this.#greet(wire, message.protocol_version)
    else if (!this.#isUp) this.#complain(wire, new AppError('VALIDATION_ERROR', 'the first message must be hello'))
    else if (message.type === 'perception') this.#see(wire, message)
    else this.#follow(wire, message)
  }

  #greet(wire: EngineWire, version: string): void {
    if (!isReadableVersion(version)) {
      const message = `protocol ${version} is not supported; this server speaks ${PERCEPTION_PROTOCOL_VERSION}`
      wire.send({ type: 'error', code: 'SCHEMA_MISMATCH', message })
      this.#drop(BRIDGE_CLOSES.version, 'SCHEMA_MISMATCH')
      return
    }
    this.#isUp = true
    this.#connectedAt = this.#options.clock.now()
    wire.send({
      type: 'welcome',
      protocol_version: PERCEPTION_PROTOCOL_VERSION,
      agents: this.agents.map(({ id }) => id),
    })
    for (const { id } of this.agents) for (const listener of this.#listeners.get(id) ?? []) listener.onPerception()
  }

  #complain(wire: EngineWire, fault: AppError): void {
    this.#faults++
    wire.send({ type: 'error', code: fault.code, message: fault.message.slice(0, 500) })
    if (this.#faults >= MAX_FAULTS) this.#drop(BRIDGE_CLOSES.faults, 'too many faults')
  }

  #see(wire: EngineWire, message: Extract<EngineMessage, { type: 'perception' }>): void {
    const view = this.#views.get(message.agent_id)
    if (!view) {
      this.#complain(wire, new AppError('VALIDATION_ERROR', `agent_id: there is no agent ${message.agent_id}`))
      return
    }
    const read = readPerception(message.perception, message.agent_id)
    view.at = this.#options.clock.now()
    if (read instanceof AppError) {
      view.fault = read
      this.#complain(wire, read)
    } else {
      view.fault = undefined
      view.encoded = { perception: read, bytes: Buffer.from(JSON.stringify(read)) }
      this.#lastAt = read.timestamp
    }
    for (const wake of [...view.waiting]) wake()
    if (!view.fault) for (const listener of this.#listeners.get(message.agent_id) ?? []) listener.onPerception()
  }

  #follow(wire: EngineWire, message: Extract<EngineMessage, { command_id: string }>): void {
    if (!this.#under.has(message.command_id)) {
      const known = 'command_id: no such command is in flight'
      this.#complain(wire, new AppError('UNKNOWN_COMMAND', known))
    } else if (message.type === 'running') this.#under.get(message.command_id)?.said.onChange({ status: 'running' })
    else if (message.type === 'done') this.#end(message.command_id, { status: 'done', outcome: message.outcome })
    else this.#end(message.command_id, { status: 'failed', outcome: message.outcome, code: message.code })
  }

  /** The engine knows who is connected. */
  attend(): void {
    // Nothing to do.
  }

  perceive(agent: PerceptionAgent): EncodedPerception | Promise<EncodedPerception> {
    this.#mustBeUp()
    const view = this.#viewOf(agent)
    const isFresh = this.#options.clock.now() - view.at < this.#options.freshMs
    if (isFresh && view.fault) throw view.fault
    if (isFresh && view.encoded) return view.encoded
    return this.#ask(agent, view)
  }

  /** Requests a perception from the engine and waits for it. Concurrent callers share one request. */
  async #ask(agent: PerceptionAgent, view: View): Promise<EncodedPerception> {
    const { promise, resolve } = Promise.withResolvers<'told' | 'late'>()
    const wake = (): void => resolve('told')
    const cancel = this.#options.clock.after(this.#options.perceptionMs, () => resolve('late'))
    if (view.waiting.size === 0) this.#wire?.send({ type: 'perceive', agent_id: agent.id })
    view.waiting.add(wake)
    const how = await promise
    cancel()
    view.waiting.delete(wake)
    if (how === 'late') {
      throw new AppError('PERCEPTION_TIMEOUT', `no perception arrived within ${this.#options.perceptionMs} ms`)
    }
    this.#mustBeUp()
    if (view.fault) throw view.fault
    if (view.encoded) return view.encoded
    throw new AppError('BRIDGE_UNAVAILABLE', 'the engine disconnected')
  }

  #mustBeUp(): void {
    if (!this.#isUp) throw new AppError('BRIDGE_UNAVAILABLE', `${this.engine} is not connected`)
  }

  #viewOf(agent: PerceptionAgent): View {
    const view = this.#views.get(agent.id)
    if (!view) throw new Error(`${agent.id} is not an agent of this bridge`)
    return view
  }

  async command(agent: PerceptionAgent, said: BridgeCommand): Promise<Taken> {
    this.#mustBeUp()
    const words = AgentCommand.parse(said.command)
    const cancel = this.#options.clock.after(this.#options.commandMs, () => this.#end(said.id, SILENT))
    this.#under.set(said.id, { agent, said, cancel })
    this.#wire?.send({ type: 'command', command_id: said.id, agent_id: agent.id, ...words })
    return { accepted: true }
  }

  adopt(): boolean {
    return false
  }

  listen(agent: PerceptionAgent, listener: BridgeListener): () => void {
    const listeners = this.#listeners.get(agent.id) ?? new Set()
    this.#listeners.set(agent.id, listeners.add(listener))
    return () => listeners.delete(listener)
  }

  status(): BridgeStatus {
    const { clock } = this.#options
    return {
      bridge_connected: this.#isUp,
      engine: this.engine,
      protocol_version: PERCEPTION_PROTOCOL_VERSION,
      uptime_seconds: this.#isUp ? Math.floor((clock.now() - this.#connectedAt) / 1000) : 0,
      last_perception_at: this.#lastAt,
    }
  }

  score(): null {
    return null
  }

  close(): void {
    this.#drop(BRIDGE_CLOSES.shutdown, 'shutdown')
  }
}

const LOST = {
  status: 'failed',
  code: 'BRIDGE_LOST',
  outcome: 'The engine disconnected while the command was running.',
} as const
const SILENT = { status: 'failed', code: 'BRIDGE_TIMEOUT', outcome: 'The engine gave no reason.' } as const

function parseMessage(text: string): EngineMessage | AppError {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    return new AppError('VALIDATION_ERROR', 'the message is not JSON', { cause })
  }
  const message = EngineMessage.safeParse(value)
  return message.success ? message.data : new AppError('VALIDATION_ERROR', describeIssue(message.error, 'message'))
}

function readPerception(value: unknown, agentId: string): Perception | AppError {
  const version = typeof value === 'object' && value && 'protocol_version' in value ? value.protocol_version : undefined
  if (!isReadableVersion(version)) {
    return new AppError('SCHEMA_MISMATCH', `perceptions of protocol ${version} are not supported`)
  }
  const perception = Perception.safeParse(value)
  if (!perception.success) return new AppError('SCHEMA_MISMATCH', describeIssue(perception.error, 'message'))
  if (perception.data.agent_id === agentId) return perception.data
  return new AppError('SCHEMA_MISMATCH', 'agent_id: the perception belongs to another agent')
}
