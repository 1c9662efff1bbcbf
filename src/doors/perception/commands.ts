// The way of a command through the door: read, logged, given to the engine, followed to its end. The log comes before the
// engine, so that nothing is done that is not on record, and a repeated request is known by the log itself.
import { createHash, randomBytes } from 'node:crypto'
import { AppError } from '../../kernel/errors.ts'
import type { NewCommandLogRow } from '../../protocol/command-log.ts'
import type { JsonObject } from '../../protocol/json.ts'
import type { CommandInput } from '../../protocol/perception-door.ts'
import { type Bridge, type CommandChange, REFUSAL_CODES } from './bridge.ts'
import type { CommandSink } from './command-sink.ts'
import type { CommandRecord, Desk } from './desk.ts'
import { formatDone, formatFailed, formatRefused, refusalFromRow, reportFromRow } from './outcomes.ts'
import { parseCommand, type Salvaged, salvage, toInstant } from './read-command.ts'

export interface CommandsOptions {
  readonly bridge: Bridge
  readonly sink: CommandSink
  /** Wall-clock time. */
  now(): Date
  /** Told when the log could not take an outcome: somebody must look. */
  onError(error: unknown): void
}

const INTERRUPTED: CommandChange = {
  status: 'failed',
  code: 'INTERRUPTED',
  outcome: 'The server stopped while it was under way.',
}

export class Commands {
  readonly #options: CommandsOptions
  /** Begins the ids of this door's commands, so that its rows are found again after a restart. */
  readonly #prefix: string

  constructor(options: CommandsOptions) {
    this.#options = options
    const { bridge } = options
    this.#prefix = `cmd_${digest([bridge.episode ?? bridge.engine]).slice(0, 10)}_`
  }

  /** Whether an id is one of this door's. */
  owns(commandId: string): boolean {
    return commandId.startsWith(this.#prefix)
  }

  /**
   * Ends what a stop of this process left open in the log: what the engine still has under way is followed to its end,
   * the rest has failed.
   */
  async recover(desk: Desk): Promise<void> {
    const { bridge, sink } = this.#options
    const rows = await sink.open(desk.agent.id)
    const open = rows.filter((row) => this.owns(row.command_id ?? ''))
    for (const [index, row] of open.entries()) {
      const report = reportFromRow(row)
      if (!report) continue
      const record: CommandRecord = { report, refused: undefined }
      desk.keep(record, undefined)
      const onChange = (change: CommandChange): void => this.#change(desk, record, change)
      // Only the newest can still be under way: an agent has one at a time.
      if (index > 0 || !bridge.adopt(desk.agent, { word: report.command, onChange })) onChange(INTERRUPTED)
    }
  }

  /**
   * Takes what an agent sent, and gives the id of its command.
   * @throws AppError (as a rejection); what names a command was then logged as refused
   */
  async take(desk: Desk, body: JsonObject, key: string | undefined): Promise<string> {
    const input = await this.#read(desk, body)
    if (key === undefined) return (await this.#attempt(desk, input, undefined)).id
    const under = desk.pending.get(key)
    if (under !== undefined) return under
    const work = this.#once(desk, input, key).finally(() => desk.pending.delete(key))
    desk.pending.set(key, work)
    return work
  }

  async #read(desk: Desk, body: JsonObject): Promise<CommandInput> {
    try {
      const input = parseCommand(body)
      if (input.agent_id === desk.agent.id) return input
      throw new AppError('TOKEN_REFUSED', 'agent_id is not the agent that this token belongs to')
    } catch (error) {
      if (error instanceof AppError) await this.#logRefused(desk, salvage(body, this.#options.now()), error)
      throw error
    }
  }

  /** A key whose command was refused only for the moment is free again: who tries again must be able to succeed. */
  async #once(desk: Desk, input: CommandInput, key: string): Promise<string> {
    for (let attempt = 0; ; attempt++) {
      const name = digest([this.#prefix, desk.agent.id, key, String(attempt)])
      let id = desk.sentAs(name)?.report.command_id
      if (id === undefined) {
        const tried = await this.#attempt(desk, input, name)
        if (!tried.isRepeat) return tried.id
        id = tried.id
      }
      const refused = await this.#refusalOf(desk, id)
      if (!refused) return id
      if (!isPassing(refused.code)) throw toError(refused.code, refused.reason)
    }
  }

  async #refusalOf(desk: Desk, id: string): Promise<CommandRecord['refused']> {
    const record = desk.find(id)
    if (record) return record.refused
    const row = await this.#options.sink.find(id)
    return row && refusalFromRow(row)
  }

  /** @throws AppError (as a rejection) when it is refused */
  async #attempt(
    desk: Desk,
    input: CommandInput,
    key: string | undefined,
  ): Promise<{ readonly id: string; readonly isRepeat: boolean }> {
    const row = this.#rowOf(desk, input)
    if (desk.current) {
      const { command_id, command } = desk.current.report
      const error = new AppError('COMMAND_CONFLICT', `${desk.agent.id} is busy with ${command}`, {
        details: { command_id },
      })
      await this.#logRefused(desk, row, error)
      throw error
    }
    const id = this.#createId()
    const record: CommandRecord = {
      report: {
        command_id: id,
        agent_id: desk.agent.id,
        command: input.command,
        status: 'accepted',
        outcome: null,
        code: null,
      },
      refused: undefined,
    }
    // Before anything is waited for: whoever comes now finds the agent busy.
    desk.current = record
    try {
      const { isRepeat, command_id } = await this.#options.sink.append({ ...row, command_id: id, outcome: null }, key)
      if (isRepeat) return { id: command_id ?? '', isRepeat }
      desk.keep(record, key)
      await this.#give(desk, record, input)
      return { id, isRepeat }
    } finally {
      const isUnderWay = desk.find(id) === record && record.refused === undefined && !hasEnded(record)
      if (desk.current === record && !isUnderWay) desk.current = undefined
    }
  }

