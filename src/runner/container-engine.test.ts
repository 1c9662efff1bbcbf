import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { findEngine, parseCommandLine } from './container-engine.ts'

const LINES: readonly (readonly [string, readonly string[]])[] = [
  ['docker', ['docker']],
  ['  sudo   docker ', ['sudo', 'docker']],
  ["'/a path/engine.sh' --x", ['/a path/engine.sh', '--x']],
  ['"/a \\"path\\"/e" y', ['/a "path"/e', 'y']],
  ['/a\\ path/e', ['/a path/e']],
  ['podman --root="/x y"/z', ['podman', '--root=/x y/z']],
  ["''", ['']],
]
for (const [text, words] of LINES) {
  test(`engine command line: ${text} is split as a shell would`, () => assert.deepEqual(parseCommandLine(text), words))
}

for (const text of ['', '   ', "'open", '"open', 'trailing\\']) {
  test(`engine command line: ${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => parseCommandLine(text), { code: 'USAGE' })
  })
}

test('engine command line: quoted words round-trip', () => {
  const quote = (word: string) => `'${word.replaceAll("'", `'"'"'`)}'`
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), (words) => {
      assert.deepEqual(parseCommandLine(words.map(quote).join(' ')), words)
    }),
  )
})

function fakeEngine(script: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'an engine ')), 'engine')
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return `'${path}'`
}

test('engine: its kind is detected from its version output', async () => {
  const docker = fakeEngine('case $1 in --version) echo "Docker version 27.1";; *) echo 27.1;; esac')
  const podman = fakeEngine('case $1 in --version) echo "podman version 4.3.1";; *) echo 4.3.1;; esac')
  assert.deepEqual((await findEngine({ environment: {}, command: docker })).kind, 'docker')
  const found = await findEngine({ environment: {}, command: podman })
  assert.deepEqual([found.kind, found.version], ['podman', '4.3.1'])
})

test('engine: a command line without a running daemon is refused, and the error quotes its output', async () => {
  const command = fakeEngine('case $1 in --version) echo Docker;; *) echo "no daemon" >&2; exit 1;; esac')
  await assert.rejects(findEngine({ environment: {}, command }), { code: 'ENGINE_MISSING', message: /no daemon/ })
  await assert.rejects(findEngine({ environment: { PATH: '/nowhere' } }), {
    code: 'ENGINE_MISSING',
    message: /docker: .*podman: /,
  })
})
