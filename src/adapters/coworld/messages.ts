// The messages on a game's sockets: the world's observation or public view, and fields of the host around it.
// Field names are those of coworld 0.1.0 (the example game's snapshot).
import type { Episode } from '../../episode/episode.ts'
import type { JsonObject } from '../../protocol/json.ts'

function hostFields(episode: Episode): JsonObject {
  return {
    player_names: episode.slots.map((handle) => handle.player.name),
    started: episode.status !== 'waiting',
    paused: episode.status === 'paused',
    tick_rate: episode.rate ?? 0,
    done: episode.isOver,
  }
}

/** The snapshot that viewers get. */
export function formatState(episode: Episode): string {
  return JSON.stringify({ type: 'state', step: episode.step, ...episode.spectate(), ...hostFields(episode) })
}

/** The snapshot that one player gets; the last one has type `final`. */
export function formatObservation(episode: Episode, slot: number): string {
  const observation = episode.observe(slot)
  const seen = typeof observation === 'object' && observation !== null ? observation : { observation }
  // The example game calls the step "tick", and its snapshot has no other field for it.
  const step = 'tick' in seen ? {} : { step: episode.step }
  const type = episode.isOver ? 'final' : 'observation'
  return JSON.stringify({ type, slot, ...step, ...seen, ...hostFields(episode) })
}
