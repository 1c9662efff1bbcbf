// One call of the interface: from options to a report and an exit status.
import { resolve } from 'node:path'
import { AppError } from '../../kernel/errors.ts'
import type { World } from '../../kernel/world.ts'
import type { HeadlessError, HeadlessReport, HeadlessStep, SaveSource } from '../../protocol/headless.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { COMMAND_FILE_LIMIT, readJsonInput } from './read-input.ts'
import { readSave } from './save-file.ts'
import { parseScript } from './script.ts'
import { HeadlessSession } from './session.ts'
import { AtomicFile, TraceFile } from './write-file.ts'

export const PROFILES = ['summary', 'inspect', 'full'] as const
export type Profile = (typeof PROFILES)[number]

export interface HeadlessOptions {
  readonly scenario?: string | undefined
  /** Path of a save to start from. */
  readonly load?: string | undefined
  readonly seed?: number | undefined
  /** Path of a command file; `-`: standard input. */
  readonly commandFile?: string | undefined
  readonly ticks?: number | undefined
  /** Maximum ticks. */
  readonly untilVictory?: number | undefined
  readonly inspectPart?: number | undefined
  readonly trace?: string | undefined
  readonly save?: string | undefined
  readonly profile: Profile
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs a script and the convenience options after it. Every input has been read and checked, and every output
 * opened, before the first step.
 * @throws AppError for bad usage and for files that cannot be read or written
 */
export async function runHeadless(world: World, options: HeadlessOptions): Promise<HeadlessReport> {
  if (options.load !== undefined && options.seed !== undefined) {
    throw new AppError('USAGE', '--seed cannot be combined with --load: a save has its own seed')
  }
  if (options.load !== undefined && options.scenario !== undefined) {
    throw new AppError('USAGE', '--load and --scenario cannot be combined: a run starts from one of them')
  }
  if (options.save !== undefined && options.trace !== undefined && resolve(options.save) === resolve(options.trace)) {
    throw new AppError('USAGE', '--save and --emit-trace name the same file: the save would replace the trace')
  }
  const steps = readSteps(world, options)
  const session = openSession(world, options)
  using trace = options.trace === undefined ? undefined : new TraceFile(options.trace)
  using save = options.save === undefined ? undefined : new AtomicFile(options.save)
  const run = await executeAll(session, steps, trace)
  const inspection = inspectLast(session, options, run)
  const summary = session.summary()
  const error = run.error ?? inspection.error ?? null
  trace?.write({ stage: 'final', step_index: null, step: null, ok: error === null, error, summary })
  const snapshot = save || options.profile === 'full' ? session.snapshot() : undefined
  if (save && snapshot) save.commit(JSON.stringify(snapshot))
  return {
    ok: error === null,
    error,
    source: sourceOf(session, options),
    steps: run.outcomes,
    summary,
    ...(options.profile === 'summary' || inspection.detail === undefined ? {} : { inspect: inspection.detail }),
    ...(options.profile === 'full' && snapshot ? { world: snapshot } : {}),
  }
}

/** The script, then the steps of the options. */
function readSteps(world: World, options: HeadlessOptions): HeadlessStep[] {
  const { commandFile, ticks, untilVictory } = options
  const steps =
    commandFile === undefined
      ? []
      : parseScript(readJsonInput(commandFile, { what: 'The command file', limit: COMMAND_FILE_LIMIT }), world)
  if (ticks !== undefined) steps.push({ type: 'tick', ticks })
  if (untilVictory !== undefined) steps.push({ type: 'until_victory', max_ticks: untilVictory })
  return steps
}

function openSession(world: World, options: HeadlessOptions): HeadlessSession {
  if (options.load === undefined) return HeadlessSession.start(world, options, options.signal)
  const { fold, origin } = readSave(options.load, world)
  return new HeadlessSession(fold, origin, options.signal)
}

function sourceOf(session: HeadlessSession, options: HeadlessOptions): SaveSource {
  if (options.load !== undefined) return { kind: 'save', path: options.load }
  return { kind: 'scenario', id: session.scenario ?? '' }
}

interface Run {
  readonly outcomes: HeadlessReport['steps']
  readonly error: HeadlessError | undefined
}

async function executeAll(
  session: HeadlessSession,
  steps: readonly HeadlessStep[],
  trace: TraceFile | undefined,
): Promise<Run> {
  trace?.write({
    stage: 'initial',
    step_index: null,
    step: null,
    ok: true,
    error: null,
    summary: session.summary(),
  })
  const outcomes: HeadlessReport['steps'] = []
  for (const step of steps) {
    const outcome = await session.execute(step)
    outcomes.push(outcome)
    trace?.write({
      stage: 'step',
      step_index: outcome.index,
      step,
      ok: outcome.ok,
      error: outcome.error ?? null,
      summary: session.summary(),
      ...(step.type === 'inspect_part' && outcome.detail ? { inspection: outcome.detail } : {}),
    })
    if (outcome.error) return { outcomes, error: outcome.error }
  }
  return { outcomes, error: undefined }
}

function inspectLast(
  session: HeadlessSession,
  options: HeadlessOptions,
  run: Run,
): { readonly error?: HeadlessError; readonly detail?: JsonObject } {
  if (options.inspectPart === undefined || run.error) return {}
  return session.inspect(options.inspectPart)
}
