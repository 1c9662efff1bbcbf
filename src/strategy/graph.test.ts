import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { arbProgram } from '../testing/strategy-programs.ts'
import { createDefaultProgram } from './built-in-programs.ts'
import { decisionGraph } from './graph.ts'
import { createTemplates } from './templates.ts'
import { validateProgram } from './validator.ts'

test('graph: the built-in default is a chain of seven conditions with one result each', () => {
  const { nodes, edges } = decisionGraph(validateProgram(createDefaultProgram()))
  assert.equal(nodes.filter(({ kind }) => kind === 'condition').length, 7)
  assert.equal(nodes.filter(({ kind }) => kind === 'action').length, 8)
  assert.deepEqual(nodes[1], { id: 'n1', kind: 'condition', label: 'task.measurements_count < 2' })
  assert.deepEqual(nodes[2], { id: 'n2', kind: 'action', label: '1 point, case "BasicEngagement"' })
  assert.deepEqual(edges.slice(0, 3), [
    { from: 'n0', to: 'n1', label: '' },
    { from: 'n1', to: 'n2', label: 'yes' },
    { from: 'n1', to: 'n3', label: 'no' },
  ])
})

test('graph: a program that extends a parent is drawn around it', () => {
  const [weekend] = createTemplates()
  assert.ok(weekend)
  const { nodes } = decisionGraph(weekend.astJson, 'default')
  assert.deepEqual(
    nodes.map(({ kind, label }) => `${kind} ${label}`),
    [
      'start event',
      'parent default',
      'condition data.is_weekend',
      'action points = (parent.points * 1.5); case name = "WeekendBonus"',
      'end done',
    ],
  )
})

test('graph: every node except the start is reached, and every condition has both branches', () => {
  fc.assert(
    fc.property(arbProgram(), fc.boolean(), (program, hasParent) => {
      let valid: ReturnType<typeof validateProgram>
      try {
        valid = validateProgram(program)
      } catch {
        return
      }
      const { nodes, edges } = decisionGraph(valid, hasParent ? 'default' : undefined)
      for (const { id, kind } of nodes) {
        const out = edges.filter(({ from }) => from === id).map(({ label }) => label)
        assert.equal(
          edges.some(({ to }) => to === id),
          kind !== 'start',
        )
        if (kind === 'condition') assert.deepEqual(new Set(out), new Set(['yes', 'no']))
        if (kind === 'end') assert.deepEqual(out, [])
      }
    }),
    { numRuns: 200 },
  )
})
