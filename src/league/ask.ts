// One request of the later protocol to a commissioner. Older commissioners close the connection without an answer, or
// stay silent.
import type { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import type { CommissionerRequest } from '../protocol/commissioner-requests.ts'
import type { Channel, OpenChannel } from './channel.ts'
import { BadFrame, readAnswerFrame, writeFrame } from './commissioner/wire.ts'

/** Milliseconds for an answer. A commissioner that ignores unknown requests is treated like one that closes. */
export const ANSWER_MS = 10_000
/** Characters of an answer: ten thousand decisions with their evidence. */
const MAX_ANSWER = 16 * 1024 * 1024
/** Close codes for a message that is not understood. */
const REFUSALS: readonly number[] = [1003, 1007, 1008]

export type Asked<T> =
  | { readonly kind: 'answered'; readonly answer: T }
  /** It does not know the request: it has refused it, or said nothing. */
  | { readonly kind: 'unknown' }
  /** It has closed for another reason: the next time may go better. */
  | { readonly kind: 'closed'; readonly code: number }
  /** Its answer cannot be used. */
  | { readonly kind: 'invalid'; readonly reason: string }

type Heard = { readonly text: string } | { readonly code: number } | 'silence'

/** @throws AppError COMMISSIONER_FAILED when it cannot be reached */
export async function askCommissioner<T>(
  open: OpenChannel,
  request: CommissionerRequest,
  { schema, answerMs = ANSWER_MS }: { readonly schema: z.ZodType<T>; readonly answerMs?: number },
): Promise<Asked<T>> {
  const heard = Promise.withResolvers<Heard>()
  const timer = setTimeout(() => heard.resolve('silence'), answerMs)
  let channel: Channel | undefined
  try {
    channel = await open({
      onText: (text) => heard.resolve({ text }),
      onClose: (code) => heard.resolve({ code }),
    })
    channel.send(writeFrame(request))
    const answer = await heard.promise
    if (answer === 'silence') return { kind: 'unknown' }
    if ('code' in answer) return REFUSALS.includes(answer.code) ? { kind: 'unknown' } : { kind: 'closed', ...answer }
    return read(answer.text, request, schema)
  } finally {
    clearTimeout(timer)
    channel?.close()
  }
}

function read<T>(text: string, { type }: CommissionerRequest, schema: z.ZodType<T>): Asked<T> {
  if (text.length > MAX_ANSWER) return { kind: 'invalid', reason: `the answer to ${type} is longer than 16 MiB` }
  try {
    return { kind: 'answered', answer: readAnswerFrame(text, schema) }
  } catch (error) {
    if (!(error instanceof BadFrame)) throw error
    // Some servers say that they do not know a message instead of closing.
    if (/^\s*\{\s*"type"\s*:\s*"error"/.test(text)) return { kind: 'unknown' }
    return { kind: 'invalid', reason: `the answer to ${type} cannot be used: ${error.message}` }
  }
}

/** The answer; undefined: there is none. @throws AppError COMMISSIONER_FAILED for one that cannot be used */
export function answerOf<T>(asked: Asked<T>): T | undefined {
  if (asked.kind === 'invalid') throw new AppError('COMMISSIONER_FAILED', asked.reason)
  return asked.kind === 'answered' ? asked.answer : undefined
}
