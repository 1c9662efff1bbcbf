// The pages of leagues and evaluations in a real browser: leaderboard, policy and report at three widths and in both
// themes, and the episodes behind their figures.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { EvaluationReport } from '../../src/protocol/evaluation.ts'
import { startServer } from '../../src/server/app.ts'
import type { UploadSettings } from '../../src/server/leagues.ts'
import { NO_BROWSER } from '../../src/testing/browser.ts'
import { runCommand } from '../../src/testing/cli.ts'
import { seedPackages } from '../../src/testing/hosted-packages.ts'
import { eventually } from '../../src/testing/server-process.ts'
import { createStandInEngine } from '../../src/testing/stand-in-engine.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { faultsOf, startWebBrowser, WIDTHS, type WidthName } from '../../src/testing/web.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-league-pages-'))
const browser = NO_BROWSER ? undefined : await startWebBrowser()
const serve = (name: string, hasLeague: boolean, uploads?: UploadSettings) =>
  startServer({
    dataDir: join(folder, name),
    ...TEST_SERVER,
    hasLeague,
    uploads,
    logLevel: 'silent',
    version: '0.0.0-test',
  })
/** An evaluation in the data folder of the server, as `paracosm eval` writes it. */
const evaluated = await runCommand(
  'eval paint-arena greedy random sweep --episodes 12 --set width=6 --set height=6 --set max_ticks=20'
    .split(' ')
    .concat('--data', join(folder, 'demo'), '--json'),
)
assert.equal(evaluated.status, 0, evaluated.err)
const report = EvaluationReport.parse(JSON.parse(evaluated.out))
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
  test(`leagues: the pages at ${WIDTHS[width]} px: controls are hit, nothing overflows, axe is content in both themes`, {
    skip: NO_BROWSER,
  }, async () => {
    await ranked()
    const { page, complaints, close } = await browser!.open(`${server.url}/leagues`, { width })
    await page.getByText('Competition: 3 policies').waitFor()
    assert.deepEqual(await faultsOf(page), [])
    await page.getByRole('link', { name: 'Demo League' }).click()
    await page.getByRole('heading', { name: 'Demo League', level: 1 }).waitFor()
    await page.locator('table tbody tr').nth(2).waitFor()
    await page.getByText('A round every minute.').waitFor()
    await page
      .getByRole('link', { name: /^Watch .* against / })
      .first()
      .waitFor()
    assert.deepEqual(await faultsOf(page), [])
    await page.getByRole('link', { name: 'greedy v1' }).first().click()
    await page.getByRole('heading', { name: 'greedy v1', level: 1 }).waitFor()
    await page.getByRole('img', { name: /^Mean score of greedy v1/ }).waitFor()
    assert.deepEqual(await faultsOf(page), [])
    await page.goto(`${server.url}/evaluations/${report.id}`)
    await page.getByRole('link', { name: 'Watch episode 0' }).waitFor()
    assert.deepEqual(await faultsOf(page), [])
    assert.deepEqual(complaints, [])
    await close()
  })
}

test('leagues: the page of a policy lists its rounds, opponents and matches, and a match opens', {
  skip: NO_BROWSER,
}, async () => {
  await ranked()
  const [membership] = (await read('/v2/league-policy-memberships')).filter(
    ({ policy_version: version }: any) => version.policy.name === 'greedy',
  )
  const address = `/leagues/demo-league/policies/${membership.policy_version.id}`
  const figures = await read(`/api${address}`)
  assert.equal(figures.matches.length > 0 && figures.rounds.length > 0, true)
  for (const { won, drawn, lost, share } of figures.opponents) {
    assert.equal(share.value, (won + drawn / 2) / (won + drawn + lost))
    assert.ok(share.low <= share.value && share.value <= share.high)
  }
  const last = figures.rounds.at(-1)
  const mean = figures.rounds.reduce((sum: number, { score }: any) => sum + score, 0) / figures.rounds.length
  assert.ok(Math.abs(last.mean - mean) < 1e-9)
  const { page, complaints, close } = await browser!.open(server.url + address)
  await page.getByText(/^Rank \d of 3 in Competition/).waitFor()
  await page.getByRole('table', { name: 'Opponents' }).getByRole('link', { name: 'sweep v1' }).click()
  await page.getByRole('heading', { name: 'sweep v1', level: 1 }).waitFor()
  await page
    .getByRole('link', { name: /^Watch the match against/ })
    .first()
    .click()
  await page.waitForURL(/\/episodes\/league-/)
  await page.locator('canvas').first().waitFor()
  assert.deepEqual(complaints, [])
  await close()
  assert.equal((await fetch(`${server.url}/api/leagues/demo-league/policies/nobody`)).status, 404)
})

