// Operations on a recorded episode: show a step, verify it, fork it with changes.
import { memorySource } from '../episode/byte-source.ts'
import { JournalFile, verifyJournal as verifyFile } from '../episode/journal-file.ts'
import { createMemorySink } from '../episode/sink.ts'
import { EpisodeService } from '../host/episode-service.ts'
import { createWorldRegistry, type WorldRegistry } from '../host/world-registry.ts'
import { publicView, type World } from '../kernel/world.ts'
import type { Outcome, Results } from '../protocol/episode.ts'
import type { JournalHeader } from '../protocol/journal.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import type { EpisodeResult } from './run-episode.ts'

/** A journal: its text, or the path of a file (plain or zstd). `runEpisode` returns one as `journal`. */
export type Journal = { readonly text: string } | { readonly file: string }

interface WorldChoice {
  /** The world that was recorded; default: the one that the journal names, built in or from its package. */
  readonly world?: string | World | undefined
  /** Cancels the work; its reason is thrown. */
  readonly signal?: AbortSignal | undefined
}

/** How far to replay. */
export interface ReplayOptions extends WorldChoice {
  /** Number of steps after which the state is shown; default: the journal's last step. */
  readonly step?: number | undefined
}

/** A recorded episode after a step. */
export interface ReplayView {
  readonly header: JournalHeader
  readonly step: number
  /** The public view. */
  readonly view: JsonObject
  /** The observation of each slot. */
  readonly observations: readonly unknown[]
  /** The standing after this step. */
  readonly results: Results
  readonly digest: string
  /** How the episode ended; undefined: it is not finished. */
  readonly outcome: Outcome | undefined
}

/**
 * Replays a journal to a step, without checking its hashes: `verifyJournal` does that.
 *
 * @throws AppError (as a rejection) UNKNOWN_WORLD, WORLD_VERSION, STEP_OUT_OF_RANGE, JOURNAL_CORRUPT, FILE_UNREADABLE
 *
 * @example
 * import { replayEpisode } from 'paracosm/episode'
 *
 * const { view, results } = await replayEpisode({ file: 'match/journal.jsonl' }, { step: 50 })
 * console.log(view, results.scores)
 */
export function replayEpisode(journal: Journal, options: ReplayOptions = {}): Promise<ReplayView> {
  return withJournal(journal, options, async (file, world) => {
    const { line } = await file.last()
    const end = line.kind === 'outcome' ? line.line : undefined
    const last = line.kind === 'header' ? 0 : line.line.step
    const { fold } = await file.seek(
      options.step ?? last,
      () => world,
      options.signal ? { signal: options.signal } : {},
    )
    return {
      header: file.header,
      step: fold.step,
      view: publicView(world, fold.state),
      observations: file.header.slots.map((_, slot) => world.observe(fold.state, slot)),
      results: world.standing(fold.state),
      digest: world.digest(fold.state),
      outcome: end?.outcome,
    }
  })
}

/** Options of a verification. */
export type VerifyOptions = WorldChoice

/** The result of a verification. */
export interface VerifyReport {
  /** Whether every hash and every digest matches the recording. */
  readonly ok: boolean
  readonly episode: string
  readonly steps: number
  /** Digests that were compared. */
  readonly checkpoints: number
  readonly isFinished: boolean
  /** The journal's last running hash. */
  readonly hash: string
  /** The first difference; undefined if there is none. */
  readonly divergence?:
    | { readonly step: number; readonly what: string; readonly recorded: JsonValue; readonly replayed: JsonValue }
    | undefined
}

/**
 * Folds a journal again and compares every hash and digest; it stops at the first difference.
 *
 * @throws AppError (as a rejection) UNKNOWN_WORLD, WORLD_VERSION, JOURNAL_CORRUPT, FILE_UNREADABLE
 *
 * @example
 * import { runEpisode, verifyJournal } from 'paracosm/episode'
 *
 * const { journal, hash } = await runEpisode({ world: 'paint-arena', players: ['sweep', 'greedy'], seed: 1 })
 * const report = await verifyJournal(journal)
 * console.log(report.ok, report.hash === hash)
 */
