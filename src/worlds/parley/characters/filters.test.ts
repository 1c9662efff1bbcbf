import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { AppError } from '../../../kernel/errors.ts'
import { Character } from '../../../protocol/character.ts'
import { CHARACTER_FILTERS } from './filters.ts'
import { characters, filterCharacters } from './index.ts'

const FIXTURE = new URL('../../../../tests/fixtures/simulation-engine/characters.json', import.meta.url)
const eight = Character.array().parse(JSON.parse(readFileSync(FIXTURE, 'utf8')))
const NAMES = CHARACTER_FILTERS.map(({ name }) => name)

const matchesAmong = (list: readonly Character[]) =>
  Object.fromEntries(
    NAMES.map((name) => [
      name,
      filterCharacters(name, list)
        .map(({ hid }) => hid)
        .join(' '),
    ]),
  )

test('filters: each matches those of the eight fixtures that the contract lists', () => {
  assert.deepEqual(matchesAmong(eight), {
    all: 'NA JW DP LA FW TS UNI GA',
    'pc-eligible': 'NA JW DP LA UNI GA',
    human: 'NA JW DP',
    'non-human': 'LA FW TS UNI GA',
    'human-normative': 'NA',
    neurotypical: 'NA',
    divergent: 'JW DP',
    neurodivergent: 'JW',
    'physical-divergence': 'JW DP',
    hypersensitive: 'JW',
    hyposensitive: '',
  })
})

test('filters: each matches someone in the cast', () => {
  assert.deepEqual(matchesAmong(characters), {
    all: 'ODA TOMAS MIRA BRAM NOOR IVO LENKA DESTA RUTH KOFI SELMA WIM PIA JACK OCTA HIVE CRUST MULE LIFT TIDE BATCH SIMA VESH SKEIN GALE',
    'pc-eligible':
      'ODA TOMAS MIRA BRAM NOOR IVO LENKA DESTA RUTH KOFI SELMA WIM PIA JACK OCTA HIVE MULE TIDE VESH SKEIN',
    human: 'ODA TOMAS MIRA BRAM NOOR IVO LENKA DESTA RUTH KOFI SELMA WIM PIA',
    'non-human': 'JACK OCTA HIVE CRUST MULE LIFT TIDE BATCH SIMA VESH SKEIN GALE',
    'human-normative': 'ODA TOMAS',
    neurotypical: 'ODA TOMAS',
    divergent: 'MIRA BRAM NOOR IVO LENKA DESTA RUTH KOFI SELMA WIM PIA',
    neurodivergent: 'IVO LENKA RUTH WIM',
    'physical-divergence': 'MIRA BRAM NOOR IVO DESTA KOFI WIM PIA',
    hypersensitive: 'IVO SELMA',
    hyposensitive: 'LENKA',
  })
})

test('filters: an unknown name is an error that lists all filters', () => {
  for (const name of ['', 'Human', 'constructor', '__proto__', 'humans']) {
    assert.throws(
      () => filterCharacters(name, []),
      (error) =>
        error instanceof AppError && error.code === 'UNKNOWN_FILTER' && NAMES.every((n) => error.message.includes(n)),
    )
  }
})

test('filters: missing values are neither eligible nor human', () => {
  const bare = { hid: 'X' }
  assert.deepEqual(
    NAMES.filter((name) => filterCharacters(name, [bare]).length === 1),
    ['all', 'non-human'],
  )
})

test('filters: only `true` means eligible or human', () => {
  const said = (value: unknown) => ({ is_human: value, pc_eligible: value })
  for (const value of ['true', 'false', 1, {}, null, false]) {
    assert.deepEqual(filterCharacters('pc-eligible', [said(value)]), [], String(value))
    assert.deepEqual(filterCharacters('human', [said(value)]), [], String(value))
  }
})

test('filters: the label neurotypical alone does not make a character human', () => {
  const robot = { is_human: false, common_labels: ['neurotypical'] }
  assert.deepEqual(filterCharacters('neurotypical', [robot]), [robot])
  assert.deepEqual(filterCharacters('human-normative', [robot]), [])
})

