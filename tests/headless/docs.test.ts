// Every command line of the pages runs and prints what the pages show, and their tables match the catalogue.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fillPage, PAGES } from '../../scripts/foundry-docs.ts'
import { REFUSALS } from '../../src/worlds/foundry/commands.ts'

for (const page of PAGES) {
  test(`docs: ${page} shows what the program prints (node scripts/foundry-docs.ts brings it up to date)`, () => {
    assert.equal(fillPage(page), readFileSync(page, 'utf8'))
  })
}

test('docs: docs/worlds/foundry.md documents every refusal', () => {
  const text = readFileSync('docs/worlds/foundry.md', 'utf8')
  for (const code of REFUSALS) assert.match(text, new RegExp(`^\\| \`${code}\` \\|`, 'm'))
})
