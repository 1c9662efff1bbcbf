// Administration from a page on another machine: refused with an explanation, and allowed with the admin key.

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
import { faultsOf, type OpenedPage, startWebBrowser, WIDTHS, type WidthName } from '../../src/testing/web.ts'

const ADMIN = 'dcs-ak-administrator'
const folder = mkdtempSync(join(tmpdir(), 'paracosm-administrator-'))
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
const client = createClient({ url: server.url })

/** A page that the server sees as remote: behind a proxy that it does not trust. */
async function openElsewhere(path: string, width: WidthName = 'desktop'): Promise<OpenedPage> {
  const opened = await browser!.open(`${server.url}/nowhere`, { width, theme: width === 'tablet' ? 'dark' : 'light' })
  await opened.page.setExtraHTTPHeaders({ 'x-forwarded-for': '203.0.113.7' })
  await opened.page.goto(server.url + path)
  return opened
}

async function giveKey(page: Page): Promise<void> {
  await page.getByLabel('Administrator’s key').fill(ADMIN)
  await page.getByRole('button', { name: 'Use this key' }).click()
  await page.getByText('This tab has the admin key until you close it.').waitFor()
}

test('administrator: starting is refused with an explanation, and the account page accepts the key and leads back', {
  skip: NO_BROWSER,
}, async () => {
  const { page, close } = await openElsewhere('/worlds/paint-arena')
  await page.getByText('Starting an episode needs an administrator.').first().waitFor()
  assert.equal(await page.getByRole('link', { name: 'Operate' }).count(), 0)
  const start = page.getByRole('button', { name: 'Start', exact: true })
  assert.equal(await start.getAttribute('aria-disabled'), 'true')
  await page.getByRole('link', { name: 'Give the administrator’s key' }).click()
  await page.getByLabel('Administrator’s key').fill('dcs-ak-another')
  await page.getByRole('button', { name: 'Use this key' }).click()
  await page.getByText('The server does not accept this key.').waitFor()
  await giveKey(page)
  await page.getByRole('link', { name: 'Back to the page you came from' }).click()
  await page.waitForURL('**/worlds/paint-arena')
  await page.getByRole('link', { name: 'Operate' }).waitFor()
  await start.click()
  await page.waitForURL(/\/episodes\/[^/]+/)
  await close()
})

test('administrator: with the key, slots are handed over and episodes forked from another machine', {
  skip: NO_BROWSER,
}, async () => {
  const { episode } = await client.episodes.start({ world: 'paint-arena', players: ['greedy', null], paused: true })
  const { page, close } = await openElsewhere('/account')
  await giveKey(page)
  await page.goto(`${server.url}/episodes/${episode.id}`)
  await page.getByRole('button', { name: 'Hand over slot 1' }).click()
  await page.getByRole('menuitem', { name: 'Bot sweep' }).click()
  await page.getByText('Slot 1 passes to sweep.').waitFor()
  await page.getByRole('button', { name: /^Fork at/ }).click()
  await page.getByLabel('From here on').first().selectOption({ label: 'Bot sweep' })
  await page.getByRole('button', { name: 'Play the fork' }).click()
  await page.waitForURL(/\/compare\//)
  await close()
})

test('administrator: without the key, a fork and a hand-over say what is missing', { skip: NO_BROWSER }, async () => {
  const { episode } = await client.episodes.start({ world: 'paint-arena', players: ['greedy', null], paused: true })
  const { page, close } = await openElsewhere(`/episodes/${episode.id}`)
  await page.getByText('Handing a slot over needs an administrator.').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Hand over slot 1' }).count(), 0)
  await page.getByRole('button', { name: /^Fork at/ }).click()
  await page.getByText('Forking needs an administrator.').first().waitFor()
  await close()
})

test('administrator: with the key, factories are built from another machine', { skip: NO_BROWSER }, async () => {
  const { page, close } = await openElsewhere('/play/foundry')
  await page.getByText('Building a factory needs an administrator.').first().waitFor()
  await page.getByRole('link', { name: 'Give the administrator’s key' }).click()
  await giveKey(page)
  await page.goBack()
  await page.getByRole('button', { name: 'Build First slice' }).click()
  await page.waitForURL(/\/play\/foundry\/.+/)
  await page.getByRole('button', { name: 'One tick (.)' }).click()
  await page.getByText('1 tick', { exact: true }).waitFor()
  await close()
})

for (const width of Object.keys(WIDTHS) as WidthName[]) {
  test(`account: at ${WIDTHS[width]} px it says what each role allows, controls are reachable, axe finds nothing`, {
    skip: NO_BROWSER,
  }, async () => {
    const { page, complaints, close } = await openElsewhere('/account?back=/watch', width)
    await page.getByText('Adds studies').waitFor()
    assert.deepEqual(await faultsOf(page), [])
    await giveKey(page)
    assert.deepEqual(await faultsOf(page), [])
    // The key is stored from a page that does not exist.
    assert.deepEqual(
      complaints.filter((each) => !each.endsWith('/nowhere)')),
      [],
    )
    await close()
  })
}
