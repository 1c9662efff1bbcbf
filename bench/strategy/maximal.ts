// Hostile programs of the maximum size, in the most expensive forms.
import { DEFAULT_LIMITS, maxProgramText } from '../../src/strategy/limits.ts'
import { branchNode, ruleNode } from '../../src/testing/strategy-nodes.ts'

const TEXT_LENGTH = maxProgramText(DEFAULT_LIMITS)

const literal = { type: 'literal', value: false }
const stop = { type: 'return' }

function nested(open: string, middle: string, close: string): string {
  const count = Math.floor(TEXT_LENGTH / (open.length + close.length))
  return open.repeat(count) + middle + close.repeat(count)
}

function chain(): string {
  const condition = nested('{"type":"not","arg":', '{"type":"literal","value":true}', '}')
  return `{"type":"program","rules":[{"type":"rule","when":${condition},"then":[{"type":"return"}]}]}`
}

function many<T>(item: T): T[] {
  return Array.from({ length: Math.floor(TEXT_LENGTH / JSON.stringify(item).length) }, () => structuredClone(item))
}

const keys = (prefix: string) =>
  Object.fromEntries(Array.from({ length: Math.floor(TEXT_LENGTH / 12) }, (_, i) => [`${prefix}${i}`, i]))

/** Every call creates a new program, without generated ids. */
export const MAXIMAL: readonly { readonly what: string; readonly create: () => unknown }[] = [
  { what: 'rules without end', create: () => ({ type: 'program', rules: many(ruleNode<unknown>(literal, stop)) }) },
  {
    what: 'arguments without end',
    create: () => ({ type: 'program', rules: [ruleNode<unknown>({ type: 'or', args: many(literal) }, stop)] }),
  },
  { what: 'nesting without end', create: () => JSON.parse(chain()) },
  {
    what: 'a literal nested without end',
    create: () => ({
      type: 'program',
      rules: [ruleNode<unknown>({ type: 'literal', value: JSON.parse(nested('[', '', ']')) }, stop)],
    }),
  },
  { what: 'unknown keys without end', create: () => ({ type: 'program', rules: [], ...keys('key') }) },
  {
    what: 'variables without end, which is valid',
    create: () => ({ type: 'program', rules: [], parent_variables: keys('variable_') }),
  },
  {
    what: 'a program id of that size',
    create: () => ({
      type: 'program',
      id: 'i'.repeat(TEXT_LENGTH),
      rules: many(ruleNode<unknown>(literal, stop)).slice(0, 300),
    }),
  },
  {
    what: 'a case name of that size',
    create: () => ({
      type: 'program',
      rules: [],
      default: { type: 'assign_points', value: literal, case_name: 'c'.repeat(TEXT_LENGTH) },
    }),
  },
  {
    what: 'a field path of that size',
    create: () => ({
      type: 'program',
      rules: [],
      default: {
        type: 'set_callback_data',
        key: 'k',
        value: { type: 'field', path: `data.${'p'.repeat(TEXT_LENGTH)}!` },
      },
    }),
  },
  {
    what: 'a branch id of that size',
    create: () => ({
      type: 'program',
      rules: [
        {
          ...ruleNode<unknown>(literal, stop),
          else_if: [{ ...branchNode<unknown>(literal, stop), id: many(literal) }],
        },
      ],
    }),
  },
]
