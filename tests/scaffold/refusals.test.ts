// `paracosm init` outside of a project: names, folders, failures.
import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { runCommand } from '../../src/testing/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm init '))
after(() => rmSync(folder, { recursive: true }))
const init = (...args: readonly string[]) => runCommand(['init', ...args], { cwd: folder })

test('init: --json lists the written files and the next steps, and no placeholder is left', async () => {
  for (const [kind, ...flags] of [['world'], ['game', '--language', 'python'], ['game', '--language', 'typescript']]) {
    const name = `my-${kind}${flags.length === 0 ? '' : `-${flags.at(-1)}`}`
    const { status, out, err } = await init(kind ?? '', name, ...flags, '--json')
    assert.equal(status, 0, err)
    const report = JSON.parse(out)
    assert.deepEqual([report.ok, report.kind, report.name, report.folder], [true, kind, name, join(folder, name)])
    const written = readdirSync(report.folder, { recursive: true, encoding: 'utf8' })
    assert.deepEqual(
      written.filter((path) => statSync(join(report.folder, path)).isFile()).sort(),
      [...report.files].sort(),
    )
    for (const file of report.files) {
      const text = readFileSync(join(report.folder, file), 'utf8')
      assert.doesNotMatch(text, /\{\{|placeholder|undefined"/i, `${name}/${file}`)
      if (file.endsWith('.json')) JSON.parse(text)
    }
    assert.equal(statSync(report.folder).mode & 0o777, 0o777 & ~process.umask())
  }
})

test('init: a non-empty folder and a file are refused and stay unchanged; an empty folder is used', async () => {
  mkdirSync(join(folder, 'full'))
  writeFileSync(join(folder, 'full', 'kept.txt'), 'kept')
  writeFileSync(join(folder, 'file'), 'kept')
  for (const dir of ['full', 'file']) {
    const { status, out, err } = await init('world', 'my-world', '--dir', dir, '--json')
    assert.deepEqual([status, JSON.parse(out).error.code], [2, 'FILE_EXISTS'])
    assert.match(err, /fix: Choose another name, or another folder with --dir/)
  }
  assert.deepEqual(readdirSync(join(folder, 'full')), ['kept.txt'])
  mkdirSync(join(folder, 'empty'))
  assert.equal((await init('world', 'my-world', '--dir', 'empty')).status, 0)
  assert.ok(existsSync(join(folder, 'empty', 'world.ts')))
  assert.equal((await init('world', 'my-world', '--dir', 'deep/er/still')).status, 0)
})

test('init: invalid names, and those of built-in worlds and dependencies, are refused with advice', async () => {
  for (const name of ['My-World', 'a b', '../x', '-x', 'x-', 'a--b', '9lives', 'x'.repeat(41), 'paint-arena', 'zod']) {
    const { status, err } = await init('world', '--', name)
    assert.equal(status, 2, name)
    assert.match(err, /error USAGE: .*\n {2}fix: /)
  }
  assert.equal((await init('game', 'x')).status, 2)
  assert.match((await init('game', 'x', '--language', 'cobol')).err, /Give python or typescript/)
})

test('init: a tarball of paracosm is copied into the project, and one that does not exist is refused', async () => {
  writeFileSync(join(folder, 'paracosm-9.9.9.tgz'), 'a tarball')
  const { status, out, err } = await init('world', 'packed', '--paracosm', 'file:../paracosm-9.9.9.tgz', '--json')
  assert.equal(status, 0, err)
  assert.ok(JSON.parse(out).files.includes('paracosm-9.9.9.tgz'))
  assert.equal(readFileSync(join(folder, 'packed', 'paracosm-9.9.9.tgz'), 'utf8'), 'a tarball')
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'packed', 'package.json'), 'utf8'))
  assert.equal(dependencies.paracosm, 'file:./paracosm-9.9.9.tgz')
  const refused = await init('world', 'unpacked', '--paracosm', 'file:./paracosm-9.9.9.tgz')
  assert.equal(refused.status, 2)
  assert.match(
    refused.err,
    /FILE_UNREADABLE: there is no .*unpacked\/paracosm-9\.9\.9\.tgz\n {2}fix: A relative path begins/,
  )
  assert.equal(existsSync(join(folder, 'unpacked')), false)
})

test('init: a failure leaves nothing behind', {
  skip: process.getuid?.() === 0 && !existsSync('/proc/self'),
}, async () => {
  const { status, err } = await init('world', 'my-world', '--dir', '/proc/nowhere/my-world')
  assert.equal(status, 2)
  assert.match(err, /FILE_UNWRITABLE/)
  const closed = join(folder, 'closed')
  mkdirSync(closed)
  chmodSync(closed, 0o500)
  if (process.getuid?.() !== 0) assert.equal((await init('world', 'my-world', '--dir', join(closed, 'w'))).status, 2)
  chmodSync(closed, 0o700)
  assert.deepEqual(readdirSync(closed), [])
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('.')),
    [],
  )
})

test('init: --help has examples', async () => {
  for (const args of [['world'], ['game']])
    assert.match((await init(...args, '--help')).out, /Examples:\n {2}paracosm init/)
})
