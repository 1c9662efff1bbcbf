// Each check finds a planted fault.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { architectureFaults } from './architecture.ts'
import { checkHabits } from './habits.ts'
import { checkLayers } from './layers.ts'
import { checkStyles } from './styles.ts'
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

test('layers: the client uses the two browser-safe files of src/lib, and those import nothing else', () => {
  assert.deepEqual(faultsOf('src/client/x.ts', "import { sleep } from '../lib/sleep.ts'"), [])
  assert.equal(faultsOf('src/client/x.ts', "import { Mutex } from '../lib/mutex.ts'").length, 1)
  assert.equal(faultsOf('src/client/x.ts', "import { AppError } from '../kernel/errors.ts'").length, 1)
  assert.deepEqual(faultsOf('src/lib/retry.ts', "import { sleep } from './sleep.ts'"), [])
  assert.equal(faultsOf('src/lib/retry.ts', "import { AppError } from '../kernel/errors.ts'").length, 1)
  assert.equal(faultsOf('src/lib/sleep.ts', "import { setTimeout } from 'node:timers/promises'").length, 1)
})

test('habits: a clock in a pure module, an assertion, and module state are found', () => {
  const bad = 'export let count = 0\nconst at = Date.now()\nconst x = value as string\n'
  assert.equal(checkHabits([source('src/kernel/x.ts', bad)]).length, 3)
})

test('styles: a class that no stylesheet has, and one that no code names, are found', () => {
  const css = source(
    'web/a.module.css',
    '.one { width: 1.5em }\n@media (width > 1px) { .two:hover > .three { top: 0 } }',
  )
  const using = (code: string) =>
    checkStyles([css, source('web/a.tsx', `import styles from './a.module.css'\n${code}`)])
  assert.deepEqual(using('const a = [styles.one, styles.two, styles.three]'), [])
  assert.deepEqual(using('const a = [styles.one, styles.two, styles.three]\nconst b = styles.four'), [
    'web/a.tsx:3: web/a.module.css has no class .four',
  ])
  assert.deepEqual(using('const a = [styles.one, styles.two]'), ['web/a.module.css: no code names .three'])
  assert.deepEqual(using('const a = styles[kind]'), [], 'classes that a value chooses')
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
