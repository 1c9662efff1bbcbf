// The episodes of a data folder: live ones by a commit log, finished ones put away compressed.
//   episodes/<id>/journal.jsonl       while it is played
//   episodes/<id>/slots.json          its tokens, readable by the owner alone, until it has ended
//   episodes/<id>/journal.jsonl.zst   afterwards, with results.json
//   log/                              the commit log
import { existsSync } from 'node:fs'
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../kernel/errors.ts'
import { splitHash } from '../kernel/journal.ts'
import type { EpisodeSummary } from '../protocol/catalogue.ts'
import type { JournalHeader } from '../protocol/journal.ts'
import type { Problem } from '../protocol/problem.ts'
import { CommitLog, type LoggedSink } from './commit-log.ts'
import type { EpisodeEnd } from './episode-parts.ts'
import { lockFolder } from './folder-lock.ts'
import { JournalFile } from './journal-file.ts'
import { readUnfinished } from './journal-tail.ts'
import { SeekableZstdWriter } from './seekable-zstd.ts'
import type { LineSink } from './sink.ts'
import type { Unfinished } from './start.ts'

const ID = /^[a-z0-9][a-z0-9-]{0,99}$/

export class Archive {
  readonly #folder: string
  readonly #log: CommitLog
  readonly #unlock: () => Promise<void>
  readonly #live = new Map<string, LoggedSink>()
  readonly #summaries: Map<string, EpisodeSummary>

  private constructor(
    folder: string,
    held: { log: CommitLog; unlock: () => Promise<void> },
    summaries: Map<string, EpisodeSummary>,
  ) {
    this.#folder = folder
    this.#log = held.log
    this.#unlock = held.unlock
    this.#summaries = summaries
  }

  /**
   * Opens a data folder, completes what a crash left behind, and reads what is there.
   * @throws AppError FILE_UNWRITABLE; DATA_IN_USE when another process has it open
   */
  static async open(folder: string): Promise<Archive> {
    const episodes = join(folder, 'episodes')
    await mkdir(episodes, { recursive: true }).catch((cause: unknown) => {
      throw new AppError('FILE_UNWRITABLE', `cannot keep episodes in ${folder}`, { cause })
    })
    const unlock = await lockFolder(folder)
    const log = await CommitLog.open(join(folder, 'log'), (id) => join(episodes, id, 'journal.jsonl'))
    const summaries = new Map<string, EpisodeSummary>()
    for (const id of (await readdir(episodes)).filter((name) => ID.test(name)).sort()) {
      if (await hasNoDurableLine(join(episodes, id))) await rm(join(episodes, id), { recursive: true })
      else summaries.set(id, await summarise(id, join(episodes, id)))
    }
    return new Archive(folder, { log, unlock }, summaries)
  }

  #path(id: string, name: string): string {
    if (!ID.test(id)) throw new AppError('UNKNOWN_EPISODE', 'that is not the id of an episode')
    return join(this.#folder, 'episodes', id, name)
  }

