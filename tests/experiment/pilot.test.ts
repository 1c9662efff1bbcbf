// A pilot of forty simulated participants through the real command: its figures match an independent count.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Locator } from 'playwright-core'
import { launchBrowser, NO_BROWSER } from '../../src/testing/browser.ts'
import { runCommand } from '../../src/testing/cli.ts'
import { until } from '../../src/testing/until.ts'

const study = fileURLToPath(new URL('../fixtures/simulation-engine/experiments/usability.yml', import.meta.url))

test('pilot: with forty simulated participants, the report matches the dump and needs no network', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-pilot-'))
  try {
    const output = join(folder, 'pilot')
    const {
      out: stdout,
      status,
      err: stderr,
    } = await runCommand([
      'experiment',
      'pilot',
      study,
      '--participants',
      '40',
      '--turns',
      '2',
      '--output',
      output,
      '--json',
    ])
    assert.equal(status, 0, stderr)
    const printed = JSON.parse(stdout)
    assert.equal(printed.participants, 40)
    assert.ok(printed.finished >= 3, stdout)
    const dump = readdirSync(output).find((name) => /^\d{4}_/.test(name)) ?? ''
    const read = (name: string): any[] => JSON.parse(readFileSync(join(output, dump, `${name}.json`), 'utf8'))
    const assignments = read('assignments')
    const sessions = read('sessions')
    const events = read('session_events')
    // Counted independently of the report.
    const players = new Set([...assignments, ...read('forms')].map((each) => each.player_id)).size
    const completed = assignments.filter((each) => each.status === 'completed').length
    const { figures } = printed
    assert.deepEqual(
      [figures.players, figures.assigned, figures.completed, figures.sessions, figures.events],
      [players, assignments.length, completed, sessions.length, events.length],
    )
    assert.equal(completed, assignments.length, 'every simulated participant plays to the end')
    const errors = events.filter((each) => each.event_type === 'error').length
    assert.equal(figures.error_events, errors)
    const html = readFileSync(join(output, 'report.html'), 'utf8')
    assert.equal(/(?:src|href)="https?:/.test(html), false, 'nothing is loaded from elsewhere')
    const inside = /<script type="application\/json" id="figures">(.*?)<\/script>/.exec(html)?.[1] ?? ''
    assert.deepEqual(JSON.parse(inside), figures)
    if (!NO_BROWSER) await openOffline(join(output, 'report.html'), sessions.length)
    const sums = readFileSync(join(output, 'data', 'SHA256SUMS'), 'utf8')
      .trim()
      .split('\n')
    for (const line of sums) {
      const [sum, name = ''] = line.split('  ')
      assert.equal(
        createHash('sha256')
          .update(readFileSync(join(output, 'data', name)))
          .digest('hex'),
        sum,
      )
    }
    const rows = readFileSync(join(output, 'data', 'assignments.csv'), 'utf8')
      .trim()
      .split('\n')
    assert.equal(rows.length - 1, assignments.length)
    assert.equal(
      readFileSync(join(output, 'data', 'participants.csv'), 'utf8').includes(assignments[0].player_id),
      false,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

/** The table updates in a later task. */
async function waitForRows(rows: Locator, count: number): Promise<void> {
  await until(`the table has ${count} rows`, async () => ((await rows.count()) === count ? true : undefined))
}

/** Chromium without a network shows every section; tables can be searched. */
async function openOffline(path: string, sessions: number): Promise<void> {
  const browser = await launchBrowser()
  try {
    const context = await browser.newContext({ offline: true })
    const page = await context.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(String(error)))
    page.on('requestfailed', (request) => faults.push(request.url()))
    await page.goto(pathToFileURL(path).href)
    const rows = page.locator('#sessions-table tbody tr')
    assert.equal(await rows.count(), sessions)
    const table = page.locator('[data-name=sessions-table]')
    await table.locator('.search').fill('no such session')
    await waitForRows(rows, 0)
    await table.locator('.search').fill('')
    await waitForRows(rows, sessions)
    await table.locator('th button').first().click()
    await table.locator('th[aria-sort=ascending]').first().waitFor()
    const first = await rows.first().locator('td').first().textContent()
    await table
      .locator('.filter')
      .first()
      .fill(first ?? '')
    await waitForRows(rows, 1)
    assert.ok((await page.locator('figure svg').count()) > 10, 'charts are drawn')
    assert.equal(await page.locator('[role=alert]').count(), 0, 'no section failed')
    assert.deepEqual(faults, [])
  } finally {
    await browser.close()
  }
}
