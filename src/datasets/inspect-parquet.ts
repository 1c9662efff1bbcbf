// Inspects Parquet: columns, rows one group at a time, and the content of JSON columns.
import { open } from 'node:fs/promises'
import { zstdDecompressSync } from 'node:zlib'
import { asyncBufferFromFile, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { JsonObject, type JsonValue } from '../protocol/json.ts'
import type { Findings } from './findings.ts'

/** Columns that hold JSON objects as text, and whether they may be null. */
const JSON_COLUMNS: Readonly<Record<string, boolean>> = { params: false, perception: true, observation: false }
/** Columns used for training: the others contain times, places and names. */
const LEARNT = ['perception', 'observation', 'command', 'params', 'reasoning']
const ROWS = 5000

export async function isParquet(path: string): Promise<boolean> {
  await using file = await open(path, 'r')
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0)
  return bytesRead === 4 && buffer.toString('latin1') === 'PAR1'
}

export async function inspectParquet(
  path: string,
  findings: Findings,
  signal: AbortSignal | undefined,
): Promise<{ format: string; columns: Record<string, string> }> {
  const file = await asyncBufferFromFile(path)
  const metadata = await parquetMetadataAsync(file)
  const columns = columnsOf(metadata)
  const names = Object.keys(columns)
  const format = names.includes('is_first') ? 'trajectories' : names.includes('perception') ? 'parquet' : 'unknown'
  const total = Number(metadata.num_rows)
  for (let rowStart = 0; rowStart < total; rowStart += ROWS) {
    signal?.throwIfAborted()
    const rowEnd = Math.min(rowStart + ROWS, total)
    const compressors = { ZSTD: (bytes: Uint8Array) => new Uint8Array(zstdDecompressSync(bytes)) }
    const rows = await parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors })
    for (const [index, row] of rows.entries()) look(row, rowStart + index + 1, findings)
  }
  if (format === 'unknown')
    findings.problem({ file: '', line: 0, message: 'does not have the columns of any known format' })
  return { format, columns }
}

function columnsOf({ schema }: FileMetaData): Record<string, string> {
  const leaves = schema.slice(1).map(({ name, type, converted_type, repetition_type }): [string, string] => {
    return [name, `${converted_type ?? type}${repetition_type === 'REQUIRED' ? '' : ', may be null'}`]
  })
  return Object.fromEntries(leaves)
}

function look(row: Readonly<Record<string, unknown>>, line: number, findings: Findings): void {
  let characters = 0
  const shown: Record<string, JsonValue> = {}
  for (const [name, value] of Object.entries(row)) {
    const text = typeof value === 'string' ? value : ''
    if (LEARNT.includes(name)) characters += text.length
    shown[name] = toJson(value)
    const mayBeNull = JSON_COLUMNS[name]
    if (mayBeNull === undefined || (mayBeNull && value === null)) continue
    if (!isJsonObject(text)) findings.problem({ file: '', line, message: `${name} is not a JSON object` })
  }
  findings.record(shown, characters)
}

function isJsonObject(text: string): boolean {
  try {
    return JsonObject.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}

function toJson(value: unknown): JsonValue {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return null
}
