// The perception doors of the server's live episodes, each made when somebody first asks.
import type { CommandSink } from '../doors/perception/command-sink.ts'
import { PerceptionDoor } from '../doors/perception/door.ts'
import { WorldBridge } from '../doors/perception/world-bridge.ts'
import { createSystemClock } from '../episode/clock.ts'
import type { Episode } from '../episode/episode.ts'
import { AppError } from '../kernel/errors.ts'
import type { LiveEpisodes, Log } from './live.ts'
import type { Address, DoorAt } from './routes/perception.ts'

export class LiveDoors {
  readonly #live: LiveEpisodes
  readonly #sink: CommandSink
  readonly #log: Log
  readonly #open = new Map<string, PerceptionDoor>()
  readonly #opening = new Map<string, Promise<PerceptionDoor>>()
  /** Which episode a token has opened before, so that not all are searched again. */
  readonly #known = new Map<string, string>()

  constructor(live: LiveEpisodes, sink: CommandSink, log: Log) {
    this.#live = live
    this.#sink = sink
    this.#log = log
  }

  /**
   * The door for an address: of the episode that it names, else of the one that its token opens.
   * @throws AppError UNKNOWN_EPISODE, EPISODE_OVER, SLOT_INVALID, NOT_PERCEIVED, TOKEN_MISSING, TOKEN_REFUSED
   */
  find({ id, slot, token }: Address): DoorAt | Promise<DoorAt> {
    const episode = id === undefined ? this.#byToken(token) : this.#byId(id)
    const number = slot === undefined ? undefined : slotOf(episode, slot)
    const door = this.#open.get(episode.header.episode)
    if (door) return { door, slot: number }
    return this.#opened(episode).then((opened) => ({ door: opened, slot: number }))
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

  #opened(episode: Episode): Promise<PerceptionDoor> {
    const id = episode.header.episode
    const under = this.#opening.get(id)
    if (under !== undefined) return under
    const opening = this.#make(episode).finally(() => this.#opening.delete(id))
    this.#opening.set(id, opening)
    return opening
  }

  async #make(episode: Episode): Promise<PerceptionDoor> {
    const clock = createSystemClock()
    const id = episode.header.episode
    const door = new PerceptionDoor({
      bridge: new WorldBridge(episode, clock),
      sink: this.#sink,
      clock,
      hasAuth: true,
      onError: (error) => this.#log.error({ episode: id, error: String(error) }, 'perception.outcome_not_logged'),
    })
    await door.recover()
    this.#open.set(id, door)
    const forget = (): void => {
      this.#open.delete(id)
      for (const [token, opened] of this.#known) if (opened === id) this.#known.delete(token)
    }
    episode.done.then(forget, forget)
    return door
  }
}

function slotOf(episode: Episode, text: string): number {
  const slot = /^\d{1,3}$/.test(text) ? Number(text) : -1
  if (episode.seats[slot]) return slot
  throw new AppError('SLOT_INVALID', `slots of this episode are 0 to ${episode.seats.length - 1}`)
}
