// Requests to and replies from any language model, and the line that a recording stores per call.
import { z } from 'zod'
import { JsonObject } from './json.ts'

export const ModelMessage = z.strictObject({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string(),
})
export type ModelMessage = z.infer<typeof ModelMessage>

/** A call in canonical form: it contains everything that affects the answer. Two equal requests have one key. */
export const ModelRequest = z.strictObject({
  /** The endpoint's name for it: 'gpt-5-mini', 'qwen3:8b'. */
  model: z.string().min(1).max(200),
  messages: z.array(ModelMessage).min(1).max(1000),
  /** The shape that the answer must have, as JSON Schema; absent: free text. */
  schema: z.strictObject({ name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/), schema: JsonObject }).exactOptional(),
  /** Token limit of the answer. */
  max_tokens: z.int().positive().max(1_000_000).exactOptional(),
  /** 0..2. */
  temperature: z.number().min(0).max(2).exactOptional(),
})
export type ModelRequest = z.infer<typeof ModelRequest>

export const ModelUsage = z.strictObject({
  input_tokens: z.int().min(0),
  output_tokens: z.int().min(0),
  /** US dollars; null if neither the endpoint nor a price list gives it. */
  cost_usd: z.number().min(0).nullable(),
})
export type ModelUsage = z.infer<typeof ModelUsage>

export const ModelReply = z.strictObject({
  text: z.string(),
  /** The model that answered, as the endpoint names it. */
  model: z.string(),
  /** Why it stopped: 'stop', 'length', … */
  finish: z.string(),
  usage: ModelUsage,
})
export type ModelReply = z.infer<typeof ModelReply>

/** A line of a recording. It contains no secrets: keys are sent in headers, and headers are not recorded. */
export const RecordedCall = z.strictObject({
  paracosm: z.literal('model-call'),
  version: z.literal(1),
  /** SHA-256 of the request in canonical JSON, 64 hex digits. */
  key: z.string().regex(/^[0-9a-f]{64}$/),
  request: ModelRequest,
  reply: ModelReply,
})
export type RecordedCall = z.infer<typeof RecordedCall>

/** US dollars per million tokens. */
export const ModelPrice = z.strictObject({ input: z.number().min(0), output: z.number().min(0) })
export type ModelPrice = z.infer<typeof ModelPrice>
