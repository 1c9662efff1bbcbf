// The study, and the sessions played.
import { barChart, heatmap, histogram, stackedChart } from '../charts/charts.ts'
import { card, heading, note, percent, text } from '../page/html.ts'
import { table } from '../page/table.ts'
import type { Results, SessionFacts } from '../results/results.ts'
import { durationText, groupBy, mean, tally } from '../results/values.ts'
import type { Section } from './section.ts'

export const metadata: Section = {
  title: 'Study',
  content({ results, figures }) {
    const [study] = results.experiments
    return card([
      ['experiment', study?.name],
      ['description', study?.description],
      ['players', figures.players],
      ['games', figures.games],
      ['completed', `${figures.completed} of ${figures.assigned} (${percent(figures.completed, figures.assigned)})`],
    ])
  },
}

/** Minimum, maximum and mean. */
function range(values: readonly number[]): string {
  if (values.length === 0) return '–'
  const [least, most] = values.reduce(
    ([low, high], each) => [Math.min(low, each), Math.max(high, each)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  )
  return `${least} to ${most}, mean ${mean(values)}`
}

/** Maximum number of characters on one side of a heatmap: those with the most sessions. */
const MAX_SIDE = 45

function pairings(sessions: readonly SessionFacts[]): string {
  const games = [...groupBy(sessions, ({ game }) => game)]
  return games
    .map(([game, own], index) => {
      const top = (key: 'pc' | 'npc') =>
        new Set(
          tally(own.map((each) => each[key]))
            .slice(0, MAX_SIDE)
            .map(([name]) => name),
        )
      const [pcs, npcs] = [top('pc'), top('npc')]
      const counts = tally(
        own.filter(({ pc, npc }) => pcs.has(pc) && npcs.has(npc)).map(({ pc, npc }) => `${pc}\0${npc}`),
      )
      const cells = counts.map(([pair, value]) => {
        const [y = '', x = ''] = pair.split('\0')
        return { x: x || '–', y: y || '–', value }
      })
      const chart = heatmap(
        `Sessions of ${game} by character of the player (rows) and the other character (columns)`,
        cells,
      )
      return `<details${index === 0 ? ' open' : ''}><summary>${text(game)}</summary>${chart}</details>`
    })
    .join('')
}

function charts({ sessions, assignments }: Results, funnel: readonly [string, number][]): string {
  const days = tally(
    sessions.flatMap(({ start }) => (start === undefined ? [] : new Date(start).toISOString().slice(0, 10))),
  )
  const completion = tally(
    sessions.map(({ game, isCompleted }) => `${game}\0${isCompleted ? 'completed' : 'not completed'}`),
  )
  const perPlayer = [...groupBy(sessions, ({ player }) => player).values()].map((own) => own.length)
  return [
    barChart('Assignments, from assigned to completed', funnel),
    barChart('Assignments by status', tally(assignments.map(({ status }) => String(status)))),
    barChart(
      'Sessions of each day (UTC)',
      days.toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
    barChart('Sessions by exit reason', tally(sessions.map(({ reason }) => reason))),
    barChart('Sessions of each game', tally(sessions.map(({ game }) => game))),
    stackedChart(
      'Sessions of each game, completed or not',
      completion.map(([key, count]) => {
        const [name = '', kind = ''] = key.split('\0')
        return { name, kind, count }
      }),
    ),
    histogram(
      'Turns of a session',
      sessions.map(({ turns }) => turns),
      { unit: 'turns' },
    ),
    histogram(
      'Duration of a session',
      sessions.flatMap(({ minutes }) => minutes ?? []),
      { unit: 'minutes' },
    ),
    barChart(
      'Players by their number of sessions',
      tally(perPlayer.map(String)).toSorted(([a], [b]) => Number(a) - Number(b)),
    ),
  ].join('')
}

const timeText = (ms: number | undefined): string => (ms === undefined ? '' : new Date(ms).toISOString())

export const overview: Section = {
  title: 'Overview',
  content({ results, figures }) {
    const { sessions } = results
    if (sessions.length === 0 && results.assignments.length === 0) return note('Nothing has been played.')
    const perPlayer = [...groupBy(sessions, ({ player }) => player).values()].map((own) => own.length)
    return [
      card([
        ['sessions', sessions.length],
        ['player characters', new Set(sessions.map(({ pc }) => pc)).size],
        ['other characters', new Set(sessions.map(({ npc }) => npc)).size],
        ['turns', range(sessions.map(({ turns }) => turns))],
        ['minutes', range(sessions.flatMap(({ minutes }) => minutes ?? []))],
        ['sessions of a player', range(perPlayer)],
      ]),
      heading('Who met whom'),
      pairings(sessions),
      `<div class="charts">${charts(results, [
        ['assigned', figures.assigned],
        ['started', figures.started],
        ['completed', figures.completed],
      ])}</div>`,
      heading('Sessions'),
      table({
        id: 'sessions-table',
        columns: ['session', 'player', 'game', 'pairing', 'turns', 'duration', 'ended', 'completed', 'started'],
        rows: sessions.map((each) => [
          each.id,
          each.player,
          each.game,
          `${each.pc} → ${each.npc}`,
          each.turns,
          each.minutes === undefined ? '' : durationText(each.minutes),
          each.reason,
          each.isCompleted ? 'yes' : 'no',
          timeText(each.start),
        ]),
      }),
    ].join('')
  },
}
