// Plays one planned episode: bots at full speed in this process, other players in a game that they join. All failures
// become part of the row; only an abort throws.
import { createMemorySink } from '../episode/sink.ts'
import { EpisodeService } from '../host/episode-service.ts'
import { planBot } from '../host/episode-spec.ts'
import { offlineWorkers } from '../host/offline-workers.ts'
import { at } from '../kernel/at.ts'
import { AppError } from '../kernel/errors.ts'
import { parseLine, splitHash } from '../kernel/journal.ts'
import { type Match, type MatchResult, type MatchServices, PlayerFailure } from './match.ts'
import { playLive } from './play-live.ts'

/** Maximum length of an error text in a row, in characters. */
const MESSAGE_LENGTH = 500

/** @throws AppError INTERRUPTED when the signal is aborted */
export async function playMatch(match: Match, services: MatchServices): Promise<MatchResult> {
  services.signal.throwIfAborted()
  const lines: string[] = []
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), match.timeoutMs)
  const timeouts = (): number[] => timedOutMoves(lines, match.players.length)
  try {
    const isFast = match.players.every(({ kind }) => kind === 'bot')
    const play = isFast ? playFast : playLive
    const { end, spend } = await play(match, { services, late: late.signal, lines })
    if (late.signal.aborted) return failed('timeout', timeoutError(match), { match, lines, spend })
    return {
      outcome: 'ok',
      scores: end.results.scores.slice(),
      steps: end.steps,
      hash: end.hash ?? null,
      timeouts: timeouts(),
      error: null,
      spend,
      lines,
    }
  } catch (error) {
    if (services.signal.aborted) throw services.signal.reason
    if (late.signal.aborted) return failed('timeout', timeoutError(match), { match, lines, spend: null })
    return failed('failed', error, { match, lines, spend: null })
  } finally {
    clearTimeout(timer)
  }
}

function timeoutError({ timeoutMs }: Match): AppError {
  return new AppError('RUN_TIMEOUT', `the episode did not end within ${timeoutMs / 1000} s`)
}

function failed(
  outcome: 'failed' | 'timeout',
  error: unknown,
  { match, lines, spend }: { match: Match; lines: readonly string[]; spend: MatchResult['spend'] },
): MatchResult {
  const message = (error instanceof Error ? error.message : String(error)).slice(0, MESSAGE_LENGTH)
  const code = error instanceof AppError ? error.code : 'EPISODE_FAILED'
  const slot = error instanceof PlayerFailure ? error.slot : null
  return {
    outcome,
    scores: null,
    steps: 0,
    hash: null,
    timeouts: timedOutMoves(lines, match.players.length),
    error: { code, message, slot },
    spend,
    lines,
  }
}

/** Moves that the clock made on timeout, by slot. */
function timedOutMoves(lines: readonly string[], slots: number): number[] {
  const counts = Array.from({ length: slots }, () => 0)
  for (const text of lines) {
    if (!text.includes('"timeouts"')) continue
    const split = splitHash(text)
    const line = split && parseLine(split.body, 0)
    if (line?.kind !== 'step') continue
    for (const slot of line.line.timeouts ?? []) counts[slot] = at(counts, slot) + 1
  }
  return counts
}

async function playFast(
  match: Match,
  { services, late, lines }: { services: MatchServices; late: AbortSignal; lines: string[] },
) {
  const { world, seed } = match
  const slots = match.players.map((player, slot) =>
    planBot(world, player.kind === 'bot' ? player.bot : '', { seed, slot }),
  )
  const episode = await new EpisodeService({ worlds: services.worlds }).start({
    id: match.id,
    world,
    configured: match.configured,
    seed,
    slots,
    // A world that requests external effects waits for the replies; none of this depends on the clock.
    pacing: { mode: world.reply ? 'lockstep' : 'fast' },
    workers: offlineWorkers(world, () => 0),
    kind: 'eval',
    sink: createMemorySink(lines),
  })
  const onLate = (): void => void episode.truncate('The time limit of the evaluation was reached.')
  const onAbort = (): void => void episode.stop().catch(() => undefined)
  late.addEventListener('abort', onLate, { once: true })
  services.signal.addEventListener('abort', onAbort, { once: true })
  try {
    episode.begin()
    return { end: await episode.done, spend: null }
  } finally {
    services.signal.removeEventListener('abort', onAbort)
  }
}
