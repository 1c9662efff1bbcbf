// Reads the parameters of an address. What does not fit is ignored, not rejected: people edit addresses by hand.
// These few functions stand in for schemas, which the first page would otherwise have to load.

/** A text; undefined if it is missing, no text, or longer than `max` UTF-16 units. */
export const textOf = (value: unknown, max = 200): string | undefined =>
  typeof value === 'string' && value.length <= max ? value : undefined

/** A whole number from `min` to `max`. */
export const wholeOf = (value: unknown, min = 0, max = Number.MAX_SAFE_INTEGER): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined

/** One of some words. */
export const oneOf = <T extends string>(value: unknown, words: readonly T[]): T | undefined =>
  words.find((word) => word === value)
