// A program as blocks of the visual editor, in Blockly's XML. Not every program has blocks: `return`, true, false and
// null, and junctions with other than two arguments exist only in JSON. Blocks: contract, section 16.2.
import { AppError } from '../kernel/errors.ts'
import type { Condition, Expression, Program } from '../protocol/strategy.ts'

type Rule =
  | Program['rules'][number]
  | NonNullable<Program['pre_rules']>[number]
  | NonNullable<Program['post_rules']>[number]
type Statement = Rule['then'][number]

const ESCAPES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' }

const escapeXml = (text: string): string => text.replace(/[<>&"]/g, (char) => ESCAPES[char] ?? char)

const field = (name: string, value: string | number): string =>
  `<field name="${name}">${escapeXml(String(value))}</field>`

const value = (name: string, block: string): string => `<value name="${name}">${block}</value>`

function block(type: string, id: string | undefined, content: string): string {
  return `<block type="${type}"${id === undefined ? '' : ` id="${escapeXml(id)}"`}>${content}</block>`
}

/** Thrown for a program that the editor has no blocks for. */
function noBlock(what: string): never {
  throw new AppError('STRATEGY_INVALID', `the block editor has no block for ${what}`, {
    hint: 'Edit this program as JSON, or leave that part out.',
  })
}

function expressionBlock(node: Expression): string {
  switch (node.type) {
    case 'literal':
      if (typeof node.value === 'number') return block('gd_literal_number', node.id, field('VALUE', node.value))
      if (typeof node.value === 'string') return block('gd_literal_text', node.id, field('VALUE', node.value))
      return noBlock(String(node.value))
    case 'field':
      return fieldBlock(node.path, node.id)
    case 'arith':
      return block('gd_arith', node.id, operation(node))
    case 'func_call': {
      const names = ['VALUE', 'LO', 'HI']
      const args = node.args.map((each, index) => value(names[index] ?? '', expressionBlock(each)))
      return block('gd_func_call', node.id, field('NAME', node.name) + args.join(''))
    }
  }
}

function fieldBlock(path: string, id: string | undefined): string {
  if (path.startsWith('data.')) return block('gd_field_data', id, field('KEY', path.slice('data.'.length)))
  return block(path.startsWith('parent.') ? 'gd_field_parent' : 'gd_field', id, field('PATH', path))
}

function operation(node: { readonly op: string; readonly left: Expression; readonly right: Expression }): string {
  return field('OP', node.op) + value('LEFT', expressionBlock(node.left)) + value('RIGHT', expressionBlock(node.right))
}

function conditionBlock(node: Condition): string {
  switch (node.type) {
    case 'literal':
    case 'field':
      return expressionBlock(node)
    case 'compare':
      return block('gd_compare', node.id, operation(node))
    case 'not':
      return block('gd_not', node.id, value('ARG', conditionBlock(node.arg)))
    case 'and':
    case 'or': {
      const [a, b] = node.args
      if (!a || !b || node.args.length > 2) return noBlock(`${node.type} of ${node.args.length} arguments`)
      return block(`gd_${node.type}`, node.id, value('A', conditionBlock(a)) + value('B', conditionBlock(b)))
    }
  }
}

function statementContent(node: Statement): string {
  switch (node.type) {
    case 'assign_points':
      return value('VALUE', expressionBlock(node.value)) + field('CASE_NAME', node.case_name)
    case 'set_callback_data':
    case 'set_data':
      return field('KEY', node.key) + value('VALUE', expressionBlock(node.value))
    case 'set_points':
    case 'set_case_name':
      return value('VALUE', expressionBlock(node.value))
    case 'veto':
      return field('CASE_NAME', node.case_name)
    case 'return':
      return noBlock('return')
  }
}

/** Statements are nested below one another, so the last one is written first. */
function stack(name: string, body: readonly Statement[]): string {
  const blocks = body.reduceRight<string>((below, node) => {
    const next = below === '' ? '' : `<next>${below}</next>`
    return block(`gd_${node.type}`, node.id, statementContent(node) + next)
  }, '')
  return `<statement name="${name}">${blocks}</statement>`
}

function ruleBlock(type: string, node: Rule): string {
  const branches = node.else_if ?? []
  const counts = `${branches.length > 0 ? ` elseif="${branches.length}"` : ''}${node.else ? ' else="1"' : ''}`
  const parts = [
    counts === '' ? '' : `<mutation${counts}></mutation>`,
    value('WHEN', conditionBlock(node.when)),
    stack('THEN', node.then),
    ...branches.map(({ when, then }, i) => value(`IF${i + 1}`, conditionBlock(when)) + stack(`DO${i + 1}`, then)),
    node.else ? stack('ELSE', node.else) : '',
  ]
  return block(type, node.id, parts.join(''))
}

/**
 * Blockly XML of a program.
 * @throws AppError STRATEGY_INVALID for a program that has no blocks
 *
 * @example
 * import { createDefaultProgram, formatBlocks } from 'paracosm/strategy'
 *
 * console.log(formatBlocks(createDefaultProgram()))
 */
export function formatBlocks(program: Program): string {
  const overrides = Object.entries(program.parent_variables ?? {}).map(([name, each]) =>
    block('gd_parent_variable_override', undefined, field('VARIABLE', name) + field('VALUE', String(each))),
  )
  const fallback = program.default
    ? [block(`gd_${program.default.type}`, program.default.id, statementContent(program.default))]
    : []
  const blocks = [
    ...(program.pre_rules ?? []).map((each) => ruleBlock('gd_pre_rule', each)),
    ...program.rules.map((each) => ruleBlock('gd_rule', each)),
    ...(program.post_rules ?? []).map((each) => ruleBlock('gd_post_rule', each)),
    ...fallback,
    ...overrides,
  ]
  return `<xml xmlns="https://developers.google.com/blockly/xml">${blocks.join('')}</xml>`
}
