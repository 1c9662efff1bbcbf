// The monitor: people by stage, a line for each participant, and the quotas. It refreshes by itself.
import { useInfiniteQuery } from '@tanstack/react-query'
import type { StudyBoard } from 'paracosm/protocol'
import { Button } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { operatorKeyStore } from '../../data/operator.ts'
import { codeOf } from '../../data/query-client.ts'
import { participantsQuery } from '../../data/research.ts'
import { useStore } from '../../data/store.ts'
import { formatNumber } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import { boardRoute } from './address.ts'
import { Funnel } from './funnel.tsx'
import { LimitFields } from './limit-fields.tsx'
import styles from './monitor.module.css'
import { ParticipantRows } from './participant-rows.tsx'
import { Quotas } from './quotas.tsx'
import { DEFAULT_LIMITS, standingOf } from './standing.ts'
import type { MonitorView } from './tabs.ts'

export function Monitor({ board }: { board: StudyBoard }) {
  return (
    <div className={styles.columns}>
      <div className={styles.main}>
        <Numbers board={board} />
        <People board={board} />
      </div>
      <aside className={styles.side} aria-label="Quotas">
        <Quotas board={board} />
      </aside>
    </div>
  )
}

function Numbers({ board }: { board: StudyBoard }) {
  const { people, median_minutes: median } = board
  const gone = people.finished + people.withdrawn
  return (
    <div className={styles.numbers}>
      <Funnel people={people} hasConsent={board.has_consent} />
      <dl className={styles.figures}>
        <div>
          <dt>Finish rate</dt>
          <dd>{people.joined === 0 ? '–' : `${Math.round((100 * people.finished) / people.joined)}%`}</dd>
        </div>
        <div>
          <dt>Median time</dt>
          <dd>{median === null ? '–' : minutesWords(median)}</dd>
        </div>
        <div>
          <dt>In conversation</dt>
          <dd>{formatNumber(people.playing)}</dd>
        </div>
        <div>
          <dt>Left</dt>
          <dd>
            {formatNumber(people.withdrawn)}
            <small>{gone === 0 ? '' : ` of ${formatNumber(people.joined)}`}</small>
          </dd>
        </div>
      </dl>
    </div>
  )
}

const minutesWords = (minutes: number): string =>
  minutes < 1 ? 'under 1 min' : `${formatNumber(Math.round(minutes))} min`

function People({ board }: { board: StudyBoard }) {
  const key = useStore(operatorKeyStore)
  const search = boardRoute.useSearch()
  const navigate = boardRoute.useNavigate()
  const { view = 'now' } = search
  const limits = { stuck: search.stuck ?? DEFAULT_LIMITS.stuck, dropped: search.dropped ?? DEFAULT_LIMITS.dropped }
  const found = useInfiniteQuery(participantsQuery(key, board.name, view === 'all' ? 'all' : 'now'))
  const pages = found.data?.pages ?? []
  const now = Date.parse(pages[0]?.now ?? new Date().toISOString())
  const all = pages.flatMap(({ participants }) => participants)
  const rows = all.map((participant) => ({ participant, standing: standingOf(participant, now, limits) }))
  const isIn = (wanted: MonitorView, standing: (typeof rows)[number]['standing']): boolean =>
    wanted === 'all' || (wanted === 'needs' ? standing === 'stuck' : standing === 'active' || standing === 'stuck')
  const shown = rows.filter(({ standing }) => isIn(view, standing))
  const countIn = (wanted: MonitorView): string =>
    view === 'all' || found.hasNextPage ? '' : ` ${rows.filter(({ standing }) => isIn(wanted, standing)).length}`
  const choose = (id: MonitorView): void =>
    void navigate({ search: (before) => ({ ...before, view: id === 'now' ? undefined : id }), replace: true })
  return (
    <section aria-label="Participants">
      <div className={styles.toolbar}>
        <Segmented
          label="Which participants"
          options={[
            { id: 'now', label: `Now${countIn('now')}` },
            { id: 'needs', label: `Needs you${countIn('needs')}` },
            { id: 'all', label: `All ${formatNumber(board.people.joined)}` },
          ]}
          chosen={view}
          onChoose={choose}
        />
        <LimitFields limits={limits} />
      </div>
      {found.error ? <Notice code={codeOf(found.error)}>{explain(found.error).text}</Notice> : undefined}
      {found.isPending ? <p role="status">Reading the participants…</p> : undefined}
      {found.data && shown.length === 0 ? <Nobody board={board} view={view} /> : undefined}
      {shown.length === 0 ? undefined : <ParticipantRows study={board.name} rows={shown} now={now} />}
      {found.hasNextPage ? (
        <p className={styles.more}>
          <Button
            onClick={() => void found.fetchNextPage()}
            why={found.isFetchingNextPage ? 'The next page is being read.' : undefined}
          >
            Show more
          </Button>
        </p>
      ) : undefined}
    </section>
  )
}

function Nobody({ board, view }: { board: StudyBoard; view: MonitorView }) {
  if (board.people.joined === 0) {
    return <Notice>Nobody has joined yet. Send links: Invite makes them, and shows how to recruit on Prolific.</Notice>
  }
  if (view === 'needs') return <Notice>Nobody is stuck.</Notice>
  return <Notice>Nobody takes part at this moment. “All” shows who did.</Notice>
}
