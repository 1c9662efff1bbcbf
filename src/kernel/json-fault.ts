// Finds the first mistake in text that JSON.parse refused: the engine's own messages often have no position. A pushdown
// scanner without recursion, so that depth costs memory and never the call stack. RFC 8259.

/** Where JSON text goes wrong. */
export interface JsonFault {
  /** UTF-16 offset of the first character after which no continuation is JSON; the text's length when it just stops. */
  readonly offset: number
  /** What was expected, or what is wrong, in words. */
  readonly what: string
}

/** What may come next: a value, the first or a later element of a list or object, a colon, a comma, or nothing. */
type Expect = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end' | 'end'

const EXPECTED: Readonly<Record<Expect, string>> = {
  value: 'a value was expected',
  'value or ]': 'a value or "]" was expected',
  key: 'a property name in double quotes was expected',
  'key or }': 'a property name in double quotes or "}" was expected',
  colon: '":" was expected',
  'comma or end': '"," or the closing bracket was expected',
  end: 'nothing more was expected after the value',
}
const LITERALS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' }
const ESCAPES = '"\\/bfnrt'
const NEVER_JSON = /(?:NaN|undefined|-?Infinity|True|False|None)\b/y

/** The first mistake in `text`; undefined when it is valid JSON. */
export function findJsonFault(text: string): JsonFault | undefined {
  if (text.startsWith('\uFEFF')) {
    return { offset: 0, what: 'the text begins with a byte order mark (U+FEFF); save it as UTF-8 without one' }
  }
  return new Scanner(text).run()
}

/**
 * Offset of the first bracket that opens level `maxDepth + 1`; undefined when the text stays within.
 * For text that is not JSON the answer means nothing.
 */
export function findTooDeep(text: string, maxDepth: number): number | undefined {
  // Each level needs a bracket, so a text with few brackets needs no full scan.
  if (text.length <= maxDepth || !hasMoreBrackets(text, maxDepth)) return undefined
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) at = endOfString(text, at)
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > maxDepth) return at
    } else if (code === 0x5d || code === 0x7d) depth--
  }
  return undefined
}

/**
 * Whether `text` has more than `count` opening brackets. Uses the engine's search, which is many times faster than a
 * loop.
 */
function hasMoreBrackets(text: string, count: number): boolean {
  let left = count
  for (const bracket of '[{') {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) if (--left < 0) return true
  }
  return false
}

