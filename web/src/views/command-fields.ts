// What a person must give to send a command of a world that has no view of its own: read from the JSON Schema of its
// commands. Parts that are too deep for fields are asked for as JSON.
import type { JsonObject, JsonValue } from '../../../src/protocol/json.ts'

/** One key of a command. */
export interface CommandField {
  readonly name: string
  readonly isRequired: boolean
  readonly help: string | undefined
  readonly input:
    | { readonly kind: 'choice'; readonly options: readonly JsonValue[] }
    | { readonly kind: 'number'; readonly isWhole: boolean; readonly minimum?: number; readonly maximum?: number }
    | { readonly kind: 'switch' }
    | { readonly kind: 'text'; readonly maxLength?: number }
    | { readonly kind: 'json' }
}

/** One form of a command: what is always the same in it, and what is asked for. */
export interface CommandChoice {
  readonly label: string
  readonly fixed: JsonObject
  readonly fields: readonly CommandField[]
}

/** The most options that are shown as buttons. */
const MAX_BUTTONS = 12
/** Name of the field that holds a whole command as JSON. */
const WHOLE = ''

/** More alternatives than a list can show. */
const MAX_CHOICES = 200

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const numberAt = (schema: JsonObject, key: string): number | undefined => {
  const value = schema[key]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** The forms of a command, in the order of its schema. A schema that has none of them asks for JSON. */
export function choicesOf(schema: JsonObject): readonly CommandChoice[] {
  const alternatives = schema.oneOf ?? schema.anyOf
  const forms = Array.isArray(alternatives) ? alternatives.slice(0, MAX_CHOICES) : [schema]
  const choices = forms.flatMap((form) => (isObject(form) && isObject(form.properties) ? [choiceOf(form)] : []))
  if (choices.length > 0) return choices
  const whole = { name: WHOLE, isRequired: true, help: undefined, input: { kind: 'json' as const } }
  return [{ label: 'command', fixed: {}, fields: [whole] }]
}

function choiceOf(form: JsonObject): CommandChoice {
  const required = Array.isArray(form.required) ? form.required : []
  const fixed: Record<string, JsonValue> = {}
  const fields: CommandField[] = []
  for (const [name, property] of Object.entries(isObject(form.properties) ? form.properties : {})) {
    const schema = isObject(property) ? property : {}
    if (schema.const !== undefined) fixed[name] = schema.const
    else {
      const help = typeof schema.description === 'string' ? schema.description : undefined
      fields.push({ name, isRequired: required.includes(name), help, input: inputOf(schema) })
    }
  }
  const words = Object.values(fixed).filter((value) => typeof value === 'string')
  const label = words.length > 0 ? words.join(' ') : fields.map(({ name }) => name).join(', ')
  return { label: readable(label), fixed, fields }
}

function inputOf(schema: JsonObject): CommandField['input'] {
  if (Array.isArray(schema.enum)) return { kind: 'choice', options: schema.enum }
  const [minimum, maximum, maxLength] = ['minimum', 'maximum', 'maxLength'].map((key) => numberAt(schema, key))
  if (schema.type === 'integer' && minimum !== undefined && maximum !== undefined && maximum - minimum < MAX_BUTTONS) {
    return { kind: 'choice', options: Array.from({ length: maximum - minimum + 1 }, (_, index) => minimum + index) }
  }
  if (schema.type === 'integer' || schema.type === 'number') {
    return {
      kind: 'number',
      isWhole: schema.type === 'integer',
      ...(minimum === undefined ? {} : { minimum }),
      ...(maximum === undefined ? {} : { maximum }),
    }
  }
  if (schema.type === 'boolean') return { kind: 'switch' }
  if (schema.type === 'string') return { kind: 'text', ...(maxLength === undefined ? {} : { maxLength }) }
  return { kind: 'json' }
}

/** 'move_to' as people write it. */
export const readable = (name: string): string => name.replaceAll('_', ' ')

/** The text of a field that must be JSON and is not. */
export class FieldFault extends Error {
  /** Name of the field; empty for a whole command. */
  readonly field: string

  constructor(field: string) {
    super(field === WHOLE ? 'a command is a JSON object' : `${field} must be JSON`)
    this.field = field
  }
}

function readJson(field: string, text: string): JsonValue {
  try {
    return JSON.parse(text)
  } catch {
    throw new FieldFault(field)
  }
}

/**
 * The command of a filled form.
 * @param values texts by the name of their field; of a choice, the index of its option. An empty optional field is left out
 * @throws FieldFault for a field that is no JSON, or a whole command that is no object
 */
export function commandOf({ fixed, fields }: CommandChoice, values: Readonly<Record<string, string>>): JsonObject {
  if (fields[0]?.name === WHOLE) {
    const whole = readJson(WHOLE, values[WHOLE] ?? '')
    if (isObject(whole)) return whole
    throw new FieldFault(WHOLE)
  }
  const entries = fields.flatMap(({ name, isRequired, input }): [string, JsonValue][] => {
    const text = values[name] ?? ''
    if (input.kind === 'switch') return text === '' && !isRequired ? [] : [[name, text === 'true']]
    if (text === '' && (!isRequired || input.kind !== 'text')) return []
    if (input.kind === 'choice') return [[name, input.options[Number(text)] ?? null]]
    if (input.kind === 'number') return [[name, Number(text)]]
    return [[name, input.kind === 'json' ? readJson(name, text) : text]]
  })
  return { ...fixed, ...Object.fromEntries(entries) }
}

/** Commands that need one press: those without fields, and those of one field with few options. */
export function pressesOf(choice: CommandChoice): readonly { readonly label: string; readonly command: JsonObject }[] {
  const [field, ...more] = choice.fields
  if (!field) return [{ label: choice.label, command: choice.fixed }]
  if (more.length > 0 || field.input.kind !== 'choice' || field.input.options.length > MAX_BUTTONS) return []
  const isNamed = Object.keys(choice.fixed).length > 0
  return field.input.options.map((option) => ({
    // A number alone does not say what it is; a word does.
    label: `${isNamed ? `${choice.label} ` : typeof option === 'string' ? '' : `${readable(field.name)} `}${readable(String(option))}`,
    command: { ...choice.fixed, [field.name]: option },
  }))
}
