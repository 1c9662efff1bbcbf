// The episode page in a real browser: live and recorded, keys, deep links, verify, fork, failure, a restart of the server.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startServer } from '../../src/server/app.ts'
import { NO_BROWSER } from '../../src/testing/browser.ts'
import { eventually } from '../../src/testing/server-process.ts'
import { faultsOf, hitTest, overflow, startWebBrowser, WIDTHS, type WidthName } from '../../src/testing/web.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-episode-'))
const browser = NO_BROWSER ? undefined : await startWebBrowser()
const serve = (name: string, port = 0) =>
  startServer({
    dataDir: join(folder, name),
    host: '127.0.0.1',
    port,
    otherPorts: 0,
    hasShowcase: false,
    logLevel: 'silent',
    version: '0.0.0-test',
  })
const server = await serve('main')
after(async () => {
  await browser?.close()
  await server.close()
  rmSync(folder, { recursive: true })
})

async function start(wanted: object, url = server.url): Promise<any> {
  const body = JSON.stringify({
    world: 'paint-arena',
    variant: 'duel',
    players: ['greedy', 'sweep'],
    seed: 3,
    ...wanted,
  })
  const headers = { 'content-type': 'application/json' }
  return (await fetch(`${url}/api/episodes`, { method: 'POST', headers, body })).json()
}

/** Id of a finished episode. */
async function record(wanted: object = {}): Promise<string> {
  const { episode } = await start({ tick_rate: 1000, ...wanted })
  return eventually('the episode ends', async () => {
    const found: any = await (await fetch(`${server.url}/api/episodes/${episode.id}`)).json()
    return found.status === 'finished' ? episode.id : undefined
  })
}

const step = (page: Page): Promise<number> =>
  page.getByRole('slider', { name: 'Timeline' }).getAttribute('aria-valuenow').then(Number)
const isAt = (page: Page, wanted: number): Promise<unknown> =>
  page.waitForFunction(
    (at) => document.querySelector('[role=slider]')?.getAttribute('aria-valuenow') === String(at),
    wanted,
  )

const widths = Object.keys(WIDTHS) as WidthName[]

for (const width of widths) {
  test(`episode: recorded at ${WIDTHS[width]} px: every control is reachable, nothing overflows, axe finds nothing in both themes`, {
    skip: NO_BROWSER,
  }, async () => {
    const id = await record()
    const { page, complaints, close } = await browser!.open(`${server.url}/episodes/${id}?step=20`, { width })
    await page.locator('canvas[aria-label*="tick 20 of 60"]').waitFor()
    assert.deepEqual(await faultsOf(page), [])
    assert.deepEqual(complaints, [])
    await close()
  })
}

test('episode: keys seek, step, play and change the speed, and the URL keeps the step over a reload', {
  skip: NO_BROWSER,
}, async () => {
  const id = await record()
  const { page, close } = await browser!.open(`${server.url}/episodes/${id}?step=31`)
  await page.locator('canvas[aria-label*="tick 31 of 60"]').waitFor()
  await page.keyboard.press('ArrowRight')
  await isAt(page, 32)
  await page.keyboard.press('Shift+ArrowLeft')
  await isAt(page, 22)
  await page.keyboard.press('End')
  await isAt(page, 60)
  await page.locator('canvas[aria-label*="tick 60 of 60"]').waitFor()
  await page.keyboard.press('5')
  await isAt(page, 30)
  await page.keyboard.press('Home')
  await page.keyboard.press('=')
  await page.getByRole('combobox', { name: 'Speed' }).and(page.locator('select')).waitFor()
  assert.equal(await page.getByRole('combobox', { name: 'Speed' }).inputValue(), '2')
  // Slow, so that even a busy machine can stop it before it ends.
  for (let times = 0; times < 3; times += 1) await page.keyboard.press('-')
  await page.keyboard.press('Space')
  await page.waitForFunction(() => Number(document.querySelector('[role=slider]')?.getAttribute('aria-valuenow')) > 3)
  await page.keyboard.press('Space')
  await page.getByRole('button', { name: 'Play (Space)' }).waitFor()
  const stopped = await step(page)
  await page.waitForURL(new RegExp(`step=${stopped}`))
  await page.reload()
  await isAt(page, stopped)
  await close()
})

test('episode: clicking the timeline seeks, dragging scrubs, and the view follows', {
  skip: NO_BROWSER,
}, async () => {
  const id = await record()
  const { page, close } = await browser!.open(`${server.url}/episodes/${id}?step=0`)
  await page.locator('canvas[aria-label*="tick 0 of 60"]').waitFor()
  const box = (await page.getByRole('slider', { name: 'Timeline' }).boundingBox())!
  await page.mouse.click(box.x + box.width / 2, box.y + 60)
  await isAt(page, 30)
  await page.mouse.move(box.x + box.width / 2, box.y + 60)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.75, box.y + 60, { steps: 8 })
  await page.mouse.up()
  await isAt(page, 45)
  await page.locator('canvas[aria-label*="tick 45 of 60"]').waitFor()
  await close()
})

