// The API reference: it is up to date, every export has a doc comment, and every example type-checks.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { readEntryPoints } from '../../scripts/api/declarations.ts'
import { renderReference } from '../../scripts/api-docs.ts'

const ROOT = join(import.meta.dirname, '..', '..')
process.chdir(ROOT)
process.env.PATH = [join(ROOT, 'node_modules', '.bin'), process.env.PATH].join(delimiter)
const entries = readEntryPoints()

/** Entry points whose functions, classes and values all have an example. */
const WITH_EXAMPLES = [
  'paracosm/episode',
  'paracosm/server',
  'paracosm/config',
  'paracosm/world',
  'paracosm/testing',
  'paracosm/client',
  'paracosm/strategy',
]
/** Schemas and constants of the strategy language: docs/strategy.md has an example of each node and of each limit. */
const isLanguage = (entry: string, text: string): boolean =>
  entry === 'paracosm/strategy' && /(?:^|\n)const /.test(text)
/** Entry points whose schemas and types are explained in the reference of their language. */
const TERSE = ['paracosm/strategy']

test('reference: docs/api is what `npm run docs:api` writes', () => {
  const pages = renderReference(entries)
  assert.deepEqual(readdirSync('docs/api').sort(), [...pages.keys()].sort())
  for (const [file, text] of pages) {
    assert.equal(readFileSync(join('docs', 'api', file), 'utf8'), text, `${file} is stale: run npm run docs:api`)
  }
})

test('reference: every export has a doc comment', () => {
  for (const { name, declarations } of entries) {
    assert.ok(declarations.length > 0, name)
    if (TERSE.includes(name)) continue
    const bare = declarations.filter(({ doc }) => doc.text === '').map((each) => each.name)
    assert.deepEqual(bare, [], name)
  }
})

test('reference: every function, class and value of the entry points for programs has an example', () => {
  for (const { name, declarations } of entries) {
    if (!WITH_EXAMPLES.includes(name)) continue
    const bare = declarations
      .filter(({ isValue, doc, text }) => isValue && !isLanguage(name, text) && doc.examples.length === 0)
      .map((each) => each.name)
    assert.deepEqual(bare, [], name)
  }
})

test('reference: every example type-checks against the public entry points alone', () => {
  const folder = mkdtempSync(join(ROOT, 'tmp-docs-'))
  try {
    const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))
    const paths = Object.fromEntries(
      Object.entries(exports as Record<string, { types?: string }>).flatMap(([path, { types }]) => {
        const source = types?.replace('./dist/', '../src/').replace('.d.ts', '.ts')
        return source === undefined ? [] : [[path.replace('.', 'paracosm'), [source]]]
      }),
    )
    let count = 0
    for (const { name, declarations } of entries) {
      for (const { name: thing, doc } of declarations) {
        for (const [index, example] of doc.examples.entries()) {
          writeFileSync(join(folder, `${name.replace('/', '-')}-${thing}-${index}.ts`), `${example}\nexport {}\n`)
          count++
        }
      }
    }
    assert.ok(count >= 25, `${count} examples`)
    const compilerOptions = { paths, allowImportingTsExtensions: true, noUnusedLocals: true }
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: '../tsconfig.json', compilerOptions, include: ['.'] }),
    )
    const { status, stdout } = spawnSync('tsc', ['-p', folder], { encoding: 'utf8' })
    assert.equal(status, 0, stdout)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
