// One episode of a world of ours in this process: bots at full speed, or a game that people and programs join.
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type GameConfig, parseGameConfig, variantToGameConfig } from '../adapters/coworld/game-config.ts'
import { inheritedEnvironment } from '../config.ts'
import type { EpisodeEnd } from '../episode/episode-parts.ts'
import { createFileSink } from '../episode/file-sink.ts'
import type { LineSink } from '../episode/sink.ts'
import { createToken } from '../episode/slots.ts'
import { EpisodeService } from '../host/episode-service.ts'
import { planBot } from '../host/episode-spec.ts'
import { offlineWorkers } from '../host/offline-workers.ts'
import { at } from '../kernel/at.ts'
import { AppError } from '../kernel/errors.ts'
import { configureWorld, type World } from '../kernel/world.ts'
import { writeFileWhole } from '../lib/files.ts'
import { makeFolder } from '../lib/folders.ts'
import { type ProcessPlayer, startProcessPlayer } from '../players/process-player.ts'
import { EXIT, type Io, printJson } from './io.ts'
import { formatRows } from './table.ts'

export interface RunOptions {
  readonly variant?: string
  readonly seed?: number
  readonly slots?: number
  readonly tickRate?: number
  readonly runtime?: 'process' | 'container'
  readonly timeout: number
  readonly outputDir?: string
  readonly json?: boolean
}

/** Ticks a second when people or programs play. */
const LIVE_RATE = 5
/** Milliseconds between two progress lines. */
const PROGRESS_MS = 200
/** Milliseconds that a program has to leave after the end. */
const LINGER_MS = 10_000

/** The players of a run, one a slot: as given, or the world's first bot in every slot. */
function assignPlayers(world: World, given: readonly string[], slots: number): readonly string[] {
  const first = world.bots?.[0]?.name
  if (given.length === 0 && first !== undefined) return Array.from({ length: slots }, () => first)
  if (given.length === 1 && slots > 1 && given[0] !== undefined)
    return Array.from({ length: slots }, () => at(given, 0))
  if (given.length === slots) return given
  throw new AppError('USAGE', `this variant has ${slots} slots: give 1 or ${slots} players, not ${given.length}`)
}

export async function runWorld(io: Io, world: World, players: readonly string[], options: RunOptions): Promise<void> {
  const configured = configureWorld(world, options.variant, options.slots === undefined ? {} : { slots: options.slots })
  const assigned = assignPlayers(world, players, world.slots(configured.config))
  const isLive = options.tickRate !== undefined || assigned.some((name) => name === 'human' || name.startsWith('cmd:'))
  const seed = options.seed ?? configured.variant?.seed ?? 0
  if (options.outputDir !== undefined) await makeFolder(join(options.outputDir, 'logs'))
  const run = { io, world, assigned, seed, options }
  const end = isLive ? await runLive(run) : await runFast(run, configured)
  if (options.outputDir !== undefined) {
    await writeFileWhole(join(options.outputDir, 'results.json'), `${JSON.stringify(end.results, undefined, 2)}\n`)
  }
  printEnd(run, end)
}

interface Run {
  readonly io: Io
  readonly world: World
  readonly assigned: readonly string[]
  readonly seed: number
  readonly options: RunOptions
}

/** The journal in the output folder; undefined: it is not kept. */
function journalOf({ outputDir }: RunOptions): Promise<LineSink | undefined> {
  return outputDir === undefined ? Promise.resolve(undefined) : createFileSink(join(outputDir, 'journal.jsonl'))
}

async function runFast(run: Run, configured: ReturnType<typeof configureWorld>): Promise<EpisodeEnd> {
  const { io, world, assigned, seed, options } = run
  // Before the journal is created: a mistyped bot leaves no empty file behind.
  const slots = assigned.map((name, slot) => planBot(world, name, { seed, slot }))
  const sink = await journalOf(options)
  const episode = await new EpisodeService({ worlds: io.worlds }).start({
    world,
    configured,
    seed,
    slots,
    // A world that asks for outside work waits for the answers; nothing of it depends on the clock.
    pacing: { mode: world.reply ? 'lockstep' : 'fast' },
    workers: offlineWorkers(world, () => 0),
    kind: 'run',
    sink,
  })
  const progress = setInterval(() => io.progress(`step ${episode.step}`), PROGRESS_MS)
  const limit = setTimeout(
    () => void episode.truncate(`The time limit of ${options.timeout} s was reached.`),
    options.timeout * 1000,
  )
  const onAbort = (): void => void episode.stop().catch(() => undefined)
  io.signal.addEventListener('abort', onAbort, { once: true })
  try {
    episode.begin()
    return await episode.done
  } finally {
    clearInterval(progress)
    clearTimeout(limit)
  }
}

