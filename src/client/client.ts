// `createClient`: a paracosm server from the outside, typed. The shapes are those of the protocol, as they travel.
import type { z } from 'zod'
import type { About, Caller, ReadyState } from '../protocol/about.ts'
import type {
  EpisodePage,
  EpisodeRequest,
  EpisodeSummary,
  StartedEpisode,
  WorldBoard,
  WorldDetail,
  WorldDocument,
  WorldSummary,
} from '../protocol/catalogue.ts'
import type { Character } from '../protocol/character.ts'
import type { CharacterCoverage } from '../protocol/character-coverage.ts'
import type { CommandFilters, CommandLogRow, CommandPage } from '../protocol/command-log.ts'
import type { BranchRequest, PaceRequest, PaceState, PartInspection } from '../protocol/control.ts'
import type { ForkRequest, ScoreSeries } from '../protocol/episode-actions.ts'
import type { ViewFrame } from '../protocol/live.ts'
import type {
  Authenticated,
  Branched,
  CharacterEntry,
  CharacterList,
  EvaluationAnswer,
  FeedbackCleared,
  FeedbackRequest,
  FeedbackStored,
  GameList,
  PlayRequest,
  PlayStarted,
  Reconstruction,
  Registered,
  Registration,
  RoleModelsInfo,
  ServerConfig,
  ServerStatus,
  SessionList,
  SessionStatus,
  Setup,
  SpectatorKey,
} from '../protocol/session.ts'
import { evaluationMethods } from './evaluations.ts'
import { ask, type Credentials, download, fetchAnswer, isServerThere, loadPart } from './http.ts'
import { leagueMethods } from './leagues.ts'
import { type LiveEvents, LiveFollow } from './live.ts'
import { operateMethods } from './operate.ts'
import { PerceptionClient } from './perception.ts'
import type { ConnectionState } from './play-event.ts'
import type { PlayOptions, PlaySession } from './play-session.ts'
import { type SlotEvents, SlotPlay } from './slot-play.ts'

/** The server and the access key. */
export interface ClientOptions {
  /** Of the server: 'http://127.0.0.1:8080'. */
  readonly url: string
  /** A player's access key. It is sent in headers and in the first frame of a socket, never in a URL. */
  readonly key?: string | undefined
  /** Receives the connection status of sessions. */
  readonly onState?: (state: ConnectionState, sessionId: string) => void
  /** Aborts every pending request, and leaves every session. */
  readonly signal?: AbortSignal
  /**
   * Whether what the server sends is checked against the protocol's schemas. Default true. The pages that a server serves
   * are of its own build: they do without, and a browser then never loads the schemas.
   */
  readonly checks?: boolean
}

type StartRequest = Omit<z.input<typeof PlayRequest>, 'api_key'>

/** Which episodes to list. */
export interface EpisodeQuery {
  readonly status?: EpisodeSummary['status']
  readonly world?: string
  readonly variant?: string
  /** The exact name of a player in any slot. */
  readonly player?: string
  /** `next_cursor` of the page before. */
  readonly cursor?: string
  readonly limit?: number
  readonly offset?: number
}

/** Which commands of the log to read. */
export interface CommandQuery extends CommandFilters {
  /** 1 to 1000; default 100. */
  readonly limit?: number
  /** `next_cursor` of the page before. */
  readonly cursor?: string
}

interface SlotRef {
  readonly agentId: string
  /** The slot's token; absent where the adapter asks for none. */
  readonly token?: string
  /** Episode and slot; absent: the bare routes of a server of one episode. */
  readonly episode?: string
  readonly slot?: number
  readonly retries?: number
}

/** The methods of a client; `createClient` makes one. */
export interface Client extends ReturnType<typeof methodsOf> {
  /** The same client for another player. */
  withKey(key: string): Client
}

/**
 * A client of one server. It holds no connection until a session is played, and may be thrown away at any time.
 * Every method rejects with ClientError and nothing else. Reads are repeated twice when a failure may pass; writes never.
 *
 * @example
 * import { createClient } from 'paracosm/client'
 *
 * const client = createClient({ url: 'http://127.0.0.1:8080' })
 * console.log(client)
 */
export function createClient(options: ClientOptions): Client {
  return { ...methodsOf(options), withKey: (key) => createClient({ ...options, key }) }
}

