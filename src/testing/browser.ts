// Debian's Chromium for tests, if installed.
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

/** Path of Chromium; undefined if it is not installed. */
export const BROWSER_PATH: string | undefined = [
  process.env.PARACOSM_BROWSER,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
].find((path) => path !== undefined && existsSync(path))

/** For the `skip` option of a test: false, or the reason why it cannot run. */
export const NO_BROWSER: string | false =
  BROWSER_PATH === undefined ? 'there is no Chromium here (apt-get install chromium, or set PARACOSM_BROWSER)' : false

/** Launches an isolated headless browser. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: BROWSER_PATH ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      // Software WebGL, for the views that need it.
      '--enable-unsafe-swiftshader',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** Containers of other tests change the networks of the machine, and Chromium then drops what it is loading. */
const NETWORK_CHANGED = 'ERR_NETWORK_CHANGED'

/**
 * Errors and console complaints of a page from now on, each with the address that it is about.
 * Those about changed networks of the machine are left out.
 */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() !== 'error' || message.text().includes(NETWORK_CHANGED)) return
    complaints.push(`${message.text()} (${message.location().url})`)
  })
  return complaints
}

/** Opens a URL, once more if the networks of the machine changed while it loaded. */
export async function goTo(page: Page, url: string): Promise<void> {
  let hasChanged = false
  const notice = (request: { failure(): { errorText: string } | null }): void => {
    hasChanged ||= request.failure()?.errorText.includes(NETWORK_CHANGED) === true
  }
  page.on('requestfailed', notice)
  await page.goto(url).catch((error: Error) => {
    if (!error.message.includes(NETWORK_CHANGED)) throw error
    hasChanged = true
  })
  page.off('requestfailed', notice)
  if (hasChanged) await page.goto(url)
}