test('evaluations: the report is a page, a figure opens its episodes, and one of them verifies in the browser', {
  skip: NO_BROWSER,
}, async () => {
  const { page, complaints, close } = await browser!.open(`${server.url}/leagues`)
  await page.getByRole('link', { name: 'All evaluations' }).click()
  await page.getByRole('link', { name: 'greedy, random and sweep in paint-arena' }).click()
  const rows = page.getByRole('table', { name: 'Policies, best first' }).locator('tbody tr')
  const best = [...report.policies].sort((a, b) => b.bradley_terry!.value - a.bradley_terry!.value)[0]
  assert.match((await rows.first().textContent()) ?? '', new RegExp(`^${best?.name}`))
  const pair = report.pairs.find(({ policy, opponent }) => policy === 'greedy' && opponent === 'random')
  const share = Math.round((pair?.win_probability.value ?? 0) * 100)
  await page
    .getByRole('link', { name: new RegExp(`${share}%.*greedy above random, ${pair?.episodes} episodes`) })
    .click()
  await page.waitForURL(/policy=greedy&opponent=random#episodes$/)
  const episodes = page.getByRole('table', { name: 'Episodes' }).locator('tbody tr')
  const deadline = Date.now() + 60_000
  while ((await episodes.count()) !== pair?.episodes && Date.now() < deadline) await page.waitForTimeout(50)
  assert.equal(await episodes.count(), pair?.episodes)
  for (const text of await episodes.allTextContents()) assert.match(text, /greedy.*random|random.*greedy/)
  await page.getByRole('combobox', { name: 'Outcome' }).selectOption('failed')
  await page.getByText('No episode has these policies and this outcome.').waitFor()
  await page.goBack()
  await episodes.first().getByRole('link').click()
  await page.waitForURL(new RegExp(`/episodes/${report.id}-\\d+$`))
  await page.getByRole('button', { name: 'Verify' }).click()
  await page.getByText(/Every hash and digest matches/).waitFor()
  assert.deepEqual(complaints, [])
  await close()
  const unknown = await browser!.open(`${server.url}/evaluations/eval-none`)
  await unknown.page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor()
  await unknown.close()
})

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
  const results = page.getByRole('list', { name: /^Results of round/ }).getByRole('listitem')
  await results.nth(2).waitFor()
  assert.equal(await results.count(), 3)
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

test('leagues: Verify on a row re-runs its matches in the browser and compares their scores', {
  skip: NO_BROWSER,
}, async () => {
  await ranked()
  const { page, complaints, close } = await browser!.open(`${server.url}/leagues/demo-league`)
  await page.getByRole('button', { name: 'Verify greedy v1' }).click()
  const row = page.locator('table tbody tr').filter({ hasText: 'greedy v1' })
  await row
    .getByRole('status')
    .filter({ hasText: /^Proved: \d+ matches, [\d,]+ steps$/ })
    .waitFor({ timeout: 60_000 })
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

test('leagues: an administrator sees experience requests beside the leaderboard, and opens their episodes', {
  skip: NO_BROWSER,
}, async () => {
  const body = {
    target: { league_id: 'demo-league' },
    roster: [{ player: { bot: 'greedy' } }, { player: { bot: 'random' } }],
    num_episodes: 2,
    notes: 'greedy against chance',
  }
  const headers = { 'content-type': 'application/json' }
  const path = `${server.url}/v2/experience-requests`
  const made: any = await (await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) })).json()
  await eventually('the request has ended', async () => {
    const found = await read(`/v2/experience-requests/${made.id}`)
    return found.status === 'completed' ? found : undefined
  })
  const { page, complaints, close } = await browser!.open(`${server.url}/leagues/demo-league`)
  await page.getByText('greedy against chance').waitFor()
  await page.getByText('Completed: 2 of 2 episodes').waitFor()
  await page.getByText('Episodes', { exact: true }).click()
  await page.getByRole('link', { name: 'Watch episode 1' }).waitFor()
  assert.deepEqual(await faultsOf(page), [])
  await page.getByRole('link', { name: 'Watch episode 1' }).click()
  await page.waitForURL(/\/episodes\/league-/)
  await page.locator('canvas').first().waitFor()
  assert.deepEqual(complaints, [])
  await close()
})

