// One request of the later protocol to a remote commissioner. Older commissioners close the connection without an
// answer.
import type { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import { parseWith } from '../kernel/parse.ts'
import type { CommissionerRequest } from '../protocol/commissioner-requests.ts'
import type { Channel, OpenChannel } from './channel.ts'
import { writeFrame } from './commissioner/wire.ts'

/** Milliseconds for an answer. A commissioner that ignores unknown requests is treated like one that closes. */
const ANSWER_MS = 10_000

/**
 * @returns undefined: the commissioner does not know the request, and closes or stays silent
 * @throws AppError COMMISSIONER_FAILED when it cannot be reached, or answers something else
 */
export async function askCommissioner<T>(
  open: OpenChannel,
  request: CommissionerRequest,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  const answered = Promise.withResolvers<string | undefined>()
  const timer = setTimeout(() => answered.resolve(undefined), ANSWER_MS)
  let channel: Channel | undefined
  try {
    channel = await open({ onText: answered.resolve, onClose: () => answered.resolve(undefined) })
    channel.send(writeFrame(request))
    const text = await answered.promise
    if (text === undefined) return undefined
    const what = { code: 'COMMISSIONER_FAILED', what: `The answer to ${request.type}` } as const
    return parseWith(schema, JSON.parse(text), what)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new AppError('COMMISSIONER_FAILED', `the answer to ${request.type} is not JSON`, { cause: error })
  } finally {
    clearTimeout(timer)
    channel?.close()
  }
}
