// One episode on a page, both live and recorded: the playhead, the frame shown there, and the passing of time. The
// course (a worker) folds any step; a live episode's newest frames come from its socket.
import type { LiveFollow } from 'paracosm/client'
import type { EpisodeSummary } from 'paracosm/protocol'
import type { LiveSlot, ViewFrame } from '../../../src/protocol/live.ts'
import type { Course, CourseInfo, Marker, Series } from '../course/types.ts'
import { apiClient } from '../data/client.ts'
import { reportTrouble } from '../data/connection.ts'
import { createStore, type Store } from '../data/store.ts'
import { leader } from '../data/words.ts'

/** Multiples of the world's own pace; 'max' is as fast as frames can be computed. */
export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16, 'max'] as const
export type Speed = (typeof SPEEDS)[number]

/** Steps per second of episodes without a fixed pace. */
const DEFAULT_PACE = 5
/** Milliseconds between two reads of a live journal while scrubbing. */
const EXTEND_MS = 1500
/** A long journal is read again after this many times what the last reading took. */
const PAUSES = 5
/** Milliseconds before a live episode whose socket was refused is tried again. */
const RECONNECT_MS = 3000
/** Maximum number of live frames kept for scores and markers. */
const MAX_LIVE = 50_000

export interface PlayerState {
  /** `opening`: the course is being read. */
  readonly phase: 'opening' | 'ready' | 'failed'
  readonly error: Error | undefined
  readonly summary: EpisodeSummary
  readonly info: CourseInfo | undefined
  /** Steps done at the playhead. */
  readonly step: number
  /** Steps that are known. */
  readonly last: number
  readonly frame: ViewFrame | undefined
  /** Whether `frame` is the one at `step`. */
  readonly isExact: boolean
  readonly isPlaying: boolean
  readonly speed: Speed
  readonly isLive: boolean
  /** Whether the playhead follows a live episode. */
  readonly isFollowing: boolean
  /** Whether the connection to a live episode is down. */
  readonly isLost: boolean
  readonly perspective: number | null
  readonly series: Series
  readonly markers: readonly Marker[]
  readonly slots: readonly LiveSlot[] | undefined
  readonly pace: number
  readonly liveStatus: 'waiting' | 'running' | 'paused' | undefined
  /** The looped or shared range, both ends included. */
  readonly range: { readonly from: number; readonly to: number; readonly isLooping: boolean } | undefined
}

export interface PlayerOptions {
  readonly summary: EpisodeSummary
  readonly course: Course
  /** The initial step; undefined: the newest frame of a live episode, the start of a recorded one. */
  readonly step: number | undefined
  readonly perspective?: number | null
  /** Follows a live episode; absent in shared files. */
  readonly follow?: boolean
}

export class EpisodePlayer {
  readonly state: Store<PlayerState>
  readonly course: Course
  readonly #frameListeners = new Set<() => void>()
  readonly #wantsStep: number | undefined
  #follow: LiveFollow | undefined
  #reconnect: ReturnType<typeof setTimeout> | undefined
  #isSeeking = false
  #animation = 0
  #playedAt = 0
  #owed = 0
  #extendedAt = 0
  /** Milliseconds that the last reading took. */
  #readMs = 0
  #liveSteps: number[] = []
  #liveScores: number[][] = []
  #liveMarkers: Marker[] = []
  #isClosed = false