/** The pages of lobbies ask again every few seconds; a page that reloads cannot be examined. */
async function stopRefreshing(page: Page): Promise<void> {
  await page.route('**/hosted/**', async (route) => {
    if (route.request().resourceType() !== 'document' || route.request().method() !== 'GET') return route.continue()
    const answer = await route.fetch()
    await route.fulfill({
      response: answer,
      body: (await answer.text()).replace(/<meta http-equiv="refresh"[^>]*>/, ''),
    })
  })
}

for (const width of ['phone', 'desktop'] as const) {
  test(`hosted games: the lobby at ${WIDTHS[width]} px: joined, watched, full, ended; axe is content in both themes`, {
    skip: NO_BROWSER,
  }, async () => {
    const post = async (path: string, body: object): Promise<any> => {
      const headers = { 'content-type': 'application/json' }
      return (await fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json()
    }
    const sessions = '/v2/coworlds/play/session'
    const lobby = await post(sessions, { coworld_id: 'cow_paint-arena' })
    const { page, complaints, close } = await browser!.open('about:blank', { width })
    await stopRefreshing(page)
    await page.goto(lobby.lobby_url)
    await page.getByText('Waiting for players: 0 of 2 slots are taken.').waitFor()
    assert.deepEqual(await faultsOf(page), [])
    await page.getByRole('link', { name: 'Join' }).click()
    await page.getByLabel('Your name').fill('Zoë')
    assert.deepEqual(await faultsOf(page), [])
    await page.getByRole('button', { name: 'Take a slot' }).click()
    await page.waitForURL(/\/clients\/player\?slot=0&token=/)
    await page.goto(lobby.join_url)
    await page.getByText('You have slot 0 as Zoë.').waitFor()
    assert.deepEqual(await faultsOf(page), [])
    await page.goto(lobby.lobby_url)
    await page.getByRole('link', { name: 'Watch' }).click()
    await page.waitForURL(/\/episodes\/hosted-/)
    const guest = await browser!.open('about:blank', { width })
    await stopRefreshing(guest.page)
    await guest.page.goto(lobby.join_url)
    await fetch(`${server.url}${sessions}/${lobby.session_id}/join`, { method: 'POST' })
    // The form was there before the last slot was given out.
    await guest.page.getByRole('button', { name: 'Take a slot' }).click()
    await guest.page.getByRole('alert').filter({ hasText: 'All 2 slots of this game have been given out.' }).waitFor()
    assert.deepEqual(await faultsOf(guest.page), [])
    await guest.page.getByRole('link', { name: 'To the lobby' }).click()
    await guest.page.getByRole('cell', { name: 'Player 2' }).waitFor()
    assert.deepEqual(await faultsOf(guest.page), [])
    await post(`${sessions}/${lobby.session_id}/terminate`, {})
    await guest.page.reload()
    await guest.page.getByText('Why: Ended by its host.').waitFor()
    await guest.page.getByRole('link', { name: 'See the recording' }).waitFor()
    assert.deepEqual(await faultsOf(guest.page), [])
    assert.deepEqual(complaints, [])
    await guest.close()
    await close()
  })
}

test('hosted games: pages of a package run in a sandbox, reach their own sockets, and have no origin', {
  skip: NO_BROWSER,
}, async () => {
  const data = join(folder, 'packages')
  const machine = await createStandInEngine(mkdtempSync(join(tmpdir(), 'paracosm-engine-')))
  const { coworlds, alice } = await seedPackages(data)
  const host = await serve('packages', false, {
    environment: { PATH: process.env.PATH ?? '' },
    engine: machine.command,
    engineEnvironment: machine.engine.environment,
    containers: machine.engine,
  })
  try {
    const headers = { 'content-type': 'application/json', 'x-auth-token': alice }
    const body = JSON.stringify({ coworld_id: coworlds.none })
    const made = await fetch(`${host.url}/v2/coworlds/play/session`, { method: 'POST', headers, body })
    const lobby: any = await made.json()
    const { page, complaints, close } = await browser!.open(lobby.join_url, { width: 'phone' })
    await page.getByRole('button', { name: 'Take a slot' }).click()
    await page.getByText('Waiting for the game.').waitFor()
    assert.deepEqual(complaints, [])
    await fetch(`${host.url}/v2/coworlds/play/session/${lobby.session_id}/join`, { method: 'POST' })
    // The waiting page opens the game by itself.
    await page.getByText('"type":"observation"').waitFor({ timeout: 60_000 })
    assert.equal(await page.locator('#origin').textContent(), 'null')
    assert.deepEqual(complaints, [])
    await close()
  } finally {
    await host.close()
    machine.clear()
  }
})
