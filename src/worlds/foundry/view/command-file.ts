// Writes a user's actions as a command file of the headless interface: commands, and the ticks between them. Running
// the file there builds the same floor with the same hash.
import type { JsonObject } from '../../../protocol/json.ts'

export interface Done {
  /** Number of ticks that had passed when it was applied. */
  readonly tick: number
  readonly command: JsonObject
}

/**
 * @param done in the order in which the server applied them; equal tick values mean the same tick
 * @param tick total number of ticks passed
 */
export function toCommandFile(done: readonly Done[], tick: number): string {
  const steps: JsonObject[] = []
  let at = 0
  for (const each of done) {
    if (each.tick > at) steps.push({ type: 'tick', ticks: each.tick - at })
    at = Math.max(at, each.tick)
    steps.push({ type: 'apply_command', command: each.command })
  }
  if (tick > at) steps.push({ type: 'tick', ticks: tick - at })
  return `[\n${steps.map((step) => `  ${JSON.stringify(step)}`).join(',\n')}\n]\n`
}
