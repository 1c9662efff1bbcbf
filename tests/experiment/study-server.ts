// The session API together with the studies, on a free port, over the test's own store.
import { tmpdir } from 'node:os'
import { registerStudyRoutes } from '../../src/server/studies/register-study-routes.ts'
import { createStudyServices, type StudyServices, type StudySettings } from '../../src/server/studies/services.ts'
import type { Store } from '../../src/store/store.ts'
import { type SessionServer, type SessionServerOptions, startSessionServer } from '../sessions/session-server.ts'

export interface StudyServer extends SessionServer {
  readonly study: StudyServices
}

export async function startStudyServer(
  store: Store,
  settings: StudySettings,
  options: SessionServerOptions = {},
): Promise<StudyServer> {
  const made: StudyServices[] = []
  const server = await startSessionServer(store, {
    ...options,
    async register(app, services, failures) {
      const study = await createStudyServices(store, services, settings)
      made.push(study)
      await registerStudyRoutes(app, study, failures, tmpdir())
    },
  })
  const [study] = made
  if (!study) throw new Error('the study routes were not registered')
  const ending = <T>(work: () => Promise<T>) => {
    study.close()
    return work()
  }
  return { ...server, study, close: () => ending(server.close), crash: () => ending(server.crash) }
}

export const EXPERIMENT = `name: Two games
description: Explore and work together.
condition: learning
assignment_strategy:
  strategy: random_unique
  games: [Explore, Teamwork]
  quota_per_game: 3
  seed: 43
forms:
  - name: intake
    before_or_after: before
    questions:
      - {key: age, prompt: "How old are you?", answer_type: number, required: true}
  - name: outtake
    before_or_after: after
    questions:
      - {key: easy, prompt: "Was it easy?", answer_type: bool, required: true}
study:
  open_link: false
  consent: {version: "1", text: We record what you write., signature: true}
  completion: {url: "https://example.org/complete?cc={code}"}
`

export const RUN = `name: Two minds
seed: 7
games:
  - {name: Explore, overrides: {max_turns: 30}}
  - {name: Teamwork}
next_game_strategy:
  strategy: {id: random_unique_game, quota_per_game: 3, max_assignments_per_player: 2}
forms:
  - name: consent
    trigger: {event: before_all_assignments}
    questions: [{key: ok, prompt: "Do you agree?", answer_type: bool, required: true}]
  - name: before
    trigger: {event: before_assignment}
    questions: [{key: mood, prompt: "How are you?", answer_type: string, required: true}]
  - name: after
    trigger: {event: after_assignment}
    questions: [{key: easy, prompt: "Was it easy?", answer_type: single_choice, options: ["yes", "no"], required: true}]
  - name: final
    trigger: {event: after_all_assignments}
    questions: [{key: again, prompt: "Again?", answer_type: bool}]
study:
  completion: {code: DONE-42}
`
