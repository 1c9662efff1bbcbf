import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CONTENT } from '../src/worlds/frontier/content/content.ts'
import { FAILURES } from '../src/worlds/frontier/state.ts'
import { SHEET_PATH, withCatalogue } from './frontier-catalogue.ts'
import { drawMap, MAP_PATH } from './frontier-map.ts'

test('docs: the map of frontier matches its content (node scripts/frontier-map.ts)', () => {
  assert.equal(readFileSync(MAP_PATH, 'utf8'), drawMap(CONTENT))
})

test('docs: the catalogue of frontier matches its content (node scripts/frontier-catalogue.ts)', () => {
  const sheet = readFileSync(SHEET_PATH, 'utf8')
  assert.equal(sheet, withCatalogue(sheet, CONTENT))
})

test('docs: the data sheet of frontier explains every failure code', () => {
  const sheet = readFileSync(SHEET_PATH, 'utf8')
  for (const code of FAILURES) assert.ok(sheet.includes(`\`${code}\``), code)
})
