// The text of a value as the original compares and stores it: Python's str(). Answers of studies that began with the
// original stay comparable.
import { Float, Timestamp } from '../yaml/scalars.ts'

/** Text of an integer or fraction as in Python's repr: 2.0, 0.5, 1e+16. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    const [digits = '', exponent = '0'] = value.toExponential().split('e')
    const sign = exponent.startsWith('-') ? '-' : '+'
    return `${digits}e${sign}${exponent.replace(/^[-+]/, '').padStart(2, '0')}`
  }
  const text = String(value)
  return text.includes('.') ? text : `${text}.0`
}

/** `value` as Python writes it: True, None, 2.0. Lists and mappings are written as JSON. */
export function pythonText(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value instanceof Float) return floatText(value.value)
  if (value instanceof Timestamp) return value.text
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : floatText(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

const isIntegerText = (source: string): boolean => /^-?\d+$/.test(source)

/** Parses JSON; numbers written with a decimal point or an exponent become `Float`. @throws SyntaxError */
export function parseJsonWithFloats(text: string): unknown {
  return JSON.parse(text, (_key: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' && context?.source !== undefined && !isIntegerText(context.source)
      ? new Float(value)
      : value,
  )
}
