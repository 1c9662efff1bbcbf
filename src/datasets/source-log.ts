// Logs of the source text: its SQLite file (table `command_log`), and its JSON Lines: raw, episode, chat and
// instruction. Rows are identified by their content, so importing a file again, or one that has grown, adds only new
// rows.
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import { parseJson, parseWith } from '../kernel/parse.ts'
import type { NewCommandLogRow } from '../protocol/command-log.ts'
import { isObject } from '../protocol/is-object.ts'
import { JsonObject, type JsonValue } from '../protocol/json.ts'
import { PERCEPTION_PROTOCOL_VERSION } from '../protocol/perception.ts'
import { readLogLines } from '../store/log-archive.ts'
import type { ForeignRow } from '../store/log-import.ts'
import { readSourceDatabase } from './source-database.ts'

const MAGIC = 'SQLite format 3\0'
/** The agent of rows without one: the source text's default. */
const DEFAULT_AGENT = 'timmy'
/** Rows after which other tasks get a turn. */
const TURN = 500

export const SOURCE_KINDS = ['sqlite', 'raw', 'episode', 'chat', 'instruction'] as const
type SourceKind = (typeof SOURCE_KINDS)[number]

/**
 * One row as returned by the source text's `CommandLogger.query`. `params` and `perception_snapshot` are text in
 * SQLite.
 */
const SourceRow = z.object({
  id: z.int().positive().default(1),
  timestamp: z.string(),
  command: z.string().min(1).max(64),
  params: JsonObject.nullish().transform((params) => params ?? {}),
  reasoning: z.string().nullish(),
  perception_snapshot: JsonObject.nullish(),
  outcome: z.string().nullish(),
  agent_id: z.string().min(1).max(64).nullish(),
  episode_id: z.string().max(128).nullish(),
  cell: z.string().max(255).nullish(),
  protocol_version: z.string().max(16).nullish(),
  created_at: z.string().nullish(),
})
type SourceRow = z.infer<typeof SourceRow>

const Answer = z.object({ command: z.string(), params: JsonObject.default({}), reasoning: z.string().default('') })
const Raw = z.object({
  input: z.object({ perception: JsonObject }),
  output: Answer,
  metadata: z.object({
    timestamp: z.string(),
    episode_id: z.string().nullish(),
    cell: z.string().nullish(),
    outcome: z.string().nullish(),
  }),
})
const Chat = z.object({ messages: z.array(z.object({ role: z.string(), content: z.string() })).min(2) })
const Instruction = z.object({ instruction: z.string(), input: z.string(), output: z.string() })

/**
 * The kind of a file; undefined: none of these.
 * @param firstLine of a text file
 */
export function kindOfLine(firstLine: string): Exclude<SourceKind, 'sqlite'> | undefined {
  let value: unknown
  try {
    value = JSON.parse(firstLine)
  } catch {
    // Not JSON: the caller reports which kinds are accepted.
    return undefined
  }
  if (Raw.safeParse(value).success) return 'raw'
  if (Chat.safeParse(value).success) return 'chat'
  if (Instruction.safeParse(value).success) return 'instruction'
  return SourceRow.safeParse(value).success ? 'episode' : undefined
}

/** Whether a file is a SQLite database. @throws AppError FILE_UNREADABLE */
export async function isDatabase(path: string): Promise<boolean> {
  try {
    await using file = await open(path, 'r')
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0)
    return bytesRead === MAGIC.length && buffer.toString('latin1') === MAGIC
  } catch (cause) {
    throw new AppError('FILE_UNREADABLE', `cannot read ${path}`, { cause })
  }
}

/**
 * The rows of a log of the source text.
 * @throws AppError FILE_UNREADABLE, JSON_MALFORMED, VALIDATION_ERROR with the number of the row or line
 */
