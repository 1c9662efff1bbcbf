// One episode from its first step to its outcome, in this process.
import { createFileSink } from '../episode/file-sink.ts'
import { createMemorySink, createTeeSink } from '../episode/sink.ts'
import { EpisodeService } from '../host/episode-service.ts'
import { offlineWorkers } from '../host/offline-workers.ts'
import { createWorldRegistry } from '../host/world-registry.ts'
import { configureWorld, type World } from '../kernel/world.ts'
import type { Outcome, Results } from '../protocol/episode.ts'
import type { JsonObject } from '../protocol/json.ts'
import { isAsync, joinAsync, type Player, planOf } from './players.ts'

/** The world and the players of an episode. */
export interface RunEpisodeOptions<Config = unknown, State = unknown, Command = unknown, Observation = unknown> {
  /** A world, or the name of one: an id such as 'paint-arena', the path of a module, or an installed package. */
  readonly world: string | World<Config, State, Command, Observation>
  /** One per slot of the configuration. */
  readonly players: readonly Player<Observation, Command>[]
  /** 0 to 4,294,967,295. The same world, configuration, seed and commands give the same episode on every machine. */
  readonly seed: number
  /** Default: the first variant of the world. */
  readonly variant?: string | undefined
  /** Overrides keys of the variant's configuration. */
  readonly config?: JsonObject | undefined
  /** Steps after which the episode is truncated, 1 to 10,000,000. Default: 10,000,000. */
  readonly maxSteps?: number | undefined
  /** Stops the episode after the current step. */
  readonly signal?: AbortSignal | undefined
  /** A new file that receives the journal, step by step. */
  readonly journalFile?: string | undefined
}

/** An episode that reached its outcome. */
export interface EpisodeResult {
  /** Its id. */
  readonly episode: string
  readonly world: { readonly id: string; readonly version: string }
  readonly seed: number
  /** Names of the players, by slot. */
  readonly players: readonly string[]
  /** `terminated` by the rules, or `truncated` by a limit; with a sentence. */
  readonly outcome: Outcome
  /** `scores`, one per slot, and the other fields of the world's results. */
  readonly results: Results
  readonly steps: number
  /** Digest of the last state: 16 hexadecimal digits. */
  readonly digest: string
  /** The journal's last running hash, which covers all of it. */
  readonly hash: string
  /** The journal, as text and as stored lines without line ends. */
  readonly journal: { readonly text: string; readonly lines: readonly string[] }
}

/**
 * Plays one episode as fast as its players answer.
 *
 * @throws AppError (as a rejection) UNKNOWN_WORLD, UNKNOWN_VARIANT, UNKNOWN_BOT, CONFIG_INVALID (also for a wrong
 * number
 * of players), FILE_UNWRITABLE, INTERRUPTED after the signal, EPISODE_FAILED when the world or a player throws, USAGE
 * when an async player returns no command
 *
 * @example
 * import { runEpisode } from 'paracosm/episode'
 *
 * const { results, journal } = await runEpisode({
 *   world: 'paint-arena',
 *   players: ['sweep', { name: 'lazy', decide: () => ({ move: 'stay' }) }],
 *   seed: 7,
 * })
 * console.log(results.scores, journal.lines.length)
 */
export async function runEpisode<Config, State, Command, Observation>(
  options: RunEpisodeOptions<Config, State, Command, Observation>,
): Promise<EpisodeResult> {
  options.signal?.throwIfAborted()
  // Worlds are used through their general type everywhere: the world's own schema checks the commands.
  const given: World | undefined = typeof options.world === 'string' ? undefined : options.world
  const worlds = await createWorldRegistry({ worlds: given ? [given] : [] })
  const world = given ?? (await worlds.load(String(options.world)))
  const players: readonly Player[] = options.players
  const lines: string[] = []
  const configured = configureWorld(world, options.variant, options.config)
  const file = options.journalFile === undefined ? undefined : await createFileSink(options.journalFile)
  const hasAsync = players.some(isAsync)
  const episode = await new EpisodeService({ worlds }).start({
    world,
    configured,
    seed: options.seed,
    slots: players.map(planOf),
    // A world that requests outside work waits for the replies; nothing depends on the clock.
    pacing: { mode: hasAsync || world.reply ? 'lockstep' : 'fast' },
    workers: offlineWorkers(world, () => 0),
    kind: 'run',
    maxSteps: options.maxSteps,
    sink: file ? createTeeSink(file, lines) : createMemorySink(lines),
  })
  let failure: { readonly error: unknown } | undefined
  const stop = (): void => void episode.stop().catch(() => undefined)
  const fail = (error: unknown): void => {
    failure ??= { error }
    stop()
  }
  options.signal?.addEventListener('abort', stop, { once: true })
  try {
    for (const [slot, player] of players.entries()) if (isAsync(player)) joinAsync(episode, { slot, player }, fail)
    episode.begin()
    const end = await episode.done
    return {
      episode: episode.header.episode,
      world: { id: world.id, version: world.version },
      seed: options.seed,
      players: episode.header.slots.map(({ name }) => name),
      outcome: end.outcome,
      results: end.results,
      steps: end.steps,
      digest: end.digest,
      hash: end.hash ?? '',
      journal: { text: `${lines.join('\n')}\n`, lines },
    }
  } catch (error) {
    throw failure ? failure.error : error
  } finally {
    options.signal?.removeEventListener('abort', stop)
  }
}
