// The application's shell in a real browser: every width and theme, keys, palette, unknown pages.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startServer } from '../../src/server/app.ts'
import { NO_BROWSER } from '../../src/testing/browser.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { faultsOf, startWebBrowser, WIDTHS, type WidthName } from '../../src/testing/web.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-shell-'))
const browser = NO_BROWSER ? undefined : await startWebBrowser()
const server = await startServer({
  dataDir: folder,
  ...TEST_SERVER,
  logLevel: 'silent',
  version: '0.0.0-test',
})
after(async () => {
  await browser?.close()
  await server.close()
  rmSync(folder, { recursive: true })
})

const widths = Object.keys(WIDTHS) as WidthName[]

for (const width of widths) {
  test(`shell: home and components at ${WIDTHS[width]} px: every control is reachable, nothing overflows, axe finds nothing in both themes`, {
    skip: NO_BROWSER,
  }, async () => {
    for (const path of ['/', '/design']) {
      const { page, complaints, close } = await browser!.open(server.url + path, { width })
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForLoadState('networkidle')
      assert.deepEqual(await faultsOf(page), [])
      assert.deepEqual(complaints, [])
      await close()
    }
  })
}

test('shell: every control of the menus and of the palette is reachable by touch, and axe finds nothing', {
  skip: NO_BROWSER,
}, async () => {
  const { page, complaints, close } = await browser!.open(server.url, { width: 'phone' })
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.getByRole('button', { name: 'Appearance and keys' }).tap()
  await page.getByRole('menuitemradio', { name: 'Light' }).waitFor()
  assert.deepEqual(await faultsOf(page, '[role="menu"]'), [])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Menu' }).tap()
  await page.getByRole('button', { name: 'Close the menu' }).waitFor()
  assert.deepEqual(await faultsOf(page, '[role="dialog"]'), [])
  await page.getByRole('button', { name: 'Close the menu' }).tap()
  await page.getByRole('button', { name: /^Search/ }).tap()
  await page.getByRole('option').first().waitFor()
  assert.deepEqual(await faultsOf(page, '[role="dialog"]'), [])
  assert.deepEqual(complaints, [])
  await close()
})

/** The goal for the first page, in bytes: what a browser downloads before anybody touches the page. */
const MAX_SCRIPT = 150_000

test('shell: home loads less than 150 kB of gzipped script before the first interaction, and no dialogs', {
  skip: NO_BROWSER,
}, async () => {
  const { page, close } = await browser!.open('about:blank')
  await page.setExtraHTTPHeaders({ 'accept-encoding': 'gzip' })
  await page.goto(server.url)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForLoadState('networkidle')
  const scripts = (): Promise<{ name: string; bytes: number }[]> =>
    page.evaluate(`performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'))
      .map(({ name, encodedBodySize }) => ({ name, bytes: encodedBodySize }))`)
  const found = await scripts()
  const bytes = found.reduce((sum, each) => sum + each.bytes, 0)
  assert.ok(found.length > 3 && bytes > 50_000, `the measure works: ${bytes} bytes of ${found.length} files`)
  assert.ok(bytes < MAX_SCRIPT, `${bytes} bytes: ${JSON.stringify(found)}`)
  assert.deepEqual(
    found.filter(({ name }) => /schemas|theme-menu|nav-sheet|palette\./.test(name)),
    [],
  )
  // Dialogs are loaded when their button is used.
  await page.getByRole('button', { name: 'Appearance and keys' }).click()
  await page.getByRole('menuitemradio', { name: 'Dark' }).waitFor()
  assert.ok((await scripts()).some(({ name }) => name.includes('theme-menu')))
  await close()
})

test('shell: Ctrl K finds pages and their actions, Enter opens them, Escape closes', {
  skip: NO_BROWSER,
}, async () => {
  const { page, close } = await browser!.open(`${server.url}/design`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.keyboard.press('Control+k')
  const field = page.getByRole('combobox', { name: 'Search or jump to' })
  await field.fill('say')
  await page.getByRole('option', { name: /Say something/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByText('Said.').waitFor()
  await page.keyboard.press('Control+k')
  await field.fill('home')
  await page.keyboard.press('Enter')
  await page.waitForURL(`${server.url}/`)
  await page.keyboard.press('/')
  await field.waitFor()
  await page.keyboard.press('Escape')
  await field.waitFor({ state: 'detached' })
  await close()
})

test('shell: the selected theme survives a reload', { skip: NO_BROWSER }, async () => {
  const { page, close } = await browser!.open(server.url)
  await page.getByRole('button', { name: 'Appearance and keys' }).click()
  await page.getByRole('menuitemradio', { name: 'Dark' }).click()
  await page.reload()
  await page.getByRole('heading', { level: 1 }).waitFor()
  const ground = 'getComputedStyle(document.body).backgroundColor'
  assert.equal(await page.evaluate(ground), 'rgb(18, 22, 20)')
  await close()
})

test('shell: an unknown address answers 404 with a page that offers a search', {
  skip: NO_BROWSER,
}, async () => {
  const { page, close } = await browser!.open(`${server.url}/nowhere/sweep`)
  await page.getByText('There is nothing at this address').waitFor()
  await page.getByRole('button', { name: /Search for/ }).click()
  assert.equal(await page.getByRole('combobox', { name: 'Search or jump to' }).inputValue(), 'sweep')
  await close()
})

test('tokens: the two dark palettes are equal, and text has the contrast that the design requires', () => {
  const css = readFileSync(join(import.meta.dirname, '..', '..', 'web', 'src', 'styles', 'tokens.css'), 'utf8')
  const palettes = [
    /^:root \{([^}]*)\}/m,
    /:root:not\(\[data-theme="light"\]\) \{([^}]*)\}/,
    /^:root\[data-theme="dark"\] \{([^}]*)\}/m,
  ]
  const [light, system, dark] = palettes.map((pattern) => readTokens(pattern.exec(css)?.[1] ?? ''))
  assert.deepEqual(new Map([...dark!].filter(([name]) => name !== 'color-scheme')), system)
  for (const palette of [light!, dark!]) {
    for (const ground of ['--paper', '--surface', '--sunken']) {
      for (const text of ['--ink', '--ink-2', '--ink-3']) {
        assert.ok(contrast(palette.get(text)!, palette.get(ground)!) >= 4.5, `${text} on ${ground}`)
      }
    }
    for (const state of ['proved', 'refused', 'warn']) {
      assert.ok(contrast(palette.get(`--${state}`)!, palette.get(`--${state}-bg`)!) >= 4.5, state)
    }
    assert.ok(contrast(palette.get('--here-ink')!, palette.get('--here')!) >= 4.5, 'here')
    for (let slot = 0; slot < 8; slot++) assert.ok(contrast(palette.get(`--s${slot}`)!, palette.get('--surface')!) >= 3)
  }
})

function readTokens(block: string): Map<string, string> {
  return new Map([...block.matchAll(/^\s*([\w-]+):\s*([^;]+);/gm)].map(([, name, value]) => [name!, value!]))
}

function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].toSorted((x, y) => x - y)
  return (high! + 0.05) / (low! + 0.05)
}

/** WCAG 2.2: relative luminance of a colour in six hex digits. */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}
