// A results folder: a dump, ours or the original's, or the output of a HITL export. Missing collections are empty.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../kernel/errors.ts'
import { type CollectionFile, findCollectionFiles, readDocuments } from '../../store/dumps/folders.ts'
import { completes } from '../../store/studies/reasons.ts'
import { type EventFacts, EventTable } from './event-table.ts'
import { readEvents } from './events.ts'
import { type LogLine, readLogs } from './logs.ts'
import { TextStore } from './text-store.ts'
import { type Document, isDocument, parseDocument, textOf, timeOf, unwrap } from './values.ts'

export interface SessionFacts {
  readonly id: string
  readonly player: string
  readonly game: string
  readonly pc: string
  readonly npc: string
  readonly turns: number
  readonly lastSeq: number
  /** Milliseconds since 1970; undefined: unknown, or not ended yet. */
  readonly start: number | undefined
  readonly end: number | undefined
  readonly minutes: number | undefined
  readonly reason: string
  readonly isCompleted: boolean
  readonly snapshot: Document
}

export interface Results {
  readonly folder: string
  readonly experiments: readonly Document[]
  readonly assignments: readonly Document[]
  readonly forms: readonly Document[]
  readonly players: readonly Document[]
  readonly characters: readonly Document[]
  readonly sessions: readonly SessionFacts[]
  readonly session: ReadonlyMap<string, SessionFacts>
  /** Sorted by session and number. */
  readonly events: EventTable
  readonly logs: readonly LogLine[]
  /** Texts of events, by position in the file. */
  texts(events: Iterable<EventFacts>): Map<number, string>
  /** Releases the storage of the texts. */
  [Symbol.dispose](): void
}

const NONE: Document = {}

function sessionOf(each: Document): SessionFacts {
  const start = timeOf(each.session_started_at)
  const end = timeOf(each.session_ended_at)
  const reason = textOf(each.termination_reason)
  return {
    id: textOf(each.session_id),
    player: textOf(each.player_id),
    game: textOf(each.game_name),
    pc: textOf(each.pc_hid),
    npc: textOf(each.npc_hid),
    turns: typeof each.turns_completed === 'number' ? each.turns_completed : 0,
    lastSeq: typeof each.last_seq === 'number' ? each.last_seq : 0,
    start,
    end,
    minutes: start === undefined || end === undefined ? undefined : Math.round((end - start) / 600) / 100,
    reason,
    isCompleted: completes(reason),
    snapshot: isDocument(each.game_config_snapshot) ? each.game_config_snapshot : NONE,
  }
}

async function readWhole(file: CollectionFile | undefined): Promise<Document[]> {
  const found: Document[] = []
  if (!file) return found
  for await (const batch of readDocuments(file)) {
    for (const { text, number } of batch) {
      const parsed = unwrap(parseDocument(text, `document ${number} of ${file.name}`))
      if (isDocument(parsed)) found.push(parsed)
    }
  }
  return found
}

/**
 * @param folder contains `sessions.json`, `session_events.json` and the other files of a dump
 * @throws AppError FILE_UNREADABLE; VALIDATION_ERROR and JSON_MALFORMED naming the file
 */
export async function readResults(folder: string): Promise<Results> {
  const files = new Map((await findCollectionFiles(folder)).map((file) => [file.collection, file]))
  if (files.size === 0) {
    throw new AppError('VALIDATION_ERROR', `${folder} has no collection`, {
      hint: 'Give the folder that `paracosm admin dump` made; it is named after the time, inside the folder of the dumps.',
    })
  }
  const list = (name: string): Promise<Document[]> => readWhole(files.get(name))
  const eventFile = files.get('session_events')
  const sessions = (await list('sessions')).map(sessionOf)
  const runs = await list('runs')
  using opened = new DisposableStack()
  const texts = opened.use(new TextStore())
  const results = {
    folder,
    experiments: [...(await list('experiments')), ...runs],
    assignments: await list('assignments'),
    forms: await list('forms'),
    players: await list('players'),
    characters: await list('characters'),
    sessions,
    session: new Map(sessions.map((each) => [each.id, each])),
    events: eventFile ? await readEvents(eventFile, texts) : new EventTable(),
    logs: await readLogs(join(folder, 'logs')),
    texts: (events: Iterable<EventFacts>) => texts.read(Array.from(events, ({ at }) => at)),
  }
  const held = opened.move()
  return { ...results, [Symbol.dispose]: () => held.dispose() }
}

/** The file of the study, if the folder contains it. */
export async function readRunFile(folder: string): Promise<string | undefined> {
  for (const name of ['run_config.yml', 'study.yml']) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => undefined)
    if (text !== undefined) return text
  }
  return undefined
}
