// One frame of an episode as viewers see it, and the messages of a live episode's socket.
import { z } from 'zod'
import { EpisodeSummary } from './catalogue.ts'
import { Outcome, PlayerRef, Results } from './episode.ts'
import { JsonObject } from './json.ts'

/** An event of a step; `slot` is null for everybody. */
export const ViewEvent = z.strictObject({ slot: z.int().min(0).nullable(), kind: z.string(), data: JsonObject })
export type ViewEvent = z.infer<typeof ViewEvent>

/**
 * One moment of an episode, as one viewer sees it.
 *
 * @example
 * import type { ViewFrame } from 'paracosm/world'
 *
 * export const leads = ({ standing }: ViewFrame): number => standing.scores.indexOf(Math.max(...standing.scores))
 */
export const ViewFrame = z.strictObject({
  /** Steps done. */
  step: z.int().min(0),
  /** What `World.view.spectate` returns, or one slot's observation. */
  view: JsonObject,
  standing: Results,
  /** Events of the step that led here. */
  events: z.array(ViewEvent),
  outcome: Outcome.exactOptional(),
})
export type ViewFrame = z.infer<typeof ViewFrame>

/** Who fills a slot now, and whether the player is connected. */
export const LiveSlot = z.strictObject({ slot: z.int().min(0), player: PlayerRef, is_connected: z.boolean() })
export type LiveSlot = z.infer<typeof LiveSlot>

export const LIVE_STATUSES = ['waiting', 'running', 'paused'] as const

const LiveStatus = z.strictObject({
  status: z.enum(LIVE_STATUSES),
  /** Steps per second; null where the episode has no fixed pace. */
  rate: z.number().nullable(),
  slots: z.array(LiveSlot),
})

/** Frames of `/api/episodes/{id}/live`, from the server. */
export const LiveMessage = z.discriminatedUnion('type', [
  /** The first message. `server` changes when the server has restarted. */
  LiveStatus.extend({ type: z.literal('hello'), server: z.string(), episode: EpisodeSummary, frame: ViewFrame }),
  /** The newest moment, at most 20 per second; its events are those of every step since the previous message. */
  z.strictObject({ type: z.literal('frame'), frame: ViewFrame }),
  /** A player joined or left, or the pace changed. */
  LiveStatus.extend({ type: z.literal('status') }),
  /** The last message: the episode is over, failed, or was stopped with the server. */
  z.strictObject({ type: z.literal('end'), episode: EpisodeSummary }),
])
export type LiveMessage = z.infer<typeof LiveMessage>