function methodsOf(options: ClientOptions) {
  const url = options.url.replace(/\/+$/, '')
  const caller: Credentials = {
    url,
    key: options.key,
    signal: options.signal,
    isTrusted: options.checks === false,
  }
  return {
    url,
    ...playerMethods(caller),
    ...serverMethods(caller),
    ...evaluationMethods(caller),
    ...sessionMethods(caller),
    ...playMethods(caller, options),
    episodes: episodeMethods(caller),
    leagues: leagueMethods(caller),
    operate: operateMethods(caller),
    /** An agent's way into a slot of an episode; it throws PerceptionFailure, in the words of the adapter. */
    perception({ episode, slot = 0, ...who }: SlotRef): PerceptionClient {
      const at = episode === undefined ? '' : `/api/episodes/${encodeURIComponent(episode)}/slots/${slot}`
      return new PerceptionClient({ url: url + at, signal: options.signal, ...who })
    },
  }
}

function playerMethods(caller: Credentials) {
  return {
    /** A new player. The key is in this answer and nowhere else: keep it, and use it with `withKey`. */
    register: (form: Registration): Promise<Registered> =>
      ask(caller, (s) => s.Registered, '/api/player/registration', { method: 'POST', body: form }),
    /** The player of the client's key. UNAUTHORIZED: the key is unknown. */
    authenticate: (): Promise<Authenticated> =>
      ask(caller, (s) => s.Authenticated, '/api/player/auth', { method: 'POST', body: { api_key: caller.key ?? '' } }),
  }
}

function serverMethods(caller: Credentials) {
  return {
    /** The server's version, and an id that changes with every start. */
    about: (): Promise<About> => ask(caller, (s) => s.About, '/api/about'),
    /** Whether the caller may do what administrators do: from the server's machine, or with the admin key as `key`. */
    caller: (): Promise<Caller> => ask(caller, (s) => s.Caller, '/api/caller'),
    /** Whether the server is ready, and its faults if it is not. */
    ready: (): Promise<ReadyState> => ask(caller, (s) => s.ReadyState, '/readyz', { accepts: 503 }),
    /** Which mode the server is in, and whether it asks for keys. */
    serverConfig: (): Promise<ServerConfig> => ask(caller, (s) => s.ServerConfig, '/api/server/config'),
    serverStatus: (): Promise<ServerStatus> => ask(caller, (s) => s.ServerStatus, '/api/status'),
    /** What plays the characters: `model`, or a substitute (`local`, `fixed`). */
    models: (): Promise<RoleModelsInfo> => ask(caller, (s) => s.RoleModelsInfo, '/api/models'),
    games: async (): Promise<GameList['games']> => (await ask(caller, (s) => s.GameList, '/api/games/list')).games,
    characters: async (): Promise<CharacterList['characters']> =>
      (await ask(caller, (s) => s.CharacterList, '/api/characters/list')).characters,
    /** The characters, with the fields for filters: kind, labels, divergence. */
    characterTable: async (): Promise<CharacterEntry[]> =>
      (await ask(caller, (s) => s.CharacterTable, '/api/characters/table')).characters,
    /** The whole sheet of a character. */
    character: (hid: string): Promise<Character> =>
      ask(caller, (s) => s.Character, `/api/characters/${encodeURIComponent(hid)}`),
    /** Adds a character, or changes its top-level fields. With the admin key. Returns its id. */
    saveCharacter: async (sheet: Character): Promise<string> => {
      const body = { character_id: sheet.hid, data: sheet }
      return (await ask(caller, (s) => s.SavedCharacter, '/api/characters', { method: 'POST', body })).character_id
    },
    /** What the human characters diverge from, and which values the others combine. */
    characterCoverage: (): Promise<CharacterCoverage> =>
      ask(caller, (s) => s.CharacterCoverage, '/api/characters/coverage'),
    /** Who can be played and met in a game. */
    setup: (game: string): Promise<Setup> => ask(caller, (s) => s.Setup, `/api/play/setup/${encodeURIComponent(game)}`),
    worlds: (): Promise<WorldSummary[]> => ask(caller, (s) => s.WorldSummary.array(), '/api/worlds'),
    world: (id: string): Promise<WorldDetail> =>
      ask(caller, (s) => s.WorldDetail, `/api/worlds/${encodeURIComponent(id)}`),
    /** What there is to read about a world, in Markdown. */
    worldDocuments: (id: string): Promise<WorldDocument[]> =>
      ask(caller, (s) => s.WorldDocument.array(), `/api/worlds/${encodeURIComponent(id)}/documents`),
    /** Bots and models of a world, the best first. @param variant default: the first */
    worldBoard: (id: string, variant?: string): Promise<WorldBoard> =>
      ask(caller, (s) => s.WorldBoard, `/api/worlds/${encodeURIComponent(id)}/board`, { query: { variant } }),
    /** The command log, newest first. From the machine of the server alone. */
    commands: (query: CommandQuery = {}): Promise<CommandPage> =>
      ask(caller, (s) => s.CommandPage, '/api/commands', { query: { ...query } }),
    /** Number of commands that match the filters. Only from the server's machine. */
    commandCount: async (filters: CommandFilters = {}): Promise<number> =>
      (await ask(caller, (s) => s.CommandCount, '/api/commands/count', { query: { ...filters } })).count,
    /** One command of the log by its number. Only from the server's machine. */
    command: (id: number): Promise<CommandLogRow> => ask(caller, (s) => s.CommandLogRow, `/api/commands/${id}`),
  }
}

