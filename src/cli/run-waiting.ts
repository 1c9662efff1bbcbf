// Names the players that an episode waits for, until everyone has joined or it starts without them.
import type { Episode } from '../episode/episode.ts'
import { at } from '../kernel/at.ts'
import type { Io } from './io.ts'

/** @returns a function to call from time to time; it prints a line when something has changed */
export function announceWaiting(io: Io, episode: Episode, assigned: readonly string[]): () => void {
  let last = ''
  let isOpen = true
  return () => {
    if (!isOpen) return
    const missing = episode.slots.filter(({ hasBeenTaken }) => !hasBeenTaken).map(({ slot }) => slot)
    const names = missing.map((slot) => `player ${slot} (${describe(at(assigned, slot))})`)
    isOpen = episode.status === 'waiting' && missing.length > 0
    const line = isOpen
      ? `Waiting for ${names.join(', ')}.`
      : missing.length > 0
        ? `Started without ${names.join(', ')}, who can still join.`
        : 'Everyone is here.'
    if (line !== last) io.err(line)
    last = line
  }
}

const describe = (name: string): string => (name === 'human' ? 'open the link above' : name.replace(/^cmd:/, ''))
