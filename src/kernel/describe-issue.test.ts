import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { describeIssue } from './parse.ts'

test('parse: the first error names its path and the problem, in both notations', () => {
  const schema = z.strictObject({ a: z.array(z.object({ b: z.string() })) })
  const inner = schema.safeParse({ a: [{ b: 'x' }, { b: 1 }] })
  assert.ok(inner.error)
  assert.match(describeIssue(inner.error), /^\$\.a\[1\]\.b: .*string/)
  assert.match(describeIssue(inner.error, 'the line'), /^a\.1\.b: .*string/)
  const outer = schema.safeParse(7)
  assert.ok(outer.error)
  assert.match(describeIssue(outer.error), /^\$: /)
  assert.match(describeIssue(outer.error, 'the line'), /^the line: /)
})
