// Sessions, their events and their journals as documents of a dump.
import type { Insertable, Selectable } from 'kysely'
import { z } from 'zod'
import { AppError } from '../../kernel/errors.ts'
import { parseWith } from '../../kernel/parse.ts'
import { Feedback, ModelProfile, SessionEvent, SessionHeader } from '../../protocol/session.ts'
import { fromEventRow, fromSessionRow, toEventRow, toSessionRow } from '../sessions/rows.ts'
import type { SessionEventTable, SessionJournalTable, SessionTable } from '../sessions/tables.ts'
import { type Collection, tableCollection } from './collection.ts'
import { type ExactObject, formatExact, isExactObject, toPlain } from './exact-json.ts'
import {
  anyText,
  type Field,
  lenient,
  moment,
  optional,
  plain,
  readFields,
  reference,
  text,
  withDefault,
  writeFields,
} from './fields.ts'

/** The maximum of the counter columns. */
const MAX_COUNT = 2_147_483_647

const SESSION_FIELDS: readonly Field[] = [
  text('session_id'),
  withDefault(text('name'), ''),
  reference('player_id'),
  text('game_name'),
  withDefault(text('source'), 'import'),
  text('pc_hid'),
  text('npc_hid'),
  moment('session_started_at'),
  moment('session_ended_at'),
  text('termination_reason'),
  text('status'),
  withDefault(plain('turns_completed'), 0),
  lenient(plain('model_profile'), (value) => ModelProfile.safeParse(value).success),
  withDefault(plain('game_config_snapshot'), {}),
  withDefault(plain('last_seq'), 0),
  moment('created_at'),
  moment('updated_at'),
  optional(moment('paused_at')),
  optional(moment('resumed_at')),
  optional(text('branch_from_session_id')),
]

const submitted = moment('submitted_at')
const LENIENT_FEEDBACK = { comment: '', doesnt_make_sense: false, out_of_character: false, other: false }
/** Its time is a database date, and older documents lack some of its keys. */
const feedback: Field = {
  key: 'feedback',
  read(value) {
    if (!isExactObject(value)) return null
    const found = { ...LENIENT_FEEDBACK, ...value, submitted_at: submitted.read(value.submitted_at) }
    return Feedback.safeParse(toPlain(found)).data ?? null
  },
  write: (value) => (isExactObject(value) ? { ...value, submitted_at: submitted.write(value.submitted_at) } : value),
}

const EVENT_FIELDS: readonly Field[] = [
  text('session_id'),
  plain('seq'),
  text('event_id'),
  moment('event_ts'),
  text('direction'),
  text('event_type'),
  text('event_source'),
  withDefault(anyText('content'), ''),
  text('content_format'),
  withDefault(plain('turn_index'), 0),
  anyText('command_name'),
  anyText('command_args'),
  withDefault(plain('visible_to_user'), true),
  moment('persisted_at'),
  optional(feedback),
  optional(moment('updated_at')),
]

export const sessions: Collection = tableCollection<
  Selectable<SessionTable>,
  { readonly row: Insertable<SessionTable> }
>({
  name: 'sessions',
  table: 'sessions',
  order: ['session_id'],
  identity: ['session_id'],
  taken: 'the session_id',
  page: 500,
  indexes: {
    session_id_1: { v: 2, key: [['session_id', 1]], unique: true },
    'player_id_1_session_started_at_-1': {
      v: 2,
      key: [
        ['player_id', 1],
        ['session_started_at', -1],
      ],
    },
    'status_1_updated_at_-1': {
      v: 2,
      key: [
        ['status', 1],
        ['updated_at', -1],
      ],
    },
  },
  read(document) {
    const { values, extra } = readFields(SESSION_FIELDS, document)
    const header = parseWith(SessionHeader, values, { code: 'VALIDATION_ERROR', what: 'the session' })
    checkCounts(header.turns_completed, header.last_seq)
    return { row: { ...toSessionRow(header), extra } }
  },
  write: (row) => formatExact(writeFields(SESSION_FIELDS, { ...fromSessionRow(row) }, row.extra)),
})

export const sessionEvents: Collection = tableCollection<
  Selectable<SessionEventTable>,
  { readonly row: Insertable<SessionEventTable> }
>({
  name: 'session_events',
  table: 'session_events',
  order: ['session_id', 'seq'],
  identity: ['event_id'],
  taken: 'the event_id, or the seq in its session,',
  page: 500,
  indexes: {
    session_id_1_seq_1: {
      v: 2,
      key: [
        ['session_id', 1],
        ['seq', 1],
      ],
      unique: true,
    },
    event_id_1: { v: 2, key: [['event_id', 1]], unique: true },
    session_id_1_event_ts_1: {
      v: 2,
      key: [
        ['session_id', 1],
        ['event_ts', 1],
      ],
    },
  },
  read(document) {
    const { values, extra } = readFields(EVENT_FIELDS, document)
    const found: ExactObject = { ...values, persisted_at: values.persisted_at ?? values.event_ts }
    const event = parseWith(SessionEvent, found, { code: 'VALIDATION_ERROR', what: 'the event' })
    checkCounts(event.seq, event.turn_index)
    return { row: { ...toEventRow(event), extra } }
  },
  write: (row) => formatExact(writeFields(EVENT_FIELDS, { ...fromEventRow(row) }, row.extra)),
})

const Journal = z.strictObject({
  session_id: z.string().min(1).max(100),
  part: z.int().positive().max(MAX_COUNT),
  lines: z.string().regex(/\n$/, 'must end with a line feed'),
})

/** Not in the original: the journals from which our sessions are resumed, replayed and forked. */
export const sessionJournals: Collection = tableCollection<
  Selectable<SessionJournalTable>,
  { readonly row: Insertable<SessionJournalTable> }
>({
  name: 'session_journals',
  table: 'session_journals',
  order: ['session_id', 'part'],
  identity: ['session_id', 'part'],
  taken: 'the session_id and part',
  // A fork has its whole journal in one row.
  page: 20,
  read(document) {
    const row = parseWith(Journal, toPlain(document), { code: 'VALIDATION_ERROR', what: 'the journal' })
    // Every line is covered by a hash, so text that a database would alter cannot be a journal line.
    if (row.lines.includes('\0') || !row.lines.isWellFormed()) {
      throw new AppError('VALIDATION_ERROR', 'the lines contain characters that a journal never has')
    }
    return { row }
  },
  write: ({ session_id, part, lines }) => formatExact({ session_id, part, lines }),
})

function checkCounts(...counts: readonly number[]): void {
  if (counts.some((count) => count > MAX_COUNT)) {
    throw new AppError('VALIDATION_ERROR', `a count is above ${MAX_COUNT}`)
  }
}
