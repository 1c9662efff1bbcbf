// The commands of a recorded episode, as rows for the command log: every input and every refusal, with the slot's
// perception at that moment if its world provides one.
import type { JournalFile } from '../episode/journal-file.ts'
import type { WorldRegistry } from '../host/world-registry.ts'
import { corrupt, parseLine, splitHash } from '../kernel/journal.ts'
import { Replay } from '../kernel/replay.ts'
import type { World } from '../kernel/world.ts'
import type { LoggedEpisode, NewCommandLogRow } from '../protocol/command-log.ts'
import type { PlayerRef, Refusal } from '../protocol/episode.ts'
import { isObject } from '../protocol/is-object.ts'
import type { JournalHeader, JournalLine, StepLine } from '../protocol/journal.ts'
import type { JsonObject, JsonValue } from '../protocol/json.ts'
import { PERCEPTION_PROTOCOL_VERSION } from '../protocol/perception.ts'
import type { ForeignRow } from '../store/log-import.ts'

/** Without a rate, the duration of a step is unknown; one millisecond keeps the steps in order. */
const STEP_MS = 1
/** Rows after which other tasks get a turn. */
const TURN = 100
const MAX_NAME = 64

/** The origin, in the log, of rows from an episode's journal. */
export const journalOrigin = (episode: string): string => `journal:${episode}`

/** The start of a step: the start of the episode plus the steps at its rate. Milliseconds UTC. */
function timeOf(header: JournalHeader, step: number): number {
  const { pacing } = header
  const ms = pacing.mode === 'rate' ? (step * 1000) / pacing.stepsPerSecond : step * STEP_MS
  return Date.parse(header.started_at) + Math.round(ms)
}

/** The name of a command, and its parameters. `{command, params}` of the perception protocol is not changed. */
export function splitCommand(json: JsonValue): { command: string; params: JsonObject } {
  if (typeof json !== 'object' || json === null || !isObject(json))
    return { command: 'command', params: { value: json } }
  const { command, params } = json
  if (typeof command === 'string' && command !== '' && params !== undefined && isObject(params)) {
    return { command: command.slice(0, MAX_NAME), params }
  }
  for (const key of ['command', 'type', 'kind', 'action']) {
    const { [key]: word, ...rest } = json
    if (typeof word === 'string' && word !== '') return { command: word.slice(0, MAX_NAME), params: rest }
  }
  // `{move: 'up'}`: the first key is the name.
  const [first = 'command'] = Object.keys(json)
  return { command: first.slice(0, MAX_NAME) || 'command', params: json }
}

/** A journal to read, and the source of its world. */
export interface JournalSource {
  /** Opens the journal again; every reader closes what it opened. */
  open(): Promise<JournalFile>
  readonly worlds: WorldRegistry
  /** Overrides the world named in the journal: an id, a path or a package. */
  readonly world?: string | undefined
}

/**
 * Every command of a journal, numbered in order. For a torn or unfinished journal, the commands it contains.
 * @param isWanted whether to return the commands of a slot; numbers are not affected
 * @throws AppError JOURNAL_CORRUPT, JOURNAL_VERSION, UNKNOWN_WORLD, WORLD_VERSION, FILE_UNREADABLE
 */
export async function* readJournalCommands(
  source: JournalSource,
  isWanted: (slot: number, agent: string) => boolean = () => true,
): AsyncGenerator<ForeignRow> {
  const file = await source.open()
  try {
    const world = await source.worlds.loadRecorded(file.header, source.world)
    const reader = new JournalReader(file.header, world)
    let turn = 0
    for await (const batch of file.lines()) {
      for (const text of batch) {
        for (const found of reader.take(text)) {
          if (!isWanted(found.slot, found.foreign.row.agent_id)) continue
          yield found.foreign
          if (++turn % TURN === 0) await new Promise((resolve) => setImmediate(resolve))
        }
      }
    }
    for (const found of reader.end()) if (isWanted(found.slot, found.foreign.row.agent_id)) yield found.foreign
  } finally {
    await file.close()
  }
}

interface Found {
  readonly slot: number
  readonly foreign: ForeignRow
}

class JournalReader {
  readonly #header: JournalHeader
  readonly #world: World
  readonly #replay: Replay
  readonly #players: PlayerRef[]
  /** The last command of each slot: its reward is known when the slot's next command comes. */
  readonly #last = new Map<number, Found>()
  #count = 0

