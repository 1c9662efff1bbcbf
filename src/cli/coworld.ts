// `paracosm coworld …`: certify, play, replay and run packages, check and describe manifests. Parses and prints;
// src/runner does the work.
import { Command, InvalidArgumentError, Option } from 'commander'
import { AppError } from '../kernel/errors.ts'
import { jobSpecJsonSchema, manifestJsonSchema } from '../protocol/coworld.ts'
import { manifestToRequestForm, manifestToUploadForm } from '../protocol/coworld-forms.ts'
import { certify } from '../runner/certify.ts'
import { loadManifest } from '../runner/manifest.ts'
import { DEFAULT_SERVER, findManifest, findReplay } from '../runner/manifest-source.ts'
import { openReplay, type PlayOptions, playPackage } from '../runner/play.ts'
import { findReplayFile } from '../runner/workspace.ts'
import { bundleCommands } from './coworld-bundle.ts'
import { runEpisodeCommand, scrimmageCommand } from './coworld-episodes.ts'
import { type Flags, printArtefacts, serverOption, tellEvent, withRuntime } from './coworld-options.ts'
import { artefactsToJson, certifyToJson, formatCheck } from './coworld-report.ts'
import { selectRuntime } from './coworld-runtime.ts'
import { addTournamentCommands } from './coworld-tournament.ts'
import { EXIT, type Io, printJson } from './io.ts'

const EXAMPLES = `
Examples:
  paracosm coworld validate coworld_manifest.json
  paracosm coworld certify coworld_manifest.json --runtime process
  paracosm coworld run-episode coworld_manifest.json --output-dir results
  paracosm coworld run-episode coworld_manifest.json my-player:latest --run python --run /app/player.py
  paracosm coworld replay coworld_manifest.json results/replay.json
  paracosm coworld upload-coworld coworld_manifest.json --server http://127.0.0.1:8080
  paracosm coworld download paint-arena --server http://127.0.0.1:8080

docs/packages.md describes packages and explains every failure.`

/** The command group `coworld`. */
export function createCommand(io: Io): Command {
  const group = new Command('coworld')
    .description('Validate, certify, play, run and upload coworld packages, and read hosted leagues.')
    .addHelpText('after', EXAMPLES)
  group.addCommand(certifyCommand(io))
  group.addCommand(playCommand(io))
  group.addCommand(replayCommand(io))
  group.addCommand(runEpisodeCommand(io))
  group.addCommand(scrimmageCommand(io))
  for (const command of bundleCommands(io)) group.addCommand(command)
  group.addCommand(validateCommand(io))
  group.addCommand(schemaCommand(io))
  addTournamentCommands(io, group, DEFAULT_SERVER)
  return group
}

function certifyCommand(io: Io): Command {
  return withRuntime(new Command('certify'), 60)
    .description('Run every check that a package has to pass.')
    .argument('<manifest>', 'path, file:// URI, http(s) address or cow_ id')
    .option('-o, --output-dir <folder>', 'workspace; default: a new folder below tmp/')
    .option('--report <file>', 'write the report as a web page; default: certification.html in the workspace')
    .option('--basic', 'run the numbered checks only')
    .addHelpText('after', '\nExample:\n  paracosm coworld certify coworld_manifest.json --json')
    .action(async (argument: string, flags: Flags & { basic?: true; report?: string }) => {
      await using found = await findManifest(argument, { server: flags.server, signal: io.signal })
      const report = await certify({
        manifestPath: found.path,
        runtime: await selectRuntime(io, flags),
        timeoutMs: flags.timeoutSeconds * 1000,
        cwd: process.cwd(),
        beyond: flags.basic !== true,
        ...(flags.report === undefined ? {} : { page: flags.report }),
        signal: io.signal,
        onEvent: (event) => tellEvent(io, event),
        onCheck: (check) => io.err(formatCheck(check)),
        ...(flags.outputDir === undefined ? {} : { workspace: flags.outputDir }),
      })
      if (!report.certified) io.exit(EXIT.failed)
      if (flags.json) return printJson(io, certifyToJson(report))
      if (!report.certified) io.err(`Not certified: ${argument}`)
      else io.out(`Certified ${argument}`)
      if (report.certified && report.workspace) printArtefacts(io, report.workspace)
      if (report.page !== undefined) io.err(`Report: ${report.page}`)
    })
}

