// The logs of a results folder: lines of the original (text, or JSON with a nested record) and of ours (JSON).
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing } from '../../lib/files.ts'
import { readTextLines } from './text-lines.ts'
import { type Document, isDocument, textOf } from './values.ts'

export interface LogLine {
  readonly file: string
  /** As written; empty: unknown. */
  readonly time: string
  /** DEBUG, INFO, WARNING, ERROR, CRITICAL; UNREADABLE for a line of unknown format. */
  readonly level: string
  readonly place: string
  readonly message: string
}

/** Maximum number of lines kept: the first ones that report problems. */
const MAX_LINES = 20_000
const LEVELS: Readonly<Record<string, string>> = {
  '20': 'DEBUG',
  '30': 'INFO',
  '40': 'WARNING',
  '50': 'ERROR',
  '60': 'CRITICAL',
}
const BAD = ['WARNING', 'ERROR', 'CRITICAL', 'UNREADABLE']
const BAD_WORDS = /error|exception|failure|traceback|critical/i
/** `2026-05-04 10:00:00.123 | WARNING  | engine.py:10 | message` */
const PLAIN = /^([^|]{10,40}?)\s*\|\s*([A-Z]+)\s*\|\s*([^|]*?)\s*\|\s?(.*)$/

export const isBad = ({ level, message }: LogLine): boolean => BAD.includes(level) || BAD_WORDS.test(message)

function fromRecord(file: string, record: Document): LogLine {
  const level = isDocument(record.level) ? record.level.name : record.level
  const time = isDocument(record.time) ? record.time.repr : record.time
  const place = [record.module, record.function, record.line].map(textOf).filter(Boolean).join(':')
  const exception = record.exception === undefined || record.exception === null ? '' : ` ${textOf(record.exception)}`
  return {
    file,
    time: textOf(time),
    level: textOf(level).toUpperCase(),
    place,
    message: textOf(record.message) + exception,
  }
}

function fromOurs(file: string, line: Document): LogLine {
  const time = typeof line.time === 'number' ? new Date(line.time).toISOString() : textOf(line.time)
  const error = isDocument(line.err) ? `: ${textOf(line.err.message)}` : ''
  return {
    file,
    time,
    level: LEVELS[textOf(line.level)] ?? textOf(line.level).toUpperCase(),
    place: '',
    message: textOf(line.msg) + error,
  }
}

/** One line of a log. */
export function readLogLine(file: string, line: string): LogLine {
  if (line.startsWith('{')) {
    try {
      const parsed: unknown = JSON.parse(line)
      if (isDocument(parsed))
        return isDocument(parsed.record) ? fromRecord(file, parsed.record) : fromOurs(file, parsed)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
    }
  }
  const [, time = '', level = 'UNREADABLE', place = '', message = line] = PLAIN.exec(line) ?? []
  return { file, time, level, place, message }
}

/** The lines of `*.log` that report problems; none if the folder does not exist. */
export async function readLogs(folder: string): Promise<LogLine[]> {
  let names: string[]
  try {
    names = await readdir(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
  const found: LogLine[] = []
  for (const name of names.filter((each) => each.endsWith('.log')).toSorted()) {
    for await (const line of readTextLines(join(folder, name))) {
      if (line.trim() === '') continue
      const read = readLogLine(name, line)
      if (isBad(read) && found.length < MAX_LINES) found.push(read)
    }
  }
  return found
}
