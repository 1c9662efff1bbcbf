// Concurrency of a round's episodes, and the time after which an episode counts as lost.
import { isObject } from '../../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../../protocol/json.ts'
import type { DispatchThrottle } from '../../protocol/ruleset.ts'

/** @param timeoutSeconds of one episode; undefined: unknown */
export function throttleOf(
  throttle: DispatchThrottle,
  timeoutSeconds: number | undefined,
): { allowed: number; gapSeconds: number } {
  const { min_in_flight: least, max_in_flight: most, startup_buffer_seconds: buffer } = throttle
  if (timeoutSeconds === undefined) return { allowed: least, gapSeconds: 0 }
  const seconds = Math.max(1, timeoutSeconds - buffer)
  // In this order, because the last binary digit matters where the quotient is an integer.
  const load = Math.trunc(throttle.target_load / (throttle.worker_seconds_per_episode / seconds))
  const allowed = Math.min(Math.max(load, least), most)
  return { allowed, gapSeconds: throttle.stagger_seconds ?? seconds / allowed }
}

/** The possible places of a duration, in order of precedence. */
const DURATIONS = [
  'round_timeout_seconds',
  'server_duration_timeout_seconds',
  'server_duration_seconds',
  'episode_timeout_seconds',
  'duration_timeout_seconds',
  'duration_seconds',
  'time_limit_seconds',
  'timeout_seconds',
  'server_timeout_seconds',
] as const

/** Minimum time limit of an episode in seconds, whatever its configuration. */
const LEAST_SECONDS = 300

const isPositive = (value: JsonValue | undefined): value is number => typeof value === 'number' && value > 0

/** Duration of an episode in seconds, from its configuration; undefined: not given. */
export function durationOf(config: JsonObject): number | undefined {
  for (const key of DURATIONS) {
    const found = findPositive(config, key)
    if (found !== undefined) return found
  }
  const { max_ticks: ticks, tick_rate: rate, player_connect_timeout_seconds: connect } = config
  if (isPositive(ticks) && isPositive(rate)) return ticks / rate
  return isPositive(connect) ? connect : undefined
}

/** Searches the object itself, then the objects inside it, but not lists. */
function findPositive(config: JsonObject, key: string): number | undefined {
  const own = Object.hasOwn(config, key) ? config[key] : undefined
  if (isPositive(own)) return own
  for (const value of Object.values(config)) {
    const found = isObject(value) ? findPositive(value, key) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

/** Seconds after which an episode counts as failed; undefined: no limit is known. */
export function deadlineOf(config: JsonObject): number | undefined {
  const seconds = durationOf(config)
  return seconds === undefined ? undefined : Math.max(LEAST_SECONDS, 2 * seconds)
}

/** Why an episode is cancelled. */
export const cancelReason = (limitSeconds: number): string =>
  `Episode job duration exceeded ${Number(limitSeconds.toFixed(1))} seconds`
