// `paracosm serve`: starts the server.
import { Command, Option } from 'commander'
import type { RoleModels } from '../adapters/session/role-models.ts'
import { parseManifest } from '../experiment/release/policy.ts'
import { AppError } from '../kernel/errors.ts'
import { probeEndpoint } from '../models/probe.ts'
import { type ServerOptions, startServer } from '../server/app.ts'
import type { UploadSettings } from '../server/leagues.ts'
import { MAX_SHARDS } from '../server/shards/shard-ids.ts'
import { type AccessFlags, accessOf, addAccessOptions, adminKeyOf } from './access.ts'
import { loadConfiguredCharacters } from './admin/characters.ts'
import { dump } from './admin/dumps.ts'
import { buildPages } from './build-pages.ts'
import { readSource } from './experiment/check.ts'
import { type Io, printJson } from './io.ts'
import { uploadSettings } from './league/upload-settings.ts'
import { collect, otherPorts, parseCount, parseFrom0, parsePort } from './options.ts'
import { addModelOptions } from './role-model-options.ts'
import { createRoleModels, planEndpoint, type RoleModelOptions } from './role-models.ts'
import { SHARD_FLAG, serveShard, spawnShard } from './shards.ts'
import { storeTarget } from './store.ts'
import { readVersion } from './version.ts'

interface ServeOptions extends RoleModelOptions, AccessFlags {
  readonly host: string
  readonly port: number
  readonly data: string
  readonly showcase: boolean
  readonly league: boolean
  readonly runUploads?: boolean
  readonly imageRegistry?: string
  readonly uploadsImage?: string
  readonly log: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly json?: boolean
  readonly freePlay?: boolean
  readonly dump?: string
  readonly rateLimits: boolean
  readonly sessionTtl: number
  readonly sweepInterval: number
  readonly shards: number
  readonly shard?: boolean
  readonly world: readonly string[]
  readonly experiment: readonly string[]
  readonly run?: string
  readonly defaultExperiment?: string
  readonly remoteManaged?: boolean
  readonly bootstrapToken?: string
  readonly releaseManifest?: string
}

export function createCommand(io: Io): Command {
  const serve = new Command('serve')
    .description('Start the server: web pages, API, sockets, and a match of bots to watch.')
    .option('--host <host>', 'address to listen on', io.config.PARACOSM_HOST)
    .option(
      '--port <port>',
      'port; 0 picks any free one. Only the default moves on to the next free port',
      parsePort,
      io.config.PARACOSM_PORT,
    )
    .option('--data <folder>', 'where episodes and the database are stored', io.config.PARACOSM_DATA)
    .option('--world <world>', 'also offer this world: a path or a package (repeatable)', collect, [])
    .option(
      '--shards <count>',
      'run the episodes that are started over the API in this many further processes',
      parseFrom0(MAX_SHARDS),
      0,
    )
    .addOption(new Option(SHARD_FLAG).hideHelp())
    .option('--no-showcase', 'do not play matches of bots')
    .option('--no-league', 'do not keep the demo league playing; --no-showcase includes it')
    .option(
      '--run-uploads',
      'run the policies that players upload; needs an admin key, which then every operator sends',
    )
    .option('--uploads-image <image>', 'run uploaded source in containers of this image, not as processes')
    .option('--image-registry <url>', 'pass uploaded images on to this registry; default: keep them in the data folder')
    .option('--log <level>', 'debug, info, warn, error or silent', 'warn')
    .option('--json', 'print one line of JSON when the server is ready')
    .option(
      '--experiment <file>',
      'offer this study: an experiment file or run configuration (repeatable)',
      collect,
      [],
    )
    .option('--run <name>', 'the study behind /api/run; default: the first run configuration')
    .option('--default-experiment <name>', 'the study that clients lead people to; remote status reports it')
    .option('--remote-managed', 'let `paracosm remote` set this server up, and save its data')
    .option('--bootstrap-token <token>', 'lets one caller seed the server; prefer PARACOSM_BOOTSTRAP_TOKEN')
    .option('--release-manifest <file>', 'let players meet only the characters that this manifest approves')
    .option('--free-play', 'let everyone play text games without registration')
    .option('--session-ttl <seconds>', 'end a session after this long without activity', parseCount, 86_400)
    .option('--sweep-interval <seconds>', 'time between checks for expired sessions', parseCount, 60)
    .option('--no-rate-limits', 'do not limit registrations and session starts; for tests and closed networks')
    .option('--dump <folder>', 'write players, characters and sessions to this folder after the server has stopped')
    .addHelpText(
      'after',
      `
Examples:
  paracosm serve
  paracosm serve --port 9000 --data /tmp/paracosm --no-showcase
  paracosm serve --world ./my-world.ts
  paracosm serve --shards 4
  paracosm serve --free-play
  paracosm serve --model qwen3:8b --base-url http://127.0.0.1:11434/v1

Ctrl-C stops the server cleanly: it saves every step, and the next start resumes unfinished episodes.`,
    )
  return addAccessOptions(addModelOptions(serve)).action((options: ServeOptions, command: Command) =>
    startServing(io, options, otherPorts(command)),
  )
}

