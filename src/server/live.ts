// The episodes that run in this server: started, resumed, found by id, and put away when they end.
import { createElapsed, createOfflineWorkers } from '../adapters/session/offline-workers.ts'
import { type Archive, summariseHeader } from '../episode/archive.ts'
import type { Episode } from '../episode/episode.ts'
import { createBotPlayer } from '../episode/in-process-players.ts'
import { createToken, isSameToken } from '../episode/slots.ts'
import { createEpisodeId, resumeEpisode, type SlotPlan, startEpisode } from '../episode/start.ts'
import { AppError } from '../kernel/errors.ts'
import { configureWorld, type World } from '../kernel/world.ts'
import type { EpisodeSummary } from '../protocol/catalogue.ts'
import type { PlayerRef } from '../protocol/episode.ts'
import type { Pacing } from '../protocol/journal.ts'
import type { JsonObject } from '../protocol/json.ts'
import { loadRecordedWorld, loadWorld } from '../worlds/catalogue.ts'

/** Episodes that may run at once. */
export const MAX_LIVE = 2000
/** Milliseconds that an episode waits for people and programs to take their slots. */
const GATHER_MS = 180_000
const LEAD_MS = 500

export interface Log {
  info(details: object, message: string): void
  error(details: object, message: string): void
}

export interface NewEpisode {
  readonly world: string
  readonly variant?: string | undefined
  readonly config?: JsonObject | undefined
  readonly seed: number
  /** A bot's name, or null for a slot that somebody will take with its token. One a slot. */
  readonly players: readonly (string | null)[]
  readonly pacing: Pacing
  /** Put before the id, so that episodes of one kind stand together. */
  readonly prefix?: string
}

export class LiveEpisodes {
  readonly #archive: Archive
  readonly #log: Log
  readonly #onPutAway: (id: string) => void
  readonly #live = new Map<string, Episode>()
  #isClosing = false

  /** @param onPutAway told of every episode that has ended, once its journal is at rest */
  constructor(archive: Archive, log: Log, onPutAway: (id: string) => void = () => undefined) {
    this.#archive = archive
    this.#log = log
    this.#onPutAway = onPutAway
  }

  get(id: string): Episode | undefined {
    return this.#live.get(id)
  }

  /** The episode that has a slot with this token. All are compared, so that the time tells little. */
  withToken(token: string): Episode | undefined {
    let found: Episode | undefined
    for (const episode of this.#live.values()) {
      for (const handle of episode.slots) if (isSameToken(token, handle.token)) found = episode
    }
    return found
  }

  get size(): number {
    return this.#live.size
  }

  /** Live and archived episodes, newest first. */
  list(): EpisodeSummary[] {
    const live = [...this.#live.values()].map(summariseEpisode)
    return [...live, ...this.#archive.list()].sort((a, b) => compareText(b.started_at ?? '', a.started_at ?? ''))
  }

  find(id: string): EpisodeSummary {
    const episode = this.#live.get(id)
    const summary = episode ? summariseEpisode(episode) : this.#archive.get(id)
    if (summary) return summary
    throw new AppError('UNKNOWN_EPISODE', `there is no episode ${id}`)
  }

  /** @throws AppError UNKNOWN_WORLD, UNKNOWN_VARIANT, UNKNOWN_BOT, CONFIG_INVALID, or QUEUE_FULL at MAX_LIVE */
  async start(wanted: NewEpisode): Promise<Episode> {
    if (this.#isClosing || this.#live.size >= MAX_LIVE) {
      throw new AppError('QUEUE_FULL', `${this.#live.size} episodes run already`, { hint: 'Wait for one to end.' })
    }
    const world = await loadWorld(wanted.world)
    const configured = configureWorld(world, wanted.variant, wanted.config)
    const slots = wanted.players.map((name, slot) => planSlot(world, name, { seed: wanted.seed, slot }))
    const id = `${wanted.prefix ?? ''}${createEpisodeId(Date.now())}`
    if (slots.length !== world.slots(configured.config)) {
      throw new AppError('CONFIG_INVALID', `this configuration has ${world.slots(configured.config)} slots`)
    }
    const sink = await this.#archive.create(
      id,
      slots.map((handle) => handle.token),
    )
    const episode = startEpisode(world, configured, {
      id,
      seed: wanted.seed,
      slots,
      pacing: wanted.pacing,
      gatherMs: slots.every((handle) => handle.inProcess) ? 0 : GATHER_MS,
      leadMs: LEAD_MS,
      workers: createOfflineWorkers(createElapsed()),
      sink,
    })
    this.#keep(episode)
    return episode
  }

  #keep(episode: Episode): void {
    const id = episode.header.episode
    this.#live.set(id, episode)
    const putAway = async (): Promise<void> => {
      try {
        await this.#archive.finish(id, await episode.done)
        this.#log.info({ episode: id, steps: episode.step }, 'episode.finished')
        this.#onPutAway(id)
      } catch (error) {
        if (!this.#isClosing) this.#log.error({ episode: id, error: String(error) }, 'episode.failed')
      } finally {
        this.#live.delete(id)
      }
    }
    void putAway()
    episode.begin()
    this.#log.info({ episode: id, world: episode.world.id }, 'episode.started')
  }

  /** Goes on with every episode that a stop or crash left unfinished. */
  async resumeAll(): Promise<number> {
    let count = 0
    for (const id of this.#archive.unfinished()) {
      try {
        const { journal, tokens, sink } = await this.#archive.reopen(id)
        const world = await loadRecordedWorld(journal.header)
        const { seed } = journal.header
        const inProcessFor = (player: PlayerRef, slot: number) =>
          player.kind === 'bot' ? createBotPlayer(world, player.name, { seed, slot }) : undefined
        this.#keep(
          resumeEpisode(world, journal, {
            inProcessFor,
            tokens,
            sink,
            gatherMs: GATHER_MS,
            leadMs: LEAD_MS,
            workers: createOfflineWorkers(createElapsed()),
          }),
        )
        count++
      } catch (error) {
        this.#log.error({ episode: id, error: String(error) }, 'episode.resume_failed')
        const known = error instanceof AppError ? error : new AppError('JOURNAL_CORRUPT', String(error))
        await this.#archive.abandon(id, known.toProblem())
      }
    }
    return count
  }

  /** Stops every episode after the step under way. Returns the ids of those that a next start will go on with. */
  async close(): Promise<string[]> {
    this.#isClosing = true
    const left: string[] = []
    for (const [id, episode] of this.#live) {
      if (!episode.isOver) left.push(id)
      await episode.stop()
    }
    return left
  }
}

function planSlot(world: World, name: string | null, at: { seed: number; slot: number }): SlotPlan & { token: string } {
  const token = createToken()
  if (name === null) return { player: { kind: 'empty', name: `Player ${at.slot + 1}` }, token }
  return { player: { kind: 'bot', name }, inProcess: createBotPlayer(world, name, at), token }
}

function summariseEpisode(episode: Episode): EpisodeSummary {
  return {
    ...summariseHeader(episode.header, 'live'),
    players: episode.slots.map((handle) => handle.player),
    steps: episode.step,
    results: episode.standing(),
  }
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