/** Offset of the quote that closes the string opened at `from`; the text's length when none does. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x5c) at++
    else if (code === 0x22) return at
  }
  return text.length
}

class Scanner {
  readonly #text: string
  /** Closing brackets still expected, innermost last. */
  readonly #open: ('}' | ']')[] = []
  #at = 0
  #expect: Expect = 'value'

  constructor(text: string) {
    this.#text = text
  }

  run(): JsonFault | undefined {
    for (;;) {
      while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++
      if (this.#at >= this.#text.length) return this.#expect === 'end' ? undefined : this.#atEnd()
      const fault = this.#token()
      if (fault) return fault
    }
  }

  #atEnd(): JsonFault {
    if (this.#open.length === 0) return this.#fault('the text is empty: a value was expected')
    return this.#fault(`the text ends too early: ${EXPECTED[this.#expect]}`)
  }

  #token(): JsonFault | undefined {
    const char = this.#text.charAt(this.#at)
    if (char === this.#open.at(-1) && /end|\]|\}/.test(this.#expect)) return this.#close()
    switch (this.#expect) {
      case 'colon':
        return char === ':' ? this.#step('value') : this.#unexpected()
      case 'comma or end':
        return char === ',' ? this.#step(this.#open.at(-1) === '}' ? 'key' : 'value') : this.#unexpected()
      case 'key':
      case 'key or }':
        return char === '"' ? (this.#string() ?? this.#then('colon')) : this.#unexpected()
      case 'end':
        return this.#unexpected()
      default:
        return this.#value(char)
    }
  }

  #value(char: string): JsonFault | undefined {
    if (char === '{' || char === '[') {
      this.#open.push(char === '{' ? '}' : ']')
      return this.#step(char === '{' ? 'key or }' : 'value or ]')
    }
    const fault = this.#scalar(char)
    return fault ?? this.#then(this.#afterValue())
  }

  #scalar(char: string): JsonFault | undefined {
    if (char === '"') return this.#string()
    if (char === '-' || isDigit(char)) return this.#number()
    const literal = LITERALS[char]
    if (literal === undefined) return this.#unexpected()
    for (const each of literal) {
      if (this.#text.charAt(this.#at) !== each) return this.#fault(`the word ${literal} was expected`)
      this.#at++
    }
    return undefined
  }

  #close(): undefined {
    this.#open.pop()
    return this.#step(this.#afterValue())
  }

  #afterValue(): Expect {
    return this.#open.length === 0 ? 'end' : 'comma or end'
  }

  /** Consumes one character. */
  #step(expect: Expect): undefined {
    this.#at++
    return this.#then(expect)
  }

  #then(expect: Expect): undefined {
    this.#expect = expect
    return undefined
  }

  #string(): JsonFault | undefined {
    const text = this.#text
    for (this.#at++; this.#at < text.length; this.#at++) {
      const char = text.charAt(this.#at)
      if (char === '"') {
        this.#at++
        return undefined
      }
      if (char < ' ') return this.#fault(`a string contains the control character ${codePoint(char)}; escape it`)
      const fault = char === '\\' ? this.#escape() : undefined
      if (fault) return fault
    }
    return this.#fault('the text ends inside a string')
  }

  /** From the backslash to the last character of the escape. */
  #escape(): JsonFault | undefined {
    const char = this.#text.charAt(++this.#at)
    if (char === '') return this.#fault('the text ends inside a string')
    if (char !== 'u')
      return ESCAPES.includes(char) ? undefined : this.#fault('this character cannot follow a backslash')
    for (let digit = 0; digit < 4; digit++) {
      if (!/[0-9a-f]/i.test(this.#text.charAt(++this.#at))) return this.#fault('\\u needs four hexadecimal digits')
    }
    return undefined
  }

  #number(): JsonFault | undefined {
    if (this.#text.charAt(this.#at) === '-') this.#at++
    if (this.#text.charAt(this.#at) === '0') {
      this.#at++
      if (isDigit(this.#text.charAt(this.#at))) return this.#fault('a number cannot begin with 0 and another digit')
    } else if (!this.#digits()) return this.#unexpected('a digit was expected')
    if (this.#text.charAt(this.#at) === '.') {
      this.#at++
      if (!this.#digits()) return this.#fault('a digit was expected after the decimal point')
    }
    if (/^e$/i.test(this.#text.charAt(this.#at))) {
      this.#at++
      if (/^[+-]$/.test(this.#text.charAt(this.#at))) this.#at++
      if (!this.#digits()) return this.#fault('a digit was expected in the exponent')
    }
    return undefined
  }

  /** Consumes digits; false when there are none. */
  #digits(): boolean {
    const from = this.#at
    while (isDigit(this.#text.charAt(this.#at))) this.#at++
    return this.#at > from
  }

  #unexpected(expected = EXPECTED[this.#expect]): JsonFault {
    const char = this.#text.charAt(this.#at)
    if (char === '') return this.#fault(`the text ends too early: ${expected}`)
    return this.#fault(`${this.#explain(char)}; ${expected}`)
  }

  #explain(char: string): string {
    NEVER_JSON.lastIndex = this.#at
    const word = NEVER_JSON.exec(this.#text)?.[0]
    if (word !== undefined) return `${word} is not JSON`
    if (char === "'") return 'JSON uses double quotes, not single ones'
    if (char === '/') return 'JSON has no comments'
    const isTrailing = (char === '}' || char === ']') && char === this.#open.at(-1)
    if (isTrailing && (this.#expect === 'key' || this.#expect === 'value')) {
      const isAfterComma = /,\s*$/.test(this.#text.slice(Math.max(0, this.#at - 200), this.#at))
      return isAfterComma ? 'a comma cannot come before the closing bracket' : `${char} is not allowed here`
    }
    return char > ' ' && char <= '~'
      ? `${char} is not allowed here`
      : `the character ${codePoint(char)} is not allowed here`
  }

  #fault(what: string): JsonFault {
    return { offset: Math.min(this.#at, this.#text.length), what }
  }
}

const isDigit = (char: string): boolean => char >= '0' && char <= '9' && char.length === 1

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

const codePoint = (char: string): string => `U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
