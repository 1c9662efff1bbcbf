import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { AppError } from '../kernel/errors.ts'
import { mountSmallDisk } from '../testing/postgres.ts'
import { errnoOf, isMissing, syncFolder, toWriteError, writeFileWhole } from './files.ts'

function folderOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-files-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const hasCode = (code: string, text: RegExp) => (error: unknown) =>
  error instanceof AppError && error.code === code && text.test(error.message)

test('files: text, bytes and parts of both are written whole, and nothing else is left in the folder', async (context) => {
  const folder = folderOf(context)
  await writeFileWhole(join(folder, 'text'), 'ä\u2028')
  await writeFileWhole(join(folder, 'bytes'), Uint8Array.of(0, 255))
  async function* parts() {
    yield 'a'
    yield Buffer.from('b')
  }
  await writeFileWhole(join(folder, 'parts'), parts())
  await writeFileWhole(join(folder, 'list'), ['x', 'y'])
  assert.equal(readFileSync(join(folder, 'text'), 'utf8'), 'ä\u2028')
  assert.deepEqual([...readFileSync(join(folder, 'bytes'))], [0, 255])
  assert.equal(readFileSync(join(folder, 'parts'), 'utf8'), 'ab')
  assert.equal(readFileSync(join(folder, 'list'), 'utf8'), 'xy')
  assert.deepEqual(readdirSync(folder).sort(), ['bytes', 'list', 'parts', 'text'])
  await syncFolder(folder)
})

test('files: content that fails half way leaves the old file and no temporary file', async (context) => {
  const folder = folderOf(context)
  const path = join(folder, 'kept')
  writeFileSync(path, 'old')
  const failure = Object.assign(new Error('source gone'), { code: 'ENOENT' })
  async function* parts() {
    yield 'new'
    throw failure
  }
  await assert.rejects(writeFileWhole(path, parts()), failure)
  assert.equal(readFileSync(path, 'utf8'), 'old')
  assert.deepEqual(readdirSync(folder), ['kept'])
})

test('files: a mode applies regardless of the umask, and a replaced file keeps its mode', async (context) => {
  const folder = folderOf(context)
  const path = join(folder, 'secret')
  await writeFileWhole(path, '1', { mode: 0o600 })
  assert.equal(statSync(path).mode & 0o777, 0o600)
  await writeFileWhole(path, '2')
  assert.equal(statSync(path).mode & 0o777, 0o600)
  await writeFileWhole(path, '3', { mode: 0o666 })
  assert.equal(statSync(path).mode & 0o777, 0o666)
})

test('files: without `replace` an existing file stays, and one of two concurrent writers wins', async (context) => {
  const folder = folderOf(context)
  const path = join(folder, 'once')
  const results = await Promise.allSettled(
    ['a', 'b', 'c'].map((text) => writeFileWhole(path, text, { replace: false })),
  )
  assert.equal(results.filter((each) => each.status === 'fulfilled').length, 1)
  for (const each of results) if (each.status === 'rejected') assert.ok(hasCode('FILE_EXISTS', /once/)(each.reason))
  await assert.rejects(writeFileWhole(path, 'd', { replace: false }), hasCode('FILE_EXISTS', /exists already/))
  assert.deepEqual(readdirSync(folder), ['once'])
})

test('files: a folder, a pipe, a device and a dangling link are refused with a hint', async (context) => {
  const folder = folderOf(context)
  mkdirSync(join(folder, 'folder'))
  symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'))
  await assert.rejects(writeFileWhole(join(folder, 'folder'), ''), hasCode('FILE_UNWRITABLE', /it is a folder/))
  await assert.rejects(writeFileWhole(join(folder, 'dangling'), ''), hasCode('FILE_UNWRITABLE', /missing file/))
  await assert.rejects(writeFileWhole('/dev/null', ''), hasCode('FILE_UNWRITABLE', /a device, pipe or socket/))
  if (spawnSync('mkfifo', [join(folder, 'pipe')]).status === 0) {
    await assert.rejects(writeFileWhole(join(folder, 'pipe'), ''), hasCode('FILE_UNWRITABLE', /a device, pipe/))
  }
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.endsWith('.tmp')),
    [],
  )
})

test('files: a symbolic link stays, and its target is replaced', async (context) => {
  const folder = folderOf(context)
  mkdirSync(join(folder, 'real'))
  writeFileSync(join(folder, 'real', 'file'), 'old')
  symlinkSync(join(folder, 'real', 'file'), join(folder, 'link'))
  await writeFileWhole(join(folder, 'link'), 'new')
  assert.equal(readFileSync(join(folder, 'real', 'file'), 'utf8'), 'new')
  assert.ok(readdirSync(join(folder)).includes('link'))
})

test('files: a missing folder and a file at the path of a folder are reported as the reason', async (context) => {
  const folder = folderOf(context)
  writeFileSync(join(folder, 'file'), '')
  await assert.rejects(writeFileWhole(join(folder, 'none', 'x'), ''), hasCode('FILE_UNWRITABLE', /does not exist/))
  await assert.rejects(writeFileWhole(join(folder, 'file', 'x'), ''), hasCode('FILE_UNWRITABLE', /is not a folder/))
})

/** A user who owns nothing. */
const NOBODY = 65_534

test('files: a read-only folder is reported as the reason', async (context) => {
  const folder = folderOf(context)
  chmodSync(folder, 0o555)
  // Root may write everywhere, so it becomes somebody else for a moment.
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(NOBODY)
  try {
    await assert.rejects(writeFileWhole(join(folder, 'x'), ''), hasCode('FILE_UNWRITABLE', /permission denied/))
  } finally {
    if (isRoot) process.seteuid?.(0)
  }
})

test('files: a full disk keeps the old file, leaves no temporary file, and is reported as the reason', async (context) => {
  const folder = folderOf(context)
  const unmount = mountSmallDisk(folder, '64k')
  if (!unmount) return context.skip('this process may not mount')
  try {
    writeFileSync(join(folder, 'kept'), 'old')
    await assert.rejects(
      writeFileWhole(join(folder, 'kept'), 'x'.repeat(1 << 20)),
      hasCode('FILE_UNWRITABLE', /no space/),
    )
    assert.equal(readFileSync(join(folder, 'kept'), 'utf8'), 'old')
    assert.deepEqual(readdirSync(folder), ['kept'])
  } finally {
    unmount()
  }
})

test('files: errno is read only from file errors', () => {
  const missing = Object.assign(new Error('x'), { code: 'ENOENT' })
  assert.equal(errnoOf(missing), 'ENOENT')
  assert.equal(isMissing(missing), true)
  for (const other of [new AppError('FILE_EXISTS', 'x'), new Error('x'), 'ENOENT', null, { code: 'ENOENT' }]) {
    assert.equal(errnoOf(other), undefined)
    assert.equal(toWriteError(other, 'p'), other)
  }
})
