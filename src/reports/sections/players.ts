// What players did, said about the characters, and answered.
import { groupedChart, type StackRow } from '../charts/charts.ts'
import { card, heading, note, percent } from '../page/html.ts'
import { MAX_ROWS, table } from '../page/table.ts'
import type { EventFacts, EventFeedback } from '../results/event-table.ts'
import type { Results } from '../results/results.ts'
import { type Document, groupBy, isDocument, mean, quantile, textOf } from '../results/values.ts'
import type { Section } from './section.ts'

export const playerPerformance: Section = {
  title: 'What players did',
  group: 'Player',
  content({ results }) {
    const rows = [...groupBy(results.sessions, ({ player }) => player)].map(([player, own]) => {
      const completed = own.filter(({ isCompleted }) => isCompleted).length
      const minutes = own.flatMap((each) => each.minutes ?? [])
      return [
        player,
        own.length,
        completed,
        percent(completed, own.length),
        mean(own.map(({ turns }) => turns)),
        mean(minutes),
      ]
    })
    return table({
      id: 'players-table',
      columns: ['player', 'sessions', 'completed', 'share', 'mean turns', 'mean minutes'],
      rows,
    })
  },
}

const FLAGS = [
  ['out_of_character', 'out of character'],
  ['doesnt_make_sense', "doesn't make sense"],
  ['other', 'other'],
] as const

interface Rated {
  readonly event: EventFacts
  readonly feedback: EventFeedback
  readonly player: string
  readonly game: string
}

function ratedOf({ events, session }: Results): Rated[] {
  const rated: Rated[] = []
  for (const event of events) {
    if (!event.feedback) continue
    const at = session.get(event.session)
    rated.push({ event, feedback: event.feedback, player: at?.player ?? '', game: at?.game ?? '' })
  }
  return rated
}

function flagRows(
  rated: readonly Rated[],
  nameOf: (each: Rated) => string,
  facetOf?: (each: Rated) => string,
): StackRow[] {
  const counts = new Map<string, StackRow>()
  for (const each of rated) {
    for (const [flag, kind] of FLAGS) {
      if (!each.feedback[flag]) continue
      const row = { name: nameOf(each), kind, ...(facetOf ? { facet: facetOf(each) } : {}) }
      const key = JSON.stringify(row)
      counts.set(key, { ...row, count: (counts.get(key)?.count ?? 0) + 1 })
    }
  }
  return [...counts.values()].toSorted((a, b) => Number(a.name) - Number(b.name))
}

/** How each player judges, the first that applies: only good, only bad, much, little, mixed. */
function segments(rated: readonly Rated[]): unknown[][] {
  const players = [...groupBy(rated, ({ player }) => player)]
  const totals = players.map(([, own]) => own.length).toSorted((a, b) => a - b)
  const high = quantile(totals, 0.75) ?? 0
  const low = quantile(totals, 0.25) ?? 0
  return players.map(([player, own]) => {
    const up = own.filter(({ feedback }) => feedback.liked).length
    const down = own.length - up
    const flags = FLAGS.map(([flag]) => own.filter(({ feedback }) => feedback[flag]).length)
    const segment =
      down === 0
        ? 'only thumbs up'
        : up === 0
          ? 'only thumbs down'
          : own.length >= high
            ? 'much feedback'
            : own.length <= low
              ? 'little feedback'
              : 'mixed'
    return [player, segment, own.length, up, down, ...flags]
  })
}

/** Each rated message with the three messages before it. */
function contextRows({ events, texts }: Results, rated: readonly Rated[]): unknown[][] {
  const kept = rated.slice(0, MAX_ROWS)
  const contexts = kept.map(({ event }) => {
    const before: EventFacts[] = []
    for (let i = event.index - 1; i >= 0 && before.length < 3; i--) {
      const each = events.at(i)
      if (each?.session !== event.session) break
      if (each.type === 'message') before.unshift(each)
    }
    return before
  })
  const found = texts([...kept.map(({ event }) => event), ...contexts.flat()])
  return kept.map(({ event, feedback, player, game }, index) => [
    player,
    game,
    event.session,
    event.turn,
    feedback.liked ? 'up' : 'down',
    FLAGS.filter(([flag]) => feedback[flag])
      .map(([, name]) => name)
      .join(', '),
    feedback.comment,
    found.get(event.at),
    contexts[index]?.map((each) => `${each.source}: ${found.get(each.at) ?? ''}`).join('\n'),
  ])
}

export const playerFeedback: Section = {
  title: 'Feedback',
  group: 'Player',
  content({ results, figures }) {
    const { feedback, thumbs_up, thumbs_down, answers_of_characters } = figures
    const figuresCard = card([
      ['feedback', `${feedback} of ${answers_of_characters} messages (${percent(feedback, answers_of_characters)})`],
      ['thumbs up', `${thumbs_up} (${percent(thumbs_up, feedback)})`],
      ['thumbs down', `${thumbs_down} (${percent(thumbs_down, feedback)})`],
    ])
    if (feedback === 0) return figuresCard + note('Nobody has given feedback.')
    const rated = ratedOf(results)
    const flags = flagRows(rated, ({ event }) => String(event.turn))
    const charts =
      flags.length === 0
        ? note('No message was flagged.')
        : groupedChart('What was wrong, by turn', flags) +
          groupedChart(
            'What was wrong, by turn and game',
            flagRows(
              rated,
              ({ event }) => String(event.turn),
              ({ game }) => game,
            ),
          )
    return [
      figuresCard,
      charts,
      heading('Players'),
      table({
        id: 'segments-table',
        columns: ['player', 'segment', 'feedback', 'up', 'down', ...FLAGS.map(([, name]) => name)],
        rows: segments(rated),
      }),
      heading('Feedback with what was said before'),
      table({
        id: 'feedback-table',
        columns: ['player', 'game', 'session', 'turn', 'thumb', 'flags', 'comment', 'message', 'before'],
        rows: contextRows(results, rated),
        total: rated.length,
      }),
    ].join('')
  },
}

function answersIn(player: unknown, game: unknown, forms: unknown): unknown[][] {
  if (!isDocument(forms)) return []
  return Object.entries(forms).flatMap(([name, form]) => {
    if (!isDocument(form) || !isDocument(form.answers)) return []
    const when = form.before_or_after ?? (isDocument(form.trigger) ? form.trigger.event : form.trigger)
    return Object.values(form.answers)
      .filter(isDocument)
      .map((each: Document) => [
        player,
        game,
        name,
        textOf(when),
        each.key,
        each.prompt,
        each.answer_type,
        each.answer,
        form.submitted_at,
      ])
  })
}

export const formResponses: Section = {
  title: 'Answers',
  group: 'Player',
  content: ({ results: { forms, assignments } }) =>
    table({
      id: 'answers-table',
      columns: ['player', 'game', 'form', 'when', 'key', 'prompt', 'type', 'answer', 'time'],
      rows: [
        ...forms.flatMap(({ player_id, data }) => answersIn(player_id, '', data)),
        ...assignments.flatMap(({ player_id, game_name, form_responses }) =>
          answersIn(player_id, game_name, form_responses),
        ),
      ],
    }),
}
