// A simulated participant: seeded, and a client of the real routes like a person's browser.
import { createClient } from '../../client/client.ts'
import { ClientError } from '../../client/client-error.ts'
import type { PlaySession } from '../../client/play-session.ts'
import { createStudyClient, type StudyClient } from '../../client/studies.ts'
import type { WorldRegistry } from '../../host/world-registry.ts'
import { AppError } from '../../kernel/errors.ts'
import { sleep } from '../../lib/sleep.ts'
import type { ParticipantState } from '../../protocol/study-routes.ts'
import { Twister } from '../strategy/twister.ts'
import { asked, type Mind, ruleMind, type Told } from './mind.ts'
import { playSlot } from './simulated-slot.ts'

interface PilotOptions {
  readonly url: string
  readonly study: string
  /** The secret of a link; undefined: the study is open to everybody. */
  readonly token: string | undefined
  /** Identifies the participant in every random draw. */
  readonly seed: string
  /** Decides what the participant says; absent: rules. */
  readonly mind?: ((draw: Twister) => Mind) | undefined
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
  /** Questions of forms that were answered. */
  readonly questions: number
  /** Milliseconds spent in conversations, most of it for the answers of models. */
  readonly talkedMs: number
  /** Milliseconds spent in episodes of worlds: a person needs the same time. */
  readonly playedMs: number
  readonly ms: number
  readonly code: string | null
}

/** Maximum number of steps of a participant: a study that never ends is a fault of the study. */
const MAX_STEPS = 200
/** @throws ClientError, AppError RUN_FAILED when the study does not end */
export async function simulateParticipant(options: PilotOptions): Promise<PilotOutcome> {
  const { url, study, token, signal } = options
  const began = performance.now()
  const draw = Twister.fromText(options.seed)
  const mind = (options.mind ?? ruleMind)(draw)
  const link = token === undefined ? {} : { token }
  const { player_id: player, api_key: key } = await createStudyClient({ url, signal }, study).join(link)
  const client = createStudyClient({ url, key, signal }, study)
  let sessions = 0
  let inputs = 0
  let questions = 0
  let talkedMs = 0
  let playedMs = 0
  let state = await client.me()
  for (let step = 0; step < MAX_STEPS; step++) {
    const { stage, group_id, forms, options: choices } = state
    if (stage === 'consent') {
      state = await client.consent({ version: state.study.consent?.version ?? '', signature: 'Simulated Participant' })
    } else if (stage === 'forms' && group_id !== null) {
      questions += forms.reduce((sum, form) => sum + asked(form).length, 0)
      const given = await mind.answers(forms)
      state = await orLook(client, () => client.answer(group_id, given))
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
      const from = performance.now()
      inputs += await playThrough({ url, key, signal, session: session_id }, 1 + draw.below(options.turns), mind)
      talkedMs += performance.now() - from
      sessions++
      state = await client.me()
    } else {
      const ms = performance.now() - began
      return {
        player,
        stage,
        sessions,
        inputs,
        questions,
        talkedMs,
        playedMs,
        ms,
        code: state.completion?.code ?? null,
      }
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
  mind: Mind,
): Promise<number> {
  await using session = await createClient({ url: at.url, key: at.key, signal: at.signal }).play(at.session)
  const told = collect(session)
  // Answered after the opening.
  await session.status()
  let inputs = 0
  for (; inputs < turns; inputs++) {
    const { exited } = await session.say(await mind.say(told))
    if (exited) return inputs + 1
  }
  for (let asked = 0; asked < 6; asked++) {
    inputs++
    const { exited } = await session.say(asked === 0 ? '/finish' : 'It was clear to me.')
    if (exited) return inputs
  }
  return inputs
}

/** What is said in a session, as it comes. */
function collect(session: PlaySession): readonly Told[] {
  const told: Told[] = []
  const read = async (): Promise<void> => {
    for await (const event of session) {
      if (event.kind === 'event') told.push({ role: event.role, content: event.content })
    }
  }
  // The session's own calls report why it ended.
  read().catch(() => undefined)
  return told
}
