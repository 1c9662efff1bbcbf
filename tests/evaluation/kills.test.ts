// Evaluations that are killed, with their workers, at any moment: nothing is lost, nothing counts twice.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { EvaluationReport } from '../../src/protocol/evaluation.ts'
import { Evaluations } from '../../src/store/evaluations/evaluations.ts'
import { openStore, storeInFolder } from '../../src/store/store.ts'
import { runCommand, startCommand } from '../../src/testing/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-eval-kills-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const data = join(folder, 'data')
const ARGS = ['paint-arena', 'greedy', 'random', 'sweep', '--set', 'width=40', '--set', 'height=40']
const SIZE = ['--set', 'max_ticks=400', '--episodes', '240', '--workers', '2', '--json', '--data', data]

/** Process ids of the workers that a process has started. */
const childrenOf = (pid: number): number[] => {
  try {
    return execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
      .split('\n')
      .flatMap((line) => (line.trim() ? [Number(line)] : []))
  } catch {
    // No children: ps exits with 1.
    return []
  }
}

mkdirSync(data)

async function played(): Promise<{ id: string; rows: number } | undefined> {
  const store = await openStore(storeInFolder(data, { mode: 'create', runs: 'inline' }))
  try {
    const evaluations = new Evaluations(store)
    const [last] = await evaluations.list(1)
    return last && { id: last.id, rows: (await evaluations.progress(last.id)).played }
  } finally {
    await store.close()
  }
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 60_000
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > deadline) assert.fail(`not within 60 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('eval: killed workers and a killed evaluation lose and duplicate nothing', { timeout: 240_000 }, async () => {
  const running = startCommand(['eval', ...ARGS, ...SIZE])
  const { id } = await until('a first result', async () => {
    const found = await played()
    return found && found.rows > 0 ? found : undefined
  })
  // The launcher is a shell or the program itself: workers are children of either.
  const workers = childrenOf(running.pid!).flatMap((pid) => [pid, ...childrenOf(pid)])
  for (const pid of workers.slice(-1)) process.kill(pid, 'SIGKILL')
  const before = (await played())!.rows
  await until('a replaced worker goes on', async () => ((await played())!.rows > before ? true : undefined))
  running.kill('SIGKILL')
  for (const pid of workers.slice(0, 1)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It ended with its parent process.
    }
  }
  await running.ended
  const resumed = await runCommand(['eval', 'resume', id, '--workers', '2', '--json', '--data', data])
  assert.equal(resumed.status, 0, resumed.err)
  const report = EvaluationReport.parse(JSON.parse(resumed.out))
  assert.deepEqual([report.played, report.counted, report.ended], [240, 240, 'complete'])
  assert.equal(readdirSync(join(data, 'blobs', 'evaluations', id)).length >= 240, true)

  const whole = await runCommand(['eval', ...ARGS, ...SIZE])
  const undisturbed = EvaluationReport.parse(JSON.parse(whole.out))
  assert.deepEqual({ ...report, id: '' }, { ...undisturbed, id: '' })
  const verified = await runCommand(['eval', 'verify', id, '--data', data])
  assert.equal(verified.status, 0, verified.err)
})

test('eval: an interrupt keeps finished episodes, and resume plays the rest', { timeout: 120_000 }, async () => {
  const running = startCommand(['eval', ...ARGS, ...SIZE])
  const first = (await played())?.id
  const { id } = await until('a first result', async () => {
    const found = await played()
    return found && found.id !== first && found.rows > 0 ? found : undefined
  })
  running.kill('SIGINT')
  assert.equal(await running.ended, 1)
  assert.match(running.text(), /paracosm eval resume eval-/)
  const resumed = await runCommand(['eval', 'resume', id, '--json', '--data', data])
  assert.equal(EvaluationReport.parse(JSON.parse(resumed.out)).played, 240)
})
