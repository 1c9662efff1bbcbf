// The platform's side of a round: sends the start to a commissioner, plays the episodes that it schedules, and returns
// its ranking. The commissioner is untrusted: everything it sends is checked, counted and limited.
import { AppError } from '../kernel/errors.ts'
import type {
  EpisodeFailed,
  EpisodeResult,
  RoundComplete,
  RoundStart,
  ScheduledEpisode,
} from '../protocol/commissioner.ts'
import type { Channel, OpenChannel } from './channel.ts'
import { faultOfDecisions } from './check-decisions.ts'
import { BadFrame, closeReason, readCommissionerFrame, writeFrame } from './commissioner/wire.ts'

export interface RoundHost {
  /** Why an episode cannot be played; undefined if it can. */
  refuse(episode: ScheduledEpisode): string | undefined
  /** Plays an episode, or returns its earlier outcome. It never rejects, except when the signal is aborted. */
  play(episode: ScheduledEpisode, signal: AbortSignal): Promise<EpisodeResult | EpisodeFailed>
}

export interface DriveOptions {
  readonly open: OpenChannel
  readonly start: RoundStart
  readonly host: RoundHost
  readonly signal: AbortSignal
  /** Milliseconds that the commissioner may take to answer when it is its turn; default 60,000. */
  readonly patienceMs?: number
}

/** Maximum number of episodes per round. */
export const MAX_ROUND_EPISODES = 100_000
const PATIENCE_MS = 60_000
/** Milliseconds for a commissioner to close after an abort. */
const ABORT_MS = 2000

/**
 * Runs one round to its end.
 * @throws AppError COMMISSIONER_FAILED when it closes early, sends an invalid message, or stays silent; the signal's
 * reason
 */
export function driveRound(options: DriveOptions): Promise<RoundComplete> {
  return new Drive(options).run()
}

class Drive {
  readonly #options: DriveOptions
  readonly #done = Promise.withResolvers<RoundComplete>()
  readonly #scheduled = new Map<string, AbortController>()
  readonly #settled = new Set<string>()
  readonly #ended = new AbortController()
  #channel: Channel | undefined
  #patience: NodeJS.Timeout | undefined

  constructor(options: DriveOptions) {
    this.#options = options
    this.#done.promise.catch(() => undefined)
  }

  async run(): Promise<RoundComplete> {
    const { open, start, signal } = this.#options
    signal.throwIfAborted()
    const onAbort = (): void => this.#abort()
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      this.#channel = await open({
        onText: (text) => this.#hear(text),
        onClose: (code, reason) =>
          this.#fail(`the commissioner closed the connection with ${code}${reason ? `: ${reason}` : ''}`),
      })
      this.#channel.send(writeFrame(start))
      this.#await()
      return await this.#done.promise
    } finally {
      signal.removeEventListener('abort', onAbort)
      clearTimeout(this.#patience)
      this.#ended.abort(new AppError('INTERRUPTED', 'the round has ended'))
      for (const each of this.#scheduled.values()) each.abort(new AppError('INTERRUPTED', 'the round has ended'))
      this.#channel?.close()
    }
  }

  #abort(): void {
    const { signal } = this.#options
    this.#channel?.send(writeFrame({ type: 'round_abort', reason: 'the platform is stopping' }))
    // The commissioner should close with 1000; if it does not, the platform stops waiting.
    setTimeout(() => this.#done.reject(signal.reason), this.#channel ? ABORT_MS : 0).unref()
    this.#done.reject(signal.reason)
  }

  #fail(what: string): void {
    this.#done.reject(new AppError('COMMISSIONER_FAILED', what))
  }

  /** It is the commissioner's turn when no episode is being played. */
  #await(): void {
    clearTimeout(this.#patience)
    if (this.#settled.size < this.#scheduled.size) return
    const { patienceMs = PATIENCE_MS } = this.#options
    this.#patience = setTimeout(
      () => this.#fail(`the commissioner said nothing for ${patienceMs / 1000} s`),
      patienceMs,
    )
  }

  #hear(text: string): void {
    if (this.#ended.signal.aborted) return
    try {
      const message = readCommissionerFrame(text)
      if (message.type === 'round_complete') this.#complete(message)
      else if (message.type === 'episode_cancel') this.#cancel(message.request_id, message.reason)
      else this.#schedule(message.episodes)
    } catch (error) {
      if (error instanceof BadFrame) {
        this.#fail(`the commissioner sent a frame that cannot be read: ${closeReason(error.message)}`)
      } else this.#done.reject(error)
    }
  }

  #schedule(episodes: readonly ScheduledEpisode[]): void {
    const errors: Record<string, string> = {}
    const accepted: ScheduledEpisode[] = []
    const seen = new Set<string>()
    for (const episode of episodes) {
      const { request_id: id } = episode
      const reason = this.#refusal(episode, seen)
      seen.add(id)
      if (reason === undefined) accepted.push(episode)
      else errors[id] = reason
    }
    const refused = Object.keys(errors)
    if (accepted.length > 0) {
      const ids = accepted.map(({ request_id: id }) => id)
      this.#channel?.send(writeFrame({ type: 'episodes_accepted', request_ids: ids }))
    }
    if (refused.length > 0) {
      this.#channel?.send(writeFrame({ type: 'episodes_rejected', request_ids: refused, errors }))
    }
    for (const episode of accepted) this.#play(episode)
    this.#await()
  }

  #refusal(episode: ScheduledEpisode, seen: ReadonlySet<string>): string | undefined {
    const { request_id: id } = episode
    if (seen.has(id) || this.#scheduled.has(id)) return 'the request id has already been used'
    if (this.#scheduled.size + seen.size >= MAX_ROUND_EPISODES)
      return `a round has at most ${MAX_ROUND_EPISODES} episodes`
    return this.#options.host.refuse(episode)
  }

  #play(episode: ScheduledEpisode): void {
    const { request_id: id } = episode
    const stop = new AbortController()
    this.#scheduled.set(id, stop)
    this.#options.host.play(episode, stop.signal).then(
      (settlement) => {
        if (this.#ended.signal.aborted || this.#settled.has(id)) return
        this.#settled.add(id)
        this.#channel?.send(writeFrame(settlement))
        this.#await()
      },
      (error: unknown) => {
        if (!this.#ended.signal.aborted && !this.#settled.has(id)) this.#done.reject(error)
      },
    )
  }

  /** The commissioner counts the episode as failed: nothing more is sent for it. */
  #cancel(id: string, reason: string): void {
    this.#settled.add(id)
    this.#scheduled.get(id)?.abort(new AppError('INTERRUPTED', reason))
    this.#await()
  }

  #complete(message: RoundComplete): void {
    const fault = this.#faultOf(message)
    if (fault === undefined) this.#done.resolve(message)
    else this.#fail(fault)
  }

  /** Why a completion is invalid. */
  #faultOf(complete: RoundComplete): string | undefined {
    if (this.#settled.size < this.#scheduled.size) {
      return 'the commissioner completed the round before all episodes were settled'
    }
    const { divisions, memberships } = this.#options.start
    const known = {
      divisions: new Set(divisions.map(({ id }) => id)),
      members: new Set(memberships.map(({ id }) => id)),
    }
    const strange = complete.results.find(({ division_id: id }) => !known.divisions.has(id))
    if (strange) return `the commissioner names an unknown division: ${strange.division_id}`
    return faultOfDecisions(complete, known)
  }
}
