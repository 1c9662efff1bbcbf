// Shared by the builders of closures: counting built nodes, reading a node, and placing checks of the clock. Any
// malformed node aborts the build: the interpreter then runs the program and reports the error where it occurs.
import { isObject } from '../protocol/is-object.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import type { FieldLayout } from './context.ts'
import { CHECK_INTERVAL, type StrategyLimits } from './limits.ts'
import type { PreparedRun } from './prepared-run.ts'

/** Thrown by the builders, caught by `prepareProgram`. */
export class CannotPrepare extends Error {}

export function giveUp(): never {
  throw new CannotPrepare()
}

/** The state of one build. */
export interface Build {
  readonly layout: FieldLayout
  /** Programs that exceed these limits are not built. */
  readonly limits: StrategyLimits
  /** Nodes so far, counted like a run that visits all of them. */
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
 * Builds pieces that belong to one node. If they have more nodes in total than a run may visit between two checks of
 * the clock, each small piece checks the clock first; a large one contains its own checks.
 */
export function buildPieces<R>(
  build: Build,
  values: readonly JsonValue[],
  make: (node: JsonObject, index: number) => Piece<R>,
): readonly Piece<R>[] {
  const start = build.count
  // Array.from also visits holes, which JSON lacks but a list made by hand may have.
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
