// Removal of uploads that nothing uses, on both backends: what refers to them, the bytes that are freed, and pushes under way.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BlobGuard } from '../../src/league/uploads/blob-guard.ts'
import { ImageDesk } from '../../src/league/uploads/image-desk.ts'
import { createOwnRegistry, imageBlob } from '../../src/league/uploads/image-registry.ts'
import { UploadJanitor } from '../../src/league/uploads/upload-janitor.ts'
import { Coworlds } from '../../src/store/leagues/coworlds.ts'
import { Images } from '../../src/store/leagues/images.ts'
import { Leagues } from '../../src/store/leagues/leagues.ts'
import { UploadRemoval } from '../../src/store/leagues/upload-removal.ts'
import { PlaySessions } from '../../src/store/play/play-sessions.ts'
import type { Store } from '../../src/store/store.ts'
import { digestOf, imageManifest, imageOf, type TestImage } from '../../src/testing/images.ts'
import { MemoryBlobs } from '../../src/testing/memory-blobs.ts'
import { forEachStore } from '../../src/testing/stores.ts'

const HOUR = 3_600_000
const log = { info: () => undefined, error: () => undefined }
const day = { isDryRun: false, graceMs: 24 * HOUR }

function setUp(store: Store) {
  let now = 1_000 * HOUR
  const clock = () => now
  const blobs = new MemoryBlobs()
  const images = new Images(store, clock)
  const coworlds = new Coworlds(store, clock)
  const desk = new ImageDesk({ images, blobs, registry: createOwnRegistry(blobs) })
  const removal = new UploadRemoval(store)
  const janitor = new UploadJanitor({ removal, desk, blobs, local: undefined, log, now: clock })
  const put = async (id: string, bytes: Buffer): Promise<void> => {
    const content = (async function* () {
      yield bytes
    })()
    await desk.putBlob(await images.get(id), { digest: digestOf(bytes), size: bytes.length, content })
  }
  const push = async (name: string, image: TestImage): Promise<string> => {
    const { id } = await images.announce('p', name, image.hash)
    for (const part of [...image.layers, image.config]) await put(id, part)
    await desk.putManifest(await images.get(id), Buffer.from(imageManifest(image)))
    await desk.complete(await images.get(id))
    return id
  }
  const addPackage = async (version: string, image: string, status: 'accepted' | 'refused' = 'accepted') => {
    const manifest = JSON.stringify({ game: { runnable: { image: `img_${image}` } } })
    const certification = { status: 'trusted' as const, notes: null, checks: [] }
    const base = { playerId: 'p', name: 'game', version, manifest, hash: version, bytes: 1, certification }
    const { coworld } = await coworlds.add(base)
    await coworlds.settle(coworld.id, { status, certification, images: [image] })
    return coworld.id
  }
  const pass = (hours: number) => {
    now += hours * HOUR
  }
  return { blobs, images, coworlds, desk, janitor, put, push, addPackage, pass }
}

forEachStore(
  'removal: images that nothing names go with their bytes; shared layers, packages and policies keep theirs',
  async (store) => {
    const { blobs, images, janitor, push, addPackage, pass } = setUp(store)
    const parts = [imageOf('packaged'), imageOf('played'), imageOf('forgotten')] as const
    const [packaged, played, forgotten] = [
      await push('a', parts[0]),
      await push('b', parts[1]),
      await push('c', parts[2]),
    ]
    const { id: abandoned } = await images.announce('p', 'd', imageOf('abandoned').hash)
    const refused = await addPackage('1.0', forgotten, 'refused')
    await addPackage('2.0', packaged)
    const player = { kind: 'container' as const, name: 'b', image: `img_${played}`, run: [] }
    await new Leagues(store).addPolicyVersion('b', player, 'p')
    pass(23)
    assert.deepEqual((await janitor.prune(day)).images, [], 'all of them are wanted')
    pass(2)
    const names = async (): Promise<string[]> => {
      const found: string[] = []
      for await (const { name } of blobs.list('')) found.push(name)
      return found
    }
    const before = await names()
    const would = await janitor.prune({ ...day, isDryRun: true })
    assert.deepEqual(await names(), before)
    const { dry_run: _, ...done } = await janitor.prune(day)
    assert.deepEqual({ ...would, dry_run: false }, { ...done, dry_run: false })
    assert.deepEqual(
      done.coworlds.map(({ id }) => id),
      [`cow_${refused}`],
    )
    assert.deepEqual(done.images.map(({ id }) => id).toSorted(), [`img_${abandoned}`, `img_${forgotten}`].toSorted())
    // Its manifest, its configuration and one layer: the other layer is the same in all.
    assert.equal(done.blobs.count, 3)
    for (const image of parts.slice(0, 2)) {
      for (const part of [...image.layers, image.config]) assert.ok(await blobs.exists(imageBlob(digestOf(part))))
    }
    await assert.rejects(images.get(forgotten), { code: 'UNKNOWN_UPLOAD' })
    assert.deepEqual((await janitor.prune(day)).blobs, { count: 0, bytes: 0 })
    assert.equal((await images.announce('p', 'c', parts[2].hash)).isReady, false, 'it is pushed again')
  },
)

