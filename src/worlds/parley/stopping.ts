// Stopping conditions: a comparison operator and a number, parsed by a grammar. They are checked when a step begins;
// nothing ends a session while it waits for input.
import type { StoppingConditions } from './games.ts'

/** The attributes that conditions can test. */
export interface Measures {
  readonly turns: number
  readonly runtime_seconds: number
}

const CONDITION = /^(<=|>=|==|!=|<|>)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*$/

const HOLDS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
  '==': (value, bound) => value === bound,
  '!=': (value, bound) => value !== bound,
}

/**
 * The first condition that holds, as `turns >=50`, in the order written. Unknown attributes and malformed conditions
 * never hold.
 */
export function metCondition(conditions: StoppingConditions, measures: Measures): string | undefined {
  for (const [attribute, list] of Object.entries(conditions)) {
    if (attribute !== 'turns' && attribute !== 'runtime_seconds') continue
    const condition = list.find((each) => holds(each, measures[attribute]))
    if (condition !== undefined) return `${attribute} ${condition}`
  }
  return undefined
}

function holds(condition: string, value: number): boolean {
  const [, sign = '', bound = ''] = CONDITION.exec(condition.trim()) ?? []
  return HOLDS[sign]?.(value, Number(bound)) ?? false
}
