// Assigns slots of an episode when entrants are taken in turn.
import { at } from '../../kernel/at.ts'
import type { Entrant } from './entrants.ts'

/**
 * Takes entrants in turn from a moving start. With fewer entrants than slots, all of them play, and the turn wraps
 * around.
 * @param step how far the start moves from one episode to the next
 */
export function window(
  entrants: readonly Entrant[],
  { episode, slots, step }: { readonly episode: number; readonly slots: number; readonly step: number },
): string[] {
  const count = entrants.length
  return Array.from({ length: slots }, (_, slot) => at(entrants, (episode * step + slot) % count).policyVersionId)
}
