// One policy version of a league: how it does, how that has changed, against whom, and the matches that show it.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { PolicyFigures } from '../../../../src/protocol/league-policy.ts'
import { Chip } from '../../components/chip.tsx'
import { LineChart } from '../../components/line-chart.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, Section, useTitle } from '../../components/page.tsx'
import { leaderboardQuery, policyQuery, versionName } from '../../data/leagues.ts'
import { count } from '../../data/words.ts'
import { ErrorPage } from '../../shell/error-page.tsx'
import { Opening } from '../../shell/opening.tsx'
import { policyRoute } from './address.ts'
import { BestReplay } from './best-replay.tsx'
import { History } from './history.tsx'
import { Matches } from './matches.tsx'
import { Opponents } from './opponents.tsx'
import styles from './policy.module.css'

export function PolicyPage() {
  const { league, version } = policyRoute.useParams()
  const { data, error, refetch } = useQuery(policyQuery(league, version))
  useTitle(data ? `${versionName(data.policy_version)}, ${data.league.name}` : 'Policy')
  if (error && !data) return <ErrorPage error={error} reset={() => void refetch()} />
  if (!data) return <Opening what="Opening the policy" />
  return <Opened figures={data} />
}

function Opened({ figures }: { figures: PolicyFigures }) {
  const { league, policy_version: version, rounds, best, matches } = figures
  const address = league.slug ?? league.id
  const status = figures.memberships[0]?.status
  return (
    <ReadingPage>
      <PageTitle
        above={
          <>
            <Link to="/leagues">Leagues</Link> /{' '}
            <Link to="/leagues/$league" params={{ league: address }}>
              {league.name}
            </Link>
          </>
        }
      >
        {versionName(version)}
      </PageTitle>
      <p className={styles.finding}>
        <Standing figures={figures} />
        {status === undefined || status === 'active' ? undefined : <Chip kind="plain">{capital(status)}</Chip>}
      </p>
      <div className={styles.columns}>
        <div>
          <Section
            title="Score over time"
            aside={<span className={styles.quiet}>{count(rounds.length, 'round')}</span>}
          >
            <Scores figures={figures} />
          </Section>
          <Opponents figures={figures} />
          <Matches league={address} matches={matches} rounds={figures.matched_rounds} />
        </div>
        <aside aria-label="About the policy">
          {best ? <BestReplay match={best} /> : undefined}
          <History figures={figures} />
        </aside>
      </div>
    </ReadingPage>
  )
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Its rank in the division of its last round, as a sentence. */
function Standing({ figures: { policy_version: version, divisions, rounds } }: { figures: PolicyFigures }) {
  const last = rounds.at(-1)
  const division = divisions.find(({ id }) => id === last?.division_id)
  const { data: board } = useQuery({ ...leaderboardQuery(division?.id ?? ''), enabled: division !== undefined })
  if (!last || !division) return <span>It has not finished a round yet.</span>
  const place = board?.findIndex(({ policy_version_ids: ids }) => ids.includes(version.id)) ?? -1
  const of = board ? ` of ${board.length}` : ''
  return (
    <span>
      {place < 0 ? `Played in ${division.name}` : `Rank ${place + 1}${of} in ${division.name}`}, with a mean of{' '}
      <b>{last.mean.toFixed(2)}</b> points a round
      {last.low === null || last.high === null ? '.' : `, interval ${last.low.toFixed(2)} to ${last.high.toFixed(2)}.`}
    </span>
  )
}

function Scores({ figures: { rounds, policy_version: version } }: { figures: PolicyFigures }) {
  const [first, last] = [rounds[0], rounds.at(-1)]
  if (!first || !last) return <Notice>No round with this policy is complete yet.</Notice>
  return (
    <>
      <LineChart
        points={rounds.map(({ round_number: number, score, mean, low, high }) => ({
          label: `Round ${number}`,
          value: score,
          mean,
          low,
          high,
        }))}
        describe={`Mean score of ${versionName(version)} from ${first.mean.toFixed(1)} in round ${first.round_number} to ${last.mean.toFixed(1)} in round ${last.round_number}.`}
      />
      <p className={styles.note}>
        The line is the mean of the rounds until then, the area its 95% interval, each point one round.
      </p>
    </>
  )
}
