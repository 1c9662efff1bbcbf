// What a server reports about itself.
import { z } from 'zod'

export const About = z.strictObject({
  /** Of the package. */
  version: z.string(),
  /** Changes with every start of the server, so that a page can detect a restart. */
  boot: z.string(),
  /** Hash of the sources that the browser application was built from; null: the server has none. */
  web: z.string().nullable(),
})
export type About = z.infer<typeof About>

/** What the server lets this caller do beyond what everybody may. */
export const Caller = z.strictObject({
  /** Why the caller may do what administrators do: it is on the server's machine, or has the admin key; null: it may not. */
  administrator: z.enum(['machine', 'key']).nullable(),
  /** Whether the server was started with an admin key, so that callers from elsewhere may become administrators. */
  has_admin_key: z.boolean(),
})
export type Caller = z.infer<typeof Caller>

/** Whether the server can do its work now; each problem in words for an operator. */
export const ReadyState = z.strictObject({
  ok: z.boolean(),
  live_episodes: z.int(),
  problems: z.array(
    z.strictObject({ check: z.enum(['startup', 'database', 'disk', 'journals', 'shards']), message: z.string() }),
  ),
})
export type ReadyState = z.infer<typeof ReadyState>
