// `paracosm world`: what worlds there are, and each as a coworld game.
import { Command } from 'commander'
import { describeWorld, summariseWorld, toJsonSchema } from '../adapters/coworld/describe.ts'
import { type GameConfig, parseGameConfig, variantToGameConfig } from '../adapters/coworld/game-config.ts'
import { readGameConfig, serveGame } from '../adapters/coworld/game-process.ts'
import { createManifest } from '../adapters/coworld/manifest.ts'
import { serveReplays } from '../adapters/coworld/replay-process.ts'
import { parseUriPolicy } from '../adapters/coworld/uri-policy.ts'
import { createToken } from '../episode/slots.ts'
import { EpisodeService } from '../host/episode-service.ts'
import { AppError } from '../kernel/errors.ts'
import type { World } from '../kernel/world.ts'
import { type AccessFlags, accessOf, addAccessOptions } from './access.ts'
import { type Io, printJson } from './io.ts'
import { collect, parseCount, parsePort, parseRate, parseRuntime, parseSeed } from './options.ts'
import { printTable } from './table.ts'
import { readVersion } from './version.ts'
import { type CertifyWorldOptions, certifyWorld } from './world-certify.ts'
import { referTo } from './world-names.ts'

const ALLOW_REPLAY =
  'allow ?uri= to name this folder or origin, or https: for every public host (repeatable); default: nothing'

export function createCommand(io: Io): Command {
  const world = new Command('world')
    .description('List, describe, serve and certify worlds.')
    .addHelpText('after', '\nExamples:\n  paracosm world list\n  paracosm world show paint-arena')
  addDescriptions(io, world)
  world
    .command('manifest <world>')
    .description('Print the coworld manifest of a world.')
    .option(
      '--slots <n>',
      'include the variants with this many slots; default: as many as the first variant has',
      parseCount,
    )
    .option('--image <name>', "image of game and players; default: the world's package and its version")
    .option('--json', 'accepted for consistency; the output is always JSON')
    .addHelpText(
      'after',
      `
Paths in the manifest are relative to the current folder: run this command where you store the manifest.

Examples:
  paracosm world manifest paint-arena > coworld_manifest.json
  paracosm world manifest ./my-world.ts > coworld_manifest.json`,
    )
    .action((name: string, options: ManifestOptions) => printManifest(io, name, options))
  addAccessOptions(world.command('serve <world>'))
    .description('Serve a world as a coworld game: one episode, or a replay.')
    .option('--host <host>', 'address to listen on; default: 127.0.0.1, or COGAME_HOST under a runner')
    .option('--port <port>', 'port; default: any free port, or COGAME_PORT under a runner', parsePort)
    .option('--variant <id>', 'variant, when there is no runner')
    .option('--seed <n>', 'seed, when there is no runner', parseSeed, 0)
    .option('--tick-rate <n>', 'ticks per second, when there is no runner', parseRate, 5)
    .option('--replay <uri>', 'show this recording instead of an episode')
    .option('--allow-replay <place>', ALLOW_REPLAY, collect, [])
    .option('--open-admin', 'let other machines use the admin page')
    .addHelpText(
      'after',
      `
Examples:
  paracosm world serve paint-arena --variant duel
  paracosm world serve ./my-world.ts
  paracosm world serve paint-arena --replay file:///tmp/replay.json

A runner sets COGAME_CONFIG_URI, COGAME_RESULTS_URI and COGAME_SAVE_REPLAY_URI, or COGAME_REPLAY_SERVER=1.`,
    )
    .action((id: string, options: ServeWorldOptions) => serveWorld(io, id, options))
  world
    .command('certify <world|manifest>')
    .description('Run every check that a package must pass and, for a world, the conformance suite.')
    .option('--runtime <kind>', 'process or container', parseRuntime, 'process')
    .option('--timeout <seconds>', 'time limit for health check, episode and replay, each', parseCount, 60)
    .option('-o, --output-dir <folder>', 'workspace; default: a new folder below tmp/')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExit status 1 if a check fails.\n\nExample:\n  paracosm world certify paint-arena --json')
    .action((target: string, options: CertifyWorldOptions) => certifyWorld(io, target, options))
  return world
}

function addDescriptions(io: Io, world: Command): void {
  world
    .command('list')
    .description('List the built-in worlds, those of paracosm.config.ts, and those named with --world.')
    .option('--world <world>', 'also list this world: a path or a package (repeatable)', collect, [])
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  paracosm world list --world ./my-world.ts')
    .action((options: ListOptions) => list(io, options))
  world
    .command('show <world>')
    .description('Show the variants and bots of a world.')
    .option('--json', 'print JSON, including the schemas')
    .addHelpText('after', '\nExamples:\n  paracosm world show paint-arena\n  paracosm world show ./my-world.ts --json')
    .action((id: string, options: { json?: boolean }) => show(io, id, options))
  world
    .command('schema <world>')
    .description('Print the JSON Schema of the configuration, the commands or the results of a world.')
    .option('--of <what>', 'config, command or results', 'config')
    .option('--json', 'accepted for consistency; the output is always JSON')
    .addHelpText('after', '\nExample:\n  paracosm world schema paint-arena --of command')
    .action((id: string, options: { of: string }) => schema(io, id, options.of))
}

interface ListOptions {
  readonly world: readonly string[]
  readonly json?: boolean
}

