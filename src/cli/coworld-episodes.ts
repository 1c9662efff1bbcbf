// `paracosm coworld run-episode` and `scrimmage`: episodes of a package on this machine.
import { Command, Option } from 'commander'
import { at } from '../kernel/at.ts'
import { AppError } from '../kernel/errors.ts'
import { parseSecret } from '../league/selection.ts'
import { isObject } from '../protocol/is-object.ts'
import { buildJobSpec } from '../runner/job.ts'
import { loadManifest } from '../runner/manifest.ts'
import { findManifest } from '../runner/manifest-source.ts'
import { isRequestFile, type NumberedRun, readRequest, runMany } from '../runner/run-many.ts'
import { checkSecrets } from '../store/leagues/secrets.ts'
import { type Flags, printArtefacts, tellEvent, withRuntime } from './coworld-options.ts'
import { artefactsToJson } from './coworld-report.ts'
import { selectRuntime } from './coworld-runtime.ts'
import { EXIT, type Io, printJson } from './io.ts'
import { collect, parseCount } from './options.ts'

interface EpisodeFlags extends Flags {
  readonly run: readonly string[]
  readonly secretEnv: readonly string[]
  readonly episodes: number
  readonly variant?: string
  readonly verifyReplay: boolean
}

export function runEpisodeCommand(io: Io): Command {
  return withEpisodes(new Command('run-episode'))
    .description('Run episodes with the package’s players, with your own images, or as a request file says.')
    .argument('<manifest>', 'path, file:// URI, http(s) address or cow_ id')
    .argument('[images...]', 'one image for all slots, or one per slot; or an episode request (.json)')
    .addHelpText(
      'after',
      `
Examples:
  paracosm coworld run-episode coworld_manifest.json --runtime process --json
  paracosm coworld run-episode coworld_manifest.json --runtime process --episodes 5
  paracosm coworld run-episode coworld_manifest.json my-player:latest --secret-env API_KEY=…
  paracosm coworld run-episode coworld_manifest.json episode_request.json`,
    )
    .action((manifest: string, images: readonly string[], flags: EpisodeFlags) => run(io, manifest, images, flags))
}

export function scrimmageCommand(io: Io): Command {
  return withEpisodes(new Command('scrimmage'))
    .description('Let one image play an episode against itself, in every slot.')
    .argument('<manifest>', 'path, file:// URI, http(s) address or cow_ id')
    .argument('<image>', 'the image that plays every slot')
    .addHelpText(
      'after',
      `
Example:
  paracosm coworld scrimmage coworld_manifest.json my-player:latest --variant duel --verify-replay`,
    )
    .action((manifest: string, image: string, flags: EpisodeFlags) => run(io, manifest, [image], flags))
}

function withEpisodes(command: Command): Command {
  return withRuntime(command, 3600)
    .option('--run <arg>', 'one argument of the command line of the given images (repeatable)', collect, [])
    .option('--secret-env <KEY=VALUE>', 'a variable that only the players get (repeatable)', collect, [])
    .option('-n, --episodes <n>', 'number of episodes; each has the seed of the one before plus 1', parseCount, 1)
    .option('-o, --output-dir <folder>', 'the workspace', './coworld-episode-results')
    .option('--variant <id>', 'variant to play; default: the certification configuration')
    .option('--verify-replay', 'open the replay in the game afterwards', false)
    .addOption(new Option('--no-verify-replay', 'do not (default)'))
}

async function run(io: Io, argument: string, images: readonly string[], flags: EpisodeFlags): Promise<void> {
  const secrets = Object.fromEntries(flags.secretEnv.map(parseSecret))
  checkSecrets(secrets)
  await using found = await findManifest(argument, { server: flags.server, signal: io.signal })
  const from = await loadManifest(found.path)
  const job = await jobOf(from, images, flags)
  const several = flags.episodes > 1
  const runs = await runMany({
    package: from,
    job,
    runtime: await selectRuntime(io, flags),
    folder: flags.outputDir ?? './coworld-episode-results',
    episodes: flags.episodes,
    cwd: process.cwd(),
    timeoutMs: flags.timeoutSeconds * 1000,
    verifyReplay: flags.verifyReplay,
    playerEnvironment: secrets,
    signal: io.signal,
    onEvent: (event) => tellEvent(io, event),
    onEnd: (ended) => (several && !flags.json ? printRun(io, ended, flags.episodes) : undefined),
  })
  if (runs.some(({ error }) => error)) io.exit(EXIT.failed)
  if (flags.json) return printJson(io, several ? { episodes: runs.map(toJson) } : toJson(runs[0]))
  if (!several) for (const { workspace } of runs) printArtefacts(io, workspace)
  else printMeans(io, runs)
}

/** @throws AppError USAGE for a request file beside other images, `--run` or `--variant` */
function jobOf(from: Parameters<typeof buildJobSpec>[0], images: readonly string[], flags: EpisodeFlags) {
  const { run: argv, variant } = flags
  if (!isRequestFile(images))
    return buildJobSpec(from, { images, run: argv, ...(variant === undefined ? {} : { variant }) })
  if (images.length > 1 || argv.length > 0 || variant !== undefined) {
    throw new AppError('USAGE', 'a request file says who plays what: give no images, --run or --variant with it')
  }
  return readRequest(at(images, 0), from)
}

function toJson(ended: NumberedRun | undefined) {
  if (!ended) return {}
  const artifacts = artefactsToJson(ended.workspace)
  return ended.error
    ? { artifacts, error: ended.error.toProblem() }
    : { artifacts, results: ended.run?.results ?? null }
}

function scoresOf({ run: ended }: NumberedRun): readonly number[] | undefined {
  const results = ended?.results
  const scores = isObject(results) ? results.scores : undefined
  if (!Array.isArray(scores)) return undefined
  const numbers = scores.filter((score) => typeof score === 'number')
  return numbers.length === scores.length ? numbers : undefined
}

function printRun(io: Io, ended: NumberedRun, episodes: number): void {
  const { number, workspace, error } = ended
  const outcome = error ? `failed: ${error.message.split('\n')[0]}` : `scores ${scoresOf(ended)?.join(', ') ?? '-'}`
  io.out(`Episode ${number}/${episodes}: ${outcome} (${workspace.folder})`)
}

function printMeans(io: Io, runs: readonly NumberedRun[]): void {
  const scored = runs.flatMap((each) => {
    const scores = scoresOf(each)
    return scores ? [scores] : []
  })
  const isEven = scored.every((each) => each.length === scored[0]?.length)
  const [first] = scored
  if (first && isEven) {
    const means = first.map((_, slot) => scored.reduce((sum, each) => sum + at(each, slot), 0) / scored.length)
    io.out(`Mean scores by slot: ${means.map((mean) => mean.toFixed(4)).join(', ')}`)
  }
  const failed = runs.filter(({ error }) => error).length
  io.out(`Episodes: ${runs.length - failed} played, ${failed} failed`)
}