test('filters: labels match exactly', () => {
  const labelled = (...common_labels: string[]) => ({ is_human: true, common_labels })
  assert.deepEqual(filterCharacters('hyposensitive', [labelled('adhd'), labelled('ADHD '), labelled('x', 'ADHD')]), [
    labelled('x', 'ADHD'),
  ])
  const hypersensitive = [
    'highly sensitive person (hsp)',
    'autistic',
    'sensory divergence',
    'anxiety',
    'hypervigilance',
  ].map((label) => labelled(label))
  assert.deepEqual(filterCharacters('hypersensitive', hypersensitive), hypersensitive)
  assert.deepEqual(filterCharacters('hypersensitive', [labelled('Autistic'), { common_labels: 'autistic' }]), [])
  assert.deepEqual(filterCharacters('hyposensitive', [labelled('attention regulation divergence')]).length, 1)
})

test('filters: any value except null and normative is a divergence', () => {
  const holding = (value: unknown) => ({ hsn_divergence: { physical_ability_assumptions: { vision: { value } } } })
  const found = (value: unknown) => filterCharacters('physical-divergence', [holding(value)]).length === 1
  assert.deepEqual([null, undefined, 'normative'].map(found), [false, false, false])
  assert.deepEqual(['divergent', 'partly', 'Normative', ''].map(found), [true, true, true, true])
})

test('filters: of the social assumptions, only communication counts as neurodivergent', () => {
  const social = (name: string) => ({
    hsn_divergence: { social_and_communicative_assumptions: { [name]: { value: 'divergent', explanation: '' } } },
  })
  assert.equal(filterCharacters('neurodivergent', [social('neurotypical_communication')]).length, 1)
  assert.equal(filterCharacters('neurodivergent', [social('theory_of_mind')]).length, 0)
  assert.equal(filterCharacters('divergent', [social('theory_of_mind')]).length, 1)
})

test('filters: malformed divergence never matches', () => {
  const broken = [null, 'divergent', 7, true, [], [{ vision: { value: 'divergent' } }], {}].flatMap((part) => [
    { hsn_divergence: part },
    { hsn_divergence: { physical_ability_assumptions: part, cognitive_and_perceptual_assumptions: part } },
    { hsn_divergence: { physical_ability_assumptions: { vision: part }, social_and_communicative_assumptions: part } },
    { hsn_divergence: { social_and_communicative_assumptions: { neurotypical_communication: part } } },
  ])
  for (const name of ['divergent', 'neurodivergent', 'physical-divergence']) {
    for (const document of broken) assert.deepEqual(filterCharacters(name, [document]), [], JSON.stringify(document))
  }
})

test('filters: arbitrary documents are filtered without an error, in order and unchanged', () => {
  const document = fc.record(
    {
      is_human: fc.oneof(fc.boolean(), fc.jsonValue()),
      pc_eligible: fc.oneof(fc.boolean(), fc.jsonValue()),
      common_labels: fc.oneof(fc.array(fc.constantFrom('neurotypical', 'ADHD', 'autistic', 'x')), fc.jsonValue()),
      hsn_divergence: fc.oneof(
        fc.dictionary(
          fc.constantFrom(
            'physical_ability_assumptions',
            'cognitive_and_perceptual_assumptions',
            'social_and_communicative_assumptions',
          ),
          fc.dictionary(fc.constantFrom('vision', 'neurotypical_communication'), fc.jsonValue()),
        ),
        fc.jsonValue(),
      ),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(fc.array(document, { maxLength: 8 }), fc.constantFrom(...NAMES), (list, name) => {
      const before = JSON.stringify(list)
      const found = filterCharacters(name, list)
      assert.equal(JSON.stringify(list), before)
      const places = found.map((row) => list.indexOf(row))
      assert.deepEqual(
        places,
        places.toSorted((one, other) => one - other),
      )
      for (const row of list) assert.equal(filterCharacters(name, [row]).length === 1, found.includes(row))
    }),
  )
})
