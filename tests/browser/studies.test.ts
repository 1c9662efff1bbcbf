// A researcher in a real browser writes a study with a mistake, corrects and saves it, and monitors a participant.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { createOfflineResponder } from '../../src/adapters/session/role-models.ts'
import { createResearchClient, createStudyClient } from '../../src/client/index.ts'
import { HitlFile } from '../../src/protocol/hitl.ts'
import { startServer } from '../../src/server/app.ts'
import { NO_BROWSER } from '../../src/testing/browser.ts'
import { PlayClient } from '../../src/testing/play-client.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { faultsOf, startWebBrowser, WIDTHS, type WidthName } from '../../src/testing/web.ts'

const ADMIN = 'dcs-ak-admin'
const SHOTS = process.env.PARACOSM_SHOTS

const STUDY = `name: seen
description: Explore, and say how it was.
assignment_strategy:
  strategy: random_unique
  games: [Explore]
  quota_per_game: 5
  max_assignments_per_player: 1
  seed: 43
forms:
  - name: intake
    before_or_after: before
    questions:
      - {key: age, prompt: "How old are you?", answer_type: number, required: true}
study: {title: Reading a stranger, completion: {code: DONE}}
`

const folder = mkdtempSync(join(tmpdir(), 'paracosm-studies-'))
const browser = NO_BROWSER ? undefined : await startWebBrowser()
const server = await startServer({
  dataDir: folder,
  ...TEST_SERVER,
  logLevel: 'silent',
  version: '0.0.0-test',
  sessions: { models: createOfflineResponder(), hasRateLimits: false, adminKey: ADMIN },
})
const { url } = server
const research = createResearchClient({ url, key: ADMIN })
after(async () => {
  await browser?.close()
  await server.close()
  rmSync(folder, { recursive: true })
})

async function judge(page: Page, what: string): Promise<void> {
  await page.evaluate('document.fonts.ready')
  assert.deepEqual(await faultsOf(page), [], what)
  if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `${what.replaceAll(' ', '-')}.png`) })
}

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Administrator’s key').fill(ADMIN)
  await page.getByRole('button', { name: 'Use this key' }).click()
}

/** A participant through the API, up to the first turn of the conversation. */
async function walkIn(study: string, token?: string) {
  const { api_key: key, player_id: player } = await createStudyClient({ url }, study).join(
    token === undefined ? {} : { token },
  )
  const client = createStudyClient({ url, key }, study)
  await client.answer('before', { intake: { age: 40 } })
  const { ws_path: path } = await client.start()
  const play = new PlayClient(url.replace('http', 'ws') + path, key)
  await play.until('turn_end')
  await play.advance('I wait for a moment.')
  return { client, play, player }
}

async function finish(play: PlayClient): Promise<void> {
  let frames = await play.advance('/finish')
  for (let i = 0; i < 5 && frames.at(-1)?.exited !== true; i++) frames = await play.advance('It was easy enough.')
  await play.close()
}

test('studies: without the key the page says what is missing, and a wrong key is refused', {
  skip: NO_BROWSER,
}, async () => {
  const { page, close } = await browser!.open(`${url}/studies`)
  await page.getByText('need the administrator’s key').waitFor()
  await judge(page, 'without a key')
  await page.getByLabel('Administrator’s key').fill('dcs-ak-guess')
  await page.getByRole('button', { name: 'Use this key' }).click()
  await page.getByText('did not accept the key').waitFor()
  await signIn(page)
  await page.getByText('No studies yet.').waitFor()
  await page.getByRole('link', { name: 'New study' }).waitFor()
  await close()
})

