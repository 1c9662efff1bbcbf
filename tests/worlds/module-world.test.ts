// A user's own world in every command that takes a world, through the real command line.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type CliResult, runCommand, startCommand } from '../../src/testing/cli.ts'
import { openWire } from '../../src/testing/wire.ts'
import { worldModule } from '../../src/testing/world-module.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm module '))
const elsewhere = mkdtempSync(join(tmpdir(), 'paracosm elsewhere '))
after(() => {
  for (const each of [folder, elsewhere]) rmSync(each, { recursive: true })
})

async function run(args: readonly string[], cwd = folder): Promise<CliResult> {
  return runCommand(args, { cwd, env: { PARACOSM_DATA: join(folder, 'data') } })
}

async function json(args: readonly string[], cwd = folder): Promise<any> {
  const { status, out, err } = await run([...args, '--json'], cwd)
  assert.equal(status, 0, `${args.join(' ')}\n${out}${err}`)
  return JSON.parse(out)
}

before(async () => {
  writeFileSync(join(folder, 'package.json'), '{"name":"@lab/heap","version":"0.3.0","type":"module"}')
  writeFileSync(join(folder, 'heap.ts'), worldModule())
  const ran = await json(['run', './heap.ts', 'one', 'two', '--seed', '4', '-o', 'match'])
  assert.equal(ran.world.id, 'heap')
})

test('module world: its journal is shown, verified and forked next to the module', async () => {
  const shown = await json(['replay', 'show', 'match/journal.jsonl', '--step', '1'])
  assert.deepEqual(shown.header.world.package, { name: '@lab/heap', version: '0.3.0', module: 'heap.ts' })
  assert.equal((await json(['replay', 'verify', 'match/journal.jsonl'])).ok, true)
  const forked = await json([
    'replay',
    'fork',
    'match/journal.jsonl',
    '--at',
    '2',
    '--player',
    '1=one',
    '-o',
    'fork.jsonl',
  ])
  assert.equal(forked.parent.step, 2)
  assert.equal((await json(['replay', 'verify', 'fork.jsonl'])).ok, true)
})

test('module world: elsewhere the journal says what to install, and --world names the module', async () => {
  const journal = join(folder, 'match', 'journal.jsonl')
  const refused = await run(['replay', 'verify', journal], elsewhere)
  assert.equal(refused.status, 2)
  assert.match(refused.err, /Install @lab\/heap@0\.3\.0, or name the world's module with --world/)
  const module = join(folder, 'heap.ts')
  assert.equal((await json(['replay', 'verify', journal, '--world', module], elsewhere)).ok, true)
  assert.ok((await json(['replay', 'show', journal, '--step', '1', '--world', module], elsewhere)).view)
  const forked = ['replay', 'fork', journal, '--at', '1', '--player', '0=two', '-o', 'f.jsonl', '--world', module]
  assert.equal((await json(forked, elsewhere)).ok, true)
  const imported = await json(
    ['log', 'import', journal, '--world', module, '--data', join(elsewhere, 'data')],
    elsewhere,
  )
  assert.equal(imported.kind, 'journal')
})

test('module world: list, show, schema and headless work', async () => {
  const listed = await json(['world', 'list', '--world', './heap.ts'])
  assert.ok(listed.some((each: { id: string }) => each.id === 'heap'))
  assert.equal((await json(['world', 'show', './heap.ts'])).id, 'heap')
  assert.ok((await json(['world', 'schema', './heap.ts', '--of', 'command'])).properties.take)
  const report = await json(['headless', '--world', './heap.ts', '--ticks', '2'])
  assert.equal(report.ok, true)
})

test('module world: its manifest names the module, and the package runs and is certified', async () => {
  const manifest = await json(['world', 'manifest', './heap.ts'])
  assert.deepEqual(manifest.game.runnable.run, ['paracosm', 'world', 'serve', './heap.ts'])
  assert.deepEqual(manifest.player[0].run, ['paracosm', 'player', './heap.ts', 'one'])
  assert.equal(manifest.game.runnable.image, 'lab/heap:0.3.0')
  writeFileSync(join(folder, 'coworld_manifest.json'), JSON.stringify(manifest))
  const certified = await json(['coworld', 'certify', 'coworld_manifest.json', '--runtime', 'process'])
  assert.equal(certified.certified, true)
  const results = await json(['run', './heap.ts', 'one', '--runtime', 'process', '--tick-rate', '30', '-o', 'package'])
  assert.equal(results.results.scores.length, 2)
})

test('module world: world certify passes with the conformance suite, also from another folder', async () => {
  const report = await json(['world', 'certify', join(folder, 'heap.ts')], elsewhere)
  assert.equal(report.certified, true)
})

test('module world: a server offers it, and imports nothing named over HTTP', async () => {
  mkdirSync(join(folder, 'served'))
  writeFileSync(join(folder, 'served', 'other.ts'), 'process.exit(99)')
  const server = startCommand(['serve', '--port', '0', '--no-showcase', '--world', './heap.ts', '--data', 'served'], {
    cwd: folder,
  })
  try {
    const [, url = ''] = await server.sees(/Paracosm is at (\S+)/)
    const start = (world: string) =>
      fetch(`${url}/api/episodes`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ world, players: ['one', 'two'], seed: 1, tick_rate: 20 }),
      })
    for (const name of ['./served/other.ts', join(folder, 'served', 'other.ts'), 'zod', './heap.ts']) {
      assert.equal((await start(name)).status, 404, name)
    }
    const started = await start('heap')
    assert.equal(started.status, 201)
    const { episode } = (await started.json()) as { episode: { id: string } }
    const viewer = await openWire(`${url.replace('http', 'ws')}/episodes/${episode.id}/global`)
    assert.equal((await viewer.next()).type, 'state')
    const worlds = (await (await fetch(`${url}/api/worlds`)).json()) as { id: string }[]
    assert.ok(worlds.some(({ id }) => id === 'heap'))
  } finally {
    server.kill('SIGTERM')
    await server.ended
  }
})

test('module world: replay open shows its journal', async () => {
  const open = startCommand(['replay', 'open', 'match/journal.jsonl'], { cwd: folder })
  try {
    const [, port] = await open.sees(/127\.0\.0\.1:(\d+)/)
    const page = await fetch(`http://127.0.0.1:${port}/clients/replay`)
    assert.equal(page.status, 200)
  } finally {
    open.kill('SIGTERM')
    await open.ended
  }
})

test('module world: a mistyped world is not read as a manifest, and a manifest below ./ is not a world', async () => {
  const mistyped = await run(['run', 'paint-arean'])
  assert.match(mistyped.err, /UNKNOWN_WORLD.*\n.*Did you mean paint-arena/)
  const missing = await run(['run', './heep.ts'])
  assert.match(missing.err, /UNKNOWN_WORLD/)
  const unperceived = await run(['perception', 'serve', './heap.ts', '--no-auth', '--port', '0'])
  assert.match(unperceived.err, /NOT_PERCEIVED/)
  const text = readFileSync(join(folder, 'coworld_manifest.json'), 'utf8')
  writeFileSync(join(folder, 'copy.json'), text)
  const ran = await run(['run', './copy.json', '--runtime', 'process', '--tick-rate', '30', '-o', 'copied', '--json'])
  assert.equal(ran.status, 0, ran.err)
})
