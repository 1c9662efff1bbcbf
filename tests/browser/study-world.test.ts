// Participants of a study in a world, in a real browser: one on a phone from the link to the code, and two
// who wait for each other.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Page, WebSocketRoute } from 'playwright-core'
import { startServer } from '../../src/server/app.ts'
import { NO_BROWSER } from '../../src/testing/browser.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { until } from '../../src/testing/until.ts'
import { faultsOf, startWebBrowser } from '../../src/testing/web.ts'

const ALONE = `name: Alone
assignment_strategy: {strategy: random_unique, games: [Painting], quota_per_game: 30}
forms:
  - name: outtake
    before_or_after: after
    questions: [{key: easy, prompt: "Was it easy?", answer_type: bool, required: true}]
study:
  title: Painting a field
  consent: {version: "1", text: We record your moves.}
  completion: {code: PAINTED-1}
  worlds:
    Painting:
      world: paint-arena
      variant: duel
      description: Paint as many tiles as you can.
      players: [participant, {bot: greedy}]
      steps_per_second: 5
`
/** A minute for one game. */
const SLOW = ALONE.replace('name: Alone', 'name: Slow').replace('steps_per_second: 5', 'steps_per_second: 1')
const PAIRS = `name: Pairs
games: [{name: Painting}]
next_game_strategy:
  strategy: {id: random_unique_game, quota_per_game: 30, max_assignments_per_player: 1}
study:
  title: Painting in pairs
  completion: {code: PAINTED-2}
  worlds:
    Painting:
      world: paint-arena
      variant: duel
      players: [participant, participant]
      steps_per_second: 5
      wait: {seconds: 600, on_timeout: release}
`

const folder = mkdtempSync(join(tmpdir(), 'paracosm-study-world-'))
const browser = NO_BROWSER ? undefined : await startWebBrowser()
const server = await startServer({
  dataDir: folder,
  ...TEST_SERVER,
  logLevel: 'silent',
  version: '0.0.0-test',
  sessions: { hasRateLimits: false },
  studies: { files: [ALONE, SLOW, PAIRS].map((text, index) => ({ path: `study-${index}.yml`, text })) },
})
after(async () => {
  await browser?.close()
  await server.close()
  rmSync(folder, { recursive: true })
})

async function judge(page: Page, what: string): Promise<void> {
  assert.deepEqual(await faultsOf(page), [], what)
}

const start = (page: Page) => page.getByRole('button', { name: 'Start', exact: true })
const next = (page: Page) => page.getByRole('button', { name: 'Continue', exact: true })

test('study in a world: a participant plays paint-arena on a phone, from the link to the code, with a reload in the middle', {
  skip: NO_BROWSER,
}, async () => {
  const { page, complaints, close } = await browser!.open(`${server.url}/study/Alone?PROLIFIC_PID=p1`, {
    width: 'phone',
  })
  await page.getByLabel('I agree to take part.').check()
  await page.getByRole('button', { name: 'Agree and continue' }).click()
  await page.getByText('Paint as many tiles as you can.').waitFor()
  await judge(page, 'assignment')
  await start(page).click()
  await page.getByRole('group', { name: 'Steer' }).waitFor()
  await page.reload()
  const pad = page.getByRole('group', { name: 'Steer' })
  await pad.getByRole('button').nth(3).click()
  await page.getByText('Game 1 of 1').waitFor()
  assert.equal(await page.getByText('greedy').count(), 0, 'who plays the other slot is not said')
  await judge(page, 'the game')
  await page.getByText('The game is over.').waitFor({ timeout: 60_000 })
  await judge(page, 'the end of the game')
  await next(page).click()
  await page.getByText('Was it easy?').waitFor()
  await page.getByRole('radio', { name: 'Yes' }).check()
  await next(page).click()
  await page.getByRole('heading', { name: 'Thank you. You have finished.' }).waitFor()
  await page.getByText('PAINTED-1').waitFor()
  assert.deepEqual(complaints, [])
  await close()
})

test('study in a world: a move without a connection is said not to have been sent, also once the connection is back', {
  skip: NO_BROWSER,
}, async () => {
  const { page, close } = await browser!.open(`${server.url}/worlds`)
  let isDown = false
  const lines: WebSocketRoute[] = []
  await page.routeWebSocket(/\/play/, (line) => {
    if (isDown) return void line.close()
    lines.push(line)
    line.connectToServer()
  })
  await page.goto(`${server.url}/study/Slow?PROLIFIC_PID=p2`)
  await page.getByLabel('I agree to take part.').check()
  await page.getByRole('button', { name: 'Agree and continue' }).click()
  await start(page).click()
  const pad = page.getByRole('group', { name: 'Steer' })
  await pad.waitFor()
  isDown = true
  for (const line of lines) await line.close()
  await page.getByText('The connection is down.').waitFor()
  await pad.getByRole('button').nth(3).click()
  isDown = false
  await page.getByText('Your last move was not sent, because the connection was down.').waitFor()
  await pad.getByRole('button').nth(3).click()
  await page.getByText('Your last move was not sent').waitFor({ state: 'hidden' })
  await close()
})

test('study in a world: one participant waits, is alerted when the other joins, and both play to the code', {
  skip: NO_BROWSER,
}, async () => {
  const first = await browser!.open(`${server.url}/study/Pairs?PROLIFIC_PID=a`, { width: 'phone', theme: 'dark' })
  await first.page.getByText('You play with 1 other person.').waitFor()
  await start(first.page).click()
  await first.page.getByRole('heading', { name: 'Waiting for other participants' }).waitFor()
  await first.page.getByText('1 of 2 people are here.').waitFor()
  assert.equal(await first.page.getByLabel('Play a sound when it begins').isChecked(), false)
  await judge(first.page, 'the waiting room')
  await first.page.getByRole('button', { name: 'Stop waiting' }).click()
  await start(first.page).click()
  await first.page.getByText('1 of 2 people are here.').waitFor()
  // Like a tab in the background.
  await first.page.evaluate(`Object.defineProperty(document, 'hidden', { get: () => true })`)
  const second = await browser!.open(`${server.url}/study/Pairs?PROLIFIC_PID=b`)
  await start(second.page).click()
  await until('the title calls', async () => ((await first.page.title()).includes('It begins') ? true : undefined))
  for (const { page } of [first, second])
    await page.getByRole('group', { name: 'Steer' }).waitFor({ state: 'attached' })
  const polls = [first, second].map(({ page }) =>
    page.waitForResponse(async (answer) => answer.url().endsWith('/me') && (await answer.json()).stage === 'finished', {
      timeout: 90_000,
    }),
  )
  for (const { page } of [first, second]) await page.getByText('The game is over.').waitFor({ timeout: 60_000 })
  // The end is seen, although the page knows that the server has the next stage.
  await Promise.all(polls)
  for (const { page } of [first, second]) {
    await page.getByText('The game is over.').waitFor()
    await next(page).click()
    await page.getByText('PAINTED-2').waitFor()
  }
  assert.deepEqual([first.complaints, second.complaints], [[], []])
  await first.close()
  await second.close()
})
