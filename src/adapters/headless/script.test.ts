import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError } from '../../kernel/errors.ts'
import { loadWorld } from '../../testing/built-in-worlds.ts'
import { parseScript } from './script.ts'

const foundry = await loadWorld('foundry')
const wire = { type: 'place_part', def_id: 'wire', origin: { x: 1, y: 1, z: 1 }, facing: 'north' }

test('headless: a command file is a list of steps, or an object with one', () => {
  const steps = [
    { type: 'apply_command', command: wire },
    { type: 'tick', ticks: 3 },
  ]
  assert.deepEqual(parseScript(steps, foundry), steps)
  assert.deepEqual(parseScript({ steps }, foundry), steps)
})

const FAULTS: readonly (readonly [name: string, script: unknown, path: string])[] = [
  ['an unknown step', [{ type: 'jump' }], '$[0].type'],
  ['an unknown key of a step', [{ type: 'tick', ticks: 1, speed: 2 }], '$[0].speed'],
  ['an unknown key beside the steps', { steps: [], seed: 1 }, '$.seed'],
  [
    'an unknown command',
    { steps: [{ type: 'apply_command', command: { type: 'explode' } }] },
    '$.steps[0].command.type',
  ],
  ['an unknown key of a command', [{ type: 'apply_command', command: { ...wire, why: '' } }], '$[0].command.why'],
  ['a facing that is none', [{ type: 'apply_command', command: { ...wire, facing: 'up' } }], '$[0].command.facing'],
  ['a missing field', [{ type: 'apply_command', command: { type: 'remove_part' } }], '$[0].command.part_id'],
  [
    'negative ticks',
    [
      { type: 'tick', ticks: 1 },
      { type: 'tick', ticks: -1 },
    ],
    '$[1].ticks',
  ],
  ['no ticks', [{ type: 'tick', ticks: 0 }], '$[0].ticks'],
  ['more ticks than the limit', [{ type: 'tick', ticks: 10_000_001 }], '$[0].ticks'],
  ['half a tick', [{ type: 'tick', ticks: 0.5 }], '$[0].ticks'],
  ['a part id that is none', [{ type: 'inspect_part', part_id: 0 }], '$[0].part_id'],
  ['neither a list nor an object', 7, '$'],
]

for (const [name, script, path] of FAULTS) {
  test(`headless: ${name} is refused before the first step, at ${path}`, () => {
    assert.throws(
      () => parseScript(JSON.parse(JSON.stringify(script)), foundry),
      (error) => {
        assert.ok(error instanceof AppError)
        assert.equal(error.code, 'VALIDATION_ERROR')
        assert.ok(error.message.includes(`${path}:`), error.message)
        return true
      },
    )
  })
}

test('headless: the tick limit is reported', () => {
  assert.throws(() => parseScript([{ type: 'tick', ticks: 99_999_999 }], foundry), /10000000/)
})
