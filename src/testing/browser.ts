// Debian's Chromium for tests, where it is installed.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Where Chromium is; undefined when there is none. */
export const BROWSER_PATH: string | undefined = [
  process.env.PARACOSM_BROWSER,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
].find((path) => path !== undefined && existsSync(path))

/** For the `skip` of a test: false, or why it cannot run. */
export const NO_BROWSER: string | false =
  BROWSER_PATH === undefined ? 'there is no Chromium here (apt-get install chromium, or set PARACOSM_BROWSER)' : false

/** A headless browser that keeps to itself. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: BROWSER_PATH ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      // WebGL in software, for the views that draw with it.
      '--enable-unsafe-swiftshader',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