async function startServing(io: Io, options: ServeOptions, otherPorts: number): Promise<void> {
  for (const name of options.world) await io.worlds.load(name)
  const uploads = await uploadsOf(io, options)
  const plan = planEndpoint(io, options)
  const models = await createRoleModels(plan, options)
  const settings = await settingsOf(io, options, { uploads, models, otherPorts })
  if (options.shard) return serveShard(settings)
  await loadConfiguredCharacters(io, options.data)
  const probing = plan && probeEndpoint(plan, [...new Set(Object.values(plan.models))])
  if (io.config.PARACOSM_PAGES === 'fresh') await buildPages(io)
  const server = await startServer(settings)
  const probed = await probing
  if (options.json) {
    io.out(JSON.stringify({ ok: true, url: server.url, resumed: server.resumed, models: probed ?? null }))
  } else {
    io.out(`Paracosm is at ${io.style.name(server.url)}`)
    if (server.resumed > 0) io.out(`Resumed ${server.resumed} unfinished episode${server.resumed === 1 ? '' : 's'}.`)
    if (options.shards > 0) {
      io.out(`Episodes run in ${options.shards} further process${options.shards === 1 ? '' : 'es'}.`)
    }
    io.out(describeModels(models))
    if (probed?.ok) io.out(probed.message)
    io.out('Press Ctrl-C to stop.')
  }
  if (probed?.ok === false) {
    io.err(
      `${io.style.warn('warning')}: ${probed.message} Text games fail until it works; docs/models.md shows how to set it up.`,
    )
  }
  if (!io.signal.aborted) {
    await new Promise<void>((resolve) => io.signal.addEventListener('abort', () => resolve(), { once: true }))
  }
  const left = await server.close()
  if (options.dump !== undefined) await dumpAfter(io, options.dump, options.data)
  if (options.json) printJson(io, { ok: true, unfinished: left })
  else io.out(left.length === 0 ? 'Stopped.' : `Stopped. The next start resumes: ${left.join(', ')}`)
}

interface Planned {
  readonly uploads: UploadSettings | undefined
  readonly models: RoleModels
  readonly otherPorts: number
}

/** @throws AppError FILE_UNREADABLE, JSON_MALFORMED, VALIDATION_ERROR for the files that options name */
async function settingsOf(
  io: Io,
  options: ServeOptions,
  { uploads, models, otherPorts }: Planned,
): Promise<ServerOptions> {
  // A shard has no studies, and is started again even if their files are gone.
  const { experiment, releaseManifest } = options.shard ? { experiment: [], releaseManifest: undefined } : options
  return {
    dataDir: options.data,
    worlds: io.worlds,
    sessions: {
      models,
      mode: options.freePlay === true ? 'free_play' : 'standard',
      ttlMs: options.sessionTtl * 1000,
      sweepMs: options.sweepInterval * 1000,
      adminKey: adminKeyOf(io, options),
      piiKey: io.config.PARACOSM_PII_KEY,
      hasRateLimits: options.rateLimits,
      released: await readReleased(releaseManifest),
    },
    studies: {
      files: await readStudies(experiment),
      run: options.run,
      defaultExperiment: options.defaultExperiment,
    },
    remote:
      options.remoteManaged === true
        ? { bootstrapToken: options.bootstrapToken ?? io.config.PARACOSM_BOOTSTRAP_TOKEN }
        : undefined,
    access: accessOf(io, options),
    store: storeTarget(io, options.data, { mode: 'create', runs: 'thread' }),
    shards: { count: options.shards, spawn: spawnShard },
    host: options.host,
    port: options.port,
    otherPorts,
    hasShowcase: options.showcase,
    hasLeague: options.showcase && options.league,
    uploads,
    imageRegistry: options.imageRegistry,
    logLevel: options.log,
    version: readVersion(),
  }
}

/** @throws AppError USAGE when uploaded programs would be operators, because they are on this machine */
async function uploadsOf(io: Io, options: ServeOptions): Promise<UploadSettings | undefined> {
  if (options.runUploads !== true) {
    if (options.uploadsImage === undefined) return undefined
    throw new AppError('USAGE', '--uploads-image needs --run-uploads')
  }
  if (adminKeyOf(io, options) === undefined) {
    throw new AppError(
      'USAGE',
      '--run-uploads needs an admin key, since uploaded programs call from this machine too',
      {
        hint: 'Set PARACOSM_ADMIN_KEY to a long random text, and send it as a Bearer token, or give it on the account page.',
      },
    )
  }
  return uploadSettings(io, options.uploadsImage)
}

/** @throws AppError FILE_UNREADABLE, JSON_MALFORMED, VALIDATION_ERROR */
async function readReleased(path: string | undefined): Promise<readonly string[] | undefined> {
  return path === undefined ? undefined : parseManifest(await readSource(path), path).approved_characters
}

/** @throws AppError FILE_UNREADABLE */
function readStudies(paths: readonly string[]): Promise<{ path: string; text: string }[]> {
  return Promise.all(paths.map(async (path) => ({ path, text: await readSource(path) })))
}

function describeModels({ kind, profile }: RoleModels): string {
  if (kind === 'local')
    return 'Text games (paracosm play): the rule-based offline responder plays the characters; no model is configured.'
  if (kind === 'fixed') return 'Text games (paracosm play): every model call returns one fixed text.'
  return `Text games (paracosm play): ${profile.updater_model} plays the characters.`
}

/** The interrupt that stopped the server does not stop the dump; a second one ends the process. */
function dumpAfter(io: Io, folder: string, data: string): Promise<void> {
  const { signal } = new AbortController()
  return dump({ ...io, signal }, folder, { data, personalData: 'sealed' })
}
