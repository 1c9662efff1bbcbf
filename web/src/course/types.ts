// What a recorded course of an episode offers to a page: moments, scores, markers, commands, and a proof.
import type { JsonObject, JsonValue } from 'paracosm/protocol'
import type { EpisodeFailure, Outcome, PlayerRef, Results } from '../../../src/protocol/episode.ts'
import type { JournalHeader } from '../../../src/protocol/journal.ts'
import type { ViewFrame } from '../../../src/protocol/live.ts'

/** Scores after `steps[i]` steps, by slot. */
export interface Series {
  readonly steps: readonly number[]
  readonly scores: readonly (readonly number[])[]
}

export const MARKER_KINDS = ['lead', 'timeout', 'refused', 'slot', 'event', 'bookmark'] as const
export type MarkerKind = (typeof MARKER_KINDS)[number]

/** Something that happened, on the timeline. `step` counts the steps done once it had happened. */
export interface Marker {
  readonly step: number
  readonly kind: MarkerKind
  /** The slot; null: not specific to one. */
  readonly slot: number | null
  /** A few words. */
  readonly text: string
  readonly data?: JsonObject
}

/** A slot that changed hands: who had it from a step on. */
export interface SlotSpan {
  readonly slot: number
  readonly from: number
  readonly player: PlayerRef
}

/** One command, as the journal has it. */
export interface CommandRow {
  /** Steps done when it was given: it enters the next one. */
  readonly step: number
  readonly slot: number
  readonly command: JsonValue
  /** Why it was not taken; absent: it was. */
  readonly refused?: string
  /** The slot's time ran out: this is what it is taken to say. */
  readonly isTimeout?: boolean
}

export interface CourseInfo {
  readonly header: JournalHeader
  /** Steps that are known. */
  readonly steps: number
  /** Steps that the episode cannot exceed, if its configuration says so. */
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
  /** Why moments cannot be shown, in a sentence: the world's code of that version is not here. */
  readonly problem: { readonly code: string; readonly message: string } | undefined
}

/** What a check of every hash and digest found. */
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
  /** Reads what is there; again for a live episode, to know more of it. */
  open(): Promise<CourseInfo>
  /**
   * One moment. `perspective`: the slot whose observation is wanted; null: the public view.
   * @throws Error when the step is not known or the world throws
   */
  moment(step: number, perspective: number | null): Promise<ViewFrame>
  /** Commands that entered steps `from` to `to`. */
  commands(from: number, to: number): Promise<readonly CommandRow[]>
  /** Stored lines of these steps, as text. */
  lines(from: number, to: number): Promise<readonly string[]>
  inspect(id: number, step: number): Promise<JsonObject | undefined>
  verify(onProgress: (step: number) => void): Promise<Verdict>
  close(): void
}
