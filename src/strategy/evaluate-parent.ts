// The parents of conformance cases: a built-in, or one that follows the case's script. Every call is recorded.
import type { JsonValue } from '../protocol/json.ts'
import type { EvaluationCase } from '../protocol/strategy-case.ts'
import { BUILT_INS } from './built-ins.ts'
import type { Analytics } from './context.ts'
import { copyOwn, getOwn, snapshot } from './snapshot.ts'
import { createBuiltIn, override, type ParentStrategy, type StrategyVariables } from './strategy.ts'

type ParentScript = NonNullable<EvaluationCase['parent']>

/** The arguments of a parent call, as listed in the case's `parent_calls`. */
export interface ParentCall {
  readonly data: JsonValue
  readonly variables: StrategyVariables
}

/**
 * The parent of a case.
 * @throws Error when the case names a built-in that does not exist
 */
export function createCaseParent(script: ParentScript, analytics: Analytics, calls: ParentCall[]): ParentStrategy {
  if (!('builtin' in script)) return recorded(createScripted(script, toVariables(script.variables)), calls)
  const spec = BUILT_INS.find((each) => each.id === script.builtin)
  if (!spec) throw new Error(`there is no built-in strategy ${script.builtin}`)
  return recorded(createBuiltIn(spec, analytics), calls)
}

function toVariables(variables: Readonly<Record<string, unknown>> | null | undefined): StrategyVariables {
  const entries = Object.entries(variables ?? {}).map(([key, value]): [string, JsonValue] => [
    key,
    snapshot(value, new Map()),
  ])
  return Object.fromEntries(entries)
}

type Script = Exclude<ParentScript, { builtin: string }>

function createScripted(script: Script, variables: StrategyVariables): ParentStrategy {
  return {
    id: 'scripted',
    variables,
    withVariables: (changes) => createScripted(script, override(variables, changes)),
    calculatePoints: async () => play(script, variables),
  }
}

function play(script: Script, variables: StrategyVariables): unknown {
  if (script.raises) throw new Error('the scripted parent fails')
  const named = script.points_from ?? null
  const points = named === null ? script.points : (getOwn(variables, named) ?? null)
  const caseName = script.case_name ?? null
  if (script.shape === 'scalar') return points
  return script.shape === 'tuple2' ? [points, caseName] : [points, caseName, script.callback_data ?? null]
}

function recorded(parent: ParentStrategy, calls: ParentCall[]): ParentStrategy {
  return {
    id: parent.id,
    variables: parent.variables,
    withVariables: (changes) => recorded(parent.withVariables(changes), calls),
    calculatePoints(event) {
      calls.push({ data: snapshot(event.data ?? null, new Map()), variables: copyOwn(parent.variables) })
      return parent.calculatePoints(event)
    },
  }
}
