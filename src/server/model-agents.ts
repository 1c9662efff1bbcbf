// The model of this server as an agent: it perceives and commands through the perception adapter, as
// `paracosm agent run --model` does, so that what it thinks stands in the command log.
import { agentIdOf } from '../adapters/perception/bridge.ts'
import type { RoleModels } from '../adapters/session/role-models.ts'
import { PerceptionClient } from '../client/perception.ts'
import type { Log } from '../host/log.ts'
import { createModelPolicy } from '../players/agent/model-policy.ts'
import { runAgent } from '../players/agent/run-agent.ts'
import { MAX_MODEL_TURNS } from '../protocol/catalogue.ts'
import type { ModelSlot } from './shards/shard-link.ts'

interface Options {
  readonly models: RoleModels
  readonly log: Log
}

/** One for a server and all its shards, so that its limits of cost count every call. */
export class ModelAgents {
  readonly #options: Options
  readonly #stop = new AbortController()
  readonly #playing = new Map<string, Promise<boolean>>()
  #url: string | undefined

  constructor(options: Options) {
    this.#options = options
  }

  /** Call it before episodes are resumed. @param url of this server */
  begin(url: string): void {
    this.#url = url
  }

  /**
   * Plays until the episode, the budget of turns or the model ends; a slot that is being played is not taken twice.
   * Never rejects: the log says why a model broke down.
   * @returns whether the model has left the slot, rather than being stopped with the server
   */
  play(played: ModelSlot): Promise<boolean> {
    const key = `${played.id} ${played.slot}`
    const known = this.#playing.get(key)
    if (known !== undefined) return known
    const playing = this.#run(played).finally(() => this.#playing.delete(key))
    this.#playing.set(key, playing)
    return playing
  }

  async #run({ id, slot, token }: ModelSlot): Promise<boolean> {
    const { models, log } = this.#options
    const { agent } = models
    if (!agent || this.#url === undefined) return false
    const { signal } = this.#stop
    try {
      const summary = await runAgent({
        client: new PerceptionClient({
          url: `${this.#url}/api/episodes/${encodeURIComponent(id)}/slots/${slot}`,
          agentId: agentIdOf(slot),
          token,
          signal,
        }),
        policy: createModelPolicy({ client: agent.client, model: agent.model }),
        budget: { turns: MAX_MODEL_TURNS },
        episodeId: id,
        signal,
      })
      log.info({ episode: id, slot, ...summary }, 'model_player.ended')
    } catch (err) {
      log.error({ episode: id, slot, err }, 'model_player.failed')
    }
    return !signal.aborted
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#playing.values())
  }
}
