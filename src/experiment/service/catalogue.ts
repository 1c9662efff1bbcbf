// The studies of a server: files given at its start, and studies that researchers added. All are in the store, so that
// every server on it has the same ones.

import { closestOf } from '../../kernel/closest.ts'
import { AppError } from '../../kernel/errors.ts'
import { JsonObject } from '../../protocol/json.ts'
import { foldName, type StoredStudy } from '../../store/studies/studies.ts'
import { checkStudyFile, readStudyFile } from '../file/read-study-file.ts'
import type { Study } from '../study.ts'
import type { OpenStudy, StudyEnvironment } from './environment.ts'

/** Maximum number of parsed studies kept in memory. */
const MAX_READ = 200

export class StudyCatalogue {
  readonly #at: Pick<StudyEnvironment, 'studies' | 'games' | 'worlds' | 'hasModels'>
  readonly #read = new Map<string, Study>()

  constructor(at: Pick<StudyEnvironment, 'studies' | 'games' | 'worlds' | 'hasModels'>) {
    this.#at = at
  }

  /** The names that a file may use. */
  get #known() {
    const { games, worlds } = this.#at
    return { games: games.all.map(({ game }) => game), worlds }
  }

  /** Every fault of a file, for editors. */
  check(source: string) {
    return checkStudyFile(source, this.#known)
  }

  /**
   * Adds a study, or replaces its file.
   * @param from the path of its file, or its name in errors
   * @throws AppError EXPERIMENT_INVALID
   */
  async add(source: string, from: { readonly where: string; readonly stem?: string | undefined }): Promise<Study> {
    const { study, config } = readStudyFile(source, from.where, this.#known)
    if (study.name.trim() === '' || study.name.length > 200 || /[/\p{Cc}]/u.test(study.name)) {
      throw new AppError(
        'EXPERIMENT_INVALID',
        `${from.where}: the name ${JSON.stringify(study.name)} cannot be part of a URL`,
        {
          hint: 'Use letters, digits, spaces and hyphens, at most 200 characters.',
        },
      )
    }
    const { name, generation, settings } = study
    this.#requireModels(study, from.where)
    const completing = settings.completing_reasons
    await this.#at.studies.put({
      name,
      generation,
      source,
      alias: from.stem,
      completing,
      config: JsonObject.parse(config),
    })
    return study
  }

  /** A study that could never be played is refused at once, not when its first participant arrives. */
  #requireModels({ settings }: Study, where: string): void {
    if (this.#at.hasModels) return
    for (const [name, { players }] of Object.entries(settings.worlds)) {
      if (!players.some((player) => typeof player === 'object' && 'model' in player)) continue
      throw new AppError('EXPERIMENT_INVALID', `${where}: a model plays in the arm ${name}, and this server has none`, {
        hint: 'Start the server with --model, or let a bot play.',
      })
    }
  }

  /**
   * The study with this name, ignoring case and surrounding blanks; its file stem also works.
   * @param generation restricts the lookup, for routes of one generation
   * @throws AppError UNKNOWN_EXPERIMENT
   */
  async open(name: string, generation?: Study['generation']): Promise<OpenStudy> {
    const stored = await this.#at.studies.find(name)
    if (stored && (generation === undefined || stored.generation === generation)) return this.#parse(stored)
    const names = (await this.#at.studies.list()).map((each) => each.name)
    const close = closestOf(foldName(name), names)
    throw new AppError('UNKNOWN_EXPERIMENT', `Experiment not found: ${name}`, {
      ...(close === undefined ? {} : { hint: `Did you mean ${close}?` }),
    })
  }

  async list(): Promise<OpenStudy[]> {
    return (await this.#at.studies.list()).map((stored) => this.#parse(stored))
  }

  #parse(stored: StoredStudy): OpenStudy {
    const { source, isClosed } = stored
    const known = this.#read.get(source)
    if (known) return { study: known, isClosed, source }
    const { generation } = stored
    const { study: read } = readStudyFile(source, stored.name, { ...this.#known, generation })
    // The name in the row: a file whose name differs only in case is the same study.
    const study = { ...read, name: stored.name }
    if (this.#read.size >= MAX_READ) this.#read.clear()
    this.#read.set(source, study)
    return { study, isClosed, source }
  }
}
