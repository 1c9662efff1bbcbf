// Pages under extreme conditions: a failed episode, an empty server, a hundred thousand episodes, and a fast match.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { sql } from 'kysely'
import { createClient } from '../../src/client/index.ts'
import { createWorldRegistry } from '../../src/host/world-registry.ts'
import { startServer } from '../../src/server/app.ts'
import { openStore, storeInFolder } from '../../src/store/store.ts'
import { NO_BROWSER } from '../../src/testing/browser.ts'
import { throwingWorld } from '../../src/testing/hostile-worlds.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { faultsOf, startWebBrowser } from '../../src/testing/web.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-busy-'))
const browser = NO_BROWSER ? undefined : await startWebBrowser()
const worlds = await createWorldRegistry({ worlds: [{ ...throwingWorld('step', 30), id: 'breaks' }] })
const serve = (name: string) =>
  startServer({
    dataDir: join(folder, name),
    worlds,
    ...TEST_SERVER,
    logLevel: 'silent',
    version: '0.0.0-test',
  })
const server = await serve('empty')
after(async () => {
  await browser?.close()
  await server.close()
  rmSync(folder, { recursive: true })
})
const client = createClient({ url: server.url })

test('home: an empty server says how to start something', { skip: NO_BROWSER }, async () => {
  const { page, complaints, close } = await browser!.open(server.url)
  await page.getByText('No episode has finished yet.').waitFor()
  await page.getByText('paracosm run paint-arena sweep greedy').first().waitFor()
  await page.waitForLoadState('networkidle')
  assert.deepEqual(await faultsOf(page), [])
  assert.deepEqual(complaints, [])
  await close()
})

test('episode: an episode that fails while it is watched says so, and keeps its recording', {
  skip: NO_BROWSER,
}, async () => {
  const { bots } = await client.world('breaks')
  const slots = (await client.world('breaks')).variants[0]?.slots ?? 1
  const { episode } = await client.episodes.start({
    world: 'breaks',
    players: Array.from({ length: slots }, () => bots[0]?.name ?? null),
    tick_rate: 10,
  })
  const { page, close } = await browser!.open(`${server.url}/episodes/${episode.id}`)
  await page.getByText('Failed', { exact: true }).first().waitFor()
  assert.equal((await client.episodes.get(episode.id)).status, 'failed')
  assert.deepEqual(await faultsOf(page), [])
  await close()
})

test('memory: the second half of a one-minute match at 20 Hz leaks nothing', {
  skip: NO_BROWSER,
  timeout: 150_000,
}, async () => {
  const { episode } = await client.episodes.start({
    world: 'paint-arena',
    players: ['greedy', 'sweep'],
    config: { max_ticks: 10_000 },
    tick_rate: 20,
  })
  const { page, close } = await browser!.open(`${server.url}/episodes/${episode.id}`)
  await page.locator('canvas').first().waitFor()
  const devtools = await page.context().newCDPSession(page)
  const heap = async (): Promise<number> => {
    await devtools.send('HeapProfiler.collectGarbage')
    const { usedSize } = await devtools.send('Runtime.getHeapUsage')
    return usedSize
  }
  await page.waitForTimeout(20_000)
  const middle = await heap()
  await page.waitForTimeout(40_000)
  const end = await heap()
  // The chart keeps a score and an event per step, about a hundred bytes; it does not keep frames of the field.
  assert.ok(end - middle < 3_000_000, `${Math.round((end - middle) / 1000)} kB more after 800 steps`)
  await close()
  await client.episodes.end(episode.id, 'Measured.')
})

test('home: with a hundred thousand episodes it shows the newest and the total', {
  skip: NO_BROWSER,
  timeout: 120_000,
}, async () => {
  // One real episode is duplicated in the index; the copies are older, so the pictures are of the one with a journal.
  const first = await serve('many')
  const seed = createClient({ url: first.url })
  const { episode } = await seed.episodes.start({
    world: 'paint-arena',
    variant: 'duel',
    players: ['greedy', 'sweep'],
    tick_rate: 1000,
  })
  const until = Date.now() + 60_000
  while ((await seed.episodes.get(episode.id)).status !== 'finished') {
    if (Date.now() > until) throw new Error('the duel did not finish')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  await first.close()
  const store = await openStore(storeInFolder(join(folder, 'many'), { mode: 'create', runs: 'thread' }))
  const { rows } = await sql<{ name: string }>`select name from pragma_table_info('episodes')`.execute(store.db)
  const columns = rows.map(({ name }) => name)
  const wanted = columns.map((name) =>
    name === 'episode_id'
      ? sql`'copy-' || n.value || '-' || e.episode_id`
      : name === 'started_at'
        ? sql`e.started_at - n.value`
        : sql`e.${sql.ref(name)}`,
  )
  await sql`insert into episodes (${sql.join(columns.map((name) => sql.ref(name)))})
    with recursive n(value) as (select 1 union all select value + 1 from n where value < 100000)
    select ${sql.join(wanted)} from n, episodes e where e.episode_id = ${episode.id}`.execute(store.db)
  await store.close()
  const many = await serve('many')
  try {
    const { page, complaints, close } = await browser!.open(many.url)
    await page.getByRole('link', { name: 'All 100,001 episodes' }).waitFor()
    // The total and the list are two answers.
    await page.locator('main a[href*="copy-"]').nth(9).waitFor()
    await page.locator('main canvas').first().waitFor()
    await page.waitForLoadState('networkidle')
    const rowsShown = await page.getByRole('region').or(page.locator('main')).locator('a[href*="copy-"]').count()
    assert.ok(rowsShown >= 10 && rowsShown <= 60, `${rowsShown} links to episodes`)
    assert.deepEqual(complaints, [])
    await close()
  } finally {
    await many.close()
  }
})
