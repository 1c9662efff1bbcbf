// Files that a stranger may have left: only plain ones are opened, and nothing is waited for.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { openPlain } from './plain-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-plain-'))
after(() => rmSync(folder, { recursive: true }))

test('plain files: links, pipes, devices, folders and missing files are not opened', async () => {
  const path = (name: string): string => join(folder, name)
  writeFileSync(path('plain'), 'text')
  symlinkSync(path('plain'), path('link'))
  symlinkSync(path('nothing'), path('dangling'))
  mkdirSync(path('folder'))
  execFileSync('mkfifo', [path('pipe')])
  for (const name of ['link', 'dangling', 'folder', 'pipe', 'missing', 'plain/below']) {
    assert.equal(await openPlain(path(name)), undefined, name)
  }
  assert.equal(await openPlain('/dev/zero'), undefined)
  await using file = await openPlain(path('plain'))
  assert.equal(await file?.readFile('utf8'), 'text')
})
