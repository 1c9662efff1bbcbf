// Exports a study as tidy tables: participants, assignments, answers, sessions, events and episodes, each as CSV and
// Parquet, with a codebook and checksums. De-identified: participants are numbered, and contact answers are left out.
import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../lib/folders.ts'
import type { SlotRecord } from '../protocol/study-worlds.ts'
import type { Store } from '../store/store.ts'
import { Studies } from '../store/studies/studies.ts'
import { StudyEpisodes } from '../store/studies/study-episodes.ts'
import { type ParquetColumn, ParquetFile } from './parquet-file.ts'

type Cell = string | number | boolean | null
type Row = Readonly<Record<string, Cell>>

interface Column {
  readonly name: string
  readonly type: 'text' | 'double' | 'boolean'
  readonly about: string
}

const text = (name: string, about: string): Column => ({ name, type: 'text', about })
const number = (name: string, about: string): Column => ({ name, type: 'double', about })

const TABLES = {
  participants: [
    text('participant', 'number of the participant in this export'),
    text('joined_at', 'when the participant joined, UTC'),
    text('consent_version', 'version of the text that the participant agreed to'),
    text('completed_at', 'when the participant was given the completion code, UTC'),
    text('withdrawn_at', 'when the participant withdrew, UTC'),
    text('released_at', 'when the participant was released because nobody else came to play with, UTC'),
    number('assignments', 'assignments of the participant'),
    number('completed', 'completed assignments'),
  ],
  assignments: [
    text('participant', 'number of the participant'),
    text('assignment', 'id of the assignment'),
    number('position', '1 for the first assignment of the participant'),
    text('game', 'game that was assigned, or arm of the study that is played in a world'),
    text('pc', 'character that the participant plays'),
    text('npc', 'character that the participant meets; empty where it was drawn at the start'),
    text('status', 'assigned, in_progress, completed or interrupted'),
    text('assigned_at', 'UTC'),
    text('started_at', 'UTC'),
    text('completed_at', 'UTC'),
    text('interrupted_at', 'UTC'),
  ],
  answers: [
    text('participant', 'number of the participant'),
    text('assignment', 'id of the assignment that the form is about; empty: the participant'),
    text('form', 'name of the form'),
    text('question', 'key of the question'),
    text('type', 'answer type'),
    text('answer', 'the answer; several choices are joined by " | "'),
    number('answer_number', 'the answer of number questions'),
    text('submitted_at', 'UTC'),
  ],
  sessions: [
    text('participant', 'number of the participant'),
    text('assignment', 'id of the assignment'),
    text('session', 'id of the session'),
    text('arm', 'game, pc and npc'),
    text('npc', 'character that was met'),
    text('outcome', 'why the session ended'),
    number('turns', 'completed turns, including the opening'),
    number('minutes', 'from start to end'),
    text('started_at', 'UTC'),
    text('ended_at', 'UTC'),
  ],
  events: [
    text('participant', 'number of the participant'),
    text('session', 'id of the session'),
    number('seq', 'number of the event in its session'),
    text('time', 'UTC'),
    text('direction', 'inbound, outbound or internal'),
    text('source', 'user, npc or system'),
    text('type', 'message, command, info, error, …'),
    number('turn', 'index of the turn'),
    number('response_ms', 'for messages of the server: milliseconds since the input that they answer'),
    text('content', 'what was said'),
  ],
  episodes: [
    text('participant', 'number of the participant'),
    text('assignment', 'id of the assignment'),
    text('episode', 'id of the episode; the same in the rows of all who played it'),
    text('arm', 'arm of the study'),
    text('world', 'id of the world'),
    text('variant', 'variant of the world; empty: its first'),
    number('seed', 'seed of the episode'),
    number('slot', 'slot of the participant, from 0'),
    text(
      'players',
      'who played the slots in order, joined by " | ": participant or the name of a bot; participant > greedy@240 if a bot took over at step 240',
    ),
    text('consent_version', 'version of the text that the participant had agreed to'),
    text(
      'exit_reason',
      'why it ended for the participant; game_completed and time_limit are whole games, replaced is a slot that a bot finished',
    ),
    text('ended', 'terminated by the rules or truncated by a limit; empty: it has not ended, or failed'),
    text('outcome', 'what the rules say of the end'),
    number('score', 'score of the participant'),
    text('scores', 'scores of all slots in order, joined by " | "'),
    text('journal', 'path of the journal on the server: every command, verifiable and replayable'),
    text('started_at', 'UTC'),
    text('ended_at', 'UTC'),
  ],
} as const satisfies Readonly<Record<string, readonly Column[]>>

