// The input of a program: every field it mentions, resolved once before the run and frozen. The engines read nothing
// else. Contract: section 6 of the language.
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import type { AnalyticsField } from '../protocol/strategy.ts'
import type { EventIds } from '../protocol/strategy-run.ts'
import { dataKeyOf, isAnalyticsField, isEventField, isParentField, isRawNode } from './grammar.ts'
import { getOwn, type KeyLists, snapshot } from './snapshot.ts'

type Answer = number | Promise<number>

/**
 * The history of point awards, queried by external ids. Seconds are numbers with a fraction, counts are integers.
 * Awards of the event being scored are not yet included.
 */
export interface Analytics {
  /** Total awards of this user on tasks with this id. */
  userTaskMeasurementsCount(taskId: string, userId: string): Answer
  /** The same, limited to awards created strictly after now minus `seconds`. */
  userTaskMeasurementsCountLastSeconds(taskId: string, userId: string, seconds: number): Answer
  /** Awards of all users on tasks with this id. */
  countMeasurementsByExternalTaskId(taskId: string): Answer
  /** Mean seconds between consecutive awards of this user on this game and task; -1 with fewer than two. */
  avgTimeBetweenTasksByUserAndGameTask(gameId: string, taskId: string, userId: string): Answer
  /** Mean seconds between consecutive awards of all users on this game and task; -1 with fewer than two. */
  avgTimeBetweenTasksForAllUsers(gameId: string, taskId: string): Answer
  /** Seconds between the user's two latest awards on the task; 0 with fewer than two. */
  lastWindowTimeDiff(taskId: string, userId: string): Answer
  /** Seconds from the user's latest award on this game and task to now; 0 if there is none. */
  newLastWindowTimeDiff(taskId: string, userId: string, gameId: string): Answer
}

/** Window of `user.recent_measurements_count`, seconds. */
export const RECENT_SECONDS = 300

type Ask = (analytics: Analytics, ids: EventIds) => Answer

const ASK: Readonly<Record<AnalyticsField, Ask>> = {
  'user.measurements_count': (a, e) => a.userTaskMeasurementsCount(e.externalTaskId, e.externalUserId),
  'user.recent_measurements_count': (a, e) =>
    a.userTaskMeasurementsCountLastSeconds(e.externalTaskId, e.externalUserId, RECENT_SECONDS),
  'task.measurements_count': (a, e) => a.countMeasurementsByExternalTaskId(e.externalTaskId),
  'user.avg_time': (a, e) =>
    a.avgTimeBetweenTasksByUserAndGameTask(e.externalGameId, e.externalTaskId, e.externalUserId),
  'all.avg_time': (a, e) => a.avgTimeBetweenTasksForAllUsers(e.externalGameId, e.externalTaskId),
  'user.last_window_diff': (a, e) => a.lastWindowTimeDiff(e.externalTaskId, e.externalUserId),
  'user.new_last_window_diff': (a, e) => a.newLastWindowTimeDiff(e.externalTaskId, e.externalUserId, e.externalGameId),
}

/**
 * The value of one field from the analytics source.
 *
 * @example
 * import { askAnalytics, tableAnalytics } from 'paracosm/strategy'
 *
 * const ids = { externalGameId: 'game-1', externalTaskId: 'task-1', externalUserId: 'user-1' }
 * console.log(await askAnalytics('all.avg_time', tableAnalytics({ 'all.avg_time': 10 }), ids))
 */
export function askAnalytics(field: AnalyticsField, analytics: Analytics, ids: EventIds): Answer {
  return ASK[field](analytics, ids)
}

/**
 * The fields of a program, each with an index in the list of values. Made once per program, shared by its contexts.
 *
 * @example
 * import { FieldLayout } from 'paracosm/strategy'
 *
 * const layout = new FieldLayout(['user.avg_time', 'all.avg_time'])
 * console.log(layout.indexOf('all.avg_time')) // 1
 */
export class FieldLayout {
  readonly paths: readonly string[]
  readonly #indexes: ReadonlyMap<string, number>

  constructor(paths: readonly string[]) {
    this.paths = Object.freeze([...paths])
    this.#indexes = new Map(paths.map((path, index) => [path, index]))
  }

  indexOf(path: string): number | undefined {
    return this.#indexes.get(path)
  }
}

/**
 * Beyond this number, seen objects are tracked: a program made by hand may contain the same object in several places,
 * even within itself. Tracking costs more than visiting twice, so ordinary programs do without it.
 */
const MANY_OBJECTS = 10_000

/**
 * The distinct paths of every object whose type is `field`, anywhere in a program, including unreachable parts.
 * The parent's fields are always included.
 *
 * @example
 * import { collectFields, createDefaultProgram } from 'paracosm/strategy'
 *
 * console.log(collectFields(createDefaultProgram()).paths)
 */
export function collectFields(program: JsonValue): FieldLayout {
  const paths = new Set<string>()
  const pending: unknown[] = [program]
  const seen = new Set<object>()
  let visited = 0
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (typeof value !== 'object' || value === null) continue
    visited++
    if (visited > MANY_OBJECTS) {
      if (seen.has(value)) continue
      seen.add(value)
    }
    if (isRawNode(value) && value.type === 'field' && typeof value.path === 'string') paths.add(value.path)
    for (const each of Object.values(value)) if (typeof each === 'object' && each !== null) pending.push(each)
  }
  // Popping visits the program backwards.
  return new FieldLayout(
    [...paths]
      .reverse()
      .filter((path) => !isParentField(path))
      .concat('parent.points', 'parent.case_name'),
  )
}

