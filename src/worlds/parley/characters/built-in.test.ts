import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { type Character, NewCharacter } from '../../../protocol/character.ts'
import { CHARACTER_DIMENSIONS, HSN_ASSUMPTIONS } from '../../../protocol/character-vocabulary.ts'
import { characters, filterCharacters } from './index.ts'

/** All 44 characters of the simulation engine. */
const THEIRS =
  'NA NB JW DV DH DP DS KAT WS JAB GES DGE DPA DPI CY DST DTM DWH DDO QH GA IM SA LA RD UNI AV FW TS AS AC BC EM NO RNE VF HCM KPW LAE GID MIK HTC TCC SMR'.split(
    ' ',
  )
const FIXTURE = new URL('../../../../tests/fixtures/simulation-engine/characters.json', import.meta.url)

const textsOf = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
}
const each = (check: (character: Character) => void): void => characters.forEach(check)
const listOf = ({ abilities }: Character): readonly string[] => (Array.isArray(abilities) ? abilities : [])

test('cast: every character is valid as a new character', () => {
  each((character) => assert.equal(NewCharacter.safeParse(character).error, undefined, character.hid))
})

test('cast: there are thirteen people and twelve non-human beings, seven of them for players', () => {
  const count = (name: string) => filterCharacters(name, characters).length
  assert.deepEqual([count('human'), count('non-human'), count('pc-eligible')], [13, 12, 20])
  assert.equal(filterCharacters('non-human', filterCharacters('pc-eligible', characters)).length, 7)
})

test('cast: hids are unique, and none is used by the simulation engine', () => {
  assert.equal(THEIRS.length, 44)
  const hids = characters.map(({ hid }) => hid)
  assert.deepEqual([...new Set(hids)], hids)
  assert.deepEqual(
    hids.filter((hid) => THEIRS.includes(hid)),
    [],
  )
})

test('cast: no sentence is taken from the simulation engine', () => {
  const theirs = new Set(
    textsOf(JSON.parse(readFileSync(FIXTURE, 'utf8'))).filter((text) => text.split(' ').length > 3),
  )
  const vocabulary = new Set<string>(Object.values(CHARACTER_DIMENSIONS).flatMap(({ options }) => [...options]))
  const own = textsOf(characters).filter((text) => !vocabulary.has(text))
  assert.deepEqual(
    own.filter((text) => theirs.has(text)),
    [],
  )
})

test('cast: every profile assesses all 28 assumptions, with a reason for each', () => {
  for (const { hid, hsn_divergence } of filterCharacters('human', characters)) {
    for (const [section, assumptions] of Object.entries(HSN_ASSUMPTIONS)) {
      const weighed = hsn_divergence?.[section]
      assert.deepEqual(Object.keys(weighed ?? {}), Object.keys(assumptions), hid)
      for (const { explanation } of Object.values(weighed ?? {})) assert.match(explanation ?? '', /\.$/, hid)
    }
  }
})

test('cast: the profile of every sheet has each of its assumptions, normative or divergent', () => {
  const mira = characters.find(({ hid }) => hid === 'MIRA')?.hsn_divergence
  assert.deepEqual(mira?.physical_ability_assumptions?.hearing, {
    value: 'divergent',
    explanation: 'Hears nothing that she could use; relies on sight, vibration and light signals.',
  })
  assert.deepEqual(mira?.physical_ability_assumptions?.vision, {
    value: 'normative',
    explanation: 'Sees well, and uses sight for more than most people do.',
  })
  assert.equal(mira?.physical_ability_assumptions?.ambulation?.value, 'normative')
})

test('cast: every assumption is divergent for someone and normative for someone', () => {
  const people = filterCharacters('human', characters)
  for (const [section, assumptions] of Object.entries(HSN_ASSUMPTIONS)) {
    for (const name of Object.keys(assumptions)) {
      const verdicts = people.map(({ hsn_divergence }) => hsn_divergence?.[section]?.[name]?.value)
      assert.deepEqual([...new Set(verdicts)].toSorted(), ['divergent', 'normative'], name)
    }
  }
})

test('cast: the non-human beings cover at least half of the answers of every dimension', () => {
  const beings = filterCharacters('non-human', characters)
  for (const [name, { options }] of Object.entries(CHARACTER_DIMENSIONS)) {
    const given = new Set(beings.flatMap(({ dimensions }) => dimensions?.[name]?.value ?? []))
    assert.ok(given.size * 2 >= options.length, `${name}: ${[...given].join(', ')}`)
  }
})

test('cast: a short description is one sentence, and a long one has 80 to 150 words', () => {
  each(({ hid, short_description, long_description }) => {
    assert.match(short_description, /^[A-Z][^.!?]+\.$/, hid)
    const words = long_description.split(/\s+/).length
    assert.ok(words >= 80 && words <= 150, `${hid}: ${words} words`)
  })
})

test('cast: abilities say what is possible and what is not, one sentence each', () => {
  each((character) => {
    const abilities = listOf(character)
    assert.ok(abilities.length >= 7, character.hid)
    for (const ability of abilities) assert.match(ability, /^Can(not)? .+\.$/, character.hid)
    assert.ok(
      abilities.some((ability) => ability.startsWith('Cannot')),
      character.hid,
    )
    assert.ok(character.goals.length >= 3, character.hid)
  })
})

test('cast: condescending words are not used', () => {
  const unkind =
    /\b(suffer(s|ing)? from|confined|wheelchair[- ]bound|victim|handicapped|crippled|special needs|afflicted|inspir\w+|overcome\w*|despite (his|her|their)|high[- ]functioning|low[- ]functioning|mental age|retarded|demented|stutterer|schizo\w*)\b/i
  for (const text of textsOf(characters)) assert.doesNotMatch(text, unkind)
})

test('cast: several have scenarios, each with something pleasant and something unpleasant', () => {
  const withScenes = characters.filter(({ scenarios }) => (scenarios ?? []).length > 0)
  assert.ok(withScenes.length >= 12)
  for (const { hid, scenarios } of withScenes) {
    for (const { pleasant_if, unpleasant_if } of scenarios ?? []) {
      assert.ok(pleasant_if.length > 0 && unpleasant_if.length > 0, hid)
    }
  }
})
