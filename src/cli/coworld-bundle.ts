// `paracosm coworld bundle`, `run-grader`, `run-diagnoser` and `run-reporter`: what is made of an episode afterwards.
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { AppError } from '../kernel/errors.ts'
import { BUNDLE_TOKENS, BundleToken } from '../protocol/bundle.ts'
import { readWorkspace, writeBundle } from '../runner/bundle.ts'
import { loadManifest } from '../runner/manifest.ts'
import { findManifest } from '../runner/manifest-source.ts'
import { runRole, SUPPORTING_ROLES, type SupportingRole } from '../runner/supporting-roles.ts'
import { workspacePaths } from '../runner/workspace.ts'
import { type Flags, serverOption, withRuntime } from './coworld-options.ts'
import { selectRuntime } from './coworld-runtime.ts'
import { HostedClient } from './hosted-client.ts'
import { type Io, printJson } from './io.ts'

/** Milliseconds for a bundle, which may have zips of players. */
const DOWNLOAD_MS = 600_000

interface BundleFlags {
  readonly output: string
  readonly include?: string
  readonly server: string
  readonly json?: true
}

/** The commands of this file. */
export function bundleCommands(io: Io): Command[] {
  return [bundleCommand(io), ...SUPPORTING_ROLES.map((kind) => roleCommand(io, kind))]
}

function bundleCommand(io: Io): Command {
  return new Command('bundle')
    .description('Pack what an episode has left into one zip, with a manifest.json.')
    .argument('<episode>', 'the workspace of a local episode, or an ereq_ id of a server')
    .option('-o, --output <file>', 'the zip', 'episode-bundle.zip')
    .option('--include <tokens>', `divided by commas: ${BUNDLE_TOKENS.join(', ')}; default: all`)
    .addOption(serverOption())
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  paracosm coworld bundle coworld-episode-results --output ep.zip
  paracosm coworld bundle ereq_1 --include results,replay --server http://127.0.0.1:8080`,
    )
    .action(async (episode: string, flags: BundleFlags) => {
      const include = flags.include === undefined ? undefined : tokensOf(flags.include)
      const bytes = await bundleOf(io, episode, { include, server: flags.server })
      await writeFile(flags.output, bytes)
      const path = resolve(flags.output)
      if (flags.json) return printJson(io, { bundle: path, bytes: bytes.length })
      io.out(`Bundle: ${path}`)
    })
}

function tokensOf(text: string): BundleToken[] {
  return text.split(',').map((word) => {
    const { data } = BundleToken.safeParse(word.trim())
    if (data) return data
    throw new AppError('USAGE', `${JSON.stringify(word)} is no part of a bundle`, {
      hint: `Use: ${BUNDLE_TOKENS.join(', ')}`,
    })
  })
}

async function bundleOf(
  io: Io,
  episode: string,
  { include, server }: { readonly include?: readonly BundleToken[] | undefined; readonly server: string },
): Promise<Buffer> {
  if (episode.startsWith('ereq_') && !episode.includes('/')) {
    const query = include === undefined ? '' : `?include=${include.join(',')}`
    const client = new HostedClient(server, io.config.COWORLD_TOKEN)
    const path = `/v2/episode-requests/${encodeURIComponent(episode)}/bundle${query}`
    return client.bytes(path, { timeoutMs: DOWNLOAD_MS })
  }
  if (episode.endsWith('.zip')) return readFile(episode)
  return writeBundle(await readWorkspace(workspacePaths(resolve(episode))), include)
}

const ABOUT: Readonly<Record<SupportingRole, string>> = {
  grader: 'Let a grader of a package score an episode.',
  diagnoser: 'Let a diagnoser of a package judge a policy by an episode.',
  reporter: 'Let a reporter of a package describe an episode.',
}

interface RoleFlags extends Flags {
  readonly id?: string
  readonly target?: string
}

function roleCommand(io: Io, kind: SupportingRole): Command {
  const command = withRuntime(new Command(`run-${kind}`), 600)
    .description(ABOUT[kind])
    .argument('<manifest>', 'path, file:// URI, http(s) address or cow_ id')
    .argument('<episode>', 'a workspace, a bundle (.zip), or an ereq_ id of the server')
    .option('--id <id>', `which ${kind} of the manifest; default: the first`)
    .option('-o, --output-dir <folder>', 'where bundle, output and log go', `./coworld-${kind}`)
  if (kind === 'diagnoser') command.option('--target <uri>', 'the policy that is judged, for COGAME_TARGET_POLICY_URI')
  return command
    .addHelpText(
      'after',
      `\nExample:\n  paracosm coworld run-${kind} coworld_manifest.json coworld-episode-results --runtime process`,
    )
    .action(async (argument: string, episode: string, flags: RoleFlags) => {
      await using found = await findManifest(argument, { server: flags.server, signal: io.signal })
      const ran = await runRole({
        package: await loadManifest(found.path),
        kind,
        id: flags.id,
        bundle: await bundleOf(io, episode, { server: flags.server }),
        targetPolicy: kind === 'diagnoser' ? (flags.target ?? 'policy://slot/0') : undefined,
        runtime: await selectRuntime(io, flags),
        folder: resolve(flags.outputDir ?? join('.', `coworld-${kind}`)),
        timeoutMs: flags.timeoutSeconds * 1000,
        signal: io.signal,
      })
      if (flags.json)
        return printJson(io, {
          [kind]: ran.id,
          output: ran.output,
          log: ran.log,
          ...(ran.grade ? { grade: ran.grade } : {}),
        })
      if (ran.grade) io.out(`Score: ${ran.grade.score}`)
      io.out(`Output: ${ran.output}`)
      io.out(`Log: ${ran.log}`)
    })
}
