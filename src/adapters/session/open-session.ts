// How a session comes into memory: new, or out of the store.
import type { Clock } from '../../episode/clock.ts'
import type { EffectWorker } from '../../episode/effects.ts'
import type { Episode } from '../../episode/episode.ts'
import { resumeEpisode, startEpisode } from '../../episode/start.ts'
import { AppError } from '../../kernel/errors.ts'
import { parseLine, splitHash } from '../../kernel/journal.ts'
import { configureWorld } from '../../kernel/world.ts'
import type { Character } from '../../protocol/character.ts'
import { JsonObject } from '../../protocol/json.ts'
import type { SessionHeader } from '../../protocol/session.ts'
import type { SessionLog } from '../../store/sessions/session-log.ts'
import type { SessionSink } from '../../store/sessions/session-writer.ts'
import { findGame } from '../../worlds/parley/games.ts'
import { isParleyRequest } from '../../worlds/parley/request.ts'
import { parley } from '../../worlds/parley/world.ts'
import { ContentStream } from './content-stream.ts'
import { LiveSession } from './live-session.ts'
import { newHeader } from './new-header.ts'
import type { PlannedSession } from './plan.ts'
import type { RoleModels } from './role-models.ts'
import { SessionView } from './view.ts'

interface Environment {
  readonly log: SessionLog
  readonly models: RoleModels
  readonly clock: Clock
  /** The server that holds the claim. */
  readonly server: string
  /** A character as it is today. */
  characterOf(hid: string): Promise<Character | undefined>
}

/** Steps between saved states, about fifty turns: a session that is taken up plays no more than these again. */
const STATE_EVERY = 150

/** Judges and the updater of one turn are asked at once; the simulator's six judges are the most. */
const EFFECT_LIMITS = { concurrency: 8, attempts: 1, timeoutMs: 300_000 }

/** @throws AppError CONFIG_INVALID */
export async function openSession(
  plan: PlannedSession,
  at: Environment & { readonly id: string; readonly seed: number; readonly claimMs: number },
): Promise<LiveSession> {
  const { log, models, clock, server, id } = at
  const header = newHeader(plan, { id, now: new Date(clock.wall()).toISOString(), models })
  const { config, json } = configureWorld(parley, undefined, {
    game: plan.game.id,
    pc: plan.pc,
    npc: plan.npc,
    overrides: JsonObject.parse(plan.overrides),
  })
  await log.create(header, { server, ms: at.claimMs })
  const sink = log.sink(header, server, 0)
  const holder: Holder = {}
  const episode = startEpisode(
    parley,
    { config, json },
    {
      id,
      seed: at.seed,
      slots: [{ player: { kind: 'human', name: 'player' } }],
      pacing: { mode: 'lockstep' },
      stateEvery: STATE_EVERY,
      sink,
      workers: { model: createWorker(at, holder) },
      effectLimits: EFFECT_LIMITS,
      clock,
    },
  )
  const view = new SessionView(id, beginningOf(episode))
  sink.event(view.start())
  const session = live(at, { header, episode, sink, view })
  holder.session = session
  await episode.durable()
  return session
}

/**
 * Takes a session up where its journal ends, or where its snapshot was taken. Undefined: it has neither.
 * @throws AppError JOURNAL_CORRUPT, WORLD_VERSION, DIVERGED; SAVE_VERSION, STATE_INVALID for a snapshot; EPISODE_OVER
 */
export async function hydrateSession(header: SessionHeader, at: Environment): Promise<LiveSession | undefined> {
  const { log, clock, server } = at
  const { lines, parts } = await log.journal(header.session_id)
  if (parts === 0) return adoptSession(header, at)
  const [first] = lines
  const split = first === undefined ? undefined : splitHash(first)
  const head = split && parseLine(split.body, 1)
  if (head?.kind !== 'header') throw new AppError('JOURNAL_CORRUPT', 'the session has no journal to go on from')
  if (head.header.world.version !== parley.version) {
    throw new AppError('WORLD_VERSION', `the session was played with parley ${head.header.world.version}`)
  }
  const sink = log.sink(header, server, parts)
  const holder: Holder = {}
  const episode = resumeEpisode(
    parley,
    { header: head.header, lines },
    {
      inProcessFor: () => undefined,
      fromSavedState: true,
      stateEvery: STATE_EVERY,
      sink,
      workers: { model: createWorker(at, holder) },
      effectLimits: EFFECT_LIMITS,
      clock,
    },
  )
  const view = new SessionView(header.session_id, beginningOf(episode), header.last_seq)
  const session = live(at, { header, episode, sink, view })
  holder.session = session
  return session
}

/** An imported session begins its journal with the snapshot that it brought along; what was said before stays in its rows. */
async function adoptSession(header: SessionHeader, at: Environment): Promise<LiveSession | undefined> {
  const { log, clock, server } = at
  const restore = await log.runtimeState(header.session_id)
  const game = findGame(header.game_name)
  const [pc, npc] = await Promise.all([header.pc_hid, header.npc_hid].map((hid) => at.characterOf(hid ?? '')))
  if (!restore || !game || !pc || !npc) return undefined
  const { config, json } = configureWorld(parley, undefined, { game: game.id, pc, npc, restore, overrides: {} })
  const sink = log.sink(header, server, 0)
  const holder: Holder = {}
  const episode = startEpisode(
    parley,
    { config, json },
    {
      id: header.session_id,
      seed: 0,
      slots: [{ player: { kind: 'human', name: 'player' } }],
      pacing: { mode: 'lockstep' },
      stateEvery: STATE_EVERY,
      sink,
      workers: { model: createWorker(at, holder) },
      effectLimits: EFFECT_LIMITS,
      clock,
    },
  )
  const view = new SessionView(header.session_id, beginningOf(episode), header.last_seq)
  const session = live(at, { header, episode, sink, view })
  holder.session = session
  await episode.durable()
  return session
}

/** The session that a worker speaks for: made after the episode that has the worker. */
interface Holder {
  session?: LiveSession
}

interface Opened {
  readonly header: SessionHeader
  readonly episode: Episode
  readonly sink: SessionSink
  readonly view: SessionView
}

function live({ clock }: Environment, { header, episode, sink, view }: Opened): LiveSession {
  const facts = {
    id: header.session_id,
    playerId: header.player_id,
    gameName: header.game_name,
    pcHid: header.pc_hid ?? '',
    npcHid: header.npc_hid ?? '',
    startedAt: beginningOf(episode),
    createdAt: header.created_at,
  }
  return new LiveSession({ facts, episode, view, sink, clock })
}

/**
 * Where a session's own time begins: the journal knows. A branch shares its parent's, though it began later.
 * @returns milliseconds since 1970
 */
const beginningOf = ({ header }: Episode): number => Date.parse(header.started_at)

/** Answers the world's questions with the cast, stamped with the session's time. */
function createWorker({ models }: Environment, holder: Holder): EffectWorker {
  return async (json, signal) => {
    if (!isParleyRequest(json)) throw new Error('an effect that is no request of parley')
    const request = json
    const { session } = holder
    const isShown = request.role === 'opener' || request.role === 'updater'
    if (isShown) session?.resetStream()
    const stream = isShown && session?.isReadAlong ? new ContentStream() : undefined
    const onText = stream && ((piece: string) => session?.stream(stream.take(piece)))
    const { text, by } = await models.answer(request, { signal, onText })
    return { text, at: session?.now ?? 0, ...by }
  }
}
