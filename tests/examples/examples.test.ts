// The projects in examples/ as a user runs them: this package from its tarball, ESM, under TypeScript 7 and 5.9.
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { installProject, packPackage, runTool } from '../../src/testing/packed-package.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'paracosm examples '))
after(() => rmSync(folder, { recursive: true }))
const project = join(folder, 'programs')

before(() => {
  const tarball = packPackage(folder)
  cpSync(join(ROOT, 'examples', 'programs'), project, { recursive: true })
  const path = join(project, 'package.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8'))
  const { dependencies, devDependencies, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  assert.equal(manifest.dependencies.paracosm, version)
  assert.equal(manifest.dependencies.zod, dependencies.zod)
  assert.equal(manifest.devDependencies.typescript, devDependencies.typescript)
  manifest.dependencies.paracosm = `file:${tarball}`
  // `paracosm/testing` is checked too, and needs its peer dependencies.
  Object.assign(manifest.devDependencies, {
    'typescript-5': 'npm:typescript@5.9.3',
    'fast-check': devDependencies['fast-check'],
  })
  writeFileSync(path, JSON.stringify(manifest))
  const names = ['client', 'config', 'episode', 'protocol', 'server', 'strategy', 'testing', 'world']
  writeFileSync(join(project, 'all.ts'), names.map((name) => `export * as ${name} from 'paracosm/${name}'`).join('\n'))
  installProject(project)
})

for (const name of ['typescript', 'typescript-5']) {
  test(`examples: every entry point and the programs type-check under ${name}, including libraries`, () => {
    const { version } = JSON.parse(readFileSync(join(project, 'node_modules', name, 'package.json'), 'utf8'))
    assert.match(version, name === 'typescript' ? /^7\./ : /^5\.9\./)
    runTool('node', [join('node_modules', name, 'bin', 'tsc'), '-p', '.'], project)
  })
}

test('examples: the tournament runs to its end, and its journal verifies', () => {
  const out = runTool('npm', ['run', '-s', 'tournament'], project)
  assert.match(out, /^thoughtful won (?:3\d|40) of 40$/m)
  assert.match(out, /^verified: true; at step \d+: \{"left":\d+,"turn":[01]\}$/m)
  assert.match(out, /^scores: \d:\d, with modulo in slot 1: \d:\d$/m)
})

test('examples: the host serves its world and prints the results', () => {
  assert.match(runTool('npm', ['run', '-s', 'host'], project), /^finished: (?:1:0|0:1)$/m)
})
