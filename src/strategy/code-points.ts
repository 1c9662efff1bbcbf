// Compares texts by code point, which JavaScript's own operators (UTF-16 units) do not do: here U+FFFF sorts before
// U+1F600.

const codePoint = (text: string, at: number): number => text.codePointAt(at) ?? -1

/**
 * Negative, zero or positive: `left` sorts before, with or after `right`. A prefix sorts before the longer text.
 * @param from number of units at the start that are known to be equal
 */
export function compareByCodePoint(left: string, right: string, from = 0): number {
  const shorter = Math.min(left.length, right.length)
  let at = from
  while (at < shorter && left.charCodeAt(at) === right.charCodeAt(at)) at++
  if (at === shorter) return left.length - right.length
  // A difference after a shared high surrogate belongs to the code point that the surrogate begins.
  const before = at === 0 ? 0 : left.charCodeAt(at - 1)
  const start = before >= 0xd800 && before <= 0xdbff ? at - 1 : at
  const difference = codePoint(left, start) - codePoint(right, start)
  return difference === 0 ? codePoint(left, at) - codePoint(right, at) : difference
}
