// The figures of a results report, counted over the collections of a dump.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMissing } from '../lib/files.ts'

type Document = Readonly<Record<string, unknown>>

const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Values that the original's database wraps are unwrapped. */
function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap)
  if (!isDocument(value)) return value
  if (typeof value.$date === 'string') return value.$date
  if (typeof value.$oid === 'string') return value.$oid
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unwrap(each)]))
}

/** A collection of a results folder; a missing one is empty. */
export async function readCollection(folder: string, name: string): Promise<Document[]> {
  try {
    const parsed: unknown = unwrap(JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')))
    return Array.isArray(parsed) ? parsed.filter(isDocument) : []
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

export interface Results {
  readonly experiments: readonly Document[]
  readonly assignments: readonly Document[]
  readonly forms: readonly Document[]
  readonly sessions: readonly Document[]
  readonly events: readonly Document[]
  readonly characters: readonly Document[]
}

export async function readResults(folder: string): Promise<Results> {
  const [experiments, assignments, forms, sessions, events, characters] = await Promise.all(
    ['experiments', 'assignments', 'forms', 'sessions', 'session_events', 'characters'].map((name) =>
      readCollection(folder, name),
    ),
  )
  const list = (found: Document[] | undefined): Document[] => found ?? []
  return {
    experiments: list(experiments),
    assignments: list(assignments),
    forms: list(forms),
    sessions: list(sessions),
    events: list(events),
    characters: list(characters),
  }
}

const textOf = (value: unknown): string => (value === undefined || value === null ? '' : String(value))

/** How often each value occurs, the most frequent first. */
export function countBy(list: readonly Document[], key: string): [string, number][] {
  const counts = new Map<string, number>()
  for (const each of list) {
    const value = textOf(each[key])
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  return [...counts].toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
}

const minutes = (session: Document): number | undefined => {
  const { session_started_at: start, session_ended_at: end } = session
  if (typeof start !== 'string' || typeof end !== 'string') return undefined
  return Math.round((Date.parse(end) - Date.parse(start)) / 600) / 100
}

const RETRIES = ['retry_budget', 'validation_retry_exhausted']

export interface Figures {
  readonly players: number
  readonly games: number
  readonly assigned: number
  readonly started: number
  readonly completed: number
  readonly sessions: number
  readonly events: number
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

const mean = (list: readonly number[]): number =>
  list.length === 0 ? 0 : Math.round((list.reduce((sum, each) => sum + each, 0) / list.length) * 100) / 100

/** Milliseconds from an input to the first answer to it, for each input with a later answer. */
export function responseTimes(events: readonly Document[]): number[] {
  const waits: number[] = []
  const asked = new Map<string, number>()
  const ordered = events.toSorted((a, b) => Number(a.seq) - Number(b.seq))
  for (const { session_id, direction, event_ts, event_type } of ordered) {
    const session = String(session_id)
    const time = Date.parse(String(event_ts))
    if (direction === 'inbound' && event_type === 'message') asked.set(session, time)
    else if (direction === 'outbound' && event_type === 'message') {
      const before = asked.get(session)
      asked.delete(session)
      if (before !== undefined && time > before) waits.push(time - before)
    }
  }
  return waits.toSorted((a, b) => a - b)
}

const likedOf = ({ feedback }: Document): unknown => (isDocument(feedback) ? feedback.liked : undefined)

const answersIn = (forms: unknown): number =>
  isDocument(forms)
    ? Object.values(forms).reduce<number>(
        (sum, form) => sum + (isDocument(form) && isDocument(form.answers) ? Object.keys(form.answers).length : 0),
        0,
      )
    : 0

export function figuresOf(results: Results): Figures {
  const { assignments, sessions, events, forms } = results
  const waits = responseTimes(events)
  const people = new Set([...assignments, ...forms].map(({ player_id }) => String(player_id)))
  return {
    players: people.size,
    games: new Set(assignments.map(({ game_name }) => String(game_name))).size,
    assigned: assignments.length,
    started: assignments.filter(({ started_at }) => typeof started_at === 'string').length,
    completed: assignments.filter(({ status }) => status === 'completed').length,
    sessions: sessions.length,
    events: events.length,
    turns_mean: mean(sessions.map(({ turns_completed }) => Number(turns_completed))),
    minutes_mean: mean(sessions.map(minutes).filter((each) => each !== undefined)),
    feedback: events.filter((event) => typeof likedOf(event) === 'boolean').length,
    thumbs_up: events.filter((event) => likedOf(event) === true).length,
    thumbs_down: events.filter((event) => likedOf(event) === false).length,
    error_events: events.filter(({ event_type }) => event_type === 'error').length,
    retries_exhausted: sessions.filter(({ termination_reason }) =>
      RETRIES.some((reason) => String(termination_reason).includes(reason)),
    ).length,
    answers:
      assignments.reduce((sum, { form_responses }) => sum + answersIn(form_responses), 0) +
      forms.reduce((sum, { data }) => sum + answersIn(data), 0),
    response_ms_median: waits[Math.floor(waits.length / 2)] ?? null,
  }
}
