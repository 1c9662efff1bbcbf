// Creates sessions, and loads them from the store.
import type { Clock } from '../../episode/clock.ts'
import type { Episode } from '../../episode/episode.ts'
import { createMemorySink } from '../../episode/sink.ts'
import type { EpisodeService } from '../../host/episode-service.ts'
import { configureWorld } from '../../kernel/world.ts'
import type { Character } from '../../protocol/character.ts'
import type { SessionHeader } from '../../protocol/session.ts'
import type { SessionLog, StoredSession } from '../../store/sessions/session-log.ts'
import type { SessionClaim, SessionSink } from '../../store/sessions/session-writer.ts'
import type { StoreTransaction } from '../../store/tables.ts'
import { Followers } from './followers.ts'
import type { GameCatalogue } from './games.ts'
import { LiveSession, type SessionListener } from './live-session.ts'
import { newHeader } from './new-header.ts'
import type { PlannedSession } from './plan.ts'
import type { RoleModels } from './role-models.ts'
import { episodeOptions, readJournalHeader, SESSION_SLOTS } from './session-episode.ts'
import { SessionView } from './view.ts'

export interface SessionEnvironment {
  readonly log: SessionLog
  readonly games: GameCatalogue
  readonly episodes: EpisodeService
  readonly models: RoleModels
  readonly clock: Clock
  /** The current data of a character. */
  characterOf(hid: string): Promise<Character | undefined>
}

/** Done in the transaction that creates a session; when it throws, there is no session. */
export type WithSession = (tx: StoreTransaction, session: string) => Promise<void>

/**
 * Creates a session in the store. No server claims it until its player connects, possibly to another server.
 * @throws AppError CONFIG_INVALID, and the codes of the store
 */
export async function createSession(
  plan: PlannedSession,
  at: SessionEnvironment,
  { id, seed, within }: { readonly id: string; readonly seed: number; readonly within?: WithSession | undefined },
): Promise<SessionHeader> {
  const { world, dialogue, game } = plan.playable
  const { pc, npc, overrides } = plan
  const header = newHeader(plan, { id, now: new Date(at.clock.wall()).toISOString(), models: at.models })
  const sink = createMemorySink()
  const episode = await at.episodes.start({
    world,
    configured: withoutVariant(configureWorld(world, undefined, dialogue.configure({ game, pc, npc, overrides }))),
    kind: 'session',
    id,
    seed,
    slots: SESSION_SLOTS,
    pacing: { mode: 'lockstep' },
    gatherMs: 0,
    clock: at.clock,
    sink,
  })
  await episode.stop()
  const first = new SessionView(id, beginningOf(episode)).start()
  const created = { ...header, last_seq: first.seq }
  await at.log.create(created, sink.lines, [first], within && ((tx) => within(tx, id)))
  return created
}

/** A session's configuration is not a variant of its world, even if it is equal to one. */
const withoutVariant = ({ config, json }: ReturnType<typeof configureWorld>) => ({ config, json })

/** The result of looking up a session. */
export type FoundSession =
  | { readonly kind: 'session'; readonly session: LiveSession }
  /** Another server or another socket has it. */
  | { readonly kind: 'taken' }
  /** The session does not exist, is over, or cannot be opened; its row gives the reason. */
  | { readonly kind: 'absent' }

export interface Claimed {
  readonly stored: StoredSession
  readonly claim: SessionClaim
  readonly listener: SessionListener
}

/**
 * Resumes a session where its journal ends, or where its snapshot was taken. Undefined: it has neither.
 * @throws AppError JOURNAL_CORRUPT, UNKNOWN_WORLD, WORLD_VERSION, DIVERGED; SAVE_VERSION, STATE_INVALID for a snapshot;
 * EPISODE_OVER, EPISODE_FAILED; the codes of the store
 */
export async function hydrateSession(claimed: Claimed, at: SessionEnvironment): Promise<LiveSession | undefined> {
  const { header } = claimed.stored
  const { lines, parts } = await at.log.journal(header.session_id)
  if (parts === 0) return adoptSession(claimed, at)
  const recorded = readJournalHeader(lines[0])
  const playable = await at.games.recorded(recorded)
  const sink = at.log.sink(header, claimed.claim, parts)
  const followers = new Followers(header.session_id)
  const answering = { ...at, followers, startedAt: Date.parse(recorded.started_at) }
  const episode = at.episodes.resume(
    playable.world,
    { header: recorded, lines },
    { ...episodeOptions(playable, answering), fromSavedState: true, sink },
  )
  return live(claimed, at, { episode, sink, followers, dialogue: playable.dialogue })
}

/** The journal of an imported session begins with its snapshot; earlier events stay in their rows. */
async function adoptSession(claimed: Claimed, at: SessionEnvironment): Promise<LiveSession | undefined> {
  const { header } = claimed.stored
  const restore = await at.log.runtimeState(header.session_id)
  const playable = at.games.find(header.game_name)
  if (!restore || !playable) return undefined
  const [pc = null, npc = null] = await Promise.all(
    [header.pc_hid, header.npc_hid].map((hid) => at.characterOf(hid ?? '')),
  )
  if (playable.dialogue.characters && (!pc || !npc)) return undefined
  const { world, dialogue, game } = playable
  const json = dialogue.configure({ game, pc, npc, restore, overrides: {} })
  const sink = at.log.sink(header, claimed.claim, 0)
  const followers = new Followers(header.session_id)
  const answering = { ...at, followers, startedAt: at.clock.wall() }
  const episode = await at.episodes.start({
    ...episodeOptions(playable, answering),
    world,
    configured: withoutVariant(configureWorld(world, undefined, json)),
    kind: 'session',
    id: header.session_id,
    seed: 0,
    slots: SESSION_SLOTS,
    pacing: { mode: 'lockstep' },
    gatherMs: 0,
    sink,
  })
  const session = live(claimed, at, { episode, sink, followers, dialogue })
  await episode.durable()
  return session
}

interface Opened {
  readonly episode: Episode
  readonly sink: SessionSink
  readonly followers: Followers
  readonly dialogue: LiveSessionParts['dialogue']
}
type LiveSessionParts = Parameters<typeof LiveSession.start>[0]

function live({ stored, claim, listener }: Claimed, { clock }: SessionEnvironment, opened: Opened): LiveSession {
  const { header } = stored
  const startedAt = beginningOf(opened.episode)
  const facts = {
    id: header.session_id,
    playerId: header.player_id,
    gameName: header.game_name,
    pcHid: header.pc_hid ?? '',
    npcHid: header.npc_hid ?? '',
    startedAt,
    createdAt: header.created_at,
  }
  const view = new SessionView(header.session_id, startedAt, header.last_seq)
  // A session that never started has nothing to replay: its player connects for the first time.
  return LiveSession.start({ ...opened, facts, view, clock, claim, listener, isFresh: header.status === 'active' })
}

/**
 * The origin of a session's own time, from the journal. A branch shares its parent's, although it began later.
 * @returns milliseconds since 1970
 */
const beginningOf = ({ header }: Episode): number => Date.parse(header.started_at)
