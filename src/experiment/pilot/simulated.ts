// A simulated participant: rule-based, seeded, and a client of the real routes like a person's browser.
import { createClient } from '../../client/client.ts'
import { ClientError } from '../../client/client-error.ts'
import { createStudyClient, type StudyClient } from '../../client/studies.ts'
import type { WorldRegistry } from '../../host/world-registry.ts'
import { AppError } from '../../kernel/errors.ts'
import { sleep } from '../../lib/sleep.ts'
import type { ParticipantState } from '../../protocol/study-routes.ts'
import { Twister } from '../strategy/twister.ts'
import { playSlot } from './simulated-slot.ts'

interface PilotOptions {
  readonly url: string
  readonly study: string
  /** The secret of a link; undefined: the study is open to everybody. */
  readonly token: string | undefined
  /** Identifies the participant in every random draw. */
  readonly seed: string
  /** Maximum number of inputs before the participant finishes a session. */
  readonly turns: number
  /** Worlds whose bots play for the participant. */
  readonly worlds: WorldRegistry
  readonly signal: AbortSignal
}

export interface PilotOutcome {
  readonly player: string
  readonly stage: ParticipantState['stage']
  readonly sessions: number
  readonly inputs: number
  /** Milliseconds spent in episodes of worlds: a person needs the same time. */
  readonly playedMs: number
  readonly ms: number
  readonly code: string | null
}

/** Maximum number of steps of a participant: a study that never ends is a fault of the study. */
const MAX_STEPS = 200
const LINES = [
  'I say good morning.',
  'I look around slowly.',
  'I ask what it is doing.',
  'I point at the nearest thing.',
  'I wait and listen.',
  'I take one step closer.',
] as const

type Question = ParticipantState['forms'][number]['questions'][number]

function answerTo({ answer_type, options }: Question, draw: Twister): unknown {
  const choices = (options ?? []).map(optionText)
  switch (answer_type) {
    case 'number':
      return 18 + draw.below(60)
    case 'bool':
      return true
    case 'single_choice':
      return draw.choice(choices)
    case 'multi_choice':
      return choices.filter((_, index) => index === 0 || draw.below(2) === 1)
    case 'email':
      return 'simulated@example.org'
    case 'phone':
      return '555 0100'
    case 'string':
      return draw.choice(['Nothing special.', 'It was clear.', 'I was not sure what to do.'])
    default:
      return undefined
  }
}

/** The form in which the server compares them: Python's spelling of booleans and null. */
const optionText = (option: string | number | boolean | null): string =>
  option === null ? 'None' : typeof option === 'boolean' ? (option ? 'True' : 'False') : String(option)

function answersTo(forms: ParticipantState['forms'], draw: Twister) {
  return Object.fromEntries(
    forms.map(({ name, questions }) => [
      name,
      Object.fromEntries(
        questions.filter((each) => each.answer_type !== null).map((each) => [each.key, answerTo(each, draw)]),
      ),
    ]),
  )
}

/** @throws ClientError, AppError RUN_FAILED when the study does not end */
export async function simulateParticipant(options: PilotOptions): Promise<PilotOutcome> {
  const { url, study, token, signal } = options
  const began = performance.now()
  const draw = Twister.fromText(options.seed)
  const link = token === undefined ? {} : { token }
  const { player_id: player, api_key: key } = await createStudyClient({ url, signal }, study).join(link)
  const client = createStudyClient({ url, key, signal }, study)
  let sessions = 0
  let inputs = 0
  let playedMs = 0
  let state = await client.me()
  for (let step = 0; step < MAX_STEPS; step++) {
    const { stage, group_id, forms, options: choices } = state
    if (stage === 'consent') {
      state = await client.consent({ version: state.study.consent?.version ?? '', signature: 'Simulated Participant' })
    } else if (stage === 'forms' && group_id !== null) {
      state = await orLook(client, () => client.answer(group_id, answersTo(forms, draw)))
    } else if (stage === 'choice') {
      const choice = draw.choice(choices)
      if (choice) state = await orLook(client, () => client.select(choice))
    } else if (stage === 'assignment' && state.arm) {
      state = await orLook(client, () => client.play())
    } else if (stage === 'waiting') {
      state = await afterWaiting(client, signal)
    } else if (stage === 'episode' && state.playing) {
      playedMs += await playSlot({ ...options, key }, state.playing, draw)
      sessions++
      state = await afterEpisode(client, signal)
    } else if (stage === 'assignment' || stage === 'session') {
      const { session_id } = await client.start()
      inputs += await playThrough({ url, key, signal, session: session_id }, 1 + draw.below(options.turns), draw)
      sessions++
      state = await client.me()
    } else {
      const ms = performance.now() - began
      return { player, stage, sessions, inputs, playedMs, ms, code: state.completion?.code ?? null }
    }
  }
  throw new AppError('RUN_FAILED', `participant ${player} was still in stage ${state.stage} after ${MAX_STEPS} steps`)
}

/** Milliseconds between two polls, the same as in a page. */
const LOOK_MS = 1000

async function afterWaiting(client: StudyClient, signal: AbortSignal): Promise<ParticipantState> {
  for (;;) {
    const state = await client.me()
    if (state.stage !== 'waiting') return state
    await sleep(LOOK_MS, signal)
  }
}

/** The end of an episode takes a moment to reach its assignment. */
async function afterEpisode(client: StudyClient, signal: AbortSignal): Promise<ParticipantState> {
  for (;;) {
    const state = await client.me()
    if (state.stage !== 'episode') return state
    await sleep(LOOK_MS, signal)
  }
}

/**
 * The result of a request. If it is refused because other participants were faster, the participant's current state.
 */
async function orLook(client: StudyClient, request: () => Promise<ParticipantState>): Promise<ParticipantState> {
  try {
    return await request()
  } catch (error) {
    if (error instanceof ClientError && error.status === 400) return client.me()
    throw error
  }
}

async function playThrough(
  at: { readonly url: string; readonly key: string; readonly signal: AbortSignal; readonly session: string },
  turns: number,
  draw: Twister,
): Promise<number> {
  await using session = await createClient({ url: at.url, key: at.key, signal: at.signal }).play(at.session)
  let inputs = 0
  for (; inputs < turns; inputs++) {
    const { exited } = await session.say(draw.choice(LINES) ?? LINES[0])
    if (exited) return inputs + 1
  }
  for (let asked = 0; asked < 6; asked++) {
    inputs++
    const { exited } = await session.say(asked === 0 ? '/finish' : 'It was clear to me.')
    if (exited) return inputs
  }
  return inputs
}
