// Lines of a file of any size, with their numbers. A line that cannot be shown says why, and the next ones follow.
import { createReadStream } from 'node:fs'

export type NumberedLine =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly fault: string }

/** Bytes of one line. */
const MAX_LINE = 16 * 1024 * 1024
const NEWLINE = 0x0a

/** Blank lines are left out, but counted. */
export async function* readNumberedLines(path: string): AsyncGenerator<NumberedLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let parts: Buffer[] = []
  let length = 0
  let number = 1
  const end = (): NumberedLine | undefined => {
    const line = takeLine(decoder, { parts, length, number })
    parts = []
    length = 0
    number++
    return line
  }
  for await (const chunk of createReadStream(path)) {
    const bytes: Buffer = chunk
    let from = 0
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
      parts.push(bytes.subarray(from, at))
      length += at - from
      from = at + 1
      const line = end()
      if (line) yield line
    }
    length += bytes.length - from
    // Of a line that is too long nothing more is kept: only its end matters.
    if (length > MAX_LINE) parts = []
    else parts.push(bytes.subarray(from))
  }
  const last = length > 0 ? end() : undefined
  if (last) yield last
}

function takeLine(
  decoder: { decode(bytes: Uint8Array): string },
  { parts, length, number }: { parts: readonly Buffer[]; length: number; number: number },
): NumberedLine | undefined {
  if (length > MAX_LINE) return { number, fault: 'is longer than 16 MiB' }
  try {
    const text = decoder.decode(Buffer.concat(parts))
    return text.trim() === '' ? undefined : { number, text }
  } catch {
    return { number, fault: 'is not UTF-8' }
  }
}
