// Remotely managed servers as real processes, on both stores: bootstrap with every refusal, status, export; and the fly
// provider with a stand-in that records what it receives.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { extractArchive } from '../../src/lib/extract.ts'
import { packFolder } from '../../src/lib/pack-folder.ts'
import { createFlyProvider } from '../../src/runner/deploy/fly.ts'
import { type Deployment, slugOf } from '../../src/runner/deploy/provider.ts'
import { runCommand, startCommand } from '../../src/testing/cli.ts'
import { startPostgres, type TestPostgres } from '../../src/testing/postgres.ts'

const FIXTURES = join(import.meta.dirname, '..', 'fixtures', 'simulation-engine')
const TOKEN = 'dcs-bootstrap-usability-abc'
const LIMITS = { bytes: 100_000_000, files: 100 }

let folder: string
let postgres: TestPostgres | string
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paracosm-remote-'))
  postgres = await startPostgres()
})
after(async () => {
  if (typeof postgres !== 'string') await postgres.close()
  rmSync(folder, { recursive: true, force: true })
})

async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}

function seedFolder(name: string): string {
  const path = join(folder, name)
  mkdirSync(path)
  writeFileSync(join(path, 'characters.json'), readFileSync(join(FIXTURES, 'characters.json')))
  return path
}

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`remote: a managed server on ${kind} is seeded once, queried and saved`, async (t) => {
    if (kind === 'postgres' && typeof postgres === 'string') return t.skip(postgres)
    const env =
      typeof postgres === 'string' || kind === 'sqlite' ? {} : { DATABASE_URL: await postgres.createDatabase() }
    const study = join(FIXTURES, 'experiments', 'usability.yml')
    const args = ['serve', '--port', '0', '--no-showcase', '--no-rate-limits', '--json', '--log', 'error']
    const managed = ['--remote-managed', '--experiment', study, '--default-experiment', 'usability']
    const start = (data: string) =>
      startCommand([...args, ...managed, '--data', join(folder, data)], {
        env: { ...env, PARACOSM_BOOTSTRAP_TOKEN: TOKEN, PARACOSM_PII_KEY: Buffer.alloc(32, kind).toString('base64') },
      })
    const server = start(`data-${kind}`)
    // A data folder has one server; a PostgreSQL may have several.
    const second = kind === 'postgres' ? start('data-other') : server
    try {
      const [, url = ''] = await server.sees(/"url":\s*"([^"]+)"/)
      const [, otherUrl = ''] = await second.sees(/"url":\s*"([^"]+)"/)
      const send = async (headers: Record<string, string>, body: Uint8Array | string, to = url) => {
        const answer = await fetch(`${to}/api/remote/bootstrap`, {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream', ...headers },
          body: typeof body === 'string' ? body : new Uint8Array(body),
        })
        return { status: answer.status, body: (await answer.json()) as any }
      }
      const seeds = seedFolder(`seeds-${kind}`)
      const archive = await bytesOf(packFolder(seeds, 'tar.gz'))
      const token = { 'X-DCS-Bootstrap-Token': TOKEN }
      const named = (name: string) => ({ ...token, 'X-DCS-Mongo-Seed-Filename': name })
      assert.equal((await send({}, archive)).status, 401)
      assert.equal((await send({ 'X-DCS-Bootstrap-Token': `${TOKEN}x` }, archive)).status, 401)
      assert.equal((await send({ ...named('a.zip'), 'X-DCS-Admin-Key': 'short' }, archive)).status, 400)
      assert.equal((await send(token, archive)).status, 400)
      assert.equal((await send(named('seeds.exe'), archive)).status, 400)
      assert.equal((await send(named('seeds.tar.gz'), 'no archive')).status, 400)
      assert.equal((await send(named('seeds.zip'), archive)).status, 400)
      // The second list is invalid: nothing of the first was imported.
      const half = seedFolder(`half-${kind}`)
      writeFileSync(join(half, 'players.json'), '[{"access_key": 1')
      assert.equal((await send(named('half.zip'), await bytesOf(packFolder(half, 'zip')))).status, 400)
      const before = (await (await fetch(`${url}/api/characters/list`)).json()) as any
      assert.ok(!before.characters.some(({ hid }: any) => hid === 'JW'), 'nothing was seeded')
      const status = (await (await fetch(`${url}/api/remote/status`)).json()) as any
      assert.deepEqual(
        [status.status, status.mode, status.experiment_name, typeof status.progress],
        ['ok', 'experiment', 'usability', 'object'],
      )
      const config = (await (await fetch(`${url}/api/server/config`)).json()) as any
      assert.equal(config.default_experiment_name, 'usability')
      // Four concurrent requests to two servers: one seeds and becomes the administrator, and the others change nothing.
      const fewer = seedFolder(`fewer-${kind}`)
      const list = join(fewer, 'characters.json')
      writeFileSync(list, JSON.stringify(JSON.parse(readFileSync(list, 'utf8')).slice(0, 3)))
      const smaller = await bytesOf(packFolder(fewer, 'tar.gz'))
      const tried = [archive, smaller, archive, smaller]
      const both = await Promise.all(
        tried.map((seed, index) => send(named('s.tar.gz'), seed, index % 2 === 0 ? url : otherUrl)),
      )
      assert.deepEqual(both.map((each) => each.status).toSorted(), [200, 409, 409, 409])
      const { admin_api_key: key, experiment_name, player_id } = both.find((each) => each.status === 200)?.body ?? {}
      assert.match(key, /^dcs-ak-[A-Za-z0-9_-]{43}$/)
      assert.deepEqual([experiment_name, typeof player_id], ['usability', 'string'])
      const seeded = (await (await fetch(`${url}/api/characters/list`)).json()) as any
      const winner = tried[both.findIndex((each) => each.status === 200)]
      const count = winner === archive ? 8 : 3
      assert.equal(seeded.characters.length, count)

      const ask = (path: string, as?: string) =>
        fetch(url + path, { headers: as === undefined ? {} : { authorization: `Bearer ${as}` } })
      assert.equal((await ask('/api/remote/db-export')).status, 401)
      const form = {
        full_name: 'Ada',
        email: 'a@b.example',
        phone_number: '1',
        consent_signature: 'Ada',
        consent_to_followup: false,
      }
      const other = (await (
        await fetch(`${url}/api/player/registration`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(form),
        })
      ).json()) as any
      assert.equal((await ask('/api/remote/db-export', other.api_key)).status, 403)
      assert.equal((await ask('/api/remote/db-export?format=rar', key)).status, 422)
      for (const format of ['tar.gz', 'zip'] as const) {
        const output = join(folder, `saved-${kind}.${format}`)
        const saved = await runCommand(['remote', 'save', '--uri', url, '--output', output], {
          env: { PARACOSM_ADMIN_KEY: key },
        })
        assert.equal(saved.status, 0, saved.err)
        assert.equal(statSync(output).mode & 0o077, 0, 'only its owner reads it')
        const into = mkdtempSync(join(folder, 'restored-'))
        await extractArchive({ path: output, kind: format }, into, LIMITS)
        const files = readdirSync(into)
        assert.ok(
          ['__manifest__.json', 'characters.json', 'players.json', 'sessions.json'].every((name) =>
            files.includes(name),
          ),
          files.join(),
        )
        assert.equal(JSON.parse(readFileSync(join(into, 'characters.json'), 'utf8')).length, count)
      }
      const wrong = await runCommand(['remote', 'save', '--uri', url, '--output', 'x.rar'])
      assert.match(wrong.err, /must end in .tar.gz or .zip/)
      const shown = await runCommand(['remote', 'status', '--uri', url, '--json'])
      assert.equal(JSON.parse(shown.out).experiment_name, 'usability')
      assert.deepEqual(
        readdirSync(join(folder, `data-${kind}`)).filter((name) => /^(?:bootstrap|export)-/.test(name)),
        [],
        'nothing is left behind',
      )
      assert.equal(server.text().includes(TOKEN), false, 'the token is in no log')
    } finally {
      for (const each of new Set([server, second])) {
        each.kill('SIGTERM')
        await each.ended
      }
    }
  })
}

