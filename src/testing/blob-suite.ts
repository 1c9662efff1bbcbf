// The conformance suite of blob stores: every implementation must pass all of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type BlobStore, readBlob } from '../host/blobs.ts'

interface OpenBlobs {
  readonly blobs: BlobStore
  close(): Promise<void>
}

async function namesOf(blobs: BlobStore, prefix: string, after?: string): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of blobs.list(prefix, after === undefined ? {} : { after })) names.push(name)
  return names
}

async function textOf(blobs: BlobStore, name: string): Promise<string> {
  const parts: Buffer[] = []
  for await (const chunk of readBlob(blobs, name)) parts.push(chunk)
  return Buffer.concat(parts).toString()
}

/**
 * Registers the tests of one implementation.
 * @param open opens a new, empty store for each test
 */
export function testBlobStore(kind: string, open: () => Promise<OpenBlobs>): void {
  const check = (name: string, run: (blobs: BlobStore) => Promise<void>): void => {
    test(`blobs: ${name} (${kind})`, async () => {
      const { blobs, close } = await open()
      try {
        await run(blobs)
      } finally {
        await close()
      }
    })
  }

  check('text, bytes and streams come back as they went in, also empty and large ones', async (blobs) => {
    const large = Buffer.alloc(700_000, 'ä\u2028')
    async function* parts() {
      yield 'a'
      yield Buffer.from([0, 255])
      yield ''
    }
    await blobs.put('text', 'ä\u2028')
    await blobs.put('empty', '')
    await blobs.put('deep/er/large.zst', large)
    await blobs.put('parts', parts())
    assert.equal(await textOf(blobs, 'text'), 'ä\u2028')
    assert.equal(await textOf(blobs, 'empty'), '')
    assert.equal(await textOf(blobs, 'deep/er/large.zst'), large.toString())
    assert.equal(await blobs.size('deep/er/large.zst'), large.length)
    assert.equal(await blobs.size('empty'), 0)
    const source = await blobs.open('parts')
    assert.deepEqual([...(await source.read(0, 99))], [97, 0, 255])
    await source.close()
  })

  check('a source reads any range, and nothing behind its end', async (blobs) => {
    await blobs.put('digits', '0123456789')
    const source = await blobs.open('digits')
    assert.equal(source.size, 10)
    const read = async (offset: number, length: number) => (await source.read(offset, length)).toString()
    assert.deepEqual(await Promise.all([read(0, 3), read(8, 9), read(10, 1), read(50, 1), read(4, 0)]), [
      '012',
      '89',
      '',
      '',
      '',
    ])
    await source.close()
  })

  check('a blob is replaced whole, and an open source keeps what it was opened on', async (blobs) => {
    await blobs.put('a', 'first')
    const source = await blobs.open('a')
    await blobs.put('a', '2nd')
    assert.equal((await source.read(0, 99)).toString(), 'first')
    assert.equal(await textOf(blobs, 'a'), '2nd')
    assert.equal(await blobs.delete('a'), true)
    assert.equal((await source.read(0, 99)).toString(), 'first')
    await source.close()
    assert.equal(await blobs.exists('a'), false)
  })

  check('a stream that fails changes nothing', async (blobs) => {
    async function* failing() {
      yield 'half'
      throw new Error('source gone')
    }
    await blobs.put('kept', 'old')
    await assert.rejects(blobs.put('kept', failing()), /source gone/)
    await assert.rejects(blobs.put('new/one', failing()), /source gone/)
    assert.equal(await textOf(blobs, 'kept'), 'old')
    assert.deepEqual(await namesOf(blobs, ''), ['kept'])
  })

  check('a missing blob is UNKNOWN_BLOB to open, and no error to ask for or delete', async (blobs) => {
    await blobs.put('folder/blob', 'x')
    for (const name of ['none', 'folder', 'folder/none', 'none/blob', 'folder/blob/below']) {
      await assert.rejects(blobs.open(name), { code: 'UNKNOWN_BLOB' })
      assert.equal(await blobs.size(name), undefined)
      assert.equal(await blobs.exists(name), false)
      assert.equal(await blobs.delete(name), false)
    }
    assert.equal(await blobs.exists('folder/blob'), true)
  })

  check('names that leave the store, or that no store could keep, are refused everywhere', async (blobs) => {
    const bad = [
      '',
      '/',
      'a/',
      '/a',
      'a//b',
      '.',
      '..',
      '../a',
      'a/../b',
      '.hidden',
      'a\\b',
      'a b',
      'ä',
      'a\0',
      'x'.repeat(513),
    ]
    for (const name of bad) {
      for (const work of [
        () => blobs.put(name, ''),
        () => blobs.open(name),
        () => blobs.size(name),
        () => blobs.delete(name),
      ]) {
        await assert.rejects(work(), { code: 'VALIDATION_ERROR' }, JSON.stringify(name))
      }
    }
  })

  check('lists are in the order of the names, from any place on, whatever the prefix', async (blobs) => {
    const segment = fc.constantFrom('a', 'b', 'a-b', 'a.b', 'a0', 'B', '_')
    const arbName = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => [...parts, 'end.x'].join('/'))
    const arbPlace = fc.constantFrom('', 'a', 'a/', 'a/b', 'a-', 'a.b/a', 'b/end.x', 'B/', 'zz')
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(arbName, { maxLength: 8 }), arbPlace, arbPlace, async (names, prefix, after) => {
        for (const name of names) await blobs.put(name, name)
        const expected = names.filter((name) => name.startsWith(prefix) && name > after).sort()
        assert.deepEqual(await namesOf(blobs, prefix, after), expected)
        for (const name of names) assert.equal(await blobs.delete(name), true)
        assert.deepEqual(await namesOf(blobs, ''), [])
      }),
      { numRuns: 40 },
    )
  })

  check('writes, reads and deletes in one place at the same time do not disturb each other', async (blobs) => {
    await Promise.all(
      Array.from({ length: 30 }, async (_, i) => {
        for (let round = 0; round < 5; round++) {
          await blobs.put(`shared/own-${i}/blob`, `${i}`)
          assert.equal(await textOf(blobs, `shared/own-${i}/blob`), `${i}`)
          assert.equal(await blobs.delete(`shared/own-${i}/blob`), true)
          await blobs.put(`common/blob-${i}`, [`${i}`])
          assert.equal(await blobs.delete(`common/blob-${i}`), true)
        }
      }),
    )
    assert.deepEqual(await namesOf(blobs, ''), [])
  })

  check('of writers of one name at the same time one wins, whole', async (blobs) => {
    const texts = Array.from({ length: 8 }, (_, i) => String(i).repeat(100_000))
    await Promise.all(texts.map((text) => blobs.put('same', text)))
    assert.ok(texts.includes(await textOf(blobs, 'same')))
    assert.deepEqual(await namesOf(blobs, ''), ['same'])
  })
}
