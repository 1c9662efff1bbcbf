// The evaluation of a finished session: the scorer is called once, and its score is stored as an internal event.
import { AppError } from '../../kernel/errors.ts'
import type { JournalHeader } from '../../protocol/journal.ts'
import { Evaluation, type SessionEvent, type SessionHeader } from '../../protocol/session.ts'
import type { SessionLog } from '../../store/sessions/session-log.ts'
import type { GameCatalogue } from './games.ts'
import type { RoleModels } from './role-models.ts'
import { readJournalHeader } from './session-episode.ts'
import { eventIdOf } from './view.ts'

interface EvaluatorOptions {
  readonly log: SessionLog
  readonly games: GameCatalogue
  readonly models: RoleModels
  /** Whether the player of a session sees its evaluation. */
  isShown(session: string): Promise<boolean>
}

interface Evaluated {
  readonly session_id: string
  readonly event_id: string
  readonly cached: boolean
  readonly evaluation: Evaluation
}

export class SessionEvaluator {
  readonly #options: EvaluatorOptions
  readonly #running = new Map<string, Promise<Evaluated>>()

  constructor(options: EvaluatorOptions) {
    this.#options = options
  }

  /**
   * Concurrent requests share one call of the scorer.
   * @throws AppError NOT_EVALUABLE for another game, a session that was not played to its end, or without a prediction;
   * MODEL_REPLY_INVALID when the scorer fails
   */
  evaluate(header: SessionHeader): Promise<Evaluated> {
    const id = header.session_id
    const known = this.#running.get(id)
    if (known) return known
    const evaluated = this.#evaluate(header).finally(() => this.#running.delete(id))
    this.#running.set(id, evaluated)
    return evaluated
  }

  async #evaluate(header: SessionHeader): Promise<Evaluated> {
    const { log, games, models, isShown } = this.#options
    const { session_id: id, game_name: game, termination_reason: terminationReason } = header
    const rules = games.find(game)?.dialogue.evaluation
    const refusal = rules ? rules.refuse({ game, terminationReason }) : 'Sessions of this game are not evaluated'
    if (!rules || refusal !== undefined) throw new AppError('NOT_EVALUABLE', refusal ?? 'This game has no evaluation')
    const events = await log.events(id)
    const kept = events.find(isEvaluation)
    if (kept) {
      const evaluation = Evaluation.parse(JSON.parse(kept.content))
      return { session_id: id, event_id: kept.event_id, cached: true, evaluation }
    }
    const asked = rules.ask(events, (await headerOf(log, id)).config)
    if (!asked.ok) throw new AppError('NOT_EVALUABLE', asked.reason)
    const evaluation = rules.read((await models.answer(asked.call, {})).text)
    if (!evaluation) throw new AppError('MODEL_REPLY_INVALID', 'the scorer returned no score')
    const visible = await isShown(id)
    const event = await log.appendInternal(id, (seq) => evaluationEvent(header, seq, evaluation, visible))
    if (!event) throw new AppError('UNKNOWN_SESSION', `Session ${id} not found`)
    return { session_id: id, event_id: event.event_id, cached: false, evaluation: Evaluation.parse(evaluation) }
  }
}

const isEvaluation = (event: SessionEvent): boolean =>
  event.direction === 'internal' && event.event_source === 'system' && event.event_type === 'llm_eval'

/** The journal's header: its configuration holds both characters as they were when the session was played. */
async function headerOf(log: SessionLog, id: string): Promise<JournalHeader> {
  const line = await log.journalHead(id)
  if (line === undefined) throw new AppError('NOT_EVALUABLE', 'the characters of this session are not on record')
  return readJournalHeader(line)
}

function evaluationEvent(
  header: SessionHeader,
  seq: number,
  { tier, score, reasoning }: Evaluation,
  isVisible: boolean,
): SessionEvent {
  const now = new Date().toISOString()
  return {
    session_id: header.session_id,
    seq,
    event_id: eventIdOf(header.session_id, seq),
    event_ts: now,
    direction: 'internal',
    event_type: 'llm_eval',
    event_source: 'system',
    content: JSON.stringify({ tier, score, reasoning }),
    content_format: 'json',
    turn_index: header.turns_completed,
    command_name: null,
    command_args: null,
    visible_to_user: isVisible,
    persisted_at: now,
    feedback: null,
    updated_at: null,
  }
}
