// The figures of a pilot: who finished, how long a person needs, and what the whole study would cost.
import type { PilotOutcome } from '../../experiment/pilot/simulated.ts'
import type { Study } from '../../experiment/study.ts'
import { at } from '../../kernel/at.ts'
import type { Usage } from './pilot-models.ts'

/** Seconds of a person: to read an answer and write the next input, and to answer a question. */
const SECONDS_PER_INPUT = 40
const SECONDS_PER_QUESTION = 10

const total = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0)

/** What the whole study needs; null without a quota, or if nobody finished. */
function expectedOf(study: Study, outcomes: readonly PilotOutcome[], usage: Usage) {
  const finished = outcomes.filter(({ stage }) => stage === 'finished')
  const played = total(finished.map(({ sessions }) => sessions))
  const all = total(outcomes.map(({ sessions }) => sessions))
  if (study.quota === null || played === 0) return null
  const sessions = study.quota * study.games.length
  const factor = sessions / all
  return {
    people: Math.ceil(sessions / (played / finished.length)),
    sessions,
    model_calls: Math.round(usage.calls * factor),
    cost_usd: usage.cost_usd === null ? null : round(usage.cost_usd * factor),
  }
}

const round = (usd: number): number => Math.round(usd * 10_000) / 10_000

export function summarise(study: Study, outcomes: readonly PilotOutcome[], usage: Usage) {
  const finished = outcomes.filter(({ stage }) => stage === 'finished')
  const inputs = total(outcomes.map((each) => each.inputs))
  const times = outcomes.map(({ ms }) => ms).toSorted((a, b) => a - b)
  const seconds = finished.map(
    (each) =>
      each.inputs * SECONDS_PER_INPUT + each.questions * SECONDS_PER_QUESTION + (each.playedMs + each.talkedMs) / 1000,
  )
  const perPerson = total(seconds) / Math.max(1, finished.length)
  return {
    participants: outcomes.length,
    finished: finished.length,
    turned_away: outcomes.filter(({ stage, sessions }) => stage === 'closed' && sessions === 0).length,
    sessions: total(outcomes.map((each) => each.sessions)),
    inputs,
    median_ms: times.length === 0 ? 0 : Math.round(at(times, Math.floor(times.length / 2))),
    expected_minutes: Math.round(perPerson / 6) / 10,
    model_calls: usage.calls,
    usage: { ...usage, cost_usd: usage.cost_usd === null ? null : round(usage.cost_usd) },
    whole_study: expectedOf(study, outcomes, usage),
  }
}

type Summary = ReturnType<typeof summarise>

const usd = (amount: number): string => `${amount.toFixed(amount < 0.1 ? 4 : 2)} US dollars`

/** The same as lines of text. */
export function describeSummary({ usage, whole_study: whole, ...summary }: Summary): string[] {
  const tokens = `${usage.input_tokens} tokens in, ${usage.output_tokens} out`
  const cost = usage.cost_usd === null ? 'cost unknown: give --price-in and --price-out' : usd(usage.cost_usd)
  const asked = usage.is_estimated ? 'Model calls, had a model played' : 'Model calls'
  const expected = whole && (whole.cost_usd === null ? '' : `, ${usd(whole.cost_usd)}`)
  return [
    `${summary.participants} simulated participants: ${summary.finished} finished, ${summary.turned_away} were turned away.`,
    `${summary.sessions} sessions, ${summary.inputs} inputs; median time per participant: ${summary.median_ms} ms.`,
    `A person needs about ${summary.expected_minutes} minutes, at ${SECONDS_PER_INPUT} s per input and ${SECONDS_PER_QUESTION} s per question.`,
    `${asked}: ${usage.calls} (${usage.is_estimated ? 'about ' : ''}${tokens}; ${cost}).`,
    ...(whole
      ? [
          `The whole study: about ${whole.people} people, ${whole.sessions} sessions, ${whole.model_calls} model calls${expected}.`,
        ]
      : []),
  ]
}
