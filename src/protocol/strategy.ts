// Programs of the strategy language as they are stored and sent: a tree of JSON nodes, each with a `type`. The schema
// defines the shapes; the validator checks sections, limits and the order of problems (src/strategy/validator.ts).
// docs/strategy.md describes the language for people.
import { z } from 'zod'
import { JsonValue } from './json.ts'

export const COMPARE_OPS = ['<', '<=', '==', '!=', '>=', '>'] as const
export const ARITH_OPS = ['+', '-', '*', '/', 'min', 'max'] as const
/** Functions and how many arguments each takes. */
export const FUNCTIONS = { int: 1, clamp: 3 } as const
export const EVENT_FIELDS = ['externalGameId', 'externalTaskId', 'externalUserId'] as const
/** What the analytics source knows, in the order in which forms list it. */
export const ANALYTICS_FIELDS = [
  'user.measurements_count',
  'task.measurements_count',
  'user.recent_measurements_count',
  'user.avg_time',
  'all.avg_time',
  'user.last_window_diff',
  'user.new_last_window_diff',
] as const
export type AnalyticsField = (typeof ANALYTICS_FIELDS)[number]
/** The parent strategy's result; readable only in `post_rules`, after it. */
export const PARENT_FIELDS = ['parent.points', 'parent.case_name'] as const

const NodeId = z.string().exactOptional()

/** 1 to 200 characters of printable ASCII. */
export const CASE_NAME = /^[ -~]{1,200}$/
export const DATA_KEY = /^[A-Za-z0-9_]+$/

const CaseName = z.string().regex(CASE_NAME)
const DataKey = z.string().regex(DATA_KEY)
export const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])
export type Scalar = z.infer<typeof Scalar>

const FieldPath = z.union([
  z.enum([...EVENT_FIELDS, ...ANALYTICS_FIELDS, ...PARENT_FIELDS]),
  z.string().regex(/^data\.[A-Za-z0-9_]+$/),
])

const Literal = z.strictObject({ type: z.literal('literal'), id: NodeId, value: Scalar })
const Field = z.strictObject({ type: z.literal('field'), id: NodeId, path: FieldPath })
const Arith = z.strictObject({
  type: z.literal('arith'),
  id: NodeId,
  op: z.enum(ARITH_OPS),
  get left() {
    return Expression
  },
  get right() {
    return Expression
  },
})
const IntCall = z.strictObject({
  type: z.literal('func_call'),
  id: NodeId,
  name: z.literal('int'),
  get args() {
    return z.array(Expression).length(1)
  },
})
const ClampCall = z.strictObject({
  type: z.literal('func_call'),
  id: NodeId,
  name: z.literal('clamp'),
  get args() {
    return z.array(Expression).length(3)
  },
})

/** Something that yields a value. */
export const Expression = z.union([Literal, Field, Arith, IntCall, ClampCall])
export type Expression = z.infer<typeof Expression>

const Compare = z.strictObject({
  type: z.literal('compare'),
  id: NodeId,
  op: z.enum(COMPARE_OPS),
  left: Expression,
  right: Expression,
})
const Junction = z.strictObject({
  type: z.enum(['and', 'or']),
  id: NodeId,
  get args() {
    return z.array(Condition).min(1)
  },
})
const Not = z.strictObject({
  type: z.literal('not'),
  id: NodeId,
  get arg() {
    return Condition
  },
})

/** Something that is true or false. A bare value counts by its truthiness: empty, zero, null and false are false. */
export const Condition = z.union([Junction, Not, Compare, Literal, Field])
export type Condition = z.infer<typeof Condition>

const AssignPoints = z.strictObject({
  type: z.literal('assign_points'),
  id: NodeId,
  value: Expression,
  case_name: CaseName,
})
const SetCallbackData = z.strictObject({
  type: z.literal('set_callback_data'),
  id: NodeId,
  key: z.string().min(1),
  value: Expression,
})
const Return = z.strictObject({ type: z.literal('return'), id: NodeId })
const SetData = z.strictObject({ type: z.literal('set_data'), id: NodeId, key: DataKey, value: Expression })
const Veto = z.strictObject({ type: z.literal('veto'), id: NodeId, case_name: CaseName })
const SetPoints = z.strictObject({ type: z.literal('set_points'), id: NodeId, value: Expression })
const SetCaseName = z.strictObject({ type: z.literal('set_case_name'), id: NodeId, value: Expression })

const RuleStatement = z.union([AssignPoints, SetCallbackData, Return])
const PreStatement = z.union([SetData, Veto, SetCallbackData, Return])
const PostStatement = z.union([SetPoints, SetCaseName, SetCallbackData, Return])

function ruleOf<Statement extends z.ZodType>(statement: Statement) {
  const body = z.array(statement).min(1)
  // biome-ignore lint/suspicious/noThenProperty: the language's own word; programs are never awaited
  const branch = z.strictObject({ when: Condition, then: body, id: JsonValue.exactOptional() })
  return z.strictObject({
    type: z.literal('rule'),
    id: NodeId,
    when: Condition,
    // biome-ignore lint/suspicious/noThenProperty: the language's own word; programs are never awaited
    then: body,
    else_if: z.array(branch).nullable().exactOptional(),
    else: body.nullable().exactOptional(),
  })
}

/** A whole program. `rules` and `default` are a full strategy; the other parts wrap a built-in parent strategy. */
export const Program = z.strictObject({
  type: z.literal('program'),
  id: NodeId,
  rules: z.array(ruleOf(RuleStatement)),
  pre_rules: z.array(ruleOf(PreStatement)).nullable().exactOptional(),
  post_rules: z.array(ruleOf(PostStatement)).nullable().exactOptional(),
  default: RuleStatement.nullable().exactOptional(),
  parent_variables: z.record(z.string().startsWith('variable_'), Scalar).nullable().exactOptional(),
})
export type Program = z.infer<typeof Program>
