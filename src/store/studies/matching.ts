// Who plays together: pure, so that it can be reasoned about and tested without a store.

/** Somebody in a waiting room. Instants are milliseconds since 1970. */
export interface Waiter {
  readonly player: string
  readonly assignment: string
  readonly enteredAt: number
  readonly deadline: number
}

export interface RoomRules {
  readonly study: string
  readonly arm: string
  /** Participants of a group. */
  readonly size: number
  readonly graceMs: number
  readonly onTimeout: 'bot' | 'release'
}

export type Match =
  | { readonly kind: 'group'; readonly members: readonly Waiter[] }
  | { readonly kind: 'release'; readonly members: readonly Waiter[] }

/**
 * The next group of a room, in the order in which people came: full groups first, then what the end of somebody's waiting
 * time asks for. Undefined: everybody waits on.
 */
export function nextMatch(waiters: readonly Waiter[], rules: RoomRules, now: number): Match | undefined {
  if (waiters.length >= rules.size) return { kind: 'group', members: waiters.slice(0, rules.size) }
  const late = waiters.filter(({ deadline }) => deadline <= now)
  if (late.length === 0) return undefined
  // Those who have not waited to the end yet play along: a group with fewer bots is the better one.
  return rules.onTimeout === 'bot' ? { kind: 'group', members: waiters } : { kind: 'release', members: late }
}
