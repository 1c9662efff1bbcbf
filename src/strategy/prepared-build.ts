// What the builders of closures share: how much has been built, how to read a node, and where a run looks at the clock.
// Whatever is malformed makes the whole building give up: the interpreter then runs the program, and fails where it
// must.
import { isObject, type JsonObject, type JsonValue } from '../protocol/json.ts'
import type { FieldLayout } from './context.ts'
import { CHECK_INTERVAL, type StrategyLimits } from './limits.ts'
import type { PreparedRun } from './prepared-run.ts'

/** Thrown by the builders, caught by `prepareProgram`. */
export class CannotPrepare extends Error {}

export function giveUp(): never {
  throw new CannotPrepare()
}

/** The state of one building. */
export interface Build {
  readonly layout: FieldLayout
  /** What is larger than these is not built. */
  readonly limits: StrategyLimits
  /** Nodes so far, counted as a run that visits all of them would. */
  count: number
  /** Deepest node so far. */
  depth: number
}

/** Counts a node and returns its id. */
export function openNode(build: Build, node: JsonObject, depth: number): string {
  build.count++
  if (depth > build.depth) build.depth = depth
  const { id } = node
  if (build.count > build.limits.maxNodes || depth > build.limits.maxDepth) giveUp()
  return toText(id)
}

export function toNode(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : giveUp()
}

const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value)

export function toList(value: JsonValue | undefined): readonly JsonValue[] {
  return isList(value) ? value : giveUp()
}

export function toText(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : giveUp()
}

type Piece<R> = (run: PreparedRun) => R

/**
 * Builds pieces that belong to one node. When together they have more nodes than a run may visit between two checks at
 * the clock, each small one looks first; a large one has looking pieces of its own.
 */
export function buildPieces<R>(
  build: Build,
  values: readonly JsonValue[],
  make: (node: JsonObject, index: number) => Piece<R>,
): readonly Piece<R>[] {
  const start = build.count
  // Array.from visits holes too, which no JSON has, but a list made by hand may.
  const built = Array.from(values, (value, index) => {
    const node = toNode(value)
    const before = build.count
    const piece = make(node, index)
    return { piece, nodes: build.count - before, id: typeof node.id === 'string' ? node.id : null }
  })
  if (build.count - start <= CHECK_INTERVAL) return built.map(({ piece }) => piece)
  return built.map(({ piece, nodes, id }) => {
    if (nodes > CHECK_INTERVAL) return piece
    return (run) => {
      run.tick(nodes, id)
      return piece(run)
    }
  })
}
