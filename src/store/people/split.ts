// Decides which parts of a player's record are personal, field by field. Below the first level it examines only the
// answer of a form field.
import { isObject } from '../../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../../protocol/json.ts'
import { isExactObject } from '../dumps/exact-json.ts'

/** Fields that are always personal, whatever their metadata says. */
const PERSONAL_NAMES: ReadonlySet<string> = new Set([
  'full_name',
  'name',
  'first_name',
  'last_name',
  'email',
  'phone',
  'phone_number',
])
/** The player's own columns, which are never personal. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  'access_key',
  'access_key_revoked',
  'created_at',
  'last_key_issued_at',
])

export interface SplitPlayer {
  /** The fields that the table of players may hold. */
  readonly fields: JsonObject
  /** Answers by the key of their field. */
  readonly personal: JsonObject
}

/** A number in its own spelling (store/dumps/exact-json.ts) is not a form field. */
const isFields = (value: JsonValue): value is JsonObject => isObject(value) && isExactObject(value)

/** Empty answers are not stored: null, '', [] and {}. `false` and 0 are answers. */
function isEmpty(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null || value === '') return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

/** As in the original: a `pii` of false, 0 or anything empty means no. */
const isTruthy = (value: JsonValue | undefined): boolean => !isEmpty(value) && value !== false && value !== 0

/**
 * Removes the personal answers from a record. A form field keeps its question and loses its answer; a plain value with
 * a personal name is removed entirely. A record that is already split is returned unchanged.
 */
export function splitPlayer(record: JsonObject): SplitPlayer {
  const fields: [string, JsonValue][] = []
  const personal: [string, JsonValue][] = []
  for (const [name, value] of Object.entries(record)) {
    if (OWN_FIELDS.has(name)) fields.push([name, value])
    else if (!isFields(value)) (PERSONAL_NAMES.has(name) ? personal : fields).push([name, value])
    else {
      const key = typeof value.key === 'string' && value.key !== '' ? value.key : name
      const isPersonal = isTruthy(value.pii) || PERSONAL_NAMES.has(key) || PERSONAL_NAMES.has(name)
      const { answer, ...question } = value
      if (isPersonal && answer !== undefined && !isEmpty(answer)) personal.push([key, answer])
      fields.push([name, isPersonal ? question : value])
    }
  }
  return { fields: Object.fromEntries(fields), personal: Object.fromEntries(personal) }
}
