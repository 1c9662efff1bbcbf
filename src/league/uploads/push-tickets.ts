// Temporary credentials for the push of one image. They are sealed by the key of this server instead of stored, so they
// hold across restarts, and for every server of one store.
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { parseJson } from '../../kernel/parse.ts'
import type { Vault } from '../../store/people/vault.ts'

/** Milliseconds that a push may take. */
const VALID_MS = 12 * 3600 * 1000
const OWNER = 'image-push'
const Ticket = z.strictObject({ image: z.string(), until: z.number() })

export interface PushTickets {
  issue(imageId: string): string
  /** The image that a ticket opens; undefined: none, or it has expired. */
  open(ticket: string): { readonly imageId: string; readonly until: number } | undefined
}

export function createPushTickets(vault: Vault, now: () => number = Date.now): PushTickets {
  return {
    issue: (image) => vault.seal(OWNER, JSON.stringify({ image, until: now() + VALID_MS })),
    open(ticket) {
      try {
        const { image, until } = Ticket.parse(parseJson(vault.open(OWNER, ticket), 'A ticket'))
        return until > now() ? { imageId: image, until } : undefined
      } catch (error) {
        if (error instanceof AppError || error instanceof z.ZodError) return undefined
        throw error
      }
    },
  }
}
