// The grammar as tables: the keys of each node, and the statements allowed in each section. It states the same facts as
// the schema in protocol/strategy.ts, in the order in which the validator reports problems; a property test compares
// the two.

import {
  ANALYTICS_FIELDS,
  type AnalyticsField,
  CASE_NAME,
  DATA_KEY,
  EVENT_FIELDS,
  FUNCTIONS,
  PARENT_FIELDS,
  type Scalar,
} from '../protocol/strategy.ts'
import type { Section } from '../protocol/strategy-run.ts'
import type { ArithOp, CompareOp } from './values.ts'

/** A JSON object whose content is not known yet. */
export type RawNode = Record<string, unknown>

export function isRawNode(value: unknown): value is RawNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Keys of a node besides `type` and `id`; the required ones in the order in which they are reported missing. */
export interface KeyRule {
  readonly required: readonly string[]
  readonly optional: readonly string[]
}

const keys = (required: readonly string[], optional: readonly string[] = []): KeyRule => ({ required, optional })

export const PROGRAM_KEYS = keys(['rules'], ['pre_rules', 'post_rules', 'default', 'parent_variables'])
export const RULE_KEYS = keys(['when', 'then'], ['else_if', 'else'])

const CONDITIONS = { and: keys(['args']), or: keys(['args']), not: keys(['arg']) } as const
const COMPARE = { compare: keys(['op', 'left', 'right']) } as const
const VALUES = { literal: keys(['value']), field: keys(['path']) } as const
const CALCULATIONS = { arith: keys(['op', 'left', 'right']), func_call: keys(['name', 'args']) } as const
const STATEMENTS = {
  assign_points: keys(['value', 'case_name']),
  set_callback_data: keys(['key', 'value']),
  return: keys([]),
  set_data: keys(['key', 'value']),
  veto: keys(['case_name']),
  set_points: keys(['value']),
  set_case_name: keys(['value']),
} as const

/** Lookups use untrusted names: a Map has no inherited entries. */
const mapOf = <T extends string>(table: Readonly<Record<T, KeyRule>>): ReadonlyMap<string, KeyRule> =>
  new Map(Object.entries(table))

export const CONDITION_KEYS = mapOf({ ...CONDITIONS, ...COMPARE, ...VALUES })
export const EXPRESSION_KEYS = mapOf({ ...VALUES, ...CALCULATIONS })
export const STATEMENT_KEYS = mapOf(STATEMENTS)

const ANYWHERE = ['set_callback_data', 'return']
const SECTION_STATEMENTS: Readonly<Record<Section, readonly string[]>> = {
  rule: ['assign_points', ...ANYWHERE],
  default: ['assign_points', ...ANYWHERE],
  pre: ['set_data', 'veto', ...ANYWHERE],
  post: ['set_points', 'set_case_name', ...ANYWHERE],
}

export const isAllowedIn = (section: Section, type: string): boolean => SECTION_STATEMENTS[section].includes(type)

/** The statements that a section allows, as text for people. */
export const listAllowedIn = (section: Section): string => SECTION_STATEMENTS[section].join(', ')

const oneOf = <T extends string>(list: readonly T[]) => {
  const set: ReadonlySet<unknown> = new Set(list)
  return (value: unknown): value is T => set.has(value)
}

/** A switch instead of a set, because the interpreter calls this at every node. */
export function isCompareOp(value: unknown): value is CompareOp {
  switch (value) {
    case '<':
    case '<=':
    case '==':
    case '!=':
    case '>=':
    case '>':
      return true
    default:
      return false
  }
}

export function isArithOp(value: unknown): value is ArithOp {
  switch (value) {
    case '+':
    case '-':
    case '*':
    case '/':
    case 'min':
    case 'max':
      return true
    default:
      return false
  }
}

export const isAnalyticsField: (value: unknown) => value is AnalyticsField = oneOf(ANALYTICS_FIELDS)
export const isEventField = oneOf(EVENT_FIELDS)
export const isParentField = oneOf(PARENT_FIELDS)

/** Number of arguments of a function; undefined if it is not a function. */
export function arityOf(name: unknown): number | undefined {
  return name === 'int' || name === 'clamp' ? FUNCTIONS[name] : undefined
}

const DATA_PREFIX = 'data.'

/** The payload key of a `data.<key>` path; undefined for every other path. */
export function dataKeyOf(path: string): string | undefined {
  const key = path.startsWith(DATA_PREFIX) ? path.slice(DATA_PREFIX.length) : undefined
  return isDataKey(key) ? key : undefined
}

export function isDataKey(key: unknown): key is string {
  return typeof key === 'string' && DATA_KEY.test(key)
}

export function isKnownPath(path: string): boolean {
  return isEventField(path) || isAnalyticsField(path) || isParentField(path) || dataKeyOf(path) !== undefined
}

export function isCaseName(value: unknown): value is string {
  return typeof value === 'string' && CASE_NAME.test(value)
}

/** Text, finite number, boolean or null. */
export function isScalar(value: unknown): value is Scalar {
  return (
    value === null ||
    typeof value === 'string' ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value))
  )
}
