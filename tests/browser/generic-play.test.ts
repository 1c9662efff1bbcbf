// A person plays a world that brings no view: the generic view shows what the slot sees, and its controls come from the
// schema of the world's commands.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { NO_BROWSER } from '../../src/testing/browser.ts'
import { startCommand } from '../../src/testing/cli.ts'
import { eventually, type ServerProcess, startServerProcess } from '../../src/testing/server-process.ts'
import { axe, hitTest, startWebBrowser, type WebBrowser, type WidthName } from '../../src/testing/web.ts'

const ROOT = join(import.meta.dirname, '..', '..')
// Inside the checkout, so that the world finds zod.
const folder = mkdtempSync(join(ROOT, 'tmp-generic-'))
let browser: WebBrowser
let server: ServerProcess

before(async () => {
  if (NO_BROWSER) return
  const page = readFileSync(join(ROOT, 'docs', 'writing-a-world.md'), 'utf8')
  const [, code = ''] = /^```ts\n([\s\S]*?)^```/m.exec(page) ?? []
  const world = code
    .replace('days: z.int().min(1).default(20)', 'days: z.int().min(1).default(1000)')
    .replace("'paracosm/world'", `'${join(ROOT, 'src', 'kernel', 'index.ts')}'`)
    .replace("'paracosm/protocol'", `'${join(ROOT, 'src', 'protocol', 'index.ts')}'`)
  writeFileSync(join(folder, 'harvest.ts'), world)
  const typed = world
    .replace("id: 'harvest'", "id: 'orders'")
    .replace('z.strictObject({ take: z.int().min(0).max(3) })', 'z.strictObject({ take: z.int() })')
  writeFileSync(join(folder, 'orders.ts'), typed)
  writeFileSync(join(folder, 'brief.ts'), typed.replace("'orders'", "'brief'").replace('default(1000)', 'default(60)'))
  const ways = `z.union([
    z.strictObject({ how: z.literal('pick'), take: z.int() }),
    z.strictObject({ how: z.literal('grab_all'), take: z.int(), from: z.array(z.int()) }),
  ])`
  const several = typed.replace("id: 'orders'", "id: 'ways'").replace('z.strictObject({ take: z.int() })', ways)
  writeFileSync(join(folder, 'ways.ts'), several)
  const worlds = ['harvest', 'orders', 'ways'].flatMap((name) => ['--world', join(folder, `${name}.ts`)])
  // It builds the application, which the server reads when it starts.
  browser = await startWebBrowser()
  server = await startServerProcess(join(folder, 'data'), [...worlds, '--no-league', '--no-showcase'])
})

