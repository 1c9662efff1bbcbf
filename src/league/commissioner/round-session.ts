// The commissioner's side of one `WS /round`: a state machine that maps frames and timers to frames and the close. It
// performs no input or output, so the socket server, tests and an in-process platform all run the same code.
import type {
  CommissionerMessage,
  EpisodeFailed,
  EpisodeResult,
  PlatformMessage,
  RoundDivision,
  RoundStart,
  ScheduledEpisode,
} from '../../protocol/commissioner.ts'
import {
  type CommissionerRequest,
  DescribeDivisionResponse,
  MigrationConfigResponse,
  MigrationResponse,
  RankDivisionResponse,
  RoundCompletedResponse,
  ScheduleRoundsResponse,
} from '../../protocol/commissioner-requests.ts'
import { JsonObject } from '../../protocol/json.ts'
import { type Commissioner, type Draw, type PlannedRound, RoundRefused, type Settlement } from './commissioner.ts'
import { cancelReason, deadlineOf } from './throttle.ts'
import { BadFrame, closeReason, readPlatformFrame } from './wire.ts'

/** An instruction to the transport. Timers are reported through `expire` with the same name. */
export type SessionAction =
  | { readonly kind: 'send'; readonly message: CommissionerMessage | JsonObject }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }
  | { readonly kind: 'timer'; readonly name: string; readonly seconds: number }

export interface RoundSessionOptions {
  readonly commissioner: Commissioner
  readonly draw: Draw
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Close codes of the contract. */
const NORMAL = 1000
const REFUSED = 1008
const FAILED = 1011

interface Running {
  readonly start: RoundStart
  readonly plan: PlannedRound
  /** Episodes not yet sent. */
  readonly waiting: ScheduledEpisode[]
  /** Requests that were sent and are not yet settled. */
  readonly out: Set<string>
  readonly settled: Map<string, Settlement>
  /** Number of repeated settlements of settled requests. */
  repeated: number
  isComplete: boolean
}

export class RoundSession {
  readonly #options: RoundSessionOptions
  #round: Running | undefined
  #isClosed = false

  constructor(options: RoundSessionOptions) {
    this.#options = options
  }

  /** Handles a frame. Nothing follows a close. */
  receive(text: string): SessionAction[] {
    if (this.#isClosed) return []
    return this.#guarded(() => this.#handle(readPlatformFrame(text)))
  }

  /** Handles the expiry of a timer. */
  expire(name: string): SessionAction[] {
    const round = this.#round
    if (this.#isClosed || !round || round.isComplete) return []
    return this.#guarded(() => {
      if (name === 'dispatch') return this.#dispatch(round, 1)
      const [, requestId = ''] = /^deadline:(.*)$/s.exec(name) ?? []
      if (!round.out.has(requestId)) return []
      const reason = cancelReason(this.#limitOf(round, requestId) ?? 0)
      const failed: EpisodeFailed = { type: 'episode_failed', request_id: requestId, error: reason }
      return [
        { kind: 'send', message: { type: 'episode_cancel', request_id: requestId, reason } },
        ...this.#settle(round, failed),
      ]
    })
  }

  #guarded(work: () => SessionAction[]): SessionAction[] {
    try {
      return work()
    } catch (error) {
      if (error instanceof BadFrame || error instanceof RoundRefused) return this.#close(REFUSED, error.message)
      throw error
    }
  }

  #close(code: number, reason: string): SessionAction[] {
    this.#isClosed = true
    return [{ kind: 'close', code, reason: closeReason(reason) }]
  }

