// Reads the lines of a file of any size, with their numbers. A line that cannot be returned has an explanation instead,
// and reading continues.
import { createReadStream } from 'node:fs'
import { type RawLine, readRawLines } from '../lib/json-lines.ts'

export type NumberedLine =
  | { readonly number: number; readonly text: string }
  | { readonly number: number; readonly fault: string }

const MAX_LINE_BYTES = 16 * 1024 * 1024

/** Blank lines are skipped, but counted. */
export async function* readNumberedLines(path: string): AsyncGenerator<NumberedLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const raw of readRawLines(createReadStream(path), MAX_LINE_BYTES)) {
    const line = decodeLine(decoder, raw)
    if ('fault' in line || line.text.trim() !== '') yield line
  }
}

function decodeLine(decoder: { decode(bytes: Uint8Array): string }, { bytes, number }: RawLine): NumberedLine {
  if (!bytes) return { number, fault: 'is longer than 16 MiB' }
  try {
    return { number, text: decoder.decode(bytes) }
  } catch {
    return { number, fault: 'is not UTF-8' }
  }
}
