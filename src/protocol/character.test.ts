import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CHARACTER_LIMITS, Character, NewCharacter } from './character.ts'
import { CHARACTER_DIMENSIONS, HSN_ASSUMPTIONS } from './character-vocabulary.ts'

const FIXTURE = new URL('../../tests/fixtures/simulation-engine/characters.json', import.meta.url)
const eight: any[] = JSON.parse(readFileSync(FIXTURE, 'utf8'))
const theirs = (hid: string) => structuredClone(eight.find((document) => document.hid === hid))

/** The first fault of a document made today, as `path: message`. */
function refusal(document: unknown): string | undefined {
  const issue = NewCharacter.safeParse(document).error?.issues[0]
  return issue && `${issue.path.join('.')}: ${issue.message}`
}

test('character: documents of the simulation engine are accepted and unchanged', () => {
  assert.equal(eight.length, 8)
  for (const document of eight) assert.deepEqual(Character.parse(document), document)
})

test('character: the vocabulary matches the documents, section by section and key by key', () => {
  for (const { hsn_divergence, dimensions } of eight) {
    if (hsn_divergence) {
      const names = Object.entries(hsn_divergence).map(([section, row]) => [section, Object.keys(row as object)])
      const ours = Object.entries(HSN_ASSUMPTIONS).map(([section, row]) => [section, Object.keys(row)])
      assert.deepEqual(names, ours)
    }
    if (dimensions) assert.deepEqual(Object.keys(dimensions), Object.keys(CHARACTER_DIMENSIONS))
  }
})

test('character: abilities may be a text, a list, or sections of either', () => {
  for (const abilities of ['walks', [], ['walks'], { body: ['walks'], mind: 'reads' }, {}]) {
    const document = { ...theirs('NA'), abilities }
    assert.deepEqual(Character.parse(document), document)
  }
  for (const abilities of [null, 3, [3], { body: { walks: true } }]) {
    assert.ok(!Character.safeParse({ ...theirs('NA'), abilities }).success, JSON.stringify(abilities))
  }
})

test('character: unknown keys are preserved at every level', () => {
  const document = { ...theirs('NA'), voice: { pitch: [1, 2] } }
  document.scenarios[0].weather = 'rain'
  document.hsn_divergence.stability_assumptions.functional_stability.reviewed = true
  assert.deepEqual(Character.parse(document), document)
})

test('character: only persona features and scenarios are optional', () => {
  for (const key of Object.keys(theirs('NA'))) {
    const { [key]: _, ...rest } = theirs('NA')
    const mayLack = ['persona_features', 'scenarios'].includes(key)
    assert.equal(Character.safeParse(rest).success, mayLack, key)
    assert.equal(NewCharacter.safeParse(rest).success, mayLack, `new: ${key}`)
  }
})

test('new character: seven of the eight fixtures are valid, the one without abilities is not', () => {
  const refused = eight.filter((document) => refusal(document) !== undefined).map(({ hid }) => hid)
  assert.deepEqual(refused, ['GA'])
  assert.equal(refusal(theirs('GA')), 'abilities: must not be empty')
})

test('new character: an hid is 2 to 8 capital letters or digits, a letter first', () => {
  for (const hid of ['AB', 'A1', 'ABCDEFGH']) assert.equal(refusal({ ...theirs('NA'), hid }), undefined, hid)
  for (const hid of ['', 'A', 'ABCDEFGHI', '1A', 'Ab', 'A-B', ' AB', 'AB\n', 'ÄB']) {
    assert.match(refusal({ ...theirs('NA'), hid }) ?? '', /^hid: must be 2 to 8 capital/, JSON.stringify(hid))
  }
})

test('new character: blank texts, empty lists and the wrong profile are refused with the field', () => {
  const human = theirs('NA')
  const being = theirs('FW')
  const { origin, ...eightDimensions } = being.dimensions
  const physical = human.hsn_divergence.physical_ability_assumptions
  const cases: readonly [string, Record<string, unknown>][] = [
    ['short_description: must not be blank', { ...human, short_description: ' \t' }],
    ['long_description: must not be blank', { ...human, long_description: '' }],
    ['goals: must not be empty', { ...human, goals: [] }],
    ['goals.0: must not be blank', { ...human, goals: [' '] }],
    ['common_labels: must not be empty', { ...human, common_labels: [] }],
    ['authors: must not be empty', { ...human, authors: [] }],
    ['hsn_divergence: Invalid input: expected object, received null', { ...human, hsn_divergence: null }],
    ['hsn_divergence: must not be empty', { ...human, hsn_divergence: {} }],
    ['hsn_divergence: must not be empty', { ...human, hsn_divergence: { stability_assumptions: {} } }],
    ['dimensions: Invalid input: expected null, received object', { ...human, dimensions: being.dimensions }],
    ['dimensions: Invalid input: expected object, received null', { ...being, dimensions: null }],
    [
      'dimensions.origin: Invalid input: expected object, received undefined',
      { ...being, dimensions: eightDimensions },
    ],
    [
      'dimensions.origin.value: must not be empty',
      { ...being, dimensions: { ...being.dimensions, origin: { ...origin, value: [] } } },
    ],
    [
      'dimensions.origin.explanation: must not be blank',
      { ...being, dimensions: { ...being.dimensions, origin: { ...origin, explanation: '' } } },
    ],
    [
      'hsn_divergence: Invalid input: expected null, received object',
      { ...being, hsn_divergence: human.hsn_divergence },
    ],
    ["is_human: Invalid discriminator value. Expected 'true' | 'false'", { ...human, is_human: 'yes' }],
  ]
  assert.match(refusal({ ...human, hsn_divergence: { body: physical } }) ?? '', /^hsn_divergence: .*"body"/)
  assert.match(
    refusal({ ...human, hsn_divergence: { physical_ability_assumptions: { perception: physical.vision } } }) ?? '',
    /^hsn_divergence\.physical_ability_assumptions: .*"perception"/,
  )
  assert.match(
    refusal({ ...being, dimensions: { ...being.dimensions, size: { value: ['huge'], explanation: 'x' } } }) ?? '',
    /^dimensions\.size\.value\.0: /,
  )
  for (const [expected, document] of cases) assert.equal(refusal(document), expected)
})

test('new character: assumptions that were not assessed can be left out of a profile', () => {
  const { vision } = theirs('NA').hsn_divergence.physical_ability_assumptions
  const hsn_divergence = { physical_ability_assumptions: { vision } }
  assert.equal(refusal({ ...theirs('NA'), hsn_divergence }), undefined)
})

test('new character: texts are counted in code points and lists in items, up to the limits', () => {
  const bear = '\u{1f43b}'
  const { text, item, list } = CHARACTER_LIMITS
  const human = theirs('NA')
  assert.equal(refusal({ ...human, long_description: bear.repeat(text) }), undefined)
  assert.match(refusal({ ...human, long_description: bear.repeat(text + 1) }) ?? '', /must not exceed 20000 characters/)
  assert.match(refusal({ ...human, goals: ['x'.repeat(item + 1)] }) ?? '', /^goals\.0: must not exceed/)
  assert.equal(refusal({ ...human, goals: Array(list).fill('x') }), undefined)
  assert.match(refusal({ ...human, goals: Array(list + 1).fill('x') }) ?? '', /^goals: /)
})

test('new character: every new character is also a valid character', () => {
  for (const document of eight) {
    const made = NewCharacter.safeParse(document)
    if (!made.success) continue
    const held: Character = made.data
    assert.deepEqual(Character.parse(held), held)
  }
})
