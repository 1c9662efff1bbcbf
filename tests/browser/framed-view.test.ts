// The view of an external world in its sandboxed frame, as docs/writing-a-world.md shows it.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { NO_BROWSER } from '../../src/testing/browser.ts'
import { eventually, startServerProcess } from '../../src/testing/server-process.ts'
import { startWebBrowser } from '../../src/testing/web.ts'

const ROOT = join(import.meta.dirname, '..', '..')

test("framed view: a world's own module draws in its sandbox and cannot access the page", {
  skip: NO_BROWSER,
}, async (t) => {
  // Inside the checkout, so that the world finds zod.
  const folder = mkdtempSync(join(ROOT, 'tmp-view-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const page = readFileSync(join(ROOT, 'docs', 'writing-a-world.md'), 'utf8')
  const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code)
  const world = blocks[0]
    ?.replace("'paracosm/world'", `'${join(ROOT, 'src', 'kernel', 'index.ts')}'`)
    .replace("'paracosm/protocol'", `'${join(ROOT, 'src', 'protocol', 'index.ts')}'`)
    .replace('view: { ', "view: { module: new URL('./view/main.ts', import.meta.url), ")
  const view = blocks.find((code) => code.includes('ViewModule'))
  mkdirSync(join(folder, 'view'))
  writeFileSync(join(folder, 'harvest.ts'), world ?? '')
  writeFileSync(join(folder, 'view', 'main.ts'), view ?? '')
  const browser = await startWebBrowser()
  t.after(() => browser.close())
  const server = await startServerProcess(join(folder, 'data'), ['--world', join(folder, 'harvest.ts'), '--no-league'])
  t.after(() => server.stop())
  const started = await fetch(`${server.url}/api/episodes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ world: 'harvest', players: ['modest', 'modest'], tick_rate: 5 }),
  })
  const { episode } = (await started.json()) as { episode: { id: string } }
  const opened = await browser.open(`${server.url}/episodes/${episode.id}`)
  const frame = opened.page.frameLocator('iframe[title="View of Harvest"]')
  await frame.getByText(/^\d+ berries on day \d+$/).waitFor()
  const inside = opened.page.frames().find((each) => each.url().endsWith('/views/harvest/frame.html'))
  assert.equal(await inside?.evaluate('self.origin'), 'null')
  const reach = "fetch('/api/about').then(() => 'reached', () => 'refused')"
  assert.equal(await inside?.evaluate(reach), 'refused')
  // A frame whose scheme differs from its page's gets an opaque background.
  const scheme = (): Promise<unknown> | undefined =>
    inside?.evaluate('getComputedStyle(document.documentElement).colorScheme')
  assert.equal(await scheme(), 'light')
  await opened.page.emulateMedia({ colorScheme: 'dark' })
  await eventually('the frame is dark', async () => ((await scheme()) === 'dark' ? true : undefined))
  const ink = (frame: typeof inside): Promise<unknown> | undefined =>
    frame?.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--ink')")
  assert.equal(await ink(inside), await ink(opened.page.mainFrame()))
  await opened.close()
})
