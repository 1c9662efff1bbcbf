// Hostile programs and payloads, from a seed: built-in programs with parts broken, swapped and multiplied, nesting, floods
// of keys, names that lead to prototypes, and values that no JSON has.
import { createRandom, nextBelow, type RandomState } from '../../src/kernel/random.ts'
import { createTemplates } from '../../src/strategy/templates.ts'
import { branchNode, ruleNode } from '../../src/testing/strategy-nodes.ts'
import { PROGRAMS } from './programs.ts'

const NAMES = ['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', '__defineGetter__', 'then', 'id', 'type']
const TYPES = [
  'program',
  'rule',
  'and',
  'or',
  'not',
  'compare',
  'literal',
  'field',
  'arith',
  'func_call',
  'assign_points',
  'veto',
  'return',
  'set_data',
  'set_points',
  'eval',
  '__proto__',
]
const PATHS = [
  'data.__proto__',
  'data.constructor',
  'data.x',
  'user.avg_time',
  'parent.points',
  'constructor.constructor',
  'data.x\n',
  '__proto__',
  '',
]
const OPS = ['+', '*', '/', '==', '<', 'min', '**', 'constructor', '=>']

export interface Hostile {
  readonly program: unknown
  readonly data: Record<string, unknown>
}

type Draw = <T>(items: readonly T[]) => T

export class HostileSource {
  readonly #random: RandomState
  readonly #bases: readonly string[]

  constructor(seed: number) {
    this.#random = createRandom(seed, 'hostile')
    const shipped = [...PROGRAMS.map(({ create }) => create()), ...createTemplates().map(({ astJson }) => astJson)]
    this.#bases = shipped.map((program) => JSON.stringify(program))
  }

  next(): Hostile {
    const kind = nextBelow(this.#random, 100)
    const data = this.#payload()
    if (kind === 0) return { program: this.#value(0), data }
    if (kind === 1) return { program: this.#chain(), data }
    if (kind === 2) return { program: this.#flood(), data }
    if (kind === 3) return { program: this.#knot(), data }
    const program: unknown = JSON.parse(this.#draw(this.#bases))
    for (let edits = nextBelow(this.#random, 4); edits >= 0; edits--) this.#edit(program)
    return { program, data }
  }

  readonly #draw: Draw = (items) => items[nextBelow(this.#random, items.length)]!

  /** Anything, nested a little. */
  #value(depth: number): unknown {
    switch (nextBelow(this.#random, depth > 4 ? 11 : 16)) {
      case 0:
        return null
      case 1:
        return this.#draw([true, false, undefined])
      case 2:
        return nextBelow(this.#random, 1000) - 500
      case 3:
        return this.#draw([1e308, -1e308, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, -0, 2 ** 53])
      case 4:
        return this.#draw([...NAMES, ...TYPES, ...PATHS, ...OPS, '\ud800', 'x'.repeat(2000), '1_000', 'a\r\nX-Evil: 1'])
      case 5:
        return this.#draw<unknown>([
          Symbol('s'),
          10n,
          () => 1,
          new Date(0),
          new Map([[1, 2]]),
          /x/,
          new Array(5),
          Object.create(null),
        ])
      case 6:
        return { type: 'field', path: this.#draw(PATHS) }
      case 7:
        return { type: 'literal', value: this.#value(9) }
      case 8:
        return { type: this.#draw(TYPES) }
      case 9:
        return []
      case 10:
        return {}
      case 11:
        return { type: 'arith', op: this.#draw(OPS), left: this.#value(depth + 1), right: this.#value(depth + 1) }
      case 12:
        return { type: 'and', args: [this.#value(depth + 1), this.#value(depth + 1)] }
      case 13:
        return Array.from({ length: nextBelow(this.#random, 4) }, () => this.#value(depth + 1))
      default: {
        const object: Record<string, unknown> = {}
        for (let n = nextBelow(this.#random, 4); n > 0; n--)
          this.#set(object, this.#draw(NAMES), this.#value(depth + 1))
        return object
      }
    }
  }

  #set(target: object, key: string, value: unknown): void {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true })
  }

  #payload(): Record<string, unknown> {
    const data: Record<string, unknown> = {}
    for (const key of ['x', 'is_weekend', ...NAMES]) {
      if (nextBelow(this.#random, 3) === 0) this.#set(data, key, this.#value(2))
    }
    return data
  }

  /** Replaces, deletes or adds something, somewhere. */
  #edit(root: unknown): void {
    let holder: unknown = root
    for (let depth = nextBelow(this.#random, 12); depth > 0; depth--) {
      const inner = Object.values(Object(holder)).filter((each) => typeof each === 'object' && each !== null)
      if (inner.length === 0) break
      holder = this.#draw(inner)
    }
    if (typeof holder !== 'object' || holder === null) return
    const keys = Object.keys(holder)
    const key = keys.length === 0 || nextBelow(this.#random, 4) === 0 ? this.#draw(NAMES) : this.#draw(keys)
    if (nextBelow(this.#random, 6) === 0) Reflect.deleteProperty(holder, key)
    else if (!(Array.isArray(holder) && key === 'length')) this.#set(holder, key, this.#value(1))
  }

  /** Deep nesting. */
  #chain(): unknown {
    let node: unknown = { type: 'literal', value: true }
    const kind = this.#draw(['not', 'arith', 'array', 'id'])
    for (let depth = nextBelow(this.#random, 3000); depth > 0; depth--) {
      if (kind === 'not') node = { type: 'not', arg: node }
      else if (kind === 'arith') node = { type: 'arith', op: '+', left: node, right: node }
      else node = kind === 'array' ? [node] : { type: 'field', path: 'data.x', id: node }
    }
    const value = kind === 'not' ? { type: 'literal', value: 1 } : node
    const assign = { type: 'assign_points', value, case_name: 'A' }
    const branch = { ...branchNode<unknown>({ type: 'literal', value: true }, assign), id: node }
    return { type: 'program', rules: [{ ...ruleNode<unknown>(node, assign), else_if: [branch] }] }
  }

  /** Very many of something. */
  #flood(): unknown {
    const count = nextBelow(this.#random, 5000)
    const literal = { type: 'literal', value: false }
    const rule = ruleNode<unknown>(literal, { type: 'return' })
    switch (nextBelow(this.#random, 4)) {
      case 0:
        return { type: 'program', rules: Array.from({ length: count }, () => ({ ...rule })) }
      case 1:
        return { type: 'program', rules: [{ ...rule, when: { type: 'or', args: new Array(count).fill(literal) } }] }
      case 2:
        return {
          type: 'program',
          rules: [],
          ...Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i])),
        }
      default:
        return {
          type: 'program',
          id: 'i'.repeat(count * 10),
          rules: Array.from({ length: 300 }, () => ruleNode<unknown>({ ...literal }, { type: 'return' })),
        }
    }
  }

  /** A cyclic program. */
  #knot(): unknown {
    const program: Record<string, unknown> = { type: 'program', rules: [] }
    const rule = ruleNode<unknown>(undefined, { type: 'return' })
    rule.when = this.#draw<unknown>([rule, program, { type: 'not', arg: rule }])
    const loop: Record<string, unknown> = { type: 'and' }
    loop.args = [loop, loop]
    if (nextBelow(this.#random, 2) === 0) rule.when = loop
    program.rules = nextBelow(this.#random, 2) === 0 ? [rule, rule, program] : [rule]
    return program
  }
}