  /** All episodes that are not live here, newest first. */
  list(): EpisodeSummary[] {
    return [...this.#summaries.values()].reverse()
  }

  get(id: string): EpisodeSummary | undefined {
    return this.#summaries.get(id)
  }

  /** Makes room for a new episode. Its tokens are kept so that players find back after a restart. */
  async create(id: string, tokens: readonly string[]): Promise<LineSink> {
    await mkdir(this.#path(id, '.'), { recursive: true })
    const path = this.#path(id, 'slots.json')
    await writeFile(path, JSON.stringify({ tokens }), { mode: 0o600 })
    await chmod(path, 0o600)
    return this.#attach(id, 0)
  }

  async #attach(id: string, lines: number): Promise<LineSink> {
    const sink = await this.#log.sink(id, this.#path(id, 'journal.jsonl'), lines)
    this.#live.set(id, sink)
    return sink
  }

  /** Reads an unfinished episode, to go on with it. */
  async reopen(id: string): Promise<{ journal: Unfinished; tokens: readonly string[] | undefined; sink: LineSink }> {
    const journal = await readUnfinished(this.#path(id, 'journal.jsonl'))
    const sink = await this.#attach(id, journal.lines.length)
    this.#summaries.delete(id)
    return { journal, tokens: await readTokens(this.#path(id, 'slots.json')), sink }
  }

  /** Lets go of an episode that cannot be gone on with; it stays in the list, as broken, with the reason. */
  async abandon(id: string, problem: Problem): Promise<void> {
    await this.#live.get(id)?.close()
    this.#live.delete(id)
    this.#summaries.set(id, { ...brokenSummary(id), problem })
  }

  /** Puts a finished episode away: results beside the compressed journal. */
  async finish(id: string, end: EpisodeEnd): Promise<void> {
    this.#live.delete(id)
    await writeWhole(this.#path(id, 'results.json'), `${JSON.stringify(end.results, undefined, 2)}\n`)
    await this.#compress(id)
    this.#summaries.set(id, await summarise(id, this.#path(id, '.')))
  }

  async #compress(id: string): Promise<void> {
    const plain = this.#path(id, 'journal.jsonl')
    const packed = this.#path(id, 'journal.jsonl.zst')
    const writer = new SeekableZstdWriter()
    {
      await using source = await open(plain, 'r')
      await using target = await open(`${packed}.tmp`, 'w')
      for await (const chunk of source.createReadStream({ autoClose: false })) {
        if (Buffer.isBuffer(chunk)) await target.appendFile(writer.add(chunk))
      }
      await target.appendFile(writer.end())
      await target.sync()
    }
    await rename(`${packed}.tmp`, packed)
    await rm(plain)
    await rm(this.#path(id, 'slots.json'), { force: true })
  }

  /** Where an episode's journal lies now, with everything that is durable in it. */
  async journalPath(id: string): Promise<string> {
    await this.#live.get(id)?.catchUp()
    const packed = this.#path(id, 'journal.jsonl.zst')
    const plain = this.#path(id, 'journal.jsonl')
    if (existsSync(packed)) return packed
    if (existsSync(plain)) return plain
    throw new AppError('UNKNOWN_EPISODE', `there is no episode ${id}`)
  }

  /** Removes a finished episode and everything of it. */
  async remove(id: string): Promise<void> {
    this.#summaries.delete(id)
    await rm(this.#path(id, '.'), { recursive: true, force: true })
  }

  /** What stopped before its end: an orderly stop or a crash left it. */
  unfinished(): string[] {
    return [...this.#summaries.values()].filter((each) => each.status === 'unfinished').map((each) => each.id)
  }

  async close(): Promise<void> {
    await this.#log.close()
    await this.#unlock()
  }
}

/** Created, and killed before its first line was durable: nobody was told of it. */
async function hasNoDurableLine(folder: string): Promise<boolean> {
  const names = await readdir(folder)
  if (names.includes('journal.jsonl.zst')) return false
  return !names.includes('journal.jsonl') || (await stat(join(folder, 'journal.jsonl'))).size === 0
}

async function readTokens(path: string): Promise<readonly string[] | undefined> {
  if (!existsSync(path)) return undefined
  const value: unknown = JSON.parse(await readFile(path, 'utf8'))
  const tokens = typeof value === 'object' && value !== null && 'tokens' in value ? value.tokens : undefined
  return Array.isArray(tokens) ? tokens.map(String) : undefined
}

/** Writes a file whole or not at all. */
async function writeWhole(path: string, text: string): Promise<void> {
  {
    await using file = await open(`${path}.tmp`, 'w')
    await file.appendFile(text)
    await file.sync()
  }
  await rename(`${path}.tmp`, path)
}

/** A summary of a live episode, or of one on disk, by its header. */
export function summariseHeader(header: JournalHeader, status: EpisodeSummary['status']): EpisodeSummary {
  return {
    id: header.episode,
    status,
    world: header.world,
    variant: header.variant,
    seed: header.seed,
    players: header.slots,
    started_at: header.started_at,
    steps: 0,
    outcome: null,
    results: null,
    hash: null,
  }
}

async function summarise(id: string, folder: string): Promise<EpisodeSummary> {
  const packed = join(folder, 'journal.jsonl.zst')
  try {
    const file = await JournalFile.open(existsSync(packed) ? packed : join(folder, 'journal.jsonl'))
    try {
      const { line, text } = await file.last()
      const base = summariseHeader(file.header, 'unfinished')
      if (line.kind === 'header') return base
      if (line.kind !== 'outcome') return { ...base, steps: line.line.step }
      const { step, outcome, results } = line.line
      return { ...base, status: 'finished', steps: step, outcome, results, hash: splitHash(text)?.hash ?? null }
    } finally {
      await file.close()
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { ...brokenSummary(id), problem: error.toProblem() }
  }
}

function brokenSummary(id: string): EpisodeSummary {
  return {
    id,
    status: 'broken',
    world: null,
    variant: null,
    seed: null,
    players: [],
    started_at: null,
    steps: 0,
    outcome: null,
    results: null,
    hash: null,
  }
}
