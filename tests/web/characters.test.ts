// The characters page without a browser: filters, URLs, and the differences between two sheets.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Character } from '../../src/protocol/character.ts'
import { pairRows, rowsOf } from '../../web/src/pages/characters/sheet.ts'

const sheet = (given: Partial<Character>): Character => ({
  hid: 'ADA',
  authors: ['AL'],
  is_human: true,
  pc_eligible: true,
  common_labels: ['engineer'],
  short_description: 'Counts.',
  long_description: 'Counts on.',
  abilities: ['Reads'],
  goals: ['To know'],
  hsn_divergence: { physical_ability_assumptions: { hearing: { value: 'divergent', explanation: 'Lip-reads.' } } },
  dimensions: null,
  ...given,
})

test('characters: equal sheets have no differing rows; rows of one sheet only are kept on both sides', () => {
  assert.deepEqual(
    pairRows(sheet({}), sheet({})).filter(({ differs }) => differs),
    [],
  )
  const other = sheet({
    goals: ['To know', 'To rest'],
    hsn_divergence: { physical_ability_assumptions: { vision: { value: 'normative', explanation: null } } },
  })
  const differing = pairRows(sheet({}), other).filter(({ differs }) => differs)
  assert.deepEqual(
    differing.map(({ name, lines, other: right }) => [name, lines, right]),
    [
      ['Goals', ['To know'], ['To know', 'To rest']],
      ['Hearing', ['divergent', 'Lip-reads.'], []],
      ['Vision', [], ['normative']],
    ],
  )
})

test('characters: abilities in sections and unknown keys are shown', () => {
  const rows = rowsOf(sheet({ abilities: { at_sea: ['Swims'], ashore: 'Walks' }, mood: 'calm' }))
  const lines = Object.fromEntries(rows.map(({ name, lines: said }) => [name, said]))
  assert.deepEqual(lines['Abilities: at sea'], ['Swims'])
  assert.deepEqual(lines['Abilities: ashore'], ['Walks'])
  assert.deepEqual(lines.mood, ['calm'])
})
