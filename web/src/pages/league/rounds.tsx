// The newest rounds of a division, and one of them with its results and episodes.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { HostedEpisode, HostedRound, RoundDetail } from 'paracosm/protocol'
import { Chip, type ChipKind } from '../../components/chip.tsx'
import { Notice } from '../../components/notice.tsx'
import { Section } from '../../components/page.tsx'
import { pageOfEpisode, roundEpisodesQuery, roundQuery, roundsQuery } from '../../data/leagues.ts'
import { codeOf } from '../../data/query-client.ts'
import { ago, count, formatNumber, fullDate } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import { leagueRoute } from './address.ts'
import styles from './rounds.module.css'

/** Rounds that the list shows. */
const SHOWN = 12

export function Rounds({ division, round: wanted }: { division: string; round: string | undefined }) {
  const { data, error } = useQuery(roundsQuery(division, SHOWN))
  const chosen = wanted ?? (data?.entries.find(({ status }) => status === 'completed') ?? data?.entries[0])?.id
  return (
    <Section
      title="Rounds"
      aside={data ? <span className={styles.quiet}>{count(data.total_count, 'round')}</span> : undefined}
    >
      {error && !data ? <Notice code={codeOf(error)}>{explain(error).text}</Notice> : undefined}
      {data?.entries.length === 0 ? <Notice>No rounds yet. The commissioner starts the first one.</Notice> : undefined}
      <ul className={styles.rounds} aria-label="Newest rounds">
        {(data?.entries ?? []).map((round) => (
          <RoundLink key={round.id} round={round} isChosen={round.id === chosen} />
        ))}
      </ul>
      {chosen === undefined ? undefined : <Round key={chosen} id={chosen} />}
    </Section>
  )
}

const KINDS: Readonly<Record<string, ChipKind>> = { running: 'live', claimed: 'live', failed: 'refused' }

function RoundLink({ round, isChosen }: { round: HostedRound; isChosen: boolean }) {
  const { league } = leagueRoute.useParams()
  return (
    <li>
      <Link
        to="/leagues/$league"
        params={{ league }}
        search={{ division: round.division.id, round: round.id }}
        resetScroll={false}
        className={isChosen ? styles.chosen : styles.round}
        {...(isChosen ? { 'aria-current': true } : {})}
      >
        Round {round.round_number}
        {round.status === 'completed' ? undefined : (
          <Chip kind={KINDS[round.status] ?? 'plain'}>{capital(round.status)}</Chip>
        )}
      </Link>
    </li>
  )
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function Round({ id }: { id: string }) {
  const { data: round, error } = useQuery(roundQuery(id))
  if (!round) {
    if (!error) return <p role="status">Reading the round…</p>
    return <Notice code={codeOf(error)}>{explain(error).text}</Notice>
  }
  const at = Date.parse(round.completed_at ?? round.started_at ?? round.created_at)
  return (
    <div className={styles.detail}>
      <h3>
        Round {round.round_number} <span className={styles.quiet}>{capital(round.status)}</span>{' '}
        <time className={styles.quiet} title={fullDate(at)}>
          {ago(at)}
        </time>
      </h3>
      {round.error === null ? undefined : <Notice>{round.error}</Notice>}
      <Results round={round} />
      {round.pools.map((pool) => (
        <Episodes key={pool.id} pool={pool.id} />
      ))}
    </div>
  )
}

function Results({ round }: { round: RoundDetail }) {
  if (round.results.length === 0) {
    return round.error === null ? <Notice>No results yet. They come when the round is completed.</Notice> : undefined
  }
  return (
    <ol className={styles.results} aria-label={`Results of round ${round.round_number}`}>
      {round.results
        .toSorted((a, b) => a.rank - b.rank)
        .map(({ id, rank, score, policy_version: { policy, version } }) => (
          <li key={id}>
            <b>{rank}</b>
            <span>
              {policy.name} v{version}
            </span>
            <span>{score.toFixed(2)}</span>
          </li>
        ))}
    </ol>
  )
}

function Episodes({ pool }: { pool: string }) {
  const { data, error } = useQuery(roundEpisodesQuery(pool))
  if (error && !data) return <Notice code={codeOf(error)}>{explain(error).text}</Notice>
  if (data?.length === 0) return <Notice>No episodes yet.</Notice>
  return (
    <ul className={styles.episodes} aria-label="Episodes of the round">
      {(data ?? []).map((episode) => (
        <Episode key={episode.id} episode={episode} />
      ))}
    </ul>
  )
}

function Episode({ episode }: { episode: HostedEpisode }) {
  const page = pageOfEpisode(episode)
  const players = playersOf(episode)
  return (
    <li>
      <span className={styles.players}>
        {players.map(({ name, score }, slot) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a slot is an index
          <span key={slot}>
            {name} {score === undefined ? undefined : <b>{formatNumber(score)}</b>}
          </span>
        ))}
      </span>
      {episode.status === 'completed' ? undefined : (
        <Chip kind={episode.status === 'failed' ? 'refused' : 'plain'}>{capital(episode.status)}</Chip>
      )}
      {page === undefined ? (
        <span className={styles.quiet}>Not recorded</span>
      ) : (
        <Link
          to="/episodes/$episode"
          params={{ episode: page }}
          className={styles.watch}
          aria-label={`Watch ${players.map(({ name }) => name).join(' against ')}`}
        >
          Watch
        </Link>
      )}
    </li>
  )
}

/** The player and score of each slot. */
function playersOf({ assignments, participants, scores }: HostedEpisode) {
  return assignments.map((position, slot) => {
    const player = participants.find((each) => each.position === position)
    return { name: player ? `${player.policy_name} v${player.version}` : 'unknown', score: scores[slot]?.score }
  })
}
