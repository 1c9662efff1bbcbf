// One episode of a world in this process: bots at full speed, or a game that people and programs join (run-live.ts).
import { randomInt } from 'node:crypto'
import type { EpisodeEnd } from '../episode/episode-parts.ts'
import { EpisodeService } from '../host/episode-service.ts'
import { planBot } from '../host/episode-spec.ts'
import { offlineWorkers } from '../host/offline-workers.ts'
import { at } from '../kernel/at.ts'
import { AppError } from '../kernel/errors.ts'
import { configureWorld, type World } from '../kernel/world.ts'
import { EXIT, type Io, printJson } from './io.ts'
import { createProgress } from './progress.ts'
import { RunOutput } from './run-output.ts'
import { expectedSteps, isExternal, type Run, type RunOptions } from './run-plan.ts'
import { printTable } from './table.ts'

/** Milliseconds between two checks of the step. */
const PROGRESS_MS = 100
/** Seeds are whole numbers below this. */
const SEEDS = 2 ** 32

/** The players of a run, one per slot: as given, or the world's first bot in every slot. */
function assignPlayers(world: World, given: readonly string[], slots: number): readonly string[] {
  const first = world.bots?.[0]?.name
  if (given.length === 0 && first !== undefined) return Array.from({ length: slots }, () => first)
  if (given.length === 1) return Array.from({ length: slots }, () => at(given, 0))
  if (given.length === slots) return given
  throw new AppError('USAGE', `this variant has ${slots} slots: give 1 or ${slots} players, not ${given.length}`)
}

export async function runWorld(io: Io, world: World, players: readonly string[], options: RunOptions): Promise<void> {
  const configured = configureWorld(world, options.variant, options.slots === undefined ? {} : { slots: options.slots })
  const assigned = assignPlayers(world, players, world.slots(configured.config))
  const seed = options.seed ?? configured.variant?.seed ?? randomInt(SEEDS)
  // Checked before anything is created, so that a mistyped bot leaves no files.
  for (const [slot, name] of assigned.entries()) if (!isExternal(name)) planBot(world, name, { seed, slot })
  const { outputDir, force = false } = options
  const output = outputDir === undefined ? undefined : await RunOutput.open(outputDir, force)
  const run: Run = { io, world, configured, assigned, seed, options, output }
  const isLive = options.tickRate !== undefined || options.lockstep === true || assigned.some(isExternal)
  const end = isLive ? await (await import('./run-live.ts')).runLive(run) : await runFast(run)
  await output?.writeResults(end.results)
  const logged = output && options.log ? await (await import('./run-log.ts')).logRun(run, output) : undefined
  printEnd(run, end, logged)
}

async function runFast({ io, world, configured, assigned, seed, options, output }: Run): Promise<EpisodeEnd> {
  const episode = await new EpisodeService({ worlds: io.worlds }).start({
    world,
    configured,
    seed,
    slots: assigned.map((name, slot) => planBot(world, name, { seed, slot })),
    // A world that requests outside work waits for the replies; nothing in it depends on the clock.
    pacing: { mode: world.reply ? 'lockstep' : 'fast' },
    workers: offlineWorkers(world, () => 0),
    kind: 'run',
    sink: output?.sink,
  })
  const report = createProgress(io, { unit: 'steps', total: expectedSteps(configured) })
  const progress = setInterval(() => report(episode.step), PROGRESS_MS)
  const limit = setTimeout(
    () => void episode.truncate(`The time limit of ${options.timeout} s was reached.`),
    options.timeout * 1000,
  )
  const onAbort = (): void => void episode.stop().catch(() => undefined)
  io.signal.addEventListener('abort', onAbort, { once: true })
  try {
    episode.begin()
    return await episode.done
  } catch (error) {
    await output?.fail(episode.step)
    throw error
  } finally {
    clearInterval(progress)
    clearTimeout(limit)
  }
}

function printEnd(run: Run, end: EpisodeEnd, logged: number | undefined): void {
  const { io, assigned, seed, options, world, output } = run
  if (options.json) {
    printJson(io, {
      ok: true,
      world: { id: world.id, version: world.version },
      seed,
      players: assigned,
      steps: end.steps,
      outcome: end.outcome,
      results: end.results,
      digest: end.digest,
      hash: end.hash ?? null,
      output_dir: options.outputDir ?? null,
      journal: output?.journal ?? null,
      logged: logged ?? null,
    })
  } else printForPeople(run, end, logged)
  if (end.outcome.ended === 'truncated') io.exit(EXIT.failed)
}

function printForPeople({ io, assigned, seed, options, output }: Run, end: EpisodeEnd, logged: number | undefined) {
  const top = Math.max(...end.results.scores)
  const rows = assigned.map((name, slot) => {
    const score = end.results.scores[slot]
    return [String(slot), name, String(score ?? '-'), score === top ? 'highest' : '']
  })
  printTable(io, ['Slot', 'Player', 'Score', ''], rows)
  io.out(`${end.steps} steps. ${end.outcome.reason}`)
  io.out(`Seed: ${seed}${options.seed === undefined ? ` (repeat this run with --seed ${seed})` : ''}`)
  io.out(`Journal: ${output ? output.journal : 'not kept; add -o <folder> to keep it'}`)
  if (logged !== undefined) io.out(`Logged: ${logged} commands; see them with: paracosm log query`)
}
