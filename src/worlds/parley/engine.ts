// The engine shared by all five games: applies each command and each model answer.
import type { StepOutput } from '../../kernel/world.ts'
import type { EffectReply, Refusal } from '../../protocol/episode.ts'
import { askOpener, openingLine } from './ask.ts'
import type { Command } from './commands.ts'
import { EXIT } from './exits.ts'
import { beginFinish, hearAnswer, hearScorer } from './finish.ts'
import { GAMES } from './games.ts'
import { endTurn, hear, leave, notify, speak } from './record.ts'
import { clip, isLonger, REPLY_LIMITS, readScene, readText, readTime } from './replies.ts'
import { MODEL_EFFECT } from './request.ts'
import type { Spoken, State } from './state.ts'
import { metCondition } from './stopping.ts'
import { abilitiesText, FAULTS, helpText, stoppedText, tooLongText } from './texts.ts'
import { act, cancelActing, hearActing } from './turn.ts'

/** Applies one command. Refuses anything after the end, and input while the previous one is still being answered. */
export function command(state: State, said: Command, out: StepOutput): Refusal | undefined {
  if (state.exit !== null) return { code: 'SESSION_OVER', reason: 'The session has ended.' }
  if (said.type === 'begin' && state.has_begun) return { code: 'BEGUN', reason: 'The session has begun already.' }
  if (said.type !== 'exit' && state.phase.kind !== 'idle') return { code: 'BUSY', reason: 'An answer is on its way.' }
  const before = state.now
  state.now = Math.max(before, said.at)
  if (said.type === 'resume') state.away += state.now - before
  else if (said.type === 'exit') exit(state, out, said.reason)
  else if (stop(state, out)) return undefined
  else if (!state.has_begun) begin(state, out)
  else if (said.type === 'say') say(state, out, said.text)
  return undefined
}

/** Applies a model's answer or failure. */
export function answer(state: State, reply: EffectReply, out: StepOutput): void {
  state.now = Math.max(state.now, readTime(reply) ?? 0)
  const { phase } = state
  switch (phase.kind) {
    case 'opening':
      hearOpener(state, out, reply)
      break
    case 'acting':
      hearActing(state, out, phase, reply)
      break
    case 'scoring':
      hearScorer(state, out, reply)
      break
    case 'idle':
      break
  }
}

/** Ends the session from outside. A pending answer is discarded, and its turn ends with it. */
function exit(state: State, out: StepOutput, reason: string): void {
  const { phase } = state
  if (phase.kind === 'acting') cancelActing(out, phase)
  else if (phase.kind !== 'idle') out.cancel(phase.effect)
  state.phase = { kind: 'idle' }
  leave(state, out, reason)
  if (phase.kind !== 'idle') endTurn(state, out)
}

/** Checks the stopping conditions before processing the input. */
function stop(state: State, out: StepOutput): boolean {
  const measures = { turns: state.turns, runtime_seconds: Math.floor((state.now - state.away) / 1000) }
  const met = metCondition(state.settings.stops, measures)
  if (met === undefined) return false
  notify(state, out, stoppedText(met))
  leave(state, out, EXIT.condition(met))
  endTurn(state, out)
  return true
}

/** The first call, whatever input came with it. */
function begin(state: State, out: StepOutput): void {
  state.has_begun = true
  state.phase = { kind: 'opening', attempt: 0, effect: out.effect(MODEL_EFFECT, askOpener(state)) }
}

/** The welcome waits for the opening, so that it can name the goal set by the opener. */
function hearOpener(state: State, out: StepOutput, reply: EffectReply): void {
  const { phase } = state
  const text = readText(reply)
  const scene = text.ok ? readScene(text.value, state) : text
  // A failed model call has already been retried: edition 2 asks again only when the reply cannot be read.
  const mayAsk = text.ok || state.rules === undefined
  if (!scene.ok && mayAsk && phase.kind === 'opening' && phase.attempt === 0) {
    state.phase = { kind: 'opening', attempt: 1, effect: out.effect(MODEL_EFFECT, askOpener(state)) }
    return
  }
  state.phase = { kind: 'idle' }
  if (!scene.ok) {
    speak(state, out, { type: 'error', content: FAULTS.opening })
    leave(state, out, EXIT.serverError)
    endTurn(state, out)
    return
  }
  const { content, metadata } = scene.value
  const goal = metadata.shared_goal
  if (state.game === 'teamwork' && typeof goal === 'string' && goal.trim() !== '') {
    state.opening = { shared_goal: clip(goal.trim(), REPLY_LIMITS.goal) }
  }
  state.lines.push(openingLine(content))
  speak(state, out, { type: 'info', content: helpText(state) })
  speak(state, out, { type: 'ai', content })
  endTurn(state, out, true)
}

function say(state: State, out: StepOutput, text: string): void {
  const trimmed = text.trim()
  if (trimmed === '') endTurn(state, out)
  else if (state.question !== 'none') {
    hear(state, out, text, null)
    hearAnswer(state, out, text)
  } else if (trimmed.startsWith('/')) slash(state, out, text)
  else {
    hear(state, out, text, null)
    if (isLonger(text, state.settings.max_input_length)) {
      speak(state, out, { type: 'error', content: tooLongText(state.settings.max_input_length) })
      endTurn(state, out)
    } else act(state, out, text)
  }
}

/** A slash command. One that the game does not know is recorded as a message and gets no reply. */
function slash(state: State, out: StepOutput, text: string): void {
  const spoken = parseSlash(text)
  const isFinish = spoken.name === 'finish' || spoken.name === GAMES[state.game].alias
  const isKnown = isFinish || spoken.name === 'help' || spoken.name === 'abilities'
  hear(state, out, text, isKnown ? spoken : null)
  if (isFinish) {
    beginFinish(state, out, spoken)
    return
  }
  if (isKnown) {
    const content = spoken.name === 'help' ? helpText(state) : abilitiesText(state)
    speak(state, out, { type: 'info', content }, spoken)
  }
  endTurn(state, out)
}

function parseSlash(text: string): Spoken {
  const [, word = '', args = ''] = /^\s*\/\s*(\S*)\s*([\s\S]*?)\s*$/.exec(text) ?? []
  return { name: word.toLowerCase(), args }
}
