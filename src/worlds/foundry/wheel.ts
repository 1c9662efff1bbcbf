// A timing wheel for lines or nodes, by number. The caller that schedules an entry keeps the due time, so an
// entry that is out of date is recognised and passed over when its turn comes.
// Source: G. Varghese and T. Lauck, "Hashed and Hierarchical Timing Wheels" (1987), scheme 6.

const SLOTS = 256
/** The longest that anything may be scheduled ahead; who needs longer is woken on the way and schedules again. */
export const WHEEL_REACH = SLOTS - 1

export interface Wheel {
  readonly slots: readonly number[][]
}

export function createWheel(): Wheel {
  return { slots: Array.from({ length: SLOTS }, () => []) }
}

/** Puts `entry` where `takeDue(wheel, due)` finds it. `due` is at most WHEEL_REACH ahead of what was taken last. */
export function schedule(wheel: Wheel, entry: number, due: number): void {
  wheel.slots[due & (SLOTS - 1)]?.push(entry)
}

/** Entries of a time, out-of-date ones included. The caller empties the list when it has gone through it. */
export function dueAt(wheel: Wheel, time: number): number[] {
  return wheel.slots[time & (SLOTS - 1)] ?? []
}