forEachStore('removal: an image that is announced again, or pushed to, is kept', async (store) => {
  const { images, janitor, put, push, pass } = setUp(store)
  const [image, other] = [imageOf('one'), imageOf('two')]
  const id = await push('a', image)
  const { id: pending } = await images.announce('p', 'b', other.hash)
  pass(100)
  assert.equal(
    (await images.announce('p', 'a', image.hash)).isReady,
    true,
    'the client sends nothing, and then names it',
  )
  await put(pending, other.config)
  const { images: gone, blobs } = await janitor.prune(day)
  assert.deepEqual([gone, blobs.count], [[], 0])
  assert.equal((await images.get(id)).isReady, true)
})

forEachStore(
  'removal: a package is kept while a game is open or has left a replay; the next version becomes canonical',
  async (store) => {
    const { coworlds, janitor, push, addPackage } = setUp(store)
    const image = await push('a', imageOf('one'))
    const [older, newer] = [await addPackage('1.0', image), await addPackage('2.0', image)]
    const sessions = new PlaySessions(store)
    const base = { variantId: 'v', playerId: null, allowsSpectators: true, slots: 1, expiresAt: 0, tokens: 'sealed' }
    await sessions.add({ ...base, id: 's', episodeId: 'e', coworldId: `cow_${newer}` })
    for (const isDryRun of [true, false]) {
      await assert.rejects(janitor.removePackage(newer, isDryRun), {
        code: 'STILL_USED',
        message: /open hosted game ps_s$/,
      })
    }
    await sessions.close('s', 'ended', { hasReplay: true })
    await assert.rejects(janitor.removePackage(newer, false), {
      code: 'STILL_USED',
      message: /replay of the hosted game ps_s$/,
    })
    await store.db.updateTable('play_sessions').set({ has_replay: 0 }).execute()
    await janitor.removePackage(newer, true)
    assert.equal((await coworlds.find('game'))?.id, newer)
    await janitor.removePackage(newer, false)
    assert.equal((await coworlds.find('game'))?.id, older)
    await assert.rejects(janitor.removePackage(newer, false), { code: 'UNKNOWN_UPLOAD' })
    await assert.rejects(sessions.add({ ...base, id: 't', episodeId: 'f', coworldId: `cow_${newer}` }), {
      code: 'UNKNOWN_UPLOAD',
    })
  },
)

test('removal: bytes that a push is about to refer to are kept, and a push waits for their removal', async () => {
  const guard = new BlobGuard()
  const stored = new Set(['x'])
  const gate = Promise.withResolvers<void>()
  const pushing = guard.push('x', async () => {
    const isThere = stored.has('x')
    await gate.promise
    if (!isThere) stored.add('x')
  })
  assert.equal(await guard.remove('x', async () => stored.delete('x')), false)
  gate.resolve()
  await pushing
  const slow = Promise.withResolvers<void>()
  const removing = guard.remove('x', async () => {
    await slow.promise
    return stored.delete('x')
  })
  const again = guard.push('x', async () => void (stored.has('x') || stored.add('x')))
  slow.resolve()
  assert.equal(await removing, true)
  await again
  assert.ok(stored.has('x'))
})
