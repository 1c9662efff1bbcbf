import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CHARACTER_LIMITS, Character, NewCharacter } from '../src/protocol/character.ts'
import { readBlocks } from '../src/testing/docs-page.ts'
import { SEED_DEPTH_LIMIT, SEED_DOCUMENT_LIMIT, SEED_TEXT_LIMIT } from '../src/worlds/parley/characters/seed-text.ts'
import { PAGE_PATH, withTables } from './characters-docs.ts'

const page = readFileSync(PAGE_PATH, 'utf8')

test('docs: the character tables match the data (node scripts/characters-docs.ts)', () => {
  assert.equal(page, withTables(page))
})

test('docs: every complete sample character is valid as a new character', () => {
  const shown = readBlocks(page).filter(({ language }) => language === 'json')
  assert.ok(shown.length >= 2)
  for (const { text } of shown) {
    const document = Character.parse(JSON.parse(text))
    assert.equal(NewCharacter.safeParse(document).error, undefined, document.hid)
  }
})

test('docs: the documented limits match the code', () => {
  const { text, item, list } = CHARACTER_LIMITS
  assert.match(
    page,
    new RegExp(
      `a text has at most ${grouped(text)} Unicode code points;[^;]* ${grouped(item)}; a\\s+list\\s+has at most ${list} items`,
    ),
  )
  assert.ok(page.includes(`| input text | ${SEED_TEXT_LIMIT / 2 ** 20} × 2²⁰ UTF-16 units |`))
  assert.ok(page.includes(`| documents per input | ${grouped(SEED_DOCUMENT_LIMIT)} |`))
  assert.ok(page.includes(`| nesting of lists and objects in a document | ${SEED_DEPTH_LIMIT} levels |`))
})

const grouped = (count: number): string => count.toLocaleString('en')
