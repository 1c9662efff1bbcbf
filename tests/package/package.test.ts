import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startProcess } from '../../src/testing/cli.ts'
import { packPackage } from '../../src/testing/packed-package.ts'
import { until } from '../../src/testing/until.ts'
import { openWire } from '../../src/testing/wire.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'paracosm package '))
after(() => rmSync(folder, { recursive: true }))

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

/** The tarball, installed in an empty folder together with the Node of this checkout. */
const app = join(folder, 'app')
mkdirSync(app)
const tarball = packPackage(folder)
writeFileSync(join(app, 'package.json'), '{"name":"app","version":"1.0.0","type":"module","private":true}')
run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', tarball], app)
symlinkSync(join(ROOT, 'node_modules', 'node'), join(app, 'node_modules', 'node'))
const bin = join(app, 'node_modules', '.bin', 'paracosm')

test('package: it contains no TypeScript source, no tests and no machine paths', () => {
  const files = run('tar', ['-tzf', tarball], folder).trim().split('\n')
  assert.ok(files.length > 50)
  for (const file of files) {
    assert.doesNotMatch(file, /(?<!\.d)\.ts$|\.test\.|fixtures|tsconfig/, file)
  }
})

test('package: the installed package runs an episode, and the recording verifies', () => {
  const output = join(folder, 'match')
  const ran = JSON.parse(run(bin, ['run', 'paint-arena', 'sweep', 'greedy', '-o', output, '--json'], folder))
  assert.equal(ran.outcome.ended, 'terminated')
  const verified = JSON.parse(run(bin, ['replay', 'verify', join(output, 'journal.jsonl'), '--json'], folder))
  assert.deepEqual([verified.ok, verified.hash], [true, ran.hash])
})

test('package: every public entry point loads and exports something', () => {
  const exported = Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).exports)
  const names = exported
    .filter((name) => !name.endsWith('.json') && name !== './testing')
    .map((name) => name.replace('.', 'paracosm'))
  const script = `for (const name of ${JSON.stringify(names)}) console.log(name, Object.keys(await import(name)).length)`
  writeFileSync(join(app, 'load.mjs'), script)
  const loaded = run(join(ROOT, 'node_modules', 'node', 'bin', 'node'), ['load.mjs'], app)
    .trim()
    .split('\n')
  assert.equal(loaded.length, names.length)
  for (const line of loaded) assert.ok(Number(line.split(' ')[1]) > 0, line)
})

test('package: the server serves its pages and compiled scripts', async () => {
  const server = startProcess(bin, ['serve', '--port', '0'], {
    cwd: folder,
    env: { PARACOSM_DATA: join(folder, 'data') },
  })
  const [, url = ''] = await server.sees(/Paracosm is at (\S+)/)
  const home = await (await fetch(url)).text()
  assert.match(home, /Paracosm/)
  const script = await fetch(url + (/src="(\/_app\/[^"]+\.js)"/.exec(home)?.[1] ?? ''))
  assert.equal(script.status, 200)
  assert.doesNotMatch(await script.text(), /: Promise</)
  const entries = async () =>
    ((await (await fetch(`${url}/api/episodes`)).json()) as { entries: { id: string }[] }).entries
  const live = await until('a match of the showcase', async () => {
    const found = await entries()
    return found.length === 0 ? undefined : found
  })
  const viewer = await openWire(`${url.replace('http', 'ws')}/episodes/${live[0]?.id}/global`)
  assert.equal((await viewer.next()).type, 'state')
  server.kill('SIGTERM')
  assert.equal(await server.ended, 0)
})
