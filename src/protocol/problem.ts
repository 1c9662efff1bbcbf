// The shape of a failure as shown to the caller: the same shape over HTTP, on sockets and with `--json`.
import { z } from 'zod'
import { JsonObject } from './json.ts'

/** A failure that the receiver can act on. `code` is stable; `message` and `hint` are sentences for people. */
export const Problem = z.strictObject({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  details: JsonObject.optional(),
})
export type Problem = z.infer<typeof Problem>
