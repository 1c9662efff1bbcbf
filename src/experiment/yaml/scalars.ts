// Plain scalars by the rules of YAML 1.1 as in PyYAML's safe loader, for which the original's files were written. `yes`
// is a boolean, `y` is text; `010` is eight; `1:30` is ninety; `1e3` is text, `1.0e+3` a number.

/** A number written with a decimal point: Python distinguishes 2.0 from 2, and prints it so. */
export class Float {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** A date or time. No key accepts one; the class exists so that errors can name the value. */
export class Timestamp {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type YamlScalar = null | boolean | number | string | Float | Timestamp

const NULL = /^(?:~|null|Null|NULL|)$/
const TRUE = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/
const FALSE = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/
const INTEGER = /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+)$/
const SEXAGESIMAL = /^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const SEXAGESIMAL_FLOAT = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/
const DATE =
  /^(?:\d{4}-\d\d-\d\d|\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?)$/

/** The value of a scalar without quotes and tag. */
export function resolvePlain(text: string): YamlScalar {
  if (NULL.test(text)) return null
  if (TRUE.test(text)) return true
  if (FALSE.test(text)) return false
  if (INTEGER.test(text)) return readInteger(text.replaceAll('_', ''))
  if (SEXAGESIMAL.test(text)) return readSexagesimal(text.replaceAll('_', ''))
  if (FLOAT.test(text)) return new Float(readFloat(text.replaceAll('_', '').toLowerCase()))
  if (SEXAGESIMAL_FLOAT.test(text)) return new Float(readSexagesimal(text.replaceAll('_', '')))
  if (DATE.test(text)) return new Timestamp(text)
  return text
}

function readInteger(text: string): number {
  const isNegative = text.startsWith('-')
  const digits = text.replace(/^[-+]/, '')
  const value = /^0[bx]/i.test(digits)
    ? Number(digits)
    : /^0\d/.test(digits)
      ? Number.parseInt(digits, 8)
      : Number(digits)
  return isNegative && value !== 0 ? -value : value
}

function readSexagesimal(text: string): number {
  const isNegative = text.startsWith('-')
  const total = text
    .replace(/^[-+]/, '')
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0)
  return isNegative ? -total : total
}

function readFloat(text: string): number {
  if (text.endsWith('.nan')) return Number.NaN
  if (text.endsWith('.inf')) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return Number(text)
}
