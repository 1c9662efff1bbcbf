// The decision graph of a program: from the start through its conditions to the statements. Plain data for drawing.
import type { Program } from '../protocol/strategy.ts'
import { describeNode, describeStatement, type Rule, type Statement } from './explain.ts'

interface GraphNode {
  readonly id: string
  readonly kind: 'start' | 'condition' | 'action' | 'parent' | 'end'
  readonly label: string
}

interface GraphEdge {
  readonly from: string
  readonly to: string
  /** `yes` and `no` leave a condition; other edges have no label. */
  readonly label: '' | 'yes' | 'no'
}

export interface DecisionGraph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

/** The current end of a path through the graph, and the answer on its next edge. */
interface Loose {
  readonly from: string
  readonly label: GraphEdge['label']
}

interface Drawing {
  readonly nodes: GraphNode[]
  readonly edges: GraphEdge[]
}

const HALTING: readonly string[] = ['assign_points', 'veto', 'return']

function add(drawing: Drawing, node: Omit<GraphNode, 'id'>, incoming: readonly Loose[]): string {
  const id = `n${drawing.nodes.length}`
  drawing.nodes.push({ id, ...node })
  for (const { from, label } of incoming) drawing.edges.push({ from, to: id, label })
  return id
}

/** Adds a body to the graph. Returns the open ends of its paths: none if the body halts the run. */
function addBody(drawing: Drawing, body: readonly Statement[], incoming: readonly Loose[]): readonly Loose[] {
  const end = body.findIndex(({ type }) => HALTING.includes(type))
  const reached = end === -1 ? body : body.slice(0, end + 1)
  const from = add(drawing, { kind: 'action', label: reached.map(describeStatement).join('; ') }, incoming)
  return end === -1 ? [{ from, label: '' }] : []
}

function addRule(drawing: Drawing, rule: Rule, incoming: readonly Loose[]): readonly Loose[] {
  const out: Loose[] = []
  let open = incoming
  for (const { when, then } of [rule, ...(rule.else_if ?? [])]) {
    const from = add(drawing, { kind: 'condition', label: describeNode(when) }, open)
    out.push(...addBody(drawing, then, [{ from, label: 'yes' }]))
    open = [{ from, label: 'no' }]
  }
  return rule.else ? [...out, ...addBody(drawing, rule.else, open)] : [...out, ...open]
}

/**
 * The graph of a program.
 * @param program validated
 * @param parentId draws the program as an extension of this parent: rules before it, the parent, rules after it
 *
 * @example
 * import { createDefaultProgram, decisionGraph } from 'paracosm/strategy'
 *
 * console.log(JSON.stringify(decisionGraph(createDefaultProgram())))
 */
export function decisionGraph(program: Program, parentId?: string): DecisionGraph {
  const drawing: Drawing = { nodes: [], edges: [] }
  let open: readonly Loose[] = [{ from: add(drawing, { kind: 'start', label: 'event' }, []), label: '' }]
  const follow = (rules: readonly Rule[]) => {
    // Nothing after a rule that always halts is ever reached.
    for (const rule of rules) if (open.length > 0) open = addRule(drawing, rule, open)
  }
  if (parentId === undefined) {
    follow(program.rules)
    if (program.default && open.length > 0) open = addBody(drawing, [program.default], open)
  } else {
    follow(program.pre_rules ?? [])
    if (open.length > 0) open = [{ from: add(drawing, { kind: 'parent', label: parentId }, open), label: '' }]
    follow(program.post_rules ?? [])
  }
  if (open.length > 0) add(drawing, { kind: 'end', label: parentId === undefined ? 'no points' : 'done' }, open)
  return drawing
}
