// A zip that another program reads: names, contents, and what a corrupted byte does.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeZip } from './zip-files.ts'

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
