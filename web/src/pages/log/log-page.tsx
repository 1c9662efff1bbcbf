// The actions of agents, newest first: filters in the address, a list of any length, and the selected command.
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { isOperatorOnly, OperatorOnly } from '../../components/operator-only.tsx'
import { PageTitle, ReadingPage, useTitle } from '../../components/page.tsx'
import pane from '../../components/pane-head.module.css'
import { commandCountQuery, filtersOf, type LogFilters, type LogSearch } from '../../data/command-log.ts'
import { operatorKeyStore } from '../../data/operator.ts'
import { codeOf } from '../../data/query-client.ts'
import { useStore } from '../../data/store.ts'
import { count } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import { usePageActions } from '../../shell/palette-store.ts'
import { CommandDetail } from './command-detail.tsx'
import { CommandList } from './command-list.tsx'
import { ExportBlock } from './export-block.tsx'
import { FilterBar } from './filter-bar.tsx'
import styles from './log.module.css'
import { useLog } from './use-log.ts'

export function LogPage() {
  useTitle('Command log')
  const search = useSearch({ from: '/log' })
  const key = useStore(operatorKeyStore)
  const chosen = JSON.stringify(filtersOf({ ...search }))
  // One object for equal filters, so that selecting a row does not refetch.
  const filters = useMemo((): LogFilters => filtersOf(JSON.parse(chosen)), [chosen])
  const log = useLog(filters, key)
  const navigate = useNavigate()
  const [isExporting, setExporting] = useState(false)
  const go = useCallback(
    (wanted: LogSearch) => void navigate({ to: '/log', search: wanted, replace: true }),
    [navigate],
  )
  usePageActions(
    useMemo(
      () => [
        { label: 'Read the log again', group: 'Command log', run: log.again },
        { label: 'Export these commands', group: 'Command log', run: () => setExporting(true) },
      ],
      [log.again],
    ),
  )
  const isRefused = log.error !== undefined && isOperatorOnly(codeOf(log.error))
  if (isRefused) {
    return (
      <ReadingPage>
        <PageTitle>Command log</PageTitle>
        <OperatorOnly what="The command log shows what every agent sees and thinks. It" />
      </ReadingPage>
    )
  }
  return (
    <div className={styles.page}>
      <header className={`${pane.head} ${styles.head}`}>
        <div>
          <h1>Command log</h1>
          <Standing filters={filters} readAt={log.readAt} accessKey={key} />
        </div>
        <div className={pane.actions}>
          <Button onClick={log.again}>Read again</Button>
          <Button icon="download" aria-expanded={isExporting} onClick={() => setExporting(!isExporting)}>
            Export
          </Button>
        </div>
      </header>
      {isExporting ? <ExportBlock filters={filters} onClose={() => setExporting(false)} /> : undefined}
      <FilterBar key={chosen} filters={filters} onFilter={go} />
      {log.error === undefined ? undefined : (
        <div className={styles.error} role="alert">
          <Notice code={codeOf(log.error)} actions={<Button onClick={() => log.pages.retry()}>Try again</Button>}>
            {explain(log.error).text}
          </Notice>
        </div>
      )}
      {log.isWhole && log.count === 0 ? (
        <Empty hasFilters={Object.keys(filters).length > 0} onClear={() => go({})} />
      ) : (
        <div className={styles.split}>
          <CommandList log={log} chosen={search.row} onChoose={(row) => go({ ...filters, row })} />
          <CommandDetail id={search.row} log={log} accessKey={key} />
        </div>
      )}
    </div>
  )
}

/** The number of commands, and when they were read. */
function Standing({
  filters,
  readAt,
  accessKey,
}: {
  filters: LogFilters
  readAt: number
  accessKey: string | undefined
}) {
  const { data } = useQuery(commandCountQuery(filters, accessKey))
  const at = new Date(readAt).toLocaleTimeString('en-GB')
  return (
    <p role="status">
      {data === undefined ? 'Counting' : count(data, 'command')}, newest first, as of {at}
    </p>
  )
}

function Empty({ hasFilters, onClear }: { hasFilters: boolean; onClear(): void }) {
  return (
    <div className={styles.error}>
      {hasFilters ? (
        <Notice actions={<Button onClick={onClear}>Clear the filters</Button>}>
          No command matches these filters.
        </Notice>
      ) : (
        <Notice command="paracosm run paint-arena sweep greedy">
          No command has been logged yet. Start an episode, or run this command.
        </Notice>
      )}
    </div>
  )
}
