// The pages of leagues in a real browser: the demo league's leaderboard at three widths, and an episode of a round.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startServer } from '../../src/server/app.ts'
import { NO_BROWSER } from '../../src/testing/browser.ts'
import { eventually } from '../../src/testing/server-process.ts'
import { axe, hitTest, overflow, startWebBrowser, WIDTHS, type WidthName } from '../../src/testing/web.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-league-pages-'))
const browser = NO_BROWSER ? undefined : await startWebBrowser()
const serve = (name: string, hasLeague: boolean) =>
  startServer({
    dataDir: join(folder, name),
    host: '127.0.0.1',
    port: 0,
    otherPorts: 0,
    hasShowcase: false,
    hasLeague,
    logLevel: 'silent',
    version: '0.0.0-test',
  })
const server = await serve('demo', true)
after(async () => {
  await browser?.close()
  await server.close()
  rmSync(folder, { recursive: true })
})

const read = async (path: string): Promise<any> => (await fetch(`${server.url}${path}`)).json()

/** Resolves once the highest division has a leaderboard. */
const ranked = () =>
  eventually('the demo league has a leaderboard', async () => {
    const [top] = await read('/v2/leagues/demo-league/division-ladder').catch(() => [])
    if (!top) return undefined
    const board = await read(`/v2/divisions/${top.id}/leaderboard`)
    return board.length === 3 ? board : undefined
  })

for (const width of Object.keys(WIDTHS) as WidthName[]) {
  test(`leagues: the pages at ${WIDTHS[width]} px: controls are reachable, nothing overflows, axe finds nothing`, {
    skip: NO_BROWSER,
  }, async () => {
    await ranked()
    const theme = width === 'tablet' ? 'dark' : 'light'
    const { page, complaints, close } = await browser!.open(`${server.url}/leagues`, { width, theme })
    const judge = async (): Promise<void> => {
      assert.deepEqual(await hitTest(page), [])
      assert.deepEqual(await overflow(page), [])
      assert.deepEqual(await axe(page), [])
    }
    await page.getByText('Competition: 3 policies').waitFor()
    await judge()
    await page.getByRole('link', { name: 'Demo League' }).click()
    await page.getByRole('heading', { name: 'Demo League', level: 1 }).waitFor()
    await page.locator('table tbody tr').nth(2).waitFor()
    await page.getByText('A round every minute.').waitFor()
    await page
      .getByRole('link', { name: /^Watch .* against / })
      .first()
      .waitFor()
    await judge()
    if (process.env.SHOTS)
      await page.screenshot({ path: `${process.env.SHOTS}/league-${WIDTHS[width]}.png`, fullPage: true })
    assert.deepEqual(complaints, [])
    await close()
  })
}

test('leagues: the leaderboard has rank, policy, score and matches, and an episode of a round opens', {
  skip: NO_BROWSER,
}, async () => {
  await ranked()
  const { page, complaints, close } = await browser!.open(`${server.url}/leagues/demo-league`)
  const rows = page.locator('table tbody tr')
  await rows.nth(2).waitFor()
  const board = (await rows.allTextContents()).join('\n')
  for (const bot of ['greedy', 'sweep', 'random']) assert.match(board, new RegExp(`${bot} v1`))
  assert.match(board, /\d, \d/)
  assert.equal(
    await page
      .getByRole('list', { name: /^Results of round/ })
      .getByRole('listitem')
      .count(),
    3,
  )
  await page.getByRole('radio', { name: 'Qualifiers' }).click()
  await page.getByRole('heading', { name: 'About Qualifiers' }).waitFor()
  await page.getByRole('radio', { name: 'Competition' }).click()
  await page
    .getByRole('link', { name: /^Watch .* against / })
    .first()
    .click()
  await page.waitForURL(/\/episodes\/league-[0-9a-f-]+/)
  await page.locator('canvas').first().waitFor()
  const id = new URL(page.url()).pathname.split('/').at(-1)
  const episode = await read(`/api/episodes/${id}`)
  assert.deepEqual([episode.id, episode.status, episode.world.id], [id, 'finished', 'paint-arena'])
  const { scores } = await read(`/jobs/${id?.replace('league-', '')}/artifacts/results`)
  assert.deepEqual(episode.results.scores, scores)
  assert.deepEqual(complaints, [])
  await close()
})

test('leagues: an empty list and an unknown league are explained', { skip: NO_BROWSER }, async () => {
  const empty = await serve('empty', false)
  const { page, close } = await browser!.open(`${empty.url}/leagues`, { width: 'phone' })
  await page.getByText('No leagues yet.').waitFor()
  await page.goto(`${empty.url}/leagues/nothing`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  assert.match((await page.textContent('main')) ?? '', /not|no /i)
  await close()
  await empty.close()
})
