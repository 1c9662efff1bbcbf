// Inspects a dataset: its format, number of records, estimated tokens, and problems with their place.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import { formatPath } from '../kernel/parse.ts'
import {
  ChatRecord,
  EpisodeRecord,
  InstructionRecord,
  RawRecord,
  ShareGptRecord,
  TrajectoryStep,
} from '../protocol/dataset.ts'
import { isObject } from '../protocol/is-object.ts'
import type { JsonValue } from '../protocol/json.ts'
import { readNumberedLines } from './dataset-lines.ts'
import { type DatasetProblem, Findings } from './findings.ts'
import { inspectParquet, isParquet } from './inspect-parquet.ts'

export interface DatasetReport {
  /** The format as in `export --format`; `unknown` if it cannot be detected; `empty` without records. */
  readonly format: string
  readonly files: number
  readonly bytes: number
  readonly records: number
  /** A quarter of the characters used for training; for raw, episodes and trajectories, of the whole records. */
  readonly estimated_tokens: number
  /** For Parquet: names and types. */
  readonly columns: Readonly<Record<string, string>> | null
  readonly first_records: readonly JsonValue[]
  /** The first problems. */
  readonly problems: readonly DatasetProblem[]
  readonly problems_found: number
}

export interface InspectOptions {
  /** How many of the first records to show. */
  readonly shown?: number
  readonly signal?: AbortSignal | undefined
}

const CHARACTERS_A_TOKEN = 4

/**
 * Reads a whole dataset, incrementally.
 * @throws AppError FILE_UNREADABLE, INTERRUPTED; faults in the content are in the report
 */
export async function inspectDataset(path: string, options: InspectOptions = {}): Promise<DatasetReport> {
  const findings = new Findings(options.shown ?? 1)
  try {
    const found = await stat(path)
    const files = found.isDirectory() ? await listLineFiles(path) : ['']
    const bytes = await sizeOf(files.map((file) => join(path, file)))
    if (!found.isDirectory() && (await isParquet(path))) {
      const { format, columns } = await inspectParquet(path, findings, options.signal)
      return toReport(findings, { format, columns, files: 1, bytes })
    }
    const formats = new Set<string>()
    for (const file of files) formats.add(await inspectLines(join(path, file), { file, findings, ...options }))
    if (formats.size > 1) formats.delete('empty')
    const [format = 'empty'] = formats
    return toReport(findings, {
      format: formats.size > 1 ? 'unknown' : format,
      columns: null,
      files: files.length,
      bytes,
    })
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('FILE_UNREADABLE', `cannot read ${path}: ${reason}`, { cause })
  }
}

function toReport(
  findings: Findings,
  parts: Pick<DatasetReport, 'format' | 'columns' | 'files' | 'bytes'>,
): DatasetReport {
  return {
    ...parts,
    records: findings.records,
    estimated_tokens: Math.round(findings.characters / CHARACTERS_A_TOKEN),
    first_records: findings.first,
    problems: findings.problems,
    problems_found: findings.problemsFound,
  }
}

async function listLineFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder)
  return names.filter((name) => name.endsWith('.jsonl')).sort()
}

async function sizeOf(paths: readonly string[]): Promise<number> {
  let bytes = 0
  for (const path of paths) bytes += (await stat(path)).size
  return bytes
}

/** For each format: how to recognize its records, their schema, and the parts used for training. */
const LINE_KINDS: readonly {
  readonly format: string
  readonly key: string
  readonly schema: z.ZodType
}[] = [
  { format: 'chat', key: 'messages', schema: ChatRecord },
  { format: 'sharegpt', key: 'conversations', schema: ShareGptRecord },
  { format: 'instruction', key: 'instruction', schema: InstructionRecord },
  { format: 'trajectories', key: 'is_first', schema: TrajectoryStep },
  { format: 'episodes', key: 'perception_snapshot', schema: EpisodeRecord },
  { format: 'raw', key: 'metadata', schema: RawRecord },
]

async function inspectLines(
  path: string,
  { file, findings, signal }: { file: string; findings: Findings } & InspectOptions,
): Promise<string> {
  let kind: (typeof LINE_KINDS)[number] | undefined
  let count = 0
  for await (const line of readNumberedLines(path)) {
    if (++count % 1000 === 0) signal?.throwIfAborted()
    const at = { file, line: line.number }
    const value = 'text' in line ? parseLine(line.text) : { fault: line.fault }
    if ('fault' in value) {
      findings.problem({ ...at, message: value.fault })
      continue
    }
    kind ??= LINE_KINDS.find(({ key }) => isObject(value.json) && key in value.json)
    const isLearntWhole = kind === undefined || ['raw', 'episodes', 'trajectories'].includes(kind.format)
    const length = 'text' in line && isLearntWhole ? line.text.length : charactersOf(value.json)
    findings.record(value.json, length)
    const message = kind ? faultOf(kind.schema, value.json) : 'is not a record of any known format'
    if (message !== undefined) findings.problem({ ...at, message })
  }
  if (count === 0) return 'empty'
  return kind?.format ?? 'unknown'
}

function parseLine(text: string): { readonly json: JsonValue } | { readonly fault: string } {
  try {
    return { json: JSON.parse(text) }
  } catch (error) {
    return { fault: `is not JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}

function faultOf(schema: z.ZodType, value: JsonValue): string | undefined {
  const parsed = schema.safeParse(value)
  const [issue] = parsed.error?.issues ?? []
  return issue && `${formatPath(issue.path)}: ${issue.message}`
}

/** Fields that name the speaker, and not the content. */
const LABELS = ['role', 'from']

function charactersOf(value: JsonValue): number {
  if (typeof value === 'string') return value.length
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + charactersOf(each), 0)
  if (!isObject(value)) return 0
  return Object.entries(value).reduce((sum, [key, each]) => sum + (LABELS.includes(key) ? 0 : charactersOf(each)), 0)
}
