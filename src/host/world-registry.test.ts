import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createMemorySink } from '../episode/sink.ts'
import { AppError, type ErrorCode } from '../kernel/errors.ts'
import type { JournalHeader } from '../protocol/journal.ts'
import { worldModule } from '../testing/world-module.ts'
import { nim } from '../testing/worlds.ts'
import { EpisodeService } from './episode-service.ts'
import { builtInWorlds, createWorldRegistry, type WorldRegistry } from './world-registry.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm worlds '))
after(() => rmSync(folder, { recursive: true }))
let count = 0

/** A new project folder with these files. */
function project(files: Readonly<Record<string, string>>): string {
  const root = join(folder, `project-${++count}`)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true })
    writeFileSync(join(root, name), text)
  }
  return root
}

const manifest = (name: string, version = '1.2.3', more: object = {}): string =>
  JSON.stringify({ name, version, type: 'module', ...more })

async function fails(work: Promise<unknown>, code: ErrorCode, text: RegExp): Promise<AppError> {
  const error = await work.then(
    () => assert.fail('it worked'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof AppError, String(error))
  assert.equal(error.code, code)
  assert.match(`${error.message} ${error.hint}`, text)
  return error
}

async function record(worlds: WorldRegistry, name: string): Promise<JournalHeader> {
  const episode = await new EpisodeService({ worlds }).start({
    world: await worlds.load(name),
    seed: 1,
    slots: ['one', 'one'],
    pacing: { mode: 'fast' },
    kind: 'test',
    sink: createMemorySink(),
  })
  episode.begin()
  await episode.done
  return episode.header
}

test('world registry: only worlds that ship with Paracosm are built in', async () => {
  const given = { ...(await builtInWorlds().load('paint-arena')), id: 'given' }
  const registry = await createWorldRegistry({ worlds: [given] })
  assert.equal(registry.isBuiltIn(await registry.load('paint-arena')), true)
  assert.equal(registry.isBuiltIn(await registry.load('given')), false)
})

test('worlds: a built-in world is found by id and has no package', async () => {
  const worlds = builtInWorlds(folder)
  const world = await worlds.load('paint-arena')
  assert.equal(world.id, 'paint-arena')
  assert.ok(worlds.has('paint-arena') && worlds.ids().includes('foundry'))
  assert.deepEqual([worlds.packageOf(world), worlds.pathOf(world)], [undefined, undefined])
})

test('worlds: a path, with and without extension, absolute or in a folder, names a module', async () => {
  const root = project({
    'package.json': manifest('@lab/heap'),
    'heap.ts': worldModule(),
    'duel/world.ts': worldModule({ id: 'duel' }),
  })
  const worlds = builtInWorlds(root)
  const world = await worlds.load('./heap.ts')
  assert.equal(await worlds.load('heap'), world, 'known by its id once it is loaded')
  assert.equal(worlds.pathOf(world), join(root, 'heap.ts'))
  assert.deepEqual(worlds.packageOf(world), { name: '@lab/heap', version: '1.2.3', module: 'heap.ts' })
  assert.equal((await builtInWorlds(root).load(join(root, 'heap.ts'))).id, 'heap')
  assert.equal((await worlds.load('./duel')).id, 'duel')
  assert.ok(worlds.ids().includes('duel'))
})

test('worlds: a coworld manifest, an address and an unknown word do not name a world', () => {
  const root = project({ 'package.json': manifest('x'), 'coworld_manifest.json': '{}' })
  const worlds = builtInWorlds(root)
  for (const name of [
    './coworld_manifest.json',
    '/tmp/m.json',
    'https://x.org/world.ts',
    'cow_123',
    'node:fs',
    'fs',
    'nobody',
  ]) {
    assert.equal(worlds.has(name), false, name)
  }
})

test('worlds: an installed package is found by name, scoped name and subpath, and from the folder alone', async () => {
  const root = project({
    'package.json': manifest('app'),
    'node_modules/heap-world/package.json': manifest('heap-world', '2.0.0', {
      exports: { '.': './main.js', './duel': './duel.js' },
    }),
    'node_modules/heap-world/main.js': worldModule({ id: 'heap' }),
    'node_modules/heap-world/duel.js': worldModule({ id: 'duel' }),
    'node_modules/@lab/import-only/package.json': manifest('@lab/import-only', '0.1.0', {
      exports: { import: './w.js' },
    }),
    'node_modules/@lab/import-only/w.js': worldModule({ id: 'imported' }),
  })
  const worlds = builtInWorlds(root)
  assert.ok(worlds.has('heap-world'))
  const world = await worlds.load('heap-world')
  assert.deepEqual(worlds.packageOf(world), { name: 'heap-world', version: '2.0.0', module: 'main.js' })
  assert.equal((await worlds.load('heap-world/duel')).id, 'duel')
  assert.equal((await worlds.load('@lab/import-only')).id, 'imported')
  assert.equal(builtInWorlds(folder).has('heap-world'), false)
})

test('worlds: the export `default` takes precedence over `world`, then a single other export is used', async () => {
  const both = `${worldModule({ id: 'named', exported: 'export const world =' })}
export default { ...world, id: 'preferred' }\nexport const other = { ...world, id: 'other' }\n`
  const root = project({
    'package.json': manifest('exports'),
    'both.ts': both,
    'named.ts': both.replace(/export default .*\n/, ''),
    'only.ts': worldModule({ id: 'only', exported: 'export const anything =' }),
  })
  const ids = ['./both.ts', './named.ts', './only.ts'].map(async (name) => (await builtInWorlds(root).load(name)).id)
  assert.deepEqual(await Promise.all(ids), ['preferred', 'named', 'only'])
})

test('worlds: a module that does not load or exports no world, several or an incomplete one is WORLD_INVALID', async () => {
  const root = project({
    'package.json': manifest('broken'),
    'syntax.ts': 'export const = 1',
    'throws.ts': 'throw new Error("out of berries")',
    'none.ts': 'export const answer = 42',
    'half.ts': 'export default { id: "half", version: "1.0.0", title: "", summary: "" }',
    'two.ts': `${worldModule({ exported: 'export const a =' })}export const b = { ...a }\n`,
  })
  const worlds = builtInWorlds(root)
  await fails(worlds.load('./syntax.ts'), 'WORLD_INVALID', /cannot be loaded/)
  const thrown = await fails(worlds.load('./throws.ts'), 'WORLD_INVALID', /out of berries/)
  assert.ok(thrown.cause instanceof Error)
  for (const name of ['none', 'half', 'two'])
    await fails(worlds.load(`./${name}.ts`), 'WORLD_INVALID', /exports no world/)
})

test('worlds: an unknown name gets the closest match and the allowed names', async () => {
  const worlds = builtInWorlds(folder)
  await fails(worlds.load('paint-arean'), 'UNKNOWN_WORLD', /Did you mean paint-arena\?/)
  await fails(worlds.load('./nothing.ts'), 'UNKNOWN_WORLD', /path of a module such as/)
})

test('worlds: values and modules are registered together, and duplicate ids are refused', async () => {
  const root = project({ 'package.json': manifest('two'), 'a.ts': worldModule(), 'b.ts': worldModule() })
  const worlds = await createWorldRegistry({ worlds: [nim], modules: ['./a.ts'], from: root })
  assert.deepEqual(worlds.ids().slice(-2), ['nim', 'heap'])
  assert.equal(await worlds.load('nim'), nim)
  await fails(worlds.load('./b.ts'), 'WORLD_INVALID', /two worlds have the id heap/)
})

test('worlds: a journal names package, version and module, and another registry finds the world by them', async () => {
  const root = project({ 'package.json': manifest('@lab/heap', '3.1.0'), 'worlds/heap.ts': worldModule() })
  const header = await record(builtInWorlds(root), './worlds/heap.ts')
  assert.deepEqual(header.world.package, { name: '@lab/heap', version: '3.1.0', module: 'worlds/heap.ts' })
  const world = await builtInWorlds(root).loadRecorded(header)
  assert.equal(world.id, 'heap')
  assert.equal((await builtInWorlds(join(root, 'worlds')).loadRecorded(header)).id, 'heap')
})

test('worlds: a journal whose package is missing says what to install, and plays with a named module', async () => {
  const root = project({ 'package.json': manifest('@lab/heap', '3.1.0'), 'heap.ts': worldModule() })
  const header = await record(builtInWorlds(root), './heap.ts')
  const worlds = builtInWorlds(folder)
  await fails(
    worlds.loadRecorded(header),
    'UNKNOWN_WORLD',
    /comes from @lab\/heap.*Install @lab\/heap@3\.1\.0.*--world/s,
  )
  assert.equal((await worlds.loadRecorded(header, join(root, 'heap.ts'))).id, 'heap')
  await fails(
    worlds.loadRecorded(header, 'paint-arena'),
    'UNKNOWN_WORLD',
    /recorded with heap; paint-arena is paint-arena/,
  )
})

test('worlds: a journal of another version is refused with the version to install', async () => {
  const root = project({ 'package.json': manifest('heap', '1.0.0'), 'heap.ts': worldModule({ version: '1.0.0' }) })
  const header = await record(builtInWorlds(root), './heap.ts')
  const later = project({ 'package.json': manifest('heap', '2.0.0'), 'heap.ts': worldModule({ version: '2.0.0' }) })
  await fails(
    builtInWorlds(later).loadRecorded(header),
    'WORLD_VERSION',
    /heap 1\.0\.0; 2\.0\.0.*Install heap@1\.0\.0/s,
  )
})

test('worlds: a hostile journal imports neither a path nor a file outside of the package that it names', async () => {
  const root = project({
    'package.json': manifest('app'),
    'evil.ts': 'globalThis.isEvil = true\nexport const x = 1',
    'node_modules/heap/package.json': manifest('heap'),
    'node_modules/heap/readme.md': '',
  })
  const header = await record(
    builtInWorlds(project({ 'package.json': manifest('h'), 'heap.ts': worldModule() })),
    './heap.ts',
  )
  const worlds = builtInWorlds(root)
  const evil = join(root, 'evil.ts')
  const named = [
    { id: 'heap', version: '1.0.0', package: { name: evil, version: '1.0.0' } },
    { id: 'heap', version: '1.0.0', package: { name: './evil.ts', version: '1.0.0' } },
    { id: 'heap', version: '1.0.0', package: { name: 'heap', version: '1.0.0', module: '../../evil.ts' } },
    { id: 'heap', version: '1.0.0', package: { name: 'heap', version: '1.0.0', module: evil } },
    { id: evil, version: '1.0.0' },
    { id: './evil.ts', version: '1.0.0' },
  ]
  for (const world of named) await fails(worlds.loadRecorded({ ...header, world }), 'UNKNOWN_WORLD', /world/)
  assert.equal('isEvil' in globalThis, false)
})
