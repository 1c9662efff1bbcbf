// The interface of a recorded course of an episode: frames, scores, markers, commands, and a proof.

import type { EpisodeFailure, Outcome, PlayerRef, Results } from '../../../src/protocol/episode.ts'
import type { JournalHeader } from '../../../src/protocol/journal.ts'
import type { JsonObject, JsonValue } from '../../../src/protocol/json.ts'
import type { ViewFrame } from '../../../src/protocol/live.ts'

/** Scores after `steps[i]` steps, by slot. */
export interface Series {
  readonly steps: readonly number[]
  readonly scores: readonly (readonly number[])[]
}

export const MARKER_KINDS = ['lead', 'timeout', 'refused', 'slot', 'event', 'bookmark'] as const
export type MarkerKind = (typeof MARKER_KINDS)[number]

/** An event on the timeline. `step` is the number of steps done after it happened. */
export interface Marker {
  readonly step: number
  readonly kind: MarkerKind
  /** The slot; null: not specific to one. */
  readonly slot: number | null
  /** A few words. */
  readonly text: string
  readonly data?: JsonObject
}

/** A slot that changed hands: its player from a step on. */
export interface SlotSpan {
  readonly slot: number
  readonly from: number
  readonly player: PlayerRef
}

/** One command, as recorded in the journal. */
export interface CommandRow {
  /** Steps done when the command was given: it takes effect in the next one. */
  readonly step: number
  readonly slot: number
  readonly command: JsonValue
  /** Why the command was refused; absent: it was accepted. */
  readonly refused?: string
  /** The slot's time ran out: this is the default command used instead. */
  readonly isTimeout?: boolean
}

export interface CourseInfo {
  readonly header: JournalHeader
  /** Steps that are known. */
  readonly steps: number
  /** Maximum number of steps, if the configuration defines one. */
  readonly limit: number | undefined
  readonly results: Results | undefined
  readonly outcome: Outcome | undefined
  readonly failure: EpisodeFailure | undefined
  /** The journal's last running hash. */
  readonly hash: string | undefined
  readonly series: Series
  readonly markers: readonly Marker[]
  readonly spans: readonly SlotSpan[]
  /** Whether markers and commands of every step are known; long journals are read in parts. */
  readonly isWhole: boolean
  /** Why frames cannot be shown, as a sentence: this version of the world's code is not available here. */
  readonly problem: { readonly code: string; readonly message: string } | undefined
}

/** The result of checking every hash and digest. */
export type Verdict =
  | {
      readonly kind: 'proved'
      readonly steps: number
      readonly digests: number
      readonly lines: number
      readonly ms: number
    }
  | {
      readonly kind: 'differs'
      readonly step: number
      readonly line: number
      readonly what: string
      readonly recorded: JsonValue
      readonly replayed: JsonValue
    }
  | { readonly kind: 'impossible'; readonly code: string; readonly message: string }

export interface Course {
  /** Reads the available steps; call it again for a live episode to read new ones. */
  open(): Promise<CourseInfo>
  /**
   * One frame. `perspective`: the slot whose observation to show; null: the public view.
   * @throws Error when the step is not known or the world throws
   */
  moment(step: number, perspective: number | null): Promise<ViewFrame>
  /** Commands that took effect in steps `from` to `to`. */
  commands(from: number, to: number): Promise<readonly CommandRow[]>
  /** Stored lines of these steps, as text. */
  lines(from: number, to: number): Promise<readonly string[]>
  inspect(id: number, step: number): Promise<JsonObject | undefined>
  verify(onProgress: (step: number) => void): Promise<Verdict>
  close(): void
}
