// The evaluation of a finished Infer Intent session: asked for once, kept as an internal event, given again afterwards.
import { AppError } from '../../kernel/errors.ts'
import { parseLine, splitHash } from '../../kernel/journal.ts'
import { Evaluation, type SessionEvent, type SessionHeader } from '../../protocol/session.ts'
import type { SessionLog } from '../../store/sessions/session-log.ts'
import { Config } from '../../worlds/parley/config.ts'
import { evaluationOf, isCompleted } from '../../worlds/parley/evaluation.ts'
import { findGame } from '../../worlds/parley/games.ts'
import { readScore } from '../../worlds/parley/replies.ts'
import { sheetOf } from '../../worlds/parley/sheet.ts'
import type { RoleModels } from './role-models.ts'
import { eventIdOf } from './view.ts'

interface EvaluateOptions {
  readonly log: SessionLog
  readonly models: RoleModels
}

interface Evaluated {
  readonly session_id: string
  readonly event_id: string
  readonly cached: boolean
  readonly evaluation: Evaluation
}

const under = new WeakMap<SessionLog, Map<string, Promise<Evaluated>>>()

/**
 * However many ask at once, the scorer is asked once.
 * @throws AppError NOT_EVALUABLE for another game, a session that was not played to its end, or without a prediction;
 * MODEL_REPLY_INVALID when the scorer fails
 */
export function evaluateSession(header: SessionHeader, options: EvaluateOptions): Promise<Evaluated> {
  const running = under.get(options.log) ?? new Map<string, Promise<Evaluated>>()
  under.set(options.log, running)
  const known = running.get(header.session_id)
  if (known) return known
  const evaluated = evaluate(header, options).finally(() => running.delete(header.session_id))
  running.set(header.session_id, evaluated)
  return evaluated
}

async function evaluate(header: SessionHeader, { log, models }: EvaluateOptions): Promise<Evaluated> {
  const id = header.session_id
  if (findGame(header.game_name)?.id !== 'infer-intent') {
    throw new AppError('NOT_EVALUABLE', 'Only sessions of Infer Intent are evaluated')
  }
  if (!isCompleted(header.termination_reason)) {
    throw new AppError('NOT_EVALUABLE', 'Only a session that was played to its end is evaluated')
  }
  const events = await log.events(id)
  const kept = events.find(isEvaluation)
  if (kept) {
    const evaluation = Evaluation.parse(JSON.parse(kept.content))
    return { session_id: id, event_id: kept.event_id, cached: true, evaluation }
  }
  const asked = evaluationOf(events, await sheetsOf(log, id))
  if (!asked.ok) throw new AppError('NOT_EVALUABLE', asked.reason)
  const read = readScore((await models.answer(asked.request, {})).text)
  if (!read.ok) throw new AppError('MODEL_REPLY_INVALID', 'the scorer gave no score')
  const { tier, score, reasoning } = read.value
  const evaluation = { tier, score, reasoning }
  const event = await log.appendInternal(id, (seq) => evaluationEvent(header, seq, evaluation))
  if (!event) throw new AppError('UNKNOWN_SESSION', `Session ${id} not found`)
  return { session_id: id, event_id: event.event_id, cached: false, evaluation }
}

const isEvaluation = (event: SessionEvent): boolean =>
  event.direction === 'internal' && event.event_source === 'system' && event.event_type === 'llm_eval'

/** Both characters as they were when the session was played: its journal holds them. */
async function sheetsOf(log: SessionLog, id: string) {
  const [first = ''] = (await log.journal(id)).lines
  const split = splitHash(first)
  const head = split && parseLine(split.body, 1)
  if (head?.kind !== 'header') throw new AppError('NOT_EVALUABLE', 'the characters of this session are not on record')
  const { pc, npc } = Config.parse(head.header.config)
  return { pc: sheetOf(pc), npc: sheetOf(npc) }
}

function evaluationEvent(header: SessionHeader, seq: number, evaluation: Evaluation): SessionEvent {
  const now = new Date().toISOString()
  return {
    session_id: header.session_id,
    seq,
    event_id: eventIdOf(header.session_id, seq),
    event_ts: now,
    direction: 'internal',
    event_type: 'llm_eval',
    event_source: 'system',
    content: JSON.stringify(evaluation),
    content_format: 'json',
    turn_index: header.turns_completed,
    command_name: null,
    command_args: null,
    visible_to_user: false,
    persisted_at: now,
    feedback: null,
    updated_at: null,
  }
}
