// The figures of a results report.
import type { Results } from './results.ts'
import { isDocument, mean, quantile, textOf } from './values.ts'
import { type Wait, waitsOf } from './waits.ts'

const RETRIES = ['retry_budget', 'validation_retry_exhausted', 'retry budget exhausted']

export interface Figures {
  readonly players: number
  readonly games: number
  readonly assigned: number
  readonly started: number
  readonly completed: number
  readonly sessions: number
  readonly sessions_completed: number
  readonly events: number
  /** Messages of characters, for which feedback may be given. */
  readonly answers_of_characters: number
  readonly turns_mean: number
  readonly minutes_mean: number
  readonly feedback: number
  readonly thumbs_up: number
  readonly thumbs_down: number
  readonly error_events: number
  readonly retries_exhausted: number
  readonly answers: number
  readonly response_ms_median: number | null
}

const answersIn = (forms: unknown): number =>
  isDocument(forms)
    ? Object.values(forms).reduce<number>(
        (sum, form) => sum + (isDocument(form) && isDocument(form.answers) ? Object.keys(form.answers).length : 0),
        0,
      )
    : 0

function countEvents({ events }: Results) {
  const counts = { answers_of_characters: 0, feedback: 0, thumbs_up: 0, thumbs_down: 0, error_events: 0 }
  for (const { direction, type, source, feedback } of events) {
    if (direction === 'outbound' && type === 'message' && source === 'npc') counts.answers_of_characters++
    if (type === 'error') counts.error_events++
    if (!feedback) continue
    counts.feedback++
    if (feedback.liked) counts.thumbs_up++
    else counts.thumbs_down++
  }
  return counts
}

/** Players: everybody with an assignment, a form answer or a session. */
export function playersOf({ assignments, forms, sessions }: Results): Set<string> {
  const named = [...assignments, ...forms].map(({ player_id }) => textOf(player_id))
  return new Set([...named, ...sessions.map(({ player }) => player)].filter((each) => each !== ''))
}

/** @param waits of the events, if already computed */
export function figuresOf(results: Results, waits: readonly Wait[] = waitsOf(results.events)): Figures {
  const { assignments, sessions, events, forms } = results
  const times = waits.map(({ ms }) => ms).toSorted((a, b) => a - b)
  const minutes = sessions.flatMap((each) => each.minutes ?? [])
  return {
    players: playersOf(results).size,
    games: new Set([...assignments.map(({ game_name }) => textOf(game_name)), ...sessions.map(({ game }) => game)])
      .size,
    assigned: assignments.length,
    started: assignments.filter(({ started_at }) => typeof started_at === 'string').length,
    completed: assignments.filter(({ status }) => status === 'completed').length,
    sessions: sessions.length,
    sessions_completed: sessions.filter(({ isCompleted }) => isCompleted).length,
    events: events.length,
    ...countEvents(results),
    turns_mean: mean(sessions.map(({ turns }) => turns)),
    minutes_mean: mean(minutes),
    retries_exhausted: sessions.filter(({ reason }) => RETRIES.some((each) => reason.includes(each))).length,
    answers:
      assignments.reduce((sum, { form_responses }) => sum + answersIn(form_responses), 0) +
      forms.reduce((sum, { data }) => sum + answersIn(data), 0),
    response_ms_median: quantile(times, 0.5) ?? null,
  }
}
