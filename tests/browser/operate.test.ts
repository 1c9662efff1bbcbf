// The pages of characters and of the operator in a real browser.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { createClient } from '../../src/client/index.ts'
import { startServer } from '../../src/server/app.ts'
import { NO_BROWSER } from '../../src/testing/browser.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { faultsOf, startWebBrowser, WIDTHS, type WidthName } from '../../src/testing/web.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-operate-'))
const browser = NO_BROWSER ? undefined : await startWebBrowser()
const server = await startServer({
  dataDir: folder,
  ...TEST_SERVER,
  logLevel: 'silent',
  version: '0.0.0-test',
})
after(async () => {
  await browser?.close()
  await server.close()
  rmSync(folder, { recursive: true })
})
const client = createClient({ url: server.url })

async function judge(page: Page, what: string): Promise<void> {
  await page.waitForLoadState('networkidle')
  assert.deepEqual(await faultsOf(page), [], what)
}

for (const width of Object.keys(WIDTHS) as WidthName[]) {
  test(`characters, operate: at ${WIDTHS[width]} px controls are reachable, nothing overflows, axe finds nothing`, {
    skip: NO_BROWSER,
  }, async () => {
    const theme = width === 'tablet' ? 'dark' : 'light'
    const [first, second] = await client.characters()
    const address = `${server.url}/characters?read=${first!.hid}&with=${second!.hid}`
    const { page, complaints, close } = await browser!.open(address, { width, theme })
    await page.getByText(/parts of \d+ differ/).waitFor()
    await judge(page, 'comparison')
    await page.goto(`${server.url}/operate`)
    await page.getByText('The server works').waitFor()
    await judge(page, 'operate')
    assert.deepEqual(complaints, [])
    await close()
  })
}

test('characters: filters are in the URL, a row opens the sheet, and a second sheet opens next to it', {
  skip: NO_BROWSER,
}, async () => {
  const table = await client.characterTable()
  const others = table.filter(({ is_human }) => !is_human)
  const { page, close } = await browser!.open(`${server.url}/characters`)
  await page.getByLabel('Kind').selectOption('other')
  await page.getByText(`${others.length} of ${table.length} characters`).waitFor()
  assert.equal(new URL(page.url()).searchParams.get('kind'), 'other')
  const { hid, short_description } = others[0]!
  await page.getByRole('list', { name: 'Characters' }).getByRole('button').first().click()
  const sheet = page.getByRole('region', { name: `Sheet of ${hid}` })
  await sheet.getByText(short_description).first().waitFor()
  await sheet.getByLabel('Compare with').selectOption(others[1]?.hid ?? table[0]!.hid)
  await page.getByText(/parts of \d+ differ/).waitFor()
  await page.reload()
  await page.getByText(/parts of \d+ differ/).waitFor()
  await page.getByLabel('Words').fill('nobody-has-these-words')
  await page.getByText('No character matches these filters.').waitFor()
  await close()
})

test('operate: a live episode is stopped with a reason; a remote caller sees that a key is required', {
  skip: NO_BROWSER,
}, async () => {
  const started = await client.episodes.start({ world: 'paint-arena', players: ['greedy', null], paused: true })
  const { page, close } = await browser!.open(`${server.url}/operate`)
  await page.setExtraHTTPHeaders({ 'x-forwarded-for': '203.0.113.7' })
  await page.reload()
  const stop = async (): Promise<void> => {
    await page.getByRole('button', { name: 'Stop paint-arena' }).click()
    await page.getByLabel('Reason').fill('Nobody came.')
    await page.getByRole('button', { name: 'Stop the episode' }).click()
  }
  await stop()
  await page.getByText('Only administrators may do this').waitFor()
  await page.getByText('is for the administrators of this server').waitFor()
  await judge(page, 'refused')
  await page.setExtraHTTPHeaders({})
  await page.reload()
  await stop()
  await page.getByText('No episode runs now.').waitFor()
  assert.equal((await client.episodes.get(started.episode.id)).status, 'finished')
  await close()
})