function playCommand(io: Io): Command {
  return withRuntime(new Command('play'), 60)
    .description('Start a game and print the links by which people play it.')
    .argument('<manifest>', 'path, file:// URI, http(s) address or cow_ id')
    .option('-o, --output-dir <folder>', 'workspace; default: a new folder below tmp/')
    .option('--variant <id>', 'variant to play; default: the certification configuration')
    .option(
      '--players <slots>',
      "slots in which to start the package's players: none, all, or numbers such as 1,2. Default: all for later manifests",
      parseSlots,
    )
    .addHelpText('after', '\nExample:\n  paracosm coworld play coworld_manifest.json --players 1 --runtime process')
    .action(async (argument: string, flags: Flags & { variant?: string; players?: PlayOptions['players'] }) => {
      await using found = await findManifest(argument, { server: flags.server, signal: io.signal })
      const { workspace, results } = await playPackage({
        ...(await common(io, found.path, flags)),
        healthTimeoutMs: flags.timeoutSeconds * 1000,
        ...(flags.variant === undefined ? {} : { variant: flags.variant }),
        ...(flags.players === undefined ? {} : { players: flags.players }),
        onEvent: (event) => tellEvent(io, event),
        onReady(ready) {
          if (flags.json)
            return io.out(
              JSON.stringify({ event: 'ready', artifacts: artefactsToJson(ready.workspace), links: ready.links }),
            )
          io.out(`Artifacts: ${ready.workspace.folder}`)
          io.out('Player clients:')
          for (const [slot, link] of ready.links.players.entries()) io.out(`  ${slot}: ${link}`)
          io.out(`Global client: ${ready.links.global}`)
          io.out(`Admin client: ${ready.links.admin}`)
          io.out('Waiting for the game container to exit...')
        },
      })
      if (flags.json) return io.out(JSON.stringify({ event: 'ended', artifacts: artefactsToJson(workspace), results }))
      io.out(`Results: ${workspace.results}`)
      io.out(`Replay: ${findReplayFile(workspace) ?? workspace.replay}`)
      io.out(`Logs: ${workspace.logs}`)
    })
}

function replayCommand(io: Io): Command {
  return withRuntime(new Command('replay'), 60)
    .description('Open a replay in the replay mode of its game.')
    .argument('<manifest>', 'path, file:// URI, http(s) address or cow_ id')
    .argument('<replay>', 'path, file:// URI, http(s) address or s3:// URI')
    .option('-o, --output-dir <folder>', 'workspace; default: a new folder below tmp/')
    .addHelpText('after', '\nExample:\n  paracosm coworld replay coworld_manifest.json replay.json')
    .action(async (argument: string, replay: string, flags: Flags) => {
      await using manifest = await findManifest(argument, { server: flags.server, signal: io.signal })
      await using recording = await findReplay(replay, { signal: io.signal })
      const { workspace } = await openReplay({
        ...(await common(io, manifest.path, flags)),
        replayPath: recording.path,
        healthTimeoutMs: flags.timeoutSeconds * 1000,
        onReady(ready) {
          if (flags.json) {
            return io.out(
              JSON.stringify({
                event: 'ready',
                artifacts: artefactsToJson(ready.workspace),
                replay: ready.replay,
                url: ready.url,
              }),
            )
          }
          io.out(`Artifacts: ${ready.workspace.folder}`)
          io.out(`Replay file: ${ready.replay}`)
          io.out(`Replay client: ${ready.url}`)
          io.out('Waiting for the replay container to exit...')
        },
      })
      if (flags.json) return io.out(JSON.stringify({ event: 'ended', artifacts: artefactsToJson(workspace) }))
      io.out(`Logs: ${workspace.logs}`)
    })
}

function validateCommand(io: Io): Command {
  return new Command('validate')
    .alias('check')
    .description('Check a manifest against every rule of the contract, without starting anything.')
    .argument('<manifest>', 'path, file:// URI, http(s) address or cow_ id')
    .addOption(serverOption())
    .addOption(new Option('--form <form>', 'print it in this form').choices(['request', 'upload']))
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', '\nExample:\n  paracosm coworld validate coworld_manifest.json --form upload')
    .action(async (argument: string, flags: { server: string; form?: 'request' | 'upload'; json?: true }) => {
      await using found = await findManifest(argument, { server: flags.server, signal: io.signal })
      const { manifest, slots, generation, written } = await loadManifest(found.path)
      const { name, version } = manifest.game
      if (flags.form === 'request') return printJson(io, manifestToRequestForm(manifest))
      if (flags.form === 'upload') {
        return printJson(io, generation === 'later' ? written : manifestToUploadForm(manifest))
      }
      const variants = manifest.variants.map(({ id }) => id)
      if (flags.json) return printJson(io, { ok: true, name, version, slots, variants, generation })
      io.out(`Valid: ${name} ${version}, ${slots} slots, variants: ${variants.join(', ')}`)
    })
}

function schemaCommand(io: Io): Command {
  return new Command('schema')
    .description('Print the JSON Schema (draft 2020-12) of a document.')
    .argument('[document]', 'manifest or request', 'manifest')
    .option('--json', 'accepted for consistency; the output is always JSON')
    .addHelpText('after', '\nExample:\n  paracosm coworld schema manifest > coworld_manifest_schema.json')
    .action((document: string) => {
      if (document === 'manifest') return printJson(io, manifestJsonSchema())
      if (document === 'request') return printJson(io, jobSpecJsonSchema())
      throw new AppError('USAGE', `there is no schema ${JSON.stringify(document)}: use manifest or request`)
    })
}

/** @throws InvalidArgumentError, which commander turns into a usage error */
function parseSlots(text: string): 'none' | 'all' | readonly number[] {
  if (text === 'none' || text === 'all') return text
  if (/^\d{1,4}(?:,\d{1,4})*$/.test(text)) return text.split(',').map(Number)
  throw new InvalidArgumentError('Write none, all, or numbers of slots such as 1,2.')
}

async function common(io: Io, path: string, flags: Flags) {
  return {
    package: await loadManifest(path),
    runtime: await selectRuntime(io, flags),
    cwd: process.cwd(),
    signal: io.signal,
    ...(flags.outputDir === undefined ? {} : { workspace: flags.outputDir }),
  }
}