async function runLive(run: Run): Promise<EpisodeEnd> {
  const { io, world, assigned, seed, options } = run
  const game = liveConfig(run)
  const folder = options.outputDir
  const inProcessPlayers = assigned.map((name, slot) =>
    name === 'human' || name.startsWith('cmd:') ? undefined : planBot(world, name, { seed, slot }),
  )
  const journal = await journalOf(options)
  const processes: ProcessPlayer[] = []
  // The HTTP server takes longer to load than a match of bots to play.
  const { serveGame } = await import('../adapters/coworld/game-process.ts')
  const limit = AbortSignal.timeout(options.timeout * 1000)
  try {
    const end = await serveGame(world, game, {
      episodes: new EpisodeService({ worlds: io.worlds }),
      journal,
      host: '127.0.0.1',
      port: 0,
      signal: AbortSignal.any([io.signal, limit]),
      resultsUri: undefined,
      replayUri: folder === undefined ? undefined : pathToFileURL(join(folder, 'replay.json')).href,
      inProcessPlayers,
      onListening({ port, episode }) {
        io.err(`Live view: http://127.0.0.1:${port}/clients/global`)
        episode.watch(() => io.progress(`step ${episode.step}  scores ${episode.standing().scores.join(' ')}`))
        for (const { slot, token } of episode.slots) {
          const query = new URLSearchParams({ slot: String(slot), token })
          const name = at(assigned, slot)
          if (name === 'human') io.err(`Player ${slot}: http://127.0.0.1:${port}/clients/player?${query}`)
          if (!name.startsWith('cmd:')) continue
          const log = folder === undefined ? undefined : join(folder, 'logs', `policy_agent_${slot}.txt`)
          const url = `ws://127.0.0.1:${port}/player?${query}`
          processes.push(startProcessPlayer(name.slice(4), { url, log, environment: inheritedEnvironment() }))
        }
      },
    })
    await leave(processes)
    await journal?.close()
    return end
  } catch (error) {
    if (limit.aborted) throw new AppError('RUN_TIMEOUT', `the episode did not end within ${options.timeout} s`)
    throw error
  } finally {
    for (const player of processes) player.stop()
  }
}

function liveConfig({ world, assigned, seed, options }: Run): GameConfig {
  const config = variantToGameConfig(
    world,
    options.variant ?? world.variants[0]?.id ?? '',
    options.tickRate ?? LIVE_RATE,
  )
  const players = assigned.map((name, slot) => ({
    name: name.startsWith('cmd:') || name === 'human' ? `${name.slice(0, 40)} ${slot}` : name,
  }))
  return parseGameConfig(world, { ...config, players, seed, tokens: assigned.map(createToken) })
}

/** Waits for programs to leave by themselves; a status other than 0 fails the run. */
async function leave(processes: readonly ProcessPlayer[]): Promise<void> {
  const late = AbortSignal.timeout(LINGER_MS)
  for (const [index, player] of processes.entries()) {
    const timeout = new Promise<undefined>((resolve) =>
      late.addEventListener('abort', () => resolve(undefined), { once: true }),
    )
    const ended = await Promise.race([player.ended, timeout])
    if (!ended) throw new AppError('RUN_TIMEOUT', `program ${index} did not leave within ${LINGER_MS} ms after the end`)
    if (ended.status !== 0)
      throw new AppError('RUN_FAILED', `program ${index} exited with status ${ended.status ?? ended.signal}`)
  }
}

function printEnd({ io, assigned, seed, options, world }: Run, end: EpisodeEnd): void {
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
    })
  } else {
    const top = Math.max(...end.results.scores)
    for (const row of formatRows(
      ['Slot', 'Player', 'Score'],
      assigned.map((name, slot) => [
        String(slot),
        name,
        `${end.results.scores[slot] ?? '-'}${end.results.scores[slot] === top ? ' *' : ''}`,
      ]),
    ))
      io.out(row)
    io.out(`${end.steps} steps. ${end.outcome.reason}`)
    if (options.outputDir !== undefined) io.out(`Journal: ${join(options.outputDir, 'journal.jsonl')}`)
  }
  if (end.outcome.ended === 'truncated') io.exit(EXIT.failed)
}
