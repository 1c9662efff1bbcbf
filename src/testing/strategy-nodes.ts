// Nodes of the strategy language for tests, unchecked: whatever is handed in goes in.

type Node<T> = Record<string, T | string | readonly T[]>

/** A rule: when `when` holds, the body. */
export function ruleNode<T>(when: T, ...body: readonly T[]): Node<T> {
  // biome-ignore lint/suspicious/noThenProperty: the language's own word; programs are never awaited
  return { type: 'rule', when, then: body }
}

/** A branch of `else_if`: a rule without type. */
export function branchNode<T>(when: T, ...body: readonly T[]): Node<T> {
  // biome-ignore lint/suspicious/noThenProperty: the language's own word; programs are never awaited
  return { when, then: body }
}
