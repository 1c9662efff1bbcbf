// Assignments that are played in worlds: participants enter a waiting room, groups of them get an episode, and its end
// ends their assignments. After a crash at any point, a sweep by any server on the store repairs the state.
import type { Episode } from '../../episode/episode.ts'
import type { EpisodeService } from '../../host/episode-service.ts'
import { AppError } from '../../kernel/errors.ts'
import type { EpisodeSummary } from '../../protocol/catalogue.ts'
import { type ExitReason, participantSlots, type StudyArm, type StudySlot } from '../../protocol/study-worlds.ts'
import type { Scene } from '../../store/studies/acts.ts'
import type { StoredAssignment } from '../../store/studies/rows.ts'
import type { OpenEpisode, StudyEpisodes } from '../../store/studies/study-episodes.ts'
import type { PlannedSlots, WaitingRooms } from '../../store/studies/waiting-rooms.ts'
import { armOf } from '../study.ts'
import { refuse, SAY } from '../words/sentences.ts'
import type { StudyCatalogue } from './catalogue.ts'
import { limitOf, type OpenStudy } from './environment.ts'
import { exitOf, playersOf, presenceOf } from './episode-exits.ts'
import { EPISODE_KIND, planSlots, specOf } from './plan-slots.ts'
import { StandIns, standInsOf } from './stand-ins.ts'

interface WorldPlayParts {
  readonly rooms: WaitingRooms
  readonly played: StudyEpisodes
  readonly episodes: EpisodeService
  readonly catalogue: StudyCatalogue
  readonly onFault: (what: string, error: unknown) => void
  /** Lets a model play a slot until the episode ends. @throws errors of the model's client */
  readonly sit: (episode: Episode, slot: number, model: string) => Promise<void>
}

const MS = 1000
/** Milliseconds after which an episode that no server runs was never started: its server died between two writes. */
const UNSTARTED_MS = 60_000
/** Milliseconds past its limit after which an episode of a dead server counts as lost. */
const LOST_MS = 600_000
/** Episodes per sweep. */
const SWEPT = 500

export class WorldPlays {
  readonly #parts: WorldPlayParts
  /** Arms of the episodes of this server. */
  readonly #seen = new Map<string, StudyArm>()
  readonly #standIns = new StandIns()

  constructor(parts: WorldPlayParts) {
    this.#parts = parts
  }

