// Forks a recorded episode: the same past, then different commands, different players, or both. The other slots
// continue from the recording.
import { AppError } from '../kernel/errors.ts'
import { Chain, corrupt, parseLine } from '../kernel/journal.ts'
import { describeIssue, parseWith } from '../kernel/parse.ts'
import { MAX_REPLAY_STEPS } from '../kernel/replay.ts'
import type { World } from '../kernel/world.ts'
import type { OutcomeLine, Pacing, StepLine } from '../protocol/journal.ts'
import type { JsonValue } from '../protocol/json.ts'
import type { Episode } from './episode.ts'
import type { EpisodeEnd } from './episode-parts.ts'
import { createBotPlayer, createRecordedPlayer } from './in-process-players.ts'
import type { JournalFile } from './journal-file.ts'
import { nativeHash } from './native-hash.ts'
import type { LineSink } from './sink.ts'
import { type EpisodeOptions, type ForkPoint, forkEpisode, type SlotPlan } from './start.ts'

export interface ForkChanges {
  /** The first step that may differ. */
  readonly step: number
  /** Slots that a bot takes over: the name of the bot. */
  readonly bots: ReadonlyMap<number, string>
  /** Commands of slots at `step` that replace the recorded ones. */
  readonly commands: ReadonlyMap<number, JsonValue>
  /** Slots that a player takes with a token; the fork then keeps its parent's pace. */
  readonly open?: ReadonlySet<number>
}

export interface ForkResult {
  readonly episode: string
  readonly end: EpisodeEnd
  /** How the parent ended, if it has. */
  readonly parent: OutcomeLine | undefined
}

/** Step limit of a fork, relative to its parent: one and a half times its length. */
const LIMIT_FACTOR = 1.5

/** A fork that is ready to be played: `create` makes the episode, which keeps its journal in the sink. */
export interface PlannedFork {
  /** How the parent ended, if it has. */
  readonly parent: OutcomeLine | undefined
  create(
    sink: LineSink,
    options?: Pick<EpisodeOptions, 'id' | 'onError'> & { readonly tokens?: readonly string[] },
  ): Episode
}

/**
 * Reads the parent and checks the changes.
 * @throws AppError STEP_OUT_OF_RANGE, SLOT_INVALID, DIVERGENT_FORK for an invalid command, UNKNOWN_BOT, JOURNAL_CORRUPT
 */
export async function planFork(file: JournalFile, world: World, changes: ForkChanges): Promise<PlannedFork> {
  const read = await readParent(file, changes.step)
  const { header } = file
  const slots = header.slots.length
  const open = changes.open ?? new Set<number>()
  for (const slot of [...changes.bots.keys(), ...changes.commands.keys(), ...open]) {
    if (slot >= slots) throw new AppError('SLOT_INVALID', `there is no slot ${slot}; slots are 0 to ${slots - 1}`)
  }
  const config = parseWith(world.config, header.config, {
    code: 'CONFIG_INVALID',
    what: 'The journalled configuration',
  })
  const rest = withCommands(read.rest, changes, world)
  const plans = header.slots.map((player, slot): SlotPlan => {
    const bot = changes.bots.get(slot)
    if (bot !== undefined) {
      return {
        player: { kind: 'bot', name: bot },
        inProcess: createBotPlayer(world, bot, { seed: header.seed, slot }),
      }
    }
    if (open.has(slot)) return { player: { kind: 'empty', name: `Player ${slot + 1}` } }
    return { player: { kind: 'recorded', name: player.name }, inProcess: createRecordedPlayer(world, rest, slot) }
  })
  const point = { header, prefix: read.prefix, step: changes.step, hash: read.hash }
  return {
    parent: read.outcome,
    create: (sink, { tokens, ...options } = {}) =>
      forkEpisode(world, config, point, {
        ...options,
        slots: plans.map((plan, slot) => ({ ...plan, token: tokens?.[slot] })),
        pacing: open.size > 0 ? livePacing(header.pacing) : { mode: 'fast' },
        gatherMs: open.size > 0 ? GATHER_MS : 0,
        sink,
        maxSteps: Math.ceil(Math.max(read.steps, changes.step) * LIMIT_FACTOR),
      }),
  }
}

