// The end of a truncated journal: finds the intact part and removes the rest.
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Chain, corrupt, parseLine } from '../kernel/journal.ts'
import { JournalFile } from './journal-file.ts'
import { nativeHash } from './native-hash.ts'
import type { Unfinished } from './start.ts'

const NEWLINE = 10
const CHUNK = 64 * 1024

/**
 * Removes everything after the last line end: a line that was being written when the process died.
 * @returns the bytes that are left
 */
export async function cutTornTail(path: string): Promise<number> {
  await using file = await open(path, 'r+')
  const { size } = await file.stat()
  const buffer = Buffer.alloc(CHUNK)
  for (let end = size; end > 0; ) {
    const from = Math.max(0, end - CHUNK)
    const { bytesRead } = await file.read(buffer, 0, end - from, from)
    const found = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE)
    if (found >= 0) {
      const whole = from + found + 1
      if (whole < size) await file.truncate(whole)
      return whole
    }
    end = from
  }
  await file.truncate(0)
  return 0
}

/** Number of whole lines in a file. */
export async function countLines(path: string): Promise<number> {
  let count = 0
  for await (const chunk of createReadStream(path)) {
    if (!Buffer.isBuffer(chunk)) continue
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) count++
  }
  return count
}

/**
 * Input for resuming an unfinished episode. An incomplete last line is removed from the file.
 * @throws AppError JOURNAL_CORRUPT when a line in the middle does not follow from those before it
 */
export async function readUnfinished(path: string): Promise<Unfinished> {
  await cutTornTail(path)
  const file = await JournalFile.open(path)
  try {
    const lines: string[] = []
    const chain = new Chain(nativeHash)
    for await (const batch of file.lines()) {
      for (const text of batch) {
        const split = chain.open(text)
        if (!split) throw corrupt(lines.length + 1, 'does not follow from the lines before it')
        if (lines.length === 0) parseLine(split.body, 1)
        lines.push(text)
      }
    }
    return { header: file.header, lines }
  } finally {
    await file.close()
  }
}