  /**
   * Admits a participant to the waiting room of an assignment's arm; once enough participants are there, the episode
   * begins.
   * @throws AppError STUDY_REFUSED, STUDY_FORBIDDEN
   */
  async enter(
    open: OpenStudy,
    row: Pick<StoredAssignment, 'id' | 'game' | 'player'>,
    check: (scene: Scene) => void,
  ): Promise<void> {
    const { study } = open
    const arm = armOf(study, row.game)
    if (!arm) throw refuse(SAY.textGame(row.game))
    await this.#parts.rooms.enter({
      study: study.name,
      player: row.player,
      assignment: row.id,
      arm: row.game,
      waitMs: arm.wait.seconds * MS,
      graceMs: arm.wait.grace_seconds * MS,
      limit: limitOf(study),
      check,
    })
    await this.match(open, row.game)
  }

  leave(open: OpenStudy, player: string): Promise<void> {
    return this.#parts.rooms.leave({ study: open.study.name, player })
  }

  /** Forms all possible groups of a room. */
  async match({ study }: OpenStudy, name: string): Promise<void> {
    const arm = armOf(study, name)
    if (!arm) return this.#parts.rooms.clear(study.name, name)
    const { wait } = arm
    const rules = {
      study: study.name,
      arm: name,
      size: participantSlots(arm).length,
      graceMs: wait.grace_seconds * MS,
      onTimeout: wait.on_timeout,
    }
    const plan = (members: readonly unknown[]): PlannedSlots =>
      planSlots({ study: study.name, name, arm }, members.length)
    for (;;) {
      const matched = await this.#parts.rooms.match(rules, plan)
      if (!matched) return
      if (matched.kind === 'group') await this.#begin(arm, matched.plan)
    }
  }

  /** The group's assignments are in progress; they are released if the episode cannot begin. */
  async #begin(arm: StudyArm, planned: PlannedSlots): Promise<void> {
    const { episodes, played, onFault } = this.#parts
    try {
      this.#sit(await episodes.start(specOf(arm, planned)), arm)
      await played.begin(planned.episode)
    } catch (error) {
      onFault('study.episode_not_started', error)
      if (!episodes.get(planned.episode)) await this.#end(planned.episode, 'not_started')
    }
  }

  /** The state of a participant's assignment of an arm. It also records that their page is open. */
  async standing(open: OpenStudy, row: Pick<StoredAssignment, 'id' | 'player'>) {
    const { rooms, played } = this.#parts
    const playing = await played.playing(row.id)
    if (playing && !playing.isStarting) {
      const { episode: episode_id, world, slot, token } = playing
      const live = this.#parts.episodes.get(episode_id)
      const shown: StudySlot = { episode_id, world, slot, token, stand_ins: live ? standInsOf(live) : [] }
      return { playing: shown, waiting: null }
    }
    const key = { study: open.study.name, player: row.player }
    const waiter = playing ? undefined : await rooms.touch(key)
    if (!playing && waiter?.assignment !== row.id) return undefined
    const arm = waiter && armOf(open.study, waiter.arm)
    const now = Date.now()
    const size = arm ? participantSlots(arm).length : 1
    const waiting = {
      waited_ms: waiter ? Math.max(0, now - waiter.enteredAt) : 0,
      left_ms: waiter ? Math.max(0, waiter.deadline - now) : 0,
      present: waiter ? await rooms.present(key.study, waiter.arm) : size,
      size,
      on_timeout: arm?.wait.on_timeout ?? ('release' as const),
    }
    return { playing: null, waiting }
  }

  /** Called when an episode of this server is archived. */
  async ended(id: string): Promise<void> {
    if (!id.startsWith(`${EPISODE_KIND}-`)) return
    await this.#parts.episodes.archived(id)
    const open = await this.#parts.played.find(id)
    if (open) await this.#check(open)
  }

  /** Maintains waiting rooms and episodes of all servers on this store. */
  async sweep(): Promise<void> {
    const { rooms, played, catalogue, onFault } = this.#parts
    for (const { study, arm } of await rooms.occupied()) {
      try {
        await this.match(await catalogue.open(study), arm)
      } catch (error) {
        onFault('study.match_failed', error)
      }
    }
    for (const open of await played.open(SWEPT)) {
      try {
        await this.#check(open)
      } catch (error) {
        onFault('study.settle_failed', error)
      }
    }
  }

  async #check(open: OpenEpisode): Promise<void> {
    const { episodes, played } = this.#parts
    const now = Date.now()
    const summary = await this.#summary(open.id)
    if (!summary) {
      // Its start may be in progress, here or on another server.
      return now - open.createdAt > UNSTARTED_MS ? this.#end(open.id, 'not_started') : undefined
    }
    const { status } = summary
    if (status === 'finished') return this.#settle(open.id, summary)
    if (status === 'failed' || status === 'broken') return this.#end(open.id, 'episode_failed')
    if (open.status === 'starting') await played.begin(open.id)
    const live = episodes.get(open.id)
    if (live && !this.#seen.has(open.id)) await this.#sitAgain(live, open)
    const arm = this.#seen.get(open.id)
    if (live && arm) this.#standIns.check(live, arm, now)
    if (now <= open.endsBy) return
    if (live && !live.isClosed) return live.truncate('The time limit of the study was reached.')
    if (now > open.endsBy + LOST_MS) await this.#end(open.id, 'server_lost')
  }

  /** After a restart: reconnects the models of a resumed episode. */
  async #sitAgain(live: Episode, { study, arm: name }: OpenEpisode): Promise<void> {
    const arm = armOf((await this.#parts.catalogue.open(study)).study, name)
    if (arm) this.#sit(live, arm)
  }

  #sit(episode: Episode, arm: StudyArm): void {
    const { sit, onFault } = this.#parts
    const { episode: id } = episode.header
    this.#seen.set(id, arm)
    const forget = (): void => {
      this.#seen.delete(id)
      this.#standIns.forget(id)
    }
    episode.done.then(forget, forget)
    for (const [slot, player] of arm.players.entries()) {
      if (player === 'participant' || 'bot' in player) continue
      sit(episode, slot, player.model).catch((error: unknown) => onFault('study.model_failed', error))
    }
  }

  async #summary(id: string): Promise<EpisodeSummary | undefined> {
    try {
      return await this.#parts.episodes.find(id)
    } catch (error) {
      if (error instanceof AppError && error.code === 'UNKNOWN_EPISODE') return undefined
      throw error
    }
  }

  async #settle(id: string, { outcome, results, steps }: EpisodeSummary): Promise<void> {
    const { episodes, played } = this.#parts
    if (!outcome) return this.#end(id, 'episode_failed')
    const file = await episodes.readJournal(id)
    try {
      const presence = await presenceOf(file.lines())
      await played.settle(id, {
        outcome,
        results,
        exitOf: (slot) => exitOf(presence.get(slot), outcome, steps),
        playersOf: (slot, planned) => playersOf(presence.get(slot), planned),
      })
    } finally {
      await file.close()
    }
  }

  /** The same exit reason for all participants, without a result. */
  async #end(id: string, reason: ExitReason): Promise<void> {
    await this.#parts.played.settle(id, {
      outcome: null,
      results: null,
      exitOf: () => reason,
      playersOf: (_slot, planned) => planned,
    })
  }

  /** Removes episodes that no longer contain participants' data. */
  async remove(ids: readonly string[]): Promise<void> {
    const { episodes } = this.#parts
    for (const id of ids) {
      await episodes.get(id)?.truncate('The participant withdrew.')
      await episodes.archived(id)
      await episodes.remove(id)
    }
  }
}
