// The perception adapter: connects agents to one bridge. It authenticates callers, returns perceptions, and accepts
// commands (commands.ts). It is independent of transports: src/server/routes/perception.ts speaks HTTP for it.
import type { Clock } from '../../episode/clock.ts'
import { isSameToken } from '../../episode/slots.ts'
import { AppError } from '../../kernel/errors.ts'
import type { JsonObject } from '../../protocol/json.ts'
import type { BridgeStatus, CommandAccepted, CommandReport } from '../../protocol/perception-adapter.ts'
import { AgentState } from './agent-state.ts'
import type { Bridge, EncodedPerception, PerceptionAgent } from './bridge.ts'
import type { CommandSink } from './command-sink.ts'
import { Commands } from './commands.ts'
import { reportFromRow } from './outcomes.ts'
import { RATE_LIMITS, type RateLimits } from './rate-limit.ts'
import { readBody } from './read-command.ts'
import { STREAM_CLOSES, Stream, type StreamTransport } from './stream.ts'

export interface PerceptionAdapterOptions {
  readonly bridge: Bridge
  readonly sink: CommandSink
  readonly clock: Clock
  /** Whether callers need tokens. Without tokens, `agent_id` identifies them: for this machine only. */
  readonly hasAuth: boolean
  readonly limits?: RateLimits
  /** Called when an outcome could not be logged; an operator must look at it. */
  onError(error: unknown): void
}

/** The caller, as named in the request. */
export interface Credentials {
  readonly token: string | undefined
  readonly agentId: string | undefined
}

export class PerceptionAdapter {
  readonly #options: PerceptionAdapterOptions
  readonly #agentStates: readonly AgentState[]
  readonly #commands: Commands

  constructor(options: PerceptionAdapterOptions) {
    this.#options = options
    const { bridge, clock, limits = RATE_LIMITS } = options
    this.#agentStates = bridge.agents.map((agent) => new AgentState(agent, limits, clock.now()))
    this.#commands = new Commands({ ...options, now: () => new Date(clock.wall()) })
  }

  /**
   * Ends or resumes commands that a stop of this process left open in the log. Call it once, before any client
   * connects.
   */
  async recover(): Promise<void> {
    for (const agentState of this.#agentStates) await this.#commands.recover(agentState)
  }

  get agents(): readonly PerceptionAgent[] {
    return this.#options.bridge.agents
  }

  get hasAuth(): boolean {
    return this.#options.hasAuth
  }

  status(): BridgeStatus {
    return this.#options.bridge.status()
  }

  /** Whether this token belongs to a slot here. */
  knows(token: string): boolean {
    return this.#byToken(token) !== undefined
  }

  /**
   * The calling agent. A token of another agent and an unknown token get the same answer.
   * @throws AppError TOKEN_MISSING, TOKEN_REFUSED
   */
  admit(caller: Credentials): PerceptionAgent {
    return this.#admit(caller).agent
  }

  #admit({ token, agentId }: Credentials): AgentState {
    if (!this.#options.hasAuth) {
      const isOnly = agentId === undefined && this.#agentStates.length === 1
      const named = isOnly
        ? this.#agentStates[0]
        : this.#agentStates.find((agentState) => agentState.agent.id === agentId)
      if (named) return named
      const known = this.agents.map(({ id }) => id)
      throw new AppError('TOKEN_REFUSED', `agent_id must be one of ${known.join(', ')}`, { details: { known } })
    }
    if (token === undefined) throw new AppError('TOKEN_MISSING', 'this route requires the token of a slot')
    const found = this.#byToken(token)
    if (found && (agentId === undefined || agentId === found.agent.id)) return found
    throw new AppError('TOKEN_REFUSED', 'the token does not belong to this agent')
  }

  /** Compares every token, so that timing reveals nothing. */
  #byToken(token: string): AgentState | undefined {
    let found: AgentState | undefined
    for (const agentState of this.#agentStates) if (isSameToken(token, agentState.agent.token)) found = agentState
    return found
  }

