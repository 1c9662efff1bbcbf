import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
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
import { createManifest } from '../../src/adapters/coworld/manifest.ts'
import { GROUPS } from '../../src/cli/groups.ts'
import { LAUNCHER, runCommand, startCommand } from '../../src/testing/cli.ts'
import { openWire } from '../../src/testing/wire.ts'
import { paintArena } from '../../src/worlds/paint-arena/world.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'paracosm cli '))
after(() => rmSync(folder, { recursive: true }))

test('cli: --help names every group, and every group and command has an example', async () => {
  const help = await runCommand(['--help'])
  assert.equal(help.status, 0)
  for (const { name } of GROUPS) {
    assert.match(help.out, new RegExp(`^  ${name}\\b`, 'm'))
    const own = await runCommand([name, '--help'])
    assert.equal(own.status, 0, name)
    assert.match(own.out, /Usage: paracosm/)
  }
})

test('cli: wrong usage is status 2 with a hint, and one JSON document with --json', async () => {
  const cases: readonly (readonly string[])[] = [
    ['nonsense'],
    ['run'],
    ['run', 'paint-arena', '--seed', '-1'],
    ['run', 'paint-arena', 'sweep', 'sweep', 'sweep'],
    ['run', 'paint-arena', 'nobody'],
    ['run', 'paint-arena', '--variant', 'vast'],
    ['run', 'atlantis'],
    ['replay', 'show', 'missing.jsonl'],
    ['replay', 'fork', 'missing.jsonl'],
    ['replay', 'fork', 'x', '--at', '1', '-o', 'y', '--player', 'greedy'],
    ['world', 'show', 'atlantis'],
    ['world', 'schema', 'paint-arena', '--of', 'love'],
    ['player', 'paint-arena', 'sweep'],
  ]
  for (const args of cases) {
    const plain = await runCommand(args, { cwd: folder })
    assert.equal(plain.status, 2, `${args.join(' ')}: ${plain.out}${plain.err}`)
    assert.equal(plain.out, '')
    assert.ok(plain.err.trim().length > 0)
    const json = await runCommand([...args, '--json'], { cwd: folder })
    assert.equal(json.status, 2)
    const { ok, error } = JSON.parse(json.out)
    assert.equal(ok, false)
    assert.ok(error.code && error.message && error.hint, args.join(' '))
  }
})

test('run: same seed, same digest, in another process and under the process runtime', async () => {
  const args = ['run', 'paint-arena', 'random', 'greedy', '--seed', '5', '--json']
  const [one, two] = [JSON.parse((await runCommand(args)).out), JSON.parse((await runCommand(args)).out)]
  assert.equal(one.digest, two.digest)
  const other = JSON.parse((await runCommand([...args.slice(0, 5), '6', '--json'])).out)
  assert.notEqual(one.digest, other.digest)
  const bots = ['run', 'paint-arena', 'sweep', 'greedy', '--variant', 'duel', '--seed', '5', '--json']
  const inside = JSON.parse((await runCommand(bots)).out)
  const digests: string[] = []
  // Processes play in real time: on a busy machine one may miss a step, which changes the match. The last try has a
  // second for each step.
  for (const rate of ['20', '5', '1']) {
    if (digests.includes(inside.digest)) break
    const output = join(folder, `under a runtime ${rate}`)
    const outside = await runCommand([...bots, '--runtime', 'process', '--tick-rate', rate, '-o', output])
    assert.equal(outside.status, 0, outside.err)
    const replay = JSON.parse(readFileSync(join(output, 'replay.json'), 'utf8'))
    digests.push(JSON.parse(replay.journal.at(-1)).digest)
  }
  assert.ok(digests.includes(inside.digest), `${inside.digest} is not among ${digests.join(', ')}`)
})

test('run: a program and a person share a match with a bot; interrupting a live match leaves nothing behind', async () => {
  const marker = join(folder, 'pid')
  const program = `echo $$ > '${marker}'; exec sleep 1000`
  const running = startCommand(['run', 'paint-arena', `cmd:${program}`, 'human'], { cwd: folder })
  const [, link = ''] = await running.sees(/Player 1: (\S+)/)
  const page = new URL(link)
  const wire = await openWire(`ws://${page.host}/player${page.search}`)
  assert.equal((await wire.next()).slot, 1)
  while (!existsSync(marker) || readFileSync(marker, 'utf8') === '')
    await new Promise((resolve) => setImmediate(resolve))
  const pid = Number(readFileSync(marker, 'utf8'))
  running.kill('SIGINT')
  assert.notEqual(await running.ended, 0)
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
})