  #handle(message: PlatformMessage | CommissionerRequest): SessionAction[] {
    switch (message.type) {
      case 'round_start':
        return this.#start(message)
      case 'episodes_accepted':
        return []
      case 'episodes_rejected':
        return this.#close(FAILED, 'platform rejected scheduled episodes')
      case 'round_abort':
        return this.#close(NORMAL, '')
      case 'episode_result':
      case 'episode_failed':
        return this.#take(message)
      default:
        return [{ kind: 'send', message: answer(message, this.#options) }]
    }
  }

  #start(start: RoundStart): SessionAction[] {
    if (this.#round) throw new BadFrame('round_start received twice')
    const plan = this.#options.commissioner.planRound(start, this.#options.draw)
    const round: Running = {
      start,
      plan,
      waiting: [...plan.episodes],
      out: new Set(),
      settled: new Map(),
      repeated: 0,
      isComplete: false,
    }
    this.#round = round
    if (plan.episodes.length === 0) return this.#complete(round)
    const { throttle } = plan
    if (!throttle) return this.#dispatch(round, plan.episodes.length, { isTogether: true })
    if (throttle.gapSeconds === 0) return this.#dispatch(round, throttle.allowed)
    return this.#dispatch(round, 1)
  }

  /** Sends the next episodes, one per message, or all in one. */
  #dispatch(round: Running, count: number, { isTogether = false } = {}): SessionAction[] {
    const { throttle } = round.plan
    const room = throttle ? Math.min(count, throttle.allowed - round.out.size) : count
    const episodes = round.waiting.splice(0, Math.max(0, room))
    const messages = isTogether ? [episodes] : episodes.map((episode) => [episode])
    const actions = messages.map(
      (group): SessionAction => ({ kind: 'send', message: { type: 'schedule_episodes', episodes: group } }),
    )
    for (const { request_id: id } of episodes) {
      round.out.add(id)
      const seconds = this.#limitOf(round, id)
      if (seconds !== undefined) actions.push({ kind: 'timer', name: `deadline:${id}`, seconds })
    }
    const gap = throttle?.gapSeconds ?? 0
    if (gap > 0 && round.waiting.length > 0) actions.push({ kind: 'timer', name: 'dispatch', seconds: gap })
    return actions
  }

  #limitOf({ start, plan }: Running, requestId: string): number | undefined {
    const episode = plan.episodes.find(({ request_id: id }) => id === requestId)
    const variant = start.variants.find(({ id }) => id === episode?.variant_id)
    const config = episode?.game_config ?? variant?.game_config ?? {}
    return deadlineOf({ ...config, ...episode?.game_config_overrides })
  }

  #take(settlement: EpisodeResult | EpisodeFailed): SessionAction[] {
    const round = this.#round
    if (!round) throw new BadFrame(`${settlement.type} received before round_start`)
    const { request_id: id } = settlement
    const isScheduled = round.plan.episodes.some((episode) => episode.request_id === id)
    if (!isScheduled) throw new BadFrame(`unknown episode request id: '${id}'`)
    return this.#settle(round, settlement)
  }

  /** The first settlement of a request counts. */
  #settle(round: Running, settlement: Settlement): SessionAction[] {
    const { request_id: id } = settlement
    if (round.settled.has(id)) {
      round.repeated++
      return []
    }
    round.settled.set(id, settlement)
    round.out.delete(id)
    if (round.settled.size === round.plan.episodes.length) return this.#complete(round)
    const isPaced = (round.plan.throttle?.gapSeconds ?? 0) > 0
    return isPaced || !round.plan.throttle ? [] : this.#dispatch(round, 1)
  }

  #complete(round: Running): SessionAction[] {
    round.isComplete = true
    const complete = round.plan.complete(round.settled)
    const failed = [...round.settled.values()].filter(({ type }) => type === 'episode_failed').length
    const observability = {
      commissioner: this.#options.commissioner.key,
      episodes: round.plan.episodes.length,
      failed,
      ignored_settlements: round.repeated,
    }
    return [{ kind: 'send', message: { ...complete, observability } }]
  }
}

/** Answers a request of the later protocol. @throws RoundRefused */
function answer(request: CommissionerRequest, { commissioner, now }: RoundSessionOptions): JsonObject {
  // In wire form: parsed by its own schema, so that every field is written.
  return JsonObject.parse(JSON.parse(JSON.stringify(answerOf(request, commissioner, now()))))
}

function answerOf(request: CommissionerRequest, commissioner: Commissioner, now: number): unknown {
  switch (request.type) {
    case 'schedule_rounds_request': {
      const rounds = commissioner.scheduleRounds(request, now)
      return ScheduleRoundsResponse.parse({ type: 'schedule_rounds_response', rounds })
    }
    case 'rank_division_request': {
      const rankings = commissioner.rankDivision(request)
      return RankDivisionResponse.parse({ type: 'rank_division_response', rankings })
    }
    case 'describe_division_request': {
      const description = commissioner.describeDivision(request, now)
      return DescribeDivisionResponse.parse({ type: 'describe_division_response', description })
    }
    case 'round_completed_request': {
      const none = { policy_membership_events: [], membership_changes: [], follow_up_rounds: [] }
      const answer = commissioner.completeRound?.(request) ?? none
      return RoundCompletedResponse.parse({ ...answer, type: 'round_completed_response' })
    }
    case 'league_migration_config_request': {
      const divisions = commissioner.divisions?.(request) ?? request.divisions.map(asItIs)
      return MigrationConfigResponse.parse({ type: 'league_migration_config_response', divisions })
    }
    case 'league_migration_request': {
      const events = commissioner.migrate?.(request) ?? []
      return MigrationResponse.parse({ type: 'league_migration_response', policy_membership_events: events })
    }
  }
}

/** A division that stays. */
const asItIs = ({ name, level, type }: RoundDivision) => ({ name, level, type: type ?? 'competition' })
