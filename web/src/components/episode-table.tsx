// Episodes as rows: players with their scores, world, length, time. Each row is a link. On phones a row becomes a grid.
import { Link } from '@tanstack/react-router'
import type { EpisodeSummary } from 'paracosm/protocol'
import { ago, count, formatNumber, fullDate, leader } from '../data/words.ts'
import { Chip, type ChipKind } from './chip.tsx'
import styles from './episode-table.module.css'
import { Mark } from './mark.tsx'

const CHIPS: Readonly<Record<EpisodeSummary['status'], { kind: ChipKind; word: string } | undefined>> = {
  live: { kind: 'live', word: 'Live' },
  unfinished: { kind: 'warn', word: 'Unfinished' },
  finished: undefined,
  failed: { kind: 'refused', word: 'Failed' },
  broken: { kind: 'refused', word: 'Broken' },
}

/** Maximum number of players shown in a row. */
const SHOWN = 4

export function EpisodeTable({ label, episodes }: { label: string; episodes: readonly EpisodeSummary[] }) {
  return (
    <ul className={styles.table} aria-label={label}>
      {episodes.map((episode) => (
        <EpisodeRow key={episode.id} episode={episode} />
      ))}
    </ul>
  )
}

function EpisodeRow({ episode }: { episode: EpisodeSummary }) {
  const chip = CHIPS[episode.status]
  const started = episode.started_at === null ? undefined : Date.parse(episode.started_at)
  return (
    <li className={styles.row}>
      <span className={styles.players}>
        <Players episode={episode} />
      </span>
      <span className={styles.world}>
        {episode.world?.id ?? 'unknown world'}
        {episode.variant === null ? '' : `, ${episode.variant}`}
      </span>
      <span className={styles.steps}>{episode.status === 'live' ? '' : count(episode.steps, 'step')}</span>
      <span className={styles.state}>
        {chip ? <Chip kind={chip.kind}>{chip.word}</Chip> : undefined}
        {episode.problem ? <span className={styles.why}>{episode.problem.message}</span> : undefined}
      </span>
      <time className={styles.when} {...(started === undefined ? {} : { title: fullDate(started) })}>
        {started === undefined ? '' : ago(started)}
      </time>
      <Link to="/episodes/$episode" params={{ episode: episode.id }} className={styles.link}>
        <span className={styles.hidden}>Episode {episode.id}</span>
      </Link>
    </li>
  )
}

function Players({ episode }: { episode: EpisodeSummary }) {
  const { players, results } = episode
  const winner = results ? leader(results.scores) : undefined
  return (
    <>
      {players.slice(0, SHOWN).map((player, slot) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a slot is an index
        <span key={slot} className={slot === winner ? styles.winner : styles.player}>
          <Mark slot={slot} size={10} />
          <span>{player.name}</span>
          {results?.scores[slot] === undefined ? undefined : <b>{formatNumber(results.scores[slot])}</b>}
        </span>
      ))}
      {players.length > SHOWN ? <span>and {players.length - SHOWN} more</span> : undefined}
    </>
  )
}
