// Recorded calls: every answer is stored under the digest of its request, one JSON line each. A replayed agent runs
// without a network. A request that is not in the recording is an error that shows the nearest recorded one.
import { createHash } from 'node:crypto'
import { canonicalJson } from '../kernel/canonical.ts'
import { AppError } from '../kernel/errors.ts'
import { parseJson, parseWith } from '../kernel/parse.ts'
import { type ModelReply, ModelRequest, RecordedCall } from '../protocol/model.ts'
import type { ModelClient } from './client.ts'

/** SHA-256 of the request's canonical JSON, 64 hex digits. */
export function keyOf(request: ModelRequest): string {
  return createHash('sha256')
    .update(canonicalJson(ModelRequest.parse(request)))
    .digest('hex')
}

/** @param write writes one line, without a line end; the answer is returned only after the write */
export function withRecorder(inner: ModelClient, write: (line: string) => void | Promise<void>): ModelClient {
  return {
    async complete(request, options) {
      const reply = await inner.complete(request, options)
      const call: RecordedCall = { paracosm: 'model-call', version: 1, key: keyOf(request), request, reply }
      await write(JSON.stringify(call))
      return reply
    },
  }
}

/**
 * Reads a recording.
 * @throws AppError JSON_MALFORMED or RECORDING_INVALID naming the line
 */
export function parseRecording(text: string): RecordedCall[] {
  const calls: RecordedCall[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const what = `line ${index + 1} of the recording`
    const call = parseWith(RecordedCall, parseJson(line, what), { code: 'RECORDING_INVALID', what })
    if (keyOf(call.request) !== call.key) {
      throw new AppError('RECORDING_INVALID', `${what}: the key is not the digest of the request`)
    }
    calls.push(call)
  }
  return calls
}

/**
 * A client that answers from a recording. A repeated request gets its recorded answers in order, then the last one
 * again.
 */
export function createReplayClient(calls: readonly RecordedCall[]): ModelClient {
  const answers = new Map<string, { readonly replies: ModelReply[]; next: number }>()
  for (const call of calls) {
    const known = answers.get(call.key)
    if (known) known.replies.push(call.reply)
    else answers.set(call.key, { replies: [call.reply], next: 0 })
  }
  return {
    complete(request, options) {
      const known = answers.get(keyOf(request))
      const reply = known?.replies[Math.min(known.next, known.replies.length - 1)]
      if (!known || !reply) return Promise.reject(missing(request, calls))
      known.next++
      options?.onText?.(reply.text)
      return Promise.resolve(reply)
    },
  }
}

/** Characters shown around the place where two requests differ. */
const AROUND = 60

function missing(request: ModelRequest, calls: readonly RecordedCall[]): AppError {
  const wanted = canonicalJson(request)
  let nearest: { readonly text: string; readonly shared: number; readonly line: number } | undefined
  for (const [index, call] of calls.entries()) {
    const text = canonicalJson(call.request)
    const shared = sharedEnds(wanted, text)
    if (!nearest || shared > nearest.shared) nearest = { text, shared, line: index + 1 }
  }
  const digest = keyOf(request).slice(0, 12)
  if (!nearest) return new AppError('RECORDING_MISS', `request ${digest} is not in the recording, which is empty`)
  const at = firstDifference(wanted, nearest.text)
  const cut = (text: string): string => text.slice(Math.max(0, at - AROUND), at + AROUND)
  return new AppError(
    'RECORDING_MISS',
    `request ${digest} is not in the recording; the nearest is call ${nearest.line}, which differs from character ${at} on: recorded …${cut(nearest.text)}… asked …${cut(wanted)}…`,
    { details: { nearest: nearest.line, at, recorded: cut(nearest.text), asked: cut(wanted) } },
  )
}

function firstDifference(a: string, b: string): number {
  let at = 0
  while (at < a.length && at < b.length && a.charCodeAt(at) === b.charCodeAt(at)) at++
  return at
}

/** How many characters two texts share at their beginning and at their end: a cheap measure of likeness. */
function sharedEnds(a: string, b: string): number {
  const head = firstDifference(a, b)
  let tail = 0
  const most = Math.min(a.length, b.length) - head
  while (tail < most && a.charCodeAt(a.length - 1 - tail) === b.charCodeAt(b.length - 1 - tail)) tail++
  return head + tail
}
