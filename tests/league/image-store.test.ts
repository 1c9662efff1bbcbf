// Uploaded images and packages in the store, on both backends.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { comparePackageVersions } from '../../src/lib/package-version.ts'
import { Coworlds, type NewCoworld } from '../../src/store/leagues/coworlds.ts'
import { Images, MAX_PENDING_IMAGES } from '../../src/store/leagues/images.ts'
import { forEachStore } from '../../src/testing/stores.ts'

const hash = (digit: string): string => `sha256:${digit.repeat(64)}`

forEachStore(
  'images: of uploads of one name at once, equal bytes share a version and others get their own',
  async (store) => {
    const images = new Images(store)
    const same = await Promise.all(Array.from({ length: 4 }, () => images.announce('p', 'game', hash('a'))))
    assert.equal(new Set(same.map(({ id }) => id)).size, 1)
    const made = await Promise.all(['b', 'c', 'd', 'e'].map((digit) => images.announce('p', 'game', hash(digit))))
    assert.deepEqual(made.map(({ version }) => version).toSorted(), [2, 3, 4, 5])
    // Every owner has a separate namespace.
    assert.equal((await images.announce('q', 'game', hash('a'))).version, 1)
    assert.equal((await images.announce(null, 'game', hash('a'))).version, 1)
  },
)

forEachStore('images: bytes that their owner has are known under another name, and to nobody else', async (store) => {
  const images = new Images(store)
  const { id } = await images.announce('p', 'one', hash('a'))
  await images.tag(id, hash('1'))
  await images.complete(id, 10)
  const again = await images.announce('p', 'one', hash('a'))
  assert.deepEqual([again.id, again.isReady, again.bytes], [id, true, 10])
  const other = await images.announce('p', 'two', hash('a'))
  assert.deepEqual([other.isReady, other.repository, other.digest, other.version], [true, id, hash('1'), 1])
  assert.equal((await images.announce('q', 'one', hash('a'))).isReady, false)
  // A complete image never changes.
  await images.tag(id, hash('2'))
  await images.complete(id, 99)
  assert.deepEqual([(await images.get(id)).digest, (await images.get(id)).bytes], [hash('1'), 10])
})

forEachStore('images: pushes that were begun and not completed are limited', async (store) => {
  const images = new Images(store)
  for (let n = 0; n < MAX_PENDING_IMAGES; n++) await images.announce('p', `i${n}`, hash('a'))
  await assert.rejects(images.announce('p', 'more', hash('a')), { code: 'RATE_LIMITED' })
  assert.equal((await images.announce('p', 'i0', hash('a'))).version, 1, 'a known one goes on')
  assert.equal((await images.announce(null, 'more', hash('a'))).version, 1)
})

const coworld = (playerId: string | null, name: string, version: string, digit = 'a'): NewCoworld => ({
  playerId,
  name,
  version,
  manifest: '{"game":{}}',
  hash: hash(digit),
  bytes: 11,
  certification: { status: 'pending', notes: null, checks: [] },
})
const passed = { status: 'passed' as const, notes: null, checks: [] }

forEachStore(
  'packages: the highest accepted version of a name is canonical, whichever is accepted last',
  async (store) => {
    const coworlds = new Coworlds(store)
    const ids = new Map<string, string>()
    for (const version of ['1.0', '1.10', '1.9', '2.0rc1']) {
      const { coworld: made } = await coworlds.add(coworld('p', version === '1.9' ? 'a-b' : 'a_b', version))
      ids.set(version, made.id)
    }
    const canonical = async () =>
      (await coworlds.list(null, { limit: 9, offset: 0 })).filter((each) => each.isCanonical)
    assert.deepEqual(await canonical(), [])
    for (const [version, best] of [
      ['1.10', '1.10'],
      ['1.0', '1.10'],
      ['1.9', '1.10'],
      ['2.0rc1', '2.0rc1'],
    ] as const) {
      const settled = await coworlds.settle(ids.get(version) ?? '', {
        status: 'accepted',
        certification: passed,
        images: [],
      })
      assert.ok(settled)
      assert.deepEqual(
        (await canonical()).map((each) => each.version),
        [best],
      )
    }
    assert.equal(
      await coworlds.settle(ids.get('1.0') ?? '', { status: 'refused', certification: passed, images: [] }),
      false,
      'a settled one stays',
    )
  },
)

forEachStore(
  'packages: a name has one owner, a version one manifest, and a refused version may come again',
  async (store) => {
    const coworlds = new Coworlds(store)
    const both = await Promise.allSettled([
      coworlds.add(coworld('p', 'game', '1.0')),
      coworlds.add(coworld('q', 'game', '1.0', 'b')),
    ])
    assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
    const [first] = (await coworlds.list(null, { limit: 9, offset: 0 })).map((each) => each)
    assert.ok(first)
    const digit = first.hash.at(-1) ?? ''
    const again = await coworlds.add(coworld(first.playerId, 'game', '1.0', digit))
    assert.deepEqual([again.coworld.id, again.isNew], [first.id, false])
    await assert.rejects(coworlds.add(coworld(first.playerId, 'game', '1.0', 'c')), { code: 'FILE_EXISTS' })
    await coworlds.settle(first.id, { status: 'refused', certification: { ...passed, status: 'failed' }, images: [] })
    const next = await coworlds.add(coworld(first.playerId, 'game', '1.0', 'c'))
    assert.ok(next.isNew && next.coworld.id !== first.id)
    await assert.rejects(coworlds.get(first.id), { code: 'UNKNOWN_UPLOAD' })
  },
)

test('package versions: they are sorted like in Python’s packaging', () => {
  const sorted = [
    '0',
    '0.1.dev1',
    '1.0.dev0',
    '1.0a0.dev1',
    '1.0a1',
    '1.0a2',
    '1.0b1',
    '1.0-beta.2',
    '1.0rc1',
    '1.0',
    '1.0+abc',
    '1.0+abc.5',
    '1.0+5',
    '1.0.post0.dev1',
    '1.0.post1',
    '1.0-2',
    '1.0.1',
    '1.2',
    '1.10',
    '01.11',
    '2',
    '1!0.1',
  ]
  for (const [index, low] of sorted.entries()) {
    for (const high of sorted.slice(index + 1)) {
      assert.ok(comparePackageVersions(low, high) < 0, `${low} before ${high}`)
      assert.ok(comparePackageVersions(high, low) > 0, `${high} after ${low}`)
    }
  }
  for (const [a, b] of [
    ['1.0', '1.0.0'],
    ['v1.0', '1'],
    ['1.0c1', '1.0rc1'],
    ['1.0-r2', '1.0.post2'],
    ['1.0A', '1.0alpha0'],
  ] as const)
    assert.equal(comparePackageVersions(a, b), 0, `${a} = ${b}`)
  fc.assert(
    fc.property(fc.constantFrom(...sorted, 'abc', ''), fc.constantFrom(...sorted, 'abc', ''), (a, b) => {
      assert.equal(Math.sign(comparePackageVersions(a, b)) + Math.sign(comparePackageVersions(b, a)), 0)
    }),
  )
})
