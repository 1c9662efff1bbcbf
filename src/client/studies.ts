// What a participant of a study asks of a server, whichever generation the study is of.
import type { z } from 'zod'
import { PlayStarted } from '../protocol/session.ts'
import {
  type GiveConsent,
  JoinedStudy,
  type JoinStudy,
  ParticipantData,
  ParticipantState,
  type SelectStudy,
  StudyInfo,
  type SubmitStudyForms,
  Withdrawn,
} from '../protocol/study-routes.ts'
import { ask, type Credentials } from './http.ts'

/** The study part of a client. Every method but `info` and `join` needs the key that `join` gave. */
export function studyMethods(caller: Credentials) {
  const at = (name: string, rest = ''): string => `/api/studies/${encodeURIComponent(name)}${rest}`
  const post = <T>(schema: z.ZodType<T>, path: string, body: unknown): Promise<T> =>
    ask(caller, schema, path, { method: 'POST', body })
  return {
    /** What anybody may know of a study: title, description, consent text, whether it is open. */
    info: (name: string): Promise<StudyInfo> => ask(caller, StudyInfo, at(name)),
    /** Takes part, by a link or openly: the answer has the participant's key. */
    join: (name: string, given: z.input<typeof JoinStudy>): Promise<JoinedStudy> =>
      post(JoinedStudy, at(name, '/join'), given),
    /** Where the participant is, and what comes next. */
    me: (name: string): Promise<ParticipantState> => ask(caller, ParticipantState, at(name, '/me')),
    consent: (name: string, given: z.input<typeof GiveConsent>): Promise<ParticipantState> =>
      post(ParticipantState, at(name, '/consent'), given),
    /** Answers the forms that are asked now: all of them are right, or none is kept. */
    answer: (name: string, given: z.input<typeof SubmitStudyForms>): Promise<ParticipantState> =>
      post(ParticipantState, at(name, '/forms'), given),
    select: (name: string, given: z.input<typeof SelectStudy>): Promise<ParticipantState> =>
      post(ParticipantState, at(name, '/select'), given),
    /** Starts the session of the assignment, or goes back to the one under way. */
    start: (name: string): Promise<PlayStarted> => post(PlayStarted, at(name, '/sessions'), {}),
    /** @param erase whether everything that was collected is deleted as well */
    withdraw: (name: string, erase: boolean): Promise<z.infer<typeof Withdrawn>> =>
      post(Withdrawn, at(name, '/withdraw'), { erase }),
    /** Everything that the study holds of the participant. */
    data: (name: string): Promise<ParticipantData> => ask(caller, ParticipantData, at(name, '/export')),
  }
}
