// Studies from the outside: what a participant page does, and what a researcher's page does with the admin key.

import { PlayStarted } from '../protocol/session.ts'
import {
  CheckedStudy,
  JoinedStudy,
  MadeLinks,
  ParticipantData,
  ParticipantState,
  StudyBoard,
  StudyInfo,
  StudyList,
  StudyParticipants,
  Withdrawn,
} from '../protocol/study-routes.ts'
import { ask, type Credentials } from './http.ts'

interface StudyClientOptions {
  /** Of the server: 'http://127.0.0.1:8080'. */
  readonly url: string
  /** The key of the participant, or the admin key for research. */
  readonly key?: string | undefined
  readonly signal?: AbortSignal | undefined
}

type Responses = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/**
 * The client of one study for one participant.
 * @param name of the study
 *
 * @example
 * import { createStudyClient } from 'paracosm/client'
 *
 * const study = createStudyClient({ url: 'http://127.0.0.1:8080' }, 'usability')
 * console.log(typeof study.join) // function
 */
export function createStudyClient({ url, key, signal }: StudyClientOptions, name: string) {
  const caller: Credentials = { url: url.replace(/\/+$/, ''), key, signal }
  const base = `/api/studies/${encodeURIComponent(name)}`
  const post = { method: 'POST' } as const
  return {
    /** What anybody may know of the study. */
    info: () => ask(caller, StudyInfo, base),
    /** Takes part. @param external ids that the recruiting platform put into the address */
    join: (link: { readonly token?: string; readonly external?: Readonly<Record<string, string>> } = {}) =>
      ask(caller, JoinedStudy, `${base}/join`, { ...post, body: link }),
    /** Where the participant is, and what comes next. */
    me: () => ask(caller, ParticipantState, `${base}/me`),
    consent: (given: { readonly version: string; readonly signature?: string }) =>
      ask(caller, ParticipantState, `${base}/consent`, { ...post, body: given }),
    /** Answers the forms that are asked now. */
    answer: (group_id: string, responses: Responses) =>
      ask(caller, ParticipantState, `${base}/forms`, { ...post, body: { group_id, responses } }),
    select: (choice: { readonly game_name: string; readonly pc_hid: string; readonly npc_hid?: string | null }) =>
      ask(caller, ParticipantState, `${base}/select`, { ...post, body: choice }),
    /** Starts the session of the assignment, or returns the one under way. */
    start: () => ask(caller, PlayStarted, `${base}/sessions`, { ...post, body: {} }),
    /** Starts the episode of an assignment that is played in a world, or waits for those who play it too. */
    play: () => ask(caller, ParticipantState, `${base}/episodes`, { ...post, body: {} }),
    /** Stops waiting for others; the assignment stays. */
    leaveRoom: () => ask(caller, ParticipantState, `${base}/waiting`, { method: 'DELETE' }),
    withdraw: (erase: boolean) => ask(caller, Withdrawn, `${base}/withdraw`, { ...post, body: { erase } }),
    /** Everything that the study holds of the participant. */
    data: () => ask(caller, ParticipantData, `${base}/export`),
  }
}
/** What `createStudyClient` returns. */
export type StudyClient = ReturnType<typeof createStudyClient>

/**
 * The client of a researcher.
 * @param options with the admin key
 *
 * @example
 * import { createResearchClient } from 'paracosm/client'
 *
 * const research = createResearchClient({ url: 'http://127.0.0.1:8080', key: 'the admin key' })
 * console.log(typeof research.list) // function
 */
export function createResearchClient({ url, key, signal }: StudyClientOptions) {
  const caller: Credentials = { url: url.replace(/\/+$/, ''), key, signal }
  const base = '/api/research/studies'
  const one = (name: string): string => `${base}/${encodeURIComponent(name)}`
  const post = { method: 'POST' } as const
  return {
    list: () => ask(caller, StudyList, base),
    check: (source: string) => ask(caller, CheckedStudy, `${base}/check`, { ...post, body: { source } }),
    board: (name: string) => ask(caller, StudyBoard, one(name)),
    links: (
      name: string,
      wanted: { readonly count?: number; readonly is_reusable?: boolean; readonly label?: string },
    ) => ask(caller, MadeLinks, `${one(name)}/links`, { ...post, body: wanted }),
    participants: (name: string, after = '') =>
      ask(caller, StudyParticipants, `${one(name)}/participants`, { query: { after } }),
  }
}
/** What `createResearchClient` returns. */
export type ResearchClient = ReturnType<typeof createResearchClient>
