// One study: its monitor, its file, its links and its data, as tabs that the address names.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { StudyBoard } from 'paracosm/protocol'
import { useMemo } from 'react'
import { Button } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { useTitle } from '../../components/page.tsx'
import { Tabs } from '../../components/tabs.tsx'
import { operatorKeyStore } from '../../data/operator.ts'
import { boardQuery, researchClient } from '../../data/research.ts'
import { useStore } from '../../data/store.ts'
import { explain } from '../../shell/error-page.tsx'
import { Opening } from '../../shell/opening.tsx'
import { usePageActions } from '../../shell/palette-store.ts'
import { boardRoute } from './address.ts'
import { Gate } from './admin-key.tsx'
import styles from './board.module.css'
import { DataTab } from './data-tab.tsx'
import { EditStudy } from './edit-study.tsx'
import { Invite } from './invite.tsx'
import { Monitor } from './monitor.tsx'
import { ResultsTab } from './results-tab.tsx'
import { StudyChip } from './studies-page.tsx'
import { BOARD_TABS, type BoardTab } from './tabs.ts'

const LABELS: Readonly<Record<BoardTab, string>> = {
  monitor: 'Monitor',
  design: 'Design',
  invite: 'Invite',
  results: 'Results',
  data: 'Data',
}

export function BoardPage() {
  const { study } = boardRoute.useParams()
  const key = useStore(operatorKeyStore)
  const { data, error, refetch } = useQuery(boardQuery(key, study))
  useTitle(data?.title ?? 'Study')
  if (key !== undefined && !data && !error) return <Opening what="Opening the study" />
  return (
    <Gate error={error} hasData={data !== undefined} onAgain={() => void refetch()}>
      {data ? <Board board={data} error={error} /> : undefined}
    </Gate>
  )
}

function Board({ board, error }: { board: StudyBoard; error: Error | null }) {
  const { tab = 'monitor' } = boardRoute.useSearch()
  const navigate = boardRoute.useNavigate()
  const choose = (id: string): void => {
    const chosen = BOARD_TABS.find((each) => each === id)
    void navigate({ search: (before) => ({ ...before, tab: chosen === 'monitor' ? undefined : chosen }) })
  }
  usePageActions(
    useMemo(
      () =>
        BOARD_TABS.map((id) => ({
          label: LABELS[id],
          group: 'This study',
          run: () => void navigate({ search: { tab: id === 'monitor' ? undefined : id } }),
        })),
      [navigate],
    ),
  )
  return (
    <div className={styles.board}>
      <header className={styles.head}>
        <div>
          <p className={styles.crumbs}>
            <Link to="/studies">Studies</Link> / <code>{board.name}</code>
          </p>
          <div className={styles.titleLine}>
            <h1>{board.title}</h1>
            <StudyChip isClosed={board.is_closed} isComplete={!board.status.is_open} />
          </div>
        </div>
        <OpenOrClose board={board} />
      </header>
      {error ? <Notice>{explain(error).text} What you see is older.</Notice> : undefined}
      <Tabs
        label="Parts of the study"
        tabs={BOARD_TABS.map((id) => ({ id, label: LABELS[id] }))}
        chosen={tab}
        onChoose={choose}
      >
        <div className={styles.body}>
          {tab === 'monitor' ? <Monitor board={board} /> : undefined}
          {tab === 'design' ? <EditStudy key={board.name} board={board} /> : undefined}
          {tab === 'invite' ? <Invite board={board} /> : undefined}
          {tab === 'results' ? <ResultsTab board={board} /> : undefined}
          {tab === 'data' ? <DataTab board={board} /> : undefined}
        </div>
      </Tabs>
    </div>
  )
}

function OpenOrClose({ board }: { board: StudyBoard }) {
  const cache = useQueryClient()
  const change = useMutation({
    mutationFn: () => (board.is_closed ? researchClient().open(board.name) : researchClient().close(board.name)),
    onSettled: () => cache.invalidateQueries({ queryKey: ['research'] }),
  })
  const word = board.is_closed ? 'Open the study' : 'Close the study'
  const busy = board.is_closed ? 'Opening' : 'Closing'
  return (
    <div className={styles.close}>
      <Button
        icon={board.is_closed ? 'play' : 'pause'}
        title={board.is_closed ? 'People can join again.' : 'Nobody new can join. Those who have begun can finish.'}
        onClick={() => change.mutate()}
        why={change.isPending ? 'The server is being asked.' : undefined}
      >
        {change.isPending ? busy : word}
      </Button>
      {change.error ? <p role="alert">{explain(change.error).text}</p> : undefined}
    </div>
  )
}
