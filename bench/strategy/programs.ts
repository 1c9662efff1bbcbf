// The four programs whose speed is measured, and the events they score.
import type { JsonObject } from '../../src/protocol/json.ts'
import type { Expression, Program } from '../../src/protocol/strategy.ts'
import { and, arith, assignPoints, call, compare, field, literal, rule } from '../../src/strategy/build.ts'
import { createConstantEffortProgram, createDefaultProgram } from '../../src/strategy/built-in-programs.ts'

/** Thirty typical rules; the last one decides for the busiest event. */
function createThirtyRules(): Program {
  const rules = Array.from({ length: 30 }, (_, i) => {
    const isBusy = compare(field('user.measurements_count'), '<=', literal(i * 2))
    const isFast = compare(field('user.avg_time'), '<', arith('*', field('all.avg_time'), literal(0.5 + i / 100)))
    return rule(i % 2 === 0 ? isBusy : and(isBusy, isFast), assignPoints(literal(i + 1), `Tier ${i}`))
  })
  return { type: 'program', rules, default: assignPoints(literal(0), 'None') }
}

/** One formula, 29 operations deep, with functions and fractions in it. */
function createDeepArithmetic(): Program {
  const fields = ['user.avg_time', 'all.avg_time', 'user.last_window_diff', 'user.measurements_count']
  const ops = ['+', '-', '*', '/', 'min', 'max'] as const
  let formula: Expression = field('user.new_last_window_diff')
  for (let i = 0; i < 26; i++) {
    const op = ops[i % ops.length] ?? '+'
    formula = arith(op, formula, op === '/' || op === '*' ? literal(1.25) : field(fields[i % fields.length] ?? ''))
  }
  const points = call('clamp', call('int', formula), literal(-1000), literal(1000))
  return {
    type: 'program',
    rules: [rule(compare(field('task.measurements_count'), '>=', literal(0)), assignPoints(points, 'Formula'))],
  }
}

export const PROGRAMS: readonly { readonly name: string; readonly create: () => Program }[] = [
  { name: 'default template', create: createDefaultProgram },
  { name: 'constant effort', create: createConstantEffortProgram },
  { name: '30 rules', create: createThirtyRules },
  { name: 'deep arithmetic', create: createDeepArithmetic },
]

/** The analytics of each event, varied enough to take every branch of the programs. */
export const EVENTS: readonly JsonObject[] = [
  [1, 0, 0, -1, -1, 0, 0],
  [5, 2, 1, 10.5, 20.25, 3, 4],
  [9, 30, 4, 12.5, 30.5, 8.25, 9.5],
  [40, 41, 13, 33.25, 30.5, 2, 20],
  [41, 17, 56, 50.5, 30.5, 2, 34],
  [42, 59, 2, 33.25, 30.5, 2, 60],
  [43, 60, 100, 33.25, 30.5, 20.5, 2],
  [99, 90, 7, 31.5, 30.5, 5, 5],
].map(([task, user, recent, own, all, last, now]) => ({
  'task.measurements_count': task ?? 0,
  'user.measurements_count': user ?? 0,
  'user.recent_measurements_count': recent ?? 0,
  'user.avg_time': own ?? 0,
  'all.avg_time': all ?? 0,
  'user.last_window_diff': last ?? 0,
  'user.new_last_window_diff': now ?? 0,
}))
