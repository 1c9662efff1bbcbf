// How the system performed: durations, response times, errors.
import { barChart, histogram } from '../charts/charts.ts'
import { boxChart, ganttChart, scatterChart, violinChart } from '../charts/spread.ts'
import { card, heading, note } from '../page/html.ts'
import { MAX_ROWS, table } from '../page/table.ts'
import type { Results } from '../results/results.ts'
import { quantile, tally } from '../results/values.ts'
import { numberedSessions, type Wait } from '../results/waits.ts'
import type { ReportData, Section } from './section.ts'

const PHASES = ['opening', 'turn', 'close'] as const

function durationCharts(results: Results): string {
  const { sessions } = results
  const timed = sessions.flatMap((each) => (each.minutes === undefined ? [] : { ...each, minutes: each.minutes }))
  if (timed.length === 0) return note('No session has ended.')
  const spans = timed.map(({ start = 0, end = 0, reason }) => ({ from: start, to: end, kind: reason || 'open' }))
  const numbered = numberedSessions(results).flatMap(({ session, number }) =>
    session.minutes === undefined ? [] : { group: `game ${number}`, value: session.minutes },
  )
  return [
    barChart('Sessions by exit reason', tally(sessions.map(({ reason }) => reason))),
    histogram(
      'Duration of a session',
      timed.map(({ minutes }) => minutes),
      { unit: 'minutes', marks: true },
    ),
    boxChart(
      'Duration by game',
      timed.map(({ game, minutes }) => ({ group: game, value: minutes })),
      'minutes',
    ),
    boxChart("Duration by a player's first, second and later games", numbered, 'minutes'),
    scatterChart(
      'Turns and minutes of each session',
      timed.map(({ turns, minutes }) => ({ x: turns, y: minutes })),
      { x: 'turns', y: 'minutes' },
    ),
    histogram(
      'Last number of an event in each session',
      sessions.map(({ lastSeq }) => lastSeq),
      { unit: 'events' },
    ),
    ganttChart('Sessions over time, coloured by exit reason', spans),
    violinChart(
      'Duration by player',
      timed.map(({ player, minutes }) => ({ group: player, value: minutes })),
      'minutes',
    ),
  ].join('')
}

function waitsCard(name: string, waits: readonly Wait[]): readonly (readonly [string, string])[] {
  const sorted = waits.map(({ ms }) => ms).toSorted((a, b) => a - b)
  const shown = (share: number): string => `${Math.round(quantile(sorted, share) ?? 0)} ms`
  if (sorted.length === 0) return [[name, '–']]
  return [
    [`${name} (${sorted.length})`, `median ${shown(0.5)}, p90 ${shown(0.9)}, p95 ${shown(0.95)}, p99 ${shown(0.99)}`],
  ]
}

function waitCharts(results: Results, waits: readonly Wait[]): string {
  const at = (wait: Wait) => results.session.get(wait.session)
  return [
    ...PHASES.flatMap((phase) => {
      const own = waits.filter((each) => each.phase === phase).map(({ ms }) => ms)
      return own.length === 0 ? [] : [histogram(`Response time, ${phase}`, own, { unit: 'ms', marks: true })]
    }),
    violinChart(
      'Response time by player',
      waits.map((wait) => ({ group: at(wait)?.player ?? '', value: wait.ms })),
      'ms',
    ),
    violinChart(
      'Response time by player and game',
      waits.map((wait) => ({ group: `${at(wait)?.player ?? ''} ${at(wait)?.game ?? ''}`, value: wait.ms })),
      'ms',
    ),
  ].join('')
}

export const systemErrors: Section = { title: 'Errors', group: 'System', content: errors }

export const systemPerformance: Section = {
  title: 'Performance',
  group: 'System',
  content(data) {
    const { results, waits } = data
    const responses =
      waits.length === 0
        ? note('No response times: no answer is stamped later than its input.')
        : `${card([
            ...waitsCard('all', waits),
            ...PHASES.flatMap((phase) =>
              waitsCard(
                phase,
                waits.filter((each) => each.phase === phase),
              ),
            ),
          ])}<div class="charts">${waitCharts(results, waits)}</div>`
    return `<div class="charts">${durationCharts(results)}</div>${heading('Response times')}${responses}`
  },
}

function errors({ results, figures }: ReportData): string {
  const { logs, events, session, texts } = results
  const wrong = [...Iterator.from(events).filter(({ type }) => type === 'error')]
  const kept = wrong.slice(0, MAX_ROWS)
  const found = texts(kept)
  const count = (level: string): number => logs.filter((each) => each.level === level).length
  const messages = tally([...logs.map(({ message }) => message), ...kept.map(({ at }) => found.get(at) ?? '')])
  return [
    card([
      ['log warnings', count('WARNING')],
      ['log errors', count('ERROR')],
      ['log criticals', count('CRITICAL')],
      ['error events in games', figures.error_events],
      ['sessions without retries left', figures.retries_exhausted],
    ]),
    logs.length === 0 ? '' : barChart('Log lines by level', tally(logs.map(({ level }) => level))),
    wrong.length === 0 ? '' : barChart('Error events by session', tally(wrong.map((each) => each.session))),
    heading('The 20 most frequent messages'),
    table({
      id: 'messages-table',
      columns: ['count', 'message'],
      rows: messages.slice(0, 20).map(([message, times]) => [times, message]),
    }),
    heading('Error events in games'),
    table({
      id: 'error-events-table',
      columns: ['session', 'player', 'game', 'turn', 'time', 'message'],
      rows: kept.map((each) => {
        const at = session.get(each.session)
        const time = Number.isNaN(each.time) ? '' : new Date(each.time).toISOString()
        return [each.session, at?.player, at?.game, each.turn, time, found.get(each.at)]
      }),
      total: wrong.length,
    }),
    heading('Log'),
    table({
      id: 'log-table',
      columns: ['file', 'time', 'level', 'place', 'message'],
      rows: logs.map(({ file, time, level, place, message }) => [file, time, level, place, message]),
      rowClass: (row) => (row[2] === 'WARNING' ? 'warning' : 'error'),
    }),
  ].join('')
}