test('studies: a study goes from a mistake in the editor to the data of a participant', {
  skip: NO_BROWSER,
}, async () => {
  const { page, complaints, close } = await browser!.open(`${url}/studies`)
  await signIn(page)
  await page.getByRole('link', { name: 'New study' }).click()
  await page.getByRole('button', { name: 'Begin with this: One game, recruited on Prolific' }).click()
  const field = page.getByLabel('Study file (YAML)')
  await page.getByText('The file has no mistake.').waitFor()
  await page.getByRole('region', { name: 'Preview' }).getByText('How well did the other understand you?').waitFor()
  await field.fill(
    STUDY.replace('quota_per_game: 5', 'quota_per_gam: 5').replace('games: [Explore]', 'games: [Exploer]'),
  )
  await page.getByRole('button', { name: /^Line 5, column/ }).waitFor()
  assert.match((await page.locator('p[class*="faultLine"]').first().textContent()) ?? '', /games: \[Exploer\]/)
  const create = page.getByRole('button', { name: 'Create the study' })
  assert.equal(await create.getAttribute('aria-disabled'), 'true')
  await judge(page, 'editor with a mistake')
  await page.getByRole('button', { name: /^Line 5, column/ }).click()
  assert.equal(
    await field.evaluate(
      (area) =>
        (area as HTMLTextAreaElement).value.slice(0, (area as HTMLTextAreaElement).selectionStart).split('\n').length,
    ),
    5,
  )
  await page.reload()
  assert.match(await field.inputValue(), /Exploer/, 'what was typed survives a reload')
  await field.fill(STUDY)
  await page.getByText('The file has no mistake.').waitFor()
  await create.click()
  await page.getByRole('heading', { name: 'Reading a stranger', level: 1 }).waitFor()
  await page.getByLabel('How many').fill('2')
  await page.getByLabel('Label', { exact: true }).fill('class A')
  await page.getByRole('button', { name: 'Make the links' }).click()
  await page.getByText('These 2 links are shown once.').waitFor()
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as CSV' }).click(),
  ])
  const csv = readFileSync(await saved.path(), 'utf8')
  const token = /token=([\w-]+)/.exec(csv)?.[1] ?? ''
  assert.match(csv, /^number,label,link\r\n1,class A,http/)
  const { play, client, player } = await walkIn('seen', token)
  await page.getByRole('tab', { name: 'Monitor' }).click()
  const row = page.getByRole('list', { name: 'Participants' }).getByRole('listitem')
  await row.getByText('Conversation').waitFor()
  assert.match((await row.textContent()) ?? '', /class A.*In progress/s)
  await judge(page, 'monitor')
  await finish(play)
  assert.equal((await client.me()).stage, 'finished')
  await page.getByText('Nobody takes part at this moment.').waitFor()
  await page.getByRole('radio', { name: 'All 1' }).check()
  await row.getByText('Complete').waitFor()
  await row.getByRole('link').click()
  await page.getByText('I wait for a moment.').first().waitFor()
  await page.getByText('Answers').first().click()
  await page.getByText('How old are you?').waitFor()
  await judge(page, 'participant')
  const [exported] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export this participant' }).click(),
  ])
  assert.equal(JSON.parse(readFileSync(await exported.path(), 'utf8')).player_id, player)
  await page.getByRole('link', { name: 'seen' }).click()
  await page.getByRole('button', { name: 'Close the study' }).click()
  await page.getByText('Closed', { exact: true }).waitFor()
  await page.getByRole('tab', { name: 'Results' }).click()
  const results = page.frameLocator('iframe[title="Results of Reading a stranger"]')
  await results.getByRole('heading', { name: 'Transcripts' }).waitFor()
  await results.getByText('I wait for a moment.').first().waitFor()
  await results
    .getByRole('heading', { name: /coverage/i })
    .first()
    .waitFor()
  assert.equal(await results.getByRole('heading', { name: /quality/i }).count(), 0)
  await judge(page, 'results')
  await page.getByLabel('Scores of each character').check()
  await results
    .getByRole('heading', { name: /quality/i })
    .first()
    .waitFor()
  const address = (await page.getByRole('link', { name: 'On a page of its own' }).getAttribute('href')) ?? ''
  const own = await fetch(url + address)
  assert.match(own.headers.get('content-security-policy') ?? '', /sandbox allow-scripts/)
  assert.equal((await fetch(`${url + address}x`)).status, 404)
  await page.getByRole('tab', { name: 'Data' }).click()
  const [data] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the data' }).click(),
  ])
  assert.equal(
    readFileSync(await data.path())
      .subarray(0, 2)
      .toString(),
    'PK',
  )
  const [report] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the report' }).click(),
  ])
  assert.match(readFileSync(await report.path(), 'utf8'), /Reading a stranger/)
  assert.deepEqual(complaints, [])
  await close()
})

test('studies: the file is replaced after a warning, the quota is changed, a participant is ended, released and deleted', {
  skip: NO_BROWSER,
}, async () => {
  await research.put(STUDY.replace('name: seen', 'name: acted'))
  const { player, play } = await walkIn('acted')
  const { page, close } = await browser!.open(`${url}/studies/acted?tab=design`)
  await signIn(page)
  const field = page.getByLabel('Study file (YAML)')
  await field.fill((await field.inputValue()).replace('Explore, and say', 'Explore and tell'))
  await page.getByRole('button', { name: 'Save the file' }).click()
  await page.getByText('1 person has joined already.').waitFor()
  await page.getByRole('button', { name: 'Save all the same' }).click()
  await page.getByText('The study file is saved.').waitFor()
  await page.getByRole('tab', { name: 'Monitor' }).click()
  await page.getByRole('button', { name: 'Change the quota' }).click()
  await page.getByLabel('Players for each game').fill('12')
  await page.getByRole('button', { name: 'Save the quota' }).click()
  await page.getByText('of 12').waitFor()
  await page.getByRole('list', { name: 'Participants' }).getByRole('link').focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'End the session' }).click()
  await page.getByRole('button', { name: 'Take back Explore' }).click()
  await page.getByText('taken back, or not started in time').waitFor()
  await page.getByRole('button', { name: 'Delete…' }).click()
  await judge(page, 'deleting')
  await page.getByRole('button', { name: 'Delete everything' }).click()
  await page.getByText('Nobody has joined yet.').waitFor()
  await page.goto(`${url}/studies/acted/participants/${player}`)
  await page.getByText('This study has no such participant.').waitFor()
  await play.close()
  await close()
})

