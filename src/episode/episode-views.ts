// The views of an episode, computed by its world. A world that throws here fails the episode.

import type { Fold } from '../kernel/fold.ts'
import {
  type CommandProgress,
  type CommandTranslation,
  type PerceptionBody,
  publicView,
  type World,
} from '../kernel/world.ts'
import type { Results } from '../protocol/episode.ts'
import type { JsonObject } from '../protocol/json.ts'
import type { AgentCommand } from '../protocol/perception-command.ts'

/** Runs a view of the world; it must turn an exception into the failure of the episode and throw EPISODE_FAILED. */
export type ViewGuard = <T>(what: string, view: () => T) => T

export class EpisodeViews {
  readonly #fold: Fold
  readonly #guard: ViewGuard

  constructor(fold: Fold, guard: ViewGuard) {
    this.#fold = fold
    this.#guard = guard
  }

  get #world(): World {
    return this.#fold.world
  }

  observe(slot: number): unknown {
    return this.#guard('observe', () => this.#world.observe(this.#fold.state, slot))
  }

  perceive(slot: number): PerceptionBody | undefined {
    return this.#guard('perceive', () => this.#world.perception?.perceive(this.#fold.state, slot))
  }

  translate(slot: number, command: AgentCommand, at: CommandProgress): CommandTranslation<unknown> | undefined {
    return this.#guard('translate', () => this.#world.perception?.translate?.(this.#fold.state, slot, command, at))
  }

  spectate(): JsonObject {
    return this.#guard('spectate', () => publicView(this.#world, this.#fold.state))
  }

  inspect(part: number): JsonObject | undefined {
    return this.#guard('inspect', () => this.#world.headless?.inspect?.(this.#fold.state, part))
  }

  standing(): Results {
    return this.#guard('standing', () => this.#world.standing(this.#fold.state))
  }

  digest(): string {
    return this.#guard('digest', () => this.#world.digest(this.#fold.state))
  }
}