test('remote: a server that is not managed refuses to be seeded, and reports its status', async () => {
  const server = startCommand([
    'serve',
    '--port',
    '0',
    '--data',
    join(folder, 'plain'),
    '--no-showcase',
    '--free-play',
    '--json',
    '--log',
    'error',
  ])
  try {
    const [, url = ''] = await server.sees(/"url":\s*"([^"]+)"/)
    assert.equal((await fetch(`${url}/api/remote/bootstrap`, { method: 'POST', body: 'x' })).status, 409)
    assert.equal((await fetch(`${url}/api/remote/db-export`)).status, 409)
    assert.equal(((await (await fetch(`${url}/api/remote/status`)).json()) as any).mode, 'free_play')
  } finally {
    server.kill('SIGTERM')
    await server.ended
  }
})

test('remote: an archive cannot write outside of its folder, create links, or grow without limit', async () => {
  const into = mkdtempSync(join(folder, 'into-'))
  const evil = join(folder, 'evil.tar')
  const work = mkdtempSync(join(folder, 'work-'))
  writeFileSync(join(work, 'a.json'), '[]')
  const tar = (...args: string[]) => assert.equal(spawnSync('tar', args, { cwd: work }).status, 0)
  tar('-cf', evil, '--transform', 's,^,../,', 'a.json')
  await assert.rejects(extractArchive({ path: evil, kind: 'tar' }, into, LIMITS), /entry with the name/)
  assert.equal(existsSync(join(into, '..', 'a.json')), false)
  spawnSync('ln', ['-s', '/etc/passwd', join(work, 'link.json')])
  tar('-cf', evil, 'link.json')
  await assert.rejects(extractArchive({ path: evil, kind: 'tar' }, into, LIMITS), /neither file nor folder/)
  tar('-cf', evil, 'a.json')
  await assert.rejects(extractArchive({ path: evil, kind: 'tar' }, into, { bytes: 1, files: 9 }), /more than/)
})

