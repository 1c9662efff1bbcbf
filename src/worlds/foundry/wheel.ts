// A timing wheel for lines or nodes, by number. The scheduling caller stores the due time, so that outdated entries are
// recognised and skipped when they come up.
// Source: G. Varghese and T. Lauck, "Hashed and Hierarchical Timing Wheels" (1987), scheme 6.

const SLOTS = 256
/** Maximum distance of a scheduled entry. A later entry is woken on the way and scheduled again. */
export const WHEEL_REACH = SLOTS - 1

export interface Wheel {
  readonly slots: readonly number[][]
}

export function createWheel(): Wheel {
  return { slots: Array.from({ length: SLOTS }, () => []) }
}

/** Puts `entry` where `dueAt(wheel, due)` finds it. `due` is at most WHEEL_REACH after the time taken last. */
export function schedule(wheel: Wheel, entry: number, due: number): void {
  wheel.slots[due & (SLOTS - 1)]?.push(entry)
}

/** Entries of a time, including outdated ones. The caller empties the list after processing it. */
export function dueAt(wheel: Wheel, time: number): number[] {
  return wheel.slots[time & (SLOTS - 1)] ?? []
}
