// Hosted games (contract sections 10.3 and 10.4): a lobby whose slots are given out one by one, and viewers of replays.
import { z } from 'zod'

const Text = z.string()
const Instant = z.string()

/** Starts a hosted game of a world of the server or of an uploaded package. `variant_id` null: the first variant. */
export const PlaySessionRequest = z.object({
  coworld_id: Text.min(1).max(200),
  variant_id: Text.max(200).nullish(),
  allow_spectators: z.boolean().default(true),
})

/** A hosted game that was created. `global_url` is null where nobody may watch. */
export const HostedLobby = z.object({
  session_id: Text,
  join_url: Text,
  lobby_url: Text,
  player_count: z.int(),
  global_url: Text.nullable(),
})
export type HostedLobby = z.infer<typeof HostedLobby>

/** Who has a slot. Ids are null for guests, who have no token. */
export const SlotHolder = z.object({
  slot: z.int(),
  label: Text,
  user_id: Text.nullish(),
  player_id: Text.nullish(),
  player_name: Text.nullish(),
  joined_at: Instant.nullish(),
})
export type SlotHolder = z.infer<typeof SlotHolder>

/** The answer of a join, and the only one with a token: in `player_url`. */
export const HostedJoin = z.object({ player_url: Text, slot: z.int(), player: SlotHolder })
export type HostedJoin = z.infer<typeof HostedJoin>

/** What everyone with the id may know of a hosted game. */
export const PlaySessionState = HostedLobby.extend({
  coworld_id: Text,
  variant_id: Text,
  allow_spectators: z.boolean(),
  /** `lobby`: slots are left or players are awaited; `playing`; `ended`; `expired`: the slots were not taken in time. */
  status: z.enum(['lobby', 'playing', 'ended', 'expired']),
  /** Why it ended, where its results do not say it: the failure of its game, or who ended it. */
  reason: Text.nullable().default(null),
  /** Results of a package's game, and the replay of any game, once it has ended and left them. */
  results_url: Text.nullable().default(null),
  replay_url: Text.nullable().default(null),
  players: z.array(SlotHolder),
  created_at: Instant,
  expires_at: Instant,
})
export type PlaySessionState = z.infer<typeof PlaySessionState>

export const ReplaySessionRequest = z.object({ coworld_id: Text.min(1).max(200), replay_uri: Text.min(1).max(2000) })
export const ReplaySession = z.object({ viewer_url: Text })
