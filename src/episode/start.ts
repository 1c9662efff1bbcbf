// Creates episodes: new ones, from their own journal after a stop or crash, or as a fork of another's.
import { randomBytes } from 'node:crypto'
import { AppError } from '../kernel/errors.ts'
import { createFold, type Fold, foldLine, foldTo } from '../kernel/fold.ts'
import { Chain, corrupt, parseLine } from '../kernel/journal.ts'
import { Replay } from '../kernel/replay.ts'
import type { Configured, World } from '../kernel/world.ts'
import type { EpisodeFailure, PlayerRef } from '../protocol/episode.ts'
import { JOURNAL_VERSION, type JournalHeader, type Pacing, type SlotClock, type StepLine } from '../protocol/journal.ts'
import { type Clock, createSystemClock } from './clock.ts'
import type { EffectLimits, EffectWorker } from './effects.ts'
import { Episode } from './episode.ts'
import type { EpisodeEnd } from './episode-parts.ts'
import { nativeHash } from './native-hash.ts'
import { Recorder } from './recorder.ts'
import type { LineSink } from './sink.ts'
import { createToken, type InProcessPlayer, type SlotState, Slots } from './slots.ts'

/** The player of a slot. Without an in-process player, a remote one joins through an adapter with the slot's token. */
export interface SlotPlan {
  readonly player: PlayerRef
  readonly inProcess?: InProcessPlayer | undefined
  /** Default: a new one. */
  readonly token?: string | undefined
}

export interface EpisodeOptions {
  readonly id?: string
  readonly slots: readonly SlotPlan[]
  readonly pacing: Pacing
  readonly clocks?: readonly SlotClock[]
  readonly gatherMs?: number
  readonly leadMs?: number
  readonly maxSteps?: number
  /** Starts paused. */
  readonly startsPaused?: boolean | undefined
  /** What happens to a second connection to one slot. Default: it replaces the first. */
  /** The package that the world comes from, for the journal. */
  readonly worldPackage?:
    | { readonly name: string; readonly version: string; readonly module?: string | undefined }
    | undefined
  readonly onSlotTaken?: 'replace' | 'refuse'
  readonly sink?: LineSink | undefined
  readonly workers?: Readonly<Record<string, EffectWorker>>
  readonly effectLimits?: Partial<EffectLimits>
  readonly clock?: Clock
  readonly onEnd?: (end: EpisodeEnd) => Promise<void>
  /** Receives exceptions that no longer affect the episode, for the log. */
  readonly onError?: (what: string, error: unknown) => void
  /** Steps between saved states in the journal; fewer steps make resuming faster. */
  readonly stateEvery?: number
}

/** Default step limit of an episode. */
export const MAX_STEPS = 10_000_000

/** An id that sorts by time and is easy to tab-complete: '20261120-234105-1f3a9c04'. */
export function createEpisodeId(wallMs: number): string {
  const time = new Date(wallMs).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
  return `${time}-${randomBytes(4).toString('hex')}`
}

/**
 * Makes an episode; call `begin` to open it.
 * @throws AppError CONFIG_INVALID when the slots do not fit the configuration
 */
export function startEpisode(
  world: World,
  configured: Configured,
  options: EpisodeOptions & { readonly seed: number },
): Episode {
  const clock = options.clock ?? createSystemClock()
  const slots = world.slots(configured.config)
  if (options.slots.length !== slots) {
    throw new AppError(
      'CONFIG_INVALID',
      `this configuration has ${slots} slots, but ${options.slots.length} players are given`,
    )
  }
  const header: JournalHeader = {
    paracosm: 'journal',
    version: JOURNAL_VERSION,
    episode: options.id ?? createEpisodeId(clock.wall()),
    world: {
      id: world.id,
      version: world.version,
      ...(world.code === undefined ? {} : { code: world.code }),
      ...(options.worldPackage ? { package: { ...options.worldPackage } } : {}),
    },
    variant: configured.variant?.id ?? null,
    config: configured.json,
    seed: options.seed,
    slots: options.slots.map((slotState) => slotState.player),
    pacing: options.pacing,
    ...(options.clocks ? { clocks: [...options.clocks] } : {}),
    started_at: new Date(clock.wall()).toISOString(),
  }
  const fold = createFold(world, configured.config, options.seed)
  const recorder = options.sink ? new Recorder(options.sink, undefined, options.stateEvery) : undefined
  recorder?.header(header)
  return assemble({ header, fold, recorder, clock, options })
}

