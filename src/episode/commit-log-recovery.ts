// Completes the journals from the segments of a commit log that was not closed.

import { createReadStream } from 'node:fs'
import { type FileHandle, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing } from '../lib/files.ts'
import { readLineBatches } from '../lib/json-lines.ts'
import { PRIVATE_FILE } from '../lib/private.ts'
import { countLines, cutTornTail } from './journal-tail.ts'

/** Maximum bytes of one entry: a saved state of 256 MiB and the name of its episode. */
const MAX_ENTRY_BYTES = 257 * 1024 * 1024
/** Number of lines of one journal that are written together. */
const BATCH = 4096

export interface RecoveredLog {
  /** Number of the last segment; 0: none. */
  readonly lastSegment: number
  /** Journals that the log does not continue, because a line between them is lost. They are not changed. */
  readonly gaps: ReadonlyMap<string, string>
}

export const segmentName = (number: number): string => `commit-${String(number).padStart(8, '0')}.log`

const numberOf = (name: string): number => Number(name.slice('commit-'.length, -'.log'.length))

const SEGMENT = /^commit-(\d{8})\.log$/
const ENTRY = /^(\S+) (\d+) ([^\n]*)$/

/** A journal that a log is completing. */
interface Recovering {
  readonly file: FileHandle
  /** Number of its whole lines, including waiting ones. */
  lines: number
  waiting: string[]
}

/**
 * Appends to every journal the lines that only the log holds, syncs the journals, and deletes the segments.
 * @param journalOf path of the journal of an episode
 */
export async function recoverJournals(folder: string, journalOf: (episode: string) => string): Promise<RecoveredLog> {
  const segments = (await readdir(folder)).filter((name) => SEGMENT.test(name)).sort(compareNames)
  const journals = new Map<string, Recovering | undefined>()
  const gaps = new Map<string, string>()
  try {
    for (const name of segments) await recoverSegment(join(folder, name), { journalOf, journals, gaps })
    for (const journal of journals.values()) if (journal) await writeWaiting(journal)
    for (const journal of journals.values()) await journal?.file.datasync()
  } finally {
    for (const journal of journals.values()) await journal?.file.close()
  }
  for (const name of segments) await rm(join(folder, name))
  const last = segments.at(-1)
  return { lastSegment: last === undefined ? 0 : numberOf(last), gaps }
}

interface Recovery {
  readonly journalOf: (episode: string) => string
  readonly journals: Map<string, Recovering | undefined>
  readonly gaps: Map<string, string>
}

async function recoverSegment(path: string, { journalOf, journals, gaps }: Recovery): Promise<void> {
  await cutTornTail(path)
  const lines = readLineBatches(createReadStream(path), { maxLineBytes: MAX_ENTRY_BYTES, what: path })
  for await (const batch of lines) {
    for (const { text } of batch) {
      const [, episode, number, line] = ENTRY.exec(text) ?? []
      if (episode === undefined || line === undefined || gaps.has(episode)) continue
      if (!journals.has(episode)) journals.set(episode, await openForRecovery(journalOf(episode)))
      const journal = journals.get(episode)
      if (!journal || Number(number) <= journal.lines) continue
      if (Number(number) > journal.lines + 1) {
        gaps.set(episode, `line ${journal.lines + 1} is missing: the commit log continues at line ${number}`)
        continue
      }
      journal.lines++
      if (journal.waiting.push(line) >= BATCH) await writeWaiting(journal)
    }
  }
}

const compareNames = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

async function writeWaiting(journal: Recovering): Promise<void> {
  if (journal.waiting.length === 0) return
  const text = `${journal.waiting.join('\n')}\n`
  journal.waiting = []
  await journal.file.appendFile(text)
}

/** A journal whose file is gone was finished and archived before the crash: its entries are obsolete. */
async function openForRecovery(path: string): Promise<Recovering | undefined> {
  try {
    await cutTornTail(path)
    const lines = await countLines(path)
    return { file: await open(path, 'a', PRIVATE_FILE), lines, waiting: [] }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
