// Parsed lines of a journal: the header, saved states, steps, and the end.
import { parseLine, splitHash } from '../../../src/kernel/journal.ts'
import type {
  CheckpointLine,
  FailureLine,
  JournalHeader,
  OutcomeLine,
  StepLine,
} from '../../../src/protocol/journal.ts'

export interface ReadLines {
  readonly header: JournalHeader
  readonly steps: StepLine[]
  /** Saved states, in order. */
  readonly saved: CheckpointLine[]
  readonly outcome: OutcomeLine | undefined
  readonly failure: FailureLine | undefined
  /** The last complete running hash, if a line carries it. */
  readonly hash: string | undefined
  /** Steps that are certainly done. */
  readonly last: number
}

const FULL_HASH = 64

/** @throws AppError JOURNAL_CORRUPT, JOURNAL_VERSION */
export function readLines(texts: readonly string[]): ReadLines {
  let header: JournalHeader | undefined
  let outcome: OutcomeLine | undefined
  let failure: FailureLine | undefined
  let hash: string | undefined
  let last = 0
  const steps: StepLine[] = []
  const saved: CheckpointLine[] = []
  for (const [index, text] of texts.entries()) {
    const split = splitHash(text)
    if (!split) throw new Error(`line ${index + 1} is not a line of a journal`)
    const line = parseLine(split.body, index + 1)
    hash = split.hash.length === FULL_HASH ? split.hash : hash
    if (line.kind === 'header') header = line.header
    else {
      if (line.kind === 'step') steps.push(line.line)
      else if (line.kind === 'checkpoint' && line.line.state !== undefined) saved.push(line.line)
      else if (line.kind === 'outcome') outcome = line.line
      else if (line.kind === 'failure') failure = line.line
      last = Math.max(last, line.line.step + (line.kind === 'step' && line.line.hold !== true ? 1 : 0))
    }
  }
  if (!header) throw new Error('the journal has no header')
  return { header, steps, saved, outcome, failure, hash, last }
}
