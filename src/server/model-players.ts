// Models that play slots of this server's episodes: each perceives and commands through the perception adapter, as
// `paracosm agent run --model` does, so that what it thinks stands in the command log.
import { agentIdOf } from '../adapters/perception/bridge.ts'
import { isPerceived } from '../adapters/perception/world-bridge.ts'
import type { RoleModels } from '../adapters/session/role-models.ts'
import { PerceptionClient } from '../client/perception.ts'
import type { Episode } from '../episode/episode.ts'
import type { EpisodeService } from '../host/episode-service.ts'
import type { SlotSpec } from '../host/episode-spec.ts'
import type { Log } from '../host/log.ts'
import { AppError } from '../kernel/errors.ts'
import type { World } from '../kernel/world.ts'
import { createModelPolicy } from '../players/agent/model-policy.ts'
import { runAgent } from '../players/agent/run-agent.ts'
import { MAX_MODEL_TURNS } from '../protocol/catalogue.ts'

const PREFIX = 'model:'
/** Live episodes that are looked through for models after a restart. */
const MAX_RESUMED = 500

interface Options {
  readonly episodes: EpisodeService
  readonly models: RoleModels
  readonly log: Log
}

export class ModelPlayers {
  readonly #options: Options
  readonly #stop = new AbortController()
  readonly #playing = new Map<string, Promise<void>>()
  #url: string | undefined

  constructor(options: Options) {
    this.#options = options
  }

  /**
   * The plan of a slot as a request names it: `model:<name>` is the model of this server, everything else stays.
   * @throws AppError MODEL_MISSING for a model that this server does not have, NOT_PERCEIVED
   */
  plan(world: World, player: string | null): SlotSpec {
    const name = modelOf(player)
    if (name === undefined) return player
    const has = this.#options.models.agent?.model
    if (has === undefined || name !== has) {
      throw new AppError('MODEL_MISSING', `this server has no model ${name}`, {
        hint:
          has === undefined
            ? 'Start the server with --model <name>; docs/models.md shows how.'
            : `Its model is ${has}: name it as ${PREFIX}${has}.`,
      })
    }
    if (!isPerceived(world)) throw new AppError('NOT_PERCEIVED', `no model can play ${world.id} through perceptions`)
    return { player: { kind: 'model', name } }
  }

  /** Lets models take the slots that are theirs and that nobody plays. */
  join(episode: Episode): void {
    for (const { slot, player, connection, token } of episode.slots) {
      const key = `${episode.header.episode} ${slot}`
      if (player.kind !== 'model' || connection || this.#playing.has(key)) continue
      const playing = this.#play(episode, { slot, token }).finally(() => this.#playing.delete(key))
      this.#playing.set(key, playing)
    }
  }

  /** Lets models join the episodes that were resumed. @param url of this server, for its own agents */
  async begin(url: string): Promise<void> {
    this.#url = url
    const { episodes } = this.#options
    const { entries } = await episodes.list({ status: 'live' }, { limit: MAX_RESUMED })
    for (const { id } of entries) {
      const episode = episodes.get(id)
      if (episode) this.join(episode)
    }
  }

  /** Never rejects: a model that breaks down leaves its slot, and the log says why. */
  async #play(episode: Episode, { slot, token }: { slot: number; token: string }): Promise<void> {
    const { models, log } = this.#options
    const id = episode.header.episode
    const { agent } = models
    if (!agent || this.#url === undefined) return
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
    if (signal.aborted || episode.isClosed) return
    // The slot is seen to be empty, and may be handed over.
    if (episode.slots[slot]?.player.kind === 'model')
      episode.handOver(slot, { kind: 'empty', name: `Player ${slot + 1}` })
  }

  async close(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#playing.values())
  }
}

/** The name behind `model:`; undefined: a bot, or nobody. */
export const modelOf = (player: string | null): string | undefined =>
  player?.startsWith(PREFIX) === true ? player.slice(PREFIX.length) : undefined
