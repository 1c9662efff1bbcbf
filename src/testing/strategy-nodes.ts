// Nodes of the strategy language for tests, without validation.

type Node<T> = Record<string, T | string | readonly T[]>

/** A rule: runs the body if `when` holds. */
export function ruleNode<T>(when: T, ...body: readonly T[]): Node<T> {
  // biome-ignore lint/suspicious/noThenProperty: the language's own word; programs are never awaited
  return { type: 'rule', when, then: body }
}

/** A branch of `else_if`: a rule without a type. */
export function branchNode<T>(when: T, ...body: readonly T[]): Node<T> {
  // biome-ignore lint/suspicious/noThenProperty: the language's own word; programs are never awaited
  return { when, then: body }
}
