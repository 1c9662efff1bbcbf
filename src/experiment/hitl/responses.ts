// Generates the character's response to every attempt. Each scenario has a parent session with the shared history; each
// attempt is a separate branch of it, so that attempts do not influence each other. The file is saved after every
// response: a kill loses at most one.
import type { createClient } from '../../client/client.ts'
import type { SaidEvent } from '../../client/play-event.ts'
import type { PlaySession } from '../../client/play-session.ts'
import { AppError } from '../../kernel/errors.ts'
import { inLanes } from '../../lib/lanes.ts'
import { Mutex } from '../../lib/mutex.ts'
import type { HITL_EVENT_TYPES, HitlAttempt, HitlFile, HitlScenario } from '../../protocol/hitl.ts'
import { saveHitlFile } from './scenario-file.ts'

type Client = ReturnType<typeof createClient>

export interface ResponseOptions {
  readonly client: Client
  readonly path: string
  readonly file: HitlFile
  readonly isWanted: (scenario: HitlScenario) => boolean
  /** Number of concurrent scenarios. */
  readonly concurrency: number
  /** Whether to recreate a parent session that the server no longer has. */
  readonly regenerates: boolean
  /** Create only the shared history, and no responses. */
  readonly onlyHistory: boolean
  /** Whether to keep a response without text. */
  readonly includesEmpty: boolean
  readonly signal: AbortSignal
  readonly onProgress: (answered: number) => void
}

export interface ResponseReport {
  readonly answered: number
  readonly failed: readonly { readonly scenario: string; readonly message: string }[]
}

/** Which of several events is the response: the first event of the highest-ranked kind. */
const PRIORITY = ['ai', 'error', 'warning', 'info'] as const satisfies readonly (typeof HITL_EVENT_TYPES)[number][]

const isPending = ({ simulator_response }: HitlAttempt): boolean =>
  simulator_response === null || simulator_response === undefined

/** Attempts without a response. */
export const pendingOf = ({ attempts }: HitlScenario): HitlAttempt[] => attempts.filter(isPending)

/** Generates the pending responses; a failed scenario does not affect the others. */
export async function answerScenarios(options: ResponseOptions): Promise<ResponseReport> {
  const { file, isWanted, concurrency, onProgress, onlyHistory } = options
  const saving = new Mutex()
  const save = (): Promise<void> => saving.run(() => saveHitlFile(options.path, file))
  const wanted = file.scenario_groups
    .flatMap(({ scenarios }) => scenarios)
    .filter((scenario) => isWanted(scenario) && (pendingOf(scenario).length > 0 || onlyHistory))
  const failed: { scenario: string; message: string }[] = []
  let answered = 0
  await inLanes(wanted, concurrency, async (scenario) => {
    try {
      options.signal.throwIfAborted()
      const parent = await parentOf(scenario, options, save)
      for (const attempt of onlyHistory ? [] : pendingOf(scenario)) {
        await answerAttempt(attempt, parent, options)
        await save()
        onProgress(++answered)
      }
    } catch (error) {
      if (options.signal.aborted) throw error
      failed.push({ scenario: scenario.id, message: error instanceof Error ? error.message : String(error) })
    }
  })
  return { answered, failed }
}

/** The session with the shared history. Its id is saved in the file before anything branches from it. */
async function parentOf(scenario: HitlScenario, options: ResponseOptions, save: () => Promise<void>): Promise<string> {
  const { client, file, regenerates } = options
  const known = scenario.parent_session_id
  if (known !== null) {
    const found = await client.sessionStatus(known).catch(() => undefined)
    if (found && found.status !== 'closed') return known
    if (!regenerates) {
      throw new AppError(
        'UNKNOWN_SESSION',
        `the parent session ${known} is ${found ? 'closed' : 'not on this server'}`,
        {
          hint: 'Add --regenerate-parent-session to make it anew from the history in the file.',
        },
      )
    }
  }
  const started = await client.startSession({
    game: scenario.game,
    pc_choice: scenario.pc_hid,
    npc_choice: file.npc_hid,
    source: 'hitl',
  })
  const session = await client.play(started.session_id, { signal: options.signal })
  try {
    const opening = await openingOf(session)
    const told = scenario.conversation_history.filter(({ role }) => role === 'user')
    const history = [{ role: 'assistant', content: opening }]
    for (const { content } of told) {
      const { events } = await session.say(content)
      history.push({ role: 'user', content }, { role: 'assistant', content: primaryOf(events)?.content ?? '' })
    }
    scenario.conversation_history = history
  } finally {
    session.leave()
  }
  scenario.parent_session_id = started.session_id
  await save()
  return started.session_id
}

/** The opening message of the character, or of the game. */
async function openingOf(session: PlaySession): Promise<string> {
  const said: SaidEvent[] = []
  for await (const event of session) {
    if (event.kind === 'event') said.push(event)
    else if (event.kind === 'turn_end') break
  }
  const opening = primaryOf(said)
  if (opening) return opening.content
  throw new AppError('MODEL_REPLY_INVALID', 'the session has no opening')
}

const primaryOf = (events: readonly SaidEvent[]): SaidEvent | undefined =>
  PRIORITY.map((type) => events.find(({ event_type }) => event_type === type)).find((event) => event !== undefined)

async function answerAttempt(attempt: HitlAttempt, parent: string, options: ResponseOptions): Promise<void> {
  const { client, signal, includesEmpty } = options
  const { session_id } = await client.branch(parent)
  const session = await client.play(session_id, { signal })
  try {
    const { events } = await session.say(attempt.player_message)
    const primary = primaryOf(events)
    if ((primary === undefined || primary.content === '') && !includesEmpty) {
      throw new AppError('MODEL_REPLY_INVALID', 'the character gave no answer')
    }
    attempt.simulator_response = primary?.content ?? ''
    attempt.simulator_response_type = primary?.event_type ?? 'info'
    attempt.simulator_extra_events = events
      .filter((event) => event !== primary)
      .map(({ event_type, content }) => ({ event_type, content }))
  } finally {
    session.leave()
  }
}
