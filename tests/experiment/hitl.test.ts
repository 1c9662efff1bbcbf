// Scenarios through the real commands: created, answered by a real server in independent branches, resumed, rated
// on standard input, exported and reported.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { newHitlFile } from '../../src/experiment/hitl/scenario-file.ts'
import { HitlFile } from '../../src/protocol/hitl.ts'
import { runCommand, startCommand } from '../../src/testing/cli.ts'
import { get, post } from '../../src/testing/play-api.ts'
import { until } from '../../src/testing/until.ts'

const FORM = {
  full_name: 'Ada',
  email: 'a@b.example',
  phone_number: '1',
  consent_signature: 'Ada',
  consent_to_followup: false,
}

async function withServer(
  work: (at: { url: string; key: string; folder: string; file: () => any }) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-hitl-'))
  const server = startCommand([
    'serve',
    '--port',
    '0',
    '--data',
    join(folder, 'data'),
    '--no-showcase',
    '--no-rate-limits',
    '--json',
    '--log',
    'error',
  ])
  try {
    const [, url = ''] = await server.sees(/"url":\s*"([^"]+)"/)
    const { api_key: key } = (await post({ url }, '/api/player/registration', FORM)).body
    await work({ url, key, folder, file: () => JSON.parse(readFileSync(join(folder, 'OCTA-test-cases.json'), 'utf8')) })
  } finally {
    server.kill('SIGTERM')
    await server.ended
    rmSync(folder, { recursive: true, force: true })
  }
}

