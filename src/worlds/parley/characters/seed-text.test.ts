import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { AppError } from '../../../kernel/errors.ts'
import { characters } from './index.ts'
import {
  formatCharacters,
  parseCharacters,
  SEED_DEPTH_LIMIT,
  SEED_DOCUMENT_LIMIT,
  SEED_TEXT_LIMIT,
} from './seed-text.ts'

const FIXTURE = new URL('../../../../tests/fixtures/simulation-engine/characters.json', import.meta.url)
const text = readFileSync(FIXTURE, 'utf8')
const eight: any[] = JSON.parse(text)
const [na, jw] = eight

const codeOf = (seed: string): string => {
  try {
    parseCharacters(seed)
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
  return 'no error'
}

test('seed text: the fixture loads completely and unchanged', () => {
  assert.deepEqual(parseCharacters(text), { characters: eight, faults: [] })
})

test('seed text: an import is exported byte for byte, with keys in order', () => {
  const { characters: read } = parseCharacters(text)
  assert.equal(formatCharacters(read), formatCharacters(eight))
  assert.equal(JSON.stringify(read), JSON.stringify(eight))
})

test('seed text: a list, a wrapper object and one document per line are equivalent', () => {
  const lines = eight.map((document) => JSON.stringify(document))
  const spellings = [
    JSON.stringify(eight),
    JSON.stringify({ documents: eight }, null, 2),
    JSON.stringify({ exported: true, documents: eight }),
    lines.join('\n'),
    `\n${lines.join('\r\n\r\n')}\r\n`,
    `\u{feff}${text}`,
    lines.map((line) => `  ${line}  `).join('\n'),
  ]
  for (const spelling of spellings) assert.deepEqual(parseCharacters(spelling).characters, eight)
  assert.deepEqual(parseCharacters(`${JSON.stringify(na)}\n`).characters, [na])
})

test('seed text: blank text has no characters', () => {
  for (const seed of ['', ' \n\t\r\n', '[]', '{"documents": []}']) {
    assert.deepEqual(parseCharacters(seed), { characters: [], faults: [] }, JSON.stringify(seed))
  }
})

test('seed text: anything else is refused completely', () => {
  assert.equal(codeOf('{"approved": ["NA"], "version": 1}'), 'VALIDATION_ERROR')
  assert.equal(codeOf('{"documents": {"NA": {}}}'), 'VALIDATION_ERROR')
  assert.equal(codeOf(JSON.stringify(na, null, 2)), 'VALIDATION_ERROR')
  for (const seed of ['null', '7', '"NA"']) assert.equal(codeOf(seed), 'VALIDATION_ERROR', seed)
  for (const seed of ['[', '{', 'NA', `[${JSON.stringify(na)},]`, '{"documents": [}', '{"documents":\n [}']) {
    assert.equal(codeOf(seed), 'JSON_MALFORMED', seed.slice(0, 20))
  }
})

test('seed text: an invalid document is reported with its number, hid and field, and the others are read', () => {
  const { goals, ...aimless } = jw
  const seed = JSON.stringify([na, { ...na, hid: 7 }, aimless, 'LA', { ...jw, hid: 'X', goals: [1] }, jw])
  const read = parseCharacters(seed)
  assert.deepEqual(read.characters, [na])
  assert.deepEqual(
    read.faults.map(({ index, hid, field }) => [index, hid, field]),
    [
      [1, null, '$.hid'],
      [2, 'JW', '$.goals'],
      [3, null, '$'],
      [4, 'X', '$.goals[0]'],
      [5, 'JW', '$.hid'],
    ],
  )
  assert.equal(read.faults[0]?.message, 'Invalid input: expected string, received number')
  assert.equal(read.faults[4]?.message, 'is the hid of document 2 already')
})

test('seed text: a duplicate hid is reported with its first document, and a blank one is an error', () => {
  const { characters: read, faults } = parseCharacters(JSON.stringify([na, na, na, { ...na, hid: '' }]))
  assert.equal(read.length, 1)
  assert.deepEqual(
    faults.map(({ index, message }) => [index, message.slice(0, 33)]),
    [
      [1, 'is the hid of document 0 already'],
      [2, 'is the hid of document 0 already'],
      [3, 'Too small: expected string to hav'],
    ],
  )
})

test('seed text: a broken line is an error of that line', () => {
  const whole = JSON.stringify(jw)
  const read = parseCharacters([JSON.stringify(na), whole.slice(0, -9), whole].join('\n'))
  assert.deepEqual(read.characters, [na, jw])
  assert.deepEqual(
    read.faults.map(({ index, hid, field, message }) => [index, hid, field, message.slice(0, 12)]),
    [[1, null, '$', 'is not JSON:']],
  )
})

test('seed text: a deeply nested document is an error, not a crash', () => {
  const nested = (levels: number) =>
    JSON.stringify({ ...na, deep: 0 }).replace('"deep":0', `"deep":${'['.repeat(levels)}${']'.repeat(levels)}`)
  assert.equal(parseCharacters(`[${nested(SEED_DEPTH_LIMIT - 1)}]`).characters.length, 1)
  for (const levels of [SEED_DEPTH_LIMIT, 200_000]) {
    const { faults } = parseCharacters(`[${nested(levels)}]`)
    assert.deepEqual(faults, [{ index: 0, hid: 'NA', field: '$', message: 'must not nest deeper than 32 levels' }])
  }
})

test('seed text: too many documents and too much text are refused before parsing', () => {
  assert.equal(codeOf(JSON.stringify(Array(SEED_DOCUMENT_LIMIT + 1).fill(0))), 'VALIDATION_ERROR')
  assert.equal(codeOf(' '.repeat(SEED_TEXT_LIMIT + 1)), 'FILE_TOO_LARGE')
})

test('seed text: at most five errors are reported per document', () => {
  const { faults } = parseCharacters(JSON.stringify([{ ...na, goals: Array(1000).fill(0) }]))
  assert.equal(faults.length, 5)
})

test('seed text: names of Object.prototype are ordinary keys', () => {
  const document = JSON.stringify(na).replace('{', '{"__proto__":{"is_human":false},"constructor":1,"toString":null,')
  const { characters: read, faults } = parseCharacters(`[${document}]`)
  assert.deepEqual(faults, [])
  assert.equal(JSON.stringify(read), `[${document}]`)
})

test('seed text: export and import are inverse for any documents', () => {
  const extra = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 }), { maxKeys: 4 })
  const documents = fc.uniqueArray(
    fc.record({ hid: fc.string({ unit: 'binary', minLength: 1 }), story: fc.string({ unit: 'binary' }), extra }),
    { maxLength: 6, selector: ({ hid }) => hid },
  )
  fc.assert(
    fc.property(documents, fc.constantFrom('list', 'wrapper', 'lines'), (drawn, form) => {
      const made = drawn.map(({ hid, story, extra: held }) => ({ ...held, ...na, hid, long_description: story }))
      const texts = {
        list: formatCharacters(made),
        wrapper: JSON.stringify({ documents: made }),
        lines: made.map((document) => JSON.stringify(document)).join('\n'),
      }
      const { characters: read, faults } = parseCharacters(texts[form])
      assert.deepEqual(faults, [])
      assert.equal(formatCharacters(read), formatCharacters(JSON.parse(JSON.stringify(made))))
    }),
    { numRuns: 60 },
  )
})

test('seed text: any text either parses or gives a typed error', () => {
  const scraps = fc.array(
    fc.constantFrom('{', '}', '[', ']', '"hid"', ':', ',', '"documents"', '\n', '1', JSON.stringify(na)),
  )
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        scraps.map((parts) => parts.join('')),
      ),
      (seed) => {
        assert.match(codeOf(seed), /^(no error|JSON_MALFORMED|VALIDATION_ERROR)$/)
      },
    ),
  )
})

test('seed text: the cast exports and imports again without loss', () => {
  assert.deepEqual(parseCharacters(formatCharacters(characters)), { characters, faults: [] })
})
