import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BUILT_INS } from './built-ins.ts'
import { chooseStrategyId, createRegistry, describeStrategy, parseStrategyId } from './registry.ts'
import type { StrategySpec } from './strategy.ts'

const spec = (id: string): StrategySpec => ({
  id,
  version: '1.0.0',
  name: id,
  description: 'A test.',
  revision: 1,
  variables: { variable_a: 1 },
  calculatePoints: async () => [1, 'A'],
})

test('registry: built-ins are registered by id', async () => {
  const registry = createRegistry()
  assert.deepEqual(
    (await registry.list()).map(({ id }) => id),
    ['constantEffortStrategy', 'default', 'socio_bee'],
  )
  assert.equal((await registry.find('default')).version, '0.0.2')
})

test('registry: names of Object.prototype are not strategies', async () => {
  for (const id of ['__proto__', 'constructor', 'toString', '']) {
    await assert.rejects(createRegistry().find(id), { code: 'UNKNOWN_STRATEGY' })
  }
})

test('registry: registering a strategy twice is harmless, another one under its id is refused', () => {
  const registry = createRegistry()
  const mine = spec('mine')
  registry.register(mine)
  registry.register(mine)
  assert.throws(() => registry.register(spec('mine')), { code: 'STRATEGY_CONFLICT' })
  assert.throws(() => registry.register(spec('default')), { code: 'STRATEGY_CONFLICT' })
  assert.throws(() => registry.register(spec('')), { code: 'STRATEGY_CONFLICT' })
  assert.throws(() => registry.register({ ...spec('x'), id: 7 as never }), { code: 'STRATEGY_CONFLICT' })
})

test('registry: plug-ins load once, on first use; broken ones are skipped and reported', async () => {
  let loads = 0
  const warnings: string[] = []
  const registry = createRegistry({
    plugins: [
      {
        name: 'good',
        load: async () => {
          loads++
          return { strategies: [spec('from-plugin'), { id: 'half' }, null] }
        },
      },
      { name: 'broken', load: () => Promise.reject(new Error('not installed')) },
      { name: 'odd', load: async () => ({}) },
      { name: 'greedy', load: async () => ({ strategies: [spec('default')] }) },
    ],
    warn: (message) => warnings.push(message),
  })
  assert.equal(loads, 0)
  assert.equal((await registry.find('from-plugin')).id, 'from-plugin')
  assert.equal((await registry.list()).length, BUILT_INS.length + 1)
  assert.equal(loads, 1)
  assert.deepEqual(
    warnings.map((each) => /plug-in (\w+)/.exec(each)?.[1]),
    ['good', 'good', 'broken', 'odd', 'greedy'],
  )
})

test('registry: ids lead to built-ins or to stored programs', () => {
  assert.deepEqual(parseStrategyId('default'), { kind: 'built-in', id: 'default' })
  assert.deepEqual(parseStrategyId('custom:42'), { kind: 'custom', definitionId: '42' })
})

test('registry: a task without a strategy uses that of its game, which may have none either', () => {
  assert.equal(chooseStrategyId('custom:1', 'socio_bee'), 'custom:1')
  assert.equal(chooseStrategyId(null, 'socio_bee'), 'socio_bee')
  assert.equal(chooseStrategyId(undefined, null), 'default')
})

test('registry: a description lists variables by name with their kinds', () => {
  const described = describeStrategy({
    ...spec('d'),
    variables: {
      variable_b: 'x',
      variable_a: 1.5,
      variable_c: null,
      variable_d: [1],
      variable_e: { a: 1 },
      variable_f: true,
    },
  })
  assert.deepEqual(
    described.variables.map(({ name, type }) => `${name} ${type}`),
    ['variable_a float', 'variable_b str', 'variable_c null', 'variable_d list', 'variable_e dict', 'variable_f bool'],
  )
  assert.match(described.hash_version, /^[0-9a-f]{64}$/)
})
