// Outputs that cannot or must not be written, through the real command line: a clear error in time, nothing replaced.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startCommand } from '../../src/testing/cli.ts'
import { recordMatch } from '../../src/testing/matches.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-odd-'))
after(() => rmSync(folder, { recursive: true }))
const DEADLINE_MS = 60_000

const place = (name: string): string => join(folder, name)
writeFileSync(place('afile'), 'kept')
mkdirSync(place('afolder'))
assert.equal(spawnSync('mkfifo', [place('fifo')]).status, 0)
// A device node if this process may create one; otherwise a socket.
const hasDevice = spawnSync('mknod', [place('device'), 'c', '1', '3']).status === 0
symlinkSync('/nowhere/at/all', place('dangling'))
const { lines } = await recordMatch({ config: { max_ticks: 50 } })
writeFileSync(place('journal.jsonl'), `${lines.join('\n')}\n`)

async function run(args: readonly string[]): Promise<{ status: number | null; text: string }> {
  const command = startCommand(args, { cwd: folder })
  const deadline = setTimeout(() => command.kill('SIGKILL'), DEADLINE_MS)
  const status = await command.ended
  clearTimeout(deadline)
  return { status, text: command.text() }
}

async function refused(args: readonly string[], codes = /FILE_UNWRITABLE|FILE_EXISTS/): Promise<void> {
  const { status, text } = await run(args)
  const what = `${args.join(' ')}: ${text}`
  assert.equal(status, 2, what)
  assert.match(text, codes, what)
  assert.match(text, /fix: \S/, what)
  assert.doesNotMatch(text, /bug in paracosm|node:internal/, what)
}

/** Paths at which neither a folder nor a file can be created. */
const UNUSABLE = ['afile/x', 'dangling/x', ...(process.platform === 'linux' ? ['/proc/x', '/sys/x', '/proc/x/y'] : [])]
/** Paths of things that are not regular files. */
const IRREGULAR = ['afolder', 'fifo', 'dangling', ...(hasDevice ? ['device'] : [])]

const headless = ['headless', '--scenario', 'first_slice', '--ticks', '2', '--json', '--json-profile', 'summary']

test('output: run -o at a path that cannot be a folder is FILE_UNWRITABLE, live and fast', async () => {
  for (const path of [...UNUSABLE, 'afile', 'fifo']) {
    await refused(['run', 'paint-arena', 'sweep', 'greedy', '-o', path])
  }
  await refused(['run', 'paint-arena', 'sweep', 'greedy', '--tick-rate', '60', '-o', '/proc/x'])
})

test('output: run -o keeps an existing journal, live and fast', async () => {
  for (const live of [[], ['--tick-rate', '60']]) {
    await refused(['run', 'paint-arena', 'sweep', 'greedy', ...live, '-o', '.'])
    assert.match(readFileSync(place('journal.jsonl'), 'utf8'), /^\{"paracosm":"journal"/)
  }
})

test('output: replay fork -o at unusable and existing paths is refused, and leaves nothing when it fails', async () => {
  const fork = (at: string, path: string) => ['replay', 'fork', 'journal.jsonl', '--at', at, '-o', path]
  for (const path of [...UNUSABLE, ...IRREGULAR]) await refused(fork('5', path))
  await refused(fork('5000', 'late.jsonl'), /STEP_OUT_OF_RANGE/)
  assert.equal(existsSync(place('late.jsonl')), false)
})

test('output: headless --save and --emit-trace replace only regular files, and never each other', async () => {
  for (const option of ['--save', '--emit-trace']) {
    for (const path of [...UNUSABLE, ...IRREGULAR]) {
      const before = existsSync(place(path)) ? lstatSync(place(path)) : undefined
      await refused([...headless, option, path])
      if (before) assert.equal(lstatSync(place(path)).ino, before.ino)
    }
    writeFileSync(place('replaced'), 'old')
    symlinkSync('replaced', place(`link${option}`))
    assert.equal((await run([...headless, option, `link${option}`])).status, 0)
    assert.ok(lstatSync(place(`link${option}`)).isSymbolicLink())
    assert.match(readFileSync(place('replaced'), 'utf8'), /^\{/)
  }
  await refused([...headless, '--save', 'same', '--emit-trace', './same'], /USAGE/)
  assert.equal(existsSync(place('same')), false)
})

test('output: data folders and exports at unusable paths are refused in time', async () => {
  for (const path of UNUSABLE) {
    await refused(
      ['perception', 'serve', 'paint-arena', '--port', '0', '--data', path],
      /FILE_UNWRITABLE|STORE_UNAVAILABLE/,
    )
    await refused(['serve', '--port', '0', '--data', path], /FILE_UNWRITABLE|STORE_UNAVAILABLE/)
    const certified = await run(['world', 'certify', 'paint-arena', '-o', path])
    assert.equal(certified.status, 1)
    assert.match(certified.text, /FAIL 3 workspace: cannot write/)
  }
})
