// Studies as researchers see them, with the admin key: files, links, quotas, who is where, and the data.
import { ask, type Credentials, download } from './http.ts'
import { scenarioMethods } from './scenarios.ts'
import type { StudyClientOptions } from './studies.ts'

interface WantedLinks {
  readonly count?: number
  readonly is_reusable?: boolean
  readonly label?: string | null
}

const base = '/api/research/studies'
const post = { method: 'POST' } as const
const act = { ...post, body: {} }
/** Milliseconds for a report: half a million events take half a minute. */
const REPORT_MS = 300_000

/**
 * The client of a researcher.
 * @param options with the admin key
 *
 * @example
 * import { createResearchClient } from 'paracosm/client'
 *
 * const research = createResearchClient({ url: 'http://127.0.0.1:8080', key: 'the admin key' })
 * const makeInvitations = async (study: string) => (await research.links(study, { count: 20, label: 'class A' })).links
 * console.log(typeof makeInvitations) // function
 */
export function createResearchClient({ url, key, signal }: StudyClientOptions) {
  const caller: Credentials = { url: url.replace(/\/+$/, ''), key, signal }
  const one = (name: string): string => `${base}/${encodeURIComponent(name)}`
  const person = (study: string, player: string): string => `${one(study)}/participants/${encodeURIComponent(player)}`
  return {
    list: () => ask(caller, (s) => s.StudyList, base),
    /** Every mistake in a file, with its line. */
    check: (source: string) => ask(caller, (s) => s.CheckedStudy, `${base}/check`, { ...post, body: { source } }),
    /**
     * Adds a study, or replaces its file.
     * @param replaces null: it must be new; a name: it must be this study; undefined: either
     */
    put: (source: string, replaces?: string | null) =>
      ask(caller, (s) => s.StudyEntry, base, {
        ...post,
        body: { source, ...(replaces === undefined ? {} : { replaces }) },
      }),
    /** The file, the quotas, and how far people are. */
    board: (name: string) => ask(caller, (s) => s.StudyBoard, one(name)),
    /** Lets nobody new in. */
    close: (name: string) => ask(caller, (s) => s.StudyEntry, `${one(name)}/close`, act),
    /** Lets people in again. */
    open: (name: string) => ask(caller, (s) => s.StudyEntry, `${one(name)}/open`, act),
    /** Changes the quota in the file. */
    setQuota: (name: string, quota_per_game: number) =>
      ask(caller, (s) => s.StudyBoard, `${one(name)}/quota`, { ...post, body: { quota_per_game } }),
    /** Makes links, which are shown this once. */
    links: (name: string, wanted: WantedLinks) =>
      ask(caller, (s) => s.MadeLinks, `${one(name)}/links`, { ...post, body: wanted }),
    /** Links by label: how many were made and used. */
    linkGroups: (name: string) => ask(caller, (s) => s.LinkGroups, `${one(name)}/links`),
    /**
     * One page of participants, newest first.
     * @param at.after `next` of the page before
     * @param at.view `now`: participants who have neither finished nor left
     */
    participants: (name: string, at: { readonly after?: string; readonly view?: 'all' | 'now' } = {}) =>
      ask(caller, (s) => s.StudyParticipants, `${one(name)}/participants`, { query: at }),
    /** What a participant has done, with the answers. */
    timeline: (study: string, player: string) =>
      ask(caller, (s) => s.ParticipantTimeline, `${person(study, player)}/timeline`),
    /** What was said in a session. */
    transcript: (study: string, session: string) =>
      ask(caller, (s) => s.StudyTranscript, `${one(study)}/sessions/${encodeURIComponent(session)}`),
    /** Takes back an assignment that is not being played. */
    release: (study: string, player: string, assignment: string) =>
      ask(
        caller,
        (s) => s.ParticipantTimeline,
        `${person(study, player)}/assignments/${encodeURIComponent(assignment)}/release`,
        act,
      ),
    /** Ends a session. Its assignment counts as interrupted. */
    endSession: (study: string, session: string) =>
      ask(caller, (s) => s.EndedStudySession, `${one(study)}/sessions/${encodeURIComponent(session)}/end`, act),
    /** Everything that a study holds of a participant. */
    data: (study: string, player: string) => ask(caller, (s) => s.ParticipantData, person(study, player)),
    /** The data of a study as CSV and Parquet tables, in a zip. */
    downloadData: (study: string, format: 'all' | 'csv' | 'parquet' = 'all') =>
      download(caller, `${one(study)}/data.zip?format=${format}`),
    /** The report of a study as one HTML file. */
    downloadReport: (study: string) => download(caller, `${one(study)}/report.html`),
    /** Makes the report of a study as a page of the server, which is kept for 15 minutes. */
    report: (study: string, wanted: { readonly with_quality?: boolean } = {}) =>
      ask(caller, (s) => s.MadeReport, `${one(study)}/report`, { ...post, body: wanted, timeoutMs: REPORT_MS }),
    ...scenarioMethods(caller),
    /** Deletes everything that a study holds of a participant. */
    erase: (study: string, player: string) =>
      ask(caller, (s) => s.Withdrawn, person(study, player), { method: 'DELETE' }),
  }
}
/** What `createResearchClient` returns. */
export type ResearchClient = ReturnType<typeof createResearchClient>
