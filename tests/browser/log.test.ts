// The command log in a real browser: filters in the URL, a long list, keys, the export, and remote callers.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startServer } from '../../src/server/app.ts'
import { CommandLog } from '../../src/store/command-log.ts'
import { openStore } from '../../src/store/store.ts'
import { NO_BROWSER } from '../../src/testing/browser.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { axe, faultsOf, startWebBrowser, WIDTHS, type WidthName } from '../../src/testing/web.ts'

const ROWS = 1000
const OPERATOR = 'dcs-ak-operator'
const folder = mkdtempSync(join(tmpdir(), 'paracosm-log-'))
await fill()
const browser = NO_BROWSER ? undefined : await startWebBrowser()
const server = await startServer({
  dataDir: folder,
  ...TEST_SERVER,
  logLevel: 'silent',
  version: '0.0.0-test',
  sessions: { adminKey: OPERATOR, hasRateLimits: false },
})
after(async () => {
  await browser?.close()
  await server.close()
  rmSync(folder, { recursive: true })
})

async function fill(): Promise<void> {
  const store = await openStore({
    kind: 'sqlite',
    path: join(folder, 'paracosm.sqlite'),
    mode: 'create',
    runs: 'inline',
  })
  const log = new CommandLog(store)
  const start = Date.parse('2026-03-21T14:00:00.000Z')
  const rows = Array.from({ length: ROWS }, (_, i) =>
    log.append({
      timestamp: new Date(start + i * 1000).toISOString(),
      command: i % 3 === 0 ? 'say' : 'move_to',
      params: { to: { x: i, y: 2 } },
      reasoning: `Reason ${i}: the market is two cells to the east, and it closes at dusk.`,
      perception_snapshot: {
        weather: 'rain',
        near: ['Ada', 'Bo'],
        position: { x: i, y: 0, cell: 'market' },
        inventory: [{ item: 'rope', count: 2 }],
      },
      outcome: i % 5 === 0 ? 'refused: TOO_FAR: the cell is 3 away' : 'done: moved',
      agent_id: i % 2 === 0 ? 'agent-even' : 'agent-odd',
      episode_id: 'episode-1',
      cell: 'market',
      protocol_version: '1.0.0',
      world: 'frontier',
      slot: i % 2,
      command_id: `c-${i}`,
    }),
  )
  await Promise.all(rows)
  await store.close()
}

const listed = 'Commands, newest first; arrow keys choose'

for (const width of Object.keys(WIDTHS) as WidthName[]) {
  test(`log: the page at ${WIDTHS[width]} px: controls are reachable, nothing overflows, axe finds nothing`, {
    skip: NO_BROWSER,
  }, async () => {
    const theme = width === 'tablet' ? 'dark' : 'light'
    const { page, complaints, close } = await browser!.open(`${server.url}/log?row=${ROWS}`, { width, theme })
    await page.getByRole('region', { name: `Command ${ROWS}` }).waitFor()
    await page.getByText('Reason 999').last().waitFor()
    const judge = async (): Promise<void> => {
      assert.deepEqual(await faultsOf(page), [])
    }
    await judge()
    if (width === 'phone') await page.getByRole('button', { name: 'Filters' }).click()
    await page.getByRole('button', { name: 'Export' }).click()
    await page.getByText(/paracosm dataset export/).waitFor()
    await judge()
    assert.deepEqual(complaints, [])
    await close()
  })
}

test('log: filters are in the URL, survive a reload, and appear in the export command', {
  skip: NO_BROWSER,
}, async () => {
  const { page, close } = await browser!.open(`${server.url}/log`)
  await page.getByText('1,000 commands, newest first').waitFor()
  await page.getByLabel('Agent', { exact: true }).fill('agent-odd')
  await page.getByLabel('Command', { exact: true }).fill('say')
  await page.getByLabel('Outcome').fill('refused')
  await page.getByLabel('Outcome').press('Enter')
  const matching = Array.from({ length: ROWS }, (_, i) => i).filter((i) => i % 2 === 1 && i % 3 === 0 && i % 5 === 0)
  await page.getByText(`${matching.length} commands, newest first`).waitFor()
  const address = new URL(page.url())
  assert.equal(address.searchParams.get('agent_id'), 'agent-odd')
  assert.equal(address.searchParams.get('outcome'), 'refused')
  await page.reload()
  await page.getByText(`${matching.length} commands, newest first`).waitFor()
  assert.equal(await page.getByLabel('Command', { exact: true }).inputValue(), 'say')
  await page.getByRole('button', { name: 'Export' }).click()
  await page
    .getByText('paracosm dataset export --format chat --agent agent-odd --outcome refused', { exact: true })
    .waitFor()
  await page.getByText('the filter by command is left out').waitFor()
  await page.getByRole('button', { name: 'Clear' }).click()
  await page.getByText('1,000 commands, newest first').waitFor()
  await close()
})

test('log: arrows walk through the rows, End goes to the last known one, and the URL names the row', {
  skip: NO_BROWSER,
}, async () => {
  const { page, close } = await browser!.open(`${server.url}/log`)
  const list = page.getByRole('region', { name: listed })
  await page.getByText('Reason 999').waitFor()
  await list.focus()
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp']) {
    await page.keyboard.press(key)
    await page.waitForTimeout(50)
  }
  await page.getByRole('region', { name: `Command ${ROWS - 1}` }).waitFor()
  assert.equal(new URL(page.url()).searchParams.get('row'), String(ROWS - 1))
  for (const first of [799, 599, 399, 199]) {
    await list.evaluate((element: { scrollTop: number; scrollHeight: number }) => {
      element.scrollTop = element.scrollHeight
    })
    await page.getByText(`Reason ${first}:`).waitFor()
  }
  await page.keyboard.press('End')
  await page.getByRole('region', { name: 'Command 1', exact: true }).waitFor()
  await close()
})

test('log: a remote caller sees that a key is required, and gets access with the admin key', {
  skip: NO_BROWSER,
}, async () => {
  const { page, close } = await browser!.open(`${server.url}/account`)
  await page.setExtraHTTPHeaders({ 'x-forwarded-for': '203.0.113.7' })
  await page.goto(`${server.url}/log`)
  await page.getByText('is for the administrators of this server').waitFor()
  assert.deepEqual(await axe(page), [])
  const field = page.getByLabel('Administrator’s key')
  await field.fill('wrong')
  await field.press('Enter')
  await page.getByText('The server does not accept this key.').waitFor()
  await field.fill(OPERATOR)
  await field.press('Enter')
  await page.getByText('1,000 commands, newest first').waitFor()
  assert.doesNotMatch(page.url(), new RegExp(OPERATOR))
  await close()
})
