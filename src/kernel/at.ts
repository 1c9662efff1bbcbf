// Indexed access that fails loudly. A silent `?? 0` hides a wrong index; this names it.

/**
 * The element at `index`.
 * @param list an array, a typed array or anything else with a length
 * @throws Error naming index and length when there is no element, or when it is `undefined`: a bug, not a user's mistake
 *
 * @example
 * import { at } from 'paracosm/world'
 *
 * const scores = [3, 5]
 * console.log(at(scores, 1)) // 5; at(scores, 2) throws
 */
export function at<T>(list: ArrayLike<T>, index: number): T {
  const value = list[index]
  if (value === undefined) throw new Error(`no element at index ${index} of a list of length ${list.length}`)
  return value
}

/**
 * The value of a map at a key that it must have.
 * @throws Error naming the key when there is none, or when it is `undefined`: a bug, not a user's mistake
 */
export function atKey<K, V>(map: { get(key: K): V | undefined }, key: K): V {
  const value = map.get(key)
  if (value === undefined) throw new Error(`no value for the key ${String(key)}`)
  return value
}

/**
 * The same check for inner loops: `xs[i] ?? absent()`. The engine optimises each element read by its call site. Inside
 * `at` all kinds of lists share one site, which is slow. Here the caller reads, and the check costs no more than a
 * default.
 * @throws Error always; the stack shows which read found nothing
 */
export function absent(): never {
  throw new Error('no element at the index that was read')
}
