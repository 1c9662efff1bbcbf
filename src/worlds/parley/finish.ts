// How a game ends when the player asks to finish: questions if the game has any, then the score if it has one.
import type { StepOutput } from '../../kernel/world.ts'
import type { EffectReply } from '../../protocol/episode.ts'
import { askScorer } from './ask.ts'
import { EXIT } from './exits.ts'
import { endTurn, leave, speak } from './record.ts'
import { readScore, readText } from './replies.ts'
import { MODEL_EFFECT } from './request.ts'
import { drawnGoal, type Spoken, type State, sharedGoal } from './state.ts'
import { ASKS_CONFIDENCE, CONFIDENCE, finishedText, QUESTIONS, scoreCard } from './texts.ts'

/** Starts the end of the game when the player asks to finish. */
export function beginFinish(state: State, out: StepOutput, spoken: Spoken): void {
  const question = QUESTIONS[state.game]
  if (question === undefined) {
    state.spoken = spoken
    scoreAndLeave(state, out)
    return
  }
  state.question = 'answer'
  speak(state, out, { type: 'info', content: question }, spoken)
  endTurn(state, out)
}

/** Takes one answer to a question at the end; any input counts as the answer. */
export function hearAnswer(state: State, out: StepOutput, text: string): void {
  if (state.question === 'answer') {
    state.answer = text
    if (ASKS_CONFIDENCE.includes(state.game)) {
      state.question = 'confidence'
      speak(state, out, { type: 'info', content: CONFIDENCE })
      endTurn(state, out)
      return
    }
  } else state.confidence = text
  scoreAndLeave(state, out)
}

function scoreAndLeave(state: State, out: StepOutput): void {
  const { game } = state
  const guess = game === 'foresight' ? lastPrediction(state) : (state.answer ?? '')
  if (game === 'explore' || guess === undefined) {
    close(state, out)
    return
  }
  const { pc, npc, lines, turns } = state
  const confidence = state.confidence ?? ''
  const asked = askScorer({
    game,
    pc,
    npc,
    lines,
    turns,
    guess,
    confidence,
    objective: sharedGoal(state),
    goal: drawnGoal(state),
  })
  state.phase = { kind: 'scoring', effect: out.effect(MODEL_EFFECT, asked) }
}

/** The newest prediction of the player: recorded in its turn, or found in an imported transcript. */
function lastPrediction(state: State): string | undefined {
  const noted = state.predictions.at(-1)
  if (noted !== undefined) return noted
  const found = state.lines.findLast((line) => /^Player \(.*?\):.*(\/predict-next|\bpredict(ion|ed|s)?\b)/is.test(line))
  return found?.replace(/^.*?\/predict-next\s*/is, '')
}

/** Applies the scorer's answer. If the scorer failed, the game has no score; nothing else changes. */
export function hearScorer(state: State, out: StepOutput, reply: EffectReply): void {
  const text = readText(reply)
  const score = text.ok ? readScore(text.value, state) : text
  state.score = score.ok ? score.value : null
  close(state, out)
}

function close(state: State, out: StepOutput): void {
  const { spoken } = state
  state.phase = { kind: 'idle' }
  if (state.settings.shows_score) speak(state, out, { type: 'info', content: scoreCard(state.score) })
  speak(state, out, { type: 'info', content: finishedText(EXIT.finished) }, spoken)
  leave(state, out, EXIT.finished)
  endTurn(state, out)
}