test('episode: the page verifies a journal, and names the first step of a changed one', {
  skip: NO_BROWSER,
}, async () => {
  const id = await record()
  const { page, close } = await browser!.open(`${server.url}/episodes/${id}?step=1`)
  await page.getByRole('button', { name: 'Verify' }).click()
  await page.getByText('60 steps re-run in this browser').waitFor()
  await page.getByText('Proved', { exact: true }).waitFor()
  // The same journal, with one move changed in transit.
  await page.route('**/journal.jsonl', async (route) => {
    const answer = await route.fetch()
    const lines = (await answer.text()).split('\n')
    const at = lines.findIndex((line) => line.startsWith('{"step":30') && line.includes('"move":"'))
    lines[at] = lines[at]!.replace(/"move":"\w+"/, '"move":"stay"')
    await route.fulfill({ response: answer, body: lines.join('\n') })
  })
  await page.reload()
  await page.getByRole('button', { name: 'Verify' }).click()
  await page
    .getByText(/Differs at step 30/)
    .first()
    .waitFor()
  await close()
})

test('episode: a live episode is followed, scrubbed back, and returned to live; it ends as a recorded one', {
  skip: NO_BROWSER,
}, async () => {
  const { episode } = await start({ tick_rate: 5 })
  const { page, complaints, close } = await browser!.open(`${server.url}/episodes/${episode.id}`)
  await page.getByText('Live', { exact: true }).waitFor()
  await page.waitForFunction(() => Number(document.querySelector('[role=slider]')?.getAttribute('aria-valuenow')) > 5)
  await page.keyboard.press('Home')
  await isAt(page, 0)
  await page.locator('canvas[aria-label*="tick 0 of 60"]').waitFor()
  await page.getByRole('button', { name: /Back to live/ }).click()
  await page.waitForFunction(() => Number(document.querySelector('[role=slider]')?.getAttribute('aria-valuenow')) > 10)
  await page.getByRole('button', { name: 'Verify' }).waitFor({ timeout: 60_000 })
  await page.locator('canvas[aria-label*="tick 60 of 60"]').waitFor()
  assert.deepEqual(complaints, [])
  await close()
})

test('episode: the commands of a live episode are listed as they are given, and the page goes on following', {
  skip: NO_BROWSER,
}, async () => {
  const { episode } = await start({ tick_rate: 5, config: { max_ticks: 2000 } })
  const { page, complaints, close } = await browser!.open(`${server.url}/episodes/${episode.id}`)
  const list = page.getByRole('region', { name: 'Commands' })
  await list.getByText('{"move":').first().waitFor()
  const opened = await step(page)
  await eventually('a command given later is listed', async () => {
    const steps = (await list.locator('span').allTextContents()).map(Number).filter((each) => each > opened + 5)
    return steps.length > 0 ? true : undefined
  })
  assert.equal(await page.getByRole('button', { name: /Back to live/ }).count(), 0)
  assert.ok((await step(page)) > opened)
  assert.deepEqual(complaints, [])
  await close()
  await fetch(`${server.url}/api/episodes/${episode.id}/end`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reason: 'enough' }),
  })
})

test('episode: a slot of a live episode passes to another bot from the page', { skip: NO_BROWSER }, async () => {
  const { episode } = await start({ tick_rate: 5, players: ['idle', 'sweep'], config: { max_ticks: 2000 } })
  const { page, close } = await browser!.open(`${server.url}/episodes/${episode.id}`)
  await page.getByRole('button', { name: 'Hand over slot 0' }).click()
  await page.getByRole('menuitem', { name: 'Bot greedy' }).click()
  await page.getByText('Slot 0 passes to greedy.').waitFor()
  await page.getByRole('region', { name: 'Players' }).getByText('greedy').waitFor()
  await close()
})