test('hitl: create writes twelve groups and the contexts of the character, in both generations, and never overwrites', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-hitl-'))
  try {
    const create = (...more: string[]) =>
      runCommand([
        'experiment',
        'hitl',
        'create',
        'JW',
        '--characters',
        join(import.meta.dirname, '..', 'fixtures', 'simulation-engine', 'characters.json'),
        '--folder',
        folder,
        ...more,
      ])
    const made = await create('--json')
    assert.equal(made.status, 0, made.err)
    assert.equal((await create()).status, 2, 'it exists already')
    const file = HitlFile.parse(JSON.parse(readFileSync(join(folder, 'JW-test-cases.json'), 'utf8')))
    assert.equal(file.scenario_groups.length, 12 + 12)
    const counts = file.scenario_groups.slice(0, 12).map(({ scenarios }) => scenarios[0]?.attempts.length)
    assert.deepEqual(counts, [3, 3, 3, 3, 3, 2, 3, 3, 3, 3, 2, 3])
    const [first] = file.scenario_groups
    assert.deepEqual([first?.scenarios[0]?.id, first?.scenarios[0]?.pc_hid], ['JW-direct_anti_character-001', 'NA'])
    assert.match(first?.scenarios[0]?.attempts[0]?.player_message ?? '', /Stop being JW/)
    const context = file.scenario_groups[12]
    assert.deepEqual(
      [
        context?.group_id,
        context?.scenarios[0]?.id,
        context?.pressure_category,
        context?.scenarios[0]?.attempts.length,
      ],
      ['context-01', 'JW-context-01', 'direct_anti_character', 2],
    )
    assert.equal((await create('--generation', 'older')).status, 0)
    const older = JSON.parse(readFileSync(join(folder, 'JW-scenarios.json'), 'utf8'))
    assert.equal(older.scenario_groups[0].scenarios[0].expected_pc_behavior, '')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('hitl: the older key of the parent session is read', () => {
  const made = newHitlFile({ character: { hid: 'XX' }, game: 'Explore', generation: 'newer', now: new Date(0) })
  const text = JSON.stringify(made).replaceAll('"parent_session_id":null', '"context_session_id":"s-1"')
  assert.equal(HitlFile.parse(JSON.parse(text)).scenario_groups[0]?.scenarios[0]?.parent_session_id, 's-1')
})

test('hitl: responses come from branches of one parent, survive a kill, and are rated, exported and reported', () =>
  withServer(async ({ url, key, folder, file }) => {
    const hitl = (...more: string[]) => ['experiment', 'hitl', ...more, '--folder', folder]
    assert.equal((await runCommand(hitl('create', 'OCTA'))).status, 0)
    const update = hitl('update', 'OCTA', '--url', url, '--key', key)
    // Killed in the middle: the file is valid and has the answers so far.
    const killed = startCommand([...update, '--skip-feedback', '--concurrency', '2'])
    const answered = () =>
      file()
        .scenario_groups.flatMap((g: any) => g.scenarios.flatMap((s: any) => s.attempts))
        .filter((a: any) => a.simulator_response !== null).length
    await until('an answer is in the file', () => (answered() > 1 ? true : undefined))
    killed.kill('SIGKILL')
    await killed.ended
    const before = file()
    const resumed = await runCommand([...update, '--skip-feedback', '--json'])
    assert.equal(resumed.status, 0, resumed.err + resumed.out)
    assert.equal(JSON.parse(resumed.out).left.responses, 0)
    const after = file()
    for (const [g, group] of before.scenario_groups.entries()) {
      for (const [s, scenario] of group.scenarios.entries()) {
        const now = after.scenario_groups[g].scenarios[s]
        if (scenario.parent_session_id)
          assert.equal(now.parent_session_id, scenario.parent_session_id, 'a parent is used again')
        for (const [a, attempt] of scenario.attempts.entries())
          if (attempt.simulator_response !== null)
            assert.equal(now.attempts[a].simulator_response, attempt.simulator_response)
      }
    }
    // The characters of the file are played, and attempts are independent.
    const scenario = after.scenario_groups[0].scenarios[0]
    const parent = (await get({ url }, `/api/sessions/${scenario.parent_session_id}/reconstruction`, key)).body
    assert.deepEqual([parent.session.npc_hid, parent.session.pc_hid], ['OCTA', scenario.pc_hid])
    assert.deepEqual(
      parent.events.filter(({ direction, event_type }: any) => direction === 'inbound' && event_type === 'message'),
      [],
    )
    assert.equal(scenario.conversation_history[0].role, 'assistant')

    // Two ratings, then the evaluator leaves; both are saved.
    const judging = startCommand([...update, '--skip-responses'])
    judging.type('maybe\nup\nfine\ndown\nos\nNot like an octopus.\n')
    judging.endInput()
    assert.equal(await judging.ended, 0, judging.text())
    const judged = file()
      .scenario_groups.flatMap((g: any) => g.scenarios.flatMap((s: any) => s.attempts))
      .flatMap((a: any) => a.evaluator_feedback ?? [])
    assert.deepEqual(
      judged.map((f: any) => [f.liked, f.out_of_character, f.doesnt_make_sense, f.other, f.comment]),
      [
        [true, false, false, false, 'fine'],
        [false, true, true, false, 'Not like an octopus.'],
      ],
    )

    const output = join(folder, 'export')
    const exported = await runCommand([
      ...hitl('export', 'OCTA'),
      '--evaluator-id',
      'ada',
      '--output',
      output,
      '--json',
    ])
    assert.equal(exported.status, 0, exported.err)
    const attempts = after.scenario_groups.flatMap((g: any) => g.scenarios.flatMap((s: any) => s.attempts)).length
    assert.equal(JSON.parse(exported.out).events, attempts * 2)
    const events = JSON.parse(readFileSync(join(output, 'session_events.json'), 'utf8'))
    assert.deepEqual(
      [events[0].direction, events[1].direction, events[1].turn_index, events[1].feedback.liked],
      ['inbound', 'outbound', 0, true],
    )
    const report = join(folder, 'report.html')
    const reported = await runCommand(['experiment', 'report', output, '--output', report, '--include', 'sim-quality'])
    assert.equal(reported.status, 0, reported.err)
    const icf = (((attempts - 1) / attempts) * 100).toFixed(1)
    assert.ok(readFileSync(report, 'utf8').includes(`<td>${attempts}</td><td>${icf}%</td>`), `ICF is ${icf}%`)
    assert.ok(readFileSync(report, 'utf8').includes('<td>100.0%</td>'), 'all categories are covered')
    // An unknown parent session is an error, unless it may be regenerated.
    const lost = file()
    lost.scenario_groups[0].scenarios[0].parent_session_id = 'gone'
    lost.scenario_groups[0].scenarios[0].attempts[0].simulator_response = null
    writeFileSync(join(folder, 'OCTA-test-cases.json'), JSON.stringify(lost))
    const failed = await runCommand([...update, '--skip-feedback', '--json'])
    assert.equal(failed.status, 1)
    assert.match(JSON.parse(failed.out).failed[0].message, /not on this server/)
    assert.equal((await runCommand([...update, '--skip-feedback', '--regenerate-parent-session'])).status, 0)
  }))