interface Assembly {
  readonly header: JournalHeader
  readonly fold: Fold
  readonly recorder: Recorder | undefined
  readonly clock: Clock
  readonly options: EpisodeOptions
  readonly clocksLeft?: readonly number[] | undefined
}

function assemble(parts: Assembly): Episode {
  const { header, fold, options } = parts
  if (header.pacing.mode === 'rate') parts.recorder?.keepTime(header.pacing.stepsPerSecond)
  const slots = options.slots.map((plan, slot): SlotState => {
    const waiting: SlotState['waiting'] = []
    return {
      slot,
      token: plan.token ?? createToken(),
      player: plan.player,
      inProcess: plan.inProcess,
      connection: undefined,
      hasBeenTaken: plan.inProcess !== undefined,
      waiting,
      observe: () => fold.world.observe(fold.state, slot),
      say: (command) => void waiting.push({ command, settle: undefined }),
    }
  })
  return new Episode({
    header,
    fold,
    slots: new Slots(slots, options.onSlotTaken ?? 'replace'),
    recorder: parts.recorder,
    clock: parts.clock,
    gatherMs: options.gatherMs ?? 0,
    leadMs: options.leadMs ?? 0,
    maxSteps: options.maxSteps ?? MAX_STEPS,
    startsPaused: options.startsPaused,
    workers: options.workers ?? {},
    ...(options.effectLimits ? { effectLimits: options.effectLimits } : {}),
    clocksLeft: parts.clocksLeft,
    onEnd: options.onEnd,
    onError: options.onError,
  })
}

/** Input for resuming an unfinished episode. */
export interface Unfinished {
  readonly header: JournalHeader
  /** The intact stored lines, without a torn or broken tail. */
  readonly lines: readonly string[]
}

export interface ResumeOptions extends Omit<EpisodeOptions, 'pacing' | 'slots'> {
  /** Makes the in-process player of a recorded player that had one; called for each, in the order of the journal. */
  inProcessFor(player: PlayerRef, slot: number): InProcessPlayer | undefined
  /** The slots' earlier tokens, so that players can return. Default: new ones. */
  readonly tokens?: readonly string[] | undefined
  /**
   * Continues from the last saved state: the running hash of earlier lines is checked, but they are not replayed. Only
   * for episodes without in-process players and clocks, which need the past.
   */
  readonly fromSavedState?: boolean
}

/**
 * Resumes an unfinished episode exactly where its journal ends. In-process players are shown every observation again, so
 * that they remember what they had seen. `options.sink` must append after the last of `lines`.
 * @throws AppError EPISODE_OVER for a finished journal; DIVERGED when the world no longer plays as recorded
 */
export function resumeEpisode(world: World, journal: Unfinished, options: ResumeOptions): Episode {
  const replay = new Replay(() => world, { hash: nativeHash })
  const slots = journal.header.slots.map((player, slot) => ({ player, inProcess: options.inProcessFor(player, slot) }))
  const remember = createMemory(slots, journal.header.pacing, () => replay.fold)
  let clocksLeft: readonly number[] | undefined
  const first = options.fromSavedState === true ? jumpToState(replay, journal) : 0
  for (const text of journal.lines.slice(first)) {
    const line = replay.feed(text, remember)
    if (line.kind !== 'step') continue
    clocksLeft = line.line.clocks ?? clocksLeft
    for (const [slot, change] of line.line.changes ?? []) {
      slots[slot] = {
        player: change.player,
        inProcess: change.event === 'handed_over' ? options.inProcessFor(change.player, slot) : undefined,
      }
    }
  }
  if (replay.divergence) throw divergedAt(replay.divergence.step, replay.divergence.what)
  if (replay.crash) {
    throw new AppError('EPISODE_FAILED', `the world throws at step ${replay.fold.step}: ${replay.crash.message}`, {
      cause: replay.crash,
      details: { step: replay.fold.step, hash: replay.hash },
    })
  }
  if (replay.failure) throw new AppError('EPISODE_OVER', `episode ${journal.header.episode} has failed`)
  if (replay.outcome) throw new AppError('EPISODE_OVER', `episode ${journal.header.episode} is finished`)
  const recorder = options.sink
    ? new Recorder(options.sink, new Chain(nativeHash, replay.hash), options.stateEvery)
    : undefined
  recorder?.continueAt(replay.fold.step)
  const plans = slots.map((slotState, slot) => ({ ...slotState, token: options.tokens?.[slot] }))
  return assemble({
    header: replay.header,
    fold: replay.fold,
    recorder,
    clock: options.clock ?? createSystemClock(),
    options: { ...options, slots: plans, pacing: replay.header.pacing },
    clocksLeft,
  })
}

