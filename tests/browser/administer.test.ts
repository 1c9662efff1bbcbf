// Administration in the browser: editing and importing characters, jobs, text games, storage, and the coverage page.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { createClient } from '../../src/client/index.ts'
import { startServer } from '../../src/server/app.ts'
import { JobQueue } from '../../src/store/jobs/job-queue.ts'
import { openStore, storeInFolder } from '../../src/store/store.ts'
import { NO_BROWSER } from '../../src/testing/browser.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { faultsOf, startWebBrowser, WIDTHS, type WidthName } from '../../src/testing/web.ts'

const ADMIN = 'dcs-ak-administrator'
const folder = mkdtempSync(join(tmpdir(), 'paracosm-administer-'))
/** A job without a worker: it waits until it is cancelled. */
const store = await openStore(storeInFolder(folder, { mode: 'create', runs: 'thread' }))
const { id: job } = await new JobQueue(store).enqueue({ queue: 'nobody', payload: {} })
await store.close()
const browser = NO_BROWSER ? undefined : await startWebBrowser()
const server = await startServer({
  dataDir: folder,
  ...TEST_SERVER,
  logLevel: 'silent',
  version: '0.0.0-test',
  sessions: { adminKey: ADMIN },
})
after(async () => {
  await browser?.close()
  await server.close()
  rmSync(folder, { recursive: true })
})
const client = createClient({ url: server.url, key: ADMIN })

async function openAsAdministrator(path: string, width: WidthName = 'desktop') {
  const opened = await browser!.open(`${server.url}/account`, { width, theme: width === 'tablet' ? 'dark' : 'light' })
  const { page } = opened
  await page.getByLabel('Administrator’s key').fill(ADMIN)
  await page.getByRole('button', { name: 'Use this key' }).click()
  await page.getByText('This tab has the admin key').waitFor()
  await page.goto(server.url + path)
  return opened
}

async function judge(page: Page, what: string): Promise<void> {
  await page.waitForLoadState('networkidle')
  assert.deepEqual(await faultsOf(page), [], what)
}

test('characters: a sheet is edited, errors appear at their fields, and changes are listed first', {
  skip: NO_BROWSER,
}, async () => {
  const [first] = await client.characters()
  const { page, close } = await openAsAdministrator(`/characters?read=${first!.hid}`)
  await page.getByRole('button', { name: 'Edit' }).click()
  const form = page.getByRole('dialog')
  await form.getByText('Nothing has changed yet.').waitFor()
  await form.getByLabel('In short, for players').fill('')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText('must not be blank').waitFor()
  assert.equal(await form.getByLabel('In short, for players').getAttribute('aria-invalid'), 'true')
  await form
    .getByLabel(/as JSON/)
    .first()
    .fill('{"physical_ability_assumptions": 7}')
  await form.getByText(/physical ability assumptions: /).waitFor()
  await page.reload()
  await page.getByRole('button', { name: 'Edit' }).click()
  await form.getByLabel('In short, for players').fill('Changed in the browser.')
  await form.getByText('Changes: short description.').waitFor()
  await form.getByRole('button', { name: 'Save' }).click()
  await page
    .getByRole('region', { name: `Sheet of ${first!.hid}` })
    .getByText('Changed in the browser.')
    .waitFor()
  assert.equal((await client.character(first!.hid)).short_description, 'Changed in the browser.')
  await close()
})

