// Every example of docs/strategy.md: programs validate, nodes give what the page says, commands print what it shows.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ARITH_OPS, COMPARE_OPS } from '../../src/protocol/strategy.ts'
import { buildContext } from '../../src/strategy/context.ts'
import { DSL_CODES } from '../../src/strategy/errors.ts'
import { CONDITION_KEYS, EXPRESSION_KEYS, STATEMENT_KEYS } from '../../src/strategy/grammar.ts'
import { execute } from '../../src/strategy/interpreter.ts'
import { tableAnalytics } from '../../src/strategy/recorded.ts'
import { validateProgram } from '../../src/strategy/validator.ts'
import { type PageBlock, readBlocks, readConsole } from '../../src/testing/docs-page.ts'
import { ruleNode } from '../../src/testing/strategy-nodes.ts'

const page = readFileSync(new URL('../../docs/strategy.md', import.meta.url), 'utf8')
const blocks = readBlocks(page)
const launcher = fileURLToPath(new URL('../../bin/paracosm', import.meta.url))
const json = blocks.filter(({ language }) => language === 'json')
let folder = ''

const nameOf = ({ before: text }: PageBlock): string | undefined => /Save this as `([^`]+)`:$/.exec(text)?.[1]

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'strategy-docs-'))
  for (const block of json) {
    const name = nameOf(block)
    if (name) writeFileSync(join(folder, name), block.text)
  }
})
after(() => rmSync(folder, { recursive: true, force: true }))

const event = JSON.parse(json.find(({ label }) => label === 'event')?.text ?? '{}')
const ids = { externalGameId: 'game-1', externalTaskId: 'task-1', externalUserId: 'user-1' }

/** A program with a node, in a section where the node is allowed. */
function programAround(node: { type: string }): unknown {
  const literal = { type: 'literal', value: true }
  const program = { type: 'program', rules: [] }
  if (STATEMENT_KEYS.has(node.type)) {
    if (node.type === 'set_data' || node.type === 'veto')
      return { ...program, pre_rules: [ruleNode<unknown>(literal, node)] }
    if (node.type === 'set_points' || node.type === 'set_case_name')
      return { ...program, post_rules: [ruleNode<unknown>(literal, node)] }
    return { ...program, default: node }
  }
  if (EXPRESSION_KEYS.has(node.type))
    return { ...program, default: { type: 'set_callback_data', key: 'value', value: node } }
  return { ...program, rules: [ruleNode<unknown>(node, { type: 'return' })] }
}

/** The value of a condition or expression for the event of the page. */
async function resultOf(node: { type: string }): Promise<unknown> {
  const program = validateProgram(programAround(structuredClone(node)))
  const context = await buildContext(program, {
    ...ids,
    data: event.data,
    mockState: event.mock,
    analytics: tableAnalytics({}),
  })
  const { callbackData, trace } = execute(program, context)
  if (EXPRESSION_KEYS.has(node.type)) return callbackData.value
  return trace.findLast(({ type }) => type === node.type)?.value
}

for (const block of json) {
  if (block.label === 'event') continue
  const node = JSON.parse(block.text)
  const what = `docs: the ${node.type} on line ${block.line}`
  if (block.label === 'invalid') {
    test(`${what} is refused`, () => assert.throws(() => validateProgram(node)))
    continue
  }
  test(`${what} is valid`, () => {
    assert.ok(validateProgram(node.type === 'program' ? node : programAround(node)))
  })
  const told = /^Gives `([^`]+)`/.exec(block.after)?.[1]
  if (told !== undefined) {
    test(`${what} gives ${told}`, async () => assert.deepEqual(await resultOf(node), JSON.parse(told)))
  }
}

test('docs: every expression and condition shows its result', () => {
  for (const block of json) {
    const { type } = JSON.parse(block.text)
    if (EXPRESSION_KEYS.has(type) || CONDITION_KEYS.has(type))
      assert.match(block.after, /^Gives `/, `line ${block.line}`)
  }
})

test('docs: every node, operator and code is on the page', () => {
  const shown = new Set(json.flatMap(({ text }) => [...text.matchAll(/"type": "(\w+)"/g)].map((match) => match[1])))
  const types = ['program', 'rule', ...CONDITION_KEYS.keys(), ...EXPRESSION_KEYS.keys(), ...STATEMENT_KEYS.keys()]
  assert.deepEqual(
    types.filter((type) => !shown.has(type)),
    [],
  )
  assert.deepEqual(
    Object.keys(DSL_CODES).filter((code) => !new RegExp(`\\| \`${code}\` +\\|`).test(page)),
    [],
  )
  assert.deepEqual(
    [...ARITH_OPS, ...COMPARE_OPS].filter((op) => !page.includes(`\`${op}\``)),
    [],
  )
})

/** Shortens fingerprints to their first digits. */
const shorten = (text: string): string => text.replace(/\b([0-9a-f]{8})[0-9a-f]{56}\b/g, '$1')

for (const block of blocks.filter(({ language }) => language === 'console')) {
  for (const { command, output } of readConsole(block)) {
    test(`docs: $ ${command}`, () => {
      assert.match(command, /^paracosm /)
      const line = command.replace(/^paracosm/, `'${launcher}'`)
      const { stdout } = spawnSync('sh', ['-c', line], { cwd: folder, encoding: 'utf8' })
      assert.equal(shorten(stdout).trimEnd(), output)
    })
  }
}

test('docs: the TypeScript example runs', async () => {
  const source = blocks.find(({ language }) => language === 'ts')?.text ?? ''
  const library = fileURLToPath(new URL('../../src/strategy/index.ts', import.meta.url))
  // Next to the sources, where Node strips types.
  const own = mkdtempSync(fileURLToPath(new URL('../../tmp-docs-', import.meta.url)))
  try {
    const path = join(own, 'example.ts')
    writeFileSync(path, source.replace("'paracosm/strategy'", `'${library}'`))
    const { points, trace } = await import(path)
    assert.equal(points, 12.5)
    assert.equal(trace.length, 2)
  } finally {
    rmSync(own, { recursive: true })
  }
})
