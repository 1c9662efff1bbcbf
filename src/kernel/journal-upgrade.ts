// Reads journals of version 1 as version 2. Hashes cover the stored text, so only parsed lines are rewritten:
// `seats` became `changes`, and the player kind `ghost` became `recorded`.

/** Journal versions that this release reads; it writes the last one. */
export const READABLE_VERSIONS: readonly unknown[] = [1, 2]

/** A header of any readable version in the current form. */
export function upgradeHeader(value: object): object {
  const slots = 'slots' in value && Array.isArray(value.slots) ? value.slots.map(upgradePlayer) : undefined
  return { ...value, version: 2, ...(slots ? { slots } : {}) }
}

/** A step line of any readable version in the current form. A resumed journal may hold lines of two versions. */
export function upgradeStep(value: object): object {
  if (!('seats' in value)) return value
  const { seats, ...rest } = value
  return { ...rest, changes: Array.isArray(seats) ? seats.map(upgradeChange) : seats }
}

function upgradeChange(entry: unknown): unknown {
  if (!Array.isArray(entry)) return entry
  const [slot, change]: readonly unknown[] = entry
  if (typeof change !== 'object' || change === null || !('player' in change)) return entry
  return [slot, { ...change, player: upgradePlayer(change.player) }]
}

function upgradePlayer(player: unknown): unknown {
  if (typeof player !== 'object' || player === null || !('kind' in player)) return player
  return player.kind === 'ghost' ? { ...player, kind: 'recorded' } : player
}
