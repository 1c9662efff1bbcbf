// The view of frontier in Chromium: an errand completed with clicks, the public view, scrubbing, a phone, unmounting.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { launchBrowser, NO_BROWSER } from '../../src/testing/browser.ts'
import { faultsOf } from '../../src/testing/web.ts'
import { openViewPage } from './view-page.ts'

const browser = NO_BROWSER ? undefined : await launchBrowser()
after(() => browser?.close())

const open = (wanted: Partial<Parameters<typeof openViewPage>[1]> = {}) =>
  openViewPage(browser!, { world: 'frontier', variant: 'errand', ...wanted })

const run = (page: Page, steps: number): Promise<void> => page.evaluate((n) => (window as any).lab.run(n), steps)

/** Steps the world until a condition holds in the page, which may depend on a step. */
async function runUntil(page: Page, what: string, holds: () => boolean): Promise<void> {
  for (let i = 0; i < 120; i++) {
    if (await page.evaluate(holds)) return
    await run(page, 1)
  }
  throw new Error(`never: ${what}`)
}

async function clickTile(page: Page, x: number, y: number): Promise<void> {
  await page.waitForSelector('.ft-map[data-tiles]')
  const at = await page.evaluate(() => {
    const host = document.querySelector<HTMLElement>('.ft-map')
    const box = host?.getBoundingClientRect()
    const [side = 1, left = 0, top = 0] = (host?.dataset.tiles ?? '').split(' ').map(Number)
    return { side, left: (box?.left ?? 0) + left, top: (box?.top ?? 0) + top }
  })
  await page.mouse.click(at.left + (x + 0.5) * at.side, at.top + (y + 0.5) * at.side)
}

test('frontier view: the errand is completed with clicks on the map and on topics', { skip: NO_BROWSER }, async () => {
  const { page, complaints, close } = await open({ slot: 0, width: 1200, height: 760 })
  await run(page, 1)
  // The door of the inn, then the innkeeper, who is too far away to talk: the click walks there first.
  await clickTile(page, 4, 5)
  await runUntil(
    page,
    'in the inn',
    () => document.querySelector<HTMLElement>('.ft-map')?.dataset.drawn === 'dry-ferry',
  )
  await clickTile(page, 4, 1)
  await runUntil(page, 'the talk', () => document.querySelector('[data-act="topic-ledger"]') !== null)
  await page.click('[data-act="topic-ledger"]')
  await runUntil(page, 'the ledger', () =>
    /You receive 1/.test(document.querySelector('[data-said]')?.textContent ?? ''),
  )
  await page.click('[data-tab="carried"]')
  await page.locator('[data-item="inn-ledger"]').waitFor()
  await page.click('[data-tab="quests"]')
  await page.locator('[role=tabpanel]').getByText('Take the ledger to Hanne Brask').waitFor()
  await page.click('[data-tab="here"]')
  await page.click('[data-act^="door-dry-ferry-out-Go"]')
  await runUntil(
    page,
    'in the street',
    () => document.querySelector<HTMLElement>('.ft-map')?.dataset.drawn === 'lowmarrow',
  )
  await clickTile(page, 20, 5)
  await runUntil(
    page,
    'in the Assay House',
    () => document.querySelector<HTMLElement>('.ft-map')?.dataset.drawn === 'assay-house',
  )
  await page.click('[data-act="hanne-Talk"]')
  await runUntil(page, 'the talk', () => document.querySelector('[data-act="topic-ledger"]') !== null)
  await page.click('[data-act="topic-ledger"]')
  await runUntil(page, 'the end', () => (window as any).lab.outcome() !== undefined)
  assert.deepEqual(await page.evaluate(() => (window as any).lab.frame.view.details.quests[0].stage), 100)
  assert.deepEqual(await page.evaluate(() => (window as any).lab.refusals), [])
  assert.deepEqual(complaints, [])
  await close()
})

test('frontier view: a viewer sees the country, follows a place, and jumps back in time', {
  skip: NO_BROWSER,
}, async () => {
  const { page, complaints, close } = await open()
  await page.getByText('Waiting for the first frame').waitFor()
  await run(page, 1)
  const early = await page.evaluate(() => (window as any).lab.keep())
  await page.getByRole('heading', { name: 'Lowmarrow' }).waitFor()
  await run(page, 30)
  await page.selectOption('.ft-title select', 'dry-ferry')
  await page.getByRole('heading', { name: 'The Dry Ferry' }).waitFor()
  await page.locator('[data-entity="mabet"]').waitFor()
  await page.evaluate((index) => (window as any).lab.jump(index), early)
  assert.equal(await page.getAttribute('.frontier-view', 'data-tick'), '1')
  const left = await page.evaluate(() => {
    const { lab } = window as any
    lab.unmount()
    return [document.querySelectorAll('#view *').length, lab.listeners.size, document.adoptedStyleSheets.length]
  })
  assert.deepEqual(left, [0, 0, 0])
  assert.deepEqual(complaints, [])
  await close()
})

for (const slot of [0, undefined]) {
  test(`frontier view, ${slot === undefined ? 'public' : 'playing'}: on a phone every control is reachable and axe finds nothing in both themes`, {
    skip: NO_BROWSER,
  }, async () => {
    const { page, complaints, close } = await open({
      ...(slot === undefined ? {} : { slot }),
      touch: true,
      width: 390,
      height: 780,
    })
    await run(page, 3)
    await page.waitForSelector('.ft-row')
    assert.deepEqual(await faultsOf(page), [])
    assert.deepEqual(complaints, [])
    await close()
  })
}
