// Building in the foundry, in the application: a real episode of a real server, from the list of scenarios to the last
// plate, with undo, export and load.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { createClient } from '../../src/client/index.ts'
import { configureWorld } from '../../src/kernel/world.ts'
import { startServer } from '../../src/server/app.ts'
import { NO_BROWSER } from '../../src/testing/browser.ts'
import { loadWorld } from '../../src/testing/built-in-worlds.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { faultsOf, startWebBrowser } from '../../src/testing/web.ts'
import { type Cell, clickCell, dragCells } from './foundry-cells.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-foundry-'))
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

const QUIET = { effect: () => '', cancel: () => undefined, event: () => undefined }
const partCount = (page: Page): Promise<string | null> => page.getAttribute('.fv-stage', 'data-parts')

async function untilParts(page: Page, count: number): Promise<void> {
  await page.waitForFunction(
    (n) => document.querySelector<HTMLElement>('.fv-stage')?.dataset.parts === String(n),
    count,
  )
}

async function build(page: Page): Promise<void> {
  await page.goto(`${server.url}/play/foundry`)
  await page.click('button[aria-label="Build First slice"]')
  await page.waitForSelector('[data-part="extractor"]')
  await untilParts(page, 1)
  await page.getByRole('button', { name: 'Run (Space)' }).waitFor()
}

async function place(page: Page, part: string, cell: Cell): Promise<void> {
  if ((await page.getAttribute(`[data-part="${part}"]`, 'aria-pressed')) === 'false')
    await page.click(`[data-part="${part}"]`)
  const before = Number(await partCount(page))
  await clickCell(page, cell)
  await untilParts(page, before + 1)
}

async function lay(page: Page, from: Cell, to: Cell, parts: number): Promise<void> {
  if ((await page.getAttribute('[data-part="conveyor"]', 'aria-pressed')) === 'false')
    await page.click('[data-part="conveyor"]')
  const before = Number(await partCount(page))
  await dragCells(page, from, to)
  await untilParts(page, before + parts)
}

test('foundry page: the lesson is won with clicks only and exported, and the file builds the same floor', {
  skip: NO_BROWSER,
}, async () => {
  const { page, complaints, close } = await browser!.open(server.url)
  await build(page)
  await place(page, 'extractor', [2, 1, 5])
  await lay(page, [3, 1, 5], [5, 1, 5], 3)
  await place(page, 'smelter', [6, 1, 5])
  await page.selectOption('[data-act="recipe"]', 'smelt_iron')
  await page.locator('[data-state="unpowered"], [data-state="starved"]').waitFor()
  await lay(page, [8, 1, 5], [12, 1, 5], 5)
  for (const x of [2, 6, 7]) await place(page, 'solar_panel', [x, x === 2 ? 2 : 1.9, 5])
  // A slow answer with the earlier edits must not undo the ones that are made meanwhile.
  await page.route('**/journal.jsonl', async (route) => {
    const response = await route.fetch()
    await new Promise((resolve) => setTimeout(resolve, 3000))
    await route.fulfill({ response })
  })
  // Undo removes the last panel: a branch of the episode at the previous tick.
  const episode = page.url()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.waitForURL((url) => url.href !== episode)
  await untilParts(page, 13)
  await place(page, 'solar_panel', [7, 1.9, 5])
  await page.selectOption('select >> nth=-1', '16')
  await page.getByRole('button', { name: 'Run (Space)' }).click()
  await page.getByText(/Delivered 10 of 10 at tick \d+/).waitFor({ timeout: 60_000 })
  await page.getByText('Open the recording').waitFor()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Commands' }).click(),
  ])
  const steps = JSON.parse(readFileSync(await file.path(), 'utf8'))
  const id = page.url().split('/').at(-1) ?? ''
  const world = await loadWorld('foundry')
  const state = world.create(configureWorld(world, 'first_slice').config, 1)
  for (const step of steps) {
    if (step.type === 'apply_command')
      assert.equal(world.apply(state, 0, world.command.parse(step.command), QUIET), undefined)
    else for (let i = 0; i < step.ticks; i++) world.step(state, QUIET)
  }
  const journal = await new Response(await createClient({ url: server.url }).episodes.journal(id)).text()
  assert.ok(journal.includes(`"digest":"${world.digest(state)}"`), 'the file leads to another digest than the journal')
  assert.deepEqual(complaints, [])
  await close()
})

test('foundry page: keys run, pause and step; a saved run is listed after a reload', {
  skip: NO_BROWSER,
}, async () => {
  const { page, complaints, close } = await browser!.open(server.url)
  await build(page)
  await place(page, 'frame_block', [5, 1, 8])
  const tick = (): Promise<number> =>
    page.evaluate(() => Number(document.querySelector<HTMLElement>('.fv-stage')?.dataset.tick))
  const before = await tick()
  await page.keyboard.press('Escape')
  await page.keyboard.press('.')
  await page.waitForFunction(
    (n) => Number(document.querySelector<HTMLElement>('.fv-stage')?.dataset.tick) === n,
    before + 1,
  )
  await page.keyboard.press(' ')
  await page.getByRole('button', { name: 'Pause (Space)' }).waitFor()
  await page.waitForFunction(
    (n) => Number(document.querySelector<HTMLElement>('.fv-stage')?.dataset.tick) > n,
    before + 5,
  )
  await page.keyboard.press(' ')
  await page.getByRole('button', { name: 'Run (Space)' }).waitFor()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.reload()
  await untilParts(page, 2)
  await page.getByRole('link', { name: 'Foundry' }).click()
  await page.getByRole('heading', { name: 'Saved runs' }).waitFor()
  await page.locator('section', { hasText: 'Saved runs' }).getByRole('link', { name: 'First slice' }).first().click()
  await untilParts(page, 2)
  assert.deepEqual(complaints, [])
  await close()
})

test('foundry page: a built-in command file is loaded, and wins, also when answers are lost', {
  skip: NO_BROWSER,
}, async () => {
  const ends = new Set<string | null>()
  for (const isLossy of [false, true]) {
    const { page, complaints, close } = await browser!.open(`${server.url}/play/foundry`)
    let count = 0
    if (isLossy) {
      // Of two requests one gets to the server, and its answer does not come back.
      await page.route('**/pace', async (route) => {
        count++
        if (count % 2 === 0) return route.continue()
        await route.fetch()
        return route.abort()
      })
    }
    await page.setInputFiles('input[type=file]', 'src/worlds/foundry/solutions/first_slice.json')
    await page.getByRole('button', { name: 'Load' }).click()
    const end = page.getByText(/Delivered 10 of 10 at tick \d+/)
    await end.waitFor({ timeout: 60_000 })
    ends.add(await end.textContent())
    assert.deepEqual(
      complaints.filter((each) => !each.includes('/pace)')),
      [],
    )
    assert.equal(count > 4, isLossy)
    await close()
  }
  assert.equal(ends.size, 1)
})

for (const width of ['phone', 'tablet', 'desktop'] as const) {
  test(`foundry page, ${width}: every control is reachable, nothing overflows, axe finds nothing in both themes`, {
    skip: NO_BROWSER,
  }, async () => {
    const { page, complaints, close } = await browser!.open(`${server.url}/play/foundry`, { width })
    await page.waitForSelector('button[aria-label="Build First slice"]')
    assert.deepEqual(await faultsOf(page), [])
    await build(page)
    assert.deepEqual(await faultsOf(page), [])
    assert.deepEqual(complaints, [])
    await close()
  })
}
