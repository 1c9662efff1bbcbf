// One action of the player: the player's validators judge it while the updater writes a draft; then the simulator's
// validators judge the draft in parallel, with one retry that gets the reason for the rejection.
import type { StepOutput } from '../../kernel/world.ts'
import type { EffectReply } from '../../protocol/episode.ts'
import { askChecks, askUpdater, type Judged, playerLine, simulatorLine } from './ask.ts'
import { EXIT } from './exits.ts'
import { GAMES } from './games.ts'
import { endTurn, leave, recordViolation, speak } from './record.ts'
import { readScene, readText, readVerdict, type Verdict } from './replies.ts'
import { type Check, MODEL_EFFECT, PLAYER_CHECKS, SIMULATOR_CHECKS } from './request.ts'
import type { Acting, Asked, State } from './state.ts'
import { EXHAUSTED, FAULTS, NO_VALID_RESPONSE } from './texts.ts'

/** In Foresight, marks an action that contains a prediction. */
const PREDICTION = /\bpredict(ion|ed|s)?\b/i

/** Starts an action. */
export function act(state: State, out: StepOutput, text: string): void {
  const checks = GAMES[state.game].checks_player ? PLAYER_CHECKS : []
  state.phase = {
    kind: 'acting',
    text,
    attempt: 0,
    judging: askAll(state, out, checks, { action: text, response: null }),
    updater: out.effect(MODEL_EFFECT, askUpdater(state, text)),
    draft: null,
    is_checked: false,
    checking: [],
  }
}

function askAll(state: State, out: StepOutput, checks: readonly Check[], judged: Judged): Asked[] {
  return askChecks(state, checks, judged).map(({ check, request }) => ({
    effect: out.effect(MODEL_EFFECT, request),
    check,
  }))
}

/** Applies one answer to the action in progress. */
export function hearActing(state: State, out: StepOutput, acting: Acting, reply: EffectReply): void {
  if (reply.effect === acting.updater) hearUpdater(state, acting, reply)
  const judge = take(acting.judging, reply)
  if (judge) hearJudge(state, out, acting, { check: judge.check, reply })
  const checker = take(acting.checking, reply)
  if (checker) hearChecker(state, out, acting, { check: checker.check, reply })
  if (state.phase === acting) proceed(state, out, acting)
}

function hearUpdater(state: State, acting: Acting, reply: EffectReply): void {
  acting.updater = null
  const text = readText(reply)
  const scene = text.ok ? readScene(text.value, state) : text
  acting.draft = scene.ok ? scene.value.content : null
}

function hearJudge(state: State, out: StepOutput, acting: Acting, heard: Heard): void {
  const verdict = verdictOf(state, heard.reply)
  if (verdict?.passes) return
  cancelActing(out, acting)
  if (!verdict) {
    fail(state, out, FAULTS.judging)
    return
  }
  const { message, raw } = verdict
  recordViolation(state, out, { check: heard.check, stage: 'player_validation', message, response: acting.text, raw })
  reject(state, out, message)
}

function hearChecker(state: State, out: StepOutput, acting: Acting, heard: Heard): void {
  const verdict = verdictOf(state, heard.reply)
  if (verdict?.passes) return
  cancelActing(out, acting)
  if (!verdict) {
    fail(state, out, FAULTS.answering)
    return
  }
  const { message, raw } = verdict
  const draft = acting.draft ?? ''
  recordViolation(state, out, { check: heard.check, stage: 'simulator_validation', message, response: draft, raw })
  if (acting.attempt > 0) {
    reject(state, out, NO_VALID_RESPONSE)
    return
  }
  acting.attempt = 1
  acting.draft = null
  acting.is_checked = false
  acting.checking = []
  acting.updater = out.effect(MODEL_EFFECT, askUpdater(state, acting.text, { draft, reason: message }))
}

/** An answer of a validator. */
interface Heard {
  readonly check: Check
  readonly reply: EffectReply
}

/** Removes the validator that answers from the pending ones. */
function take(asked: Asked[], reply: EffectReply): Asked | undefined {
  const at = asked.findIndex((each) => each.effect === reply.effect)
  return at < 0 ? undefined : asked.splice(at, 1)[0]
}

/** Undefined: the model failed. */
function verdictOf(state: State, reply: EffectReply): Verdict | undefined {
  const text = readText(reply)
  const verdict = text.ok ? readVerdict(text.value, state) : text
  return verdict.ok ? verdict.value : undefined
}

/** Advances once no call is pending: from the player's validators to the simulator's, and from those to the end. */
function proceed(state: State, out: StepOutput, acting: Acting): void {
  const { draft } = acting
  if (acting.judging.length + acting.checking.length > 0 || acting.updater !== null) return
  if (draft === null) fail(state, out, FAULTS.answering)
  else if (acting.is_checked) accept(state, out, acting, draft)
  else {
    acting.is_checked = true
    acting.checking = askAll(state, out, SIMULATOR_CHECKS, { action: acting.text, response: draft })
  }
}

function accept(state: State, out: StepOutput, acting: Acting, draft: string): void {
  state.lines.push(playerLine(state.pc.hid, acting.text), simulatorLine(draft))
  if (state.game === 'foresight' && PREDICTION.test(acting.text)) state.predictions.push(acting.text)
  state.phase = { kind: 'idle' }
  speak(state, out, { type: 'ai', content: draft })
  endTurn(state, out, true)
}

/** Handles a failed model call: the player gets a message and loses no retry. */
function fail(state: State, out: StepOutput, message: string): void {
  state.phase = { kind: 'idle' }
  speak(state, out, { type: 'error', content: message })
  endTurn(state, out)
}

/** Rejects the turn for breaking a rule: it costs one of the budget, and the last one ends the game. */
function reject(state: State, out: StepOutput, message: string): void {
  state.phase = { kind: 'idle' }
  speak(state, out, { type: 'error', content: message })
  state.budget = Math.max(0, state.budget - 1)
  if (state.budget === 0) {
    speak(state, out, { type: 'info', content: EXHAUSTED })
    leave(state, out, EXIT.exhausted)
  }
  endTurn(state, out)
}

/** Cancels all pending requests of an action. */
export function cancelActing(out: StepOutput, acting: Acting): void {
  if (acting.updater !== null) out.cancel(acting.updater)
  for (const { effect } of [...acting.judging, ...acting.checking]) out.cancel(effect)
}