export async function* readSourceLog(path: string, kind: SourceKind): AsyncGenerator<ForeignRow> {
  let count = 0
  for await (const { value, what } of kind === 'sqlite' ? readSourceDatabase(path) : readSourceLines(path, kind)) {
    yield toForeign(parseWith(SourceRow, value, { code: 'VALIDATION_ERROR', what }), what)
    if (++count % TURN === 0) await new Promise((resolve) => setImmediate(resolve))
  }
}

async function* readSourceLines(path: string, kind: Exclude<SourceKind, 'sqlite'>) {
  for await (const { text, number } of readLogLines(path)) {
    const what = `line ${number} of ${path}`
    yield { value: toRow(kind, parseJson(text, what), what), what }
  }
}

function toRow(kind: Exclude<SourceKind, 'sqlite'>, value: JsonValue, what: string): unknown {
  const at = { code: 'VALIDATION_ERROR', what } as const
  switch (kind) {
    case 'episode':
      return value
    case 'raw': {
      const { input, output, metadata } = parseWith(Raw, value, at)
      return withPerception(input.perception, { ...output, ...metadata })
    }
    case 'chat': {
      const { messages } = parseWith(Chat, value, at)
      const said = (role: string): string => messages.findLast((each) => each.role === role)?.content ?? ''
      return fromTexts(said('user'), said('assistant'), what)
    }
    case 'instruction': {
      const { input, output } = parseWith(Instruction, value, at)
      return fromTexts(input, output, what)
    }
  }
}

function fromTexts(input: string, output: string, what: string): unknown {
  const at = { code: 'VALIDATION_ERROR', what } as const
  const perception = parseWith(JsonObject, parseJson(input, `the perception in ${what}`), at)
  const answer = parseWith(Answer, parseJson(output, `the answer in ${what}`), at)
  return withPerception(perception, { ...answer, timestamp: perception.timestamp })
}

const withPerception = (perception: JsonObject, row: object): object => ({
  agent_id: typeof perception.agent_id === 'string' ? perception.agent_id : null,
  ...row,
  perception_snapshot: perception,
})

function toForeign(row: SourceRow, what: string): ForeignRow {
  const { id, command, params, reasoning, outcome, episode_id, protocol_version, created_at } = row
  const seen = row.perception_snapshot ?? {}
  const timestamp = toInstant(row.timestamp, what)
  // The formats spell times differently, so the instant is compared.
  const content = JSON.stringify([timestamp, row.agent_id ?? null, episode_id ?? null, command, params, reasoning])
  const name = `import:${createHash('sha256').update(content).digest('hex').slice(0, 32)}`
  const made: NewCommandLogRow = {
    timestamp,
    command,
    params,
    reasoning: reasoning ?? '',
    perception_snapshot: Object.keys(seen).length === 0 ? null : seen,
    outcome: outcome ?? null,
    agent_id: row.agent_id ?? DEFAULT_AGENT,
    episode_id: episode_id ?? null,
    cell: row.cell ?? cellOf(seen),
    protocol_version: protocol_version ?? PERCEPTION_PROTOCOL_VERSION,
    world: null,
    slot: null,
    command_id: null,
  }
  const createdAt =
    created_at === null || created_at === undefined ? {} : { createdAt: Date.parse(toInstant(created_at, what)) }
  return { row: made, origin: { name, id }, ...createdAt }
}

function cellOf({ location = null }: JsonObject): string | null {
  return isObject(location) && typeof location.cell === 'string' ? location.cell : null
}

const MOMENT = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/

/**
 * Times as Python and SQLite write them: with microseconds, a space instead of the T, and in UTC if there is no zone.
 */
function toInstant(text: string, what: string): string {
  const [, day, time, fraction = '', zone = 'Z'] = MOMENT.exec(text) ?? []
  const ms = day === undefined ? Number.NaN : Date.parse(`${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}${zone}`)
  if (Number.isFinite(ms)) return new Date(ms).toISOString()
  throw new AppError('VALIDATION_ERROR', `${what}: ${JSON.stringify(text)} is not a time`, {
    hint: 'Times are written as 2026-03-21T14:30:00 or 2026-03-21 14:30:00.000000, with or without a zone.',
  })
}