  constructor(header: JournalHeader, world: World) {
    this.#header = header
    this.#world = world
    this.#replay = new Replay(() => world, { chain: false, digests: false })
    this.#players = [...header.slots]
  }

  /** The commands of one line; the world is then in the state after it. */
  take(text: string): Found[] {
    const split = splitHash(text)
    if (!split) throw corrupt(0, 'has no hash')
    const line: JournalLine = parseLine(split.body, 0)
    const found = line.kind === 'step' ? this.#commands(line.line) : []
    // A world without perceptions needs no replay.
    if (this.#world.perception || line.kind === 'header') this.#replay.take(line)
    return found
  }

  /** The last command of each slot, after all lines. */
  end(): Found[] {
    if (this.#last.size === 0) return []
    const { scores } = this.#world.standing(this.#replay.fold.state)
    return [...this.#last.values()].map((found) => withScore(found, scores[found.slot]))
  }

  #commands(line: StepLine): Found[] {
    for (const [slot, change] of line.changes ?? []) this.#players[slot] = change.player
    const inputs = line.inputs ?? []
    const refused = line.refused ?? []
    if (inputs.length + refused.length === 0) return []
    if (this.#world.perception) this.#replay.advanceTo(line.step)
    const perceptions = new Map<number, JsonObject | null>()
    const row = (slot: number, json: JsonValue, refusal?: Refusal): Found => {
      const known = perceptions.get(slot)
      const body = known === undefined ? this.#perceive(slot, line.step) : known
      perceptions.set(slot, body)
      return { slot, foreign: this.#row({ slot, json, step: line.step, body }, refusal) }
    }
    const found = [
      ...inputs.map(([slot, json]) => row(slot, json)),
      ...refused.map(([slot, json, refusal]) => row(slot, json, refusal)),
    ]
    return this.#world.perception ? this.#settle(found) : found
  }

  /** The previous commands of the same slots, with the slots' current scores. */
  #settle(found: readonly Found[]): Found[] {
    const { scores } = this.#world.standing(this.#replay.fold.state)
    return found.flatMap((each) => {
      const before = this.#last.get(each.slot)
      this.#last.set(each.slot, each)
      return before ? [withScore(before, scores[each.slot])] : []
    })
  }

  #agent(slot: number): string {
    return (this.#players[slot]?.name ?? `slot-${slot}`).slice(0, MAX_NAME)
  }

  #perceive(slot: number, step: number): JsonObject | null {
    const body = this.#world.perception?.perceive(this.#replay.fold.state, slot)
    if (!body) return null
    const timestamp = new Date(timeOf(this.#header, step)).toISOString()
    const perception = {
      protocol_version: PERCEPTION_PROTOCOL_VERSION,
      timestamp,
      agent_id: this.#agent(slot),
      ...body,
    }
    return JSON.parse(JSON.stringify(perception))
  }

  #row(at: { slot: number; json: JsonValue; step: number; body: JsonObject | null }, refusal?: Refusal): ForeignRow {
    const { slot, json, step, body } = at
    const { location } = body ?? {}
    const cell =
      location !== undefined && isObject(location) && typeof location.cell === 'string' ? location.cell : null
    const row: NewCommandLogRow = {
      timestamp: new Date(timeOf(this.#header, step)).toISOString(),
      ...splitCommand(json),
      reasoning: '',
      perception_snapshot: body,
      outcome: refusal ? `refused: ${refusal.code}: ${refusal.reason}` : 'accepted',
      agent_id: this.#agent(slot),
      episode_id: this.#header.episode,
      cell,
      protocol_version: PERCEPTION_PROTOCOL_VERSION,
      world: this.#header.world.id,
      slot,
      command_id: null,
    }
    return { row, origin: { name: journalOrigin(this.#header.episode), id: ++this.#count } }
  }
}

function withScore({ slot, foreign }: Found, score: number | undefined): Found {
  return { slot, foreign: { ...foreign, row: { ...foreign.row, score: score ?? null } } }
}

/** The log's record of a journal's episode. */
export async function readJournalEpisode(source: Pick<JournalSource, 'open'>): Promise<LoggedEpisode> {
  const file = await source.open()
  try {
    const { header } = file
    const { line } = await file.last()
    const end = line.kind === 'outcome' ? line.line : undefined
    return {
      episode_id: header.episode,
      world: header.world.id,
      variant: header.variant,
      scores: end?.results.scores ?? null,
      outcome: end?.outcome.ended ?? null,
      finished_at: end ? new Date(timeOf(header, end.step)).toISOString() : null,
    }
  } finally {
    await file.close()
  }
}