  async #give(desk: Desk, record: CommandRecord, input: CommandInput): Promise<void> {
    const { bridge, sink } = this.#options
    const { command_id: id } = record.report
    try {
      const onChange = (change: CommandChange): void => this.#change(desk, record, change)
      const taken = await bridge.command(desk.agent, { id, command: input, onChange })
      if (!taken.accepted) throw toError(taken.code, taken.reason)
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'INTERNAL_ERROR'
      const reason = error instanceof AppError ? error.message : 'something went wrong here'
      record.refused = { code, reason }
      Object.assign(record.report, { status: 'failed', outcome: reason, code })
      await sink.setOutcome(id, formatRefused(code, reason))
      throw error
    }
  }

  /** An engine tells how a command goes on. What comes after its end is not heard. */
  #change(desk: Desk, record: CommandRecord, change: CommandChange): void {
    const { report } = record
    if (hasEnded(record) || (change.status === 'running' && report.status === 'running')) return
    report.status = change.status
    if (change.status !== 'running') {
      report.outcome = change.outcome
      report.code = change.status === 'failed' ? change.code : null
      if (desk.current === record) desk.current = undefined
      const text = change.status === 'failed' ? formatFailed(change.code, change.outcome) : formatDone(change.outcome)
      this.#options.sink.setOutcome(report.command_id, text).catch(this.#options.onError)
    }
    desk.stream?.tell(report)
  }

  async #logRefused(desk: Desk, row: Salvaged, error: AppError): Promise<void> {
    const outcome = formatRefused(error.code, error.message)
    await this.#options.sink.append({ ...this.#frame(desk), ...row, command_id: this.#createId(), outcome }, undefined)
  }

  #rowOf(desk: Desk, input: CommandInput): Omit<NewCommandLogRow, 'command_id' | 'outcome'> {
    return {
      ...this.#frame(desk, input),
      timestamp: toInstant(input.timestamp),
      command: input.command,
      params: { ...input.params },
      reasoning: input.reasoning,
      protocol_version: input.protocol_version,
    }
  }

  #frame(desk: Desk, input?: CommandInput): Omit<NewCommandLogRow, keyof Salvaged | 'command_id' | 'outcome'> {
    const { bridge } = this.#options
    const sight = desk.sightAt(input?.context?.perception_timestamp)
    return {
      perception_snapshot: sight ? JSON.parse(sight.bytes.toString()) : null,
      agent_id: desk.agent.id,
      // The id of the host's episode joins rows with results; a client's own groups what has no episode here.
      episode_id: bridge.episode ?? input?.episode_id ?? null,
      cell: sight?.perception.location.cell ?? null,
      world: bridge.world,
      slot: desk.agent.slot,
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

/** Whether the same command may be taken a little later. */
const isPassing = (code: string): boolean =>
  ['COMMAND_CONFLICT', 'BRIDGE_UNAVAILABLE', 'SEAT_TAKEN', 'INTERNAL_ERROR'].includes(code)

function toError(code: string, reason: string): AppError {
  return new AppError(REFUSAL_CODES.find((known) => known === code) ?? 'COMMAND_CONFLICT', reason)
}
