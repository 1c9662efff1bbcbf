// Creates the picture of the README: a replay in the browser.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchBrowser } from '../src/testing/browser.ts'
import { LAUNCHER, runCommand, startProcess } from '../src/testing/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-picture-'))
await runCommand(['run', 'paint-arena', 'sweep', 'greedy', '-o', folder])
const server = startProcess(LAUNCHER, ['replay', 'open', join(folder, 'journal.jsonl')])
const [, url = ''] = await server.sees(/Replay: (\S+)/)
const browser = await launchBrowser()
const page = await browser.newPage({ viewport: { width: 1100, height: 720 } })
await page.goto(`${url}?uri=${encodeURIComponent(join(folder, 'journal.jsonl'))}#t=64`)
await page.waitForSelector('body[data-tick="64"]')
await page.screenshot({ path: 'docs/images/replay.png' })
await browser.close()
server.kill('SIGINT')
await server.ended
