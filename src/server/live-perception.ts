// The perception adapters of the server's live episodes, each created on first use.

import { PerceptionAdapter } from '../adapters/perception/adapter.ts'
import type { CommandSink } from '../adapters/perception/command-sink.ts'
import { WorldBridge } from '../adapters/perception/world-bridge.ts'
import { createSystemClock } from '../episode/clock.ts'
import type { Episode } from '../episode/episode.ts'
import type { EpisodeService } from '../host/episode-service.ts'
import type { Log } from '../host/log.ts'
import { AppError } from '../kernel/errors.ts'
import type { Address, ResolvedAdapter } from './routes/perception.ts'

export class LivePerception {
  readonly #episodes: EpisodeService
  readonly #sink: CommandSink
  readonly #log: Log
  readonly #open = new Map<string, PerceptionAdapter>()
  readonly #opening = new Map<string, Promise<PerceptionAdapter>>()

  constructor(episodes: EpisodeService, sink: CommandSink, log: Log) {
    this.#episodes = episodes
    this.#sink = sink
    this.#log = log
  }

  /**
   * The adapter for a request: that of the named episode, or of the episode of the token.
   * @throws AppError UNKNOWN_EPISODE, EPISODE_OVER, SLOT_INVALID, NOT_PERCEIVED, TOKEN_MISSING, TOKEN_REFUSED; INTERRUPTED
   * while episodes are being resumed
   */
  find({ id, slot, token }: Address): ResolvedAdapter | Promise<ResolvedAdapter> {
    if (token === undefined) throw new AppError('TOKEN_MISSING', 'this route requires the token of a slot')
    const episode = id === undefined ? this.#episodes.withToken(token) : this.#episodes.get(id)
    if (!episode) {
      if (id !== undefined) return this.#episodes.refuseNotLive(id)
      if (this.#episodes.isResuming()) throw resuming()
      throw new AppError('TOKEN_REFUSED', 'the token does not belong to a slot of a live episode')
    }
    const number = slot === undefined ? undefined : slotOf(episode, slot)
    // An open adapter checks tokens itself; none is opened for an unknown caller.
    const adapter = this.#open.get(episode.header.episode)
    if (adapter) return { adapter, slot: number }
    if (this.#episodes.withToken(token) !== episode) {
      throw new AppError('TOKEN_REFUSED', 'the token does not belong to a slot of this episode')
    }
    return this.#opened(episode).then((opened) => ({ adapter: opened, slot: number }))
  }

  #opened(episode: Episode): Promise<PerceptionAdapter> {
    const id = episode.header.episode
    const known = this.#opening.get(id)
    if (known !== undefined) return known
    const opening = this.#make(episode).finally(() => this.#opening.delete(id))
    this.#opening.set(id, opening)
    return opening
  }

  async #make(episode: Episode): Promise<PerceptionAdapter> {
    const clock = createSystemClock()
    const id = episode.header.episode
    const adapter = new PerceptionAdapter({
      bridge: new WorldBridge(episode, clock),
      sink: this.#sink,
      clock,
      hasAuth: true,
      onError: (err) => this.#log.error({ episode: id, err }, 'perception.outcome_not_logged'),
    })
    await adapter.recover()
    this.#open.set(id, adapter)
    const forget = (): void => void this.#open.delete(id)
    episode.done.then(forget, forget)
    return adapter
  }
}

/** A token that is not known yet may be that of an episode that continues: its agent must not take this for its end. */
export const resuming = (): AppError =>
  new AppError('INTERRUPTED', 'episodes are being resumed, and the token may belong to one of them', {
    hint: 'Try again in a moment.',
  })

function slotOf(episode: Episode, text: string): number {
  const slot = /^\d{1,3}$/.test(text) ? Number(text) : -1
  if (episode.slots[slot]) return slot
  throw new AppError('SLOT_INVALID', `slots of this episode are 0 to ${episode.slots.length - 1}`)
}
