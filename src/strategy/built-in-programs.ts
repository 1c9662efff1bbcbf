// The built-in strategies as programs, with default variables. They are for parity tests, drawing and speed
// comparisons; they are not offered as templates. Contract: sections 9.3 and 9.4.
import type { Program } from '../protocol/strategy.ts'
import { and, arith, assignPoints, call, compare, field, literal, rule } from './build.ts'

// Each call makes new nodes, because validation writes an id into every one of them.
const own = () => field('user.avg_time')
const everybody = () => field('all.avg_time')
const difference = () => arith('-', field('user.new_last_window_diff'), field('user.last_window_diff'))
const isSlower = () => compare(difference(), '>', literal(0))

const award = (points: number, caseName: string) => assignPoints(literal(points), caseName)

/**
 * Seven rules: `default` with its default variables.
 *
 * @example
 * import { createDefaultProgram, simulate, tableAnalytics } from 'paracosm/strategy'
 *
 * const event = { externalGameId: 'game-1', externalTaskId: 'task-1', externalUserId: 'user-1' }
 * const { points } = await simulate(createDefaultProgram(), { event, analytics: tableAnalytics({}) })
 * console.log(points)
 */
export function createDefaultProgram(): Program {
  return {
    type: 'program',
    rules: [
      rule(compare(field('task.measurements_count'), '<', literal(2)), award(1, 'BasicEngagement')),
      rule(compare(field('user.measurements_count'), '<=', literal(2)), award(1, 'default')),
      rule(compare(own(), '<', everybody()), award(11, 'PerformanceBonus')),
      rule(and(isSlower(), compare(difference(), '<', everybody())), award(3, 'IndividualOverGlobal')),
      rule(and(isSlower(), compare(difference(), '<', own())), award(15, 'PeakPerformerBonus')),
      rule(and(isSlower(), compare(difference(), '>', own())), award(7, 'GlobalAdvantageAdjustment')),
      rule(compare(difference(), '<', literal(0)), award(8, 'IndividualAdjustment')),
    ],
    default: award(1, 'default'),
  }
}

const recent = () => field('user.recent_measurements_count')

/**
 * One rule: `constantEffortStrategy` with its default variables.
 *
 * @example
 * import { createConstantEffortProgram, formatBlocks } from 'paracosm/strategy'
 *
 * console.log(formatBlocks(createConstantEffortProgram()))
 */
export function createConstantEffortProgram(): Program {
  const share = arith('*', arith('/', arith('+', recent(), literal(1)), literal(100)), literal(100))
  const points = call('clamp', call('int', share), literal(1), literal(100))
  return {
    type: 'program',
    rules: [rule(compare(recent(), '>', literal(0)), assignPoints(points, 'ConstantEffortReward'))],
    default: award(1, 'BasicReward'),
  }
}
