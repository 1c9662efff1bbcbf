// The output folder of `paracosm run`: refused or replaced when it holds an episode already, and left without a journal
// if the episode never started, so that the corrected command can use it.
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createFileSink } from '../episode/file-sink.ts'
import type { LineSink } from '../episode/sink.ts'
import { AppError } from '../kernel/errors.ts'
import { writeFileWhole } from '../lib/files.ts'
import { makeFolder } from '../lib/folders.ts'

/** What a run writes into its folder. */
const ARTEFACTS = ['journal.jsonl', 'results.json', 'replay.json', 'logs'] as const

export class RunOutput {
  readonly folder: string
  readonly #sink: LineSink

  private constructor(folder: string, sink: LineSink) {
    this.folder = folder
    this.#sink = sink
  }

  /**
   * @param isForced whether the artefacts of an earlier run are replaced
   * @throws AppError FILE_EXISTS, FILE_UNWRITABLE
   */
  static async open(folder: string, isForced: boolean): Promise<RunOutput> {
    if (isForced) for (const name of ARTEFACTS) await rm(join(folder, name), { recursive: true, force: true })
    else await refuseUsed(folder)
    await makeFolder(join(folder, 'logs'))
    return new RunOutput(folder, await createFileSink(join(folder, 'journal.jsonl')))
  }

  get journal(): string {
    return join(this.folder, 'journal.jsonl')
  }

  get replay(): string {
    return join(this.folder, 'replay.json')
  }

  get sink(): LineSink {
    return this.#sink
  }

  /** The log of the program in a slot. */
  logOf(slot: number): string {
    return join(this.folder, 'logs', `policy_agent_${slot}.txt`)
  }

  async writeResults(results: unknown): Promise<void> {
    await writeFileWhole(join(this.folder, 'results.json'), `${JSON.stringify(results, undefined, 2)}\n`)
  }

  /**
   * Closes the journal of a failed run. A journal without steps is removed. @param steps number of steps made
   */
  async fail(steps: number): Promise<void> {
    // The first failure is reported; a second failure of the same file adds nothing.
    await this.#sink.close().catch(() => undefined)
    if (steps === 0) await rm(this.journal, { force: true })
  }
}

async function refuseUsed(folder: string): Promise<void> {
  for (const name of ARTEFACTS) {
    const path = join(folder, name)
    const found = name === 'logs' ? undefined : await stat(path).catch(() => undefined)
    if (found) {
      throw new AppError('FILE_EXISTS', `${path} exists already`, {
        hint: 'Choose another folder, or replace the earlier run with --force.',
        details: { path },
      })
    }
  }
}
