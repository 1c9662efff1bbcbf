// What a person most likely did not mean: values for fields that do not exist, rules that this run leaves out, settings that
// the parent does not have. The language accepts all of it, so these are warnings on standard error.
import { closestOf } from '../../kernel/closest.ts'
import { isObject } from '../../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../../protocol/json.ts'
import { ANALYTICS_FIELDS, EVENT_FIELDS, PARENT_FIELDS } from '../../protocol/strategy.ts'
import { isKnownPath } from '../../strategy/grammar.ts'
import { findDuplicateKeys } from '../../strategy/locate.ts'
import type { ParentStrategy } from '../../strategy/strategy.ts'

const FIELDS: readonly string[] = [...EVENT_FIELDS, ...ANALYTICS_FIELDS, ...PARENT_FIELDS]

const meant = (name: string, known: readonly string[]): string => {
  const closest = closestOf(name, known)
  return closest === undefined ? '' : `; did you mean ${closest}?`
}

/** Keys that stand twice in one object of a program's text. */
export function duplicateWarnings(name: string, text: string): string[] {
  return findDuplicateKeys(text).map(
    ({ key, line, column }) =>
      `${name}, line ${line}, column ${column}: the key ${key} appears twice in one object; the last value is used`,
  )
}

/** Values that no program can ever read. */
export function mockWarnings(mockState: JsonObject | null): string[] {
  return Object.keys(mockState ?? {})
    .filter((path) => !isKnownPath(path))
    .map((path) => `${path} is not a field that programs can read${meant(path, FIELDS)}`)
}

const count = (value: JsonValue | undefined): number =>
  Array.isArray(value) ? value.length : isObject(value ?? null) ? Object.keys(Object(value)).length : 0

/** Parts of a program that do not run, and variables that its parent does not have. */
export function partWarnings(program: JsonValue, parent: ParentStrategy | undefined, isWhole: boolean): string[] {
  if (!isObject(program) || !isWhole) return []
  const parts = (keys: readonly string[]): string => keys.filter((key) => count(program[key]) > 0).join(', ')
  if (!parent) {
    const extending = parts(['pre_rules', 'post_rules', 'parent_variables'])
    return extending === '' ? [] : [`${extending} do nothing without a parent: add --parent default, or another`]
  }
  const own = parts(['rules', 'default'])
  const ignored =
    own === '' ? [] : [`${own} do nothing with a parent: a program that extends one uses pre_rules and post_rules`]
  const known = Object.keys(parent.variables)
  const variables = isObject(program.parent_variables ?? null) ? Object.keys(Object(program.parent_variables)) : []
  const strange = variables.filter((name) => !known.includes(name))
  return [
    ...ignored,
    ...strange.map((name) => {
      const closest = meant(name, known)
      return `${parent.id} has no ${name}${closest === '' ? `; it has ${known.join(', ')}` : closest}`
    }),
  ]
}

/** Points that a scoring service could not store. */
export function pointsWarnings(points: JsonValue): string[] {
  if (typeof points === 'number' || typeof points === 'boolean' || points === null) return []
  return [`the points are not a number: ${JSON.stringify(points).slice(0, 80)}. Check parent_variables`]
}