test('episode: a fork from the page continues with another bot, and both courses are shown side by side', {
  skip: NO_BROWSER,
}, async () => {
  const id = await record({ players: ['idle', 'sweep'] })
  const { page, complaints, close } = await browser!.open(`${server.url}/episodes/${id}?step=10`)
  await page.locator('canvas[aria-label*="tick 10 of 60"]').waitFor()
  await page.keyboard.press('f')
  await page.getByRole('dialog').getByRole('combobox', { name: 'From here on' }).first().selectOption('bot:greedy')
  await page.getByRole('button', { name: 'Play the fork' }).click()
  await page.waitForURL(/\/compare\//)
  await page.getByText(/Slot 0 ends \d+ higher/).waitFor()
  await page.getByRole('button', { name: 'Verify both' }).click()
  await page.getByText('Proved', { exact: true }).nth(1).waitFor()
  await page.keyboard.press('Tab')
  assert.deepEqual(await faultsOf(page), [])
  assert.deepEqual(complaints, [])
  await close()
})

test('episode: after a restart of the server the page returns to the same live episode and says so', {
  skip: NO_BROWSER,
}, async () => {
  const first = await serve('restart')
  const port = Number(new URL(first.url).port)
  const { episode } = await start({ tick_rate: 2, variant: 'default' }, first.url)
  const { page, close } = await browser!.open(`${first.url}/episodes/${episode.id}`)
  await page.waitForFunction(() => Number(document.querySelector('[role=slider]')?.getAttribute('aria-valuenow')) > 2)
  const before = await step(page)
  await first.close()
  await page
    .getByText(/does not answer|connection to this episode is down/)
    .first()
    .waitFor()
  // Longer than the attempts that a connection gets which is refused.
  await page.waitForTimeout(6000)
  const second = await serve('restart', port)
  await page.getByText('The server restarted. You are back in the same place.').waitFor({ timeout: 60_000 })
  await page.waitForFunction(
    (at) => Number(document.querySelector('[role=slider]')?.getAttribute('aria-valuenow')) > at + 2,
    before,
    {
      timeout: 60_000,
    },
  )
  await close()
  await second.close()
})

test('episode: the shared file opens from disk with the network off, plays, and verifies itself', {
  skip: NO_BROWSER,
}, async () => {
  const id = await record()
  const { page, complaints, close } = await browser!.open(`${server.url}/episodes/${id}?step=1`)
  await page.locator('canvas[aria-label*="tick 1 of 60"]').waitFor()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Share' }).click(),
  ])
  const path = join(folder, 'shared.html')
  await download.saveAs(path)
  await page.context().setOffline(true)
  await page.goto(`file://${path}`)
  // Console messages of the server's page after its network was cut.
  complaints.length = 0
  await page.keyboard.press('Tab')
  await page.getByRole('button', { name: 'Verify' }).click()
  await page.getByText('60 steps re-run in this browser').waitFor()
  await page.getByRole('button', { name: 'Last step (End)' }).click()
  await page.locator('canvas[aria-label*="tick 60 of 60"]').waitFor()
  assert.deepEqual(await overflow(page), [])
  assert.deepEqual(complaints, [])
  await close()
})

test('play: two browsers play one match from the world page, with the pad and with keys', {
  skip: NO_BROWSER,
}, async () => {
  const first = await browser!.open(`${server.url}/worlds/paint-arena`, { width: 'phone' })
  await first.page.getByRole('combobox', { name: 'Slot 0' }).selectOption('me')
  await first.page.getByRole('combobox', { name: 'Slot 1' }).selectOption('link')
  await first.page.getByRole('button', { name: 'Play now' }).click()
  const link = (await first.page.locator('code', { hasText: '/play#' }).textContent()) ?? ''
  await first.page.getByRole('link', { name: 'Play slot 0' }).click()
  await first.page.getByRole('button', { name: 'right' }).waitFor()
  assert.deepEqual(await hitTest(first.page), [])
  assert.deepEqual(await overflow(first.page), [])
  const second = await browser!.open(link)
  await second.page.getByRole('button', { name: 'left' }).waitFor()
  await first.page.getByRole('button', { name: 'right' }).tap()
  await second.page.keyboard.press('ArrowLeft')
  const scoreOf = (page: Page, slot: number): Promise<string> =>
    page.getByRole('list', { name: 'Scores' }).locator('b').nth(slot).textContent().then(String)
  await eventually('both have painted', async () => {
    const scores = await Promise.all([scoreOf(first.page, 0), scoreOf(second.page, 1)])
    return scores.every((score) => Number(score) >= 4) ? true : undefined
  })
  assert.deepEqual([...first.complaints, ...second.complaints], [])
  await first.close()
  await second.close()
})

test('episode: a bookmark appears on the timeline and in the palette, and the width of the panel is kept', {
  skip: NO_BROWSER,
}, async () => {
  const id = await record()
  const { page, complaints, close } = await browser!.open(`${server.url}/episodes/${id}?step=20`)
  await isAt(page, 20)
  await page.keyboard.press('b')
  await page.getByText('Step 20 is bookmarked in this browser.').waitFor()
  await page.locator('[title*="Step 20: Bookmark"]').waitFor()
  await page.keyboard.press('Home')
  await isAt(page, 0)
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search or jump to' }).fill('bookmark of step 20')
  await page.keyboard.press('Enter')
  await isAt(page, 20)
  const line = page.getByRole('separator', { name: 'Width of the panel' })
  await line.focus()
  await page.keyboard.press('ArrowLeft')
  const width = Number(await line.getAttribute('aria-valuenow'))
  assert.ok(width > 404, `${width}`)
  // The URL is updated once the playhead stops.
  await page.waitForURL(/step=20/)
  await page.reload()
  await isAt(page, 20)
  assert.equal(Number(await line.getAttribute('aria-valuenow')), width)
  await page.locator('[title*="Step 20: Bookmark"]').waitFor()
  assert.deepEqual(complaints, [])
  await close()
})
