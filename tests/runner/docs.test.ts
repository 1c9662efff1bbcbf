// Every command line of docs/packages.md that needs no container engine does what the page says.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ERRORS } from '../../src/kernel/errors.ts'
import { CERTIFY_CHECKS, EXTRA_CHECKS } from '../../src/runner/checks.ts'
import { RUN_STEPS } from '../../src/runner/run-steps.ts'
import { docCommands, docEnvironment, runLine } from './doc-commands.ts'

const page = readFileSync(new URL('../../docs/packages.md', import.meta.url), 'utf8')

/** Runs a line that waits for an interrupt, and interrupts it. */
async function runWaiting(line: string, cwd: string): Promise<string> {
  const child = spawn('sh', ['-c', `exec ${line}`], { cwd, env: docEnvironment })
  let output = ''
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.stdout.on('data', (chunk) => {
    output += chunk
    if (output.includes('Waiting for')) child.kill('SIGINT')
  })
  await ended
  return output
}

test('docs: every command line of docs/packages.md works', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'the docs '))
  assert.equal(docCommands('').length, 9)
  for (const line of docCommands('')) {
    const { status, stderr } = runLine(line, cwd)
    assert.equal(status, 0, `${line}\n${stderr}`)
  }
  assert.ok(existsSync(join(cwd, 'results/replay.json')))
  assert.equal(docCommands('waits').length, 3)
  for (const line of docCommands('waits')) assert.match(await runWaiting(line, cwd), /Waiting for/, line)
})

/** The beginning of a table row, for any cell width. */
const row = (number: string, id: string) => new RegExp(`^\\| ${number} \`${id}\` +\\|`, 'm')

test('docs: every step and check is documented, and every code exists', () => {
  for (const [index, id] of RUN_STEPS.entries()) assert.match(page, row(String(index + 1), id))
  for (const [index, id] of CERTIFY_CHECKS.entries()) assert.match(page, row(String(index + 1), id))
  for (const id of EXTRA_CHECKS) assert.match(page, row('\\+', id))
  const codes = [...page.matchAll(/`([A-Z]+_[A-Z_]+|USAGE|INTERRUPTED)`/g)].map((match) => match[1] ?? '')
  const others = /^(COGAME|COWORLD|PARACOSM)/
  for (const code of codes.filter((each) => !others.test(each))) assert.ok(code in ERRORS, code)
})
