// `paracosm serve`: the server, with something to watch.
import { Command, InvalidArgumentError } from 'commander'
import type { RoleModels } from '../adapters/session/role-models.ts'
import { startServer } from '../server/app.ts'
import { type AccessFlags, accessOf, addAccessOptions, adminKeyOf } from './access.ts'
import { loadConfiguredCharacters } from './admin/characters.ts'
import { dump } from './admin/dumps.ts'
import { buildPages } from './build-pages.ts'
import { readSource } from './experiment/check.ts'
import { type Io, printJson } from './io.ts'
import { collect, otherPorts, parseCount, parsePort, parseTemperature } from './options.ts'
import { createRoleModels, type RoleModelOptions } from './role-models.ts'
import { storeTarget } from './store.ts'
import { readVersion } from './version.ts'

interface ServeOptions extends RoleModelOptions, AccessFlags {
  readonly host: string
  readonly port: number
  readonly data: string
  readonly showcase: boolean
  readonly log: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly json?: boolean
  readonly freePlay?: boolean
  readonly dump?: string
  readonly rateLimits: boolean
  readonly sessionTtl: number
  readonly sweepInterval: number
  readonly world: readonly string[]
  readonly experiment: readonly string[]
  readonly run?: string
}

export function createCommand(io: Io): Command {
  return addAccessOptions(
    new Command('serve')
      .description('Start the server: pages, API, sockets, and a match of bots to watch.')
      .option('--host <host>', 'address to listen on', io.config.PARACOSM_HOST)
      .option('--port <port>', 'port, or the next free one; 0 takes any', parsePort, io.config.PARACOSM_PORT)
      .option('--data <folder>', 'where episodes are kept', io.config.PARACOSM_DATA)
      .option('--world <world>', 'offer this world too: a path or a package (repeatable)', collect, [])
      .option('--no-showcase', 'do not play matches of bots')
      .option('--log <level>', 'debug, info, warn, error or silent', 'warn')
      .option('--json', 'print one line of JSON when ready')
      .option(
        '--experiment <file>',
        'offer this study: an experiment file or run configuration (repeatable)',
        collect,
        [],
      )
      .option('--run <name>', 'the study behind /api/run; default: the first run configuration')
      .option('--free-play', 'text games for everybody, without registration')
      .option('--session-ttl <seconds>', 'end a session after so long without a sign of life', parseCount, 86_400)
      .option('--sweep-interval <seconds>', 'how often such sessions are looked for', parseCount, 60)
      .option('--no-rate-limits', 'do not limit registrations and starts: for tests and closed networks')
      .option('--model <name>', 'model that plays characters; PARACOSM_MODEL. Without one the offline responder does')
      .option('--opener-model <name>', 'another model for opening scenes')
      .option('--updater-model <name>', 'another model for what characters do')
      .option('--validator-model <name>', 'another model for the judges')
      .option('--scorer-model <name>', 'another model for scores')
      .option('--base-url <url>', 'OpenAI-compatible endpoint, in place of OPENAI_BASE_URL')
      .option('--model-timeout <ms>', 'milliseconds one model call may take', parseCount)
      .option('--model-concurrency <n>', 'model calls at once', parseCount)
      .option('--model-temperature <n>', "0 to 2; without it the endpoint's own", parseTemperature)
      .option('--model-answer-tokens <n>', 'tokens that one answer may have, thoughts included', parseCount)
      .option('--max-tokens <n>', 'ask no model any more once so many tokens are used', parseCount)
      .option('--max-usd <n>', 'or so many US dollars are spent, where the endpoint tells what calls cost', parseUsd)
      .option('--dump <folder>', 'write a dump of players, characters and sessions there when the server has stopped')
      .option('--fake-ai-response <text>', 'answer every model call with this text')
      .addHelpText(
        'after',
        `
Examples:
  paracosm serve
  paracosm serve --port 9000 --data /tmp/paracosm --no-showcase
  paracosm serve --world ./my-world.ts
  paracosm serve --free-play
  paracosm serve --model qwen3:8b --base-url http://127.0.0.1:11434/v1

An interrupt (Ctrl-C) ends it in order: every step is finished and saved, and the next start goes on from there.`,
      ),
  ).action((options: ServeOptions, command: Command) => serve(io, options, otherPorts(command)))
}

async function serve(io: Io, options: ServeOptions, otherPorts: number): Promise<void> {
  for (const name of options.world) await io.worlds.load(name)
  await loadConfiguredCharacters(io, options.data)
  const models = await createRoleModels(io, options)
  if (io.config.PARACOSM_PAGES === 'fresh') await buildPages(io)
  const server = await startServer({
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
    },
    studies: { files: await readStudies(options.experiment), run: options.run },
    access: accessOf(io, options),
    store: storeTarget(io, options.data, { mode: 'create', runs: 'thread' }),
    host: options.host,
    port: options.port,
    otherPorts,
    hasShowcase: options.showcase,
    logLevel: options.log,
    version: readVersion(),
  })
  if (options.json) io.out(JSON.stringify({ ok: true, url: server.url, resumed: server.resumed }))
  else {
    io.out(`Paracosm is at ${server.url}`)
    if (server.resumed > 0)
      io.out(`Went on with ${server.resumed} unfinished episode${server.resumed === 1 ? '' : 's'}.`)
    io.out(describeModels(models))
    io.out('Ctrl-C stops it.')
  }
  if (!io.signal.aborted) {
    await new Promise<void>((resolve) => io.signal.addEventListener('abort', () => resolve(), { once: true }))
  }
  const left = await server.close()
  if (options.dump !== undefined) await dumpAfter(io, options.dump, options.data)
  if (options.json) printJson(io, { ok: true, unfinished: left })
  else io.out(left.length === 0 ? 'Stopped.' : `Stopped. The next start goes on with: ${left.join(', ')}`)
}

/** @throws AppError FILE_UNREADABLE */
function readStudies(paths: readonly string[]): Promise<{ path: string; text: string }[]> {
  return Promise.all(paths.map(async (path) => ({ path, text: await readSource(path) })))
}

function parseUsd(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0) return value
  throw new InvalidArgumentError('Give an amount of US dollars, 0 or more.')
}

function describeModels({ kind, profile }: RoleModels): string {
  if (kind === 'local')
    return 'Text games: paracosm play. Characters are played by the offline responder, a stand-in for a model.'
  if (kind === 'fixed') return 'Text games: paracosm play. Every model call is answered with one fixed text.'
  return `Text games: paracosm play. Characters are played by ${profile.updater_model}.`
}

/** The interrupt that stopped the server does not stop the dump; a second one ends the process. */
function dumpAfter(io: Io, folder: string, data: string): Promise<void> {
  const { signal } = new AbortController()
  return dump({ ...io, signal }, folder, { data, personalData: 'sealed' })
}
