// Exports a study in the BIDS layout (bids.neuroimaging.io), behaviour only: a table of participants, one table per
// form in phenotype/, and the events of every session in the participant's folder. De-identified like the tidy tables.
import { makeFolder } from '../lib/folders.ts'
import type { FormPayloads } from '../protocol/experiment-form.ts'
import type { Store } from '../store/store.ts'
import type { Participant, StoredAssignment } from '../store/studies/rows.ts'
import { Studies } from '../store/studies/studies.ts'
import { StudyEpisodes } from '../store/studies/study-episodes.ts'
import { type JournalReader, writeEpisodes } from './bids-episodes.ts'
import { BidsFolder, type Columns, labelOf, type Value } from './bids-folder.ts'

const BIDS_VERSION = '1.10.0'

interface BidsOptions {
  readonly study: string
  readonly title: string
  readonly folder: string
  /** The study file. */
  readonly source: string
  /** The version of the program. */
  readonly version: string
  /** Opens the journals of world episodes; undefined: only what the store has is written. */
  readonly journals?: JournalReader
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

const PARTICIPANTS: Columns = {
  participant_id: { Description: 'number of the participant, the same as in the tidy tables' },
  joined_at: { Description: 'when the participant joined, UTC' },
  consent_version: { Description: 'version of the text that the participant agreed to' },
  completed_at: { Description: 'when the participant was given the completion code, UTC' },
  withdrawn_at: { Description: 'when the participant withdrew, UTC' },
  assignments: { Description: 'assignments of the participant' },
  completed: { Description: 'completed assignments' },
}
const EVENTS: Columns = {
  onset: { Description: 'time since the session began', Units: 's' },
  duration: { Description: 'not known: an event is a moment' },
  trial_type: { Description: 'direction and type of the event' },
  source: { Description: 'user, npc or system' },
  turn: { Description: 'index of the turn' },
  response_time: { Description: 'of what the server says: time since the input that it answers', Units: 's' },
  content: { Description: 'what was said; line ends are blanks' },
}

/** @returns the number of participants, sessions and world episodes written */
export async function exportBids(
  store: Store,
  options: BidsOptions,
): Promise<{ readonly folder: string; readonly rows: Readonly<Record<string, number>> }> {
  const { study, folder: root } = options
  await makeFolder(root)
  const folder = new BidsFolder(root)
  const studies = new Studies(store)
  const people: Record<string, Value>[] = []
  const forms = new FormTables()
  const played = new StudyEpisodes(store)
  let sessions = 0
  let episodes = 0
  for (let last = ''; ; ) {
    const page = await studies.participants(study, last)
    for (const found of page) {
      const id = `sub-P${String(people.length + 1).padStart(4, '0')}`
      const rows = (await studies.assignments(study, [found.player])).filter(({ status }) => status !== 'expired')
      people.push(personRow(id, found, rows))
      forms.add(id, null, found.forms)
      for (const row of rows) forms.add(id, row, row.forms)
      sessions += await writeSessions(folder, studies, id, rows)
      const records = await played.records(rows.map((row) => row.id))
      episodes += await writeEpisodes(folder, id, records, options.journals)
    }
    const end = page.at(-1)
    if (!end) break
    last = end.player
  }
  await folder.table('participants', PARTICIPANTS, people)
  await forms.write(folder)
  await writeAbout(folder, options)
  await folder.finish()
  return { folder: root, rows: { participants: people.length, sessions, episodes } }
}

function personRow(id: string, found: Participant, rows: readonly StoredAssignment[]): Record<string, Value> {
  return {
    participant_id: id,
    joined_at: iso(found.createdAt),
    consent_version: found.consentVersion,
    completed_at: iso(found.completedAt),
    withdrawn_at: iso(found.withdrawnAt),
    assignments: rows.length,
    completed: rows.filter(({ status }) => status === 'completed').length,
  }
}

/** One table for each form, with a column for each question. */
class FormTables {
  readonly #tables = new Map<
    string,
    { columns: Record<string, { Description: string }>; rows: Record<string, Value>[] }
  >()

  add(id: string, row: StoredAssignment | null, forms: FormPayloads): void {
    for (const { form_name: name, submitted_at: at, answers } of Object.values(forms)) {
      const table = this.#tables.get(name) ?? {
        columns: {
          participant_id: { Description: 'number of the participant' },
          task: { Description: 'the game that the form is about' },
          submitted_at: { Description: 'UTC' },
        },
        rows: [],
      }
      this.#tables.set(name, table)
      const filled: Record<string, Value> = { participant_id: id, task: row?.game, submitted_at: at }
      for (const { key, prompt, answer_type: type, answer } of Object.values(answers)) {
        if (type === 'email' || type === 'phone') continue
        table.columns[key] ??= { Description: prompt }
        filled[key] = Array.isArray(answer) ? answer.join(' | ') : answer
      }
      table.rows.push(filled)
    }
  }

  async write(folder: BidsFolder): Promise<void> {
    for (const [name, { columns, rows }] of this.#tables) await folder.table(`phenotype/${name}`, columns, rows)
  }
}

async function writeSessions(
  folder: BidsFolder,
  studies: Studies,
  id: string,
  rows: readonly StoredAssignment[],
): Promise<number> {
  const found = await studies.sessions(rows.map((row) => row.id))
  const runs = new Map<string, number>()
  for (const { assignment, arm, header, events } of found) {
    const task = labelOf(header.game_name)
    const run = (runs.get(task) ?? 0) + 1
    runs.set(task, run)
    const name = `${id}/beh/${id}_task-${task}_run-${String(run).padStart(2, '0')}`
    const start = Date.parse(header.session_started_at)
    let asked: number | undefined
    const told = events.map((event) => {
      const time = Date.parse(event.event_ts)
      const response = event.direction === 'outbound' && asked !== undefined ? (time - asked) / 1000 : null
      if (event.direction === 'inbound') asked = time
      else if (event.direction === 'outbound') asked = undefined
      return {
        onset: (time - start) / 1000,
        duration: null,
        trial_type: `${event.direction}/${event.event_type}`,
        source: event.event_source,
        turn: event.turn_index,
        response_time: response,
        content: event.content,
      }
    })
    await folder.table(`${name}_events`, EVENTS, told)
    await folder.json(`${name}_beh.json`, {
      TaskName: header.game_name,
      assignment,
      session: header.session_id,
      arm,
      npc: header.npc_hid,
      outcome: header.termination_reason,
      turns: header.turns_completed,
      started_at: header.session_started_at,
      ended_at: header.session_ended_at,
    })
  }
  return found.length
}

async function writeAbout(folder: BidsFolder, { title, source, version }: BidsOptions): Promise<void> {
  await folder.json('dataset_description.json', {
    Name: title,
    BIDSVersion: BIDS_VERSION,
    DatasetType: 'raw',
    GeneratedBy: [{ Name: 'paracosm', Version: version }],
  })
  await folder.write(
    'README',
    [
      title,
      '',
      'Behaviour only: participants.tsv, answers to each form below phenotype/, and the events of each session below its',
      'participant. code/study.yml is the study file. Check the files with: sha256sum --check SHA256SUMS',
      '',
    ].join('\n'),
  )
  await folder.write('code/study.yml', source)
}
