// A complete league in the terminal, with an external policy and commissioner, and every rank recomputed.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { Leagues } from '../../src/store/leagues/leagues.ts'
import { openStore, storeInFolder } from '../../src/store/store.ts'
import { runCommand } from '../../src/testing/cli.ts'

const STAND_INS = join(import.meta.dirname, '..', 'fixtures', 'league-stand-ins')
const folder = mkdtempSync(join(tmpdir(), 'paracosm-league-'))
after(() => rmSync(folder, { recursive: true, force: true }))

async function run(name: string, yaml: readonly string[], rounds: number) {
  const [file, data] = [join(folder, `${name}.yaml`), join(folder, name)]
  writeFileSync(file, [`name: ${name}`, 'world: paint-arena', ...yaml].join('\n'))
  const { status, out, err } = await runCommand([
    'league',
    'run',
    file,
    '--rounds',
    String(rounds),
    '--data',
    data,
    '--json',
  ])
  assert.equal(status, 0, err)
  return { data, divisions: JSON.parse(out).divisions }
}

function sql(data: string, text: string): any[] {
  const db = new DatabaseSync(join(data, 'paracosm.sqlite'), { timeout: 5000 })
  try {
    return db.prepare(text).all()
  } finally {
    db.close()
  }
}

test('league run: bots and a Python policy qualify, are promoted and ranked; verify recomputes every rank', async () => {
  const { data, divisions } = await run(
    'painters',
    [
      'config: { width: 4, height: 4, max_ticks: 10 }',
      `policies: [greedy, random, "snake=cmd:python3 ${STAND_INS}/player.py"]`,
    ],
    3,
  )
  const [competition] = divisions
  assert.equal(competition.members, 3)
  assert.deepEqual(competition.rankings.map(({ player }: any) => player).toSorted(), ['greedy', 'random', 'snake'])
  assert.ok(competition.rankings.every(({ rounds }: any) => rounds === 2))
  const verified = await runCommand(['league', 'verify', 'painters', '--data', data, '--json'])
  assert.equal(verified.status, 0, verified.err)
  assert.equal(JSON.parse(verified.out).rounds, 3)

  sql(data, 'update league_results set score = score + 1 where rank = 1')
  const changed = await runCommand(['league', 'verify', 'painters', '--data', data])
  assert.equal(changed.status, 1)
  assert.match(changed.err, /EVALUATION_MISMATCH: round \d+: the journals give/)
})

test('league run: a policy added to the file enters the league on the next run', async () => {
  const config = 'config: { width: 4, height: 4, max_ticks: 10 }'
  await run('grown', [config, 'policies: [greedy, sweep]'], 2)
  const { divisions } = await run('grown', [config, 'policies: [greedy, sweep, random]'], 3)
  assert.deepEqual(divisions[0].rankings.map(({ player }: any) => player).toSorted(), ['greedy', 'random', 'sweep'])
})

test('league run: a league continues where it stopped, and keeps its history', async () => {
  const yaml = ['config: { width: 4, height: 4, max_ticks: 10 }', 'policies: [greedy, sweep]']
  await run('again', yaml, 4)
  const { data, divisions } = await run('again', yaml, 4)
  assert.equal(divisions[0].rankings[0].rounds, 7)
  const store = await openStore(storeInFolder(data, { mode: 'existing', runs: 'inline' }))
  const leagues = new Leagues(store)
  const moved = await leagues.events({ type: 'membership_moved' }, 10)
  assert.deepEqual(
    moved.map(({ actor, summary }) => [actor, summary]),
    [
      ['commissioner', 'Passed crash check'],
      ['commissioner', 'Passed crash check'],
    ],
  )
  await store.close()
})

test('league run: a commissioner that is a Python program decides the rounds', async () => {
  const { divisions } = await run(
    'foreign',
    [
      'config: { width: 4, height: 4, max_ticks: 10 }',
      'policies: [greedy, sweep, random]',
      'divisions: [{ name: Open, level: 1 }]',
      `commissioner: { type: command, command: "exec python3 ${STAND_INS}/commissioner.py $PORT" }`,
    ],
    2,
  )
  assert.equal(divisions[0].rankings.length, 3)
  assert.equal(divisions[0].rankings[0].rounds, 2)
})

test('league run: mistakes are reported before anything is played', async () => {
  const file = join(folder, 'bad.yaml')
  for (const [text, message] of [
    ['name: x\nworld: nowhere\npolicies: [a]', /UNKNOWN_WORLD/],
    ['name: x\nworld: paint-arena\npolicies: [gredy]', /UNKNOWN_BOT/],
    [
      'name: x\nworld: paint-arena\npolicies: [greedy]\ncommissioner: { type: ruleset, ruleset: { divisions: {} } }',
      /CONFIG_INVALID/,
    ],
    ['name: x\nworld: paint-arena\npolicies: [greedy]\nrounds: 3', /rounds/],
    ['name: [x', /is not YAML/],
  ] as const) {
    writeFileSync(file, text)
    const { status, err } = await runCommand(['league', 'run', file, '--data', join(folder, 'bad')])
    assert.equal(status, 2, err)
    assert.match(err, message)
  }
})

test('league migrate: rounds before and after another commissioner are verified, each with the one that ranked it', async () => {
  const yaml = (scoring: string, division: string) => [
    'config: { width: 4, height: 4, max_ticks: 10 }',
    'policies: [greedy, random]',
    'divisions: [{ name: Open, level: 1 }]',
    'commissioner:',
    '  type: ruleset',
    `  ruleset: { scoring: { round_score: ${scoring} }, divisions: { open: ${division} } }`,
  ]
  const { data } = await run('changed', yaml('mean', '{ name: Open }'), 2)
  const file = join(folder, 'changed.yaml')
  writeFileSync(
    file,
    ['name: changed', 'world: paint-arena', ...yaml('win', '{ name: Top, previous_name: Open }')].join('\n'),
  )
  const kept = await runCommand(['league', 'run', file, '--rounds', '1', '--data', data])
  assert.match(kept.err, /The league keeps its commissioner. Change it with: paracosm league migrate changed --file/)
  const migrated = await runCommand(['league', 'migrate', 'changed', '--file', file, '--data', data])
  assert.equal(migrated.out, 'Renamed: Open to Top\n', migrated.err)
  const after = await runCommand(['league', 'run', file, '--rounds', '2', '--data', data])
  assert.doesNotMatch(after.err, /keeps its commissioner/)
  assert.match(after.out, /Round 5 in Top: .* 1,/)
  const verified = await runCommand(['league', 'verify', 'changed', '--data', data, '--json'])
  assert.equal(verified.status, 0, verified.err)
  assert.equal(JSON.parse(verified.out).rounds, 5)
})
