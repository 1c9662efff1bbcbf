// `paracosm eval` as a user runs it: the launcher, real worker processes, a data folder.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { EvaluationReport } from '../../src/protocol/evaluation.ts'
import { LAUNCHER, runCommand } from '../../src/testing/cli.ts'

const folder = mkdtempSync(join(tmpdir(), 'paracosm-eval-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const data = join(folder, 'data')

const FAST = ['--set', 'width=6', '--set', 'height=6', '--set', 'max_ticks=20']

async function evaluate(args: readonly string[]): Promise<EvaluationReport> {
  const { status, out, err } = await runCommand(['eval', ...args, '--data', data, '--json'])
  assert.equal(status, 0, err)
  return EvaluationReport.parse(JSON.parse(out))
}

test('eval: every pair plays in every order of slots, and the report does not depend on the number of workers', async () => {
  const args = ['paint-arena', 'greedy', 'random', 'sweep', '--episodes', '30', ...FAST]
  const one = await evaluate([...args, '--workers', '1'])
  const two = await evaluate([...args, '--workers', '2'])
  assert.deepEqual([one.played, one.counted, one.seeds, one.design], [30, 30, 5, 'permutations'])
  assert.deepEqual({ ...one, id: '' }, { ...two, id: '' })
  assert.equal(one.policies.length, 3)
  const greedy = one.policies.find(({ name }) => name === 'greedy')
  assert.ok(greedy?.score && greedy.score.low! <= greedy.score.value && greedy.score.value <= greedy.score.high!)
  assert.ok(greedy.bradley_terry!.value > one.policies.find(({ name }) => name === 'random')!.bradley_terry!.value)
  assert.equal(greedy.wins + greedy.draws + greedy.losses, greedy.episodes)
})

test('eval: a folder verifies on its own, and a changed number or journal is named', async () => {
  const out = join(folder, 'out')
  const report = await evaluate(['paint-arena', 'greedy', 'sweep', '--episodes', '8', ...FAST, '-o', out])
  assert.equal(readdirSync(join(out, 'journals')).length, 8)
  assert.match(readFileSync(join(out, 'report.md'), 'utf8'), /\| greedy \|/)
  assert.match(readFileSync(join(out, 'report.csv'), 'utf8'), /^policy,role,episodes,score/)
  const fine = await runCommand(['eval', 'verify', out, '--json'])
  assert.deepEqual(JSON.parse(fine.out), { ok: true, id: report.id, journals: 8, without_journal: 0, steps: 160 })

  const path = join(out, 'report.json')
  const text = readFileSync(path, 'utf8')
  const wins = report.policies[0]!.wins
  writeFileSync(path, text.replace(`"wins": ${wins}`, `"wins": ${wins + 1}`))
  const changed = await runCommand(['eval', 'verify', out])
  assert.equal(changed.status, 1)
  assert.match(changed.err, /EVALUATION_MISMATCH: the report says wins of greedy/)
  writeFileSync(path, text)

  const [journal = ''] = readdirSync(join(out, 'journals'))
  const place = join(out, 'journals', journal)
  writeFileSync(place, readFileSync(place, 'utf8').replace(/"scores":\[(\d)/, '"scores":[9$1'))
  const broken = await runCommand(['eval', 'verify', out])
  assert.equal(broken.status, 1)
  assert.match(broken.err, /EVALUATION_MISMATCH: the journal of episode \d+/)
})

test('eval: a program plays through its socket, and one that crashes is counted separately', async () => {
  const player = `cmd:${LAUNCHER} player paint-arena sweep`
  const report = await evaluate([
    ...['paint-arena', `mine=${player}`, 'broken=cmd:exit 3', 'greedy', '--episodes', '6', '--tick-rate', '60'],
    ...['--set', 'width=4', '--set', 'height=4', '--set', 'max_ticks=10', '--workers', '1'],
  ])
  const [mine, broken, greedy] = report.policies
  assert.equal(report.failed, 4)
  assert.equal(broken?.failures, 4)
  assert.equal(broken?.score, null)
  assert.deepEqual([mine?.failures, mine?.failed_episodes, mine?.episodes], [0, 2, 2])
  assert.equal(greedy?.failures, 0)
  assert.ok(mine?.score && mine.score.value > 0)
  const verified = await runCommand(['eval', 'verify', report.id, '--data', data])
  assert.equal(verified.status, 0, verified.err)
})

test('eval: an episode that takes too long is a timeout, and no other figure includes it', async () => {
  const report = await evaluate([
    ...['paint-arena', 'slow=cmd:sleep 60', 'greedy', '--episodes', '2', '--tick-rate', '1', '--timeout', '2'],
    ...['--workers', '1'],
  ])
  assert.deepEqual([report.timed_out, report.failed, report.counted], [2, 0, 0])
  assert.equal(report.policies[0]?.timeouts, 2)
  assert.equal(report.policies[1]?.score, null)
})

test('eval: --until-decided stops at the same seed for any number of workers', async () => {
  const args = ['paint-arena', 'greedy', 'random', '--episodes', '4000', '--until-decided', ...FAST]
  const [one, two] = [await evaluate([...args, '--workers', '1']), await evaluate([...args, '--workers', '2'])]
  assert.equal(one.ended, 'decided')
  assert.ok(one.seeds < 100, `${one.seeds} seeds`)
  assert.equal(one.pairs[0]?.decided, true)
  assert.deepEqual([one.seeds, one.policies], [two.seeds, two.policies])
  const verified = await runCommand(['eval', 'verify', two.id, '--data', data])
  assert.equal(verified.status, 0, verified.err)
})

test('eval: a YAML file is equivalent to the command line, and a mistake in it is named', async () => {
  const file = join(folder, 'evaluation.yaml')
  const text = [
    'world: paint-arena',
    'policies: [greedy, other=sweep]',
    'opponents: [random]',
    'episodes: 4',
    'config: { width: 6, height: 6, max_ticks: 20 }',
  ].join('\n')
  writeFileSync(file, text)
  const report = await evaluate(['--file', file])
  assert.equal(report.design, 'opponents')
  assert.deepEqual(
    report.policies.map(({ name, role }) => `${name} ${role}`),
    ['greedy policy', 'other policy', 'random opponent'],
  )
  assert.equal(report.pairs.length, 3)
  writeFileSync(file, `${text}\npolicy: x`)
  const { status, err } = await runCommand(['eval', '--file', file, '--data', data])
  assert.equal(status, 2)
  assert.match(err, /\$\.policy/)
})

test('eval compare: equal seeds are paired, and a policy compared with itself shows no difference', async () => {
  const args = ['--opponent', 'random', '--episodes', '24', ...FAST]
  const first = await evaluate(['paint-arena', 'mine=greedy', ...args])
  const second = await evaluate(['paint-arena', 'mine=random', ...args])
  const compare = async (a: string, b: string) => {
    const { status, out, err } = await runCommand(['eval', 'compare', a, b, '--data', data, '--json'])
    assert.equal(status, 0, err)
    return JSON.parse(out).policies[0].test
  }
  const same = await compare(first.id, first.id)
  assert.deepEqual([same.p, same.difference.value, same.seeds], [1, 0, 12])
  const worse = await compare(first.id, second.id)
  assert.ok(worse.difference.high < 0 && worse.p < 0.01, JSON.stringify(worse))
})

test('eval: agents behind the perception adapter play', async () => {
  const report = await evaluate([
    ...['paint-arena', 'agent:random', 'greedy', '--episodes', '2', '--tick-rate', '60', '--workers', '1'],
    ...['--set', 'width=4', '--set', 'height=4', '--set', 'max_ticks=30'],
  ])
  assert.deepEqual([report.counted, report.failed], [2, 0])
})

test('eval: mistakes exit with 2 and say what to do', async () => {
  for (const [args, message] of [
    [[], /no world and policies are named/],
    [['paint-arena', 'gredy'], /UNKNOWN_BOT.*gredy/s],
    [['paint-arena', 'greedy', 'greedy'], /two policies have the name greedy/],
    [['paint-arena', 'greedy', '--episodes', '0'], /whole number/],
    [['paint-arena', 'greedy', 'image:'], /names no image/],
    [['nowhere', 'greedy'], /UNKNOWN_WORLD/],
    [['show', 'eval-1'], /UNKNOWN_EVALUATION/],
  ] as const) {
    const { status, err } = await runCommand(['eval', ...args, '--data', data])
    assert.equal(status, 2, `${args.join(' ')}: ${err}`)
    assert.match(err, message)
  }
})
