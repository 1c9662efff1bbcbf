// The wire format of each server: the bytes of a move, and the answer at the start. The
// observations are the same JSON text in both formats, so ticks are found in the same way.

export interface Protocol {
  /** Frames of the four moves, created once. */
  readonly moves: readonly Buffer[]
  /** What the client sends after the server's first frame; undefined for nothing. */
  readonly greeting: Buffer | undefined
  /** Bytes that occur in a frame that answers a move. */
  readonly receipt: Buffer | undefined
}

const WORDS = ['up', 'down', 'left', 'right'] as const
const TEXT = 0x81
const BINARY = 0x82
/** Protocol.JOIN_ROOM and Protocol.ROOM_DATA of @colyseus/shared-types 0.18. */
const JOIN_ROOM = 10
const ROOM_DATA = 13

/** A frame below 126 bytes with an all-zero mask: client frames must be masked, but need no random mask. */
function maskedFrame(opcode: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload])
}

/** A short text in MessagePack, which Colyseus also uses for message types. */
function packText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0xa0 | text.length]), Buffer.from(text)])
}

const textMoves = (format: (word: string) => string): Buffer[] =>
  WORDS.map((word) => maskedFrame(TEXT, Buffer.from(format(word))))

function colyseusMove(word: string): Buffer {
  const message = [Buffer.from([0x81]), packText('move'), packText(word)]
  return maskedFrame(BINARY, Buffer.concat([Buffer.from([ROOM_DATA]), packText('move'), ...message]))
}

export const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  posts: { moves: textMoves((word) => `{"move":"${word}"}`), greeting: undefined, receipt: undefined },
  receipts: {
    moves: textMoves((word) => `{"move":"${word}","request_id":1}`),
    greeting: undefined,
    receipt: Buffer.from('"receipt"'),
  },
  colyseus: {
    moves: WORDS.map(colyseusMove),
    greeting: maskedFrame(BINARY, Buffer.from([JOIN_ROOM])),
    receipt: undefined,
  },
}
