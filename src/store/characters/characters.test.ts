import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Character } from '../../protocol/character.ts'
import { forEachStore } from '../../testing/stores.ts'
import { Characters } from './characters.ts'

const FILE = join(import.meta.dirname, '..', '..', '..', 'tests', 'fixtures', 'simulation-engine', 'characters.json')
const originals: Character[] = JSON.parse(readFileSync(FILE, 'utf8'))
const [first, second] = originals
const hids = async (characters: Characters) => (await characters.all()).map((each) => each.hid)

forEachStore('characters: the shipped ones come once, in their order, as they are', async (store) => {
  const characters = new Characters(store)
  assert.equal(await characters.seedOnce(originals), originals.length)
  assert.deepEqual(await characters.all(), originals)
  assert.deepEqual(Object.keys((await characters.get('NA')) ?? {}), Object.keys(first!))
  assert.equal(await characters.seedOnce(originals), 0)
})

forEachStore('characters: who deletes the shipped ones does not get them back', async (store) => {
  const characters = new Characters(store)
  const counts = await Promise.all([1, 2, 3].map(() => characters.seedOnce(originals)))
  assert.deepEqual(counts.sort(), [0, 0, originals.length])
  for (const { hid } of originals) assert.equal(await characters.remove(hid), true)
  assert.equal(await characters.remove('NA'), false)
  assert.equal(await characters.seedOnce(originals), 0)
  assert.deepEqual(await characters.all(), [])
})

forEachStore('characters: a store that has some already is not seeded', async (store) => {
  const characters = new Characters(store)
  await characters.upsert(undefined, first!)
  assert.equal(await characters.seedOnce(originals), 0)
  assert.deepEqual(await hids(characters), ['NA'])
})

forEachStore(
  'characters: an upsert merges top-level fields and keeps the place, a new one comes last',
  async (store) => {
    const characters = new Characters(store)
    await characters.seedOnce(originals.slice(0, 2))
    assert.equal(
      await characters.upsert('NA', { short_description: 'Changed.', goals: ['one'], services: { no: 1 } }),
      'NA',
    )
    assert.deepEqual(await characters.get('NA'), {
      ...first,
      short_description: 'Changed.',
      goals: ['one'],
      services: { no: 1 },
    })
    await characters.upsert('ZZ', { ...second, hid: 'ZZ' })
    assert.deepEqual(await hids(characters), ['NA', 'JW', 'ZZ'])
    assert.equal(await characters.get('zz'), undefined)
  },
)

forEachStore('characters: without a hid one is added under an id of the store', async (store) => {
  const characters = new Characters(store)
  const { hid, ...rest } = first!
  const id = await characters.upsert(undefined, rest)
  assert.match(id, /^[0-9a-f]{24}$/)
  assert.deepEqual(await characters.get(id), { hid: id, ...rest })
  assert.equal(hid, 'NA')
})

forEachStore('characters: what is none is refused, and nothing changes', async (store) => {
  const characters = new Characters(store)
  await characters.upsert('NA', first!)
  for (const [hid, data] of [
    ['NEW', { short_description: 'Half of one.' }],
    ['NA', { goals: 'many' }],
    ['NA', { ...first, hid: 'NB' }],
    [undefined, { ...first, hid: 7 }],
    [undefined, { ...first, hid: '' }],
    ['', { ...first, hid: '' }],
    ['BIG', { ...first, hid: 'BIG', long_description: 'x'.repeat(2_000_000) }],
  ] as const) {
    await assert.rejects(characters.upsert(hid, data), { code: 'VALIDATION_ERROR' })
  }
  assert.deepEqual(await characters.all(), [first])
})

forEachStore('characters: changes at the same time are all kept', async (store) => {
  const characters = new Characters(store)
  await Promise.all(Array.from({ length: 12 }, (_, i) => characters.upsert('NA', { ...first, [`note_${i}`]: i })))
  const found = await characters.get('NA')
  for (let i = 0; i < 12; i++) assert.equal(found?.[`note_${i}`], i)
})
