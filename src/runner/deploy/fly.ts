// Fly.io: PostgreSQL on a volume, and the server next to it, deployed with the provider's own command line.
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '../../kernel/errors.ts'
import { writeFileWhole } from '../../lib/files.ts'
import { makeFolder } from '../../lib/folders.ts'
import { PRIVATE_FILE, PRIVATE_FOLDER } from '../../lib/private.ts'
import { ask, must, type ProviderCommand } from './command.ts'
import {
  DEPLOY_APPS,
  type DeployApp,
  type Deployment,
  type DeployStep,
  type Provider,
  SERVER_PORT,
  STUDY_PATH,
  serveCommand,
} from './provider.ts'

/** The provider's messages when a region has no capacity; only then the next region is tried. */
const NO_ROOM = [
  'insufficient resources to create new machine',
  'insufficient resources available to fulfill request',
  'could not reserve resource for machine',
  'insufficient memory',
]
const PING_MS = 2000
const DATABASE_MS = 120_000

const quoted = (text: string): string => JSON.stringify(text)

/** The file that describes an app to the provider. It contains no secrets. */
export function flyToml(app: DeployApp, deployment: Deployment, region: string | undefined): string {
  const { names } = deployment
  const head = [`app = ${quoted(names[app])}`, ...(region === undefined ? [] : [`primary_region = ${quoted(region)}`])]
  const machine = ['[[vm]]', 'cpu_kind = "shared"', 'cpus = 1', 'memory = "512mb"']
  if (app === 'db') {
    const mount = [
      '[mounts]',
      'source = "data"',
      'destination = "/var/lib/postgresql"',
      'auto_extend_size_threshold = 80',
      'auto_extend_size_increment = "2GB"',
      'auto_extend_size_limit = "20GB"',
    ]
    return `${[...head, '', '[build]', 'image = "postgres:18"', '', ...mount, '', ...machine].join('\n')}\n`
  }
  const command = serveCommand(deployment, ['--allow-host', `${names.api}.fly.dev`]).map((word) =>
    /^[\w./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`,
  )
  const service = [
    '[http_service]',
    `internal_port = ${SERVER_PORT}`,
    'force_https = true',
    'auto_stop_machines = "off"',
    'auto_start_machines = false',
    'min_machines_running = 1',
  ]
  return `${[...head, '', '[build]', 'dockerfile = "Dockerfile"', '', '[processes]', `app = ${quoted(command.join(' '))}`, '', ...service, '', ...machine].join('\n')}\n`
}

const dockerfile = ({ version, study }: Deployment): string =>
  [
    'FROM node:24-slim',
    `RUN npm install --global paracosm@${version}`,
    ...(study ? [`COPY study.yml ${STUDY_PATH}`] : []),
    'WORKDIR /data',
    '',
  ].join('\n')

export function createFlyProvider(command: ProviderCommand, pollMs = PING_MS): Provider {
  return {
    async deploy(deployment, step) {
      await writeFiles(deployment, deployment.regions[0])
      for (const app of DEPLOY_APPS.filter((each) => deployment.apps.includes(each))) {
        await deployApp(command, { app, deployment, step })
        if (app === 'db') await waitForDatabase(command, deployment.names.db, { step, pollMs })
      }
      return { url: `https://${deployment.names.api}.fly.dev` }
    },
    async destroy(names, { signal, tell }) {
      for (const app of DEPLOY_APPS.toReversed()) {
        tell(`removing ${names[app]}`)
        await must(command, ['apps', 'destroy', names[app], '--yes'], { signal, what: `removing ${names[app]}` })
      }
    },
  }
}

async function writeFiles(deployment: Deployment, region: string | undefined): Promise<void> {
  const { folder, study, names } = deployment
  await makeFolder(folder, { mode: PRIVATE_FOLDER })
  const write = (name: string, text: string) => writeFileWhole(join(folder, name), text, { mode: PRIVATE_FILE })
  for (const app of DEPLOY_APPS) await write(`${names[app]}.fly.toml`, flyToml(app, deployment, region))
  await write('Dockerfile', dockerfile(deployment))
  if (study) await write('study.yml', study.text)
}