export function verifyJournal(journal: Journal, options: VerifyOptions = {}): Promise<VerifyReport> {
  return withJournal(journal, options, async (file, world) => {
    const replay = await verifyFile(file, () => world, options.signal ? { signal: options.signal } : {})
    const { divergence } = replay
    return {
      ok: divergence === undefined,
      episode: file.header.episode,
      steps: replay.fold.step,
      checkpoints: replay.checkpoints,
      isFinished: replay.outcome !== undefined,
      hash: replay.hash,
      ...(divergence ? { divergence } : {}),
    }
  })
}

/** The changes of a fork. */
export interface ForkOptions extends WorldChoice {
  /** The first step that may differ. */
  readonly at: number
  /** Slots that a bot of the world takes over: the name of the bot, `{ 1: 'greedy' }`. */
  readonly players?: Readonly<Record<number, string>> | undefined
  /** Commands that replace the recorded ones at step `at`: `{ 0: { move: 'up' } }`. */
  readonly commands?: Readonly<Record<number, JsonValue>> | undefined
}

/** A fork that reached its outcome. */
export interface ForkedEpisode extends EpisodeResult {
  /** Its parent; `results` is undefined if the parent is unfinished. */
  readonly parent: { readonly episode: string; readonly step: number; readonly results: Results | undefined }
}

/**
 * Forks a recorded episode at a step, with changes; slots that are not named follow the recording.
 *
 * @throws AppError (as a rejection) STEP_OUT_OF_RANGE, SLOT_INVALID, UNKNOWN_BOT, DIVERGENT_FORK for an invalid
 * command, and the codes of `replayEpisode`
 *
 * @example
 * import { forkEpisode } from 'paracosm/episode'
 *
 * const fork = await forkEpisode({ file: 'match/journal.jsonl' }, { at: 50, players: { 0: 'random' } })
 * console.log(fork.parent.results?.scores, fork.results.scores)
 */
export function forkEpisode(journal: Journal, options: ForkOptions): Promise<ForkedEpisode> {
  return withJournal(journal, options, async (file, world, worlds) => {
    const lines: string[] = []
    const bySlot = <T>(given: Readonly<Record<number, T>> = {}): Map<number, T> =>
      new Map(Object.entries(given).map(([slot, each]) => [Number(slot), each]))
    const changes = { step: options.at, bots: bySlot(options.players), commands: bySlot(options.commands) }
    const { episode, end, parent } = await new EpisodeService({ worlds }).fork(
      file,
      world,
      changes,
      createMemorySink(lines),
    )
    return {
      episode,
      world: { id: world.id, version: world.version },
      seed: file.header.seed,
      players: file.header.slots.map(({ name }, slot) => changes.bots.get(slot) ?? name),
      outcome: end.outcome,
      results: end.results,
      steps: end.steps,
      digest: end.digest,
      hash: end.hash ?? '',
      journal: { text: `${lines.join('\n')}\n`, lines },
      parent: { episode: file.header.episode, step: options.at, results: parent?.results },
    }
  })
}

/** Opens a journal with its world for as long as `use` runs. */
async function withJournal<T>(
  journal: Journal,
  { world: named }: WorldChoice,
  use: (file: JournalFile, world: World, worlds: WorldRegistry) => Promise<T>,
): Promise<T> {
  const file = await ('file' in journal ? JournalFile.open(journal.file) : JournalFile.from(memorySource(journal.text)))
  try {
    const isValue = named !== undefined && typeof named !== 'string'
    const worlds = await createWorldRegistry({ worlds: isValue ? [named] : [] })
    return await use(file, await worlds.loadRecorded(file.header, isValue ? named.id : named), worlds)
  } finally {
    await file.close()
  }
}