function sessionMethods(caller: Credentials) {
  const at = (id: string, rest: string): string => `/api/sessions/${encodeURIComponent(id)}/${rest}`
  const feedback = (id: string, event: string): string => at(id, `events/${encodeURIComponent(event)}/feedback`)
  return {
    /** The caller's sessions, newest first. */
    sessions: async (): Promise<SessionList['sessions']> =>
      (await ask(caller, (s) => s.SessionList, '/api/sessions/list')).sessions,
    sessionStatus: (id: string): Promise<SessionStatus> => ask(caller, (s) => s.SessionStatus, at(id, 'status')),
    /** A session with all its events. */
    reconstruction: (id: string): Promise<Reconstruction> =>
      ask(caller, (s) => s.Reconstruction, at(id, 'reconstruction')),
    /** The player's feedback on a message of the character. A second call replaces it. */
    setFeedback: (id: string, event: string, given: z.input<typeof FeedbackRequest>): Promise<FeedbackStored> =>
      ask(caller, (s) => s.FeedbackStored, feedback(id, event), { method: 'POST', body: given }),
    clearFeedback: (id: string, event: string): Promise<FeedbackCleared> =>
      ask(caller, (s) => s.FeedbackCleared, feedback(id, event), { method: 'DELETE' }),
    /** Branches a session: a new session with the same past, up to a turn or to now. */
    branch: (id: string, atTurn?: number): Promise<Branched> =>
      ask(caller, (s) => s.Branched, at(id, 'branch'), {
        method: 'POST',
        body: atTurn === undefined ? {} : { at_turn: atTurn },
      }),
    /** Creates a key that only allows watching this session; it is shown only once. */
    spectatorKey: (id: string): Promise<SpectatorKey> =>
      ask(caller, (s) => s.SpectatorKey, at(id, 'spectators'), { method: 'POST' }),
    /** The score of the player's guess, for a finished session of Infer Intent. */
    evaluation: (id: string): Promise<EvaluationAnswer> =>
      ask(caller, (s) => s.EvaluationAnswer, at(id, 'infer-intent/evaluation'), {
        method: 'POST',
        timeoutMs: EVALUATION_MS,
      }),
  }
}

/** An evaluation asks a model. */
const EVALUATION_MS = 300_000

function playMethods(caller: Credentials, { onState, signal }: ClientOptions) {
  const open = async (sessionId: string, options: PlayOptions, spectatorKey?: string): Promise<PlaySession> => {
    const path = `/api/play/game/${encodeURIComponent(sessionId)}/ws${options.tokens === true ? '?stream=1' : ''}`
    const signals = [signal, options.signal].filter((each) => each !== undefined)
    // Only those who play load what playing needs.
    const { PlaySession, readRecord } = await loadPart(caller, () => import('./played.ts'))
    const session = new PlaySession(
      {
        sessionId,
        wsUrl: caller.url.replace(/^http/, 'ws') + path,
        key: spectatorKey ?? caller.key,
        isWatching: spectatorKey !== undefined,
        record: async () => {
          if (caller.key === undefined) return undefined
          const path = `/api/sessions/${encodeURIComponent(sessionId)}/reconstruction`
          return readRecord(await ask(caller, (s) => s.Reconstruction, path))
        },
        standing: () =>
          ask(caller, (s) => s.SessionStatus, `/api/sessions/${encodeURIComponent(sessionId)}/status`, {
            timeoutMs: STANDING_MS,
          }),
        onState,
      },
      { ...options, ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }) },
    )
    await session.opened
    return session
  }
  const start = (wanted: StartRequest): Promise<PlayStarted> =>
    ask(caller, (s) => s.PlayStarted, '/api/play/game', { method: 'POST', body: wanted })
  return {
    /** Makes a session, and plays none of it. */
    startSession: start,
    /** Plays a session, from its beginning or from where it was left. */
    play: (sessionId: string, options: PlayOptions = {}): Promise<PlaySession> => open(sessionId, options),
    /** Makes a session and plays it. */
    start: async (wanted: StartRequest, options: PlayOptions = {}): Promise<PlaySession> =>
      open((await start(wanted)).session_id, options),
    /** Watches a session with a key of `spectatorKey`. */
    watch: (sessionId: string, spectatorKey: string, options: PlayOptions = {}): Promise<PlaySession> =>
      open(sessionId, options, spectatorKey),
  }
}

