// A pilot of forty simulated participants through the real command: its figures match an independent count.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Locator } from 'playwright-core'
import { launchBrowser, NO_BROWSER } from '../../src/testing/browser.ts'
import { runCommand } from '../../src/testing/cli.ts'
import { startModelServer } from '../../src/testing/model-server.ts'
import { until } from '../../src/testing/until.ts'
import { RUN } from './study-server.ts'

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
    assert.match(stderr, /Characters: the offline responder; participants: rules\./)
    // Counted while the offline responder answered, and without a cost.
    assert.ok(printed.model_calls > printed.inputs && printed.usage.input_tokens > 0, stdout)
    assert.deepEqual([printed.usage.is_estimated, printed.usage.cost_usd], [true, null])
    assert.equal(printed.whole_study.sessions, 6, 'three players for each of two games')
    assert.ok(printed.expected_minutes > 1, stdout)
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

const ANSWERS: Readonly<Record<string, string>> = {
  opener: '{"type":"ai","content":"You enter a new space. Somebody is here."}',
  updater: '{"type":"ai","content":"It looks up."}',
  validator: '{"pass": true}',
}

test('pilot: models play the characters and write for the participants, up to a limit and at a known price', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-pilot-'))
  const model = await startModelServer(({ model: name, messages }) => {
    if (name !== 'person') return ANSWERS[name] ?? ''
    if (!messages[0]?.content.includes('form')) return '/finish  I wave\n to it.'
    // One valid answer, one invalid one, and a form without answers.
    const asked = messages.at(-1)?.content ?? ''
    return asked.includes('"mood"')
      ? 'Sure: {"mood": "Curious."}'
      : asked.includes('"easy"')
        ? '{"easy": "maybe"}'
        : 'No.'
  })
  try {
    const file = join(folder, 'run.yml')
    writeFileSync(file, RUN.replace('  - {name: Teamwork}\n', '').replace('player: 2', 'player: 1'))
    const roles = ['opener', 'updater', 'validator', 'scorer'].flatMap((role) => [`--${role}-model`, role])
    const pilot = (output: string, ...more: string[]) =>
      runCommand(
        ['experiment', 'pilot', file, '--participants', '2', '--turns', '1', '--output', join(folder, output)]
          .concat('--base-url', model.url, ...roles, '--participant-model', 'person', '--price-in', '1000', '--json')
          .concat(more),
      )
    const { status, out, err } = await pilot('one')
    assert.equal(status, 0, err)
    const printed = JSON.parse(out)
    assert.deepEqual([printed.finished, printed.usage.is_estimated], [2, false])
    assert.equal(printed.usage.calls, model.asked.length)
    assert.ok(
      model.asked.some((each) => each.model === 'person' && each.messages.at(-1)?.content.includes('new space')),
    )
    assert.ok(Math.abs(printed.usage.cost_usd - printed.usage.input_tokens / 1000) < 0.001, out)
    assert.equal(printed.whole_study.people, 3)
    assert.ok(Math.abs(printed.whole_study.cost_usd - printed.usage.cost_usd * 1.5) < 0.01, out)
    const answers = readFileSync(join(folder, 'one', 'data', 'answers.csv'), 'utf8')
    assert.equal(answers.match(/Curious\./g)?.length, 2)
    assert.match(readFileSync(join(folder, 'one', 'data', 'events.csv'), 'utf8'), /finish I wave to it\./)
    const spent = await pilot('two', '--max-usd', '0.0000001')
    assert.equal(spent.status, 1)
    assert.match(spent.err, /could not continue: the limit of 1e-7 US dollars is reached/)
  } finally {
    await model.close()
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
