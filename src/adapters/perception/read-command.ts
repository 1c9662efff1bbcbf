// Parses a request into a command or a refusal, and decides what is logged in each case.
import { AppError } from '../../kernel/errors.ts'
import { parseJson, parseWith } from '../../kernel/parse.ts'
import type { NewCommandLogRow } from '../../protocol/command-log.ts'
import { isObject } from '../../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../../protocol/json.ts'
import {
  isReadableVersion,
  PERCEPTION_PROTOCOL_VERSION,
  ProtocolVersion,
  Timestamp,
} from '../../protocol/perception.ts'
import { CommandInput, MAX_COMMAND_BYTES } from '../../protocol/perception-adapter.ts'
import { COMMAND_TYPES } from '../../protocol/perception-command.ts'

const WORDS: readonly string[] = COMMAND_TYPES

/**
 * Reads the body of a request as a JSON object.
 * @throws AppError BODY_TOO_LARGE, VALIDATION_ERROR
 */
export function readBody(bytes: Buffer): JsonObject {
  if (bytes.length > MAX_COMMAND_BYTES) {
    throw new AppError('BODY_TOO_LARGE', `the body has ${bytes.length} bytes; the limit is ${MAX_COMMAND_BYTES}`)
  }
  const value = parseText(bytes)
  if (isObject(value)) return value
  throw new AppError('VALIDATION_ERROR', 'the body must be a JSON object')
}

function parseText(bytes: Buffer): JsonValue {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes), 'The body')
  } catch (error) {
    const message = error instanceof AppError ? error.message : 'The body is not UTF-8'
    throw new AppError('VALIDATION_ERROR', message, { cause: error, hint: 'Send a JSON object, in UTF-8.' })
  }
}

/**
 * The command in a body. The version is checked first: the rest of a payload of a later version cannot be validated.
 * @throws AppError SCHEMA_MISMATCH, INVALID_COMMAND, or VALIDATION_ERROR naming the field
 */
export function parseCommand(body: JsonObject): CommandInput {
  const { protocol_version: version, command } = body
  if (!isReadableVersion(version)) {
    throw new AppError(
      'SCHEMA_MISMATCH',
      `protocol ${version} is not supported; this server speaks ${PERCEPTION_PROTOCOL_VERSION}`,
    )
  }
  if (typeof command === 'string' && !WORDS.includes(command)) {
    throw new AppError(
      'INVALID_COMMAND',
      `there is no command ${command.slice(0, 64)}; the commands are ${WORDS.join(', ')}`,
      {
        details: { known: [...WORDS] },
      },
    )
  }
  return parseWith(CommandInput, body, { code: 'VALIDATION_ERROR', what: 'The command' })
}

/** An agent's time in UTC, with milliseconds. */
export const toInstant = (timestamp: string): string => new Date(timestamp).toISOString()

/** Characters of a refused command's params, and of its reasoning, that the log keeps. */
const MAX_REFUSED_TEXT = 4096

export type RefusedRow = Pick<NewCommandLogRow, 'timestamp' | 'command' | 'params' | 'reasoning' | 'protocol_version'>

/** The part of an invalid body that is logged: its valid fields. */
export function toRefusedRow(body: JsonObject, now: Date): RefusedRow {
  const { command, params, reasoning, timestamp, protocol_version: version } = body
  const time = Timestamp.safeParse(timestamp)
  const wrote = ProtocolVersion.safeParse(version)
  return {
    timestamp: time.success ? toInstant(time.data) : now.toISOString(),
    command: typeof command === 'string' && command !== '' ? printable(command.slice(0, 64)) : 'unknown',
    params: isObject(params) && isShort(params) ? params : {},
    reasoning: typeof reasoning === 'string' ? printable(reasoning.slice(0, MAX_REFUSED_TEXT)) : '',
    protocol_version: wrote.success ? wrote.data : PERCEPTION_PROTOCOL_VERSION,
  }
}

/** Whether it can be logged: it must not be nested too deeply. */
function isShort(value: JsonObject): boolean {
  try {
    return JSON.stringify(value).length <= MAX_REFUSED_TEXT
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ')
