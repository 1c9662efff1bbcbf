// Indexed access that fails loudly. A silent `?? 0` hides a wrong index; this names it.

/**
 * The element at `index`.
 * @param list an array, a typed array or anything else with a length
 * @throws Error naming index and length when there is no element, or when it is `undefined`: a bug, not a user's mistake
 */
export function at<T>(list: ArrayLike<T>, index: number): T {
  const value = list[index]
  if (value === undefined) throw new Error(`no element at index ${index} of a list of length ${list.length}`)
  return value
}
