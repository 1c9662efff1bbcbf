// Application pages in a real browser: opened at a given width and theme, hit-tested, and checked with axe.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser, Page } from 'playwright-core'
import { complaintsOf, goTo, launchBrowser } from './browser.ts'

const BUILD = join(import.meta.dirname, '..', '..', 'scripts', 'build-web.ts')

export const WIDTHS = { phone: 390, tablet: 768, desktop: 1440 } as const
export type WidthName = keyof typeof WIDTHS
export type ThemeName = 'light' | 'dark'

const HEIGHTS: Readonly<Record<WidthName, number>> = { phone: 844, tablet: 1024, desktop: 900 }

/** Milliseconds that a busy machine may need for anything a test waits for. */
const DEADLINE_MS = 60_000

export interface OpenedPage {
  readonly page: Page
  /** Errors and console complaints of the page. */
  readonly complaints: string[]
  close(): Promise<void>
}

export interface WebBrowser {
  /** Opens a URL in a new context. Phones and tablets have a coarse pointer and touch. */
  open(
    url: string,
    at?: { readonly width?: WidthName; readonly theme?: ThemeName; readonly reducedMotion?: boolean },
  ): Promise<OpenedPage>
  close(): Promise<void>
}

/** A browser for tests of the application, which it builds first. */
export async function startWebBrowser(): Promise<WebBrowser> {
  await promisify(execFile)(process.execPath, [BUILD])
  const browser = await launchBrowser()
  return {
    open: (url, at = {}) => open(browser, url, at),
    close: () => browser.close(),
  }
}

async function open(
  browser: Browser,
  url: string,
  {
    width = 'desktop',
    theme = 'light',
    reducedMotion = false,
  }: { width?: WidthName; theme?: ThemeName; reducedMotion?: boolean },
): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: { width: WIDTHS[width], height: HEIGHTS[width] },
    colorScheme: theme,
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
    hasTouch: width !== 'desktop',
    isMobile: width !== 'desktop',
    acceptDownloads: true,
  })
  context.setDefaultTimeout(DEADLINE_MS)
  const page = await context.newPage()
  const complaints = complaintsOf(page)
  await goTo(page, url)
  return { page, complaints, close: () => context.close() }
}

/** Problems with the controls of a page: those covered by another element, and those too small for a finger. */
export function hitTest(page: Page, within = 'body'): Promise<string[]> {
  return page.evaluate(`(${HIT_TEST})(${JSON.stringify(within)})`)
}

/**
 * Runs in the page, as text, because Node has no DOM. Every visible control is scrolled into view; its centre must hit
 * it, and with a coarse pointer it must measure 40 px in both directions. Links within a sentence may have the height
 * of the text.
 */
const HIT_TEST = `(within) => {
  const faults = []
  const isTouch = matchMedia('(pointer: coarse)').matches
  const all = document.querySelector(within).querySelectorAll('a[href],button,input,select,textarea,[role="slider"],[role="tab"],[role^="menuitem"],[role="option"]')
  for (const control of all) {
    if (control.closest('[inert],[aria-hidden="true"]') || !control.checkVisibility({ opacityProperty: false, visibilityProperty: true })) continue
    if (control.tagName === 'INPUT' && control.type === 'hidden') continue
    control.scrollIntoView({ block: 'center', inline: 'center' })
    const box = control.getBoundingClientRect()
    if (box.width === 0 || box.height === 0 || box.bottom < 0 || box.right < 0) continue
    const name = control.tagName.toLowerCase() + ' "' + (control.getAttribute('aria-label') || control.textContent || control.id).trim().slice(0, 40) + '"'
    const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
    const label = control.closest('label')
    const owns = hit && (control === hit || control.contains(hit) || hit.contains(control) && hit.tagName === 'LABEL' || (label && label.contains(hit)))
    if (!owns) {
      faults.push(name + ' is covered by ' + (hit ? hit.tagName.toLowerCase() + '.' + hit.className : 'nothing'))
      continue
    }
    const isInText = control.tagName === 'A' && getComputedStyle(control).display === 'inline'
    if (isTouch && !isInText && (box.width < 39.5 || box.height < 39.5)) {
      const outer = label ? label.getBoundingClientRect() : box
      if (outer.width < 39.5 || outer.height < 39.5) faults.push(name + ' is ' + Math.round(box.width) + ' x ' + Math.round(box.height))
    }
  }
  scrollTo(0, 0)
  return faults
}`

/** The width in pixels by which the page exceeds the window, and the elements that overflow. */
export function overflow(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth
    if (wide <= 0) return []
    const out = [...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5)
    return ['the page is ' + wide + ' px too wide', ...out.slice(0, 5).map((each) => each.tagName + '.' + each.className)]
  })()`)
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** Serious and critical findings of axe, one line each. */
export async function axe(page: Page): Promise<string[]> {
  await page.evaluate(readFileSync(AXE, 'utf8'))
  const found = await page.evaluate<
    { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }[]
  >(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`)
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
    )
}

/**
 * Everything that a page must hold at one width: each control is hit, nothing overflows, and axe is content in both
 * themes. The page keeps the theme it had.
 * @param within a selector: only controls in it are hit, such as those of an open dialog
 * @returns the faults, one line each
 */
export async function faultsOf(page: Page, within?: string): Promise<string[]> {
  const isDark = await page.evaluate<boolean>(`matchMedia('(prefers-color-scheme: dark)').matches`)
  const faults = [...(await hitTest(page, within)), ...(await overflow(page))]
  for (const colorScheme of isDark ? (['light', 'dark'] as const) : (['dark', 'light'] as const)) {
    await page.emulateMedia({ colorScheme })
    // Colours that glide into the other theme would be measured on their way.
    await page.evaluate(`for (const each of document.getAnimations()) if (each instanceof CSSTransition) each.finish()`)
    faults.push(...(await axe(page)).map((fault) => `${colorScheme}: ${fault}`))
  }
  return faults
}
