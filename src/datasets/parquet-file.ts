// A Parquet file that is written row group by row group: typed columns, zstd, one group in memory at a time.
import { constants, zstdCompressSync } from 'node:zlib'
import { ByteWriter, type ColumnSource, ParquetWriter, type SchemaElement } from 'hyparquet-writer'
import type { StoredRow } from '../store/log-rows.ts'
import { GrowingFile } from './growing-file.ts'
import { RowTexts } from './row-texts.ts'

type Value = string | number | bigint | boolean | Uint8Array | null

export interface ParquetColumn<Row> {
  readonly name: string
  /**
   * `document`: long text without min/max statistics; `unique`: text that seldom repeats.
   * `instant`: milliseconds UTC.
   */
  readonly type: 'text' | 'document' | 'unique' | 'integer' | 'long' | 'double' | 'boolean' | 'instant'
  readonly isOptional?: boolean
  readonly of: (row: Row, texts: RowTexts) => Value
}

/** Maximum rows and characters of one row group, whichever is reached first. */
const GROUP = { rows: 10_000, length: 4 * 1024 * 1024 }
const FIRST_BYTES = 256 * 1024
const PAGE_BYTES = 256 * 1024
/** A low zstd level: columns are so repetitive that a higher level gains little. */
const LEVEL = 1

export const longOrNull = (value: number | null): bigint | null => (value === null ? null : BigInt(value))

/** The columns of the format `parquet`: those of the log, with JSON as text. */
export const COMMAND_COLUMNS: readonly ParquetColumn<StoredRow>[] = [
  { name: 'id', type: 'long', of: (row) => BigInt(row.id) },
  { name: 'timestamp', type: 'instant', of: (row) => row.timestamp },
  { name: 'command', type: 'text', of: (row) => row.command },
  { name: 'params', type: 'unique', of: (row, texts) => texts.params(row) },
  { name: 'reasoning', type: 'unique', of: (row) => row.reasoning },
  { name: 'perception', type: 'document', isOptional: true, of: (row, texts) => texts.perception(row)?.text ?? null },
  { name: 'outcome', type: 'text', isOptional: true, of: (row) => row.outcome },
  { name: 'agent_id', type: 'text', of: (row) => row.agent_id },
  { name: 'episode_id', type: 'text', isOptional: true, of: (row) => row.episode_id },
  { name: 'cell', type: 'text', isOptional: true, of: (row) => row.cell },
  { name: 'protocol_version', type: 'text', of: (row) => row.protocol_version },
  { name: 'created_at', type: 'instant', of: (row) => row.created_at },
  { name: 'world', type: 'text', isOptional: true, of: (row) => row.world },
  { name: 'slot', type: 'integer', isOptional: true, of: (row) => row.slot },
  { name: 'command_id', type: 'unique', isOptional: true, of: (row) => row.command_id },
  { name: 'heartbeat_cycle', type: 'long', isOptional: true, of: (row) => longOrNull(row.heartbeat_cycle) },
  { name: 'score', type: 'double', isOptional: true, of: (row) => row.score },
]

const TYPES: Readonly<Record<ParquetColumn<never>['type'], Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  document: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  unique: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT32' },
  long: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  instant: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
}

/** Types for which no dictionary is tried. */
const PLAIN: readonly string[] = ['unique', 'long', 'instant']

export class ParquetFile<Row> implements AsyncDisposable {
  readonly #file: GrowingFile
  readonly #columns: readonly ParquetColumn<Row>[]
  readonly #writer: ParquetWriter
  readonly #texts = new RowTexts()
  readonly #group: readonly Waiting[]
  #rows = 0
  #length = 0

