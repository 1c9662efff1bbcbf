// Kills of the server and of a foreign commissioner during rounds: no episode is lost, none counts twice.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'

const ROOT = join(import.meta.dirname, '..', '..')
const STAND_IN = join(ROOT, 'tests', 'fixtures', 'league-stand-ins', 'commissioner.py')
const folder = mkdtempSync(join(tmpdir(), 'paracosm-league-kills-'))
const running = new Set<ChildProcess>()
after(() => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

async function start(command: string, args: readonly string[], ready: RegExp): Promise<ChildProcess> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  running.add(child)
  child.once('exit', () => running.delete(child))
  await new Promise<void>((resolve, reject) => {
    child.stdout!.on('data', (chunk) => {
      if (ready.test(String(chunk))) resolve()
    })
    child.once('exit', () => reject(new Error(`${command} ended before ${ready}`)))
  })
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

function query(data: string, sql: string): any[] {
  const db = new DatabaseSync(join(data, 'paracosm.sqlite'), { timeout: 5000 })
  try {
    return db.prepare(sql).all()
  } finally {
    db.close()
  }
}

const KILLS = Number(process.env.PARACOSM_KILLS ?? 16)
const POLICIES = ['greedy', 'sweep', 'random', 'other'].map((name) => ({
  kind: 'bot',
  name,
  bot: name === 'other' ? 'greedy' : name,
}))

test(`league: ${KILLS} kills of server and commissioner lose and duplicate nothing`, { timeout: 400_000 }, async () => {
  const data = join(folder, 'data')
  const { mkdirSync } = await import('node:fs')
  mkdirSync(data)
  const port = await freePort()
  const spec = JSON.stringify({
    name: 'Kills',
    world: 'paint-arena',
    config: { width: 30, height: 30, max_ticks: 1500 },
    policies: POLICIES,
    divisions: [{ name: 'Open', level: 1, type: 'competition', description: null }],
    commissioner: { type: 'url', url: `http://127.0.0.1:${port}`, config: {} },
  })
  const startCommissioner = () => start('python3', [STAND_IN, String(port)], /listening/)
  const startLeague = () =>
    start(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'league-child.ts'), data, spec],
      /begun/,
    )
  let commissioner = await startCommissioner()
  let server = await startLeague()
  let random = 7
  for (let each = 0; each < KILLS; each++) {
    random = (Math.imul(random, 1103515245) + 12345) >>> 0
    await new Promise((resolve) => setTimeout(resolve, 200 + (random % 900)))
    if (each % 4 === 3) {
      await kill(commissioner)
      commissioner = await startCommissioner()
    } else {
      await kill(server)
      server = await startLeague()
    }
  }
  const completed = () =>
    Number(query(data, "select count(*) as count from league_rounds where status = 'completed'")[0].count)
  const before = completed()
  for (const until = Date.now() + 120_000; completed() < before + 2; ) {
    assert.ok(Date.now() < until, `no further round within 120 s after ${before}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await kill(server)
  // Every completed round: six pairs, each settled once, each policy in three of them, and totals that add up.
  const rounds = query(
    data,
    "select round_id, round_number from league_rounds where status = 'completed' order by round_number",
  )
  const failed = query(data, "select error from league_rounds where status = 'failed'")
  assert.deepEqual(failed, [])
  assert.deepEqual(
    rounds.map(({ round_number }) => Number(round_number)),
    rounds.map((_, index) => index + 1),
  )
  for (const { round_id: id } of rounds) {
    const episodes = query(
      data,
      `select request_id, status, scores, lineup from league_episodes where round_id = '${id}'`,
    )
    assert.equal(episodes.length, 6)
    assert.equal(new Set(episodes.map(({ request_id }) => request_id)).size, 6)
    assert.ok(episodes.every(({ status }) => status === 'completed'))
    const totals = new Map<string, number>()
    for (const { scores, lineup } of episodes) {
      const points: number[] = JSON.parse(scores)
      for (const [slot, policy] of (JSON.parse(lineup) as string[]).entries()) {
        totals.set(policy, (totals.get(policy) ?? 0) + points[slot]!)
      }
    }
    const results = query(data, `select policy_version_id, score from league_results where round_id = '${id}'`)
    assert.equal(results.length, 4)
    for (const { policy_version_id: policy, score } of results) assert.equal(score, totals.get(policy))
  }
})