  /**
   * The current perception of the caller.
   * @throws AppError TOKEN_MISSING, TOKEN_REFUSED, RATE_LIMITED, and the errors of the bridge (also as a rejection)
   */
  perceive(caller: Credentials): EncodedPerception | Promise<EncodedPerception> {
    const agentState = this.#admit(caller)
    if (agentState.perceptions.take(this.#options.clock.now()) > 0)
      throw AppError.withoutStack('RATE_LIMITED', 'too many perceptions')
    const encoded = this.#options.bridge.perceive(agentState.agent)
    return encoded instanceof Promise ? encoded.then((seen) => show(agentState, seen)) : show(agentState, encoded)
  }

  /**
   * Takes a command: resolves when it is durable and the engine has not refused it.
   * @param key of the header Idempotency-Key: a repeat gets the answer of the first request, and nothing is done twice
   * @throws AppError (as a rejection) with a code of docs/perception.md
   */
  async command(caller: Credentials, bytes: Buffer, key?: string): Promise<CommandAccepted> {
    const known = this.#options.hasAuth ? this.#admit(caller) : undefined
    const body = readBody(bytes)
    const agentState = known ?? this.#admit({ token: undefined, agentId: idIn(body) ?? caller.agentId })
    if (agentState.commands.take(this.#options.clock.now()) > 0)
      throw AppError.withoutStack('RATE_LIMITED', 'too many commands')
    return { status: 'accepted', command_id: await this.#commands.take(agentState, body, key), logged: true }
  }

  /**
   * The status of a command of the caller.
   * @throws AppError TOKEN_MISSING, TOKEN_REFUSED, RATE_LIMITED, UNKNOWN_COMMAND (as a rejection)
   */
  async report(caller: Credentials, commandId: string): Promise<CommandReport> {
    const mine = this.#options.hasAuth || caller.agentId !== undefined ? [this.#admit(caller)] : this.#agentStates
    for (const agentState of mine) {
      if (agentState.perceptions.take(this.#options.clock.now()) > 0)
        throw AppError.withoutStack('RATE_LIMITED', 'too many requests')
      this.#options.bridge.attend(agentState.agent)
      const record = agentState.find(commandId)
      if (record) return { ...record.report }
    }
    const row = this.#commands.owns(commandId) ? await this.#options.sink.find(commandId) : undefined
    const report = row && mine.some(({ agent }) => agent.id === row.agent_id) ? reportFromRow(row) : undefined
    if (report) return report
    throw new AppError('UNKNOWN_COMMAND', 'this agent has no command with this command_id', {
      hint: 'Use a command_id from an answer to this agent.',
    })
  }

  /**
   * Streams to an agent until the returned function is called. An agent has one stream: a new one replaces the other.
   */
  stream(agent: PerceptionAgent, transport: StreamTransport): () => void {
    const agentState = this.#agentStates.find((each) => each.agent.id === agent.id)
    if (!agentState) throw new Error(`${agent.id} is not an agent of this adapter`)
    const { bridge } = this.#options
    const stream = new Stream(transport, async () => {
      try {
        return show(agentState, await bridge.perceive(agent))
      } catch (error) {
        // No perception now; the next one arrives with a later event.
        if (error instanceof AppError) return undefined
        throw error
      }
    })
    agentState.stream?.close(STREAM_CLOSES.replaced, 'replaced')
    agentState.stream = stream
    const stop = bridge.listen(agent, {
      onPerception: () => stream.perception(),
      onEnd: (reason) => stream.end(reason),
    })
    if (agentState.current) stream.tell(agentState.current.report)
    stream.perception()
    return () => {
      stop()
      if (agentState.stream === stream) agentState.stream = undefined
    }
  }

  /** Closes every stream and the bridge. */
  close(): void {
    for (const agentState of this.#agentStates) agentState.stream?.close(STREAM_CLOSES.shutdown, 'shutdown')
    this.#options.bridge.close()
  }
}

function show(agentState: AgentState, encoded: EncodedPerception): EncodedPerception {
  agentState.saw(encoded)
  return encoded
}

function idIn(body: JsonObject): string | undefined {
  return typeof body.agent_id === 'string' ? body.agent_id : undefined
}
