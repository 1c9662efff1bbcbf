// Frontier played on its page in a real browser: the errand is won with clicks, from the form of the world's page on.

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

const folder = mkdtempSync(join(tmpdir(), 'paracosm-frontier-play-'))
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

async function clickTile(page: Page, x: number, y: number): Promise<void> {
  const map = page.locator('.ft-map[data-tiles]')
  const [side = 1, left = 0, top = 0] = ((await map.getAttribute('data-tiles')) ?? '').split(' ').map(Number)
  await map.click({ position: { x: left + (x + 0.5) * side, y: top + (y + 0.5) * side } })
}

/** @param tickRate steps per second */
async function startErrand(tickRate: number): Promise<{ id: string; address: string }> {
  const wanted = { world: 'frontier', variant: 'errand', players: [null], tick_rate: tickRate }
  const { episode, slots } = await client.episodes.start(wanted)
  const hash = new URLSearchParams({ slot: '0', token: slots[0]!.token })
  return { id: episode.id, address: `${server.url}/episodes/${episode.id}/play#${hash}` }
}

const inCell = (page: Page, cell: string): Promise<void> => page.locator(`.ft-map[data-drawn="${cell}"]`).waitFor()

test('frontier: the errand is won with clicks on the page of the slot', { skip: NO_BROWSER }, async () => {
  const { page, complaints, close } = await browser!.open(`${server.url}/worlds/frontier?variant=errand`)
  await page.getByLabel('Slot 0').selectOption({ label: 'Me' })
  await page.getByLabel('Steps per second').fill('20')
  await page.getByRole('button', { name: 'Play now' }).click()
  await page.waitForURL(/\/episodes\/[^/]+\/play/)
  const id = decodeURIComponent(/\/episodes\/([^/]+)\//.exec(page.url())?.[1] ?? '')
  await inCell(page, 'lowmarrow')
  // The door of the inn, then the innkeeper inside, who is too far away to talk: the click walks there first.
  await clickTile(page, 4, 5)
  await inCell(page, 'dry-ferry')
  await clickTile(page, 4, 1)
  await page.locator('[data-act="topic-ledger"]').click()
  await page.getByText(/You receive 1/).waitFor()
  await page.locator('[data-tab="here"]').click()
  await page.locator('[data-act^="door-dry-ferry-out-Go"]').click()
  await inCell(page, 'lowmarrow')
  await clickTile(page, 20, 5)
  await inCell(page, 'assay-house')
  await page.locator('[data-act="hanne-Talk"]').click()
  await page.locator('[data-act="topic-ledger"]').click()
  await page.getByText('The episode is over.').waitFor()
  const until = Date.now() + 60_000
  for (;;) {
    const { status, results } = await client.episodes.get(id)
    if (status === 'finished') {
      assert.ok((results?.scores[0] ?? 0) > 0, 'the errand scores')
      break
    }
    if (Date.now() > until) throw new Error(`the episode is ${status}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  assert.deepEqual(complaints, [])
  await close()
})

test('frontier: a click that takes two commands is played to its end over a slow connection', {
  skip: NO_BROWSER,
}, async () => {
  const { page, close } = await browser!.open(`${server.url}/worlds`)
  // Twenty observations come before the answer to a command.
  await page.routeWebSocket(/\/play/, (socket) => {
    const upstream = socket.connectToServer()
    socket.onMessage((text) => void setTimeout(() => upstream.send(text), 1000))
  })
  await page.goto((await startErrand(20)).address)
  await inCell(page, 'lowmarrow')
  await clickTile(page, 4, 5)
  await inCell(page, 'dry-ferry')
  await clickTile(page, 4, 1)
  await page.locator('[data-act="topic-ledger"]').waitFor()
  await close()
})

for (const width of Object.keys(WIDTHS) as WidthName[]) {
  test(`frontier: at ${WIDTHS[width]} px the slot's controls are reachable, nothing overflows, axe finds nothing`, {
    skip: NO_BROWSER,
  }, async () => {
    const { id, address } = await startErrand(5)
    const { page, complaints, close } = await browser!.open(address, {
      width,
      theme: width === 'phone' ? 'dark' : 'light',
    })
    await inCell(page, 'lowmarrow')
    await page.locator('.ft-row').first().waitFor()
    await client.episodes.pace(id, { paused: true })
    assert.deepEqual(await faultsOf(page), [])
    assert.deepEqual(complaints, [])
    await close()
  })
}
