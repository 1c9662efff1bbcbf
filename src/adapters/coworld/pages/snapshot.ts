// Reads snapshots defensively, since they arrive over a socket.

/** A snapshot as the sockets send it; every field is checked before use. */
export type Snapshot = Record<string, unknown>

export const numbers = (value: unknown): number[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'number') : []

export const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0)

export function namesOf(snapshot: Snapshot): string[] {
  const names = Array.isArray(snapshot.player_names) ? snapshot.player_names.map(String) : []
  return names.length > 0 ? names : numbers(snapshot.scores).map((_, slot) => `Player ${slot + 1}`)
}

export function tickOf(snapshot: Snapshot): number {
  return numberOf(snapshot.tick ?? snapshot.step)
}

/** The status of the game, in a few words. @param scores those of the snapshot, unless the page knows them from elsewhere */
export function statusOf(snapshot: Snapshot, scores: readonly number[] = numbers(snapshot.scores)): string {
  const limit = typeof snapshot.max_ticks === 'number' ? ` of ${snapshot.max_ticks}` : ''
  const tick = `tick ${tickOf(snapshot)}${limit}`
  if (snapshot.done === true) return `Finished${winnerOf(snapshot, scores)}, ${tick}`
  if (snapshot.paused === true) return `Paused at ${tick}`
  if (snapshot.started === false) return 'Waiting for players'
  return `Live, ${tick}`
}

function winnerOf(snapshot: Snapshot, scores: readonly number[]): string {
  if (scores.length === 0) return ''
  const top = Math.max(...scores)
  const winners = namesOf(snapshot).filter((_, slot) => scores[slot] === top)
  return winners.length === 1 ? `: ${winners[0]} wins with ${top}` : `: a draw at ${top}`
}
