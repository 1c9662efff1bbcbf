// A slot being played: its observations from its socket, and scores and events from the public feed, as a view source.
import type { LiveFollow } from 'paracosm/client'
import type { EpisodeSummary, JsonObject, WorldDetail } from 'paracosm/protocol'
import type { ViewSource } from 'paracosm/world'
import { useEffect, useMemo, useState } from 'react'
import type { ViewFrame } from '../../../../src/protocol/live.ts'
import { apiClient } from '../../data/client.ts'
import type { Store } from '../../data/store.ts'

export type Line = 'open' | 'lost' | 'over' | 'failed' | 'replaced' | 'refused'

export interface Game {
  readonly line: Line
  readonly frame: ViewFrame | undefined
  /** Why the last command was refused, or not sent: the code `UNREACHABLE`. */
  readonly refused: { readonly reason: string; readonly code: string | undefined } | undefined
  readonly isWaiting: boolean
}

type Send = (command: JsonObject) => void

/** Plays the slot: its observations from its socket, and scores and events from the public feed. */
export function useGame(game: Store<Game>, at: { id: string; slot: number; token: string; count: number }): Send {
  const { id, slot, token, count } = at
  const [sends] = useState<{ current: Send }>(() => ({ current: () => undefined }))
  useEffect(() => {
    const set = (change: Partial<Game>): void => game.set({ ...game.get(), ...change })
    let standing: ViewFrame['standing'] = { scores: Array.from({ length: count }, () => 0) }
    let step = 0
    const play = apiClient().episodes.play(id, slot, token, {
      observation(seen, isFinal) {
        const own = seen.tick ?? seen.step
        step = typeof own === 'number' ? own : step
        const frame: ViewFrame = { step, view: seen, standing, events: [] }
        set({ frame, isWaiting: seen.started === false, line: isFinal ? 'over' : 'open' })
      },
      refused: (reason, code) => set({ refused: { reason, code } }),
      lost: () => set({ line: 'lost' }),
      closed: (why) => set({ line: why }),
    })
    const feed: LiveFollow = apiClient().episodes.live(id, {
      hello: ({ frame }) => take(frame),
      frame: (frame) => take(frame),
      status: () => undefined,
      end: () => undefined,
      lost: () => undefined,
      gone: () => undefined,
    })
    const take = (frame: ViewFrame): void => {
      standing = frame.standing
      step = frame.step
      const shown = game.get().frame
      if (shown) set({ frame: { ...shown, step, standing, events: frame.events } })
    }
    sends.current = (command) => {
      set({ refused: undefined })
      play.send(command)
    }
    return () => {
      play.leave()
      feed.stop()
    }
  }, [game, id, slot, token, count, sends])
  return useMemo(() => (command) => sends.current(command), [sends])
}

/** Steps per second that views may animate. */
const PLAY_SPEED = 5

export function sourceFor(
  game: Store<Game>,
  { summary, world, slot, send }: { summary: EpisodeSummary; world: WorldDetail; slot: number; send: Send },
): ViewSource {
  return {
    world: { id: world.id, version: world.version, variant: summary.variant ?? '', title: world.title },
    slots: summary.players.map(({ name }, each) => ({ slot: each, name })),
    perspective: slot,
    get frame() {
      return game.get().frame
    },
    subscribe: (listener) => game.subscribe(listener),
    speed: PLAY_SPEED,
    send,
    commands: world.command_schema,
    reducedMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
  }
}
