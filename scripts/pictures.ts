// Creates the screenshots in docs/images/pages: seven pages at three widths and in both themes, as WebP.
//   node scripts/pictures.ts [page…]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { createOfflineResponder } from '../src/adapters/session/role-models.ts'
import { createClient } from '../src/client/index.ts'
import { startServer } from '../src/server/app.ts'
import { eventually } from '../src/testing/server-process.ts'
import { startWebBrowser, type ThemeName, WIDTHS, type WidthName } from '../src/testing/web.ts'

const TARGET = join(import.meta.dirname, '..', 'docs', 'images', 'pages')
/** WebP quality: text stays sharp, and a page takes 20 to 60 kB. */
const QUALITY = 0.72
const ADMIN = 'dcs-ak-pictures'
const STUDY = `name: Two games
assignment_strategy: {strategy: random_unique, games: [Explore], quota_per_game: 30, max_assignments_per_player: 1, seed: 43}
forms:
  - name: intake
    before_or_after: before
    questions:
      - {key: age, prompt: "How old are you?", answer_type: number, required: true}
      - {key: often, prompt: "How often do you talk with a chatbot?", answer_type: single_choice, options: [Never, Weekly, Daily], required: true}
study: {title: Talking to other minds, open_link: true, completion: {code: DONE-42}}
`

const folder = mkdtempSync(join(tmpdir(), 'paracosm-pictures-'))
const server = await startServer({
  dataDir: folder,
  host: '127.0.0.1',
  port: 0,
  otherPorts: 0,
  hasShowcase: true,
  hasLeague: true,
  logLevel: 'error',
  version: '1.0.0',
  sessions: { models: createOfflineResponder(), hasRateLimits: false, adminKey: ADMIN },
  studies: { files: [{ path: 'two-games.yml', text: STUDY }] },
})
const browser = await startWebBrowser()
const client = createClient({ url: server.url })

async function record(seed: number): Promise<string> {
  const { episode } = await client.episodes.start({
    world: 'paint-arena',
    players: ['greedy', 'sweep'],
    tick_rate: 1000,
    seed,
  })
  return eventually('the match ends', async () =>
    (await client.episodes.get(episode.id)).status === 'finished' ? episode.id : undefined,
  )
}

/** Opens a page in its state, and resolves when it is ready for the screenshot. */
type Take = (page: Page, width: WidthName) => Promise<unknown>

const match = await record(7)
const fork = await client.episodes.fork(match, { step: 30, bots: { 0: 'random' } })
await eventually('the fork ends', async () =>
  (await client.episodes.get(fork.episode.id)).status === 'finished' ? true : undefined,
)
for (const seed of [1, 2, 3]) await record(seed)

const goTo = (path: string) => (page: Page) => page.goto(server.url + path)

async function chat(page: Page): Promise<void> {
  await page.goto(`${server.url}/play`)
  await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace')
  await page.getByLabel('Email').fill('ada@example.org')
  await page.getByLabel('Phone').fill('1')
  await page.getByLabel('Signature').fill('Ada Lovelace')
  await page.getByRole('button', { name: 'Register' }).click()
  await page.getByRole('button', { name: 'Play Explore' }).click()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  const field = page.getByLabel('What your character does')
  await page.getByRole('link', { name: 'Turn 1' }).waitFor()
  await field.fill('I wave and say hello.')
  await field.press('Enter')
  await page.getByRole('link', { name: 'Turn 2' }).waitFor()
}

async function foundry(page: Page): Promise<void> {
  await page.goto(`${server.url}/play/foundry`)
  await page.getByRole('button', { name: 'Build First slice' }).click()
  await page.locator('.fv-stage[data-parts]').waitFor()
}

async function leaderboard(page: Page): Promise<void> {
  await page.goto(`${server.url}/leagues/demo-league`)
  await page.locator('table tbody tr').nth(2).waitFor({ timeout: 180_000 })
}

async function study(page: Page): Promise<void> {
  await page.goto(`${server.url}/study/two-games`)
  await page.getByRole('button', { name: 'Begin' }).click()
  await page.getByText('How often do you talk with a chatbot?').waitFor()
}

const PAGES: Readonly<Record<string, Take>> = {
  home: goTo('/'),
  episode: goTo(`/episodes/${match}?step=64`),
  compare: goTo(`/compare/${match}/${fork.episode.id}?step=64`),
  chat,
  foundry,
  leaderboard,
  study,
}

/** Milliseconds for views to draw after the last response. */
const DRAWN_MS = 1500

/** Runs in the page, as text because Node has no DOM. */
const encode = (png: string): string => `(async () => {
  const image = new Image()
  image.src = 'data:image/png;base64,${png}'
  await image.decode()
  const surface = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height })
  surface.getContext('2d').drawImage(image, 0, 0)
  return surface.toDataURL('image/webp', ${QUALITY})
})()`

async function toWebp(page: Page): Promise<Buffer> {
  const png = (await page.screenshot({ scale: 'css' })).toString('base64')
  const canvas = await page.context().newPage()
  const url = await canvas.evaluate<string>(encode(png))
  await canvas.close()
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')
}

mkdirSync(TARGET, { recursive: true })
const asked = process.argv.slice(2)
for (const [name, take] of Object.entries(PAGES)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  for (const width of Object.keys(WIDTHS) as WidthName[]) {
    for (const theme of ['light', 'dark'] as ThemeName[]) {
      const opened = await browser.open(`${server.url}/healthz`, { width, theme, reducedMotion: true })
      await take(opened.page, width)
      await opened.page.waitForLoadState('load')
      await opened.page.waitForTimeout(DRAWN_MS)
      const bytes = await toWebp(opened.page)
      writeFileSync(join(TARGET, `${name}-${WIDTHS[width]}-${theme}.webp`), bytes)
      console.log(`${name} ${WIDTHS[width]} ${theme}: ${Math.round(bytes.length / 1000)} kB`)
      await opened.close()
    }
  }
}
await browser.close()
await server.close()
rmSync(folder, { recursive: true })
