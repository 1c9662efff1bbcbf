// Short paint-arena matches for tests, played by bots, with their stored lines.
import type { EpisodeEnd } from '../episode/episode-parts.ts'
import { createBotPlayer } from '../episode/in-process-players.ts'
import { createMemorySink, type LineSink } from '../episode/sink.ts'
import { startEpisode } from '../episode/start.ts'
import { configureWorld } from '../kernel/world.ts'
import type { JsonObject } from '../protocol/json.ts'
import { paintArena } from '../worlds/paint-arena/world.ts'

export interface MatchPlan {
  readonly seed?: number
  readonly bots?: readonly string[]
  readonly variant?: string
  readonly config?: JsonObject
  readonly sink?: LineSink
}

/** Plays a match and returns its outcome, and its journal's lines unless they went to the plan's own sink. */
export async function recordMatch(plan: MatchPlan = {}): Promise<{ lines: readonly string[]; end: EpisodeEnd }> {
  const { seed = 1, bots = ['greedy', 'random'] } = plan
  const memory = createMemorySink()
  const slots = bots.map((name, slot) => ({
    player: { kind: 'bot' as const, name },
    inProcess: createBotPlayer(paintArena, name, { seed, slot }),
  }))
  const episode = startEpisode(paintArena, configureWorld(paintArena, plan.variant, plan.config), {
    seed,
    slots,
    pacing: { mode: 'fast' },
    sink: plan.sink ?? memory,
  })
  episode.begin()
  return { end: await episode.done, lines: memory.lines }
}
