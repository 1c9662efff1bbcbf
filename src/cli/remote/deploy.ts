// `paracosm remote deploy`.
import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Readable } from 'node:stream'
import type { Command } from 'commander'
import { ClientError } from '../../client/client-error.ts'
import { createRemoteClient } from '../../client/remote.ts'
import { readStudyFile } from '../../experiment/file/read-study-file.ts'
import { AppError } from '../../kernel/errors.ts'
import { archiveKind } from '../../lib/extract.ts'
import { packFolder } from '../../lib/pack-folder.ts'
import { sleep } from '../../lib/sleep.ts'
import type { Bootstrapped } from '../../protocol/remote.ts'
import { DEPLOY_APPS, type DeployApp, type Deployment, slugOf } from '../../runner/deploy/provider.ts'
import { checkAccessKey } from '../../store/people/access-key.ts'
import { knownPlays, readSource } from '../experiment/check.ts'
import { type Io, printJson } from '../io.ts'
import { collect } from '../options.ts'
import { readVersion } from '../version.ts'
import { addProviderOptions, namesOf, type ProviderFlags, providerOf } from './providers.ts'

interface DeployFlags extends ProviderFlags {
  readonly freePlay?: boolean
  readonly seed: string
  readonly adminKey?: string
  readonly region: readonly string[]
  readonly onlyApp: readonly string[]
  readonly folder: string
  readonly json?: boolean
}

/** Milliseconds until the server must answer, between two checks, and for the seed. */
const READY_MS = 180_000
const LOOK_MS = 2000
const SEED_MS = 60_000

export function addDeploy(io: Io, group: Command): void {
  const deploy = group
    .command('deploy [file]')
    .description('Start a server with a study, seed it, and make its administrator. The key is shown once.')
    .option('--free-play', 'without a study: everyone plays text games')
    .requiredOption(
      '--seed <path>',
      'folder, archive (.zip, .tar.gz, .tgz, .tar) or list (.json, .ndjson) of seed files',
    )
    .option('--admin-key <key>', 'key of the administrator; prefer PARACOSM_ADMIN_KEY. Default: a new one')
    .option('--region <region>', 'tried in order when one has no room (repeatable)', collect, [])
    .option(
      '--only-app <app>',
      `deploy this app again, and do not seed (repeatable): ${DEPLOY_APPS.join(', ')}`,
      collect,
      [],
    )
    .option('--folder <folder>', 'where the files of deployments go', 'deployments')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  paracosm remote deploy usability.yml --seed seeds --region fra --region ams')
  addProviderOptions(deploy).action((file: string | undefined, flags: DeployFlags) => run(io, file, flags))
}

async function run(io: Io, file: string | undefined, flags: DeployFlags): Promise<void> {
  const deployment = await planOf(io, file, flags)
  const { seed } = flags
  await checkSeed(seed)
  const adminKey = flags.adminKey ?? io.config.PARACOSM_ADMIN_KEY
  if (adminKey !== undefined) checkAccessKey(adminKey)
  const provider = await providerOf(io, flags)
  const tell = (what: string): void => io.err(what)
  const { url } = await provider.deploy(deployment, { signal: io.signal, tell })
  const isWhole = deployment.apps.length === DEPLOY_APPS.length
  let made: Bootstrapped | undefined
  if (deployment.apps.includes('api')) await waitForServer(url, { signal: io.signal, tell })
  if (isWhole) {
    tell('seeding')
    const token = deployment.secrets.PARACOSM_BOOTSTRAP_TOKEN ?? ''
    made = await bootstrap(url, { seed, token, adminKey, signal: io.signal })
  }
  print(io, { deployment, url, made, flags })
}

function appsOf(wanted: readonly string[]): readonly DeployApp[] {
  const unknown = wanted.find((name) => !DEPLOY_APPS.some((app) => app === name))
  if (unknown !== undefined) {
    throw new AppError('USAGE', `there is no app ${unknown}`, {
      hint: `The apps are ${DEPLOY_APPS.join(' and ')}. The server serves the pages itself.`,
    })
  }
  return wanted.length === 0 ? DEPLOY_APPS : DEPLOY_APPS.filter((app) => wanted.includes(app))
}

async function planOf(io: Io, file: string | undefined, flags: DeployFlags): Promise<Deployment> {
  if ((file === undefined) === (flags.freePlay !== true))
    throw new AppError('USAGE', 'give a study file or --free-play, one of them')
  const text = file === undefined ? undefined : await readSource(file)
  const study =
    file === undefined || text === undefined
      ? undefined
      : { name: readStudyFile(text, file, await knownPlays(io)).study.name, text }
  const slug = slugOf(study?.name ?? 'free-play')
  if (slug === '')
    throw new AppError('USAGE', `the name ${study?.name ?? ''} has no letter or digit that an address can have`)
  const names = namesOf(slug, flags)
  const apps = appsOf(flags.onlyApp)
  return {
    slug,
    names,
    apps,
    study,
    folder: join(flags.folder, slug),
    secrets: secretsOf(io, { slug, names, apps }),
    regions: [...new Set(flags.region)],
    version: readVersion(),
  }
}