  constructor({ summary, course, step, perspective = null, follow = true }: PlayerOptions) {
    this.course = course
    this.#wantsStep = step
    const isLive = follow && summary.status === 'live'
    this.state = createStore<PlayerState>({
      phase: 'opening',
      error: undefined,
      summary,
      info: undefined,
      step: step ?? (isLive ? summary.steps : 0),
      last: summary.steps,
      frame: undefined,
      isExact: false,
      isPlaying: false,
      speed: 1,
      isLive,
      isFollowing: isLive && step === undefined,
      isLost: false,
      perspective,
      series: { steps: [], scores: [] },
      markers: [],
      slots: undefined,
      pace: DEFAULT_PACE,
      liveStatus: undefined,
      range: undefined,
    })
    this.#liveScores = summary.players.map(() => [])
    if (isLive) this.#connect()
    void this.#open()
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#reconnect)
    this.#follow?.stop()
    cancelAnimationFrame(this.#animation)
    this.course.close()
  }

  /** Calls `listener` after every new frame. */
  onFrame(listener: () => void): () => void {
    this.#frameListeners.add(listener)
    return () => this.#frameListeners.delete(listener)
  }

  #set(change: Partial<PlayerState>): void {
    if (this.#isClosed) return
    const before = this.state.get()
    this.state.set({ ...before, ...change })
    if (change.frame && change.frame !== before.frame) for (const listener of [...this.#frameListeners]) listener()
  }

  async #open(): Promise<void> {
    try {
      const info = await this.course.open()
      this.#extendedAt = performance.now()
      const { isLive, isFollowing, step, last } = this.state.get()
      const { pacing } = info.header
      const pace = pacing.mode === 'rate' ? pacing.stepsPerSecond : DEFAULT_PACE
      const known = Math.max(info.steps, isLive ? last : 0)
      this.#set({ phase: 'ready', info, last: known, pace, ...this.#merged(info) })
      // The step is the wanted one, unless a key or the timeline moved the playhead in the meantime.
      if (!isFollowing) this.seek(Math.min(step, known))
      if (!info.isWhole) void this.#loadSeries()
      const isUntouched = this.#wantsStep === undefined && step === 0
      if (!isLive && isUntouched && info.problem === undefined && known > 0) this.play()
    } catch (error) {
      if (this.#isClosed) return
      this.#set({ phase: 'failed', error: error instanceof Error ? error : new Error(String(error)) })
    }
  }

  async #loadSeries(): Promise<void> {
    if (!('series' in this.course) || typeof this.course.series !== 'function') return
    const series: Series = await this.course.series()
    const { info } = this.state.get()
    if (info) this.#set({ info: { ...info, series }, series })
  }

  /** The data of the course, followed by newer live data. */
  #merged(info: CourseInfo): Pick<PlayerState, 'series' | 'markers'> {
    const end = info.series.steps.at(-1) ?? -1
    const first = this.#liveSteps.findIndex((step) => step > end)
    if (first < 0) return { series: info.series, markers: info.markers }
    const late = this.#liveMarkers.filter(({ step }) => step > end)
    return {
      series: {
        steps: [...info.series.steps, ...this.#liveSteps.slice(first)],
        scores: info.series.scores.map((scores, slot) => [...scores, ...(this.#liveScores[slot]?.slice(first) ?? [])]),
      },
      markers: [...info.markers, ...late],
    }
  }

  #connect(): void {
    const { id } = this.state.get().summary
    this.#follow = apiClient().episodes.live(id, {
      hello: ({ frame, slots, status, rate, episode }) => {
        this.#set({ isLost: false, slots, liveStatus: status, summary: episode, ...(rate ? { pace: rate } : {}) })
        this.#takeLive(frame)
      },
      frame: (frame) => this.#takeLive(frame),
      status: ({ slots, status, rate }) => this.#set({ slots, liveStatus: status, ...(rate ? { pace: rate } : {}) }),
      end: ({ episode }) => void this.#ended(episode),
      lost: () => {
        this.#set({ isLost: true })
        reportTrouble()
      },
      gone: () => void this.#gone(),
    })
  }

  async #gone(): Promise<void> {
    try {
      const episode = await apiClient().episodes.get(this.state.get().summary.id)
      if (episode.status !== 'live') {
        await this.#ended(episode)
        return
      }
    } catch {
      // The banner reports that the server is unreachable; loaded data stays.
      reportTrouble()
    }
    if (this.#isClosed) return
    this.#set({ isLost: true })
    this.#reconnect = setTimeout(() => this.#connect(), RECONNECT_MS)
  }

  #takeLive(frame: ViewFrame): void {
    const { isFollowing, perspective, info } = this.state.get()
    if (this.#liveSteps.at(-1) !== frame.step && this.#liveSteps.length < MAX_LIVE) {
      const before = this.#liveScores.map((scores) => scores.at(-1) ?? 0)
      const ahead = leader(frame.standing.scores)
      this.#liveSteps.push(frame.step)
      for (const [slot, scores] of this.#liveScores.entries()) scores.push(frame.standing.scores[slot] ?? 0)
      if (ahead !== undefined && ahead !== leader(before) && this.#liveSteps.length > 1) {
        this.#liveMarkers.push({ step: frame.step, kind: 'lead', slot: ahead, text: 'takes the lead' })
      }
      for (const { kind, data } of frame.events) {
        this.#liveMarkers.push({
          step: frame.step,
          kind: 'event',
          slot: null,
          text: kind.replaceAll(/[._]/g, ' '),
          data,
        })
      }
    }
    const shown = isFollowing && perspective === null ? { frame, step: frame.step, isExact: true } : {}
    const known = info ? this.#merged(info) : {}
    this.#set({ last: Math.max(this.state.get().last, frame.step), ...known, ...shown })
  }

