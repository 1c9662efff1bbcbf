// Sends stored bytes, whole or the range that the client asks for: a large artefact can be fetched in parts, and a cut
// download resumed.
import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ByteSource } from '../episode/byte-source.ts'

/** Bytes that are read at once. */
const CHUNK = 256 * 1024

interface Range {
  readonly from: number
  /** Exclusive. */
  readonly to: number
}

/**
 * Answers with the bytes of a source and closes it, however the response ends.
 * @param source of unchanging bytes
 */
export function sendBytes(request: FastifyRequest, reply: FastifyReply, source: ByteSource): FastifyReply {
  const { size } = source
  const range = rangeOf(request.headers.range, size)
  void reply.header('accept-ranges', 'bytes')
  if (range === 'outside') {
    void source.close()
    return reply.code(416).header('content-range', `bytes */${size}`).send()
  }
  if (range) void reply.code(206).header('content-range', `bytes ${range.from}-${range.to - 1}/${size}`)
  const { from, to } = range ?? { from: 0, to: size }
  const stream = Readable.from(partsOf(source, { from, to }))
  // The source of a client that leaves before the first byte is closed as well.
  stream.once('close', () => void source.close().catch(() => undefined))
  return reply.header('content-length', to - from).send(stream)
}

async function* partsOf(source: ByteSource, { from, to }: Range): AsyncGenerator<Buffer> {
  for (let at = from; at < to; ) {
    const chunk = await source.read(at, Math.min(CHUNK, to - at))
    if (chunk.length === 0) return
    at += chunk.length
    yield chunk
  }
}

/** One range of bytes (RFC 9110, 14.2); undefined: everything, as for several ranges or text that is none. */
export function rangeOf(header: string | undefined, size: number): Range | 'outside' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'outside' : { from: size - length, to: size }
  }
  const from = Number(first)
  const to = last === '' ? size : Math.min(Number(last) + 1, size)
  if (last !== '' && Number(last) < from) return undefined
  return from >= size ? 'outside' : { from, to }
}
