import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DocumentCutter, MAX_DOCUMENT_DEPTH } from './document-text.ts'

function cut(text: string, { isSequence = false, piece = 1 << 20 } = {}): { form: string; documents: unknown[] } {
  const cutter = new DocumentCutter('x.json', isSequence)
  const documents: unknown[] = []
  for (let at = 0; at < text.length; at += piece) {
    for (const document of cutter.push(text.slice(at, at + piece))) documents.push(JSON.parse(document))
  }
  for (const document of cutter.end()) documents.push(JSON.parse(document))
  return { form: cutter.form, documents }
}

const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 }), { maxLength: 6 })

test('documents: every format is read back, however the text is split into chunks', () => {
  fc.assert(
    fc.property(objects, fc.integer({ min: 1, max: 9 }), fc.constantFrom(0, 2), (values, piece, indent) => {
      const documents = JSON.parse(JSON.stringify(values))
      const list = JSON.stringify(documents, null, indent)
      assert.deepEqual(cut(`\ufeff ${list}\n`, { piece }), { form: 'list', documents })
      const wrapped = JSON.stringify({ a: ['[', { documents: [1] }], documents, z: [{}] }, null, indent)
      assert.deepEqual(cut(wrapped, { piece }), { form: 'wrapped', documents })
      const lines = documents.map((each: unknown) => `${JSON.stringify(each)}\n`).join('')
      const form = documents.length === 0 ? 'empty' : 'sequence'
      assert.deepEqual(cut(lines, { piece, isSequence: true }), { form, documents })
      if (documents.length > 1) assert.deepEqual(cut(lines, { piece }), { form, documents })
    }),
  )
})

test('documents: a single object without a list is detected, except in lines', () => {
  assert.deepEqual(cut('{"version": 1, "files": []}'), { form: 'object', documents: [] })
  assert.deepEqual(cut('{"documents": {}}'), { form: 'object', documents: [] })
  assert.deepEqual(cut('{"a": {"documents": [{}]}}'), { form: 'object', documents: [] })
  assert.deepEqual(cut('{"documents": [{}]}', { isSequence: true }), {
    form: 'sequence',
    documents: [{ documents: [{}] }],
  })
  assert.deepEqual(cut(' \n'), { form: 'empty', documents: [] })
})

test('documents: a text that is truncated, has trailing data or contains something else is refused', () => {
  const whole = '[{"a":[1,"]"]},{"b":"{"}]'
  for (let end = 1; end < whole.length; end++)
    assert.throws(() => cut(whole.slice(0, end)), { code: 'VALIDATION_ERROR' })
  const wrapped = '{"documents":[{"a":1}]}'
  for (let end = 1; end < wrapped.length; end++) {
    assert.throws(() => cut(wrapped.slice(0, end)), { code: 'VALIDATION_ERROR' }, wrapped.slice(0, end))
  }
  for (const text of [
    `${whole}]`,
    `${whole} {}`,
    '[{},]',
    '[,{}]',
    '[{} {}]',
    '[{},,{}]',
    '[1]',
    '[null]',
    '["a"]',
    '[[]]',
    '7',
    'null',
    'hello',
    '{}, {}',
    '{"documents":[1]}',
    `${wrapped}x`,
  ])
    assert.throws(() => cut(text), { code: 'VALIDATION_ERROR' }, text)
  assert.throws(() => cut('{"documents":[{}], oops}'), { code: 'JSON_MALFORMED' })
})

test('documents: the depth limit uses no stack', () => {
  const nested = (levels: number) => `[{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}]`
  assert.equal(cut(nested(MAX_DOCUMENT_DEPTH)).documents.length, 1)
  assert.throws(() => cut(nested(MAX_DOCUMENT_DEPTH + 1)), /deeper than 100 levels/)
  assert.throws(() => cut('[{"a":'.repeat(1_000_000)), /deeper than 100 levels/)
})
