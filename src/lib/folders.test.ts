import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { makeFolder } from './folders.ts'

const root = mkdtempSync(join(tmpdir(), 'paracosm-folders-'))
after(() => rmSync(root, { recursive: true }))

test('folders: missing folders are created from the top, existing ones stay, and concurrent calls are safe', async () => {
  const path = join(root, 'a', 'b', 'c')
  await Promise.all(Array.from({ length: 20 }, () => makeFolder(path)))
  await makeFolder(path)
  assert.ok(statSync(path).isDirectory())
  await makeFolder(join(root, 'private', 'inner'), { mode: 0o700 })
  assert.equal(statSync(join(root, 'private')).mode & 0o777, 0o700)
})

test('folders: an impossible folder name is refused with its reason and never loops', async () => {
  const file = join(root, 'file')
  writeFileSync(file, '')
  symlinkSync('/nowhere/at/all', join(root, 'dangling'))
  const refused = [file, join(file, 'x'), join(file, 'x', 'y'), '/dev/null/x', join(root, 'dangling')]
  if (process.platform === 'linux') refused.push('/proc/x', '/proc/x/y/z', '/proc/self/x/y')
  for (const path of refused) await assert.rejects(makeFolder(path), { code: 'FILE_UNWRITABLE' }, path)
})
