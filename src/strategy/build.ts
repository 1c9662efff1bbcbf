// Helpers for writing programs in TypeScript: each function makes one node. The result is plain JSON like any other
// program, and goes through the validator before it runs.
import type { ARITH_OPS, COMPARE_OPS, Condition, Expression, FUNCTIONS, Program, Scalar } from '../protocol/strategy.ts'

type Rule = Program['rules'][number]

export const literal = (value: Scalar): Expression => ({ type: 'literal', value })

export const field = (path: string): Expression => ({ type: 'field', path })

export const arith = (op: (typeof ARITH_OPS)[number], left: Expression, right: Expression): Expression => ({
  type: 'arith',
  op,
  left,
  right,
})

export const call = (name: keyof typeof FUNCTIONS, ...args: Expression[]): Expression => ({
  type: 'func_call',
  name,
  args,
})

export const compare = (left: Expression, op: (typeof COMPARE_OPS)[number], right: Expression): Condition => ({
  type: 'compare',
  op,
  left,
  right,
})

export const and = (...args: Condition[]): Condition => ({ type: 'and', args })

export const assignPoints = (value: Expression, caseName: string): Rule['then'][number] => ({
  type: 'assign_points',
  value,
  case_name: caseName,
})

// biome-ignore lint/suspicious/noThenProperty: the language's own word; programs are never awaited
export const rule = (when: Condition, ...body: Rule['then']): Rule => ({ type: 'rule', when, then: body })
