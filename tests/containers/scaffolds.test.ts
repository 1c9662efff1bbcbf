// The Dockerfiles of `paracosm init`: each image is built, and the package is certified in containers as it was written.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Engine } from '../../src/runner/container-engine.ts'
import { installProject, packPackage, runTool } from '../../src/testing/packed-package.ts'
import { buildNodeBase, buildPythonBase } from './base-images.ts'
import { environment, skipReason, testEngine } from './engine.ts'

const folder = mkdtempSync(join(tmpdir(), 'scaffold images '))
after(() => rmSync(folder, { recursive: true, force: true }))
const LAUNCHER = join(import.meta.dirname, '..', '..', 'bin', 'paracosm')

/** node_modules as `npm install --omit=dev` makes them in a project. */
function modulesOf(project: string): string {
  const copy = `${project} installed`
  cpSync(project, copy, { recursive: true })
  const path = join(copy, 'package.json')
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), devDependencies: {} }))
  installProject(copy)
  return join(copy, 'node_modules')
}

/** Builds the image that the manifest names, from another base, and certifies the package in containers. */
async function certify(project: string, name: string, baseOf: (engine: Engine) => string): Promise<void> {
  const { engine, command, leftBehind } = await testEngine()
  const file = join(project, 'Dockerfile')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^FROM .*/m, `FROM ${baseOf(engine)}`))
  const [program, ...first] = engine.argv
  execFileSync(program, [...first, 'build', '--quiet', '--tag', `${name}:0.1.0`, '--file', file, project], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const { stdout, stderr } = spawnSync(LAUNCHER, ['coworld', 'certify', 'coworld_manifest.json', '--json'], {
    cwd: project,
    env: { ...environment, PARACOSM_CONTAINER_ENGINE: command },
    encoding: 'utf8',
  })
  assert.equal(JSON.parse(stdout || '{}').certified, true, `${stdout}${stderr}`)
  assert.deepEqual(leftBehind(), [])
}

test('containers: the image of a scaffolded world builds, with paracosm from a tarball, and is certified', {
  skip: skipReason,
}, async () => {
  const tarball = packPackage(folder)
  runTool(LAUNCHER, ['init', 'world', 'sealed-cards', '--paracosm', `file:${tarball}`], folder)
  const project = join(folder, 'sealed-cards')
  await certify(project, 'sealed-cards', (engine) => buildNodeBase(engine, modulesOf(project)))
})

test('containers: the image of a scaffolded game in TypeScript builds and is certified', {
  skip: skipReason,
}, async () => {
  runTool(LAUNCHER, ['init', 'game', 'highest-ts', '--language', 'typescript'], folder)
  const project = join(folder, 'highest-ts')
  await certify(project, 'highest-ts', (engine) => buildNodeBase(engine, modulesOf(project)))
})

test('containers: the image of a scaffolded game in Python builds and is certified', { skip: skipReason }, async () => {
  runTool(LAUNCHER, ['init', 'game', 'highest-py', '--language', 'python'], folder)
  await certify(join(folder, 'highest-py'), 'highest-py', buildPythonBase)
})
