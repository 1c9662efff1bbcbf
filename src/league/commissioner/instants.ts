// Instants of the wire: ISO 8601, with a zone or in UTC, to the microsecond.

const INSTANT = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d+))?(Z|[+-]\d{2}:?\d{2})?$/i

/** Milliseconds since 1970 with a fraction; NaN for text that is not an instant. */
export function parseInstant(text: string): number {
  const [, date, time, fraction = '', zone = 'Z'] = INSTANT.exec(text) ?? []
  if (date === undefined || time === undefined) return Number.NaN
  const offset = /^z$/i.test(zone) ? 'Z' : zone.replace(/^(...)(\d\d)$/, '$1:$2')
  const seconds = time.length === 5 ? `${time}:00` : time
  return Date.parse(`${date}T${seconds}${offset}`) + Number(`0.${fraction || 0}`) * 1000
}

/**
 * An instant as the published servers write it: UTC as `Z`, other zones unchanged, microseconds only if they are not
 * zero.
 */
export function normalInstant(text: string): string {
  const [, date, time, fraction = '', zone = 'Z'] = INSTANT.exec(text) ?? []
  if (date === undefined || time === undefined) return text
  const seconds = time.length === 5 ? `${time}:00` : time
  const micros = fraction.slice(0, 6).padEnd(6, '0')
  const offset = /^(?:z|[+-]00:?00)$/i.test(zone) ? 'Z' : zone.replace(/^(...)(\d\d)$/, '$1:$2')
  return `${date}T${seconds}${/^0*$/.test(micros) ? '' : `.${micros}`}${offset}`
}
