// The command lines of docs/packages.md that need a container engine.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { docCommands, runLine } from '../runner/doc-commands.ts'
import { buildImage, skipReason, testEngine, writePackage } from './engine.ts'

test('docs: the container commands of docs/packages.md work', { skip: skipReason }, async () => {
  const { engine, command, leftBehind } = await testEngine()
  const cwd = mkdtempSync(join(tmpdir(), 'the docs '))
  writeFileSync(join(cwd, 'coworld_manifest.json'), readFileSync(writePackage(buildImage(engine)), 'utf8'))
  assert.equal(docCommands('containers').length, 2)
  for (const line of docCommands('containers')) {
    const { status, stderr } = runLine(line, cwd, { PARACOSM_CONTAINER_ENGINE: command })
    assert.equal(status, 0, `${line}\n${stderr}`)
  }
  assert.deepEqual(leftBehind(), [])
})
