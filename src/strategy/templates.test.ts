import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StrategyTemplate } from '../protocol/strategy-run.ts'
import { branchNode, ruleNode } from '../testing/strategy-nodes.ts'
import { formatBlocks } from './block-xml.ts'
import { literal } from './build.ts'
import { BUILT_INS } from './built-ins.ts'
import { runPipeline } from './pipeline.ts'
import { tableAnalytics } from './recorded.ts'
import { createBuiltIn } from './strategy.ts'
import { createTemplates } from './templates.ts'
import { inspectProgram, validateProgram } from './validator.ts'

const event = { externalGameId: 'g', externalTaskId: 't', externalUserId: 'u' }

async function scoreOf(id: string, table: Record<string, number>, data: Record<string, boolean> = {}) {
  const template = createTemplates().find((each) => each.id === id)
  assert.ok(template)
  const analytics = tableAnalytics(table)
  const spec = BUILT_INS.find((each) => each.id === template.parentStrategyId)
  const parent = spec ? { parent: createBuiltIn(spec, analytics) } : {}
  const { points, caseName } = await runPipeline(template.astJson, { ...event, data }, { analytics, ...parent })
  return [points, caseName]
}

test('templates: they are valid, sorted by id, and match the wire format', () => {
  const templates = createTemplates()
  assert.deepEqual(
    templates.map(({ id }) => id),
    ['bonus_extiende_default', 'bonus_por_velocidad', 'engagement_basico', 'recompensa_completar_tarea'],
  )
  for (const template of templates) {
    assert.deepEqual(inspectProgram(template.astJson).problems, [])
    assert.ok(StrategyTemplate.safeParse(template).success)
    assert.equal(template.type === 'DSL_EXTEND', template.parentStrategyId !== null)
  }
})

test('templates: known inputs give the known results', async () => {
  assert.deepEqual(await scoreOf('bonus_extiende_default', {}, { is_weekend: true }), [1.5, 'WeekendBonus'])
  assert.deepEqual(await scoreOf('bonus_extiende_default', {}), [1, 'BasicEngagement'])
  assert.deepEqual(await scoreOf('bonus_por_velocidad', { 'user.avg_time': 7.9, 'all.avg_time': 10 }), [
    10,
    'SpeedBonus',
  ])
  assert.deepEqual(await scoreOf('bonus_por_velocidad', { 'user.avg_time': 8, 'all.avg_time': 10 }), [0, null])
  assert.deepEqual(await scoreOf('engagement_basico', { 'user.measurements_count': 2 }), [1, 'BasicEngagement'])
  assert.deepEqual(await scoreOf('engagement_basico', { 'user.measurements_count': 3 }), [0, null])
  assert.deepEqual(await scoreOf('recompensa_completar_tarea', { 'task.measurements_count': 1 }), [
    5,
    'FirstCompletion',
  ])
  assert.deepEqual(await scoreOf('recompensa_completar_tarea', {}), [2, 'TaskCompleted'])
})

test('blocks: a block has the id of its node, and text is escaped', () => {
  const template = createTemplates().find(({ id }) => id === 'engagement_basico')
  assert.equal(
    template?.blocklyXml,
    '<xml xmlns="https://developers.google.com/blockly/xml">' +
      '<block type="gd_rule" id="p.program.0.rule.0">' +
      '<value name="WHEN"><block type="gd_compare" id="p.program.0.rule.0.compare.0"><field name="OP">&lt;=</field>' +
      '<value name="LEFT"><block type="gd_field" id="p.program.0.rule.0.compare.0.field.0">' +
      '<field name="PATH">user.measurements_count</field></block></value>' +
      '<value name="RIGHT"><block type="gd_literal_number" id="p.program.0.rule.0.compare.0.literal.1">' +
      '<field name="VALUE">2</field></block></value></block></value>' +
      '<statement name="THEN"><block type="gd_assign_points" id="p.program.0.rule.0.assign_points.0">' +
      '<value name="VALUE"><block type="gd_literal_number" id="p.program.0.rule.0.assign_points.0.literal.0">' +
      '<field name="VALUE">1</field></block></value><field name="CASE_NAME">BasicEngagement</field></block></statement>' +
      '</block></xml>',
  )
})

test('blocks: branches become mutations, statements are chained, and parents have their own blocks', () => {
  const set = (key: string) => ({ type: 'set_callback_data', key, value: literal('a"<b>') })
  const body = [set('one'), set('two')]
  const when = { type: 'not', arg: { type: 'field', path: 'parent.case_name' } }
  const branch = branchNode<unknown>({ type: 'field', path: 'data.x' }, ...body)
  const rule = { ...ruleNode<unknown>(when, ...body), else_if: [branch], else: body }
  const program = {
    type: 'program',
    rules: [],
    post_rules: [structuredClone(rule)],
    parent_variables: { variable_a: true },
  }
  const xml = formatBlocks(validateProgram(program))
  assert.ok(xml.includes('<mutation elseif="1" else="1"></mutation>'))
  assert.ok(
    xml.includes('<value name="IF1">') &&
      xml.includes('<statement name="DO1">') &&
      xml.includes('<statement name="ELSE">'),
  )
  assert.ok(
    xml.includes('gd_field_parent') && xml.includes('gd_field_data') && xml.includes('gd_parent_variable_override'),
  )
  assert.ok(xml.includes('a&quot;&lt;b&gt;'))
  assert.equal(xml.split('<next>').length, 4)
  assert.equal(xml.split('<block').length, xml.split('</block>').length)
})

test('blocks: nodes that the editor cannot draw are reported', () => {
  const program = { type: 'program', rules: [], default: { type: 'return' } }
  assert.throws(() => formatBlocks(validateProgram(program)), /no block for return/)
})
