// A world's page in a real browser: the ranking of bots, documents, external worlds, and a model in a slot.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createModelRoles } from '../../src/adapters/session/role-models.ts'
import { createClient } from '../../src/client/index.ts'
import { createWorldRegistry } from '../../src/host/world-registry.ts'
import { Meter, withMeter } from '../../src/models/meter.ts'
import { startServer } from '../../src/server/app.ts'
import { NO_BROWSER } from '../../src/testing/browser.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { faultsOf, startWebBrowser, WIDTHS, type WidthName } from '../../src/testing/web.ts'
import { worldModule } from '../../src/testing/world-module.ts'

const MODEL = 'walker-1'
const folder = mkdtempSync(join(tmpdir(), 'paracosm-world-'))
mkdirSync(join(folder, 'own'))
writeFileSync(join(folder, 'own', 'world.ts'), worldModule({ id: 'own-world' }))
writeFileSync(
  join(folder, 'own', 'README.md'),
  '# My own world\n\nA world of **one** rule.\n\n| a | b |\n| - | - |\n| 1 | 2 |\n',
)
const browser = NO_BROWSER ? undefined : await startWebBrowser()
const meter = new Meter({ tokens: 1_000_000, usd: 2 })
/** Always walks to the right; each answer costs a cent. */
const client_ = withMeter(
  {
    complete: () =>
      Promise.resolve({
        text: '{"reasoning": "There is paint to the right.", "command": "wait", "params": {"duration_seconds": 60}}',
        model: MODEL,
        finish: 'stop',
        usage: { input_tokens: 10, output_tokens: 5, cost_usd: 0.01 },
      }),
  },
  meter,
)
const names = { opener: MODEL, updater: MODEL, validator: MODEL, scorer: MODEL }
const server = await startServer({
  dataDir: join(folder, 'data'),
  worlds: await createWorldRegistry({ modules: [join(folder, 'own', 'world.ts')] }),
  ...TEST_SERVER,
  logLevel: 'silent',
  version: '0.0.0-test',
  sessions: { models: createModelRoles(client_, meter, names) },
})
after(async () => {
  await browser?.close()
  await server.close()
  rmSync(folder, { recursive: true })
})
const client = createClient({ url: server.url })

async function finished(players: string[]): Promise<void> {
  const { episode } = await client.episodes.start({ world: 'paint-arena', variant: 'duel', players, tick_rate: 1000 })
  const until = Date.now() + 60_000
  while ((await client.episodes.get(episode.id)).status !== 'finished') {
    if (Date.now() > until) throw new Error('the duel did not finish')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
await finished(['greedy', 'idle'])
await finished(['idle', 'greedy'])

test('world: bots are ranked by finished episodes, and each count links to its episodes', {
  skip: NO_BROWSER,
}, async () => {
  const board = await client.worldBoard('paint-arena', 'duel')
  assert.deepEqual(
    board.rows.map(({ name, won, lost, share }) => [name, won, lost, share?.value]),
    [
      ['greedy', 2, 0, 1],
      ['idle', 0, 2, 0],
    ],
  )
  const { page, close } = await browser!.open(`${server.url}/worlds/paint-arena`)
  await page.getByLabel('Leaderboard of the variant').selectOption('duel')
  const row = page.getByRole('row', { name: /greedy/ })
  await row.getByText('2, 0, 0').waitFor()
  await row.getByRole('link', { name: '2 episodes' }).click()
  await page.waitForURL(/\/watch\?/)
  // The board of the page before has links with the same words until the list is there.
  await page.locator(':not(a)').getByText('2 episodes', { exact: true }).and(page.locator(':not(a)')).waitFor()
  assert.equal(await page.getByLabel('Variant').inputValue(), 'duel')
  await close()
})

test('world: its document is on its page, and an external world shows its README', {
  skip: NO_BROWSER,
}, async () => {
  const { page, complaints, close } = await browser!.open(`${server.url}/worlds/paint-arena`)
  await page.getByText('Rules, commands, scores').click()
  await page.getByText('the higher slot wins a shared tile').waitFor()
  await page.goto(`${server.url}/worlds/own-world`)
  await page.getByText('Rules, commands, scores').click()
  await page.getByRole('heading', { name: 'My own world' }).waitFor()
  assert.deepEqual(complaints, [])
  await close()
})

test('world: the model of the server plays a slot, its reasons are recorded, and its costs are on the page', {
  skip: NO_BROWSER,
}, async () => {
  const { page, close } = await browser!.open(`${server.url}/worlds/paint-arena?variant=duel`)
  await page.getByLabel('Slot 0').selectOption({ label: `Model ${MODEL}` })
  await page.getByText('It stops at $2.00 or 1,000,000 tokens.').waitFor()
  await page.getByLabel('Steps per second').fill('20')
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.waitForURL(/\/episodes\/[^/]+/)
  await page.getByRole('region', { name: 'Players' }).getByText(MODEL).first().waitFor()
  await page.getByText('There is paint to the right.').waitFor()
  await page.goto(`${server.url}/operate`)
  await page.getByText('Spent since the start').waitFor()
  assert.ok(meter.spent.calls > 0)
  await close()
})

test('world: a slot is handed to the model, and a model that the server does not have is refused', {
  skip: NO_BROWSER,
}, async () => {
  const { episode } = await client.episodes.start({ world: 'paint-arena', players: ['greedy', null], paused: true })
  await assert.rejects(client.episodes.handOver(episode.id, 1, 'model:other'), /this server has no model other/)
  const { slots } = await client.episodes.handOver(episode.id, 1, `model:${MODEL}`)
  assert.equal(slots.length, 2)
  const { players } = await client.episodes.get(episode.id)
  assert.deepEqual(players[1], { kind: 'model', name: MODEL })
})

for (const width of Object.keys(WIDTHS) as WidthName[]) {
  test(`world: at ${WIDTHS[width]} px controls are reachable, nothing overflows, axe finds nothing`, {
    skip: NO_BROWSER,
  }, async () => {
    const { page, complaints, close } = await browser!.open(`${server.url}/worlds/paint-arena`, {
      width,
      theme: width === 'desktop' ? 'dark' : 'light',
    })
    await page.getByLabel('Leaderboard of the variant').selectOption('duel')
    await page.getByRole('link', { name: '2 episodes' }).first().waitFor()
    await page.getByText('Rules, commands, scores').click()
    await page.getByText('the higher slot wins a shared tile').waitFor()
    assert.deepEqual(await faultsOf(page), [])
    assert.deepEqual(complaints, [])
    await close()
  })
}
