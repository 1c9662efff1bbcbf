// The bots of a world as a leaderboard: the results of the newest finished episodes of a variant. Every figure links to
// them.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { WorldDetail } from 'paracosm/protocol'
import { useState } from 'react'
import type { WorldBoardRow } from '../../../../src/protocol/catalogue.ts'
import { ButtonLink } from '../../components/button.tsx'
import table from '../../components/data-table.module.css'
import { SelectField } from '../../components/field.tsx'
import { Interval, type IntervalScale } from '../../components/interval.tsx'
import { Notice } from '../../components/notice.tsx'
import { Section } from '../../components/page.tsx'
import { count, formatNumber } from '../../data/words.ts'
import { worldBoardQuery } from '../../data/worlds.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './board.module.css'

export function Board({ world }: { world: WorldDetail }) {
  const [chosen, setChosen] = useState(world.variants[0]?.id ?? '')
  const { data, error } = useQuery(worldBoardQuery(world.id, chosen))
  const summaries = new Map(world.bots.map(({ name, summary }) => [name, summary]))
  const missing = world.bots.filter(({ name }) => !data?.rows.some((row) => row.name === name))
  return (
    <Section
      title="Bots"
      aside={
        <ButtonLink look="bare" to="/leagues">
          Leagues
        </ButtonLink>
      }
    >
      <div className={styles.choose}>
        <SelectField
          label="Leaderboard of the variant"
          value={chosen}
          options={world.variants.map(({ id, title }) => ({ id, label: title }))}
          onChange={({ target }) => setChosen(target.value)}
        />
      </div>
      {error ? <Notice>{explain(error).text}</Notice> : undefined}
      {data && data.rows.length > 0 ? (
        <Table world={world.id} variant={data.variant} rows={data.rows} summaries={summaries} />
      ) : undefined}
      {data && data.rows.length > 0 ? (
        <p className={table.note}>
          From the newest {count(data.episodes, 'finished episode')} without people. The line is the 95% interval: where
          two overlap, more episodes are needed to tell the bots apart.
        </p>
      ) : undefined}
      {data?.rows.length === 0 ? (
        <Notice>
          {world.bots.length === 0
            ? 'This world brings no bots. People, models and programs play it.'
            : 'No bot has finished an episode of this variant yet. Start one of bots above.'}
        </Notice>
      ) : undefined}
      {missing.length > 0 && data ? (
        <ul className={styles.unranked}>
          {missing.map(({ name, summary }) => (
            <li key={name}>
              <b>{name}</b> {summary}
            </li>
          ))}
        </ul>
      ) : undefined}
    </Section>
  )
}

interface TableProps {
  readonly world: string
  readonly variant: string
  readonly rows: readonly WorldBoardRow[]
  readonly summaries: ReadonlyMap<string, string>
}

function Table({ world, variant, rows, summaries }: TableProps) {
  const hasMet = rows.some(({ share }) => share !== null)
  const scale = scaleOf(rows, hasMet)
  return (
    <table className={`${table.table} ${styles.table}`}>
      <caption className={table.caption}>Leaderboard of bots</caption>
      <thead>
        <tr>
          <th scope="col">Bot</th>
          <th scope="col" className={table.wide}>
            {hasMet ? 'Share of points' : 'Mean score'}
          </th>
          {hasMet ? <th scope="col">Won, drawn, lost</th> : undefined}
          {hasMet ? (
            <th scope="col" className={table.number}>
              Mean score
            </th>
          ) : undefined}
          <th scope="col" className={table.number}>
            Episodes
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.kind} ${row.name}`}>
            <th scope="row" className={styles.bot}>
              <b>{row.name}</b>
              <span>{row.kind === 'model' ? 'Model' : summaries.get(row.name)}</span>
            </th>
            <td className={table.wide}>
              <Figure value={hasMet ? row.share : row.score} isShare={hasMet} scale={scale} />
            </td>
            {hasMet ? (
              <td data-label="Won, drawn, lost">
                {formatNumber(row.won)}, {formatNumber(row.drawn)}, {formatNumber(row.lost)}
              </td>
            ) : undefined}
            {hasMet ? (
              <td className={table.number} data-label="Mean score">
                {formatNumber(row.score.value)}
              </td>
            ) : undefined}
            <td className={table.number} data-label="Episodes">
              <Link to="/watch" search={{ world, variant, player: row.name }} className={table.link}>
                {count(row.episodes, 'episode')}
              </Link>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function scaleOf(rows: readonly WorldBoardRow[], isShare: boolean): IntervalScale {
  if (isShare) return { low: 0, high: 1 }
  const ends = rows.flatMap(({ score }) => [score.low ?? score.value, score.high ?? score.value])
  return { low: Math.min(0, ...ends), high: Math.max(1, ...ends) }
}

const percent = (share: number): string => `${Math.round(share * 100)}%`

interface FigureProps {
  /** Null for a share of points without games against others. */
  readonly value: { readonly value: number; readonly low: number | null; readonly high: number | null } | null
  readonly isShare: boolean
  readonly scale: IntervalScale
}

function Figure({ value, isShare, scale }: FigureProps) {
  if (!value) return <span className={table.quiet}>Has met no other bot</span>
  const { low, high } = value
  const words = isShare ? percent : formatNumber
  return <Interval value={value.value} low={low} high={high} scale={scale} words={words} missing="one episode" />
}