/**
 * Brings a replay to the last saved state of a journal.
 * @returns the number of lines covered; 0: there is no saved state
 * @throws AppError JOURNAL_CORRUPT naming the line that does not follow from those before it
 */
function jumpToState(replay: Replay, { header, lines }: Unfinished): number {
  const at = lines.findLastIndex((line) => SAVED_STATE.test(line))
  if (at < 0) return 0
  const chain = new Chain(nativeHash)
  let body = ''
  for (const [index, text] of lines.slice(0, at + 1).entries()) {
    const opened = chain.open(text)
    if (!opened) throw corrupt(index + 1, 'does not follow from the lines before it')
    body = opened.body
  }
  const line = parseLine(body, at + 1)
  if (line.kind !== 'checkpoint' || line.line.state === undefined) return 0
  const { step, state, effects } = line.line
  replay.jump(header, { step, state, ...(effects ? { effects } : {}), hash: chain.hex, lines: at + 1 })
  return at + 1
}

/** The start of a checkpoint with a state; a step line has its inputs there. */
const SAVED_STATE = /^\{"step":\d+,"digest":"[0-9a-f]{16}","state":/

/** Replays the past to in-process players, step by step, exactly as they saw it. */
function createMemory(slots: readonly SlotPlan[], pacing: Pacing, fold: () => Fold): (step: number) => void {
  let last = -1
  return (step) => {
    if (step === last) return
    last = step
    const { world, state } = fold()
    const asked = pacing.mode === 'lockstep' ? world.awaits?.(state) : undefined
    for (const [slot, slotState] of slots.entries()) {
      if (asked && !asked.includes(slot)) continue
      slotState.inProcess?.play(
        step,
        () => world.observe(state, slot),
        () => undefined,
      )
    }
  }
}

/** The point where a fork leaves its parent. */
export interface ForkPoint {
  readonly header: JournalHeader
  /** The parent's step lines before `step`. */
  readonly prefix: readonly StepLine[]
  /** The first step that may differ. */
  readonly step: number
  /** The parent's running hash after the last line before `step`. */
  readonly hash: string
}

/**
 * An episode that shares its parent's past up to a step and diverges from there. Its journal is complete: it contains
 * the shared lines too, and its header names parent, step and hash.
 * @throws AppError DIVERGED when the world no longer plays as recorded
 */
export function forkEpisode(world: World, config: unknown, point: ForkPoint, options: EpisodeOptions): Episode {
  const clock = options.clock ?? createSystemClock()
  const header: JournalHeader = {
    ...point.header,
    episode: options.id ?? createEpisodeId(clock.wall()),
    slots: options.slots.map((slotState) => slotState.player),
    pacing: options.pacing,
    started_at: new Date(clock.wall()).toISOString(),
    parent: { episode: point.header.episode, step: point.step, hash: point.hash },
  }
  const fold = createFold(world, config, header.seed)
  const recorder = options.sink ? new Recorder(options.sink, undefined, options.stateEvery) : undefined
  recorder?.header(header)
  const remember = createMemory(options.slots, point.header.pacing, () => fold)
  for (const line of point.prefix) {
    const fault = foldLine(fold, line, remember)
    if (fault) throw divergedAt(line.step, fault.what)
    recorder?.copy(line)
    recorder?.checkpoint(fold)
  }
  foldTo(fold, point.step, remember)
  fold.out.clear()
  return assemble({ header, fold, recorder, clock, options })
}

/**
 * Ends the journal of an episode that cannot be resumed because its world throws.
 * @param at.hash the journal's running hash, 64 hex digits
 */
export function appendFailure(
  sink: LineSink,
  at: { readonly step: number; readonly hash: string; readonly failure: EpisodeFailure },
): void {
  new Recorder(sink, new Chain(nativeHash, at.hash)).failure(at.step, at.failure)
}

function divergedAt(step: number, what: string): AppError {
  return new AppError('DIVERGED', `at step ${step}: ${what}`, { details: { step } })
}
