// The path of a command through the adapter: parsed, logged, sent to the engine, followed to its end. It is logged
// before it is sent, so that every executed command is on record and the log detects repeated requests.
import { createHash, randomBytes } from 'node:crypto'
import { AppError } from '../../kernel/errors.ts'
import type { NewCommandLogRow } from '../../protocol/command-log.ts'
import type { JsonObject } from '../../protocol/json.ts'
import type { CommandInput } from '../../protocol/perception-adapter.ts'
import type { AgentState, CommandRecord } from './agent-state.ts'
import { type Bridge, type CommandChange, REFUSAL_CODES } from './bridge.ts'
import type { CommandSink } from './command-sink.ts'
import { formatDone, formatFailed, formatRefused, refusalFromRow, reportFromRow } from './outcomes.ts'
import { parseCommand, type RefusedRow, toInstant, toRefusedRow } from './read-command.ts'

export interface CommandsOptions {
  readonly bridge: Bridge
  readonly sink: CommandSink
  /** Wall-clock time. */
  now(): Date
  /** Called when an outcome could not be logged; an operator must look at it. */
  onError(error: unknown): void
}

const INTERRUPTED: CommandChange = {
  status: 'failed',
  code: 'INTERRUPTED',
  outcome: 'The server stopped while the command was running.',
}

export class Commands {
  readonly #options: CommandsOptions
  /** Prefix of this adapter's command ids, so that its rows are found after a restart. */
  readonly #prefix: string

  constructor(options: CommandsOptions) {
    this.#options = options
    const { bridge } = options
    this.#prefix = `cmd_${digest([bridge.episode ?? bridge.engine]).slice(0, 10)}_`
  }

  /** Whether an id is one of this adapter's. */
  owns(commandId: string): boolean {
    return commandId.startsWith(this.#prefix)
  }

  /**
   * Settles commands that a stop of this process left open in the log: those that the engine is still running are
   * followed to their end, the others have failed.
   */
  async recover(agentState: AgentState): Promise<void> {
    const { bridge, sink } = this.#options
    const rows = await sink.open(agentState.agent.id)
    const open = rows.filter((row) => this.owns(row.command_id ?? ''))
    for (const [index, row] of open.entries()) {
      const report = reportFromRow(row)
      if (!report) continue
      const record: CommandRecord = { report, refused: undefined }
      agentState.keep(record, undefined)
      const onChange = (change: CommandChange): void => this.#change(agentState, record, change)
      // Only the newest can still be running: an agent has one at a time.
      const isUnderWay = index === 0 && bridge.adopt(agentState.agent, { word: report.command, onChange })
      if (isUnderWay) agentState.current = record
      else onChange(INTERRUPTED)
    }
  }

  /**
   * Accepts a request of an agent and returns the id of its command. @throws AppError (as a rejection); a request that
   * names a command is then logged as refused
   */
  async take(agentState: AgentState, body: JsonObject, key: string | undefined): Promise<string> {
    const input = await this.#read(agentState, body)
    if (key === undefined) return (await this.#attempt(agentState, input, undefined)).id
    const under = agentState.pending.get(key)
    if (under !== undefined) return under
    const work = this.#once(agentState, input, key).finally(() => agentState.pending.delete(key))
    agentState.pending.set(key, work)
    return work
  }

  async #read(agentState: AgentState, body: JsonObject): Promise<CommandInput> {
    try {
      const input = parseCommand(body)
      if (input.agent_id === agentState.agent.id) return input
      throw new AppError('TOKEN_REFUSED', 'agent_id is not the agent that this token belongs to')
    } catch (error) {
      if (error instanceof AppError) await this.#logRefused(agentState, toRefusedRow(body, this.#options.now()), error)
      throw error
    }
  }

  /** The key of a temporarily refused command is released, so that a retry can succeed. */
  async #once(agentState: AgentState, input: CommandInput, key: string): Promise<string> {
    for (let attempt = 0; ; attempt++) {
      const name = digest([this.#prefix, agentState.agent.id, key, String(attempt)])
      let id = agentState.sentAs(name)?.report.command_id
      if (id === undefined) {
        const tried = await this.#attempt(agentState, input, name)
        if (!tried.isRepeat) return tried.id
        id = tried.id
      }
      const refused = await this.#refusalOf(agentState, id)
      if (!refused) return id
      if (!isPassing(refused.code)) throw toError(refused.code, refused.reason)
    }
  }

  async #refusalOf(agentState: AgentState, id: string): Promise<CommandRecord['refused']> {
    const record = agentState.find(id)
    if (record) return record.refused
    const row = await this.#options.sink.find(id)
    return row && refusalFromRow(row)
  }

  /** @throws AppError (as a rejection) when it is refused */
  async #attempt(
    agentState: AgentState,
    input: CommandInput,
    key: string | undefined,
  ): Promise<{ readonly id: string; readonly isRepeat: boolean }> {
    const row = this.#rowOf(agentState, input)
    if (agentState.current) {
      const { command_id, command } = agentState.current.report
      const error = new AppError('COMMAND_CONFLICT', `${agentState.agent.id} is busy with ${command}`, {
        details: { command_id },
      })
      await this.#logRefused(agentState, row, error)
      throw error
    }
    const id = this.#createId()
    const record: CommandRecord = {
      report: {
        command_id: id,
        agent_id: agentState.agent.id,
        command: input.command,
        status: 'accepted',
        outcome: null,
        code: null,
      },
      refused: undefined,
    }
    // Before the first await: concurrent callers find the agent busy.
    agentState.current = record
    try {
      const { isRepeat, command_id } = await this.#options.sink.append({ ...row, command_id: id, outcome: null }, key)
      if (isRepeat) return { id: command_id ?? '', isRepeat }
      agentState.keep(record, key)
      await this.#give(agentState, record, input)
      return { id, isRepeat }
    } finally {
      const isUnderWay = agentState.find(id) === record && record.refused === undefined && !hasEnded(record)
      if (agentState.current === record && !isUnderWay) agentState.current = undefined
    }
  }

