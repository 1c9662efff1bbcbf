// A JSON Schema in readable form: names, allowed values, and meanings. Alternatives are shown one after another.
import type { JsonObject, JsonValue } from 'paracosm/protocol'
import styles from './world.module.css'

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Maximum number of alternatives shown; a world may have hundreds of commands. */
const MAX_CHOICES = 40

export function SchemaTable({ schema }: { schema: JsonObject }) {
  const choices = schema.oneOf ?? schema.anyOf
  const forms = Array.isArray(choices) ? choices.filter(isObject).slice(0, MAX_CHOICES) : [schema]
  return (
    <div className={styles.schemas}>
      {forms.map((form, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: choices have no names
        <Form key={index} schema={form} />
      ))}
    </div>
  )
}

function Form({ schema }: { schema: JsonObject }) {
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : []
  const required = Array.isArray(schema.required) ? schema.required : []
  if (properties.length === 0) return <p className={styles.note}>{typeOf(schema)}</p>
  return (
    <dl className={styles.schema}>
      {properties.map(([name, value]) => (
        <div key={name}>
          <dt>
            <code>{name}</code>
            {required.includes(name) ? '' : ' (optional)'}
          </dt>
          <dd>
            {isObject(value) ? typeOf(value) : ''}
            {isObject(value) && typeof value.description === 'string' ? ` – ${value.description}` : ''}
          </dd>
        </div>
      ))}
    </dl>
  )
}

function typeOf(schema: JsonObject): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (Array.isArray(schema.enum)) return schema.enum.map((each) => JSON.stringify(each)).join(', ')
  const { default: standard, ...rest } = schema
  if (standard !== undefined) return `${typeOf(rest)}, default ${JSON.stringify(standard)}`
  const bounds = boundsOf(schema)
  const choices = schema.oneOf ?? schema.anyOf
  if (Array.isArray(choices)) return choices.filter(isObject).map(typeOf).join(' or ')
  const type = typeof schema.type === 'string' ? schema.type : 'anything'
  if (type === 'array') return isObject(schema.items) ? `list of ${typeOf(schema.items)}${bounds}` : `list${bounds}`
  return `${type === 'integer' ? 'whole number' : type}${bounds}`
}

function boundsOf({ minimum, maximum, minLength, maxLength, minItems, maxItems }: JsonObject): string {
  const low = minimum ?? minLength ?? minItems
  const high = maximum ?? maxLength ?? maxItems
  const isHuge = typeof high === 'number' && high >= Number.MAX_SAFE_INTEGER
  if (low === undefined && (high === undefined || isHuge)) return ''
  if (high === undefined || isHuge) return `, ${String(low)} or more`
  return low === undefined ? `, up to ${String(high)}` : `, ${String(low)} to ${String(high)}`
}
