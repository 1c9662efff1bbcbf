// The perception adapters of the server's live episodes, each made when somebody first asks.

import { PerceptionAdapter } from '../adapters/perception/adapter.ts'
import type { CommandSink } from '../adapters/perception/command-sink.ts'
import { WorldBridge } from '../adapters/perception/world-bridge.ts'
import { createSystemClock } from '../episode/clock.ts'
import type { Episode } from '../episode/episode.ts'
import { isSameToken } from '../episode/slots.ts'
import { AppError } from '../kernel/errors.ts'
import type { LiveEpisodes, Log } from './live.ts'
import type { Address, ResolvedAdapter } from './routes/perception.ts'

export class LivePerception {
  readonly #live: LiveEpisodes
  readonly #sink: CommandSink
  readonly #log: Log
  readonly #open = new Map<string, PerceptionAdapter>()
  readonly #opening = new Map<string, Promise<PerceptionAdapter>>()
  /** Which episode a token has opened before, so that not all are searched again. */
  readonly #known = new Map<string, string>()

  constructor(live: LiveEpisodes, sink: CommandSink, log: Log) {
    this.#live = live
    this.#sink = sink
    this.#log = log
  }

  /**
   * The adapter for an address: of the episode that it names, else of the one that its token opens.
   * @throws AppError UNKNOWN_EPISODE, EPISODE_OVER, SLOT_INVALID, NOT_PERCEIVED, TOKEN_MISSING, TOKEN_REFUSED
   */
  find({ id, slot, token }: Address): ResolvedAdapter | Promise<ResolvedAdapter> {
    const episode = id === undefined ? this.#byToken(token) : this.#byId(id)
    const number = slot === undefined ? undefined : slotOf(episode, slot)
    const adapter = this.#open.get(episode.header.episode)
    if (adapter) return { adapter, slot: number }
    // An open adapter checks tokens by itself; none is opened for a caller without one.
    requireToken(episode, token)
    return this.#opened(episode).then((opened) => ({ adapter: opened, slot: number }))
  }

  #byId(id: string): Episode {
    const episode = this.#live.get(id)
    if (episode) return episode
    // Throws for what there never was.
    this.#live.find(id)
    throw new AppError('EPISODE_OVER', `episode ${id} has ended`)
  }

  #byToken(token: string | undefined): Episode {
    if (token === undefined) throw new AppError('TOKEN_MISSING', 'this needs the token of a slot')
    const known = this.#live.get(this.#known.get(token) ?? '')
    if (known) return known
    const found = this.#live.withToken(token)
    if (!found) throw new AppError('TOKEN_REFUSED', 'the token opens no slot of a live episode')
    this.#known.set(token, found.header.episode)
    return found
  }

  #opened(episode: Episode): Promise<PerceptionAdapter> {
    const id = episode.header.episode
    const under = this.#opening.get(id)
    if (under !== undefined) return under
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
      onError: (error) => this.#log.error({ episode: id, err: error }, 'perception.outcome_not_logged'),
    })
    await adapter.recover()
    this.#open.set(id, adapter)
    const forget = (): void => {
      this.#open.delete(id)
      for (const [token, opened] of this.#known) if (opened === id) this.#known.delete(token)
    }
    episode.done.then(forget, forget)
    return adapter
  }
}

/** @throws AppError TOKEN_MISSING, TOKEN_REFUSED */
function requireToken(episode: Episode, token: string | undefined): void {
  if (token === undefined) throw new AppError('TOKEN_MISSING', 'this needs the token of a slot')
  if (episode.slots.some((handle) => isSameToken(token, handle.token))) return
  throw new AppError('TOKEN_REFUSED', 'the token opens no slot of this episode')
}

function slotOf(episode: Episode, text: string): number {
  const slot = /^\d{1,3}$/.test(text) ? Number(text) : -1
  if (episode.slots[slot]) return slot
  throw new AppError('SLOT_INVALID', `slots of this episode are 0 to ${episode.slots.length - 1}`)
}