type TableName = keyof typeof TABLES
const NAMES: readonly TableName[] = ['participants', 'assignments', 'answers', 'sessions', 'events', 'episodes']

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

/** One value of CSV; text that a spreadsheet would run as a formula gets a leading apostrophe. */
function csv(value: Cell | undefined): string {
  if (value === null || value === undefined) return ''
  const plain = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

class Tables {
  readonly #folder: string
  readonly #files = new Map<TableName, ParquetFile<Row>>()
  readonly #lines = new Map<TableName, string[]>()
  readonly counts = new Map<TableName, number>()

  constructor(folder: string) {
    this.#folder = folder
  }

  async open(): Promise<void> {
    for (const name of NAMES) {
      const columns: ParquetColumn<Row>[] = TABLES[name].map((column) => ({
        name: column.name,
        type: column.type,
        isOptional: true,
        of: (row) => row[column.name] ?? null,
      }))
      this.#files.set(name, await ParquetFile.open(join(this.#folder, `${name}.parquet`), columns))
      this.#lines.set(name, [`${TABLES[name].map((column) => column.name).join(',')}\n`])
      this.counts.set(name, 0)
    }
  }

  async add(name: TableName, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return
    await this.#files.get(name)?.add(rows)
    const columns = TABLES[name]
    this.#lines.get(name)?.push(...rows.map((row) => `${columns.map((column) => csv(row[column.name])).join(',')}\n`))
    this.counts.set(name, (this.counts.get(name) ?? 0) + rows.length)
  }

  async close(): Promise<void> {
    for (const name of NAMES) {
      await this.#files.get(name)?.finish()
      await this.#files.get(name)?.[Symbol.asyncDispose]()
      await writeFile(join(this.#folder, `${name}.csv`), (this.#lines.get(name) ?? []).join(''))
    }
  }
}

export interface StudyExport {
  readonly folder: string
  readonly rows: Readonly<Record<string, number>>
}

/** Writes the tables of a study. @param options.source the study file, which is included, with its checksum */
export async function exportStudy(
  store: Store,
  { study, folder, source }: { readonly study: string; readonly folder: string; readonly source: string },
): Promise<StudyExport> {
  await makeFolder(folder)
  const from = { studies: new Studies(store), played: new StudyEpisodes(store) }
  const tables = new Tables(folder)
  await tables.open()
  let last = ''
  let numbered = 0
  for (;;) {
    const page = await from.studies.participants(study, last)
    for (const participant of page) await addParticipant(from, tables, participant, ++numbered)
    const end = page.at(-1)
    if (!end) break
    last = end.player
  }
  await tables.close()
  await writeFile(join(folder, 'study.yml'), source)
  const codebook = { study, tables: TABLES }
  await writeFile(join(folder, 'codebook.json'), `${JSON.stringify(codebook, undefined, 2)}\n`)
  const names = [...NAMES.flatMap((name) => [`${name}.csv`, `${name}.parquet`]), 'codebook.json', 'study.yml']
  const sums = await Promise.all(
    names.map(
      async (name) =>
        `${createHash('sha256')
          .update(await readFile(join(folder, name)))
          .digest('hex')}  ${name}\n`,
    ),
  )
  await writeFile(join(folder, 'SHA256SUMS'), sums.join(''))
  return { folder, rows: Object.fromEntries(tables.counts) }
}

type Found = Awaited<ReturnType<Studies['participants']>>[number]

interface Source {
  readonly studies: Studies
  readonly played: StudyEpisodes
}

async function addParticipant(
  { studies, played }: Source,
  tables: Tables,
  found: Found,
  position: number,
): Promise<void> {
  const participant = `P${String(position).padStart(4, '0')}`
  const rows = (await studies.assignments(found.study, [found.player])).filter(({ status }) => status !== 'expired')
  await tables.add('participants', [
    {
      participant,
      joined_at: iso(found.createdAt),
      consent_version: found.consentVersion,
      completed_at: iso(found.completedAt),
      withdrawn_at: iso(found.withdrawnAt),
      released_at: iso(found.releasedAt),
      assignments: rows.length,
      completed: rows.filter(({ status }) => status === 'completed').length,
    },
  ])
  await tables.add(
    'assignments',
    rows.map((row, index) => ({
      participant,
      assignment: row.id,
      position: index + 1,
      game: row.game,
      pc: row.pc,
      npc: row.npc,
      status: row.status,
      assigned_at: iso(row.assignedAt),
      started_at: iso(row.startedAt),
      completed_at: iso(row.completedAt),
      interrupted_at: iso(row.interruptedAt),
    })),
  )
  await tables.add('answers', answersOf(participant, null, found.forms))
  for (const row of rows) await tables.add('answers', answersOf(participant, row.id, row.forms))
  const ids = rows.map(({ id }) => id)
  await addSessions(studies, tables, participant, ids)
  await tables.add('episodes', (await played.records(ids)).map(episodeRow(participant)))
}

async function addSessions(
  studies: Studies,
  tables: Tables,
  participant: string,
  assignments: readonly string[],
): Promise<void> {
  for (const { assignment, arm, header, events } of await studies.sessions(assignments)) {
    const { session_id: session, session_started_at: start, session_ended_at: end } = header
    await tables.add('sessions', [
      {
        participant,
        assignment,
        session,
        arm,
        npc: header.npc_hid,
        outcome: header.termination_reason,
        turns: header.turns_completed,
        minutes: end === null ? null : (Date.parse(end) - Date.parse(start)) / 60_000,
        started_at: start,
        ended_at: end,
      },
    ])
    let asked: number | undefined
    const told: Row[] = []
    for (const event of events) {
      const time = Date.parse(event.event_ts)
      if (event.direction === 'inbound') asked = time
      const response = event.direction === 'outbound' && asked !== undefined ? time - asked : null
      if (event.direction === 'outbound') asked = undefined
      const { seq, event_ts, direction, event_source: source, event_type: type, turn_index: turn, content } = event
      told.push({
        participant,
        session,
        seq,
        time: event_ts,
        direction,
        source,
        type,
        turn,
        response_ms: response,
        content,
      })
    }
    await tables.add('events', told)
  }
}

const episodeRow =
  (participant: string) =>
  (played: SlotRecord): Row => ({
    participant,
    assignment: played.assignment_id,
    episode: played.episode_id,
    arm: played.arm,
    world: played.world,
    variant: played.variant,
    seed: played.seed,
    slot: played.slot,
    players: played.players.join(' | '),
    consent_version: played.consent_version,
    exit_reason: played.exit_reason,
    ended: played.outcome?.ended ?? null,
    outcome: played.outcome?.reason ?? null,
    score: played.score,
    scores: played.results?.scores.join(' | ') ?? null,
    journal: `/api/episodes/${played.episode_id}/journal.jsonl`,
    started_at: played.started_at,
    ended_at: played.ended_at,
  })

function answersOf(participant: string, assignment: string | null, forms: Found['forms']): Row[] {
  return Object.values(forms).flatMap(({ form_name: form, submitted_at = null, answers }) =>
    Object.values(answers)
      .filter(({ answer_type }) => answer_type !== 'email' && answer_type !== 'phone')
      .map(({ key: question, answer_type: type, answer }) => ({
        participant,
        assignment,
        form,
        question,
        type,
        answer: Array.isArray(answer) ? answer.join(' | ') : String(answer),
        answer_number: typeof answer === 'number' ? answer : null,
        submitted_at,
      })),
  )
}
