// Publication through the real command: preview, refusal, atomic writes, recovery after a crash, and enforcement.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseManifest } from '../../src/experiment/release/policy.ts'
import { readQualityTable } from '../../src/experiment/release/quality-table.ts'
import { finishFileSet } from '../../src/lib/file-set.ts'
import { runCommand, startCommand } from '../../src/testing/cli.ts'
import { get, post } from '../../src/testing/play-api.ts'

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'simulation-engine')

const report = (rows: string): string =>
  `<table class="display" id="sim-quality-per-npc-table"><thead><tr><th>HID</th><th>Description</th><th>Turns</th><th>ICF</th><th>NCo</th><th>Other</th><th>Scenario Coverage</th></tr><tr><td></td><td><input></td></tr></thead><tbody>${rows}</tbody></table>`
const row = (hid: string, icf: string, coverage: string): string =>
  `<tr><td>${hid}</td><td>A &amp; B</td><td>12</td><td>${icf}</td><td>0.0%</td><td>0.0%</td><td>${coverage}</td></tr>`

async function inSeeds(
  work: (folder: string, publish: (...more: string[]) => ReturnType<typeof runCommand>) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-publish-'))
  try {
    const seeds = join(folder, 'seeds')
    for (const each of ['dev', 'prod']) mkdirSync(join(seeds, each), { recursive: true })
    // 1.0 is not 1 in a fingerprint: the text of a document is kept unchanged.
    const characters = readFileSync(join(FIXTURES, 'characters.json'), 'utf8').replace(
      '"hid": "JW",',
      '"hid": "JW", "weight": 1.0,',
    )
    writeFileSync(join(seeds, 'dev', 'characters.json'), characters)
    writeFileSync(join(seeds, 'prod', 'characters.json'), '[]\n')
    writeFileSync(join(folder, 'report.html'), report(row('JW', '100.0%', '100.0%') + row('NA', '91.7%', '100.0%')))
    const publish = (...more: string[]) =>
      runCommand([
        'experiment',
        'publish',
        join(folder, 'report.html'),
        '--seeds',
        seeds,
        '--policy',
        join(FIXTURES, 'character-release-policy.yml'),
        '--evaluator-id',
        'ada',
        '--evaluator-expertise',
        'autism',
        '--model',
        'openai/gpt-5-mini',
        ...more,
      ])
    await work(seeds, publish)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const read = (seeds: string, path: string): any => JSON.parse(readFileSync(join(seeds, path), 'utf8'))

test('publish: a dry run writes nothing; a confirmed run writes evaluation, character and manifest; a stale one loses approval', () =>
  inSeeds(async (seeds, publish) => {
    const looked = await publish('--hids', 'JW', '--dry-run')
    assert.equal(looked.status, 0, looked.err)
    assert.match(looked.out, /JW is added[\s\S]*after: JW[\s\S]*Nothing was written/)
    assert.equal(existsSync(join(seeds, 'prod', 'release_manifest.json')), false)
    const unconfirmed = await publish('--hids', 'JW')
    assert.equal(unconfirmed.status, 2, 'nobody confirmed')
    const done = await publish('--hids', 'JW', '--yes', '--json')
    assert.equal(done.status, 0, done.err)
    assert.deepEqual(JSON.parse(done.out).added, ['JW'])
    assert.deepEqual(read(seeds, 'prod/release_manifest.json').approved_characters, ['JW'])
    const [evaluation] = read(seeds, 'dev/character_evaluations.json')
    assert.deepEqual([evaluation.report_id, evaluation.scores], ['JW', { icf: 1, rf: 0, dms: 0, scenario_coverage: 1 }])
    const prod = readFileSync(join(seeds, 'prod', 'characters.json'), 'utf8')
    assert.ok(prod.includes('"weight": 1.0'), 'numbers are spelled as they were')
    assert.deepEqual(
      JSON.parse(prod).map(({ hid }: any) => hid),
      ['JW'],
    )
    // The character has changed: the evaluation has another fingerprint, and the next manifest shows that.
    writeFileSync(join(seeds, 'prod', 'characters.json'), prod.replace('"weight": 1.0', '"weight": 2.0'))
    const again = await publish('--hids', 'JW', '--yes', '--json')
    assert.equal(again.status, 0, again.err)
    assert.equal(read(seeds, 'dev/character_evaluations.json').length, 2)
  }))

test('publish: a character below the policy is refused with the unmet criteria, and nothing is written', () =>
  inSeeds(async (seeds, publish) => {
    const refused = await publish('--hids', 'JW,NA', '--yes')
    assert.equal(refused.status, 1)
    assert.match(refused.err, /NA does not pass .*its ICF 0.917 is below 0.95/)
    assert.equal(existsSync(join(seeds, 'prod', 'release_manifest.json')), false)
    assert.equal(existsSync(join(seeds, 'dev', 'character_evaluations.json')), false)
    const unknown = await publish('--hids', 'XX', '--yes')
    assert.match(unknown.err, /the report has no character XX/)
  }))

test('publish: after a crash a committed replacement is completed, and any other is discarded', () =>
  inSeeds(async (seeds, publish) => {
    const stage = join(seeds, '.replacing')
    mkdirSync(stage)
    assert.equal(await finishFileSet(seeds), false)
    assert.equal(existsSync(stage), false)
    mkdirSync(stage)
    const manifest = JSON.stringify({ policy_version: 'x', approved_characters: ['ZZ'] })
    writeFileSync(join(stage, 'commit.json'), JSON.stringify([{ path: 'prod/release_manifest.json', text: manifest }]))
    const looked = await publish('--hids', 'JW', '--dry-run')
    assert.match(looked.out, /before: ZZ/)
    assert.equal(existsSync(stage), false)
  }))

test('publish: empty and invalid tables are refused', () => {
  assert.throws(() => readQualityTable('<p>'), /no table/)
  assert.throws(() => readQualityTable(report('')), /no rows/)
  assert.throws(() => readQualityTable(report(row('JW', 'high', '–'))), /ICF of JW is "high"/)
  assert.throws(
    () => readQualityTable('<table id="sim-quality-per-npc-table"><tr><th>HID</th></tr></table>'),
    /no column turns, icf, nco/,
  )
  assert.deepEqual(
    readQualityTable(report(row('JW', '–', '8.3%'))),
    [{ hid: 'JW', icf: 0, nco: 0, scenario_coverage: 0.083 }].map((each) => ({
      ...each,
      scenario_coverage: 8.3 / 100,
    })),
  )
  assert.throws(() => parseManifest('{"policy_version":"1"}', 'm.json'), /m.json/)
})

test('release: a server with a manifest lets players meet approved characters only', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-released-'))
  const manifest = join(folder, 'manifest.json')
  writeFileSync(manifest, JSON.stringify({ policy_version: '1', approved_characters: ['OCTA'] }))
  const server = startCommand([
    'serve',
    '--port',
    '0',
    '--data',
    join(folder, 'data'),
    '--no-showcase',
    '--release-manifest',
    manifest,
    '--json',
    '--log',
    'error',
  ])
  try {
    const [, url = ''] = await server.sees(/"url":\s*"([^"]+)"/)
    const form = {
      full_name: 'Ada',
      email: 'a@b.example',
      phone_number: '1',
      consent_signature: 'Ada',
      consent_to_followup: false,
    }
    const { api_key: key } = (await post({ url }, '/api/player/registration', form)).body
    const setup = (await get({ url }, '/api/play/setup/Explore', key)).body
    assert.deepEqual(
      setup.npcs.map(({ hid }: any) => hid),
      ['OCTA'],
    )
    assert.ok(setup.pcs.length > 1, 'players choose among all')
    const refused = await post({ url }, '/api/play/game', { game: 'Explore', npc_choice: 'JACK' }, key)
    assert.equal(refused.status, 400)
    assert.equal((await post({ url }, '/api/play/game', { game: 'Explore' }, key)).status, 200)
  } finally {
    server.kill('SIGTERM')
    await server.ended
    rmSync(folder, { recursive: true, force: true })
  }
})
