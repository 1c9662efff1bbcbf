import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { formatRows } from './table.ts'

test('table: columns are aligned by display width, not by UTF-16 units', () => {
  const lines = formatRows(
    ['Name', 'Score'],
    [
      ['渡辺 🙂', '1'],
      ['e\u0301va', '22'],
      ['plain', '3'],
    ],
  )
  assert.deepEqual(lines, ['Name     Score', '渡辺 🙂  1', 'e\u0301va      22', 'plain    3'])
})

test('table: on a narrow terminal the widest column wraps between words', () => {
  const rows = [['duel', 'Two painters on a small field, for a first look.']]
  assert.deepEqual(formatRows(['Variant', 'What it is'], rows, 30), [
    'Variant  What it is',
    'duel     Two painters on a',
    '         small field, for a',
    '         first look.',
  ])
})

test('table: no line is wider than the terminal, and no text is lost', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '界', 'é'), maxLength: 60 })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, cell, cell), { maxLength: 5 }),
      fc.integer({ min: 40, max: 120 }),
      (rows, width) => {
        const lines = formatRows(['One', 'Two', 'Three'], rows, width)
        for (const line of lines) assert.ok(stringWidth(line) <= width, `${stringWidth(line)} > ${width}: ${line}`)
        const bare = (text: string): string => [...text.replaceAll(/\s/g, '')].sort().join('')
        assert.equal(bare(lines.slice(1).join('')), bare(rows.flat().join('')))
      },
    ),
  )
})