for (const width of Object.keys(WIDTHS) as WidthName[]) {
  const theme = width === 'desktop' ? 'light' : 'dark'
  test(`studies: every page at ${WIDTHS[width]} px, ${theme}: controls are reachable, nothing overflows, axe finds nothing`, {
    skip: NO_BROWSER,
  }, async () => {
    const study = `wide-${width}`
    await research.put(STUDY.replace('name: seen', `name: ${study}`))
    const { play, player } = await walkIn(study)
    await createStudyClient({ url }, study).join()
    const { page, complaints, close } = await browser!.open(`${url}/studies`, { width, theme })
    await signIn(page)
    await page.getByRole('link', { name: 'New study' }).waitFor()
    await page.getByRole('list', { name: 'Studies' }).waitFor()
    await judge(page, `list ${width}`)
    for (const [address, text] of [
      ['/new-study', 'Participants choose'],
      [`/studies/${study}`, 'Conversation'],
      [`/studies/${study}?tab=design`, 'The file has no mistake.'],
      [`/studies/${study}?tab=invite`, 'For Prolific'],
      [`/studies/${study}?tab=data`, 'Download the report'],
      [`/studies/${study}/participants/${player}`, 'I wait for a moment'],
    ] as const) {
      await page.goto(url + address)
      await page.getByText(text).first().waitFor()
      await judge(page, `${address.slice(1).replaceAll(/[/?=]/g, '-').replace(player, 'person')} ${width}`)
    }
    assert.deepEqual(complaints, [])
    await play.close()
    await close()
  })
}

test('studies: a silent participant counts as stuck, then as dropped out, after minutes that the researcher chooses', {
  skip: NO_BROWSER,
}, async () => {
  await research.put(STUDY.replace('name: seen', 'name: silent'))
  await createStudyClient({ url }, 'silent').join()
  const { page, close } = await browser!.open(`${url}/studies/silent?stuck=2&dropped=30`)
  await page.route('**/participants?*', async (route) => {
    const answer = await route.fetch()
    const body = await answer.json()
    const later = new Date(Date.parse(body.now) + 10 * 60_000).toISOString()
    await route.fulfill({ response: answer, json: { ...body, now: later } })
  })
  await signIn(page)
  await page.getByRole('radio', { name: 'Needs you 1' }).check()
  await page.getByText('Stuck', { exact: true }).waitFor()
  await page.getByLabel('Stuck after').selectOption('15')
  await page.getByText('Nobody is stuck.').waitFor()
  await page.getByLabel('Stuck after').selectOption('2')
  await page.getByLabel('Dropped out after').selectOption('15')
  await page.getByText('Stuck', { exact: true }).waitFor()
  assert.match(page.url(), /dropped=15/)
  await close()
})

test('scenarios: they are created, answered on the server in branches, rated one by one, and saved', {
  skip: NO_BROWSER,
}, async () => {
  const { page, close, complaints } = await browser!.open(`${url}/scenarios`)
  await signIn(page)
  await page.getByLabel('Character', { exact: true }).fill('OCTO')
  await page.getByRole('button', { name: 'Make scenarios' }).click()
  await page.getByText('There is no character OCTO.').waitFor()
  await page.getByLabel('Character', { exact: true }).fill('OCTA')
  await page.getByRole('button', { name: 'Make scenarios' }).click()
  await judge(page, 'scenarios')
  await page.getByRole('link', { name: 'OCTA' }).click()
  await page.getByText('The character has not answered this yet.').waitFor()
  await assert.rejects(
    research.hitlJudge('OCTA', { scenario: 'OCTA-memory-001', attempt: 0, liked: true }),
    /not answered this attempt/,
  )
  await page.getByRole('button', { name: 'Let the character answer' }).click()
  const { progress } = await research.hitl('OCTA')
  await page
    .getByText(`${progress.attempts} of ${progress.attempts} answered, ${progress.attempts} to judge.`)
    .waitFor()
  await judge(page, 'a response to judge')
  await page.getByRole('button', { name: 'It holds' }).click()
  await page.getByText(`2 of ${progress.attempts}`, { exact: true }).waitFor()
  await page.getByLabel('Out of character').check()
  await page.getByLabel('Comment').fill('It spoke as a person.')
  await page.getByRole('button', { name: 'It fails' }).click()
  await page.getByText(`3 of ${progress.attempts}`, { exact: true }).waitFor()
  await page.reload()
  await page.getByText(`${progress.attempts - 2} to judge.`).waitFor()
  const { file } = await research.hitl('OCTA')
  const [first] = HitlFile.parse(file).scenario_groups.flatMap(({ scenarios }) => scenarios)
  const [good, bad] = first?.attempts ?? []
  assert.deepEqual([good?.evaluator_feedback?.liked, good?.evaluator_feedback?.out_of_character], [true, false])
  assert.deepEqual([bad?.evaluator_feedback?.liked, bad?.evaluator_feedback?.out_of_character], [false, true])
  assert.equal(bad?.evaluator_feedback?.comment, 'It spoke as a person.')
  assert.notEqual(good?.simulator_response, undefined)
  // The browser reports the unknown character.
  assert.deepEqual(
    complaints.filter((each) => !/404/.test(each)),
    [],
  )
  await close()
})
