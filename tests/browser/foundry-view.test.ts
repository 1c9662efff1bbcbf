// The foundry's view in Chromium, in 3D and as a plan: watched, scrubbed, played with clicks, and unmounted.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { launchBrowser, NO_BROWSER } from '../../src/testing/browser.ts'
import { faultsOf } from '../../src/testing/web.ts'
import { type Cell, clickCell, dragCells, placeOf } from './foundry-cells.ts'
import { openViewPage } from './view-page.ts'

const browser = NO_BROWSER ? undefined : await launchBrowser()
after(() => browser?.close())

const open = (wanted: Partial<Parameters<typeof openViewPage>[1]> = {}) =>
  openViewPage(browser!, { world: 'foundry', variant: 'first_slice', ...wanted })

const run = (page: Page, steps: number): Promise<void> => page.evaluate((n) => (window as any).lab.run(n), steps)
const parts = (page: Page): Promise<string | null> => page.getAttribute('.fv-stage', 'data-parts')

for (const query of ['', '?foundry=plan']) {
  const name = query === '' ? 'in three dimensions' : 'as a plan'

  test(`foundry view, ${name}: the lesson is won with clicks only`, { skip: NO_BROWSER }, async () => {
    const { page, complaints, close } = await open({ slot: 0, query, width: 1280, height: 800 })
    await run(page, 1)
    await page.waitForSelector('[data-part="extractor"]')
    const choose = (part: string): Promise<void> => page.click(`[data-part="${part}"]`)
    // A sent command takes effect in the next frame.
    const place = async (part: string, ...cells: readonly Cell[]): Promise<void> => {
      for (const cell of cells) {
        if ((await page.getAttribute(`[data-part="${part}"]`, 'aria-pressed')) === 'false') await choose(part)
        await clickCell(page, cell)
        await run(page, 1)
      }
    }
    await place('extractor', [2, 1, 5])
    await choose('conveyor')
    await dragCells(page, [3, 1, 5], [5, 1, 5])
    await run(page, 1)
    await place('smelter', [6, 1, 5])
    await page.selectOption('[data-act="recipe"]', 'smelt_iron')
    await run(page, 1)
    await choose('conveyor')
    await dragCells(page, [8, 1, 5], [12, 1, 5])
    await run(page, 1)
    if (query !== '') await page.click('[aria-label="One layer up"]')
    // In 3D a click on the top of a machine places a part above it.
    await place('solar_panel', [2, 2, 5], [6, 1.9, 5], [7, 1.9, 5])
    await page.keyboard.press('Escape')
    for (let i = 0; i < 30 && (await page.getAttribute('.fv-stage', 'data-status')) === 'open'; i++) await run(page, 20)
    assert.deepEqual(await page.evaluate(() => (window as any).lab.refusals), [])
    assert.equal(await page.getAttribute('.fv-stage', 'data-status'), 'complete')
    assert.match((await page.textContent('.fv-objective')) ?? '', /Delivered 10 of 10 at tick \d+/)
    assert.deepEqual(complaints, [])
    await close()
  })

  test(`foundry view, ${name}: a click selects a part and shows its inspection; a jump back clears it`, {
    skip: NO_BROWSER,
  }, async () => {
    const { page, complaints, close } = await open({ query })
    await page.getByText('Waiting for the first frame').waitFor()
    const before = await page.evaluate(() => (window as any).lab.keep())
    await page.evaluate(() => {
      const { lab } = window as any
      lab.send(0, { type: 'place_part', def_id: 'frame_block', origin: { x: 5, y: 1, z: 8 }, facing: 'east' })
      lab.run(1)
    })
    await page.waitForSelector('.fv-stage[data-matrix], .fv-stage[data-plan]')
    await clickCell(page, [5, 1.4, 8])
    await page.getByRole('heading', { name: 'Frame block 2' }).waitFor()
    const shown = await page.locator('.fv-inspector details dt').allTextContents()
    const inspection = await page.evaluate(() => (window as any).lab.source.inspect(2))
    for (const field of ['part.id', 'part.def_id', 'status.state', 'status.reason'])
      assert.ok(shown.includes(field), field)
    assert.match((await page.textContent('.fv-inspector')) ?? '', new RegExp(inspection.status.reason, 'i'))
    await page.evaluate((index) => (window as any).lab.jump(index), before)
    await page.waitForFunction(() => document.querySelector<HTMLElement>('.fv-inspector')?.hidden)
    assert.equal(await parts(page), '1')
    assert.deepEqual(complaints, [])
    await close()
  })

  test(`foundry view, ${name}: it unmounts without a trace`, { skip: NO_BROWSER }, async () => {
    const { page, complaints, close } = await open({ query, slot: 0 })
    for (let i = 0; i < 4; i++) {
      await run(page, 2)
      const left = await page.evaluate(() => {
        const { lab } = window as any
        lab.unmount()
        const rest = [
          document.querySelectorAll('#view *').length,
          lab.listeners.size,
          document.adoptedStyleSheets.length,
        ]
        lab.mount()
        return rest
      })
      assert.deepEqual(left, [0, 0, 0])
    }
    assert.deepEqual(complaints, [])
    await close()
  })
}

test('foundry view: on a phone every control is reachable, nothing overflows, axe finds nothing in both themes, and two steps place a part', {
  skip: NO_BROWSER,
}, async () => {
  const { page, complaints, close } = await open({ slot: 0, touch: true, width: 390, height: 780 })
  await run(page, 1)
  await page.waitForSelector('[data-part="frame_block"]')
  assert.deepEqual(await faultsOf(page), [])
  await page.tap('[data-part="frame_block"]')
  await page.touchscreen.tap(...(await placeOf(page, [6, 1, 8])))
  assert.equal(await page.evaluate(() => (window as any).lab.pending()), 0, 'the first touch only shows where')
  await page.tap('[data-tool="confirm"]')
  assert.equal(await page.evaluate(() => (window as any).lab.pending()), 1)
  await run(page, 1)
  assert.equal(await parts(page), '2')
  assert.deepEqual(complaints, [])
  await close()
})

test('foundry view: the keyboard alone places, turns, selects and removes', { skip: NO_BROWSER }, async () => {
  const { page, complaints, close } = await open({ slot: 0 })
  await run(page, 1)
  await page.waitForSelector('[data-part="conveyor"]')
  await page.focus('.fv-stage canvas')
  await page.keyboard.press('1')
  for (const key of ['ArrowLeft', 'ArrowDown', 'r', 'Enter']) await page.keyboard.press(key)
  await run(page, 1)
  assert.equal(await parts(page), '2')
  const facing = await page.evaluate(() => (window as any).lab.frame.view.parts.at(-1)?.facing)
  assert.equal(facing, 'south')
  assert.deepEqual(await page.evaluate(() => (window as any).lab.refusals), [])
  assert.deepEqual(complaints, [])
  await close()
})
