// A participant of a study in a real browser: from the link to the completion code, on two devices, in two languages.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { createOfflineResponder } from '../../src/adapters/session/role-models.ts'
import { startServer } from '../../src/server/app.ts'
import { NO_BROWSER } from '../../src/testing/browser.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { until } from '../../src/testing/until.ts'
import { faultsOf, startWebBrowser } from '../../src/testing/web.ts'

const ADMIN = 'dcs-ak-admin'

const EXPERIMENT = `name: Two games
description: Explore and work together.
condition: learning
assignment_strategy:
  strategy: random_unique
  games: [Explore, Teamwork]
  quota_per_game: 30
  max_assignments_per_player: 1
  seed: 43
forms:
  - name: intake
    before_or_after: before
    questions:
      - {prompt: Tell us a little about yourself., answer_type: null}
      - {key: age, prompt: "How old are you?", answer_type: number, required: true}
      - {key: often, prompt: "How often do you talk with a chatbot?", answer_type: single_choice, options: [Never, Weekly, Daily], required: true}
      - {key: stranger, prompt: "I can tell what a stranger wants.", answer_type: single_choice, options: [1, 2, 3, 4, 5, 6, 7], required: true}
      - {key: tools, prompt: "Which do you use?", answer_type: multi_choice, options: [Phone, Laptop]}
      - {key: mail, prompt: "Your email", answer_type: email}
      - {key: phone, prompt: "Your phone", answer_type: phone}
      - {key: work, prompt: "What do you do for a living?", answer_type: string}
      - {key: first, prompt: "Is this your first study?", answer_type: bool, required: true}
  - name: outtake
    before_or_after: after
    questions:
      - {key: easy, prompt: "Was it easy?", answer_type: bool, required: true}
study:
  title: Talking to other minds
  open_link: false
  consent:
    version: "3"
    scroll: true
    signature: true
    text: |
${Array.from({ length: 40 }, (_, i) => `      Paragraph ${i}: we record what you write, and you may stop at any time.\n`).join('\n')}
  completion: {url: "https://app.prolific.com/submissions/complete?cc={code}"}
`

const CHOICE = `name: Elige
seed: 7
games: [{name: Explore}, {name: Teamwork}]
next_game_strategy:
  strategy: {id: full_character_access, allow_choice_if_multiple: true, max_assignments_per_player: 1}
study: {title: Elige un juego, language: es, completion: {code: DONE-42}}
`

const folder = mkdtempSync(join(tmpdir(), 'paracosm-study-'))
const browser = NO_BROWSER ? undefined : await startWebBrowser()
const server = await startServer({
  dataDir: folder,
  ...TEST_SERVER,
  logLevel: 'silent',
  version: '0.0.0-test',
  sessions: { models: createOfflineResponder(), hasRateLimits: false, adminKey: ADMIN },
  studies: {
    files: [
      { path: 'two-games.yml', text: EXPERIMENT },
      { path: 'elige.yml', text: CHOICE },
    ],
  },
})
after(async () => {
  await browser?.close()
  await server.close()
  rmSync(folder, { recursive: true })
})

async function personalLink(): Promise<string> {
  const answer = await fetch(`${server.url}/api/research/studies/Two%20games/links`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ count: 1 }),
  })
  const { links } = (await answer.json()) as { links: { path: string }[] }
  return server.url + links[0]!.path
}

async function judge(page: Page, what: string): Promise<void> {
  await page.waitForLoadState('networkidle')
  assert.deepEqual(await faultsOf(page), [], what)
}

const next = (page: Page) => page.getByRole('button', { name: 'Continue', exact: true })

async function consent(page: Page): Promise<void> {
  await page.getByText('Read to the end to continue.').waitFor()
  // On a busy machine the browser may still be laying out the page, and drop the key.
  await until('the text is read to its end', async () => {
    await page.getByRole('region', { name: 'Before you decide to take part' }).focus()
    await page.keyboard.press('End')
    const read = page.getByText('You have read to the end.')
    return read.waitFor({ timeout: 3000 }).then(
      () => true,
      () => undefined,
    )
  })
  await page.getByLabel('I agree to take part.').check()
  await page.getByLabel('Your name, as a signature').fill('Rosa Lindqvist')
  await page.getByRole('button', { name: 'Agree and continue' }).click()
  await page.getByRole('heading', { name: 'A few questions first' }).waitFor()
}

async function answer(page: Page): Promise<void> {
  await page.getByLabel('How old are you?').fill('40')
  await page.getByRole('radio', { name: 'Weekly' }).check()
  await page.getByRole('radio', { name: '5', exact: true }).check()
  await page.getByRole('checkbox', { name: 'Laptop' }).check()
  await page.getByRole('radio', { name: 'Yes' }).check()
  await next(page).click()
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor()
}

async function finish(page: Page, button: string, composer: string): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click()
  const over = page.getByRole('button', { name: /^(Continue|Continuar)$/ })
  for (let i = 0; i < 6; i++) {
    const field = page.getByLabel(composer)
    await over.or(page.locator('textarea:enabled')).first().waitFor()
    await page.waitForTimeout(300)
    if (await over.isVisible()) break
    // The game may end in this moment, and its field is gone then.
    const isSent = await field.fill('It was easy enough.', { timeout: 5000 }).then(
      () => true,
      () => false,
    )
    if (isSent) await field.press('Enter', { timeout: 5000 }).catch(() => undefined)
  }
  await over.click()
}