const STANDING_MS = 10_000
/** A fork folds its parent's past. */
const FORK_MS = 120_000

function episodeMethods(caller: Credentials) {
  const at = (id: string): string => `/api/episodes/${encodeURIComponent(id)}`
  return {
    list: (query: EpisodeQuery = {}): Promise<EpisodePage> =>
      ask(caller, (s) => s.EpisodePage, '/api/episodes', { query: { ...query } }),
    get: (id: string): Promise<EpisodeSummary> => ask(caller, (s) => s.EpisodeSummary, at(id)),
    /** Only from the server's machine. */
    start: (wanted: EpisodeRequest): Promise<StartedEpisode> =>
      ask(caller, (s) => s.StartedEpisode, '/api/episodes', { method: 'POST', body: wanted }),
    /** Forks an episode at a step. Only from the server's machine. */
    fork: (id: string, wanted: ForkRequest): Promise<StartedEpisode> =>
      ask(caller, (s) => s.StartedEpisode, `${at(id)}/forks`, { method: 'POST', body: wanted, timeoutMs: FORK_MS }),
    /** Gives a slot of a live episode to a bot or to `model:<name>`, or with null to anyone who has its token. From the machine of the server alone. */
    handOver: (id: string, slot: number, player: string | null): Promise<StartedEpisode> =>
      ask(caller, (s) => s.StartedEpisode, `${at(id)}/slots/${slot}/player`, { method: 'POST', body: { player } }),
    /** The public view after a step; default: the newest. */
    frame: (id: string, step?: number): Promise<ViewFrame> =>
      ask(caller, (s) => s.ViewFrame, `${at(id)}/frame`, { query: { step } }),
    /** Scores over time. */
    series: (id: string): Promise<ScoreSeries> => ask(caller, (s) => s.ScoreSeries, `${at(id)}/series`),
    /** Follows a live episode until it ends or `signal` is aborted; connections that break are made anew. */
    live: (id: string, events: LiveEvents, signal?: AbortSignal): LiveFollow =>
      new LiveFollow(`${caller.url.replace(/^http/, 'ws')}${at(id)}/live`, events, {
        signal: signal ?? caller.signal,
        isTrusted: caller.isTrusted,
        isServerThere: () => isServerThere(caller),
      }),
    /** Plays a slot with its token; a connection that breaks is made anew. */
    play: (id: string, slot: number, token: string, events: SlotEvents): SlotPlay => {
      const query = new URLSearchParams({ slot: String(slot), token })
      return new SlotPlay(
        `${caller.url.replace(/^http/, 'ws')}/episodes/${encodeURIComponent(id)}/player?${query}`,
        events,
        () => isServerThere(caller),
      )
    },
    /** Lines of the journal from the last saved state before `from` up to step `to`, the header first. */
    range: async (id: string, from: number, to: number): Promise<{ lines: string[]; isWhole: boolean }> => {
      const answer = await fetchAnswer(caller, `${at(id)}/range`, { query: { from, to } })
      const lines = (await answer.text()).split('\n').filter((line) => line !== '')
      return { lines, isWhole: answer.headers.get('x-range-complete') === 'true' }
    },
    /** Pauses, resumes, steps or paces a live episode. Only from the server's machine. */
    pace: (id: string, wanted: PaceRequest): Promise<PaceState> =>
      ask(caller, (s) => s.PaceState, `${at(id)}/pace`, { method: 'POST', body: wanted }),
    /** Starts an episode from a step of another. Only from the server's machine. */
    branch: (id: string, wanted: BranchRequest): Promise<StartedEpisode> =>
      ask(caller, (s) => s.StartedEpisode, `${at(id)}/branches`, { method: 'POST', body: wanted }),
    /** Ends a live episode with the standing as its results. Only from the server's machine. */
    end: (id: string, reason: string): Promise<PaceState> =>
      ask(caller, (s) => s.PaceState, `${at(id)}/end`, { method: 'POST', body: { reason } }),
    /** The headless inspection of one part of a live episode. */
    inspect: (id: string, part: number): Promise<PartInspection> =>
      ask(caller, (s) => s.PartInspection, `${at(id)}/parts/${part}`),
    /** The journal as text, a line at a time as it is read: JSON Lines in UTF-8. */
    journal: (id: string): Promise<ReadableStream<Uint8Array>> => download(caller, `${at(id)}/journal.jsonl`),
  }
}