  async #give(agentState: AgentState, record: CommandRecord, input: CommandInput): Promise<void> {
    const { bridge, sink } = this.#options
    const { command_id: id } = record.report
    try {
      const onChange = (change: CommandChange): void => this.#change(agentState, record, change)
      const taken = await bridge.command(agentState.agent, { id, command: input, onChange })
      if (!taken.accepted) throw toError(taken.code, taken.reason)
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'INTERNAL_ERROR'
      const reason = error instanceof AppError ? error.message : 'internal error'
      record.refused = { code, reason }
      Object.assign(record.report, { status: 'failed', outcome: reason, code })
      await sink.setOutcome(id, formatRefused(code, reason), null)
      throw error
    }
  }

  /** Handles a progress report of the engine. Reports after the end of a command are ignored. */
  #change(agentState: AgentState, record: CommandRecord, change: CommandChange): void {
    const { report } = record
    if (hasEnded(record) || (change.status === 'running' && report.status === 'running')) return
    report.status = change.status
    if (change.status !== 'running') {
      report.outcome = change.outcome
      report.code = change.status === 'failed' ? change.code : null
      if (agentState.current === record) agentState.current = undefined
      const text = change.status === 'failed' ? formatFailed(change.code, change.outcome) : formatDone(change.outcome)
      const score = this.#options.bridge.score(agentState.agent)
      this.#options.sink.setOutcome(report.command_id, text, score).catch(this.#options.onError)
    }
    agentState.stream?.tell(report)
  }

  async #logRefused(agentState: AgentState, row: RefusedRow, error: AppError): Promise<void> {
    const outcome = formatRefused(error.code, error.message)
    await this.#options.sink.append(
      { ...this.#frame(agentState), ...row, command_id: this.#createId(), outcome },
      undefined,
    )
  }

  #rowOf(agentState: AgentState, input: CommandInput): Omit<NewCommandLogRow, 'command_id' | 'outcome'> {
    return {
      ...this.#frame(agentState, input),
      timestamp: toInstant(input.timestamp),
      command: input.command,
      params: { ...input.params },
      reasoning: input.reasoning,
      protocol_version: input.protocol_version,
    }
  }

  #frame(
    agentState: AgentState,
    input?: CommandInput,
  ): Omit<NewCommandLogRow, keyof RefusedRow | 'command_id' | 'outcome'> {
    const { bridge } = this.#options
    const perception = agentState.perceptionAt(input?.context?.perception_timestamp)
    return {
      perception_snapshot: perception ? JSON.parse(perception.bytes.toString()) : null,
      agent_id: agentState.agent.id,
      // The host's episode id joins rows with results; a client's own id groups rows without an episode here.
      episode_id: bridge.episode ?? input?.episode_id ?? null,
      cell: perception?.perception.location.cell ?? null,
      world: bridge.world,
      slot: agentState.agent.slot,
      heartbeat_cycle: input?.context?.heartbeat_cycle ?? null,
    }
  }

  #createId(): string {
    return `${this.#prefix}${randomBytes(12).toString('base64url')}`
  }
}

/** 64 hex digits over a list of texts. */
function digest(texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex')
}

const hasEnded = ({ report }: CommandRecord): boolean => report.status === 'done' || report.status === 'failed'

/** Whether the same command may be accepted a little later. */
const isPassing = (code: string): boolean =>
  ['COMMAND_CONFLICT', 'BRIDGE_UNAVAILABLE', 'SLOT_TAKEN', 'INTERNAL_ERROR'].includes(code)

function toError(code: string, reason: string): AppError {
  return new AppError(REFUSAL_CODES.find((known) => known === code) ?? 'COMMAND_CONFLICT', reason)
}