function recorder(answer: string): { program: string; calls: () => any[] } {
  const at = mkdtempSync(join(folder, 'fly-'))
  const program = join(at, 'flyctl')
  writeFileSync(
    program,
    `#!${process.execPath}\nconst fs=require('fs');const input=fs.readFileSync(0,'utf8');const args=process.argv.slice(2);fs.appendFileSync(${JSON.stringify(join(at, 'calls'))},JSON.stringify({args,input,hasToken:process.env.FLY_API_TOKEN==='secret-token'})+'\\n');${answer}\n`,
  )
  chmodSync(program, 0o755)
  return {
    program,
    calls: () =>
      readFileSync(join(at, 'calls'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
  }
}

const deployment = (more: Partial<Deployment> = {}): Deployment => ({
  slug: 'usability',
  names: { db: 'paracosm-usability-db', api: 'paracosm-usability-api' },
  apps: ['db', 'api'],
  study: { name: "usa'bility", text: 'name: usability\n' },
  folder: join(folder, 'deployments', 'usability'),
  secrets: {
    PARACOSM_BOOTSTRAP_TOKEN: TOKEN,
    POSTGRES_PASSWORD: 'pass-word',
    DATABASE_URL: 'postgres://postgres:pass-word@db/postgres',
  },
  regions: ['fra', 'ams'],
  version: '0.1.0',
  ...more,
})
const step = { signal: new AbortController().signal, tell: () => undefined }

test('fly: apps are created in order, secrets go only over standard input, and the next region is tried only without capacity', async () => {
  const { program, calls } = recorder(
    `if(args[0]==='status')process.exit(1);if(args[0]==='deploy'&&args.includes('fra')&&args.some((a)=>a.endsWith('-db'))){console.error('Error: insufficient resources available to fulfill request');process.exit(1)}`,
  )
  const provider = createFlyProvider(
    { argv: [program], environment: { PATH: process.env.PATH ?? '', FLY_API_TOKEN: 'secret-token' } },
    10,
  )
  const { url } = await provider.deploy(deployment(), step)
  assert.equal(url, 'https://paracosm-usability-api.fly.dev')
  const made = calls()
  const names = made.map(({ args }) =>
    args
      .filter((word: string) => /^[a-z]+$/.test(word))
      .slice(0, 2)
      .join(' '),
  )
  assert.deepEqual(
    names.map((name: string) => name.split(' ')[0]),
    [
      'status',
      'apps',
      'volumes',
      'volumes',
      'secrets',
      'deploy',
      'apps',
      'status',
      'apps',
      'volumes',
      'volumes',
      'secrets',
      'deploy',
      'ssh',
      'status',
      'apps',
      'secrets',
      'deploy',
    ],
  )
  assert.deepEqual(
    made[6].args.slice(0, 3),
    ['apps', 'destroy', 'paracosm-usability-db'],
    'nothing is left in the region without room',
  )
  assert.ok(made.every(({ hasToken }) => hasToken))
  const told = JSON.stringify(made.map(({ args }) => args))
  for (const secret of [TOKEN, 'pass-word', 'secret-token'])
    assert.equal(told.includes(secret), false, 'no secret in a command line')
  assert.match(
    made.findLast(({ args }) => args[0] === 'secrets').input,
    /PARACOSM_BOOTSTRAP_TOKEN=dcs-bootstrap-usability-abc\nDATABASE_URL=/,
  )
  for (const name of readdirSync(deployment().folder)) {
    const path = join(deployment().folder, name)
    assert.equal(statSync(path).mode & 0o077, 0)
    assert.equal(/pass-word|dcs-bootstrap/.test(readFileSync(path, 'utf8')), false, `${name} has no secret`)
  }
  const toml = readFileSync(join(deployment().folder, 'paracosm-usability-api.fly.toml'), 'utf8')
  assert.match(toml, /--default-experiment 'usa'\\\\''bility'/)
  assert.match(toml, /internal_port = 8000\nforce_https = true\nauto_stop_machines = "off"/)
  await provider.destroy(deployment().names, step)
  assert.deepEqual(
    calls()
      .slice(-2)
      .map(({ args }) => args[2]),
    ['paracosm-usability-api', 'paracosm-usability-db'],
  )
})

test('fly: any other failure ends the deployment with the error of the provider', async () => {
  const { program } = recorder(`if(args[0]==='deploy'){console.error('Error: the image is broken');process.exit(1)}`)
  const provider = createFlyProvider({ argv: [program], environment: { PATH: process.env.PATH ?? '' } }, 10)
  await assert.rejects(
    provider.deploy(deployment(), step),
    /deploying paracosm-usability-db failed: Error: the image is broken/,
  )
  const nowhere = createFlyProvider({ argv: [join(folder, 'no-such')], environment: {} }, 10)
  await assert.rejects(nowhere.deploy(deployment(), step), /could not be run/)
})

test('remote deploy: invalid deployments are refused before anything is created', async () => {
  assert.equal(slugOf('  Two Minds: É! '), 'two-minds')
  const study = join(FIXTURES, 'experiments', 'usability.yml')
  for (const [args, message] of [
    [[study, '--free-play', '--seed', folder], /one of them/],
    [['--seed', folder], /one of them/],
    [[study, '--seed', join(folder, 'missing')], /cannot be read/],
    [[study, '--seed', folder, '--only-app', 'ui'], /there is no app ui/],
    [[study, '--seed', folder, '--admin-key', 'short'], /key/i],
    [[study, '--seed', folder, '--provider', 'moon'], /takes fly, container or ssh/],
    [[study, '--seed', folder], /FLY_API_TOKEN is not set/],
  ] as const) {
    const refused = await runCommand(['remote', 'deploy', ...args])
    assert.equal(refused.status, 2, args.join(' '))
    assert.match(refused.err, message)
  }
})
