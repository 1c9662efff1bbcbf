// Debian's Chromium for tests, if installed.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

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