/**
 * Resolved fields: read-only, own entries only.
 *
 * @example
 * import { buildContext, createDefaultProgram, type ResolvedFields, tableAnalytics } from 'paracosm/strategy'
 *
 * const ids = { externalGameId: 'game-1', externalTaskId: 'task-1', externalUserId: 'user-1' }
 * const { resolvedFields } = await buildContext(createDefaultProgram(), { ...ids, analytics: tableAnalytics({ 'all.avg_time': 10 }) })
 * const values = (resolved: ResolvedFields) => resolved.layout.paths.map((path, place) => [path, resolved.values[place]])
 * console.log(values(resolvedFields))
 */
export class ResolvedFields {
  readonly layout: FieldLayout
  /** By index in the layout; undefined where a path was not resolved. */
  readonly values: readonly (JsonValue | undefined)[]
  /** Keys of every object among the values, at any depth. */
  readonly keys: ReadonlyMap<JsonObject, readonly string[]>

  constructor(layout: FieldLayout, values: readonly (JsonValue | undefined)[], keys: KeyLists) {
    this.layout = layout
    this.values = Object.freeze(values)
    this.keys = keys
    Object.freeze(this)
  }

  /** The value of a path; undefined when it was not resolved. */
  get(path: string): JsonValue | undefined {
    const index = this.layout.indexOf(path)
    return index === undefined ? undefined : this.values[index]
  }
}

/** Everything that a run can read. Deeply frozen. */
export interface StrategyContext extends EventIds {
  readonly data: JsonObject
  readonly resolvedFields: ResolvedFields
}

/** The result of a parent strategy, as passed to the post phase. */
export interface ParentResult {
  readonly points: JsonValue
  readonly caseName: string | null
  readonly callbackData: JsonObject
}

/** Analytics values fetched during one scoring. */
export type AnalyticsCache = Map<AnalyticsField, JsonValue>

export interface ContextSources extends EventIds {
  /** The event's payload; null counts as empty. It is copied, never changed. */
  readonly data?: JsonObject | null
  readonly analytics: Analytics
  /** Values by path; they take precedence over everything else. Entries for paths not in the program are ignored. */
  readonly mockState?: JsonObject | null
  readonly parentResult?: ParentResult | null
  /** Values already known; new ones are added to it. */
  readonly analyticsCache?: AnalyticsCache
}

/**
 * Resolves every field that a program mentions. Each analytics method is asked at most once.
 * @param program a program, or the layout that `collectFields` made of it
 * @throws DslError DslLimitExceededError for payload values nested too deeply; whatever the analytics source throws
 *
 * @example
 * import { buildContext, createDefaultProgram, execute, tableAnalytics } from 'paracosm/strategy'
 *
 * const program = createDefaultProgram()
 * const ids = { externalGameId: 'game-1', externalTaskId: 'task-1', externalUserId: 'user-1' }
 * const context = await buildContext(program, { ...ids, analytics: tableAnalytics({ 'all.avg_time': 10 }) })
 * console.log(execute(program, context).points)
 */
export async function buildContext(
  program: JsonValue | FieldLayout,
  sources: ContextSources,
): Promise<StrategyContext> {
  const layout = program instanceof FieldLayout ? program : collectFields(program)
  const keys: KeyLists = new Map()
  const values: (JsonValue | undefined)[] = []
  for (const path of layout.paths) {
    const value = resolveField(path, sources)
    const settled = value instanceof Promise ? await value : value
    values.push(settled === undefined ? undefined : snapshot(settled, keys))
  }
  const { externalGameId, externalTaskId, externalUserId } = sources
  return Object.freeze({
    externalGameId,
    externalTaskId,
    externalUserId,
    data: Object.freeze({ ...sources.data }),
    resolvedFields: new ResolvedFields(layout, values, keys),
  })
}

function resolveField(path: string, sources: ContextSources): JsonValue | undefined | Promise<JsonValue> {
  const mocked = sources.mockState ? getOwn(sources.mockState, path) : undefined
  if (mocked !== undefined) return mocked
  if (isEventField(path)) return sources[path]
  if (isAnalyticsField(path)) return askOnce(path, sources)
  if (isParentField(path)) return parentField(path, sources.parentResult)
  const key = dataKeyOf(path)
  if (key === undefined) return undefined
  return (sources.data ? getOwn(sources.data, key) : undefined) ?? null
}

function parentField(path: string, parent: ParentResult | null | undefined): JsonValue | undefined {
  if (!parent) return undefined
  return path === 'parent.points' ? parent.points : parent.caseName
}

function askOnce(field: AnalyticsField, sources: ContextSources): JsonValue | Promise<JsonValue> {
  const known = sources.analyticsCache?.get(field)
  if (known !== undefined) return known
  const answer = askAnalytics(field, sources.analytics, sources)
  if (!(answer instanceof Promise)) return remember(field, answer, sources)
  return answer.then((value) => remember(field, value, sources))
}

function remember(field: AnalyticsField, value: JsonValue, { analyticsCache }: ContextSources): JsonValue {
  analyticsCache?.set(field, value)
  return value
}
