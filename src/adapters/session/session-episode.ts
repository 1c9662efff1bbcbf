// The episode below a session: how it is started, resumed or branched, and how its model calls are answered.
import type { Clock } from '../../episode/clock.ts'
import type { EffectWorker } from '../../episode/effects.ts'
import type { EpisodeSpec } from '../../host/episode-spec.ts'
import { createElapsed, offlineWorkers } from '../../host/offline-workers.ts'
import { AppError } from '../../kernel/errors.ts'
import { parseLine, splitHash } from '../../kernel/journal.ts'
import type { JournalHeader } from '../../protocol/journal.ts'
import type { Followers } from './followers.ts'
import type { DialogueWorld } from './games.ts'
import type { RoleModels } from './role-models.ts'

/** The slot plan of every session. */
export const SESSION_SLOTS: EpisodeSpec['slots'] = [{ player: { kind: 'human', name: 'player' } }]

/** Steps between saved states, about fifty turns: a resumed session replays no more than these. */
const STATE_EVERY = 150

/** Judges and updater of one turn are called concurrently; six judges are the maximum. */
const EFFECT_LIMITS = { concurrency: 8, attempts: 1, timeoutMs: 300_000 }

/** How model calls of one session are answered. */
export interface Answering {
  readonly models: RoleModels
  readonly followers: Followers
  readonly clock: Clock
  /** Milliseconds since 1970. */
  readonly startedAt: number
}

/** Options common to every episode of a session. */
export function episodeOptions(playable: DialogueWorld, answering: Answering) {
  const { world, dialogue } = playable
  const model = dialogue.models && { [dialogue.models.effect]: createWorker(playable, answering) }
  return {
    stateEvery: STATE_EVERY,
    effectLimits: EFFECT_LIMITS,
    clock: answering.clock,
    workers: { ...offlineWorkers(world, createElapsed()), ...model },
  }
}

/** Answers the world's model calls, stamped with the session's time; readers see the answer while it is written. */
function createWorker({ dialogue }: DialogueWorld, answering: Answering): EffectWorker {
  const { models, followers, clock, startedAt } = answering
  return async (request, signal) => {
    const call = dialogue.models?.call(request)
    if (!call) throw new AppError('WORLD_INVALID', 'the world has no models')
    if (call.show) followers.resetStream()
    const shown = followers.areReading ? call.show?.() : undefined
    const onText = shown && ((piece: string) => followers.stream(shown.take(piece)))
    const { text, by } = await models.answer(call, { signal, onText })
    return { text, at: Math.max(0, clock.wall() - startedAt), ...by }
  }
}

/**
 * The header of a stored journal.
 * @param line its first line; undefined: there is none
 * @throws AppError JOURNAL_CORRUPT, JOURNAL_VERSION
 */
export function readJournalHeader(line: string | undefined): JournalHeader {
  const split = line === undefined ? undefined : splitHash(line)
  const head = split && parseLine(split.body, 1)
  if (head?.kind === 'header') return head.header
  throw new AppError('JOURNAL_CORRUPT', 'the session has no journal to resume')
}
