// Decides who plays together. Pure functions, testable without a store.

/** A participant in a waiting room. Instants are milliseconds since 1970. */
export interface Waiter {
  readonly player: string
  readonly assignment: string
  readonly enteredAt: number
  readonly deadline: number
}

export interface RoomRules {
  readonly study: string
  readonly arm: string
  /** Participants per group. */
  readonly size: number
  readonly graceMs: number
  readonly onTimeout: 'bot' | 'release'
}

export type Match =
  | { readonly kind: 'group'; readonly members: readonly Waiter[] }
  | { readonly kind: 'release'; readonly members: readonly Waiter[] }

/**
 * The next group of a room, in order of arrival: full groups first, then groups for participants whose waiting time has
 * expired. Undefined: everybody keeps waiting.
 */
export function nextMatch(waiters: readonly Waiter[], rules: RoomRules, now: number): Match | undefined {
  if (waiters.length >= rules.size) return { kind: 'group', members: waiters.slice(0, rules.size) }
  const late = waiters.filter(({ deadline }) => deadline <= now)
  if (late.length === 0) return undefined
  // Participants whose waiting time has not expired join too: a group with fewer bots is better.
  return rules.onTimeout === 'bot' ? { kind: 'group', members: waiters } : { kind: 'release', members: late }
}
