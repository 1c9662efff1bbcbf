// A zip that another program reads: names, contents, and what a corrupted byte does.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeZip } from './zip-files.ts'
import { zipParts } from './zip-parts.ts'

/** Prints the files of a zip with their contents, after checking every checksum. */
const READ = `import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print(json.dumps({i.filename: z.read(i).decode() for i in z.infolist()}))`

test('zip files: another program reads every file (odd names, empty, large), and the same files give the same zip', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-zip-'))
  context.after(() => rmSync(folder, { recursive: true }))
  const files = { 'a/plain.csv': 'one,two\n', 'ä ñ 雨.txt': 'text', empty: '', large: 'line of text\n'.repeat(200_000) }
  const entries = Object.entries(files).map(([name, text], index) => {
    const path = join(folder, String(index))
    writeFileSync(path, text)
    return { name, path }
  })
  const first = join(folder, 'first.zip')
  const second = join(folder, 'second.zip')
  await writeZip(first, entries)
  await writeZip(second, entries)
  assert.deepEqual(readFileSync(first), readFileSync(second))
  assert.ok(readFileSync(first).length < 100_000)
  const read: unknown = JSON.parse(execFileSync('python3', ['-c', READ, first], { encoding: 'utf8', maxBuffer: 1e8 }))
  assert.deepEqual(read, files)
  await assert.rejects(writeZip(second, [{ name: 'gone', path: join(folder, 'gone') }]), { code: 'ENOENT' })
})

test('zip parts: contents are opened in turn, packed ones stay as they are, and a fault of one ends the stream', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-zip-'))
  context.after(() => rmSync(folder, { recursive: true }))
  const opened: string[] = []
  const part = (name: string, texts: readonly string[], isPacked = false) => ({
    name,
    isPacked,
    async *content() {
      opened.push(name)
      for (const text of texts) yield Buffer.from(text)
    },
  })
  const path = join(folder, 'parts.zip')
  const chunks: Uint8Array[] = []
  for await (const chunk of zipParts([
    part('a', ['x'.repeat(50_000), 'y']),
    part('b.zip', ['z'.repeat(50_000)], true),
  ])) {
    if (chunks.length === 0) assert.deepEqual(opened, [])
    chunks.push(chunk)
  }
  writeFileSync(path, Buffer.concat(chunks))
  assert.ok(Buffer.concat(chunks).length > 50_000)
  const read: unknown = JSON.parse(execFileSync('python3', ['-c', READ, path], { encoding: 'utf8' }))
  assert.deepEqual(read, { a: `${'x'.repeat(50_000)}y`, 'b.zip': 'z'.repeat(50_000) })
  const broken = {
    name: 'c',
    async *content() {
      yield Buffer.from('begin')
      throw new Error('the disk is gone')
    },
  }
  await assert.rejects(async () => {
    for await (const chunk of zipParts([part('a', ['x']), broken])) chunks.push(chunk)
  }, /the disk is gone/)
})
