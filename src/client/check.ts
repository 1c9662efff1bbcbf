// Checks what a server sends. The schemas are loaded with the first answer that has to be checked: they weigh more than
// the rest of the client, and the pages of a server of the same build never need them.
import type { z } from 'zod'
import type * as schemas from './schemas.ts'

/** The schema of an answer. */
export type Shape<T> = (from: typeof schemas) => z.ZodType<T>

/** Loads the schemas. */
export const loadSchemas = (): Promise<typeof schemas> => import('./schemas.ts')

/** A value that follows its schema, or the first place where it does not. */
export type Checked<T> = { readonly data: T } | { readonly fault: string }

/**
 * Checks a value.
 * @param isTrusted whether the value is taken as it is: it comes from a server of this very build
 */
export async function check<T>(shape: Shape<T>, value: unknown, isTrusted: boolean): Promise<Checked<T>> {
  if (isTrusted && isAsPromised<T>(value)) return { data: value }
  const parsed = shape(await loadSchemas()).safeParse(value)
  if (parsed.success) return { data: parsed.data }
  const issue = parsed.error.issues[0]
  return { fault: `${issue?.path.join('.') || 'the answer'}: ${issue?.message ?? 'invalid'}` }
}

/** Takes a value for what a server of this build has promised: the same schemas have written it. */
export const isAsPromised = <T>(value: unknown): value is T => value !== undefined
