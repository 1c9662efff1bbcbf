// The view of parley in Chromium: a conversation with its verdicts and its score on demand, scrubbed, on a phone.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { launchBrowser, NO_BROWSER } from '../../src/testing/browser.ts'
import { faultsOf } from '../../src/testing/web.ts'
import { openViewPage } from './view-page.ts'

const browser = NO_BROWSER ? undefined : await launchBrowser()
after(() => browser?.close())

const open = (wanted: Partial<Parameters<typeof openViewPage>[1]> = {}) =>
  openViewPage(browser!, { world: 'parley', variant: VARIANT, ...wanted })

const VARIANT = 'explore'
const VIOLATION = {
  slot: 0,
  kind: 'session_event',
  data: {
    event_type: 'validation_violation',
    turn_index: 2,
    content: JSON.stringify({
      validator_name: 'VALID-PC-AGENCY: the player speaks for itself alone',
      stage: 'player_validation',
      message: 'You decided what it does.',
      response: 'I make it dance.',
      raw_result: { pass: false },
    }),
  },
}

async function talk(page: Page, ...commands: object[]): Promise<void> {
  for (const command of commands) {
    await page.evaluate((said) => {
      const { lab } = window as any
      lab.send(0, said)
      lab.run(1)
    }, command)
  }
}

const say = (text: string) => ({ type: 'say', text, at: 1000 })

test('parley view: the conversation, verdicts on demand, a jump back, and the end', { skip: NO_BROWSER }, async () => {
  const { page, complaints, close } = await open()
  await page.getByText('Waiting for the first frame').waitFor()
  await talk(page, { type: 'begin', at: 0 })
  await page.getByText('Turn 1').waitFor()
  const early = await page.evaluate(() => (window as any).lab.keep())
  await talk(page, say('I wave.'))
  await page.getByText('Turn 2').waitFor()
  assert.equal(await page.getByText('I wave.').count(), 1)
  assert.ok(await page.getByRole('button', { name: '0 verdicts' }).isDisabled())
  await page.evaluate((event) => (window as any).lab.show([event]), VIOLATION)
  await page.getByRole('button', { name: '1 verdict' }).click()
  await page.getByText('You decided what it does.').waitFor()
  await page.getByText('Action refused: VALID-PC-AGENCY').waitFor()
  await page.evaluate((index) => (window as any).lab.jump(index), early)
  await page.getByRole('button', { name: '0 verdicts' }).waitFor()
  assert.equal(await page.getByText('I wave.').count(), 0)
  const left = await page.evaluate(() => {
    const { lab } = window as any
    lab.unmount()
    return [document.querySelectorAll('#view *').length, lab.listeners.size, document.adoptedStyleSheets.length]
  })
  assert.deepEqual(left, [0, 0, 0])
  assert.deepEqual(complaints, [])
  await close()
})

test('parley view: a scored session shows its score on demand', { skip: NO_BROWSER }, async () => {
  const { page, complaints, close } = await open({ variant: 'infer-intent' })
  await talk(page, { type: 'begin', at: 0 }, say('I wave.'), say('/finish'))
  for (let i = 0; i < 3 && (await page.evaluate(() => (window as any).lab.outcome() === undefined)); i++) {
    await talk(page, say('It wants to be left alone.'))
  }
  await page.getByText('The session is over').waitFor()
  await page.getByRole('button', { name: 'Score' }).click()
  await page.getByText(/^\d+ of 100$/).waitFor()
  assert.deepEqual(complaints, [])
  await close()
})

test('parley view: on a phone every control is reachable, nothing overflows, axe finds nothing in both themes', {
  skip: NO_BROWSER,
}, async () => {
  const { page, complaints, close } = await open({ touch: true, width: 390, height: 780 })
  await talk(page, { type: 'begin', at: 0 }, say('I wave.'))
  await page.evaluate((event) => (window as any).lab.show([event]), VIOLATION)
  await page.getByRole('button', { name: '1 verdict' }).click()
  assert.deepEqual(await faultsOf(page), [])
  assert.deepEqual(complaints, [])
  await close()
})
