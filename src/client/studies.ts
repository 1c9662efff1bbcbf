// Studies from the outside: what a participant page does. research.ts has what researchers do.

import { ask, type Credentials } from './http.ts'

export interface StudyClientOptions {
  /** Of the server: 'http://127.0.0.1:8080'. */
  readonly url: string
  /** The key of the participant; for research, the admin key. */
  readonly key?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Language of the server's sentences, such as `es`. */
  readonly language?: string | undefined
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
export function createStudyClient({ url, key, signal, language }: StudyClientOptions, name: string) {
  const caller: Credentials = { url: url.replace(/\/+$/, ''), key, signal, language }
  const base = `/api/studies/${encodeURIComponent(name)}`
  const post = { method: 'POST' } as const
  return {
    /** The public facts about the study. */
    info: () => ask(caller, (s) => s.StudyInfo, base),
    /** Takes part. @param external ids that the recruiting platform put into the address */
    join: (link: { readonly token?: string; readonly external?: Readonly<Record<string, string>> } = {}) =>
      ask(caller, (s) => s.JoinedStudy, `${base}/join`, { ...post, body: link }),
    /** The stage of the participant, and what comes next. */
    me: () => ask(caller, (s) => s.ParticipantState, `${base}/me`),
    consent: (given: { readonly version: string; readonly signature?: string }) =>
      ask(caller, (s) => s.ParticipantState, `${base}/consent`, { ...post, body: given }),
    /** Answers the forms that are asked now. */
    answer: (group_id: string, responses: Responses) =>
      ask(caller, (s) => s.ParticipantState, `${base}/forms`, { ...post, body: { group_id, responses } }),
    select: (choice: { readonly game_name: string; readonly pc_hid: string; readonly npc_hid?: string | null }) =>
      ask(caller, (s) => s.ParticipantState, `${base}/select`, { ...post, body: choice }),
    /** Starts the session of the assignment, or returns the one under way. */
    start: () => ask(caller, (s) => s.PlayStarted, `${base}/sessions`, { ...post, body: {} }),
    /** Starts the episode of an assignment that is played in a world, or waits for those who play it too. */
    play: () => ask(caller, (s) => s.ParticipantState, `${base}/episodes`, { ...post, body: {} }),
    /** Stops waiting for others; the assignment stays. */
    leaveRoom: () => ask(caller, (s) => s.ParticipantState, `${base}/waiting`, { method: 'DELETE' }),
    withdraw: (erase: boolean) => ask(caller, (s) => s.Withdrawn, `${base}/withdraw`, { ...post, body: { erase } }),
    /** All data that the study stores about the participant. */
    data: () => ask(caller, (s) => s.ParticipantData, `${base}/export`),
  }
}
/** What `createStudyClient` returns. */
export type StudyClient = ReturnType<typeof createStudyClient>
