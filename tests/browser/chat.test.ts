// Text games in a real browser: register, play, reload during a turn, refusals, the menu, leaving.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Page } from 'playwright-core'
import { createOfflineResponder, type RoleModels } from '../../src/adapters/session/role-models.ts'
import { startServer } from '../../src/server/app.ts'
import { NO_BROWSER } from '../../src/testing/browser.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { faultsOf, startWebBrowser, WIDTHS, type WidthName } from '../../src/testing/web.ts'

/** The offline responder behind a gate: while it is closed, no turn ends. */
function gated(): { readonly models: RoleModels; shut(): void; open(): void } {
  const responder = createOfflineResponder()
  let gate: PromiseWithResolvers<void> | undefined
  return {
    models: {
      ...responder,
      async answer(call, options) {
        await gate?.promise
        return responder.answer(call, options)
      },
    },
    shut() {
      gate = Promise.withResolvers()
    },
    open() {
      gate?.resolve()
      gate = undefined
    },
  }
}

const folder = mkdtempSync(join(tmpdir(), 'paracosm-chat-'))
const gate = gated()
const browser = NO_BROWSER ? undefined : await startWebBrowser()
const server = await startServer({
  dataDir: folder,
  ...TEST_SERVER,
  logLevel: 'silent',
  version: '0.0.0-test',
  sessions: { models: gate.models, hasRateLimits: false },
})
after(async () => {
  gate.open()
  await browser?.close()
  await server.close()
  rmSync(folder, { recursive: true })
})

async function register(page: Page): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace')
  await page.getByLabel('Email').fill('ada@example.org')
  await page.getByLabel('Phone').fill('1')
  await page.getByLabel('Signature').fill('Ada Lovelace')
  await page.getByRole('button', { name: 'Register' }).click()
}

const composer = (page: Page) => page.getByLabel('What your character does')

async function start(page: Page, game: string): Promise<void> {
  await page.getByRole('button', { name: `Play ${game}` }).click()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await composer(page).waitFor()
  await page.getByRole('link', { name: 'Turn 1' }).waitFor()
}

async function act(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}

for (const width of Object.keys(WIDTHS) as WidthName[]) {
  test(`chat: every page of a text game at ${WIDTHS[width]} px: controls are reachable, nothing overflows, axe finds nothing`, {
    skip: NO_BROWSER,
  }, async () => {
    const theme = width === 'tablet' ? 'dark' : 'light'
    const { page, complaints, close } = await browser!.open(`${server.url}/play`, { width, theme })
    const judge = async (what: string): Promise<void> => {
      await page.waitForLoadState('networkidle')
      assert.deepEqual(await faultsOf(page), [], what)
    }
    await page.getByLabel('Email').waitFor()
    await judge('registration')
    await register(page)
    await start(page, 'Explore')
    await act(page, 'I wait for a moment.')
    await page.getByRole('link', { name: 'Turn 2' }).waitFor()
    await judge('conversation')
    await page.getByRole('button', { name: 'Leave' }).click()
    await page.getByRole('dialog').waitFor()
    await judge('leaving')
    await page.getByRole('button', { name: 'Pause instead' }).click()
    await page.getByRole('heading', { name: 'Your sessions' }).waitFor()
    await judge('sessions')
    await page.goto(`${server.url}/account`)
    await page.getByRole('button', { name: 'Show the key' }).click()
    await judge('account')
    assert.deepEqual(complaints, [])
    await close()
  })
}

test('chat: a reload during a turn returns to the same place, and the answer arrives', {
  skip: NO_BROWSER,
}, async () => {
  const { page, close } = await browser!.open(`${server.url}/play`)
  await register(page)
  await start(page, 'Explore')
  gate.shut()
  await act(page, 'I knock on the nearest thing.')
  await page.getByText('Write ahead; you can send when the answer is here.').waitFor()
  await page.reload()
  await page.getByText('I knock on the nearest thing.').waitFor()
  gate.open()
  await page.getByRole('link', { name: 'Turn 2' }).waitFor()
  await act(page, 'I wait for a moment.')
  await page.getByRole('link', { name: 'Turn 3' }).waitFor()
  assert.equal(await page.getByRole('link', { name: /^Turn/ }).count(), 3)
  await close()
})

test('chat: a refused action says why and can be edited; the slash menu works with the keyboard', {
  skip: NO_BROWSER,
}, async () => {
  const { page, close } = await browser!.open(`${server.url}/play`)
  await register(page)
  await start(page, 'Infer Intent')
  await act(page, 'I fly to the moon by flapping my arms.')
  await page.getByText('Not played').waitFor()
  await page.getByRole('button', { name: 'Edit and try again' }).click()
  assert.equal(await composer(page).inputValue(), 'I fly to the moon by flapping my arms.')
  await composer(page).fill('/')
  await composer(page).press('ArrowDown')
  await composer(page).press('Enter')
  await page.getByRole('heading', { name: /\(you\)/ }).waitFor()
  await close()
})

test('chat: feedback is stored, shown after a reload, and can be changed', { skip: NO_BROWSER }, async () => {
  const { page, close } = await browser!.open(`${server.url}/play`)
  await register(page)
  await start(page, 'Explore')
  await page.getByRole('button', { name: 'Out of character' }).click()
  await page.getByText('You said: out of character.').waitFor()
  await page.reload()
  await page.getByText('You said: out of character.').waitFor()
  await page.getByRole('button', { name: 'Change' }).click()
  await page.getByRole('button', { name: 'Believable' }).click()
  await page.getByText('You said: believable.').waitFor()
  await close()
})

test('chat: ending a game ends it on the server, and its page keeps the transcript', { skip: NO_BROWSER }, async () => {
  const { page, close } = await browser!.open(`${server.url}/play`)
  await register(page)
  await start(page, 'Explore')
  const address = page.url()
  await page.getByRole('button', { name: 'Leave' }).click()
  await page.getByRole('button', { name: 'End the game' }).click()
  await page.getByText('Ended').waitFor()
  await page.goto(address)
  await page.getByText('This game is over.').waitFor()
  await page.getByRole('link', { name: 'Turn 1' }).waitFor()
  assert.equal(await composer(page).count(), 0)
  await close()
})

test('chat: another browser continues the session with the pasted key', { skip: NO_BROWSER }, async () => {
  const first = await browser!.open(`${server.url}/play`)
  await register(first.page)
  await start(first.page, 'Explore')
  const address = first.page.url()
  const key = await first.page.evaluate(() => localStorage.getItem('paracosm.key'))
  await first.close()
  const second = await browser!.open(address, { width: 'phone' })
  await second.page.getByRole('radio', { name: 'I have a key' }).check()
  await second.page.getByLabel('Key', { exact: true }).fill(String(key))
  await second.page.getByRole('button', { name: 'Sign in' }).click()
  await second.page.getByRole('link', { name: 'Turn 1' }).waitFor()
  assert.doesNotMatch(second.page.url(), new RegExp(String(key)))
  await act(second.page, 'I wave.')
  await second.page.getByRole('link', { name: 'Turn 2' }).waitFor()
  await second.close()
})
