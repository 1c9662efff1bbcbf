// Stops reading a response body at a limit.
import { AppError } from '../kernel/errors.ts'

/** The same response, whose body fails after `max` bytes. */
export function limitBody(response: Response, max: number): Response {
  if (!response.body || isShort(response, max)) return response
  let size = 0
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.byteLength
      if (size > max) controller.error(new AppError('MODEL_REPLY_INVALID', `the answer is longer than ${max} bytes`))
      else controller.enqueue(chunk)
    },
  })
  const { status, statusText, headers } = response
  return new Response(response.body.pipeThrough(limit), { status, statusText, headers })
}

/** Whether Content-Length is reliable and within the limit; then the costly count is unnecessary. */
function isShort({ headers }: Response, max: number): boolean {
  const told = headers.get('content-length')
  return told !== null && !headers.has('content-encoding') && Number(told) <= max
}
