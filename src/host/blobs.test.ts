import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { testBlobStore } from '../testing/blob-suite.ts'
import { MemoryBlobs } from '../testing/memory-blobs.ts'
import { FolderBlobs } from './folder-blobs.ts'

testBlobStore('memory', async () => ({ blobs: new MemoryBlobs(), close: async () => undefined }))

testBlobStore('folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-blobs-'))
  return { blobs: new FolderBlobs(join(folder, 'blobs')), close: async () => rmSync(folder, { recursive: true }) }
})

test('blobs: leftovers of a crash and links out of the folder are not listed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-blobs-'))
  try {
    const blobs = new FolderBlobs(folder)
    await blobs.put('a/b', 'x')
    writeFileSync(join(folder, 'a', '.b.0123.tmp'), 'half')
    symlinkSync('/etc', join(folder, 'etc'))
    const names = []
    for await (const { name } of blobs.list('')) names.push(name)
    assert.deepEqual(names, ['a/b'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('blobs: a blob at the path of a folder is FILE_UNWRITABLE, and both names stay unchanged', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-blobs-'))
  try {
    const blobs = new FolderBlobs(folder)
    await blobs.put('a', 'x')
    await assert.rejects(blobs.put('a/b', 'y'), { code: 'FILE_UNWRITABLE' })
    await blobs.put('c/d', 'x')
    await assert.rejects(blobs.put('c', 'y'), { code: 'FILE_UNWRITABLE' })
    assert.equal((await blobs.exists('a')) && (await blobs.exists('c/d')), true)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
