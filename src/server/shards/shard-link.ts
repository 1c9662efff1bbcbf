// What a server and its shards tell each other, over the channel that Node opens between a process and its child.
import { z } from 'zod'
import { EpisodeSummary } from '../../protocol/catalogue.ts'

/** The head of a WebSocket handshake. */
export const HandedHandshake = z.object({
  url: z.string(),
  httpVersion: z.string(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())]).optional()),
  /** What the client sent after the head, as base64. */
  head: z.string(),
})
export type HandedHandshake = z.infer<typeof HandedHandshake>

/** A slot of a live episode that the model of the server is to play. */
const ModelSlot = z.object({ id: z.string(), slot: z.int(), token: z.string() })
export type ModelSlot = z.infer<typeof ModelSlot>

export const ToShard = z.discriminatedUnion('kind', [
  /** The first message. `socket`: path of the Unix socket to listen on. */
  z.object({ kind: z.literal('open'), shard: z.int(), socket: z.string() }),
  /** Resume what is unfinished. */
  z.object({ kind: z.literal('begin') }),
  /** The server's model does not play this slot any more. */
  z.object({ kind: z.literal('left'), slot: ModelSlot }),
  /** A client's socket goes with it. */
  z.object({ kind: z.literal('socket'), number: z.int() }),
  /** The server has let go of the socket. `handshake` null: its client has left. */
  z.object({ kind: z.literal('handshake'), number: z.int(), handshake: HandedHandshake.nullable() }),
  z.object({ kind: z.literal('summaries'), question: z.int(), ids: z.array(z.string()) }),
  z.object({ kind: z.literal('token'), question: z.int(), token: z.string() }),
  /** Finish every step, save, and end. */
  z.object({ kind: z.literal('stop') }),
])
export type ToShard = z.infer<typeof ToShard>

export const FromShard = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('opened') }),
  z.object({ kind: z.literal('begun'), resumed: z.int() }),
  /** It could not start, and ends. */
  z.object({ kind: z.literal('failed'), message: z.string() }),
  z.object({ kind: z.literal('taken'), number: z.int() }),
  /** Live ones only. */
  z.object({ kind: z.literal('summaries'), question: z.int(), summaries: z.array(EpisodeSummary) }),
  /** Whether the token belongs to a slot of a live episode; null: perhaps to one that waits to be resumed. */
  z.object({ kind: z.literal('token'), question: z.int(), isKnown: z.boolean().nullable() }),
  /** `fault`: why journals cannot be written; null: they can. */
  z.object({ kind: z.literal('load'), live: z.int(), fault: z.string().nullable() }),
  /** The model must play from the server, whose limits of cost hold for all shards together. */
  z.object({ kind: z.literal('model_slot'), slot: ModelSlot }),
  z.object({ kind: z.literal('archived'), id: z.string() }),
  /** `left`: ids of the episodes to resume on the next start. */
  z.object({ kind: z.literal('stopped'), left: z.array(z.string()) }),
])
export type FromShard = z.infer<typeof FromShard>