  /** A live episode has ended: from now on it is a recorded one, at the same position. */
  async #ended(summary: EpisodeSummary): Promise<void> {
    const { step, isFollowing } = this.state.get()
    this.#set({ isLive: false, isFollowing: false, isLost: false, summary, liveStatus: undefined })
    try {
      const info = await this.course.open()
      this.#set({ info, last: info.steps, series: info.series, markers: info.markers, phase: 'ready' })
      this.seek(isFollowing ? info.steps : Math.min(step, info.steps))
      if (!info.isWhole) await this.#loadSeries()
    } catch (error) {
      this.#set({ phase: 'failed', error: error instanceof Error ? error : new Error(String(error)) })
    }
  }

  /** Moves the playhead; the frame follows as soon as it is folded. */
  seek(step: number): void {
    const { last, isLive } = this.state.get()
    const target = Math.max(0, Math.min(last, Math.round(step)))
    this.#set({ step: target, isExact: this.state.get().frame?.step === target && !isLive, isFollowing: false })
    void this.#load()
  }

  /** Seeks to a step at the user's request: playback stops. */
  goTo(step: number): void {
    this.pause()
    this.seek(step)
  }

  async #load(): Promise<void> {
    if (this.#isSeeking) return
    this.#isSeeking = true
    try {
      for (;;) {
        const { step, perspective, info, phase } = this.state.get()
        if (this.#isClosed || phase !== 'ready' || !info || info.problem) return
        if (step > info.steps) await this.#extend()
        const frame = await this.course.moment(step, perspective)
        const now = this.state.get()
        if (now.isFollowing && now.perspective === null) return
        const isCurrent = now.step === step && now.perspective === perspective
        if (now.perspective === perspective) this.#set({ frame, isExact: isCurrent, error: undefined })
        if (isCurrent) return
      }
    } catch (error) {
      // A step that the world cannot compute: the page shows the error and keeps the current frame.
      this.#set({ error: error instanceof Error ? error : new Error(String(error)), isPlaying: false })
    } finally {
      this.#isSeeking = false
    }
  }

  /** Reads the journal of a live episode again, for steps after the last read. */
  async #extend(): Promise<void> {
    const wait = this.#extendedAt + EXTEND_MS - performance.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    const began = performance.now()
    const info = await this.course.open()
    this.#extendedAt = performance.now()
    this.#readMs = this.#extendedAt - began
    this.#set({ info, ...this.#merged(info) })
    const { step, isFollowing, perspective } = this.state.get()
    // A page that follows shows the newest frame, which needs no journal.
    if (step > info.steps && !(isFollowing && perspective === null)) this.#set({ step: info.steps })
  }

  /** Reads what a live episode has recorded since the last read. Call it again and again: it reads rarely enough. */
  async catchUp(): Promise<void> {
    const { isLive, phase, info, last } = this.state.get()
    const isDue = performance.now() >= this.#extendedAt + Math.max(EXTEND_MS, this.#readMs * PAUSES)
    if (!isLive || phase !== 'ready' || !info || last <= info.steps || !isDue || this.#isSeeking) return
    this.#isSeeking = true
    try {
      await this.#extend()
    } catch {
      // The connection reports it when the server is away; the next call tries again.
    } finally {
      this.#isSeeking = false
      // The playhead may have moved meanwhile.
      if (!this.state.get().isFollowing) void this.#load()
    }
  }

  play(): void {
    const { isPlaying, step, last, isLive, isFollowing } = this.state.get()
    if (isPlaying || isFollowing) return
    if (step >= last && !isLive) this.seek(0)
    this.#playedAt = performance.now()
    this.#owed = 0
    this.#set({ isPlaying: true })
    this.#animation = requestAnimationFrame(() => this.#tick())
  }

  pause(): void {
    cancelAnimationFrame(this.#animation)
    if (this.state.get().isPlaying) this.#set({ isPlaying: false })
  }

  toggle(): void {
    const { isPlaying, isFollowing, step } = this.state.get()
    if (isFollowing) this.goTo(step)
    else if (isPlaying) this.pause()
    else this.play()
  }

  #tick(): void {
    const { isPlaying, speed, pace, step, last, isLive, range } = this.state.get()
    if (!isPlaying || this.#isClosed) return
    const now = performance.now()
    this.#owed += speed === 'max' ? 1 : ((now - this.#playedAt) / 1000) * pace * speed
    this.#playedAt = now
    const whole = Math.floor(this.#owed)
    // Time does not run ahead of the worker: playback waits for a frame that is not available yet.
    if (whole > 0 && !this.#isSeeking) {
      this.#owed = Math.min(this.#owed - whole, 1)
      const end = range?.isLooping ? range.to : last
      if (step < end) this.seek(Math.min(end, step + whole))
      else if (range?.isLooping) this.seek(range.from)
      else if (isLive) this.backToLive()
      else this.pause()
    }
    this.#animation = requestAnimationFrame(() => this.#tick())
  }

  backToLive(): void {
    this.pause()
    if (!this.state.get().isLive) return
    this.#set({ isFollowing: true, perspective: null, step: this.state.get().last })
  }

  setSpeed(speed: Speed): void {
    this.#set({ speed })
  }

  /** One speed slower or faster. */
  changeSpeed(by: -1 | 1): void {
    const at = SPEEDS.indexOf(this.state.get().speed) + by
    const speed = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, at))]
    if (speed !== undefined) this.setSpeed(speed)
  }

  setPerspective(perspective: number | null): void {
    this.#set({ perspective, isFollowing: perspective === null && this.state.get().isFollowing, isExact: false })
    void this.#load()
  }

  /** The next or previous marker's step; undefined: there is none. */
  event(direction: -1 | 1): Marker | undefined {
    const { markers, step } = this.state.get()
    const found =
      direction > 0 ? markers.find((each) => each.step > step) : markers.findLast((each) => each.step < step)
    if (found) this.goTo(found.step)
    return found
  }

  setRange(range: PlayerState['range']): void {
    this.#set({ range })
  }
}
