// The built-in strategies in TypeScript. Their equivalents as programs are in built-in-programs.ts; tests ensure that
// both agree. Rules and figures: contract, sections 9.2 to 9.4.
import type { JsonValue } from '../protocol/json.ts'
import { createConstantEffortProgram, createDefaultProgram } from './built-in-programs.ts'
import { askAnalytics } from './context.ts'
import type { Score, StrategySpec, StrategyVariables } from './strategy.ts'

/** A variable as a number. Overrides come from programs, so their type is not guaranteed. */
function numberOf(variables: StrategyVariables, name: string): number {
  const value = variables[name]
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  throw new TypeError(`${name} must be a number`)
}

const variableOf = (variables: StrategyVariables, name: string): JsonValue => variables[name] ?? null

type Calculate = StrategySpec['calculatePoints']

/** Each analytics value is requested only when a rule needs it. */
const calculateDefault: Calculate = async (event, { analytics, variables }): Promise<Score> => {
  const points = (name: string, caseName: string): Score => [variableOf(variables, name), caseName]
  if ((await askAnalytics('task.measurements_count', analytics, event)) < 2) {
    return points('variable_basic_points', 'BasicEngagement')
  }
  if ((await askAnalytics('user.measurements_count', analytics, event)) <= 2) return [1, 'default']
  const own = await askAnalytics('user.avg_time', analytics, event)
  const everybody = await askAnalytics('all.avg_time', analytics, event)
  if (own < everybody) {
    const sum = numberOf(variables, 'variable_basic_points') + numberOf(variables, 'variable_bonus_points')
    return [sum, 'PerformanceBonus']
  }
  const last = await askAnalytics('user.last_window_diff', analytics, event)
  const difference = (await askAnalytics('user.new_last_window_diff', analytics, event)) - last
  if (difference > 0) {
    if (difference < everybody) return points('variable_individual_over_global_points', 'IndividualOverGlobal')
    if (difference < own) return points('variable_peak_performer_bonus_points', 'PeakPerformerBonus')
    if (difference > own) return points('variable_global_advantage_adjustment_points', 'GlobalAdvantageAdjustment')
  }
  if (difference < 0) return points('variable_individual_adjustment_points', 'IndividualAdjustment')
  return [1, 'default']
}

/** Dividing before multiplying determines the last digit: 28, 56 and 57 awards earn 28, 56 and 57 points. */
const calculateConstantEffort: Calculate = async (event, { analytics, variables }): Promise<Score> => {
  const seconds = numberOf(variables, 'variable_constant_effort_interval_minutes') * 60
  const { externalTaskId, externalUserId } = event
  const count = await analytics.userTaskMeasurementsCountLastSeconds(externalTaskId, externalUserId, seconds)
  if (!(count > 0)) return [1, 'BasicReward']
  const most = numberOf(variables, 'variable_max_points')
  // The original fails here too: a share of zero is undefined.
  if (most === 0) throw new TypeError('variable_max_points must not be 0')
  const points = Math.trunc(((count + 1) / most) * 100)
  return [Math.min(Math.max(points, 1), most), 'ConstantEffortReward']
}

const DEFAULT_VARIABLES: StrategyVariables = {
  variable_basic_points: 1,
  variable_bonus_points: 10,
  variable_individual_over_global_points: 3,
  variable_peak_performer_bonus_points: 15,
  variable_global_advantage_adjustment_points: 7,
  variable_individual_adjustment_points: 8,
}

const defaultStrategy: StrategySpec = {
  id: 'default',
  version: '0.0.2',
  name: 'EnhancedGamificationStrategy',
  description: 'Rewards first steps, beating the average time of everybody, and getting faster than before.',
  revision: 1,
  variables: DEFAULT_VARIABLES,
  calculatePoints: calculateDefault,
  createProgram: createDefaultProgram,
}

const constantEffortStrategy: StrategySpec = {
  id: 'constantEffortStrategy',
  version: '0.0.1',
  name: 'ConstantEffortStrategy',
  description: 'Rewards steady work: the more awards in the last minutes, the more points, up to a maximum.',
  revision: 1,
  variables: {
    variable_basic_points: 1,
    variable_bonus_points: 10,
    variable_constant_effort_interval_minutes: 5,
    variable_max_points: 100,
  },
  calculatePoints: calculateConstantEffort,
  createProgram: createConstantEffortProgram,
}

const socioBee: StrategySpec = { ...defaultStrategy, id: 'socio_bee', name: 'SOCIO_BEE' }

/** The strategies of this package, by id ascending. */
export const BUILT_INS: readonly StrategySpec[] = [constantEffortStrategy, defaultStrategy, socioBee]
