// A Parquet file that is written row group by row group: typed columns, zstd, one group in memory at a time.
import { constants, zstdCompressSync } from 'node:zlib'
import { ByteWriter, type ColumnSource, ParquetWriter, type SchemaElement } from 'hyparquet-writer'
import type { StoredRow } from '../store/log-rows.ts'
import { GrowingFile } from './growing-file.ts'
import { RowTexts } from './row-texts.ts'

type Value = string | number | bigint | boolean | null

export interface ParquetColumn<Row> {
  readonly name: string
  /** `document`: long text, of which nobody asks for the least and the greatest. `instant`: milliseconds UTC. */
  readonly type: 'text' | 'document' | 'integer' | 'long' | 'double' | 'boolean' | 'instant'
  readonly isOptional?: boolean
  readonly of: (row: Row, texts: RowTexts) => Value
}

/** Rows and characters of one row group, whichever is reached first. */
const GROUP = { rows: 20_000, length: 12 * 1024 * 1024 }
/** zstd's quick end: columns repeat so much that more effort gains little. */
const LEVEL = 1

/** The columns of the format `parquet`: those of the log, JSON as text. */
export const COMMAND_COLUMNS: readonly ParquetColumn<StoredRow>[] = [
  { name: 'id', type: 'long', of: (row) => BigInt(row.id) },
  { name: 'timestamp', type: 'instant', of: (row) => row.timestamp },
  { name: 'command', type: 'text', of: (row) => row.command },
  { name: 'params', type: 'document', of: (row, texts) => texts.params(row) },
  { name: 'reasoning', type: 'document', of: (row) => row.reasoning },
  { name: 'perception', type: 'document', isOptional: true, of: (row, texts) => texts.perception(row)?.text ?? null },
  { name: 'outcome', type: 'text', isOptional: true, of: (row) => row.outcome },
  { name: 'agent_id', type: 'text', of: (row) => row.agent_id },
  { name: 'episode_id', type: 'text', isOptional: true, of: (row) => row.episode_id },
  { name: 'cell', type: 'text', isOptional: true, of: (row) => row.cell },
  { name: 'protocol_version', type: 'text', of: (row) => row.protocol_version },
  { name: 'created_at', type: 'instant', of: (row) => row.created_at },
  { name: 'world', type: 'text', isOptional: true, of: (row) => row.world },
  { name: 'slot', type: 'integer', isOptional: true, of: (row) => row.slot },
  { name: 'command_id', type: 'text', isOptional: true, of: (row) => row.command_id },
]

const TYPES: Readonly<Record<ParquetColumn<never>['type'], Omit<SchemaElement, 'name'>>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  document: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT32' },
  long: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  instant: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
}

export class ParquetFile<Row> implements AsyncDisposable {
  readonly #file: GrowingFile
  readonly #columns: readonly ParquetColumn<Row>[]
  readonly #writer: ParquetWriter
  readonly #texts = new RowTexts()
  #group: Value[][]
  #rows = 0
  #length = 0

  private constructor(file: GrowingFile, columns: readonly ParquetColumn<Row>[]) {
    this.#file = file
    this.#columns = columns
    this.#group = columns.map(() => [])
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

  /** @throws AppError STORE_CORRUPT as the columns say */
  async add(rows: readonly Row[]): Promise<void> {
    for (const [index, { of }] of this.#columns.entries()) {
      const values = this.#group[index] ?? []
      for (const row of rows) {
        const value = of(row, this.#texts)
        // What repeats is kept once.
        if (typeof value === 'string' && value !== values.at(-1)) this.#length += value.length
        values.push(value)
      }
    }
    this.#rows += rows.length
    if (this.#rows >= GROUP.rows || this.#length >= GROUP.length) await this.#writeGroup()
  }

  async #writeGroup(): Promise<void> {
    const columnData = this.#columns.map(({ name, type }, index): ColumnSource => {
      return { name, data: this.#group[index] ?? [], statistics: type !== 'document' }
    })
    await this.#writer.write({ columnData, rowGroupSize: this.#rows })
    this.#group = this.#columns.map(() => [])
    this.#rows = 0
    this.#length = 0
  }

  /** Writes what is left and the footer; resolves once all of it is durable. */
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
