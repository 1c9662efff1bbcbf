// Every way in which a program can fail, and how failures appear on a wire. The set of failures is typed and closed:
// whatever a program does, the language throws only DslError. Remedies for each code: docs/strategy.md.
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import type { DslErrorClass, Phase, TraceEntry } from '../protocol/strategy-run.ts'

/** HTTP status of each class. */
const STATUS: Readonly<Record<DslErrorClass, number>> = {
  DslValidationError: 400,
  DslExecutionError: 400,
  DslLimitExceededError: 412,
  DslTimeoutError: 412,
  UnexpectedError: 500,
}

/** Error codes of the language, each with a hint. */
export const DSL_CODES = {
  DSL_FIELD_PATH_NOT_ALLOWED: 'Use one of the listed field paths, or data.<key> with only letters, digits and _.',
  DSL_PARENT_FIELD_OUTSIDE_POST: 'Move the rule to post_rules: only there has the parent run.',
  DSL_ARITH_OP_NOT_ALLOWED: 'Use one of + - * / min max.',
  DSL_COMPARE_OP_NOT_ALLOWED: 'Use one of < <= == != >= >.',
  DSL_FUNC_NAME_NOT_ALLOWED: 'Use int or clamp.',
  DSL_FUNC_ARITY_MISMATCH: 'Give int one argument, and clamp three: value, lowest, highest.',
  DSL_UNKNOWN_STATEMENT: 'Validate the program first; it contains an unknown statement.',
  DSL_ASSIGN_POINTS_NOT_NUMBER: 'Make the value of assign_points a finite number; wrap text in int.',
  DSL_SET_POINTS_NOT_NUMBER: 'Make the value of set_points a finite number; wrap text in int.',
  DSL_SET_CASE_NAME_NOT_STRING: 'Make the value of set_case_name a text.',
  DSL_COMPARE_TYPE_MISMATCH: 'Compare numbers with numbers and texts with texts; test for null with == first.',
  DSL_ARITH_TYPE_MISMATCH: 'Calculate with numbers only; + also joins two texts. Test for null with == first.',
  DSL_ARITH_DIV_BY_ZERO: 'Guard the division with a rule that tests the divisor, or use max to keep it above zero.',
  DSL_ARITH_OVERFLOW: 'Keep results below 1.8e308, and joined texts below 100 000 characters.',
  DSL_FIELD_NOT_PRECOMPUTED: 'Give the field a value; parent.* exists only when a parent result is given.',
  DSL_NO_AST_TO_SIMULATE: 'Save a program in the definition before simulating it.',
  DSL_TIMEOUT: 'Make the program or its payload smaller, or raise DSL_EXECUTION_TIMEOUT_MS.',
  DSL_LIMIT_EXCEEDED: 'Make the program or its payload smaller, or raise DSL_MAX_NODES or DSL_MAX_DEPTH.',
  DSL_UNEXPECTED: 'Look at the cause: the parent strategy or the analytics source failed, not the program.',
} as const

export type DslCode = keyof typeof DSL_CODES

interface DslErrorOptions {
  readonly code?: DslCode
  readonly nodeId?: string | null
  /** Machine-readable details, exactly as sent on the wire. */
  readonly params?: JsonObject
  readonly cause?: unknown
}

/**
 * A failure of a program or of its input. `kind` is the class on the wire.
 *
 * @example
 * import { DslError, validateProgram } from 'paracosm/strategy'
 *
 * try {
 *   validateProgram({ type: 'program', rules: [{}] })
 * } catch (error) {
 *   if (error instanceof DslError) console.log(error.kind, error.code, error.nodeId)
 * }
 */
export class DslError extends Error {
  readonly kind: DslErrorClass
  readonly code: DslCode | null
  /** The node that failed; null if it has no id or no node is responsible. */
  readonly nodeId: string | null
  readonly params: JsonObject | null
  /** The phases evaluated before the failure: for logs and explanations, never for a response to a client. */
  partialPhases: readonly Phase[] = []

  constructor(kind: DslErrorClass, message: string, options: DslErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = kind
    this.kind = kind
    this.code = options.code ?? null
    this.nodeId = options.nodeId ?? null
    this.params = options.params ?? null
  }

  /** The traces of all phases in order. */
  get partialTrace(): readonly TraceEntry[] {
    return this.partialPhases.flatMap(({ trace }) => trace)
  }

  get status(): number {
    return STATUS[this.kind]
  }

  /** The `detail` of an HTTP response: the bare message if there is no code. */
  toDetail(): JsonValue {
    return this.code === null ? this.message : { code: this.code, params: this.params ?? {}, message: this.message }
  }
}

/**
 * Value of the `X-Node-Id` header. Ids are free text: everything outside printable ASCII, and `%` itself, is
 * percent-encoded, so that no id can break a header or inject another.
 *
 * @example
 * import { formatNodeIdHeader } from 'paracosm/strategy'
 *
 * console.log(formatNodeIdHeader('rule 1')) // printable ASCII stays
 */
export function formatNodeIdHeader(nodeId: string): string {
  return nodeId.toWellFormed().replace(/[^ -$&-~]+/gu, encodeURIComponent)
}

const WORDS: Readonly<Record<string, string>> = {
  NoneType: 'null',
  bool: 'true or false',
  int: 'a number',
  float: 'a number',
  str: 'a text',
  list: 'a list',
  dict: 'an object',
}

/** The type of a value in words: `a text`. */
export const wordFor = (value: JsonValue): string => WORDS[kindOf(value)] ?? 'something else'

/** The original's name for the type of a value; informative, used in params. */
export function kindOf(value: JsonValue): string {
  if (value === null) return 'NoneType'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float'
  if (typeof value === 'string') return 'str'
  return Array.isArray(value) ? 'list' : 'dict'
}

/**
 * The code that the execution log stores for a failure.
 *
 * @example
 * import { DslError, logCodeOf } from 'paracosm/strategy'
 *
 * console.log(logCodeOf(new DslError('DslExecutionError', 'division by zero')))
 */
export function logCodeOf(error: unknown): string {
  if (!(error instanceof DslError) || error.kind === 'UnexpectedError') return 'DSL_UNEXPECTED'
  if (error.code !== null) return error.code
  if (error.kind === 'DslTimeoutError') return 'DSL_TIMEOUT'
  return error.kind === 'DslLimitExceededError' ? 'DSL_LIMIT_EXCEEDED' : error.kind
}
