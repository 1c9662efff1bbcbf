// The controls of worlds without a view of their own, read from the JSON Schemas that worlds declare.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { JsonObject } from '../../src/protocol/json.ts'
import { frontier } from '../../src/worlds/frontier/world.ts'
import { paintArena } from '../../src/worlds/paint-arena/world.ts'
import { choicesOf, commandOf, FieldFault, pressesOf } from '../../web/src/views/command-fields.ts'

/** As the server sends it. */
const schemaOf = (schema: z.ZodType): JsonObject => JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: 'input' })))

test('command form: one field with a few words or numbers is a button for each of them', () => {
  const [move] = choicesOf(schemaOf(paintArena.command))
  assert.ok(move)
  assert.deepEqual(
    pressesOf(move).map(({ label }) => label),
    ['stay', 'up', 'down', 'left', 'right'],
  )
  assert.deepEqual(pressesOf(move)[1]?.command, { move: 'up' })
  const [take] = choicesOf(schemaOf(z.strictObject({ take: z.int().min(0).max(3) })))
  assert.ok(take)
  assert.deepEqual(
    pressesOf(take).map(({ label, command }) => [label, command]),
    [0, 1, 2, 3].map((number) => [`take ${number}`, { take: number }]),
  )
})

test('command form: each alternative has its own name and fields', () => {
  const Command = z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('wait') }),
    z.strictObject({
      type: z.literal('move_to'),
      x: z.int(),
      fast: z.boolean().optional(),
      note: z.string().max(9).optional(),
      path: z.array(z.int()).optional(),
    }),
  ])
  const [wait, move] = choicesOf(schemaOf(Command))
  assert.ok(wait && move)
  assert.deepEqual(pressesOf(wait), [{ label: 'wait', command: { type: 'wait' } }])
  assert.deepEqual(pressesOf(move), [])
  assert.deepEqual(
    [move.label, ...move.fields.map(({ name, isRequired, input }) => [name, isRequired, input.kind])],
    ['move to', ['x', true, 'number'], ['fast', false, 'switch'], ['note', false, 'text'], ['path', false, 'json']],
  )
  assert.deepEqual(commandOf(move, { x: '-3' }), { type: 'move_to', x: -3 })
  const all = { x: '4', fast: 'false', note: 'hi', path: '[1, 2]' }
  assert.deepEqual(commandOf(move, all), { type: 'move_to', x: 4, fast: false, note: 'hi', path: [1, 2] })
  assert.throws(() => commandOf(move, { x: '1', path: '[1,' }), new FieldFault('path'))
  assert.equal(Command.safeParse(commandOf(move, all)).success, true)
})

test('command form: a schema without properties asks for the whole command as JSON', () => {
  const [whole] = choicesOf({})
  assert.ok(whole)
  assert.deepEqual(pressesOf(whole), [])
  assert.deepEqual(commandOf(whole, { '': '{"a": [1]}' }), { a: [1] })
  for (const text of ['', '[1]', 'null', '{'])
    assert.throws(() => commandOf(whole, { '': text }), new FieldFault(''), JSON.stringify(text))
})

test('command form: it reads the commands of a world with many of them', () => {
  const choices = choicesOf(schemaOf(frontier.command))
  assert.ok(choices.length >= 5, `${choices.length}`)
  assert.ok(choices.every(({ label }) => label !== ''))
})
