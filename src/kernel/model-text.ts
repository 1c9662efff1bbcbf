// Extracts JSON from the answers of language models, which add thoughts before it and prose around it.

const OPENED = /^\s*<(think|thinking|reasoning)>/
const CLOSED = /<\/(?:think|thinking|reasoning)>/

/**
 * The answer without a thinking block at its start. Some endpoints open the block in the prompt, so that only its end
 * is in the answer. A block that never ends leaves an empty answer.
 */
export function withoutThinking(text: string): string {
  if (text.trimStart().startsWith('{')) return text
  const closed = CLOSED.exec(text)
  if (closed) return text.slice(closed.index + closed[0].length).trimStart()
  return OPENED.test(text) ? '' : text
}

/** Whether a text that is still being written may be inside a thinking block. */
export function isThinking(text: string): boolean {
  const start = text.trimStart()
  const opened = OPENED.exec(start)
  if (opened) return !start.includes(`</${opened[1]}>`)
  return (
    start.length < '<reasoning>'.length && ['<think>', '<thinking>', '<reasoning>'].some((tag) => tag.startsWith(start))
  )
}

/** Braces that are tried as the start of an object: this bounds the cost of a text of nothing but braces. */
const MAX_STARTS = 20

/**
 * The source text of the first JSON object in a text; undefined: there is none. An object that is cut off or malformed
 * hides
 * what is inside it: half a verdict must not be read as another one.
 */
export function firstJsonObject(text: string): string | undefined {
  let start = text.indexOf('{')
  for (let tried = 0; start >= 0 && tried < MAX_STARTS; tried++) {
    const end = endOfObject(text, start)
    const spelled = end === undefined ? undefined : text.slice(start, end)
    if (spelled !== undefined && isObject(spelled)) return spelled
    if (end === undefined && LIKE_JSON.test(text.slice(start, start + LOOKED_AT))) return undefined
    start = text.indexOf('{', end ?? start + 1)
  }
  return undefined
}

/** How an object begins, and how many characters are checked for it. */
const LIKE_JSON = /^\{\s*(?:"|$)/
const LOOKED_AT = 200

/** Where the brace at `start` is closed; braces in strings do not count. Undefined: nowhere. */
function endOfObject(text: string, start: number): number | undefined {
  let depth = 0
  let inString = false
  for (let at = start; at < text.length; at++) {
    const char = text.charAt(at)
    if (inString) {
      if (char === '\\') at++
      else if (char === '"') inString = false
    } else if (char === '"') inString = true
    else if (char === '{') depth++
    else if (char === '}' && --depth === 0) return at + 1
  }
  return undefined
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}
