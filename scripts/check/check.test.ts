// Each check finds a planted fault.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { architectureFaults } from './architecture.ts'
import { checkHabits } from './habits.ts'
import { checkLayers } from './layers.ts'
import { checkWords } from './words.ts'

const source = (path: string, text: string) => ({ path, text, code: text })
const faultsOf = (path: string, text: string): string[] => checkLayers([source(path, text)])

test('layers: an import of a higher or equal layer is reported with its line', () => {
  const faults = faultsOf('src/kernel/x.ts', "const a = 1\nimport { b } from '../host/log.ts'\n")
  assert.deepEqual(faults.length, 1)
  assert.match(faults[0] ?? '', /^src\/kernel\/x\.ts:2: import '\.\.\/host\/log\.ts'/)
  assert.equal(faultsOf('src/host/x.ts', "import type { a } from '../transport/http.ts'").length, 1)
  assert.equal(faultsOf('src/adapters/coworld/x.ts', "import { a } from '../session/b.ts'").length, 1)
  assert.equal(faultsOf('src/worlds/foundry/x.ts', "import { a } from '../parley/b.ts'").length, 1)
  assert.equal(faultsOf('src/host/x.ts', "import { a } from '../testing/b.ts'").length, 1)
  assert.equal(faultsOf('src/kernel/x.ts', "import fs from 'node:fs'").length, 1)
  assert.equal(faultsOf('src/server/x.ts', "import pg from 'pg'").length, 1)
})

test('layers: imports of lower layers, and of packages by permitted modules, pass', () => {
  assert.deepEqual(faultsOf('src/host/x.ts', "import { a } from '../episode/b.ts'\nimport fs from 'node:fs'"), [])
  assert.deepEqual(faultsOf('src/store/x.ts', "import pg from 'pg'"), [])
})

test('habits: a clock in a pure module, an assertion, and module state are found', () => {
  const bad = 'export let count = 0\nconst at = Date.now()\nconst x = value as string\n'
  assert.equal(checkHabits([source('src/kernel/x.ts', bad)]).length, 3)
})

test('words: a retired word is reported with its replacement, and old wire formats are exempt', () => {
  const [fault = ''] = checkWords([source('src/host/x.ts', 'const a = new PerceptionDoor()')])
  assert.match(fault, /^src\/host\/x\.ts:1: PerceptionDoor: .*Adapter/)
  assert.deepEqual(checkWords([source('src/worlds/frontier/x.ts', 'take a seat')]), [])
  assert.deepEqual(checkWords([source('src/kernel/journal-upgrade.ts', "'seats' in value")]), [])
})

test('architecture: a wrong layer, a missing file and a backward path are found', () => {
  const page = '| 4 | `src/kernel` | x |\n\n## One command\n`host/a.ts` `server/b.ts` `host/c.ts`\n\n## End\n'
  const faults = architectureFaults(page, (path) => path !== 'server/b.ts')
  assert.ok(faults.some((fault) => /src\/kernel is in layer 1, not 4/.test(fault)))
  assert.ok(faults.some((fault) => /there is no src\/server\/b\.ts/.test(fault)))
  assert.ok(faults.some((fault) => /enters src\/host twice/.test(fault)))
})