test('characters: a new character must meet the rules for new ones', { skip: NO_BROWSER }, async () => {
  const { page, close } = await openAsAdministrator('/characters')
  await page.getByRole('button', { name: 'New', exact: true }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Id').fill('lower')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText('must be 2 to 8 capital letters or digits, a letter first').waitFor()
  await form.getByLabel('Id').fill('ZZTOP')
  for (const label of ['Authors', 'Labels', 'In short', 'In full', 'Abilities', 'Goals']) {
    await form.getByLabel(label).first().fill('One line')
  }
  const profile = { physical_ability_assumptions: { vision: { value: 'divergent', explanation: null } } }
  await form.getByLabel('What it diverges from, as JSON').fill(JSON.stringify(profile))
  await form.getByText('A new character is added.').waitFor()
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('region', { name: 'Sheet of ZZTOP' }).waitFor()
  assert.equal((await client.character('ZZTOP')).is_human, true)
  await close()
})

test('characters: an import lists the changes per character, skips invalid ones, and writes the rest', {
  skip: NO_BROWSER,
}, async () => {
  const [first] = await client.characters()
  const sheet = await client.character(first!.hid)
  const path = join(folder, 'import.json')
  writeFileSync(
    path,
    JSON.stringify([
      { ...sheet, goals: ['A new goal'] },
      { ...sheet, hid: 'IMPORTED' },
      { hid: 'HALF', goals: 7 },
    ]),
  )
  const { page, close } = await openAsAdministrator('/characters')
  await page.getByRole('button', { name: 'Import' }).click()
  await page.getByLabel('File').setInputFiles(path)
  const list = page.getByRole('list', { name: 'Characters in the file' })
  await list.getByText('goals', { exact: true }).waitFor()
  await list.getByText('Not a character').waitFor()
  await page.getByText('1 character is left out.').waitFor()
  await page.getByRole('button', { name: 'Import 2 characters' }).click()
  await page.getByText('2 characters are imported.').waitFor()
  assert.deepEqual((await client.character(first!.hid)).goals, ['A new goal'])
  assert.equal((await client.character('IMPORTED')).hid, 'IMPORTED')
  await close()
})

test('characters: without the admin key, the editor says what is missing', { skip: NO_BROWSER }, async () => {
  const { page, close } = await browser!.open(`${server.url}/characters`)
  await page.getByRole('paragraph').filter({ hasText: 'Editing needs the admin key.' }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Import', exact: true }).getAttribute('aria-disabled'), 'true')
  await close()
})

test('operate: a job is cancelled after confirmation and retried; storage and text games are listed', {
  skip: NO_BROWSER,
}, async () => {
  const { page, close } = await openAsAdministrator('/operate')
  const jobs = page.getByRole('list', { name: 'Jobs' })
  await jobs.getByRole('button', { name: `Cancel ${job}` }).click()
  await jobs.getByText(`Job ${job} will not run.`).waitFor()
  await jobs.getByRole('button', { name: `Cancel job ${job}` }).click()
  await jobs.getByText('Cancelled').waitFor()
  await jobs.getByRole('button', { name: `Run ${job} again` }).click()
  await jobs.getByText('Queued').waitFor()
  await page.getByText('Database', { exact: false }).first().waitFor()
  await page.getByText(/free of/).waitFor()
  await page.getByText('Nobody plays a text game now.').waitFor()
  await close()
})

test('operate: a text game is ended with a reason, and its player is informed', { skip: NO_BROWSER }, async () => {
  const { api_key: key } = await client.register({
    full_name: 'Ada',
    email: 'ada@example.org',
    phone_number: '1',
    consent_signature: 'Ada',
    consent_to_followup: false,
  })
  const player = client.withKey(key)
  const [game] = await player.games()
  const session = await player.start({ game: game!.name })
  const { page, close } = await openAsAdministrator('/operate')
  const list = page.getByRole('list', { name: 'Text games' })
  await list.getByRole('button', { name: /^Stop / }).click()
  await list.getByLabel('Reason').fill('The server moves.')
  await list.getByRole('button', { name: 'End the session' }).click()
  await page.getByText('Nobody plays a text game now.').waitFor()
  assert.equal((await player.sessionStatus(session.id)).status, 'closed')
  session.close()
  await close()
})

test('coverage: the page of the built-in characters has a table for each part of the report', {
  skip: NO_BROWSER,
}, async () => {
  const { page, close } = await browser!.open(`${server.url}/characters/coverage`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  const { pairs } = await client.characterCoverage()
  assert.equal(pairs.length, 2)
  // One table per pair, and one per substrate and size.
  await page.getByRole('table').nth(pairs.length).waitFor()
  await close()
})

for (const width of Object.keys(WIDTHS) as WidthName[]) {
  test(`administer: at ${WIDTHS[width]} px controls are reachable, nothing overflows, axe finds nothing`, {
    skip: NO_BROWSER,
  }, async () => {
    const [first] = await client.characters()
    const { page, complaints, close } = await openAsAdministrator('/operate', width)
    await page.getByText(/free of/).waitFor()
    await judge(page, 'operate')
    await page.goto(`${server.url}/characters/coverage`)
    await page
      .getByText(/pairs of substrate and size/)
      .first()
      .waitFor()
    await judge(page, 'coverage')
    await page.goto(`${server.url}/characters?read=${first!.hid}`)
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByRole('dialog').getByText('Nothing has changed yet.').waitFor()
    assert.deepEqual(await faultsOf(page, '[role="dialog"]'), [], 'the editor of a character')
    assert.deepEqual(complaints, [])
    await close()
  })
}
