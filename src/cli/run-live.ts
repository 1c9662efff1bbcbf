// An episode that people and programs join: a game on a local port, with bots in the other slots.
import { pathToFileURL } from 'node:url'
import { type GameConfig, parseGameConfig, variantToGameConfig } from '../adapters/coworld/game-config.ts'
import { serveGame } from '../adapters/coworld/game-process.ts'
import { inheritedEnvironment } from '../config.ts'
import type { Episode } from '../episode/episode.ts'
import type { EpisodeEnd } from '../episode/episode-parts.ts'
import { createToken } from '../episode/slots.ts'
import { EpisodeService } from '../host/episode-service.ts'
import { planBot } from '../host/episode-spec.ts'
import { at } from '../kernel/at.ts'
import { AppError } from '../kernel/errors.ts'
import { createProgress } from './progress.ts'
import { expectedSteps, isExternal, type Run } from './run-plan.ts'
import { RunPrograms } from './run-programs.ts'
import { announceWaiting } from './run-waiting.ts'

/** Steps per second when people or programs play. */
const LIVE_RATE = 5
/** Milliseconds between two checks of the step. */
const PROGRESS_MS = 100

/** @throws AppError RUN_TIMEOUT; RUN_FAILED when a program ends too early; INTERRUPTED */
export async function runLive(run: Run): Promise<EpisodeEnd> {
  const { io, world, assigned, seed, options, output } = run
  let episode: Episode | undefined
  const programs = new RunPrograms((slot) => episode?.slots[slot]?.connection !== undefined)
  const limit = AbortSignal.timeout(options.timeout * 1000)
  const stops: (() => void)[] = [() => programs.stop()]
  try {
    const end = await serveGame(world, liveConfig(run), {
      episodes: new EpisodeService({ worlds: io.worlds }),
      journal: output?.sink,
      host: '127.0.0.1',
      port: 0,
      ...(options.lockstep === true ? { pacing: { mode: 'lockstep' } } : {}),
      signal: AbortSignal.any([io.signal, limit, programs.failed]),
      replayUri: output && pathToFileURL(output.replay).href,
      inProcessPlayers: assigned.map((name, slot) =>
        isExternal(name) ? undefined : planBot(world, name, { seed, slot }),
      ),
      onListening(game) {
        episode = game.episode
        void episode.done.then(
          () => programs.over(),
          () => programs.over(),
        )
        stops.push(watch(run, game.episode))
        invite(run, game, programs)
      },
    })
    await programs.leave()
    await output?.sink.close()
    return end
  } catch (error) {
    await output?.fail(episode?.step ?? 0)
    if (programs.failed.aborted) throw programs.failed.reason
    if (limit.aborted) throw new AppError('RUN_TIMEOUT', `the episode did not end within ${options.timeout} s`)
    throw error
  } finally {
    for (const stop of stops) stop()
  }
}

/** Prints the links and starts the programs. */
function invite({ io, assigned, output }: Run, game: { port: number; episode: Episode }, programs: RunPrograms): void {
  const { port, episode } = game
  io.err(`Live view: http://127.0.0.1:${port}/clients/global`)
  for (const { slot, token } of episode.slots) {
    const query = new URLSearchParams({ slot: String(slot), token })
    const name = at(assigned, slot)
    if (name === 'human') io.err(`Player ${slot}: http://127.0.0.1:${port}/clients/player?${query}`)
    if (!name.startsWith('cmd:')) continue
    const url = `ws://127.0.0.1:${port}/player?${query}`
    programs.start({ slot, command: name.slice(4), url, log: output?.logOf(slot) }, inheritedEnvironment())
  }
}

/** Reports the players that the episode waits for, and then its progress. */
function watch({ io, assigned, configured }: Run, episode: Episode): () => void {
  const waiting = announceWaiting(io, episode, assigned)
  const report = createProgress(io, { unit: 'steps', total: expectedSteps(configured) })
  const timer = setInterval(() => {
    waiting()
    if (episode.step > 0) report(episode.step, `scores ${episode.standing().scores.join(' ')}`)
  }, PROGRESS_MS)
  return () => clearInterval(timer)
}

function liveConfig({ world, assigned, seed, options, configured }: Run): GameConfig {
  const rate = options.tickRate ?? LIVE_RATE
  const config = variantToGameConfig(world, configured.variant?.id ?? '', rate)
  const players = assigned.map((name, slot) => ({
    name: isExternal(name) ? `${name.slice(0, 40)} ${slot}` : name,
  }))
  return parseGameConfig(world, { ...config, players, seed, tokens: assigned.map(createToken) })
}
