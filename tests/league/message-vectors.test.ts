// Messages of the commissioner protocol against recorded answers of the published parser.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCommissionerFrame, readPlatformFrame, toMinimalForm } from '../../src/league/commissioner/wire.ts'
import { stateBytes } from '../../src/protocol/commissioner.ts'
import { readVectors, runVectors, same } from './vectors.ts'

const vectors = readVectors('messages', false)
const COMMISSIONER = ['schedule_episodes', 'round_complete']

function read(message: any): any {
  const text = JSON.stringify(message)
  return COMMISSIONER.includes(message.type) ? readCommissionerFrame(text) : readPlatformFrame(text)
}

test('messages: they are accepted, refused and written like by the published parser', () => {
  runVectors(
    vectors.filter(({ kind }) => kind !== 'state_limit'),
    ({ input, expect }) => {
      let found: any
      try {
        found = toMinimalForm(read(input.message))
      } catch (error) {
        assert.equal(expect.ok, false, (error as Error).message)
        return
      }
      assert.equal(expect.ok, true, `accepted; wanted a fault at ${expect.at}`)
      exact(JSON.parse(JSON.stringify(found)), expect.json)
    },
  )
})

/** Every field is written, nulls and empty lists included. */
function exact(found: any, wanted: any): void {
  same(found, wanted)
  const keys = (value: any): any =>
    Array.isArray(value)
      ? value.map(keys)
      : value && typeof value === 'object'
        ? Object.fromEntries(
            Object.keys(value)
              .sort()
              .map((key) => [key, keys(value[key])]),
          )
        : 0
  assert.deepEqual(keys(found), keys(wanted))
}

function build({ shape, char, count, tail = '', value, pad }: any): any {
  if (shape === 'string') return char.repeat(count) + tail
  if (shape === 'int_list') return Array.from({ length: count }, () => value)
  const object: any = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`k${String(index).padStart(6, '0')}`, value]),
  )
  if (pad !== undefined) object.pad = 'p'.repeat(pad)
  return object
}

test('messages: a state of 10 MB passes, and one byte more is refused', () => {
  runVectors(
    vectors.filter(({ kind }) => kind === 'state_limit'),
    ({ input, expect }) => {
      const state = build(input.state_recipe)
      assert.equal(stateBytes(state), expect.state_bytes)
      const work = () => read({ ...input.other_fields, type: input.message_type, state })
      if (expect.ok) work()
      else assert.throws(work)
    },
  )
})
