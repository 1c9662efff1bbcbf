// A study in a real container: deployed, seeded, queried, saved, and removed with its data.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { askEngine } from '../../src/runner/container-engine.ts'
import { runCommand } from '../../src/testing/cli.ts'
import { buildPackageImage, skipReason, testEngine } from '../containers/engine.ts'

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'simulation-engine')

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

for (const provider of ['container', 'ssh'] as const)
  test(`containers: a study is deployed by ${provider}, seeded, saved and removed`, { skip: skipReason }, async () => {
    const { engine, command } = await testEngine()
    const image = buildPackageImage(engine)
    const folder = mkdtempSync(join(tmpdir(), 'paracosm-deploy-'))
    const name = `paracosm-test-${process.pid}`
    const env = {
      PARACOSM_CONTAINER_ENGINE: command,
      PARACOSM_ADMIN_KEY: `dcs-ak-${'a'.repeat(43)}`,
      PARACOSM_SSH: 'false',
    }
    const calls = join(folder, 'calls')
    // In place of ssh: the same words, and a shell whose home is another folder.
    const ssh = join(folder, 'ssh')
    writeFileSync(ssh, `#!/bin/sh\necho "$*" >> '${calls}'\nexec env HOME='${folder}' sh -c "cd && $2"\n`, {
      mode: 0o755,
    })
    env.PARACOSM_SSH = `'${ssh}'`
    try {
      const seeds = join(folder, 'seeds')
      mkdirSync(seeds)
      writeFileSync(join(seeds, 'characters.json'), readFileSync(join(FIXTURES, 'characters.json')))
      const where =
        provider === 'container'
          ? ['--port', '0']
          : ['--port', String(await freePort()), '--host', 'ada@127.0.0.1', '--engine', command]
      const options = ['--provider', provider, '--image', image, '--api-app', name, ...where]
      const study = join(FIXTURES, 'experiments', 'usability.yml')
      const deployed = await runCommand(
        ['remote', 'deploy', study, '--seed', seeds, '--folder', join(folder, 'deployments'), ...options, '--json'],
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
        ['remote', 'stop', '--uri', url, '--output', output, '--name', 'usability', ...options],
        { env },
      )
      assert.equal(stopped.status, 0, stopped.err)
      assert.ok(existsSync(output))
      const left = await askEngine(engine, ['ps', '--all', '--quiet', '--filter', `name=${name}`], 30_000)
      assert.equal(left.stdout.trim(), '')
      if (provider === 'ssh') {
        const told = readFileSync(calls, 'utf8')
        assert.match(told, /^ada@127.0.0.1 umask 077/)
        assert.equal(/dcs-bootstrap-|dcs-ak-/.test(told), false, 'no secret in a command line')
        assert.equal(existsSync(join(folder, '.paracosm', name)), false, 'nothing is left on the machine')
      }
    } finally {
      await askEngine(engine, ['rm', '--force', name], 30_000)
      await askEngine(engine, ['volume', 'rm', '--force', `${name}-data`], 30_000)
      rmSync(folder, { recursive: true, force: true })
    }
  })
