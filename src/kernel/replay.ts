// Folds a journal again, line by line, and compares every digest on the way. Sources may be files, sockets or
// strings: the caller feeds the lines.
import type { EffectRequest } from '../protocol/episode.ts'
import type { FailureLine, JournalHeader, JournalLine, OutcomeLine, StepLine } from '../protocol/journal.ts'
import type { JsonValue } from '../protocol/json.ts'
import { canonicalJson } from './canonical.ts'
import { AppError } from './errors.ts'
import { type BeforeStep, createFold, type Fold, foldLine, foldTo, type LineFault, loadFold } from './fold.ts'
import { Chain, corrupt, hashText, parseLine, splitHash, type TextHash } from './journal.ts'
import { parseWith } from './parse.ts'
import type { World } from './world.ts'

/** The first place where a journal and the world diverge. */
export interface Divergence {
  /** Steps completed when they diverge. */
  readonly step: number
  /** Line of the journal, from 1. */
  readonly line: number
  readonly what: string
  /** The value in the journal, and the value that the world produced. */
  readonly recorded: JsonValue
  readonly replayed: JsonValue
}

export interface ReplayOptions {
  /** Whether to check the running hash; disabled only for readers that start in the middle without a full hash. */
  readonly chain?: boolean
  /** Whether to compare digests; a viewer that only seeks need not pay for them. */
  readonly digests?: boolean
  /** How lines are hashed. Default: in plain TypeScript. */
  readonly hash?: TextHash
  /** Journals that ask for more steps are refused before any of them is made. Default: `MAX_REPLAY_STEPS`. */
  readonly maxSteps?: number
}

/** The step limit of the host: a line may name any step, and a fold would make all steps up to it. */
export const MAX_REPLAY_STEPS = 10_000_000

/**
 * A fold over the stored lines of a journal, in order, header first.
 * Bad lines throw; a divergence is stored in `divergence` and ends the fold.
 */
export class Replay {
  readonly #resolve: (header: JournalHeader) => World
  readonly #options: Required<ReplayOptions>
  #chain: Chain
  #lines = 0
  #header: JournalHeader | undefined
  #fold: Fold | undefined
  #outcome: OutcomeLine | undefined
  #failure: FailureLine | undefined
  #crash: Error | undefined
  #divergence: Divergence | undefined
  #checkpoints = 0

  /** @param resolve finds the world that a header names; it throws UNKNOWN_WORLD or WORLD_VERSION */
  constructor(resolve: (header: JournalHeader) => World, options: ReplayOptions = {}) {
    this.#resolve = resolve
    this.#options = { chain: true, digests: true, hash: hashText, maxSteps: MAX_REPLAY_STEPS, ...options }
    this.#chain = new Chain(this.#options.hash)
  }

