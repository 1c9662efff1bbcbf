// The lines of a journal, one JSON object each. The codec in `kernel/journal.ts` adds and checks the running hash.
// Bump JOURNAL_VERSION when an old reader would misread a new journal, add an upgrade to kernel/journal.ts and a golden file.
import { z } from 'zod'
import {
  Digest,
  EffectReply,
  EffectRequest,
  EpisodeFailure,
  Outcome,
  PlayerRef,
  Refusal,
  Results,
  Seed,
} from './episode.ts'
import { JsonObject, ParsedJson } from './json.ts'

/** Version of the journal format; readers refuse others. */
export const JOURNAL_VERSION = 2

const Slot = z.int().min(0).max(255)
const Step = z.int().min(0)

/** The host settings that affect an episode, stored so that a resumed episode continues in the same way. */
export const Pacing = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('fast') }),
  z.strictObject({ mode: z.literal('rate'), stepsPerSecond: z.number().positive().max(1000) }),
  z.strictObject({ mode: z.literal('lockstep'), deadlineMs: z.int().positive().optional() }),
])
export type Pacing = z.infer<typeof Pacing>

/** A slot's thinking time. Milliseconds. */
export const SlotClock = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('move'), moveMs: z.int().positive(), lagMs: z.int().min(0).default(0) }),
  z.strictObject({
    kind: z.literal('game'),
    mainMs: z.int().min(0),
    incrementMs: z.int().min(0),
    lagMs: z.int().min(0).default(0),
  }),
])
export type SlotClock = z.infer<typeof SlotClock>

/** First line: everything that a fold needs, without secrets. */
export const JournalHeader = z.strictObject({
  paracosm: z.literal('journal'),
  version: z.literal(JOURNAL_VERSION),
  episode: z.string().min(1).max(100),
  /** `code` is the digest of the world's source, where the world declares one. */
  world: z.strictObject({
    id: z.string(),
    version: z.string(),
    code: z.string().optional(),
    /**
     * Origin of a world that is not built in: the package to install for a replay, and the module inside it (a path
     * with forward slashes).
     */
    package: z.strictObject({ name: z.string(), version: z.string(), module: z.string().optional() }).optional(),
  }),
  variant: z.string().nullable(),
  config: JsonObject,
  seed: Seed,
  slots: z.array(PlayerRef).max(256),
  pacing: Pacing,
  clocks: z.array(SlotClock).max(256).optional(),
  /** UTC, milliseconds. For people; no fold depends on it. */
  started_at: z.iso.datetime({ precision: 3 }),
  /** Where a forked episode left its parent: before `step`, after the line whose running hash is `hash`. */
  parent: z.strictObject({ episode: z.string(), step: Step, hash: z.string() }).optional(),
})
export type JournalHeader = z.infer<typeof JournalHeader>

/** A change of a slot: a player joined, left, returned, or handed it to another player. */
export const SlotChange = z.strictObject({
  event: z.enum(['joined', 'left', 'handed_over']),
  player: PlayerRef,
})
export type SlotChange = z.infer<typeof SlotChange>

/**
 * The inputs of the world before step number `step`: commands by slot, then by arrival; then replies. A step without
 * inputs has no line, except that an episode at a fixed rate gets one every 100 ms, so that elapsed time survives a
 * crash.
 */
export const StepLine = z.strictObject({
  step: Step,
  changes: z.array(z.tuple([Slot, SlotChange])).optional(),
  inputs: z.array(z.tuple([Slot, ParsedJson])).optional(),
  /** Refused commands. They change nothing; a fold skips them. */
  refused: z.array(z.tuple([Slot, ParsedJson, Refusal])).optional(),
  replies: z.array(EffectReply).optional(),
  /** Slots whose time ran out; their default command, if any, is among `inputs`. */
  timeouts: z.array(Slot).optional(),
  /** Milliseconds left, one per slot, where clocks run. */
  clocks: z.array(z.int()).optional(),
  /** The inputs were applied, and step number `step` did not follow yet. */
  hold: z.literal(true).optional(),
})
export type StepLine = z.infer<typeof StepLine>

/** Digest of the state after `step` steps; from time to time the whole state, so that a reader can start there. */
export const CheckpointLine = z.strictObject({
  step: Step,
  digest: Digest,
  state: ParsedJson.optional(),
  /** With `state`: the requested effects without a reply. */
  effects: z.array(EffectRequest).optional(),
})
export type CheckpointLine = z.infer<typeof CheckpointLine>

/** Last line. A journal without it belongs to an episode that is unfinished. */
export const OutcomeLine = z.strictObject({
  step: Step,
  outcome: Outcome,
  results: Results,
  digest: Digest,
})
export type OutcomeLine = z.infer<typeof OutcomeLine>

/**
 * Last line of an episode that failed after `step` steps. The state of a failed step means nothing, so there is neither
 * a digest nor a result; everything before this line is verifiable as usual.
 */
export const FailureLine = z.strictObject({ step: Step, failure: EpisodeFailure })
export type FailureLine = z.infer<typeof FailureLine>

export type JournalLine =
  | { readonly kind: 'header'; readonly header: JournalHeader }
  | { readonly kind: 'step'; readonly line: StepLine }
  | { readonly kind: 'checkpoint'; readonly line: CheckpointLine }
  | { readonly kind: 'outcome'; readonly line: OutcomeLine }
  | { readonly kind: 'failure'; readonly line: FailureLine }
