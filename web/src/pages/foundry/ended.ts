// A run that has ended: its journal is folded here to show its last frame, with the inspection of every part.
import { Replay } from '../../../../src/kernel/replay.ts'
import type { World } from '../../../../src/kernel/world.ts'
import type { JsonObject } from '../../../../src/protocol/json.ts'
import type { ViewFrame } from '../../../../src/protocol/live.ts'
import { foundry } from '../../../../src/worlds/foundry/world.ts'

export interface Ended {
  readonly frame: ViewFrame
  inspect(part: number): JsonObject | undefined
}

/** @throws AppError for a journal that cannot be read, or is from another version of the world */
export function foldEnded(journal: string): Ended {
  const world: World = foundry
  const replay = new Replay(() => world, { chain: false, digests: false })
  for (const line of journal.split('\n')) if (line !== '') replay.feed(line)
  const { state, step } = replay.fold
  const view = world.view?.spectate(state) ?? {}
  return {
    frame: { step, view, standing: world.standing(state), events: [] },
    inspect: (part) => world.headless?.inspect?.(state, part),
  }
}
