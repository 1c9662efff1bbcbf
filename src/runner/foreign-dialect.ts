// Converts a package's schema to the dialect that the validator reads as pure draft 2020-12. Keywords of the
// validator's own and of other drafts are annotations in that draft, so they are removed; constructs that the validator
// misreads are rewritten. Nothing else changes.
import { isObject } from '../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'

/** Not keywords of 2020-12, but the validator acts on them. */
const FOREIGN = [
  'nullable',
  'id',
  '$async',
  'dependencies',
  '$recursiveRef',
  '$recursiveAnchor',
  'discriminator',
  'formatMinimum',
  'formatMaximum',
  'formatExclusiveMinimum',
  'formatExclusiveMaximum',
]
/** Keywords whose value is a schema, a list of schemas, or an object of schemas. */
const SCHEMAS = [
  'not',
  'if',
  'then',
  'else',
  'items',
  'contains',
  'additionalProperties',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
]
const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems']
const MAPS = ['properties', 'patternProperties', 'dependentSchemas', '$defs', 'definitions']

/**
 * The schema in the form that the validator needs.
 * @param dangling local references without a target. Such a reference is a fault only where it is reached, not of the
 * whole schema
 */
export function toDialect(schema: JsonObject, dangling: ReadonlySet<string> = new Set()): JsonObject {
  const { $schema: _, ...body } = schema
  return translate(body, { seen: new Set(), dangling, hasParts: countIds(body) > 1 })
}

interface Course {
  /** Ids and anchors found so far: the first of equal ones counts. */
  readonly seen: Set<string>
  readonly dangling: ReadonlySet<string>
  /** Whether the schema has embedded schemas with an id of their own; dynamic references are then not changed. */
  readonly hasParts: boolean
}

function translate(schema: JsonObject, course: Course): JsonObject {
  const kept: Record<string, JsonValue> = {}
  const refs: string[] = []
  for (const [key, value] of Object.entries(schema)) {
    if (FOREIGN.includes(key)) continue
    if (key === '$ref' || (key === '$dynamicRef' && !course.hasParts)) {
      if (typeof value === 'string') refs.push(value)
      else kept[key] = value
    } else if (key === '$id' || key === '$anchor' || (key === '$dynamicAnchor' && !course.hasParts)) {
      const name = `${key === '$id' ? '' : '#'}${String(value)}`
      if (!course.seen.has(name)) kept[key === '$id' ? key : '$anchor'] = value
      course.seen.add(name)
    } else kept[key] = translateValue(key, value, course)
  }
  const targets = refs.map((ref): JsonObject => (course.dangling.has(ref) ? { not: {} } : { $ref: ref }))
  const [target] = targets
  if (target === undefined) return kept
  if (targets.length === 1 && '$ref' in target) return { ...kept, ...target }
  return { ...kept, allOf: [...(Array.isArray(kept.allOf) ? kept.allOf : []), ...targets] }
}

function translateValue(key: string, value: JsonValue, course: Course): JsonValue {
  if (SCHEMAS.includes(key)) return translateSchema(value, course)
  if (LISTS.includes(key) && Array.isArray(value)) return value.map((each) => translateSchema(each, course))
  if (MAPS.includes(key) && isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, translateSchema(each, course)]))
  }
  return value
}

function translateSchema(value: JsonValue, course: Course): JsonValue {
  return isObject(value) ? translate(value, course) : value
}

function countIds(value: JsonValue): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + countIds(each), 0)
  if (!isObject(value)) return 0
  const own = typeof value.$id === 'string' ? 1 : 0
  return Object.values(value).reduce<number>((sum, each) => sum + countIds(each), own)
}
