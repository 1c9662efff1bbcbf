import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Character, NewCharacter } from '../src/protocol/character.ts'
import { readBlocks } from '../src/testing/docs-page.ts'
import { PAGE_PATH, withTables } from './characters-docs.ts'

const page = readFileSync(PAGE_PATH, 'utf8')

test('docs: the tables of the characters are those of the data (node scripts/characters-docs.ts)', () => {
  assert.equal(page, withTables(page))
})

test('docs: every character shown in full could be created as it stands', () => {
  const shown = readBlocks(page).filter(({ language }) => language === 'json')
  assert.ok(shown.length >= 2)
  for (const { text } of shown) {
    const document = Character.parse(JSON.parse(text))
    assert.equal(NewCharacter.safeParse(document).error, undefined, document.hid)
  }
})
