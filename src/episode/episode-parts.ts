// Types of an episode: its parts, its options and its results. The episode itself is in episode.ts.
import type { Fold } from '../kernel/fold.ts'
import type { Outcome, Results } from '../protocol/episode.ts'
import type { JournalHeader } from '../protocol/journal.ts'
import type { Clock } from './clock.ts'
import type { EffectLimits, EffectWorker } from './effects.ts'
import type { Recorder } from './recorder.ts'
import type { Receipt, Slots } from './slots.ts'

/** `over`: it reached its outcome. `failed`: an exception ended it. `stopped`: released before its end. */
export type EpisodeStatus = 'waiting' | 'running' | 'paused' | 'over' | 'failed' | 'stopped'

/** How an episode ended. `hash` is the journal's last running hash, which covers the whole journal. */
export interface EpisodeEnd {
  readonly outcome: Outcome
  readonly results: Results
  readonly digest: string
  readonly steps: number
  readonly hash: string | undefined
}

export interface EpisodeParts {
  readonly header: JournalHeader
  readonly fold: Fold
  readonly slots: Slots
  readonly recorder: Recorder | undefined
  readonly clock: Clock
  /** Milliseconds to wait for all slots to be taken; then the episode starts without the others. 0: do not wait. */
  readonly gatherMs: number
  /** Milliseconds between the last player joining and the first step. */
  readonly leadMs: number
  /** Starts paused: `resume` or `stepPaused` makes the first step. */
  readonly startsPaused?: boolean | undefined
  /** Steps after which the episode is truncated. */
  readonly maxSteps: number
  readonly workers: Readonly<Record<string, EffectWorker>>
  readonly effectLimits?: Partial<EffectLimits>
  /** Called once the journal is complete and before the end is announced; it may deliver results. */
  readonly onEnd?: ((end: EpisodeEnd) => Promise<void>) | undefined
  /** Receives exceptions that no longer affect the episode, for the log. */
  readonly onError?: ((what: string, error: unknown) => void) | undefined
  /** Milliseconds left on the slots' clocks, if the episode is resumed from a journal. */
  readonly clocksLeft?: readonly number[] | undefined
}

/** The handle of a connected player on its slot. */
export interface SlotHandle {
  readonly slot: number
  /** Sends a command without waiting for a receipt. */
  post(command: unknown): void
  /**
   * Sends a command. The receipt comes when the command has been applied or refused and the result is durable.
   * @param step the step it is meant for; a stale one is refused
   */
  submit(command: unknown, step?: number): Promise<Receipt>
  leave(): void
}
