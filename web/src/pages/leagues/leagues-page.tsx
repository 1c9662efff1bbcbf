// The leagues of this server as rows, and how to play one.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { HostedLeague } from 'paracosm/protocol'
import { Button, ButtonLink } from '../../components/button.tsx'
import { CopyLine } from '../../components/copy-line.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, Section, useTitle } from '../../components/page.tsx'
import styles from '../../components/row-list.module.css'
import { ladderQuery, leaguesQuery } from '../../data/leagues.ts'
import { codeOf } from '../../data/query-client.ts'
import { ago, count } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import { Opening } from '../../shell/opening.tsx'

export function LeaguesPage() {
  useTitle('Leagues')
  const { data, error, refetch } = useQuery(leaguesQuery)
  if (!data && !error) return <Opening what="Opening the leagues" />
  return (
    <ReadingPage>
      <PageTitle above={data ? `${count(data.length, 'league')} on this server` : undefined}>Leagues</PageTitle>
      {error ? (
        <Notice code={codeOf(error)} actions={<Button onClick={() => void refetch()}>Try again</Button>}>
          {explain(error).text}
        </Notice>
      ) : undefined}
      {data?.length === 0 ? (
        <Notice command="paracosm serve">
          No leagues yet. A server that is started with this command keeps a demo league playing.
        </Notice>
      ) : (
        <ul className={styles.rows}>
          {(data ?? []).map((league) => (
            <Row key={league.id} league={league} />
          ))}
        </ul>
      )}
      <Section
        title="Evaluations"
        aside={
          <ButtonLink look="bare" to="/evaluations">
            All evaluations
          </ButtonLink>
        }
      >
        <p className={styles.text}>
          An evaluation compares policies on the same seeds and says how sure the result is: means, win probabilities
          and ratings with intervals, and every episode behind them.
        </p>
        <div className={styles.commands}>
          <CopyLine text="paracosm eval paint-arena greedy random sweep --episodes 200" />
        </div>
      </Section>
      <Section title="Play a league">
        <p className={styles.text}>
          A league is a YAML file: a world, the policies that enter, and a commissioner who decides which episodes a
          round plays and what they mean. This command plays one in the terminal.
        </p>
        <div className={styles.commands}>
          <CopyLine text="paracosm league run league.yaml" />
        </div>
      </Section>
    </ReadingPage>
  )
}

function Row({ league }: { league: HostedLeague }) {
  const { data: ladder } = useQuery(ladderQuery(league.id))
  return (
    <li className={styles.row}>
      <h2>
        <Link to="/leagues/$league" params={{ league: league.slug ?? league.id }} className={styles.link}>
          {league.name}
        </Link>
      </h2>
      <p className={styles.facts}>
        <span>{league.game.name}</span>
        {(ladder ?? []).map((division) => (
          <span key={division.id}>
            {division.name}: {count(division.member_count, 'policy', 'policies')}
          </span>
        ))}
        {league.commissioner_key === null ? undefined : <span>Commissioner: {league.commissioner_key}</span>}
        <span>Opened {ago(Date.parse(league.created_at))}</span>
      </p>
    </li>
  )
}