for (const [width, theme] of [
  ['phone', 'light'],
  ['tablet', 'dark'],
  ['desktop', 'light'],
] as const) {
  test(`study: every screen from the link to the code on a ${width}: controls are reachable, nothing overflows, axe finds nothing`, {
    skip: NO_BROWSER,
  }, async () => {
    const { page, complaints, close } = await browser!.open(await personalLink(), { width, theme })
    await page.getByText('Read to the end to continue.').waitFor()
    assert.doesNotMatch(page.url(), /token/)
    await judge(page, 'consent')
    await page.getByRole('button', { name: 'Agree and continue' }).click()
    await page.getByText('Read the text to its end first.').waitFor()
    await consent(page)
    await next(page).click()
    await page.getByText('Some answers need a change.').waitFor()
    await judge(page, 'form with faults')
    await page.getByLabel('How old are you?').fill('4o')
    await page.getByText('Use digits only, such as 40.').waitFor()
    await answer(page)
    await judge(page, 'assignment')
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page.getByRole('link', { name: 'Turn 1' }).waitFor()
    await judge(page, 'conversation')
    await finish(page, 'Finish', 'What your character does')
    await page.getByText('Was it easy?').waitFor()
    await page.getByRole('radio', { name: 'No' }).check()
    await next(page).click()
    await page.getByRole('heading', { name: 'Thank you. You have finished.' }).waitFor()
    await judge(page, 'code')
    const back = page.getByRole('link', { name: 'Return to Prolific' })
    assert.match((await back.getAttribute('href')) ?? '', /complete\?cc=[A-Z0-9]{8}$/)
    assert.deepEqual(complaints, [])
    await close()
  })
}

test('study: after a lost connection in a form or conversation, the same link resumes on another device', {
  skip: NO_BROWSER,
}, async () => {
  const link = await personalLink()
  const first = await browser!.open(link)
  await consent(first.page)
  await first.page.getByLabel('How old are you?').fill('51')
  await first.page.reload()
  await first.page.getByRole('heading', { name: 'A few questions first' }).waitFor()
  assert.equal(await first.page.getByLabel('How old are you?').inputValue(), '51')
  await answer(first.page)
  await first.page.getByRole('button', { name: 'Start', exact: true }).click()
  await first.page.getByRole('link', { name: 'Turn 1' }).waitFor()
  const field = first.page.getByLabel('What your character does')
  await field.fill('I wait for a moment.')
  await field.press('Enter')
  await first.page.getByRole('link', { name: 'Turn 2' }).waitFor()
  await first.close()
  const second = await browser!.open(link, { width: 'phone' })
  await second.page.getByRole('link', { name: 'Turn 2' }).waitFor()
  await second.page.getByText('I wait for a moment.').waitFor()
  await second.close()
})

test('study: through the open link, in Spanish, a participant chooses, continues elsewhere with the key, and withdraws', {
  skip: NO_BROWSER,
}, async () => {
  const { page, close } = await browser!.open(`${server.url}/study/Elige`)
  await page.getByRole('button', { name: 'Empezar' }).click()
  await page.getByLabel('Juego').selectOption('Teamwork')
  const decide = (act: string) =>
    fetch(`${server.url}/api/research/studies/Elige/${act}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN}` },
    })
  await decide('close')
  await page.getByRole('button', { name: 'Continuar', exact: true }).click()
  await page.getByText('Este estudio está cerrado.').waitFor()
  await decide('open')
  await page.getByRole('button', { name: 'Continuar', exact: true }).click()
  await page.getByRole('heading', { name: 'Teamwork' }).waitFor()
  await page.getByText('Continuar en otro dispositivo').click()
  const key = (await page.locator('footer code').textContent()) ?? ''
  assert.equal(await page.evaluate('document.documentElement.lang'), 'es')
  const other = await browser!.open(`${server.url}/study/Elige?lang=en`, { width: 'phone' })
  await other.page.getByText('I have started before').click()
  await other.page.getByLabel('Your key').fill(key)
  await other.page.getByRole('button', { name: 'Continue with this key' }).click()
  await other.page.getByRole('heading', { name: 'Teamwork' }).waitFor()
  await judge(other.page, 'assignment elsewhere')
  await other.page.getByRole('button', { name: 'Leave the study' }).click()
  await judge(other.page, 'leaving')
  await other.page.getByRole('button', { name: 'Leave, and delete everything' }).click()
  await other.page.getByText('Everything that was collected from you was deleted.').waitFor()
  await other.close()
  await page.reload()
  await page.getByRole('button', { name: 'Empezar' }).waitFor()
  await close()
})

test('study: an invalid link and an address without a study say so', { skip: NO_BROWSER }, async () => {
  const wrong = await browser!.open(`${server.url}/study/Two%20games?token=nothing`)
  await wrong.page.getByText('This link does not open the study.').waitFor()
  await wrong.page.goto(`${server.url}/study/No%20such`)
  await wrong.page.getByText('There is no such study.').waitFor()
  await wrong.close()
  const plain = await browser!.open(`${server.url}/study/Two%20games`)
  await plain.page.getByText('open to people with a link of their own').waitFor()
  await judge(plain.page, 'welcome without a link')
  await plain.close()
})
