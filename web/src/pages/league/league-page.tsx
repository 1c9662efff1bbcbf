// One league: the leaderboard of a division with its rounds on the left, the commissioner's description and the events
// on the right.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { HostedLeague, LadderEntry } from 'paracosm/protocol'
import { SelectField } from '../../components/field.tsx'
import { Notice } from '../../components/notice.tsx'
import { PageTitle, ReadingPage, useTitle } from '../../components/page.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { ladderQuery, leagueQuery } from '../../data/leagues.ts'
import { ErrorPage } from '../../shell/error-page.tsx'
import { NotFoundPage } from '../../shell/not-found-page.tsx'
import { Opening } from '../../shell/opening.tsx'
import { leagueRoute } from './address.ts'
import { Commissioner, Events } from './aside.tsx'
import { Leaderboard } from './leaderboard.tsx'
import styles from './league.module.css'
import { Requests } from './requests.tsx'
import { Rounds } from './rounds.tsx'

/** Maximum number of divisions side by side; more are shown as a list. */
const SIDE_BY_SIDE = 3

export function LeaguePage() {
  const { league: id } = leagueRoute.useParams()
  const { data: league, error, refetch } = useQuery(leagueQuery(id))
  const ladder = useQuery({ ...ladderQuery(id), enabled: league !== undefined })
  useTitle(league?.name ?? 'League')
  const failed = error ?? (ladder.data ? undefined : ladder.error)
  const again = (): void => {
    void refetch()
    void ladder.refetch()
  }
  if (failed) return <ErrorPage error={failed} reset={again} />
  if (!league || !ladder.data) return <Opening what="Opening the league" />
  return <Opened league={league} divisions={ladder.data} />
}

function Opened({ league, divisions }: { league: HostedLeague; divisions: readonly LadderEntry[] }) {
  const search = leagueRoute.useSearch()
  const chosen = search.division === undefined ? divisions[0] : divisions.find(({ id }) => id === search.division)
  if (search.division !== undefined && !chosen) return <NotFoundPage />
  return (
    <ReadingPage>
      <PageTitle
        above={
          <>
            <Link to="/leagues">Leagues</Link> / {league.game.name}
          </>
        }
      >
        {league.name}
      </PageTitle>
      {chosen === undefined ? (
        <Notice>This league has no divisions, so nothing is played in it.</Notice>
      ) : (
        <div className={styles.columns}>
          <div>
            <DivisionChoice divisions={divisions} chosen={chosen.id} />
            <Leaderboard key={chosen.id} league={league.id} division={chosen.id} />
            <Rounds division={chosen.id} round={search.round} />
          </div>
          <aside aria-label="About the league">
            <Commissioner division={chosen.id} name={chosen.name} />
            <Requests world={league.game.name} />
            <Events league={league.id} />
          </aside>
        </div>
      )}
    </ReadingPage>
  )
}

function DivisionChoice({ divisions, chosen }: { divisions: readonly LadderEntry[]; chosen: string }) {
  const navigate = leagueRoute.useNavigate()
  const choose = (division: string): void => void navigate({ search: { division } })
  const options = divisions.map(({ id, name }) => ({ id, label: name }))
  if (options.length > SIDE_BY_SIDE) {
    return (
      <SelectField
        label="Division"
        options={options}
        value={chosen}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      />
    )
  }
  return <Segmented label="Division" options={options} chosen={chosen} onChoose={choose} />
}
