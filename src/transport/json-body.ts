// Reads JSON bodies. Beyond the grammar, it refuses three things that parsers treat differently or that break later
// code: nesting that exhausts the stack of later code, a key that appears twice in one object, and the key `__proto__`.
import type { FastifyInstance } from 'fastify'
import { AppError } from '../kernel/errors.ts'

/** Levels of objects and lists. The deepest document of ours, a strategy program, has at most 32 nodes in depth. */
export const MAX_JSON_DEPTH = 200

/**
 * Parses a JSON text.
 * @param what names the text in messages: `The body`
 * @throws AppError JSON_MALFORMED, JSON_TOO_DEEP
 */
export function parseJsonBody(text: string, what = 'The body'): unknown {
  try {
    // Checked first, so that a text of a million brackets costs one scan.
    checkStructure(text, what)
    return JSON.parse(text)
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    // The parser's own message quotes the text, which may contain a secret.
    throw new AppError('JSON_MALFORMED', `${what} is not valid JSON${position(cause)}.`)
  }
}

function position(cause: unknown): string {
  const at = cause instanceof Error ? /at position (\d+)/.exec(cause.message)?.[1] : undefined
  return at === undefined ? '' : `: the error is at character ${at}`
}

const QUOTE = 34
const BACKSLASH = 92
const COLON = 58
const OPEN_LIST = 91
const CLOSE_LIST = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125

/** One pass without recursion over a text that may be malformed: the parser checks that afterwards. */
function checkStructure(text: string, what: string): void {
  /** Keys of the open objects; undefined for lists. */
  const open: (Set<string> | undefined)[] = []
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === QUOTE) {
      const end = endOfString(text, at)
      if (isKey(text, end)) addKey(open.at(-1), text.slice(at, end + 1), what)
      at = end
    } else if (char === OPEN_OBJECT || char === OPEN_LIST) {
      open.push(char === OPEN_OBJECT ? new Set() : undefined)
      if (open.length > MAX_JSON_DEPTH) {
        throw new AppError('JSON_TOO_DEEP', `${what} is nested deeper than ${MAX_JSON_DEPTH} levels.`)
      }
    } else if (char === CLOSE_OBJECT || char === CLOSE_LIST) open.pop()
  }
}

function addKey(keys: Set<string> | undefined, literal: string, what: string): void {
  const key = literal.includes('\\') ? String(JSON.parse(literal)) : literal.slice(1, -1)
  const shown = JSON.stringify(key.slice(0, 40))
  if (key === '__proto__')
    throw new AppError('JSON_MALFORMED', `${what} has the key "__proto__", which is not allowed.`)
  if (keys?.has(key)) throw new AppError('JSON_MALFORMED', `${what} has the key ${shown} twice in one object.`)
  keys?.add(key)
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}

/** Whether a string that ends here is followed by a colon: then it is a key. */
function isKey(text: string, end: number): boolean {
  let at = end + 1
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at++
  return text.charCodeAt(at) === COLON
}

/** Bytes that are not UTF-8 are refused: replacing them silently would store text that nobody wrote. */
function decodeBody(body: string | Buffer): string {
  if (typeof body === 'string') return body
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new AppError('JSON_MALFORMED', 'The body is not valid UTF-8.')
  }
}

/**
 * Makes `parseJsonBody` the reader of `application/json` on a Fastify server.
 * @param options.parse parses a text that has passed every check; default: JSON.parse
 * @param options.allowsEmpty whether an empty body counts as no body rather than as malformed
 */
export function installJsonBody(
  app: FastifyInstance,
  { allowsEmpty = false, parse }: { readonly allowsEmpty?: boolean; readonly parse?: (text: string) => unknown } = {},
): void {
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      const text = decodeBody(body)
      if (allowsEmpty && text.trim() === '') return done(null, undefined)
      const value = parseJsonBody(text)
      done(null, parse ? parse(text) : value)
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)))
    }
  })
}
