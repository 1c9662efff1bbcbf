// A study in a real container: deployed, seeded, queried, saved, and removed with its data.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { askEngine } from '../../src/runner/container-engine.ts'
import { runCommand } from '../../src/testing/cli.ts'
import { buildPackageImage, skipReason, testEngine } from '../containers/engine.ts'

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'simulation-engine')

test('containers: a study is deployed, seeded, saved and removed', { skip: skipReason }, async () => {
  const { engine, command } = await testEngine()
  const image = buildPackageImage(engine)
  const folder = mkdtempSync(join(tmpdir(), 'paracosm-deploy-'))
  const name = `paracosm-test-${process.pid}`
  const env = { PARACOSM_CONTAINER_ENGINE: command, PARACOSM_ADMIN_KEY: `dcs-ak-${'a'.repeat(43)}` }
  try {
    const seeds = join(folder, 'seeds')
    mkdirSync(seeds)
    writeFileSync(join(seeds, 'characters.json'), readFileSync(join(FIXTURES, 'characters.json')))
    const provider = ['--provider', 'container', '--image', image, '--port', '0', '--api-app', name]
    const study = join(FIXTURES, 'experiments', 'usability.yml')
    const deployed = await runCommand(
      ['remote', 'deploy', study, '--seed', seeds, '--folder', join(folder, 'deployments'), ...provider, '--json'],
      { env },
    )
    assert.equal(deployed.status, 0, deployed.err)
    const { api_url: url, admin_api_key: key, experiment_name } = JSON.parse(deployed.out)
    assert.deepEqual([key, experiment_name], [env.PARACOSM_ADMIN_KEY, 'usability'])
    assert.equal(
      existsSync(join(folder, 'deployments', 'usability', 'secrets.env')),
      false,
      'the file of secrets is gone',
    )
    const status = await runCommand(['remote', 'status', '--uri', url, '--json'], { env })
    assert.equal(JSON.parse(status.out).mode, 'experiment')
    const output = join(folder, 'saved.tar.gz')
    const stopped = await runCommand(
      ['remote', 'stop', '--uri', url, '--output', output, '--name', 'usability', ...provider],
      { env },
    )
    assert.equal(stopped.status, 0, stopped.err)
    assert.ok(existsSync(output))
    const left = await askEngine(engine, ['ps', '--all', '--quiet', '--filter', `name=${name}`], 30_000)
    assert.equal(left.stdout.trim(), '')
  } finally {
    await askEngine(engine, ['rm', '--force', name], 30_000)
    await askEngine(engine, ['volume', 'rm', '--force', `${name}-data`], 30_000)
    rmSync(folder, { recursive: true, force: true })
  }
})
