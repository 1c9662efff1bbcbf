// Requests and answers of the hosted API that coworld 0.1.0 does not have (contract section 14): memberships that end,
// divisions that follow their commissioner, and secrets of packages.
import { z } from 'zod'

const Text = z.string()

/** Ends a membership, or names a champion. */
export const MembershipAct = z.object({
  /** Shown in the event; default: the player's wish. */
  reason: Text.max(1000).nullish(),
})

/** Brings the divisions of a league in line with its commissioner. */
export const MigrateRequest = z.object({
  /** Only says what would change. */
  dry_run: z.boolean().default(false),
})

const Named = z.object({ id: Text, name: Text })

/** What has changed, or would change. */
export const LeagueMigration = z.object({
  league_id: Text,
  dry_run: z.boolean(),
  created: z.array(Named),
  renamed: z.array(z.object({ id: Text, from: Text, to: Text })),
  restored: z.array(Named),
  archived: z.array(Named),
  moved_members: z.int(),
})
export type LeagueMigration = z.infer<typeof LeagueMigration>

/** A secret of a package, without its value. */
export const CoworldSecret = z.object({
  coworld_id: Text,
  coworld_name: Text,
  owner_user_id: Text,
  secret_name: Text,
  size_bytes: z.int(),
  updated_at: Text.nullable(),
})
export type CoworldSecret = z.infer<typeof CoworldSecret>
