// Accepted and refused source archives: created with tar, and malicious ones built by hand.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  existsSync,
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
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { defaultRun } from '../../src/league/uploads/keep-source.ts'
import { readSourceArchive } from '../../src/league/uploads/source-archive.ts'
import { tarOf } from '../../src/testing/tar.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-archives-'))
after(() => rmSync(folder, { recursive: true, force: true }))

async function* bytes(whole: Uint8Array, size = 777): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < whole.length; from += size) yield whole.subarray(from, from + size)
}

const refused = async (archive: Uint8Array, pattern: RegExp): Promise<void> => {
  const target = mkdtempSync(join(folder, 'out-'))
  await assert.rejects(readSourceArchive(bytes(archive), join(target, 'in')), (error: any) => {
    assert.equal(error.code, 'UPLOAD_INVALID')
    assert.match(error.message, pattern)
    return true
  })
  assert.deepEqual(
    readdirSync(target).filter((name) => name !== 'in'),
    [],
    'nothing lies beside the folder',
  )
}

test('archives: output of tar is unpacked, compressed or not, including long names and pax headers', async () => {
  const source = join(folder, 'source')
  const long = 'a-folder-with-a-rather-long-name-'.repeat(4)
  mkdirSync(join(source, long), { recursive: true })
  writeFileSync(join(source, 'player.py'), 'print(1)\n', { mode: 0o755 })
  writeFileSync(join(source, long, 'größe-日本.txt'), 'x'.repeat(70_000))
  for (const format of ['ustar', 'gnu', 'posix']) {
    for (const flag of ['cf', 'czf']) {
      const file = join(folder, `${format}-${flag}.tar`)
      if (format === 'ustar') execFileSync('tar', [flag, file, '--format=ustar', '-C', source, 'player.py'])
      else execFileSync('tar', [flag, file, `--format=${format}`, '-C', source, '.'])
      const target = join(folder, `unpacked-${format}-${flag}`)
      const found = await readSourceArchive(bytes(readFileSync(file)), target)
      assert.equal(readFileSync(join(target, 'player.py'), 'utf8'), 'print(1)\n')
      assert.equal(statSync(join(target, 'player.py')).mode & 0o777, 0o700)
      if (format === 'ustar') continue
      assert.equal(found.files, 2)
      assert.equal(readFileSync(join(target, long, 'größe-日本.txt'), 'utf8').length, 70_000)
    }
  }
})

test('archives: paths outside, links, devices and duplicate names are refused, and nothing is written outside', async () => {
  await refused(tarOf([{ path: '/etc/passwd', data: 'x' }]), /absolute path/)
  await refused(tarOf([{ path: 'C:/x', data: 'x' }]), /absolute path/)
  await refused(tarOf([{ path: '../evil', data: 'x' }]), /leads out/)
  await refused(tarOf([{ path: 'a/../../evil', data: 'x' }]), /leads out/)
  await refused(tarOf([{ path: 'a\\..\\evil', data: 'x' }]), /backslashes/)
  await refused(tarOf([{ path: 'a\nb', data: 'x' }]), /control characters/)
  await refused(
    tarOf([
      { path: 'link', type: '2', link: '/etc' },
      { path: 'link/x', data: 'x' },
    ]),
    /has a link/,
  )
  await refused(tarOf([{ path: 'link', type: '1', link: 'player.py' }]), /has a link/)
  await refused(tarOf([{ path: 'dev', type: '3' }]), /neither a file nor a folder/)
  await refused(
    tarOf([
      { path: 'a', data: '1' },
      { path: './a', data: '2' },
    ]),
    /twice/,
  )
  await refused(
    tarOf([
      { path: 'a', data: '1' },
      { path: 'a/b', data: '2' },
    ]),
    /twice: a file, and a folder/,
  )
  await refused(tarOf([{ path: `${'x/'.repeat(40)}f`, data: '1' }]), /levels deep/)
  await refused(tarOf([{ path: 'empty/', type: '5' }]), /no files/)
})

test('archives: bombs, truncated archives and other files are refused', async () => {
  const zeros = Buffer.alloc(80 * 1024 * 1024)
  await refused(gzipSync(tarOf([{ path: 'zeros', data: zeros }])), /more than|unpacks to/)
  await refused(
    tarOf(Array.from({ length: 2001 }, (_, index) => ({ path: `f${index}`, data: '' }))),
    /more than 2000 files/,
  )
  const good = tarOf([{ path: 'player.py', data: 'x'.repeat(5000) }])
  await refused(good.subarray(0, 2000), /ends in the middle/)
  await refused(gzipSync(good).subarray(0, 60), /cut off/)
  await refused(Buffer.from('this is no archive, whatever its name may say. '.repeat(20)), /not a tar archive/)
  await refused(Buffer.alloc(0), /empty/)
  const damaged = Buffer.from(good)
  damaged[0] = 7
  await refused(damaged, /damaged/)
})

test('archives: a link in a folder to be packed is refused too', async () => {
  const source = join(folder, 'linked')
  mkdirSync(source)
  symlinkSync('/etc/passwd', join(source, 'player.py'))
  const file = join(folder, 'linked.tar.gz')
  execFileSync('tar', ['czf', file, '-C', source, '.'])
  await refused(readFileSync(file), /link/)
  assert.ok(existsSync(file))
})

test('archives: the start command follows from the files', () => {
  assert.deepEqual(defaultRun(['lib/x.py', 'player.py']), ['python3', 'player.py'])
  assert.deepEqual(defaultRun(['mine/websocket.py', 'mine/main.js']), ['node', 'mine/main.js'])
  assert.throws(() => defaultRun(['deep/er/player.py']), { code: 'VALIDATION_ERROR' })
})