/** Milliseconds that a fork waits for the players of its open slots. */
const GATHER_MS = 180_000
/** For parents without a fixed rate, which are too fast for people. */
const PLAYABLE: Pacing = { mode: 'rate', stepsPerSecond: 5 }

const livePacing = (pacing: Pacing): Pacing => (pacing.mode === 'fast' ? PLAYABLE : pacing)

/**
 * Plays a fork to its end at full speed.
 * @throws AppError as `planFork`
 */
export async function playFork(
  file: JournalFile,
  world: World,
  changes: ForkChanges,
  sink: LineSink,
): Promise<ForkResult> {
  const planned = await planFork(file, world, changes)
  const episode = planned.create(sink)
  episode.begin()
  const end = await episode.done
  return { episode: episode.header.episode, end, parent: planned.parent }
}

/**
 * The point where a fork leaves a recorded episode.
 * @param stepsDone of a parent that is live: its journal names only steps with inputs
 * @throws AppError STEP_OUT_OF_RANGE, JOURNAL_CORRUPT
 */
export async function readForkPoint(file: JournalFile, step: number, stepsDone: number): Promise<ForkPoint> {
  const { prefix, hash } = await readParent(file, step, stepsDone)
  return { header: file.header, prefix, step, hash }
}

interface Parent {
  readonly prefix: readonly StepLine[]
  readonly rest: readonly StepLine[]
  readonly hash: string
  readonly steps: number
  readonly outcome: OutcomeLine | undefined
}

async function readParent(file: JournalFile, step: number, stepsDone = 0): Promise<Parent> {
  const prefix: StepLine[] = []
  const rest: StepLine[] = []
  const chain = new Chain(nativeHash)
  let hash = ''
  let steps = stepsDone
  let last = 0
  let number = 0
  let outcome: OutcomeLine | undefined
  for await (const batch of file.lines()) {
    for (const text of batch) {
      number++
      const split = chain.open(text)
      if (!split)
        throw new AppError('JOURNAL_CORRUPT', `line ${number} of the journal does not follow from the lines before it`)
      const line = parseLine(split.body, number)
      if (line.kind === 'header') {
        hash = chain.hex
        continue
      }
      last = nextStep(line.line.step, last, number)
      steps = Math.max(steps, last)
      if (line.kind === 'outcome') outcome = line.line
      if (line.kind === 'step') (line.line.step < step ? prefix : rest).push(line.line)
      if (line.line.step < step) hash = chain.hex
    }
  }
  if (step > steps) throw new AppError('STEP_OUT_OF_RANGE', `the journal ends at step ${steps}, before step ${step}`)
  return { prefix, rest, hash, steps, outcome }
}

/** @throws AppError JOURNAL_CORRUPT or FILE_TOO_LARGE: the fork makes every step that a line names */
function nextStep(step: number, before: number, number: number): number {
  if (step < before) throw corrupt(number, `goes back to step ${step}, after step ${before}`)
  if (step <= MAX_REPLAY_STEPS) return step
  throw new AppError('FILE_TOO_LARGE', `the journal asks for step ${step}; the limit is ${MAX_REPLAY_STEPS} steps`)
}

/** The rest of the recording, with the commands at the fork's step replaced. */
function withCommands(rest: readonly StepLine[], changes: ForkChanges, world: World): readonly StepLine[] {
  if (changes.commands.size === 0) return rest
  for (const [slot, command] of changes.commands) {
    const parsed = world.command.safeParse(command)
    if (parsed.success) continue
    throw new AppError(
      'DIVERGENT_FORK',
      `the new command of slot ${slot} is not valid: ${describeIssue(parsed.error, 'command')}`,
    )
  }
  const isReplaced = (slot: number): boolean => changes.commands.has(slot)
  const kept = rest.map((line) =>
    line.step === changes.step ? { ...line, inputs: (line.inputs ?? []).filter(([slot]) => !isReplaced(slot)) } : line,
  )
  return [{ step: changes.step, inputs: [...changes.commands] }, ...kept]
}
