// A text message as one websocket frame (RFC 6455, 5.2), encoded once and sent to any number of receivers. The ws
// library frames a message anew for every receiver and writes header and payload apart; socket writes take two thirds
// of a busy server's time, so snapshots take this path.

/** A whole unmasked text frame. Treat the bytes as read-only: every receiver sends the same buffer. */
export interface Frame {
  readonly bytes: Buffer
}

const KINDS = { text: 0x81, binary: 0x82 } as const

/** Encodes a text, or bytes, as one frame. The bytes of a text frame must be valid UTF-8. */
export function encodeFrame(payload: string | Buffer, kind: keyof typeof KINDS = 'text'): Frame {
  const length = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length
  const header = length < 126 ? 2 : length < 0x1_0000 ? 4 : 10
  const bytes = Buffer.allocUnsafe(header + length)
  bytes[0] = KINDS[kind]
  if (header === 2) bytes[1] = length
  else if (header === 4) {
    bytes[1] = 126
    bytes.writeUInt16BE(length, 2)
  } else {
    bytes[1] = 127
    bytes.writeBigUInt64BE(BigInt(length), 2)
  }
  if (typeof payload === 'string') bytes.write(payload, header)
  else payload.copy(bytes, header)
  return { bytes }
}