async function list(io: Io, options: ListOptions): Promise<void> {
  for (const name of options.world) await io.worlds.load(name)
  const worlds = (await Promise.all(io.worlds.ids().map((id) => io.worlds.load(id)))).map((world) =>
    summariseWorld(world, io.worlds.isBuiltIn(world)),
  )
  if (options.json) printJson(io, worlds)
  else {
    printTable(
      io,
      ['World', 'Version', 'Variants', 'Bots'],
      worlds.map((each) => [
        each.id,
        each.version,
        each.variants.map((variant) => variant.id).join(', '),
        each.bots.map((bot) => bot.name).join(', ') || '-',
      ]),
    )
  }
}

async function show(io: Io, id: string, options: { json?: boolean }): Promise<void> {
  const world = await io.worlds.load(id)
  if (options.json) {
    printJson(io, describeWorld(world, io.worlds.isBuiltIn(world)))
    return
  }
  const summary = summariseWorld(world, io.worlds.isBuiltIn(world))
  io.out(`${summary.title} (${summary.id} ${summary.version})`)
  io.out(summary.summary)
  io.out('')
  printTable(
    io,
    ['Variant', 'Slots', 'Description'],
    summary.variants.map((each) => [each.id, String(each.slots), each.description]),
  )
  io.out('')
  printTable(
    io,
    ['Bot', 'Description'],
    summary.bots.map((bot) => [bot.name, bot.summary]),
  )
}

async function schema(io: Io, id: string, what: string): Promise<void> {
  const world = await io.worlds.load(id)
  const schemas: Readonly<Record<string, World['config'] | World['results']>> = {
    config: world.config,
    command: world.command,
    results: world.results,
  }
  const found = Object.hasOwn(schemas, what) ? schemas[what] : undefined
  if (!found) throw new AppError('USAGE', `--of takes config, command or results, not ${what}`)
  printJson(io, toJsonSchema(found))
}

interface ManifestOptions {
  readonly slots?: number
  readonly image?: string
}

async function printManifest(io: Io, name: string, { slots, image }: ManifestOptions): Promise<void> {
  const world = await io.worlds.load(name)
  const reference = referTo(io, world, name, process.cwd())
  const program = { ...reference, image: image ?? reference.image }
  printJson(io, createManifest(world, { version: readVersion(), slots, program }))
}

interface ServeWorldOptions extends AccessFlags {
  readonly allowReplay: readonly string[]
  readonly host?: string
  readonly port?: number
  readonly variant?: string
  readonly seed: number
  readonly tickRate: number
  readonly replay?: string
  readonly openAdmin?: boolean
}

async function serveWorld(io: Io, id: string, options: ServeWorldOptions): Promise<void> {
  const world = await io.worlds.load(id)
  const { config } = io
  const replayUri = options.replay ?? config.COGAME_LOAD_REPLAY_URI
  const isRun =
    config.COGAME_CONFIG_URI !== undefined || config.COGAME_REPLAY_SERVER !== undefined || replayUri !== undefined
  const isHosted = isRun && options.replay === undefined
  const at = {
    host: options.host ?? (isHosted ? config.COGAME_HOST : '127.0.0.1'),
    port: options.port ?? (isHosted ? config.COGAME_PORT : 0),
  }
  if (config.COGAME_REPLAY_SERVER !== undefined || replayUri !== undefined) {
    await serveReplays(world, {
      ...at,
      uri: replayUri,
      policy: parseUriPolicy(replayFolders(io, options, isHosted), replayUri === undefined ? [] : [replayUri]),
      access: accessOf(io, options),
      isHosted,
      signal: io.signal,
      onFault: (error) => io.err(`error: ${error instanceof Error ? error.message : String(error)}`),
      onListening: (port) => io.out(`Replay: http://127.0.0.1:${port}/clients/replay`),
    })
    return
  }
  const game =
    config.COGAME_CONFIG_URI === undefined
      ? localGame(world, options)
      : await readGameConfig(world, config.COGAME_CONFIG_URI)
  const end = await serveGame(world, game, {
    episodes: new EpisodeService({ worlds: io.worlds }),
    ...at,
    resultsUri: config.COGAME_RESULTS_URI,
    replayUri: config.COGAME_SAVE_REPLAY_URI,
    signal: io.signal,
    openAdmin: options.openAdmin ?? false,
    access: accessOf(io, options),
    onFault: (error) => io.err(`error: ${error instanceof Error ? error.message : String(error)}`),
    onListening: ({ port, episode }) => {
      const base = `http://127.0.0.1:${port}/clients`
      io.out(`Live view: ${base}/global`)
      for (const { slot, token } of isHosted ? [] : episode.slots) {
        io.out(`Player ${slot}: ${base}/player?${new URLSearchParams({ slot: String(slot), token })}`)
      }
    },
  })
  io.out(`${end.outcome.reason} ${JSON.stringify(end.results)}`)
}

/** Where runners of the coworld contract put recordings: the mounts of a container. */
const RUNNER_FOLDERS = ['/coworld', '/coworld-replay']

/** What strangers may name. Our own runner, which starts processes without mounts, names its folder in a variable. */
function replayFolders(io: Io, options: ServeWorldOptions, isHosted: boolean): readonly string[] {
  const named = io.config.PARACOSM_ALLOW_REPLAY
  return [...options.allowReplay, ...(named === undefined ? [] : [named]), ...(isHosted ? RUNNER_FOLDERS : [])]
}

/** A game that somebody starts by hand: a variant, with fresh tokens. */
function localGame(world: World, options: ServeWorldOptions): GameConfig {
  const config = variantToGameConfig(world, options.variant ?? world.variants[0]?.id ?? 'default', options.tickRate)
  const slots = Array.isArray(config.players) ? config.players.length : 0
  const tokens = Array.from({ length: slots }, createToken)
  return parseGameConfig(world, { ...config, seed: options.seed, player_connect_timeout_seconds: 86_400, tokens })
}
