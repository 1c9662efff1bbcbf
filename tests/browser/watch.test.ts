import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startServer } from '../../src/server/app.ts'
import { complaintsOf, launchBrowser, NO_BROWSER } from '../../src/testing/browser.ts'
import { recordMatch } from '../../src/testing/matches.ts'
import { startModuleServer } from '../../src/testing/module-server.ts'
import { eventually } from '../../src/testing/server-process.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-browser-'))
const browser = NO_BROWSER ? undefined : await launchBrowser()
after(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true })
})

const serve = (name: string) =>
  startServer({
    dataDir: join(folder, name),
    ...TEST_SERVER,
    logLevel: 'silent',
    version: '0.0.0-test',
  })

async function start(url: string, wanted: object): Promise<any> {
  const body = JSON.stringify({ world: 'paint-arena', variant: 'duel', players: ['greedy', 'sweep'], ...wanted })
  const response = await fetch(`${url}/api/episodes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
  return response.json()
}

/** A page that fails the test on any error or warning. */
async function open(size: { width: number; height: number }): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser!.newContext({ viewport: size })
  const page = await context.newPage()
  const complaints = complaintsOf(page)
  return { page, complaints }
}

const SIZES = { desktop: { width: 1200, height: 800 }, phone: { width: 390, height: 844 } }

for (const [name, size] of Object.entries(SIZES)) {
  test(`pages, ${name}: a live match is watched to its end, replayed and scrubbed`, {
    skip: NO_BROWSER,
  }, async () => {
    const server = await serve(name)
    const { page, complaints } = await open(size)
    const { episode } = await start(server.url, { tick_rate: 25, paused: true })
    await page.goto(`${server.url}/episodes/${episode.id}/clients/global`)
    await page.waitForSelector('canvas[aria-label*="greedy"]')
    await fetch(`${server.url}/api/episodes/${episode.id}/pace`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"paused":false}',
    })
    await page.waitForSelector('body[data-done="true"]')
    assert.match((await page.textContent('#status')) ?? '', /Finished: .*tick 60 of 60/)
    const fits = await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)
    assert.ok(fits, 'the live page is wider than the window')

    await eventually('it is archived', async () => {
      const { status }: any = await (await fetch(`${server.url}/api/episodes/${episode.id}`)).json()
      return status === 'finished' ? true : undefined
    })
    await page.goto(`${server.url}/episodes/${episode.id}/clients/global`)
    await page.waitForSelector('#play:not([disabled])')
    const tick = () => page.evaluate(() => Number(document.body.dataset.tick))
    await page.keyboard.press('End')
    assert.equal(await tick(), 60)
    await page.keyboard.press('Home')
    await page.keyboard.press('.')
    await page.keyboard.press('.')
    assert.equal(await tick(), 2)
    await page.locator('#slider').fill('31')
    assert.equal(await tick(), 31)
    assert.match(page.url(), /#t=31$/)
    await page.reload()
    await page.waitForFunction(() => document.body.dataset.tick === '31')
    await page.keyboard.press(' ')
    await page.waitForFunction(() => Number(document.body.dataset.tick) > 33)
    assert.ok(
      await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
      'the replay is wider than the window',
    )
    assert.deepEqual(complaints, [])
    await page.context().close()
    await server.close()
  })
}

test('pages: a person plays with the keyboard and the pad, and controls have names', { skip: NO_BROWSER }, async () => {
  const server = await serve('person')
  const { page, complaints } = await open(SIZES.phone)
  const { slots } = await start(server.url, { tick_rate: 20, players: [null, 'idle'], config: { max_ticks: 10_000 } })
  await page.goto(slots[0].page)
  await page.waitForFunction(() => /Live/.test(document.querySelector('#status')?.textContent ?? ''))
  const score = () => page.evaluate(() => Number(document.querySelector('.score-value')?.textContent))
  await page.keyboard.press('ArrowRight')
  await page.waitForFunction(() => Number(document.querySelector('.score-value')?.textContent) >= 4)
  // Each is clicked at its position: a covered button fails here.
  for (const move of ['up', 'left', 'stay', 'right', 'down']) {
    await page.click(`[data-move="${move}"]`)
    assert.equal(await page.getAttribute(`[data-move="${move}"]`, 'aria-pressed'), 'true', move)
  }
  const before = await score()
  await page.waitForFunction((least) => Number(document.querySelector('.score-value')?.textContent) > least, before)
  for (const button of await page.locator('button').all()) {
    const name = (await button.getAttribute('aria-label')) ?? (await button.textContent()) ?? ''
    assert.notEqual(name.trim(), '')
    const box = await button.boundingBox()
    assert.ok(box && box.width >= 44 && box.height >= 44, `${name} is too small for a finger`)
  }
  assert.deepEqual(complaints, [])
  await page.context().close()
  await server.close()
})

test('worlds: the same seed gives the same digest in Chromium and in Node', { skip: NO_BROWSER }, async () => {
  const { end, lines } = await recordMatch({ seed: 11, bots: ['random', 'greedy'] })
  const modules = await startModuleServer()
  const { page } = await open(SIZES.desktop)
  await page.goto(modules.url)
  const [digest, divergence] = await page.evaluate(async (stored) => {
    const load = (path: string): Promise<any> => import(path)
    const [{ Replay }, { paintArena }] = await Promise.all([
      load('/src/kernel/replay.ts'),
      load('/src/worlds/paint-arena/world.ts'),
    ])
    const replay = new Replay(() => paintArena)
    for (const line of stored) replay.feed(line)
    return [paintArena.digest(replay.fold.state), replay.divergence]
  }, lines)
  assert.deepEqual([digest, divergence], [end.digest, undefined])
  await page.context().close()
  modules.close()
})
