// The messages of the coworld adapter's sockets: the world's own view with fields of the host around it. Field names
// are those of coworld 0.1.0. Other fields belong to the world; `GET /api/worlds/<id>` has their schemas.
import { z } from 'zod'
import { JsonObject, JsonValue } from './json.ts'

const host = {
  player_names: z.array(z.string()),
  started: z.boolean(),
  paused: z.boolean(),
  /** Steps per second; 0: the world steps when every slot has sent a command. */
  tick_rate: z.number().min(0),
  done: z.boolean(),
}

const player = {
  slot: z.int().min(0),
  /** Absent if the world's observation has a `tick` of its own. */
  step: z.int().min(0).optional(),
  ...host,
}

/** To a player: the observation of its slot. The last one is `final`. */
export const PlayerMessage = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('observation'), ...player }),
  z.looseObject({ type: z.literal('final'), ...player }),
  /** The result of a command that had a `request_id`. */
  z.looseObject({ type: z.literal('receipt'), request_id: JsonValue, accepted: z.boolean() }),
])

/** From a player: a command of the world. */
export const PlayerCommand = z.looseObject({
  /** Ours: requests a receipt. */
  request_id: JsonValue.optional(),
})

/** To viewers of a live game. */
export const GlobalMessage = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('state'), step: z.int().min(0), ...host }),
])

/** To viewers of a recorded game. */
export const ReplayMessage = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('replay'),
    config: JsonObject,
    player_names: z.array(z.string()),
    frames: z.array(JsonObject),
    results: JsonValue,
  }),
  /** The answer to `seek`. */
  z.strictObject({ type: z.literal('frame'), frame: JsonObject }),
  /** The server echoes every message of a viewer. */
  z.strictObject({ type: z.literal('control'), command: JsonValue }),
  z.strictObject({ type: z.literal('error'), error: z.looseObject({ code: z.string(), message: z.string() }) }),
])

/** From a viewer of a recorded game. */
export const ReplayControl = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('seek'), step: z.int().min(0) }),
])