test('run: a program that exits with a status other than 0 fails the run', async () => {
  const bot = `cmd:${LAUNCHER} player paint-arena sweep`
  const fails = await runCommand([
    'run',
    'paint-arena',
    `${bot}; exit 3`,
    'sweep',
    '--variant',
    'duel',
    '--tick-rate',
    '60',
  ])
  assert.deepEqual(
    [fails.status, /RUN_FAILED: the program of slot 0 .* exited with status 3/.test(fails.err)],
    [1, true],
    fails.err,
  )
})

test('run: an existing journal is never overwritten', async () => {
  const output = join(folder, 'twice')
  assert.equal((await runCommand(['run', 'paint-arena', '-o', output])).status, 0)
  const before = readFileSync(join(output, 'journal.jsonl'), 'utf8')
  const again = await runCommand(['run', 'paint-arena', 'greedy', '-o', output])
  assert.deepEqual([again.status, /FILE_EXISTS/.test(again.err)], [2, true])
  assert.equal(readFileSync(join(output, 'journal.jsonl'), 'utf8'), before)
})

test('replay verify: every kind of damage is status 1 or 2 with its location', async () => {
  const output = join(folder, 'damage')
  await runCommand(['run', 'paint-arena', 'random', 'greedy', '-o', output])
  const lines = readFileSync(join(output, 'journal.jsonl'), 'utf8').trimEnd().split('\n')
  const verify = async (name: string, damaged: readonly string[]) => {
    const path = join(output, `${name}.jsonl`)
    writeFileSync(path, `${damaged.join('\n')}\n`)
    return runCommand(['replay', 'verify', path])
  }
  assert.equal((await verify('whole', lines)).status, 0)
  const line = lines[20] ?? ''
  const cases: [string, readonly string[], RegExp][] = [
    [
      'flipped',
      lines.with(
        20,
        line.replace(/"step":(\d)/, (_, digit) => `"step":${Number(digit) ^ 1}`),
      ),
      /line 21 /,
    ],
    ['dropped', lines.toSpliced(20, 1), /line 21 /],
    ['swapped', lines.with(20, lines[21] ?? '').with(21, line), /line 21 /],
    [
      'version',
      lines.with(0, (lines[0] ?? '').replace('"version":"1.0.0"', '"version":"0.9.0"')),
      /WORLD_VERSION.*0\.9\.0.*1\.0\.0/,
    ],
  ]
  for (const [name, damaged, message] of cases) {
    const verdict = await verify(name, damaged)
    assert.equal(verdict.status, 1, name)
    assert.match(verdict.err, message, name)
  }
})

test('doctor: reports each item once; a data folder that cannot be created is a failure', async () => {
  const file = join(folder, 'a file')
  writeFileSync(file, '')
  const good = await runCommand(['doctor', '--json'], {
    env: { PARACOSM_DATA: join(folder, 'data'), OPENAI_BASE_URL: '', DATABASE_URL: '' },
  })
  assert.equal(good.status, 2, 'an empty variable is named')
  const fine = await runCommand(['doctor', '--json'], { env: { PARACOSM_DATA: join(folder, 'data') } })
  assert.equal(fine.status, 0, fine.out)
  assert.deepEqual(
    JSON.parse(fine.out).checks.map((check: { id: string }) => check.id),
    ['node', 'data', 'engine', 'browser', 'database', 'model'],
  )
  const bad = await runCommand(['doctor'], { env: { PARACOSM_DATA: join(file, 'data') } })
  assert.equal(bad.status, 1)
  const secret = await runCommand(['doctor'], {
    env: {
      PARACOSM_DATA: join(folder, 'data'),
      DATABASE_URL: 'postgres://ada:sesame@127.0.0.1:1/db',
      OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
      OPENAI_API_KEY: 'sesame',
    },
  })
  assert.doesNotMatch(secret.out + secret.err, /sesame/)
})

test('launcher: it works through links and from any folder, and says what to do without the checkout’s Node', () => {
  const link = join(folder, 'a link')
  symlinkSync(LAUNCHER, link)
  assert.equal(spawnSync(link, ['--version'], { cwd: folder }).status, 0)
  const alone = join(folder, 'alone')
  mkdirSync(join(alone, 'bin'), { recursive: true })
  cpSync(LAUNCHER, join(alone, 'bin', 'paracosm'))
  chmodSync(join(alone, 'bin', 'paracosm'), 0o755)
  const { status, stderr } = spawnSync(join(alone, 'bin', 'paracosm'), [], {
    env: { PATH: '/usr/bin:/bin' },
    encoding: 'utf8',
  })
  assert.deepEqual([status, /needs Node 24.*none was found/s.test(stderr), /fix: /.test(stderr)], [2, true, true])
})

test('manifest: the stored manifest of paint-arena is up to date', () => {
  const path = join(ROOT, 'src', 'worlds', 'paint-arena', 'coworld_manifest.json')
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  assert.deepEqual(
    JSON.parse(readFileSync(path, 'utf8')),
    createManifest(paintArena, { version }),
    'run: paracosm world manifest paint-arena',
  )
})
