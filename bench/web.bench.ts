// The web application: viewers of one live episode, an episode of a million steps in the browser and over HTTP, and the
// script size of the first page.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '../src/client/index.ts'
import { EpisodeService } from '../src/host/episode-service.ts'
import { builtInWorlds } from '../src/host/world-registry.ts'
import { openServerStorage } from '../src/server/storage.ts'
import { NO_BROWSER } from '../src/testing/browser.ts'
import { startCommand } from '../src/testing/cli.ts'
import { startWebBrowser, type WebBrowser } from '../src/testing/web.ts'
import { median, percentile, type Row } from './measure.ts'
import type { BenchOptions } from './options.ts'
import { SERVE } from './serve.ts'

export const name = 'web'

const VIEWERS = 500
const RATE = 20
const SECONDS = 15
const STEPS = 1_000_000
const SEEKS = 20
const GENERATE_MS = 10 * 60_000

type Report = (row: Row) => void

export async function run(report: Report, { seconds = SECONDS }: BenchOptions): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-web-bench-'))
  const id = await recordLong(folder)
  const server = startCommand(SERVE, { env: { PARACOSM_DATA: folder } })
  try {
    const [, url = ''] = await server.sees(/Paracosm is at (\S+)/)
    await measureViewers(url, seconds, report)
    await measureServerSeeks(url, id, report)
    if (NO_BROWSER) return
    const browser = await startWebBrowser()
    try {
      await measureHome(browser, url, report)
      await measureLong(browser, url, id, report)
    } finally {
      await browser.close()
    }
  } finally {
    server.kill('SIGTERM')
    await server.ended
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A factory in which nothing happens for a million ticks: a long journal, and a world whose code the browser has. */
async function recordLong(dataDir: string): Promise<string> {
  const { episodes: storage, close } = await openServerStorage({ dataDir })
  const episodes = new EpisodeService({ worlds: builtInWorlds(), storage })
  try {
    const episode = await episodes.start({
      world: 'foundry',
      config: { max_ticks: STEPS, goals: [] },
      seed: 1,
      slots: [{ player: { kind: 'recorded', name: 'nobody' }, inProcess: { play: () => undefined } }],
      pacing: { mode: 'fast' },
      kind: 'bench',
    })
    const late = AbortSignal.timeout(GENERATE_MS)
    await Promise.race([
      episode.done,
      new Promise((_, reject) => late.addEventListener('abort', () => reject(new Error('no million steps in time')))),
    ])
    return episode.header.episode
  } finally {
    await episodes.close()
    await close()
  }
}

/** All viewers follow the same match; the delay of a frame is its arrival minus the time of its step. */
async function measureViewers(url: string, seconds: number, report: Report): Promise<void> {
  const client = createClient({ url })
  const { episode } = await client.episodes.start({
    world: 'paint-arena',
    players: ['greedy', 'sweep'],
    config: { max_ticks: 10_000 },
    tick_rate: RATE,
  })
  const arrivals: { readonly step: number; readonly at: number }[] = []
  let connected = 0
  const follows = Array.from({ length: VIEWERS }, () =>
    client.episodes.live(episode.id, {
      hello: () => void connected++,
      frame: ({ step }) => void arrivals.push({ step, at: performance.now() }),
      status: () => undefined,
      end: () => undefined,
      lost: () => undefined,
      gone: () => undefined,
    }),
  )
  while (connected < VIEWERS) await new Promise((resolve) => setTimeout(resolve, 50))
  arrivals.length = 0
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  const seen = [...arrivals]
  for (const follow of follows) follow.stop()
  await client.episodes.end(episode.id, 'Measured.')
  const due = (step: number): number => (step * 1000) / RATE
  const offset = seen.reduce((least, { step, at }) => Math.min(least, at - due(step)), Number.POSITIVE_INFINITY)
  const delays = seen.map(({ step, at }) => at - due(step) - offset)
  report({
    what: `${VIEWERS} viewers of one episode at ${RATE} Hz: frames received`,
    value: seen.length / (VIEWERS * RATE * seconds),
    unit: 'of those due',
    note: 'viewers in the measuring process',
  })
  report({ what: `${VIEWERS} viewers of one episode at ${RATE} Hz: delay, median`, value: median(delays), unit: 'ms' })
  report({
    what: `${VIEWERS} viewers of one episode at ${RATE} Hz: delay, p99`,
    value: percentile(delays, 0.99),
    unit: 'ms',
    note: 'goal 100',
  })
}

const randomStep = (index: number): number => Math.floor(((index * 0.618_034) % 1) * STEPS)

async function measureServerSeeks(url: string, id: string, report: Report): Promise<void> {
  const { episodes } = createClient({ url })
  const time = async (run: (step: number) => Promise<unknown>): Promise<number> => {
    const times: number[] = []
    for (let i = 1; i <= SEEKS; i++) {
      const before = performance.now()
      await run(randomStep(i))
      times.push(performance.now() - before)
    }
    return median(times)
  }
  report({
    what: '1,000,000 steps: a range of 50 steps over HTTP',
    value: await time((step) => episodes.range(id, step, step + 50)),
    unit: 'ms',
    note: 'goal 100',
  })
  report({
    what: '1,000,000 steps: one moment over HTTP',
    value: await time((step) => episodes.frame(id, step)),
    unit: 'ms',
    note: 'goal 100',
  })
}

/** Runs in the page: transferred bytes of script, until the first paint and in total. */
const SCRIPT_BYTES = `(() => {
  const [paint] = performance.getEntriesByName('first-contentful-paint')
  const scripts = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'))
  const sum = (found) => found.reduce((bytes, { encodedBodySize }) => bytes + encodedBodySize, 0)
  return [sum(scripts.filter(({ startTime }) => startTime < paint.startTime)), sum(scripts)]
})()`

async function measureHome(browser: WebBrowser, url: string, report: Report): Promise<void> {
  const { page, close } = await browser.open('about:blank')
  await page.setExtraHTTPHeaders({ 'accept-encoding': 'gzip' })
  await page.goto(url)
  await page.getByRole('heading', { name: 'Build a small world.' }).waitFor()
  await page.waitForLoadState('networkidle')
  const [first = 0, all = 0] = await page.evaluate<number[]>(SCRIPT_BYTES)
  report({ what: 'home: script until the first paint, gzipped', value: first / 1000, unit: 'kB', note: 'goal 150' })
  report({
    what: 'home: script in all, gzipped',
    value: all / 1000,
    unit: 'kB',
    note: 'with the views of the worlds whose episodes it shows',
  })
  await close()
}

/** Runs in the page, as text because Node has no DOM: milliseconds from the click to the first moment. */
const openIn = (episode: string): string => `(async () => {
  const before = performance.now()
  document.querySelector('a[href*="${episode}"]').click()
  while (!document.querySelector('.fv-stage[data-parts]')) await new Promise(requestAnimationFrame)
  return performance.now() - before
})()`

/** From the key of a tenth to the exact moment. */
const seekTo = (tenth: number): string => `(async () => {
  const before = performance.now()
  window.dispatchEvent(new KeyboardEvent('keydown', { key: '${tenth}', bubbles: true }))
  const isThere = () => {
    const slider = document.querySelector('[role=slider]')
    const isExact = !document.querySelector('[aria-label=Time]').textContent.includes('about')
    return isExact && slider.getAttribute('aria-valuenow') === '${tenth * (STEPS / 10)}'
  }
  do await new Promise(requestAnimationFrame)
  while (!isThere())
  return performance.now() - before
})()`

/** From the click in the list to the first exact moment, and from a key to the requested moment. */
async function measureLong(browser: WebBrowser, url: string, id: string, report: Report): Promise<void> {
  const { page, close } = await browser.open(`${url}/watch?world=foundry`)
  await page.locator(`a[href*="${id}"]`).first().waitFor()
  const opened = await page.evaluate<number>(openIn(id))
  report({
    what: '1,000,000 steps: opened in the browser',
    value: opened,
    unit: 'ms',
    note: 'goal 1,000; with the world’s code and view',
  })
  const times: number[] = []
  for (let i = 1; i <= SEEKS; i++) {
    times.push(await page.evaluate<number>(seekTo((i * 3) % 10)))
  }
  report({
    what: '1,000,000 steps: seek in the browser, median',
    value: median(times),
    unit: 'ms',
    note: 'goal 100; drawn in software',
  })
  report({ what: `1,000,000 steps: seek in the browser, slowest of ${SEEKS}`, value: percentile(times, 1), unit: 'ms' })
  await close()
}
