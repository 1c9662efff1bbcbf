// The scenario files of a server: listed, made, answered in the background, and judged. A file is locked while it is
// changed, so that a command on the same folder waits its turn.
import { readdir } from 'node:fs/promises'
import type { createClient } from '../../client/client.ts'
import { AppError } from '../../kernel/errors.ts'
import { Mutex } from '../../lib/mutex.ts'
import type { Character } from '../../protocol/character.ts'
import type { HitlFile, HitlScenario } from '../../protocol/hitl.ts'
import type { HitlList, HitlState, JudgeHitl } from '../../protocol/hitl-routes.ts'
import { JsonObject } from '../../protocol/json.ts'
import { unjudgedOf } from './feedback.ts'
import { answerScenarios, pendingOf, type ResponseReport } from './responses.ts'
import {
  createHitlFile,
  findHitlFile,
  hitlPath,
  lockHitlFile,
  newHitlFile,
  readHitlFile,
  saveHitlFile,
} from './scenario-file.ts'

/** Scenarios that a character answers at the same time. */
const CONCURRENCY = 4

/** A file while its character answers: judgements change the same object. */
interface Answering {
  readonly file: HitlFile
  readonly stop: AbortController
  readonly done: Promise<void>
}

const scenariosOf = ({ scenario_groups }: HitlFile): HitlScenario[] =>
  scenario_groups.flatMap(({ scenarios }) => scenarios)

export class HitlDesk {
  readonly #folder: string
  readonly #onFault: (error: unknown) => void
  readonly #answering = new Map<string, Answering>()
  readonly #failed = new Map<string, ResponseReport['failed']>()
  /** One change at a time. */
  readonly #turn = new Mutex()

  constructor(folder: string, onFault: (error: unknown) => void) {
    this.#folder = folder
    this.#onFault = onFault
  }

  async list(): Promise<HitlList> {
    const names = await readdir(this.#folder).catch((error: unknown): string[] => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
      throw error
    })
    const found = names.toSorted((one, other) => (one < other ? -1 : 1))
    const hids = found.flatMap((name) => /^([\w.-]+)-(?:test-cases|scenarios)\.json$/.exec(name)?.[1] ?? [])
    const states = await Promise.all([...new Set(hids)].map((hid) => this.read(hid)))
    return { characters: states.map(({ progress }) => progress) }
  }

  /** @throws AppError FILE_UNREADABLE, VALIDATION_ERROR, JSON_MALFORMED */
  async read(hid: string): Promise<HitlState> {
    const busy = this.#answering.get(hid)
    const file = busy?.file ?? (await readHitlFile(await this.#path(hid)))
    const all = scenariosOf(file)
    return {
      progress: {
        npc_hid: file.npc_hid,
        scenarios: all.length,
        attempts: all.reduce((sum, { attempts }) => sum + attempts.length, 0),
        unanswered: all.flatMap(pendingOf).length,
        unjudged: all.flatMap(unjudgedOf).length,
        is_answering: busy !== undefined,
      },
      file: JsonObject.parse(JSON.parse(JSON.stringify(file))),
      failed: [...(this.#failed.get(hid) ?? [])],
    }
  }

  /** @throws AppError NOT_FOUND, FILE_EXISTS */
  async create(
    { npc_hid: hid, game, pc_hid }: { readonly npc_hid: string; readonly game: string; readonly pc_hid: string | null },
    roster: readonly Character[],
  ): Promise<HitlState> {
    const character = roster.find((each) => each.hid === hid)
    if (!character) throw new AppError('NOT_FOUND', `There is no character ${hid}.`)
    const human =
      roster.find((each) => each.hid === 'NA') ??
      roster.find((each) => each.is_human && each.pc_eligible && each.hid !== hid)
    const player = pc_hid ?? human?.hid
    const file = newHitlFile({ character, game, player, generation: 'newer', now: new Date() })
    await createHitlFile(hitlPath(this.#folder, hid, 'newer'), file)
    return this.read(hid)
  }

  async #path(hid: string): Promise<string> {
    const path = await findHitlFile(this.#folder, hid)
    if (path !== undefined) return path
    throw new AppError('NOT_FOUND', `There are no scenarios of ${hid} on this server.`)
  }

  /**
   * Lets the character answer what is pending; returns at once. A second call while it answers changes nothing.
   * @throws AppError NOT_FOUND, DATA_IN_USE
   */
  async answer(hid: string, client: ReturnType<typeof createClient>, regenerates: boolean): Promise<HitlState> {
    await this.#turn.run(async () => {
      if (this.#answering.has(hid)) return
      const path = await this.#path(hid)
      const lock = await lockHitlFile(path)
      try {
        const file = await readHitlFile(path)
        const stop = new AbortController()
        const run = async (): Promise<void> => {
          const { signal } = stop
          const about = { regenerates, onlyHistory: false, includesEmpty: true, concurrency: CONCURRENCY }
          const work = { client, path, file, signal, isWanted: () => true, onProgress: () => undefined }
          try {
            this.#failed.set(hid, (await answerScenarios({ ...work, ...about })).failed)
          } catch (error) {
            if (!signal.aborted) this.#onFault(error)
          } finally {
            this.#answering.delete(hid)
            lock[Symbol.dispose]()
          }
        }
        this.#answering.set(hid, { file, stop, done: run() })
      } catch (error) {
        lock[Symbol.dispose]()
        throw error
      }
    })
    return this.read(hid)
  }

  /** Stores a verdict, in place of an earlier one. @throws AppError NOT_FOUND, DATA_IN_USE */
  async judge(hid: string, { scenario: id, attempt: number, ...verdict }: JudgeHitl): Promise<HitlState> {
    await this.#turn.run(async () => {
      const path = await this.#path(hid)
      const busy = this.#answering.get(hid)
      using _lock = busy ? undefined : await lockHitlFile(path)
      const file = busy?.file ?? (await readHitlFile(path))
      const found = scenariosOf(file).find((each) => each.id === id)?.attempts[number]
      if (!found) throw new AppError('NOT_FOUND', `${hid} has no attempt ${number} of a scenario ${id}.`)
      if (typeof found.simulator_response !== 'string')
        throw new AppError('VALIDATION_ERROR', 'The character has not answered this attempt yet.')
      found.evaluator_feedback = { ...verdict, submitted_at: new Date().toISOString() }
      await saveHitlFile(path, file)
    })
    return this.read(hid)
  }

  /** Stops answering. What was answered is saved. */
  async close(): Promise<void> {
    const all = [...this.#answering.values()]
    for (const { stop } of all) stop.abort()
    await Promise.all(all.map(({ done }) => done))
  }
}
