// An agent in a slot of an episode in this process. It perceives and commands through the perception adapter's bridge,
// like an agent that connects by HTTP, and awaits the outcome of each command.
import type { PerceptionAgent } from '../adapters/perception/bridge.ts'
import { WorldBridge } from '../adapters/perception/world-bridge.ts'
import { createSystemClock } from '../episode/clock.ts'
import type { Episode } from '../episode/episode.ts'
import type { Policy } from '../players/agent/policy.ts'
import type { CommandReport } from '../protocol/perception-adapter.ts'

/** Milliseconds between two decisions after a refusal, so that a refused policy does not spin. */
const REFUSED_MS = 100

export class AgentSlot {
  readonly #episode: Episode
  readonly #agent: PerceptionAgent
  readonly #bridge: WorldBridge

  constructor(episode: Episode, agent: PerceptionAgent) {
    this.#episode = episode
    this.#agent = agent
    this.#bridge = new WorldBridge(episode, createSystemClock())
  }

  /** Decides until the episode has ended. @throws errors of the policy */
  async run(policy: Policy, signal: AbortSignal): Promise<void> {
    let last: CommandReport | undefined
    for (let cycle = 0; !this.#episode.isClosed && !signal.aborted; cycle++) {
      const { perception } = this.#bridge.perceive(this.#agent)
      const { command } = await policy.decide({ cycle, perception, last }, signal)
      if (this.#episode.isClosed || signal.aborted) return
      last = await this.#follow(String(cycle), command)
    }
  }

  async #follow(
    id: string,
    command: Awaited<ReturnType<Policy['decide']>>['command'],
  ): Promise<CommandReport | undefined> {
    const ended = Promise.withResolvers<CommandReport>()
    const report = { command_id: id, agent_id: this.#agent.id, command: command.command }
    const taken = await this.#bridge.command(this.#agent, {
      id,
      command,
      onChange(change) {
        if (change.status === 'done') ended.resolve({ ...report, status: 'done', outcome: change.outcome, code: null })
        if (change.status === 'failed') {
          ended.resolve({ ...report, status: 'failed', outcome: change.outcome, code: change.code })
        }
      },
    })
    if (taken.accepted) return ended.promise
    await new Promise((resolve) => setTimeout(resolve, REFUSED_MS))
    return { ...report, status: 'failed', outcome: taken.reason, code: taken.code }
  }

  close(): void {
    this.#bridge.close()
  }
}
