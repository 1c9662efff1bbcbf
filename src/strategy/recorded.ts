// Analytics from a table, and test doubles that record their use: for conformance cases, and for simulation, where no
// awards are stored.
import type { AnalyticsField } from '../protocol/strategy.ts'
import type { Analytics } from './context.ts'
import { getOwn } from './snapshot.ts'

export interface AnalyticsCall {
  readonly path: AnalyticsField
  readonly args: readonly (string | number)[]
}

/**
 * Answers every query from a table by path; 0 if the table has no number.
 * @param record receives every call
 *
 * @example
 * import { tableAnalytics } from 'paracosm/strategy'
 *
 * const analytics = tableAnalytics({ 'task.measurements_count': 12 })
 * console.log(await analytics.countMeasurementsByExternalTaskId('task-1')) // 12
 */
export function tableAnalytics(
  table: Readonly<Record<string, unknown>>,
  record: (call: AnalyticsCall) => void = () => undefined,
): Analytics {
  const answer = (path: AnalyticsField, ...args: (string | number)[]): number => {
    record({ path, args })
    const value = getOwn(table, path)
    return typeof value === 'number' ? value : 0
  }
  return {
    userTaskMeasurementsCount: (...args) => answer('user.measurements_count', ...args),
    userTaskMeasurementsCountLastSeconds: (...args) => answer('user.recent_measurements_count', ...args),
    countMeasurementsByExternalTaskId: (...args) => answer('task.measurements_count', ...args),
    avgTimeBetweenTasksByUserAndGameTask: (...args) => answer('user.avg_time', ...args),
    avgTimeBetweenTasksForAllUsers: (...args) => answer('all.avg_time', ...args),
    lastWindowTimeDiff: (...args) => answer('user.last_window_diff', ...args),
    newLastWindowTimeDiff: (...args) => answer('user.new_last_window_diff', ...args),
  }
}

/** Calls by path and arguments; the order in which fields are resolved is not significant. */
export class AnalyticsCalls {
  readonly #calls: { readonly key: string; readonly call: AnalyticsCall }[] = []

  add(call: AnalyticsCall): void {
    this.#calls.push({ key: JSON.stringify([call.path, ...call.args]), call })
  }

  list(): readonly AnalyticsCall[] {
    return this.#calls.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ call }) => call)
  }
}
