// When packages are accepted, on both backends: with a stand-in for the certifier, whose checks are tested elsewhere.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { AppError } from '../../src/kernel/errors.ts'
import { type Certifier, PackageDesk } from '../../src/league/uploads/package-desk.ts'
import { JobQueue } from '../../src/store/jobs/job-queue.ts'
import { Coworlds } from '../../src/store/leagues/coworlds.ts'
import { Images } from '../../src/store/leagues/images.ts'
import type { Store } from '../../src/store/store.ts'
import { forEachStore } from '../../src/testing/stores.ts'

const MANIFEST = readFileSync(new URL('../fixtures/coworld-manifests/paintarena-0.1.0.json', import.meta.url), 'utf8')
const log = { info: () => undefined, error: () => undefined }

async function setUp(store: Store, atEnd: (work: () => Promise<unknown>) => void) {
  const [images, coworlds] = [new Images(store), new Coworlds(store)]
  const { id } = await images.announce('p', 'game', `sha256:${'a'.repeat(64)}`)
  await images.tag(id, `sha256:${'b'.repeat(64)}`)
  await images.complete(id, 10)
  const manifest = (version: string) => {
    const copy = JSON.parse(MANIFEST)
    copy.game.version = version
    for (const each of [copy.game.runnable, ...copy.player]) each.image = `img_${id}`
    return copy
  }
  const desk = (certifier: Certifier | undefined): PackageDesk => {
    const made = new PackageDesk({ coworlds, images, queue: new JobQueue(store), certifier, log })
    made.start()
    atEnd(() => made.stop())
    return made
  }
  return { images, coworlds, manifest, desk, imageId: id }
}

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; !(await look()); ) {
    if (Date.now() > end) assert.fail(`not within a minute: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const passes: Certifier = async () => ({ status: 'passed', notes: null, checks: [] })

forEachStore('packages: one that waits is certified by the first server that can', async (store, { atEnd }) => {
  const { images, coworlds, manifest, desk, imageId } = await setUp(store, atEnd)
  const waiting = await desk(undefined).receive('p', manifest('1.0'))
  assert.deepEqual([waiting.status, waiting.isCanonical], ['pending', false])
  assert.equal((await images.get(imageId)).isPublic, false)
  // As after a kill between the two writes: the package is there, and its job is not.
  await store.db.deleteFrom('jobs').execute()
  desk(passes)
  await until('accepted', async () => (await coworlds.get(waiting.id)).status === 'accepted')
  assert.equal((await coworlds.get(waiting.id)).isCanonical, true)
  assert.equal((await images.get(imageId)).isPublic, true)
})

forEachStore('packages: a refused one says which check failed, and may be corrected', async (store, { atEnd }) => {
  const { coworlds, manifest, desk } = await setUp(store, atEnd)
  const outcomes: Certifier[] = [
    async (_, { report }) => {
      const checks = [{ number: 5, id: 'episode', outcome: 'failed' as const, reason: 'it died' }]
      await report({ status: 'running', notes: null, checks })
      return { status: 'failed', notes: null, checks }
    },
    async () => {
      throw new AppError('IMAGE_MISSING', 'the image cannot be loaded')
    },
    passes,
  ]
  const counting = desk(async (...args) => {
    const next = outcomes.shift()
    assert.ok(next)
    return next(...args)
  })
  await assert.rejects(counting.receive('p', manifest('1.0')), (error: AppError) => {
    assert.equal(error.code, 'CERTIFICATION_FAILED')
    assert.match(error.message, /is not certified: episode: it died/)
    return true
  })
  await assert.rejects(counting.receive('p', manifest('1.0')), /the image cannot be loaded/)
  const made = await counting.receive('p', manifest('1.0'))
  assert.deepEqual([made.status, made.isCanonical], ['accepted', true])
  assert.deepEqual(outcomes, [])
  assert.equal((await counting.receive('p', manifest('1.0'))).id, made.id, 'and is not certified again')
  assert.equal((await coworlds.list(null, { limit: 9, offset: 0 })).length, 1)
})

forEachStore(
  'packages: a fault of the machine is no fault of the package: it is tried again',
  async (store, { atEnd }) => {
    const { manifest, desk } = await setUp(store, atEnd)
    let tries = 0
    const flaky = desk(async () => {
      tries += 1
      if (tries === 1) throw new AppError('FILE_UNWRITABLE', 'the disk is full')
      return { status: 'passed', notes: null, checks: [] }
    })
    const made = await flaky.receive('p', manifest('1.0'))
    assert.deepEqual([made.status, tries], ['accepted', 2])
  },
)
