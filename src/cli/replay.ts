// `paracosm replay`: shows, verifies, forks and watches recorded episodes.

import { rm, stat } from 'node:fs/promises'
import { Command, InvalidArgumentError } from 'commander'
import { worldOfRecording } from '../adapters/coworld/recorded.ts'
import { serveReplays } from '../adapters/coworld/replay-process.ts'
import { parseUriPolicy } from '../adapters/coworld/uri-policy.ts'
import { createFileSink } from '../episode/file-sink.ts'
import { JournalFile, verifyJournal } from '../episode/journal-file.ts'
import { EpisodeService } from '../host/episode-service.ts'
import { at } from '../kernel/at.ts'
import { AppError } from '../kernel/errors.ts'
import { parseJson } from '../kernel/parse.ts'
import { type Divergence, MAX_REPLAY_STEPS } from '../kernel/replay.ts'
import { publicView } from '../kernel/world.ts'
import { placeFile, temporaryPath } from '../lib/files.ts'
import type { JsonValue } from '../protocol/json.ts'
import { EXIT, type Io, printJson } from './io.ts'
import { parseCount, parsePort, parseStep } from './options.ts'
import { createProgress } from './progress.ts'
import { printTable } from './table.ts'
import { loadRecordedWorld, recordedWorldOption } from './world-names.ts'

interface FoldLimits extends WorldFlag {
  readonly maxSteps?: number
  readonly json?: boolean
}

interface ShowOptions extends FoldLimits {
  readonly step?: number
}

interface WorldFlag {
  /** The world to use instead of the recorded one. */
  readonly world?: string
}

const MAX_STEPS_HELP = `refuse journals with more steps; default: ${MAX_REPLAY_STEPS}`

