// Reads an evaluation from a YAML or JSON file: the same keys as the specification, with policies as on the command
// line.
import { readFile } from 'node:fs/promises'
import { parse, YAMLParseError } from 'yaml'
import { z } from 'zod'
import { AppError } from '../kernel/errors.ts'
import { parseWith } from '../kernel/parse.ts'
import { EvaluationPlayer, EvaluationSpec } from '../protocol/evaluation.ts'
import { parsePlayer } from './parse-player.ts'

/** Maximum size of the file in bytes; it needs only a page of settings. */
const MAX_BYTES = 1_000_000

const Player = z.union([z.string().transform(parsePlayer), EvaluationPlayer])

const File = z.strictObject({
  ...EvaluationSpec.shape,
  /** A single variant, instead of a list. */
  variant: z.string().optional(),
  policies: z.array(Player).min(1).max(100),
  opponents: z.array(Player).max(100).default([]),
  episodes: EvaluationSpec.shape.episodes.default(100),
})

/** @throws AppError FILE_UNREADABLE, FILE_TOO_LARGE, VALIDATION_ERROR, USAGE for an invalid policy */
export async function readEvaluationFile(path: string): Promise<EvaluationSpec> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('FILE_UNREADABLE', `cannot read ${path}`, { cause })
  })
  if (text.length > MAX_BYTES) throw new AppError('FILE_TOO_LARGE', `${path} has more than ${MAX_BYTES} characters`)
  const { variant, ...spec } = parseWith(File, parseYaml(text, path), { code: 'VALIDATION_ERROR', what: path })
  return EvaluationSpec.parse({ ...spec, variants: variant === undefined ? spec.variants : [variant] })
}

/**
 * YAML 1.2 without aliases, so that a file of a few bytes cannot expand to millions of nodes.
 * @throws AppError VALIDATION_ERROR with line and column
 */
export function parseYaml(text: string, what: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0, prettyErrors: true })
  } catch (cause) {
    const place = cause instanceof YAMLParseError && cause.linePos?.[0]
    const where = place ? ` at line ${place.line}, column ${place.col}` : ''
    const [first = 'it is not YAML'] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
    throw new AppError('VALIDATION_ERROR', `${what} is not YAML${where}: ${first.replace(/ at line.*$/, '')}`, {
      cause,
    })
  }
}
