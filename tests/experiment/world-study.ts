// Participants of studies in worlds, for tests: through the client, from the link to the code.

import { createClient } from '../../src/client/client.ts'
import { createStudyClient, type StudyClient } from '../../src/client/studies.ts'
import type { ParticipantState } from '../../src/protocol/study-routes.ts'
import type { ServerOptions } from '../../src/server/app.ts'
import { startServer } from '../../src/server/app.ts'
import { TEST_SERVER } from '../../src/testing/test-server.ts'
import { until } from '../../src/testing/until.ts'
import { paintArena } from '../../src/worlds/paint-arena/world.ts'

/** Fifteen thousand steps per minute: a match takes a second. */
export const ALONE = `name: Painting
assignment_strategy:
  strategy: random_unique
  games: [Against a bot]
  quota_per_game: 10
  seed: 43
forms:
  - name: intake
    before_or_after: before
    questions: [{key: age, prompt: "How old are you?", answer_type: number, required: true}]
  - name: outtake
    before_or_after: after
    questions: [{key: easy, prompt: "Was it easy?", answer_type: bool, required: true}]
study:
  consent: {version: "1", text: We record your moves.}
  completion: {code: DONE-1}
  worlds:
    Against a bot:
      world: paint-arena
      variant: duel
      seed: same
      players: [participant, {bot: greedy}]
      steps_per_second: 60
`

export const together = (name: string, wait: string): string => `name: ${name}
games: [{name: Together}]
next_game_strategy:
  strategy: {id: random_unique_game, quota_per_game: 100, max_assignments_per_player: 1}
study:
  completion: {code: DONE-2}
  reservation: {minutes: 60}
  worlds:
    Together:
      world: paint-arena
      variant: duel
      players: [participant, participant]
      steps_per_second: 60
      wait: ${wait}
`

export function serve(dataDir: string, files: readonly string[], more: Partial<ServerOptions> = {}) {
  return startServer({
    dataDir,
    ...TEST_SERVER,
    logLevel: 'error',
    version: '0.0.0-test',
    sessions: { hasRateLimits: false, adminKey: 'dcs-ak-admin' },
    studies: { files: files.map((text, index) => ({ path: `study-${index}.yml`, text })) },
    ...more,
  })
}

export interface Person {
  readonly url: string
  readonly key: string
  readonly player: string
  readonly study: StudyClient
}

export async function join(url: string, study: string, pid: string): Promise<Person> {
  const { api_key: key, player_id: player } = await createStudyClient({ url }, study).join({
    external: { PROLIFIC_PID: pid },
  })
  return { url, key, player, study: createStudyClient({ url, key }, study) }
}

/** Answers all forms, up to the next session or episode. */
export async function answer({ study }: Person): Promise<ParticipantState> {
  for (;;) {
    const state = await study.me()
    if (state.stage === 'consent') await study.consent({ version: state.study.consent?.version ?? '' })
    else if (state.stage === 'forms')
      await study.answer(state.group_id ?? '', { intake: { age: 40 }, outtake: { easy: true } })
    else return state
  }
}

/** Plays the slot with a bot of the world until the episode is over. @param forSteps leaves after this number of
 * observations */
export function playSlot(
  { url, key }: Person,
  playing: NonNullable<ParticipantState['playing']>,
  forSteps = Number.POSITIVE_INFINITY,
) {
  const bot = paintArena.bots?.find(({ name }) => name === 'sweep')?.create(1, playing.slot)
  const ended = Promise.withResolvers<string>()
  let seen = 0
  const play = createClient({ url, key }).episodes.play(playing.episode_id, playing.slot, playing.token, {
    observation(observation, isFinal) {
      if (isFinal) {
        play.leave()
        ended.resolve('over')
        return
      }
      const said = bot?.decide(observation as never)
      if (said) play.send({ ...said })
      if (observation.started === true && ++seen >= forSteps) {
        play.leave()
        ended.resolve('left')
      }
    },
    refused: () => undefined,
    lost: () => undefined,
    closed: (why) => ended.resolve(why),
  })
  return ended.promise
}

/** Polls as a page does. */
export const stageOf = (person: Person, stage: ParticipantState['stage']): Promise<ParticipantState> =>
  until(
    `stage ${stage}`,
    async () => {
      const state = await person.study.me()
      return state.stage === stage ? state : undefined
    },
    { pauseMs: 200 },
  )