  private constructor(file: GrowingFile, columns: readonly ParquetColumn<Row>[]) {
    this.#file = file
    this.#columns = columns
    this.#group = columns.map(waitingOf)
    const bytes = new ByteWriter()
    /** The library calls this after each row group, and waits. */
    const flush = async (): Promise<void> => {
      await file.write(bytes.getBytes())
      bytes.index = 0
    }
    const root: SchemaElement = { name: 'root', num_children: columns.length }
    const leaves = columns.map(
      ({ name, type, isOptional }): SchemaElement => ({
        name,
        ...TYPES[type],
        repetition_type: isOptional ? 'OPTIONAL' : 'REQUIRED',
      }),
    )
    this.#writer = new ParquetWriter({
      writer: Object.assign(bytes, { flush, finish: flush }),
      schema: [root, ...leaves],
      codec: 'ZSTD',
      compressors: { ZSTD: compress },
      createdBy: 'paracosm',
    })
  }

  static async open<Row>(path: string, columns: readonly ParquetColumn<Row>[]): Promise<ParquetFile<Row>> {
    return new ParquetFile(await GrowingFile.open(path), columns)
  }

  /** @throws AppError STORE_CORRUPT from the columns */
  async add(rows: readonly Row[]): Promise<void> {
    for (const [index, { of }] of this.#columns.entries()) {
      const waiting = this.#group[index]
      for (const row of rows) this.#length += waiting?.add(of(row, this.#texts)) ?? 0
    }
    this.#rows += rows.length
    if (this.#rows >= GROUP.rows || this.#length >= GROUP.length) await this.#writeGroup()
  }

  async #writeGroup(): Promise<void> {
    const group = this.#group
    const columnData = this.#columns.map(({ name, type }, index): ColumnSource => {
      return {
        name,
        // Built when the writer reaches the column, so that only one column's values exist at a time.
        get data() {
          return group[index]?.values() ?? []
        },
        statistics: type !== 'document' && type !== 'unique',
        ...(PLAIN.includes(type) ? { encoding: 'PLAIN' } : {}),
      }
    })
    await this.#writer.write({ columnData, rowGroupSize: this.#rows, pageSize: PAGE_BYTES })
    for (const waiting of group) waiting.clear()
    this.#rows = 0
    this.#length = 0
  }

  /** Writes the rest and the footer; resolves once everything is durable. */
  async finish(): Promise<void> {
    if (this.#rows > 0) await this.#writeGroup()
    await this.#writer.finish()
    await this.#file.finish()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#file[Symbol.asyncDispose]()
  }
}

const compress = (bytes: Uint8Array): Uint8Array =>
  zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } })

/** The pending values of one column. */
interface Waiting {
  /** @returns the number of additional characters stored */
  add(value: Value): number
  values(): Value[]
  clear(): void
}

const waitingOf = ({ type }: { readonly type: ParquetColumn<never>['type'] }): Waiting =>
  type === 'unique' ? keepBytes() : keepValues(type === 'text')

/** Stores values unchanged. Repeated texts are stored once, so that the rows' strings can be collected soon. */
function keepValues(isText: boolean): Waiting {
  const kept: Value[] = []
  const texts = new Map<string, string>()
  return {
    add(value) {
      if (!isText || typeof value !== 'string') {
        const grows = typeof value === 'string' && value !== kept.at(-1)
        kept.push(value)
        return grows ? value.length : 0
      }
      const known = texts.get(value)
      kept.push(known ?? value)
      if (known !== undefined) return 0
      texts.set(value, value)
      return value.length
    },
    values: () => kept,
    clear() {
      kept.length = 0
      texts.clear()
    },
  }
}

/** Stores unique texts as bytes in one buffer, so that the rows' strings can be collected. */
function keepBytes(): Waiting {
  let bytes = Buffer.allocUnsafeSlow(FIRST_BYTES)
  let used = 0
  /** The end of each value; -1 for null. */
  const ends: number[] = []
  return {
    add(value) {
      if (typeof value !== 'string') {
        ends.push(-1)
        return 0
      }
      const needed = used + value.length * 3
      if (needed > bytes.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(needed, bytes.length * 2))
        bytes.copy(larger, 0, 0, used)
        bytes = larger
      }
      used += bytes.write(value, used)
      ends.push(used)
      return value.length
    },
    values() {
      let from = 0
      return ends.map((end) => {
        if (end < 0) return null
        const value = bytes.subarray(from, end)
        from = end
        return value
      })
    },
    clear() {
      ends.length = 0
      used = 0
    },
  }
}
