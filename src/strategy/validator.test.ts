import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Program } from '../protocol/strategy.ts'
import { ruleNode } from '../testing/strategy-nodes.ts'
import { arbBrokenProgram, arbProgram } from '../testing/strategy-programs.ts'
import { DslError } from './errors.ts'
import type { ProgramProblem } from './problems.ts'
import { inspectProgram, validateProgram } from './validator.ts'

const literal = (value: unknown) => ({ type: 'literal', value })
const assign = { type: 'assign_points', value: literal(1), case_name: 'A' }
const programWith = (...rules: unknown[]) => ({ type: 'program', rules })

function failureOf(program: unknown): DslError {
  try {
    validateProgram(program)
  } catch (error) {
    assert.ok(error instanceof DslError)
    return error
  }
  throw new assert.AssertionError({ message: 'the program was accepted' })
}

const arbAny = fc.oneof(arbProgram(), arbBrokenProgram(), fc.jsonValue())

test('validator: it throws only DslValidationError, whatever the input', () => {
  const strange = [undefined, () => 1, Symbol('s'), 10n, new Map(), new Date(0), /x/, Object.create(null)]
  fc.assert(
    fc.property(fc.oneof(arbAny, fc.constantFrom<unknown>(...strange)), (program) => {
      try {
        validateProgram(program)
      } catch (error) {
        assert.ok(error instanceof DslError)
        assert.equal(error.kind, 'DslValidationError')
      }
    }),
    { numRuns: 1000 },
  )
})

test('validator: the first problem of the list is thrown; a valid program has none', () => {
  let invalid = 0
  fc.assert(
    fc.property(arbAny, (program) => {
      const { problems } = inspectProgram(structuredClone(program))
      const [first] = problems
      if (!first) {
        assert.equal(validateProgram(program), program)
        return
      }
      invalid++
      const { code, nodeId, params, message } = failureOf(program)
      const { path: _path, isKey: _isKey, fix: _fix, ...expected } = first
      assert.deepEqual({ code, nodeId, params, message }, expected)
    }),
    { numRuns: 1000 },
  )
  assert.ok(invalid > 200, `only ${invalid} invalid programs`)
})

test('validator: validating twice changes nothing the second time', () => {
  fc.assert(
    fc.property(arbProgram(), (program) => {
      validateProgram(program)
      const once = JSON.stringify(program)
      const written: unknown[] = []
      validateProgram(program, { onId: (path) => written.push([...path]) })
      assert.equal(JSON.stringify(program), once)
      assert.deepEqual(written, [])
    }),
    { numRuns: 300 },
  )
})

test('validator: everything that it accepts, the schema accepts', () => {
  fc.assert(
    fc.property(fc.oneof(arbProgram(), arbBrokenProgram()), (program) => {
      if (inspectProgram(program).problems.length > 0) return
      const parsed = Program.safeParse(program)
      assert.ok(parsed.success, JSON.stringify(parsed.error?.issues[0]))
    }),
    { numRuns: 1000 },
  )
})

test('validator: it refuses everything that the schema refuses; the schema has every rule except placement and size', () => {
  const beyondSchema = /post_rules alone|more than|deeper/
  // zod drops `__proto__` from records before any of its rules can see it.
  const isUnseen = ({ message, path }: ProgramProblem) => beyondSchema.test(message) || path.at(-1) === '__proto__'
  let refused = 0
  fc.assert(
    fc.property(arbBrokenProgram(), (program) => {
      const { problems } = inspectProgram(program)
      if (Program.safeParse(program).success) {
        assert.deepEqual(
          problems.filter((problem) => !isUnseen(problem)),
          [],
        )
      } else {
        refused++
        assert.notEqual(problems.length, 0)
      }
    }),
    { numRuns: 1000 },
  )
  assert.ok(refused > 200)
})

test('validator: generated ids give the position of a node', () => {
  const program = programWith(ruleNode<unknown>({ type: 'not', arg: literal(1) }, assign))
  const written: [string, string][] = []
  validateProgram(structuredClone(program), { onId: (path, id) => written.push([path.join('/'), id]) })
  assert.deepEqual(written, [
    ['', 'p.program.0'],
    ['rules/0', 'p.program.0.rule.0'],
    ['rules/0/when', 'p.program.0.rule.0.not.0'],
    ['rules/0/when/arg', 'p.program.0.rule.0.not.0.literal.0'],
    ['rules/0/then/0', 'p.program.0.rule.0.assign_points.0'],
    ['rules/0/then/0/value', 'p.program.0.rule.0.assign_points.0.literal.0'],
  ])
})

test('validator: a frozen program without ids is a problem, not a crash; with ids it is fine', () => {
  assert.match(failureOf(Object.freeze(programWith())).message, /frozen/)
  assert.doesNotThrow(() => validateProgram(Object.freeze({ ...programWith(), id: 'p' })))
})

test('validator: ids that would grow without limit are refused', () => {
  const program = { ...programWith(ruleNode<unknown>(literal(1), assign)), id: 'x'.repeat(9_999) }
  assert.match(failureOf(program).message, /longer than 10000/)
})

test('validator: a rule can nest at most 30 `not` nodes', () => {
  const wrap = (count: number): unknown => (count === 0 ? literal(true) : { type: 'not', arg: wrap(count - 1) })
  assert.doesNotThrow(() => validateProgram(programWith(ruleNode<unknown>(wrap(30), assign))))
  assert.match(failureOf(programWith(ruleNode<unknown>(wrap(31), assign))).message, /deeper than 32/)
})

test('validator: the smallest rule program counts six nodes', () => {
  assert.equal(inspectProgram(programWith(ruleNode<unknown>(literal(true), assign))).nodes, 6)
})

test('validator: a list of problems ends at a hundred problems or at too many nodes', () => {
  const broken = programWith(...Array.from({ length: 300 }, () => 7))
  assert.equal(inspectProgram(broken).problems.length, 100)
  const large = programWith(...Array.from({ length: 5000 }, () => ruleNode<unknown>(literal(1), { ...assign })))
  assert.deepEqual(
    inspectProgram(large).problems.map(({ message }) => message),
    ['the program has more than 1000 nodes'],
  )
})

test('validator: every problem of a program is listed with its path', () => {
  const program = {
    type: 'program',
    rules: [
      ruleNode<unknown>(
        { type: 'compare', op: '=<', left: { type: 'field', path: 'user.age' }, right: literal({}) },
        { ...assign, note: 1 },
      ),
      7,
    ],
    default: { type: 'veto', case_name: 'V' },
    parent_variables: { basic: 1, variable_x: [] },
    extra: 1,
  }
  const found = inspectProgram(program).problems.map(({ path, code, isKey }) => [path.join('.'), code, isKey])
  assert.deepEqual(found, [
    ['extra', null, true],
    ['rules.0.when.op', null, false],
    ['rules.0.when.left.path', 'DSL_FIELD_PATH_NOT_ALLOWED', false],
    ['rules.0.when.right.value', null, false],
    ['rules.0.then.0.note', null, true],
    ['rules.1', null, false],
    ['parent_variables.basic', null, true],
    ['parent_variables.variable_x', null, false],
    ['default', null, false],
  ])
})
