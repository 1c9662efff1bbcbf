import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { missing, quickTests, uncovered } from './quick-tests.ts'

const root = join(import.meta.dirname, '..')

test('quick tests: every folder of src is covered, and every listed file exists', () => {
  assert.deepEqual([uncovered(root), missing(root)], [[], []])
  assert.ok(quickTests(root).length > 50)
})