interface AppStep {
  readonly app: DeployApp
  readonly deployment: Deployment
  readonly step: DeployStep
}

/** Tries the regions in order; anything created in a region without capacity is removed again. */
async function deployApp(command: ProviderCommand, { app, deployment, step }: AppStep): Promise<void> {
  const { regions, names } = deployment
  const { signal, tell } = step
  const candidates = regions.length === 0 ? [undefined] : regions
  for (const [index, region] of candidates.entries()) {
    tell(`deploying ${names[app]}${region === undefined ? '' : ` in ${region}`}`)
    await writeFiles(deployment, region)
    const isNew = await ensureApp(command, names[app], step)
    try {
      await fillApp(command, { app, deployment, step }, region)
      return
    } catch (error) {
      const hasRoom =
        !(error instanceof AppError) || !NO_ROOM.some((words) => error.message.toLowerCase().includes(words))
      if (hasRoom || index === candidates.length - 1) throw error
      tell(`${region} has no room`)
      if (isNew)
        await must(command, ['apps', 'destroy', names[app], '--yes'], { signal, what: `removing ${names[app]}` })
    }
  }
}

async function ensureApp(command: ProviderCommand, name: string, { signal }: DeployStep): Promise<boolean> {
  if ((await ask(command, ['status', '--app', name], { signal })).ok) return false
  await must(command, ['apps', 'create', name], { signal, what: `creating ${name}` })
  return true
}

async function fillApp(
  command: ProviderCommand,
  { app, deployment, step: { signal } }: AppStep,
  region: string | undefined,
): Promise<void> {
  const name = deployment.names[app]
  const at = ['--app', name]
  const inRegion = region === undefined ? [] : ['--region', region]
  if (app === 'db') {
    const volumes = await must(command, ['volumes', 'list', ...at, '--json'], { signal, what: 'listing volumes' })
    if (!/"name"\s*:\s*"data"/i.test(volumes)) {
      await must(command, ['volumes', 'create', 'data', ...at, ...inRegion, '--size', '1', '--yes'], {
        signal,
        what: 'creating the volume',
      })
    }
  }
  const secrets =
    app === 'db' ? pick(deployment.secrets, ['POSTGRES_PASSWORD']) : omit(deployment.secrets, ['POSTGRES_PASSWORD'])
  if (Object.keys(secrets).length > 0) {
    const input = Object.entries(secrets)
      .map(([key, value]) => `${key}=${value}\n`)
      .join('')
    await must(command, ['secrets', 'import', ...at, '--stage'], { signal, input, what: 'setting secrets' })
  }
  const config = join(deployment.folder, `${name}.fly.toml`)
  const primary = region === undefined ? [] : ['--primary-region', region]
  await must(command, ['deploy', deployment.folder, '--config', config, ...at, ...primary, '--ha=false', '--yes'], {
    signal,
    what: `deploying ${name}`,
  })
}

const pick = (from: Readonly<Record<string, string>>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)))
const omit = (from: Readonly<Record<string, string>>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(from).filter(([name]) => !names.includes(name)))

async function waitForDatabase(
  command: ProviderCommand,
  name: string,
  { step, pollMs }: { readonly step: DeployStep; readonly pollMs: number },
): Promise<void> {
  step.tell('waiting for the database')
  const end = performance.now() + DATABASE_MS
  for (;;) {
    const { ok } = await ask(
      command,
      ['ssh', 'console', '--app', name, '--command', 'pg_isready --username postgres'],
      { signal: step.signal },
    )
    if (ok) return
    if (performance.now() >= end) throw new AppError('DEPLOY_FAILED', `the database ${name} does not answer`)
    await pause(pollMs, undefined, { signal: step.signal })
  }
}
