// The common interface of strategies, whether written in TypeScript or as programs: they turn a scoring event into
// points. Resolution of ids: registry.ts. Programs as strategies: pipeline.ts.
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import type { Program } from '../protocol/strategy.ts'
import type { EventIds } from '../protocol/strategy-run.ts'
import type { Analytics } from './context.ts'
import { hashText } from './hash.ts'
import { copyOwn, setOwn } from './snapshot.ts'

/** An event that may earn points. */
export interface ScoringEvent extends EventIds {
  readonly data?: JsonObject | null
}

/**
 * Points, case name and, if there is any, callback data. Points are numbers; a parent with mistyped variables may pass
 * on something else, which a post phase refuses.
 */
export type Score =
  | readonly [points: JsonValue, caseName: string | null]
  | readonly [points: JsonValue, caseName: string | null, callbackData: JsonObject]

/** Named settings of a strategy; every name starts with `variable_`. */
export type StrategyVariables = Readonly<Record<string, JsonValue>>

/** A strategy that a program can wrap. */
export interface ParentStrategy {
  readonly id: string
  readonly variables: StrategyVariables
  /** A copy with those of its variables that `changes` names replaced; unknown names are ignored. */
  withVariables(changes: StrategyVariables): ParentStrategy
  /** Anything but a pair or triple counts as no points. */
  calculatePoints(event: ScoringEvent): Promise<unknown>
}

/** A strategy written in TypeScript: this package's own, or a plug-in's. */
export interface StrategySpec {
  /** Stable, because games and tasks store it. */
  readonly id: string
  readonly version: string
  readonly name: string
  readonly description: string
  /** Raise it whenever the same event may score differently; `hash_version` changes with it. */
  readonly revision: number
  /** Names and defaults. */
  readonly variables: StrategyVariables
  calculatePoints(event: ScoringEvent, tools: { analytics: Analytics; variables: StrategyVariables }): Promise<Score>
  /** The same rules as a program, if the language can express them; drawn as the strategy's decision graph. */
  createProgram?(): Program
}

export interface BuiltInStrategy extends ParentStrategy {
  readonly name: string
  readonly slug: string
  readonly description: string
  readonly version: string
  /** 64 hex digits; changes with id, version or revision. */
  readonly hashVersion: string
  withVariables(changes: StrategyVariables): BuiltInStrategy
  calculatePoints(event: ScoringEvent): Promise<Score>
}

/**
 * Fingerprint of a strategy written in TypeScript. It covers the declared identity, because source text does not
 * survive bundling.
 */
export function hashVersionOf(spec: Pick<StrategySpec, 'id' | 'version' | 'revision'>): string {
  return hashText(`${spec.id}@${spec.version}#${spec.revision}`)
}

/**
 * A strategy created from its specification, with data from `analytics`.
 *
 * @example
 * import { BUILT_INS, createBuiltIn, tableAnalytics } from 'paracosm/strategy'
 *
 * const event = { externalGameId: 'game-1', externalTaskId: 'task-1', externalUserId: 'user-1' }
 * for (const spec of BUILT_INS) {
 *   const strategy = createBuiltIn(spec, tableAnalytics({ 'user.measurements_count': 1 }))
 *   console.log(strategy.id, await strategy.calculatePoints(event))
 * }
 */
export function createBuiltIn(
  spec: StrategySpec,
  analytics: Analytics,
  variables: StrategyVariables = spec.variables,
): BuiltInStrategy {
  return Object.freeze({
    id: spec.id,
    name: spec.name,
    slug: spec.id,
    description: spec.description,
    version: spec.version,
    variables: Object.freeze(copyOwn(variables)),
    hashVersion: hashVersionOf(spec),
    withVariables: (changes: StrategyVariables) => createBuiltIn(spec, analytics, override(variables, changes)),
    calculatePoints: (event: ScoringEvent) => spec.calculatePoints(event, { analytics, variables }),
  })
}

/** `variables`, with values from `changes` for the same names. */
export function override(variables: StrategyVariables, changes: StrategyVariables): StrategyVariables {
  const result = copyOwn(variables)
  for (const key of Object.keys(variables)) {
    const value = Object.hasOwn(changes, key) ? changes[key] : undefined
    if (value !== undefined) setOwn(result, key, value)
  }
  return result
}
