// A player as the source of a world's view.
import type { ViewSource } from 'paracosm/world'
import type { EpisodePlayer } from './player.ts'

/** Fast enough that no view interpolates. */
const MAX_SPEED = 1000

export function sourceOf(player: EpisodePlayer, title: string): ViewSource {
  const reduced = matchMedia('(prefers-reduced-motion: reduce)')
  const { course } = player
  return {
    get world() {
      const { summary } = player.state.get()
      const { id, version } = summary.world ?? { id: '', version: '' }
      return { id, version, variant: summary.variant ?? '', title }
    },
    get slots() {
      const { summary, slots } = player.state.get()
      return summary.players.map(({ name }, slot) => ({ slot, name: slots?.[slot]?.player.name ?? name }))
    },
    get perspective() {
      return player.state.get().perspective
    },
    get frame() {
      return player.state.get().frame
    },
    get speed() {
      const { isPlaying, isFollowing, speed, pace } = player.state.get()
      if (!isPlaying && !isFollowing) return 0
      if (isFollowing) return pace
      return speed === 'max' ? MAX_SPEED : pace * speed
    },
    get reducedMotion() {
      return reduced.matches
    },
    subscribe: (listener) => player.onFrame(listener),
    inspect: (id) => course.inspect(id, player.state.get().step),
  }
}