/** The database keeps its password when the server alone is deployed again. */
function secretsOf(
  { config }: Io,
  { slug, names, apps }: Pick<Deployment, 'slug' | 'names' | 'apps'>,
): Record<string, string> {
  const password = randomBytes(24).toString('base64url')
  const isWhole = apps.length === DEPLOY_APPS.length
  const { OPENROUTER_API_KEY, OPENAI_API_KEY, OPENAI_BASE_URL, PARACOSM_MODEL } = config
  const given = { OPENROUTER_API_KEY, OPENAI_API_KEY, OPENAI_BASE_URL, PARACOSM_MODEL }
  return {
    ...Object.fromEntries(
      Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    ...(isWhole
      ? {
          PARACOSM_BOOTSTRAP_TOKEN: `dcs-bootstrap-${slug}-${randomBytes(12).toString('base64url')}`,
          PARACOSM_PII_KEY: randomBytes(32).toString('base64'),
          POSTGRES_PASSWORD: password,
          DATABASE_URL: `postgres://postgres:${password}@${names.db}.internal:5432/postgres`,
        }
      : {}),
  }
}

async function checkSeed(path: string): Promise<void> {
  const stats = await stat(path).catch((cause: unknown) => {
    throw new AppError('FILE_UNREADABLE', `${path} cannot be read`, { cause })
  })
  const isKnown = stats.isDirectory() || archiveKind(path) !== undefined || /\.(?:json|ndjson)$/i.test(path)
  if (!isKnown) throw new AppError('USAGE', `--seed ${path} is neither a folder nor an archive nor a list`)
}

async function waitForServer(
  url: string,
  { signal, tell }: { readonly signal: AbortSignal; readonly tell: (what: string) => void },
): Promise<void> {
  tell(`waiting for ${url}`)
  const end = performance.now() + READY_MS
  for (;;) {
    const answer = await fetch(`${url}/healthz`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS * 5)]),
    }).catch(() => undefined)
    if (answer?.ok) return
    signal.throwIfAborted()
    if (performance.now() >= end) throw new AppError('DEPLOY_FAILED', `${url} does not answer`)
    await sleep(LOOK_MS, signal)
  }
}

interface Seeding {
  readonly seed: string
  readonly token: string
  readonly adminKey: string | undefined
  readonly signal: AbortSignal
}

async function bootstrap(url: string, { seed, token, adminKey, signal }: Seeding): Promise<Bootstrapped> {
  const isFolder = (await stat(seed)).isDirectory()
  const bytes = isFolder ? packFolder(seed, 'tar.gz') : createReadStream(seed, { highWaterMark: 1024 * 1024 })
  const fileName = isFolder ? 'seed.tar.gz' : basename(seed)
  try {
    const body: ReadableStream<Uint8Array> = Readable.toWeb(bytes)
    return await createRemoteClient({ url, signal }).bootstrap({ fileName, body, token, adminKey, timeoutMs: SEED_MS })
  } catch (error) {
    if (error instanceof ClientError) throw new AppError('DEPLOY_FAILED', error.message, { cause: error })
    throw error
  } finally {
    bytes.destroy()
  }
}

interface Deployed {
  readonly deployment: Deployment
  readonly url: string
  readonly made: Bootstrapped | undefined
  readonly flags: DeployFlags
}

function print(io: Io, { deployment, url, made, flags }: Deployed): void {
  const { slug, names, apps, study } = deployment
  const at = `--uri ${url} --admin-key <admin key>`
  const stop = `paracosm remote stop ${at} --output ${slug}.tar.gz --name ${slug} --provider ${flags.provider}`
  const result = {
    admin_api_key: made?.admin_api_key ?? null,
    api_app: names.api,
    api_url: url,
    db_app: names.db,
    deployed_apps: [...apps],
    experiment_name: study?.name ?? null,
    save_command: made ? `paracosm remote save ${at} --output ${slug}.tar.gz` : null,
    status_command: `paracosm remote status ${at}`,
    stop_command: made ? stop : null,
    ui_app: names.api,
    ui_url: url,
  }
  if (flags.json) {
    printJson(io, result)
    return
  }
  io.out(`${study?.name ?? 'Free play'} is at ${url}`)
  if (made) io.out(`Admin key (shown this once): ${made.admin_api_key}`)
  for (const command of [result.status_command, result.save_command, result.stop_command])
    if (command !== null) io.out(`  ${command}`)
}
