// Reads the table `command_log` of the source text's SQLite file, row by row, read-only.
import { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import { parseJson, parseWith } from '../kernel/parse.ts'

/** Rows per page. */
const PAGE = 1000
const COLUMNS =
  'id, timestamp, command, params, reasoning, perception_snapshot, outcome, agent_id, episode_id, cell, protocol_version, created_at'

const Row = z.looseObject({
  id: z.int().positive(),
  params: z.string().nullish(),
  perception_snapshot: z.string().nullish(),
})

/**
 * Checks that the table exists, before anything else.
 * @throws AppError VALIDATION_ERROR, FILE_UNREADABLE
 */
export function checkSourceDatabase(path: string): void {
  const database = openDatabase(path)
  try {
    readPage(database, path, 0, 1)
  } finally {
    database.close()
  }
}

/** @throws AppError VALIDATION_ERROR with the number of the row, JSON_MALFORMED, FILE_UNREADABLE */
export function* readSourceDatabase(path: string): Generator<{ value: unknown; what: string }> {
  const database = openDatabase(path)
  try {
    for (let last = 0; ; ) {
      const page = readPage(database, path, last, PAGE)
      for (const { params, perception_snapshot: seen, ...row } of page) {
        const what = `row ${row.id} of command_log`
        const value = {
          ...row,
          params: params === null || params === undefined ? null : parseJson(params, `params in ${what}`),
          perception_snapshot:
            seen === null || seen === undefined ? null : parseJson(seen, `perception_snapshot in ${what}`),
        }
        yield { value, what }
      }
      last = page.at(-1)?.id ?? last
      if (page.length < PAGE) return
    }
  } finally {
    database.close()
  }
}

function openDatabase(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { readOnly: true })
  } catch (cause) {
    throw new AppError('FILE_UNREADABLE', `cannot open the database ${path}`, { cause })
  }
}

function readPage(database: DatabaseSync, path: string, after: number, limit: number) {
  let rows: unknown[]
  try {
    rows = database.prepare(`select ${COLUMNS} from command_log where id > ? order by id limit ?`).all(after, limit)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('VALIDATION_ERROR', `${path} has no readable command log: ${reason}`, {
      cause,
      hint: 'The import reads the table command_log, which needs the columns of the protocol’s command log.',
    })
  }
  return rows.map((row) => parseWith(Row, row, { code: 'VALIDATION_ERROR', what: `A row of command_log in ${path}` }))
}