export function createCommand(io: Io): Command {
  const replay = new Command('replay')
    .description('Show, verify, fork and watch recorded episodes.')
    .addHelpText(
      'after',
      '\nExamples:\n  paracosm replay show match/journal.jsonl\n  paracosm replay verify match/journal.jsonl',
    )
  replay
    .command('show <journal>')
    .description('Show what a journal contains. With --step, also show the public view after that step.')
    .option('--step <n>', 'show the view after this step', parseStep)
    .option('--max-steps <n>', MAX_STEPS_HELP, parseCount)
    .addOption(recordedWorldOption())
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  paracosm replay show journal.jsonl --step 50')
    .action((path: string, options: ShowOptions) => show(io, path, options))
  replay
    .command('verify <journal>')
    .description('Replay a journal, compare every hash and digest, and stop at the first difference.')
    .option('--max-steps <n>', MAX_STEPS_HELP, parseCount)
    .addOption(recordedWorldOption())
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExit status 1 if the journal does not match its replay.\n\nExample:\n  paracosm replay verify journal.jsonl',
    )
    .action((path: string, options: FoldLimits) => verify(io, path, options))
  replay
    .command('fork <journal>')
    .description('Continue from a step with a change. Slots that you do not change follow the recording.')
    .requiredOption('--at <step>', 'the first step that may differ', parseStep)
    .requiredOption('-o, --output <file>', 'the new journal')
    .option('--force', 'replace an existing file')
    .option('--player <slot=bot>', 'give a slot to a bot (repeatable)', collectPair, new Map<number, string>())
    .option(
      '--command <slot=json>',
      'replace the command of a slot at that step (repeatable)',
      collectPair,
      new Map<number, string>(),
    )
    .addOption(recordedWorldOption())
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  paracosm replay fork journal.jsonl --at 50 --player 1=greedy -o fork.jsonl
  paracosm replay fork journal.jsonl --at 50 --command '0={"move":"up"}' -o fork.jsonl`,
    )
    .action((path: string, options: ForkOptions) => fork(io, path, options))
  replay
    .command('open <recording>')
    .description('Watch a journal or replay document in a browser.')
    .option('--port <port>', 'port; default: any free one', parsePort, 0)
    .addOption(recordedWorldOption())
    .addHelpText('after', '\nExample:\n  paracosm replay open journal.jsonl')
    .action((path: string, options: { port: number } & WorldFlag) => openReplay(io, path, options))
  return replay
}

function collectPair(text: string, previous: ReadonlyMap<number, string>): ReadonlyMap<number, string> {
  const match = /^(\d{1,3})=(.+)$/s.exec(text)
  if (!match) throw new InvalidArgumentError('Give a slot and a value, for example 1=greedy.')
  return new Map([...previous, [Number(match[1]), at(match, 2)]])
}

async function show(io: Io, path: string, options: ShowOptions): Promise<void> {
  const file = await JournalFile.open(path)
  try {
    const { header } = file
    const { line, isTorn } = await file.last()
    const end = line.kind === 'outcome' ? line.line : undefined
    const steps = line.kind === 'header' ? 0 : line.line.step
    const view = options.step === undefined ? undefined : await viewAt(io, file, { ...options, step: options.step })
    if (options.json) {
      printJson(io, {
        header,
        steps,
        is_torn: isTorn,
        outcome: end?.outcome ?? null,
        results: end?.results ?? null,
        ...(view ? { view } : {}),
      })
      return
    }
    io.out(
      `${header.world.id} ${header.world.version}, variant ${header.variant ?? 'none'}, seed ${header.seed}, started ${header.started_at}`,
    )
    if (header.parent) io.out(`Forked from ${header.parent.episode} at step ${header.parent.step}`)
    const scores = end?.results.scores ?? []
    printTable(
      io,
      ['Slot', 'Player', 'Kind', 'Score'],
      header.slots.map((slot, index) => [String(index), slot.name, slot.kind, String(scores[index] ?? '-')]),
    )
    io.out(
      end
        ? `${steps} steps. ${end.outcome.ended}: ${end.outcome.reason}`
        : `${steps} steps so far; unfinished${isTorn ? ', last line incomplete' : ''}`,
    )
    if (view) io.out(JSON.stringify(view, undefined, 2))
  } finally {
    await file.close()
  }
}

async function viewAt(io: Io, file: JournalFile, options: ShowOptions & { step: number }): Promise<JsonValue> {
  const { step, maxSteps = MAX_REPLAY_STEPS } = options
  const world = await loadRecordedWorld(io, file.header, options.world)
  const { fold } = await file.seek(step, () => world, { signal: io.signal, maxSteps })
  return {
    step,
    digest: world.digest(fold.state),
    view: publicView(world, fold.state),
    standing: world.standing(fold.state),
  }
}

async function verify(io: Io, path: string, options: FoldLimits): Promise<void> {
  const { maxSteps = MAX_REPLAY_STEPS } = options
  const file = await JournalFile.open(path)
  try {
    const world = await loadRecordedWorld(io, file.header, options.world)
    const { line } = await file.last()
    const total = line.kind === 'header' ? 0 : line.line.step
    const onProgress = createProgress(io, { unit: 'steps', total })
    const replay = await verifyJournal(file, () => world, { maxSteps, signal: io.signal, onProgress })
    const { divergence } = replay
    const isSameCode = file.header.world.code === world.code
    const report = {
      ok: divergence === undefined,
      episode: file.header.episode,
      steps: replay.fold.step,
      checkpoints: replay.checkpoints,
      is_finished: replay.outcome !== undefined,
      is_same_code: isSameCode,
      hash: replay.hash,
      ...(divergence ? { divergence: { ...divergence } } : {}),
    }
    if (options.json) printJson(io, report)
    else {
      for (const line of divergence ? formatDivergence(divergence) : []) io.out(line)
      if (!divergence) {
        io.out(
          `Verified: ${report.steps} steps, ${report.checkpoints} digests match${report.is_finished ? '' : '; the episode is unfinished'}.`,
        )
        io.out(`Hash: ${report.hash}`)
      }
      if (!isSameCode) io.out('The source code of the world has changed since the recording, but its version has not.')
    }
    if (divergence) io.exit(EXIT.failed)
  } finally {
    await file.close()
  }
}

const MAX_SIDE = 2000

function formatDivergence(divergence: Divergence): string[] {
  const side = (value: JsonValue): string => {
    const text = JSON.stringify(value)
    return text.length > MAX_SIDE ? `${text.slice(0, MAX_SIDE)} …` : text
  }
  return [
    `Diverges at step ${divergence.step} (line ${divergence.line}): ${divergence.what}`,
    `  recorded: ${side(divergence.recorded)}`,
    `  replayed: ${side(divergence.replayed)}`,
  ]
}

interface ForkOptions extends WorldFlag {
  readonly at: number
  readonly output: string
  readonly player: ReadonlyMap<number, string>
  readonly command: ReadonlyMap<number, string>
  readonly force?: boolean
  readonly json?: boolean
}

async function fork(io: Io, source: string, options: ForkOptions): Promise<void> {
  const file = await JournalFile.open(source)
  try {
    const world = await loadRecordedWorld(io, file.header, options.world)
    const commands = new Map([...options.command].map(([slot, text]) => [slot, parseJson(text, `--command ${slot}`)]))
    // A file that is replaced keeps its content until the fork is complete; it may be the recording itself.
    if (options.force) await refuseSpecial(options.output)
    const path = options.force ? temporaryPath(options.output) : options.output
    const sink = await createFileSink(path)
    const changes = { step: options.at, bots: options.player, commands }
    const episodes = new EpisodeService({ worlds: io.worlds })
    const result = await episodes.fork(file, world, changes, sink).catch(async (error: unknown) => {
      // An incomplete fork is useless, and its file would block the corrected command.
      await sink.close().catch(() => undefined)
      await rm(path, { force: true })
      throw error
    })
    if (options.force) await placeFile(path, options.output, { replace: true })
    const { end, parent } = result
    if (options.json) {
      printJson(io, {
        ok: true,
        journal: options.output,
        episode: result.episode,
        parent: { episode: file.header.episode, step: options.at, results: parent?.results ?? null },
        outcome: end.outcome,
        results: end.results,
        digest: end.digest,
        hash: end.hash ?? null,
      })
      return
    }
    printTable(
      io,
      ['Slot', 'Player', 'Recorded', 'Forked'],
      file.header.slots.map((slot, index) => [
        String(index),
        options.player.has(index) ? `${slot.name} -> ${options.player.get(index)}` : slot.name,
        String(parent?.results.scores[index] ?? '-'),
        String(end.results.scores[index] ?? '-'),
      ]),
    )
    io.out(`Journal: ${options.output}`)
  } finally {
    await file.close()
  }
}

/** A device, pipe or folder is never replaced. */
async function refuseSpecial(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found && !found.isFile()) throw new AppError('FILE_UNWRITABLE', `${path} is not a regular file`)
}

/** The world of a replay document that does not name one, as those of the original do not. */
const UNNAMED_WORLD = 'paint-arena'

async function openReplay(io: Io, path: string, options: { port: number } & WorldFlag): Promise<void> {
  const recorded = await worldOfRecording(path)
  const world = recorded?.header
    ? await loadRecordedWorld(io, recorded.header, options.world)
    : await io.worlds.load(options.world ?? recorded?.id ?? UNNAMED_WORLD)
  await serveReplays(world, {
    host: '127.0.0.1',
    port: options.port,
    uri: path,
    policy: parseUriPolicy([], [path]),
    isHosted: false,
    signal: io.signal,
    onFault: (error) => io.err(`error: ${error instanceof Error ? error.message : String(error)}`),
    onListening: (port) => {
      io.out(`Replay: http://127.0.0.1:${port}/clients/replay`)
      io.out('Press Ctrl-C to stop.')
    },
  })
}
