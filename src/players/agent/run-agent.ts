// The heartbeat: perceive, decide, command, wait for the outcome, repeat. A run ends with its episode, when a budget is
// used up, or when it is stopped. It waits for a server that disappears and returns.
import { randomUUID } from 'node:crypto'
import { type PerceptionClient, PerceptionFailure } from '../../client/perception.ts'
import { AppError } from '../../kernel/errors.ts'
import { sleep } from '../../lib/sleep.ts'
import type { CommandReport } from '../../protocol/perception-adapter.ts'
import type { AgentCommand } from '../../protocol/perception-command.ts'
import type { Decision, Policy, Turn } from './policy.ts'

export interface AgentBudget {
  /** Commands given. */
  readonly turns?: number | undefined
  /** Seconds of the wall clock. */
  readonly seconds?: number | undefined
}

export interface AgentRunOptions {
  readonly client: PerceptionClient
  readonly policy: Policy
  readonly budget: AgentBudget
  readonly episodeId?: string | undefined
  /** Milliseconds that a server may be unreachable. */
  readonly patienceMs?: number
  /** Called after every turn. */
  readonly onTurn?: (turn: TurnReport) => void
  readonly signal: AbortSignal
}

export interface TurnReport {
  readonly cycle: number
  readonly decision: Decision
  /** Undefined: the command was refused. */
  readonly report: CommandReport | undefined
  readonly refusal: string | undefined
}

export interface AgentRunSummary {
  readonly turns: number
  readonly done: number
  readonly failed: number
  readonly refused: number
  /** Why the run ended: 'episode', 'turns', 'seconds', 'budget', 'stopped'. */
  readonly ended: 'episode' | 'turns' | 'seconds' | 'budget' | 'stopped'
  readonly reason: string
}

/** Poll interval for a running command. */
const POLL_MS = 50
const SLOWEST_POLL_MS = 500
const PATIENCE_MS = 120_000
const RECONNECT_MS = 500

/** @throws PerceptionFailure for failures that a retry does not fix; AppError of the policy's model */
export async function runAgent(options: AgentRunOptions): Promise<AgentRunSummary> {
  const run = new AgentRun(options)
  return run.run()
}

class AgentRun {
  readonly #options: AgentRunOptions
  readonly #startedAt = performance.now()
  #turns = 0
  #done = 0
  #failed = 0
  #refused = 0

  constructor(options: AgentRunOptions) {
    this.#options = options
  }

  async run(): Promise<AgentRunSummary> {
    let last: CommandReport | undefined
    try {
      for (;;) {
        const spent = this.#spent()
        if (spent) return this.#end(spent.ended, spent.reason)
        last = await this.#turn(last)
      }
    } catch (error) {
      if (this.#options.signal.aborted) return this.#end('stopped', 'The run was interrupted.')
      if (error instanceof PerceptionFailure && error.code === 'EPISODE_OVER')
        return this.#end('episode', error.message)
      if (error instanceof AppError && error.code === 'BUDGET_SPENT') return this.#end('budget', error.message)
      throw error
    }
  }

  #spent(): { ended: 'turns' | 'seconds'; reason: string } | undefined {
    const { turns, seconds } = this.#options.budget
    if (turns !== undefined && this.#turns >= turns) return { ended: 'turns', reason: `${turns} turns are done.` }
    const elapsed = (performance.now() - this.#startedAt) / 1000
    if (seconds !== undefined && elapsed >= seconds) {
      return { ended: 'seconds', reason: `${seconds} seconds have passed.` }
    }
    return undefined
  }

  #end(ended: AgentRunSummary['ended'], reason: string): AgentRunSummary {
    return { turns: this.#turns, done: this.#done, failed: this.#failed, refused: this.#refused, ended, reason }
  }

  async #turn(last: CommandReport | undefined): Promise<CommandReport | undefined> {
    const { client, policy, signal, onTurn } = this.#options
    const cycle = this.#turns
    const perception = await this.#patiently(() => client.perceive())
    const turn: Turn = { cycle, perception, last }
    const decision = await policy.decide(turn, signal)
    signal.throwIfAborted()
    const given = await this.#give(turn, decision)
    this.#turns++
    if (typeof given === 'string') {
      this.#refused++
      onTurn?.({ cycle, decision, report: undefined, refusal: given })
      return undefined
    }
    const report = await this.#follow(decision.command, given.command_id)
    if (report.status === 'done') this.#done++
    else this.#failed++
    onTurn?.({ cycle, decision, report, refusal: undefined })
    return report
  }

  /** Sends the command; a refusal is returned as text. All attempts share one key, so no command is sent twice. */
  async #give({ cycle, perception }: Turn, { command, reasoning }: Decision) {
    const { client, episodeId } = this.#options
    const key = randomUUID()
    const input = {
      protocol_version: '1.0.0',
      timestamp: new Date().toISOString(),
      agent_id: client.agentId,
      reasoning,
      ...(episodeId === undefined ? {} : { episode_id: episodeId }),
      context: { perception_timestamp: perception.timestamp, heartbeat_cycle: cycle },
      ...command,
    }
    try {
      return await this.#patiently(() => client.command(input, key))
    } catch (error) {
      const isRefusal =
        error instanceof PerceptionFailure && (error.status === 400 || error.status === 422 || error.status === 409)
      if (isRefusal) return `${error.code}: ${error.message}`
      throw error
    }
  }

  /** Polls until the command has ended. A server that has closed the episode in the meantime no longer reports it. */
  async #follow({ command }: AgentCommand, commandId: string): Promise<CommandReport> {
    const { client, signal } = this.#options
    try {
      for (let wait = POLL_MS; ; wait = Math.min(SLOWEST_POLL_MS, wait * 1.3)) {
        const report = await this.#patiently(() => client.report(commandId))
        if (report.status === 'done' || report.status === 'failed') return report
        await sleep(wait, signal)
      }
    } catch (error) {
      if (!(error instanceof PerceptionFailure) || error.code !== 'EPISODE_OVER') throw error
      const end = { status: 'failed', outcome: error.message, code: error.code } as const
      return { command_id: commandId, agent_id: client.agentId, command, ...end }
    }
  }

  /** Waits for an unreachable server, up to the limit. */
  async #patiently<T>(ask: () => Promise<T>): Promise<T> {
    const until = performance.now() + (this.#options.patienceMs ?? PATIENCE_MS)
    for (;;) {
      try {
        return await ask()
      } catch (error) {
        const isAway =
          error instanceof PerceptionFailure && (error.status === 0 || error.status === 503 || error.status === 504)
        if (!isAway || performance.now() >= until) throw error
        await sleep(RECONNECT_MS, this.#options.signal)
      }
    }
  }
}