after(async () => {
  await browser?.close()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** An episode of a person and a bot at five steps a second. @returns the address of the person's slot */
async function start(world: string, config: object = {}): Promise<string> {
  const response = await fetch(`${server.url}/api/episodes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ world, players: [null, 'modest'], tick_rate: 5, config }),
  })
  assert.equal(response.status, 201)
  const { episode, slots } = (await response.json()) as {
    episode: { id: string }
    slots: { slot: number; token: string }[]
  }
  const { token } = slots.find(({ slot }) => slot === 0) ?? {}
  return `${server.url}/episodes/${episode.id}/play#slot=0&token=${token}`
}

/** The person's score as the page shows it. */
const scoreOn = async (page: Page): Promise<number> =>
  Number(await page.getByRole('list', { name: 'Scores' }).getByRole('listitem').first().locator('b').textContent())

const reaches = (page: Page, score: number): Promise<true> =>
  eventually(`a score of ${score}`, async () => ((await scoreOn(page)) >= score ? true : undefined))

for (const width of ['phone', 'desktop'] as WidthName[]) {
  test(`generic play: each number of berries has a button that takes them, on a ${width}`, {
    skip: NO_BROWSER,
  }, async () => {
    const address = await start('harvest')
    const { page, complaints, close } = await browser.open(address, { width })
    for (const berries of [3, 1, 2]) {
      const before = await scoreOn(page)
      await page.getByRole('button', { name: `take ${berries}`, exact: true }).click()
      await reaches(page, before + berries)
    }
    assert.equal(await page.getByRole('button', { name: /^take / }).count(), 4)
    assert.deepEqual(await page.locator('.generic-view th').allTextContents(), ['berries', 'day'])
    assert.deepEqual(await hitTest(page), [])
    assert.deepEqual(await axe(page), [])
    assert.deepEqual(complaints, [])
    await close()
  })
}

test('generic play: one of several forms is chosen; text that is no JSON is named, and JSON is sent', {
  skip: NO_BROWSER,
}, async () => {
  const { page, close } = await browser.open(await start('ways'), { width: 'phone' })
  await page.getByRole('combobox', { name: 'command' }).selectOption('grab all')
  await page.getByLabel('take').fill('2')
  await page.getByLabel('from').fill('[1,')
  assert.deepEqual(await hitTest(page), [])
  await page.getByRole('button', { name: 'Send' }).click()
  await page.locator('.generic-controls').getByRole('alert').filter({ hasText: '“from” must be JSON' }).waitFor()
  await page.getByLabel('from').fill('[1, 2]')
  await page.getByRole('button', { name: 'Send' }).click()
  await reaches(page, 2)
  await close()
})

test('generic play: the controls disappear at the end of the episode', { skip: NO_BROWSER }, async () => {
  const { page, close } = await browser.open(await start('harvest', { days: 60 }))
  const button = page.getByRole('button', { name: 'take 3', exact: true })
  await button.waitFor()
  await page.getByText('The episode is over.').waitFor({ timeout: 60_000 })
  await button.waitFor({ state: 'hidden' })
  await close()
})

test('generic play: a number without bounds has a field; Enter sends it, and a refusal is shown', {
  skip: NO_BROWSER,
}, async () => {
  const address = await start('orders')
  const { page, close } = await browser.open(address)
  const field = page.getByLabel('take')
  await field.fill('2')
  await field.press('Enter')
  await reaches(page, 2)
  await field.fill('1000000')
  await page.getByRole('button', { name: 'Send' }).click()
  await reaches(page, 3)
  await field.fill('5')
  await field.press('Enter')
  await page.getByText('Not taken: There is nothing left to take.').waitFor()
  await close()
})

test('generic play: the page that `paracosm run` prints for a person has the same controls', {
  skip: NO_BROWSER,
}, async () => {
  const players = ['human', 'modest', '--tick-rate', '5']
  const running = startCommand(['run', join(folder, 'harvest.ts'), ...players], { cwd: folder })
  try {
    const [, viewer = '', address = ''] = await running.sees(/Live view: (\S+)\s+Player 0: (\S+)/)
    const watching = await browser.open(viewer)
    const { page, complaints, close } = await browser.open(address, { width: 'phone' })
    await page.getByRole('button', { name: 'take 3', exact: true }).click()
    await eventually('a score on the page of viewers', async () =>
      Number(await watching.page.locator('#scores .score-value').first().textContent()) >= 3 ? true : undefined,
    )
    // What the world shows a player has neither scores nor a tick.
    await eventually('a score on the page of the player', async () =>
      Number(await page.locator('#scores .score-value').first().textContent()) >= 3 ? true : undefined,
    )
    await page
      .locator('#status')
      .filter({ hasText: /^Live, tick [1-9]/ })
      .waitFor()
    const day = page.getByRole('row', { name: 'day' }).locator('.generic-number > span').first()
    await eventually('the day goes on', async () => (Number(await day.textContent()) > 2 ? true : undefined))
    assert.deepEqual(await hitTest(page), [])
    // The page asks for a view of the world first.
    assert.deepEqual(
      complaints.filter((each) => !each.includes('/assets/world-harvest.js')),
      [],
    )
    running.kill('SIGINT')
    await running.ended
    await page.locator('#status').filter({ hasText: 'Not connected' }).waitFor()
    await page.getByRole('button', { name: 'take 3', exact: true }).click()
    await page.getByText('Not sent: there is no connection to the game.').waitFor()
    await close()
    await watching.close()
  } finally {
    running.kill('SIGINT')
    await running.ended
  }
})

test('generic play: on the page that `paracosm run` prints, a refusal is shown and the end takes the controls away', {
  skip: NO_BROWSER,
}, async () => {
  const players = ['human', 'modest', '--tick-rate', '5']
  const running = startCommand(['run', join(folder, 'brief.ts'), ...players], { cwd: folder })
  try {
    const [, address = ''] = await running.sees(/Player 0: (\S+)/)
    const { page, close } = await browser.open(address, { width: 'phone' })
    await page.getByLabel('take').fill('1000000')
    await page.getByRole('button', { name: 'Send' }).click()
    await eventually('a score', async () =>
      Number(await page.locator('#scores .score-value').first().textContent()) > 0 ? true : undefined,
    )
    await page.getByLabel('take').fill('5')
    await page.getByLabel('take').press('Enter')
    await page.getByText('Not taken: There is nothing left to take.').waitFor()
    assert.deepEqual(await hitTest(page), [])
    await page.locator('body[data-done=true]').waitFor()
    await page.locator('.generic-controls').waitFor({ state: 'hidden' })
    await page
      .locator('#status')
      .filter({ hasText: /^Finished: human 0 wins with \d+, tick 60$/ })
      .waitFor()
    await close()
  } finally {
    running.kill('SIGINT')
    await running.ended
  }
})

test('generic play: the controls speak the language of the page', { skip: NO_BROWSER }, async () => {
  const { page, close } = await browser.open(`${server.url}/worlds`)
  // The page of a study sets the language before its game is shown.
  await page.addInitScript('addEventListener("DOMContentLoaded", () => { document.documentElement.lang = "es" })')
  await page.goto(await start('ways'))
  await page.getByRole('combobox', { name: 'orden' }).selectOption('grab all')
  await page.getByLabel('take').fill('2')
  await page.getByLabel('from').fill('[1,')
  await page.getByRole('button', { name: 'Enviar' }).click()
  await page.getByText('«from» debe ser JSON').waitFor()
  await close()
})
