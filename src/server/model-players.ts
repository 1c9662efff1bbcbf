// The model of this server in slots of the episodes that this process runs.
import { isPerceived } from '../adapters/perception/world-bridge.ts'
import type { RoleModels } from '../adapters/session/role-models.ts'
import type { Episode } from '../episode/episode.ts'
import { EPISODE_KIND } from '../experiment/service/plan-slots.ts'
import type { SlotSpec } from '../host/episode-spec.ts'
import type { Log } from '../host/log.ts'
import { AppError } from '../kernel/errors.ts'
import type { World } from '../kernel/world.ts'
import type { ModelSlot } from './shards/shard-link.ts'

const PREFIX = 'model:'

interface Options {
  readonly models: RoleModels
  readonly log: Log
  /** Plays a slot. @returns whether the model has left it. It must not reject. */
  play(slot: ModelSlot): Promise<boolean>
}

export class ModelPlayers {
  readonly #options: Options
  readonly #joined = new Set<string>()

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

  /**
   * Lets the model take the slots that are its and that nobody plays. Call it for every episode that begins or is
   * resumed, and after a slot was handed over. Studies bring their own models.
   */
  join(episode: Episode): void {
    const { models, log } = this.#options
    const id = episode.header.episode
    if (id.startsWith(`${EPISODE_KIND}-`)) return
    for (const { slot, player, connection, token } of episode.slots) {
      const key = `${id} ${slot}`
      if (player.kind !== 'model' || connection || this.#joined.has(key)) continue
      if (player.name !== models.agent?.model) {
        // No other model may play under its name. A later start with this model continues.
        log.error({ episode: id, slot, model: player.name }, 'model_player.missing')
        continue
      }
      this.#joined.add(key)
      void this.#options.play({ id, slot, token }).then((hasLeft) => {
        this.#joined.delete(key)
        if (hasLeft) leave(episode, slot)
      })
    }
  }
}

/** The slot is seen to be empty, and may be handed over. */
function leave(episode: Episode, slot: number): void {
  if (episode.isClosed || episode.slots[slot]?.player.kind !== 'model') return
  episode.handOver(slot, { kind: 'empty', name: `Player ${slot + 1}` })
}

/** The name behind `model:`; undefined: a bot, or nobody. */
export const modelOf = (player: string | null): string | undefined =>
  player?.startsWith(PREFIX) === true ? player.slice(PREFIX.length) : undefined