  get header(): JournalHeader {
    if (!this.#header) throw new AppError('JOURNAL_TRUNCATED', 'the journal has no header')
    return this.#header
  }

  get fold(): Fold {
    if (!this.#fold) throw new AppError('JOURNAL_TRUNCATED', 'the journal has no header')
    return this.#fold
  }

  /** The last line, once it has arrived. */
  get outcome(): OutcomeLine | undefined {
    return this.#outcome
  }

  /** The last line of a failed episode, once it has arrived. */
  get failure(): FailureLine | undefined {
    return this.#failure
  }

  /** What the world threw at the last line that was folded; undefined: it did not throw. */
  get crash(): Error | undefined {
    return this.#crash
  }

  get divergence(): Divergence | undefined {
    return this.#divergence
  }

  get lines(): number {
    return this.#lines
  }

  /** Digests compared so far. */
  get checkpoints(): number {
    return this.#checkpoints
  }

  /** The running hash after the last line, 64 hex digits. */
  get hash(): string {
    return this.#chain.hex
  }

  /**
   * Takes the next stored line.
   * @throws AppError JOURNAL_CORRUPT naming the line; JOURNAL_VERSION; FILE_TOO_LARGE; what `resolve` throws;
   * CONFIG_INVALID
   */
  feed(text: string, before?: BeforeStep): JournalLine {
    const line = this.open(text)
    this.take(line, before)
    return line
  }

  /** Checks and parses the next stored line without folding it. Pass the line to `take`. */
  open(text: string): JournalLine {
    this.#lines++
    const split = this.#options.chain ? this.#chain.open(text) : splitHash(text)
    if (!split) throw this.#broken(text)
    const line = parseLine(split.body, this.#lines)
    // The step of a failure may or may not have been made: `take` decides.
    if (line.kind !== 'header' && line.kind !== 'failure' && this.#fold) this.#checkStep(this.#fold, line.line.step)
    return line
  }

  /** Takes a line that has been opened and parsed elsewhere. */
  take(line: JournalLine, before?: BeforeStep): void {
    if (this.#divergence) return
    if (line.kind === 'header') {
      this.#begin(line.header)
      return
    }
    if (this.#crash && line.kind !== 'failure') {
      this.#diverge(`the world throws: ${this.#crash.message}`, 'accepted', 'threw')
      return
    }
    if (this.#outcome || this.#failure) throw corrupt(this.#lines, 'follows the last line of the episode')
    const fold = this.fold
    if (line.kind === 'failure' && !this.#crash && fold.step === line.line.step + 1) {
      this.#failure = line.line
      this.#diverge('the world does not fail at this step', line.line.failure, 'no failure')
      return
    }
    this.#checkStep(fold, line.line.step)
    if (line.kind === 'step') {
      const fault = this.#foldLine(line.line, before)
      fold.out.clear()
      if (fault) this.#diverge(fault.what, 'accepted', 'refused')
      return
    }
    if (line.kind === 'failure') {
      this.#failure = line.line
      return
    }
    foldTo(fold, line.line.step, before)
    fold.out.clear()
    if (line.kind === 'outcome') {
      this.#outcome = line.line
      this.#compareOutcome(line.line)
    }
    this.#compareDigest(line.line)
  }

  /** A world that throws at a recorded line: valid only if the journal ends there, with or without its failure line. */
  #foldLine(line: StepLine, before: BeforeStep | undefined): LineFault | undefined {
    try {
      return foldLine(this.fold, line, before)
    } catch (error) {
      this.#keepCrash(error)
      return undefined
    }
  }

  #keepCrash(error: unknown): void {
    if (error instanceof AppError) throw error
    this.#crash = error instanceof Error ? error : new Error(String(error))
  }

  /**
   * Makes at most `count` of the steps without inputs that lead to a line from `open`; true when some are left. Callers
   * that must stay interruptible call it until it is false, then `take` the line.
   */
  approach(line: JournalLine, count: number): boolean {
    if (line.kind === 'header' || line.kind === 'failure') return false
    const { fold } = this
    const target = line.line.step
    if (this.#divergence || this.#crash || fold.step >= target) return false
    try {
      foldTo(fold, Math.min(target, fold.step + count))
    } catch (error) {
      this.#keepCrash(error)
    }
    fold.out.clear()
    return !this.#crash && fold.step < target
  }

  /**
   * Steps without inputs until `step` steps are done; for steps between two lines.
   * @throws AppError FILE_TOO_LARGE beyond `maxSteps`
   */
  advanceTo(step: number): void {
    this.checkLimit(step)
    foldTo(this.fold, step)
    this.fold.out.clear()
  }

  /**
   * Continues from a checkpoint that contains its state, instead of the lines before it.
   * @param lines number of lines before the next one
   */
  jump(
    header: JournalHeader,
    at: { step: number; state: JsonValue; effects?: readonly EffectRequest[]; hash?: string; lines: number },
  ): void {
    const { world } = this.#load(header)
    this.#fold = loadFold(world, at)
    this.#lines = at.lines
    if (at.hash !== undefined && at.hash.length === 64) this.#chain = new Chain(this.#options.hash, at.hash)
  }

  #checkStep(fold: Fold, step: number): void {
    if (step < fold.step) throw corrupt(this.#lines, `goes back to step ${step}, after step ${fold.step}`)
    this.checkLimit(step)
  }

  /** @throws AppError FILE_TOO_LARGE when `step` is beyond `maxSteps` */
  checkLimit(step: number): void {
    const { maxSteps } = this.#options
    if (step <= maxSteps) return
    throw new AppError('FILE_TOO_LARGE', `the journal asks for step ${step}; the limit is ${maxSteps} steps`, {
      hint: 'Raise the limit with --max-steps if you trust the journal.',
      details: { line: this.#lines, step },
    })
  }

  #load(header: JournalHeader): { world: World; config: unknown } {
    const world = this.#resolve(header)
    const config = parseWith(world.config, header.config, {
      code: 'CONFIG_INVALID',
      what: 'The journalled configuration',
    })
    this.#header = header
    return { world, config }
  }

  #begin(header: JournalHeader): void {
    if (this.#header) throw corrupt(this.#lines, 'is a second header')
    const { world, config } = this.#load(header)
    this.#fold = createFold(world, config, header.seed)
  }

  #compareDigest(line: { step: number; digest: string; state?: JsonValue | undefined }): void {
    if (!this.#options.digests || this.#divergence) return
    const fold = this.fold
    const digest = fold.world.digest(fold.state)
    this.#checkpoints++
    if (digest === line.digest) return
    if (line.state === undefined) this.#diverge('the digests differ', line.digest, digest)
    else this.#diverge('the states differ', line.state, fold.world.save(fold.state))
  }

  #compareOutcome(line: OutcomeLine): void {
    if (!this.#options.digests) return
    const fold = this.fold
    const results = fold.world.standing(fold.state)
    if (canonicalJson(results) !== canonicalJson(line.results)) {
      this.#diverge('the results differ', line.results, results)
      return
    }
    const outcome = fold.world.outcome(fold.state)
    if (line.outcome.ended === 'terminated' && outcome?.ended !== 'terminated') {
      this.#diverge('the outcomes differ', line.outcome, outcome ?? null)
    }
  }

  #diverge(what: string, recorded: JsonValue, replayed: JsonValue): void {
    this.#divergence = { step: this.fold.step, line: this.#lines, what, recorded, replayed }
  }

  #broken(text: string): AppError {
    if (!splitHash(text)) return corrupt(this.#lines, 'has no hash: it is incomplete or not a journal line')
    const step = this.#fold ? `, after step ${this.#fold.step}` : ''
    return corrupt(
      this.#lines,
      `does not follow from the lines before it${step}: it, or a line before it, was changed, dropped, inserted or moved`,
    )
  }
}
