// The interface between evaluations or leagues and the code that plays a match.
import type { WorldRegistry } from '../host/world-registry.ts'
import { AppError } from '../kernel/errors.ts'
import type { Configured, World } from '../kernel/world.ts'
import type { ModelClient } from '../models/client.ts'
import type { EvaluationPlayer, EvaluationRow } from '../protocol/evaluation.ts'

/** What external players need from this machine. */
export interface LivePlayers {
  /** Environment variables of programs, in addition to the address of their socket. */
  readonly environment: Readonly<Record<string, string>>
  /** The command line of a container engine, such as `docker`; undefined: images cannot play. */
  readonly engine: string | undefined
  /** The client for models; undefined: none is configured. */
  readonly models: (() => Promise<ModelClient>) | undefined
}

/** The specification of a match, for evaluations and leagues alike. */
export interface Match {
  /** Id of the episode. */
  readonly id: string
  readonly world: World
  readonly configured: Configured
  readonly seed: number
  /** One per slot. */
  readonly players: readonly EvaluationPlayer[]
  readonly tickRate: number
  readonly timeoutMs: number
  /** Variables that only the program of one slot gets, one record per slot. */
  readonly environments?: readonly Readonly<Record<string, string>>[]
  /** Receives the last part of the output of a slot's program once it has ended or been stopped. */
  readonly onOutput?: (slot: number, text: string) => void
}

/** The outcome of a match: a row without its number and its journal's location. */
export type MatchResult = Omit<EvaluationRow, 'number' | 'journal' | 'took_ms'> & { readonly lines: readonly string[] }

export interface MatchServices extends LivePlayers {
  readonly worlds: WorldRegistry
  readonly signal: AbortSignal
}

/** The failure of one player, for callers that count them. */
export class PlayerFailure extends AppError {
  readonly slot: number

  constructor(slot: number, message: string) {
    super('RUN_FAILED', message)
    this.slot = slot
  }
}
