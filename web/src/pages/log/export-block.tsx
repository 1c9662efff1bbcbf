// A preview of the export of these commands, and the command for it: rows, format, and the filters it does not support.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { CopyLine } from '../../components/copy-line.tsx'
import { SelectField } from '../../components/field.tsx'
import { commandCountQuery, exportCommand, filtersOf, LOG_FILTERS, type LogFilters } from '../../data/command-log.ts'
import { operatorKeyStore } from '../../data/operator.ts'
import { useStore } from '../../data/store.ts'
import { count } from '../../data/words.ts'
import styles from './log.module.css'

const FORMATS = [
  { id: 'chat', label: 'chat: one conversation per command, JSON Lines' },
  { id: 'instruction', label: 'instruction: instruction, input, output, JSON Lines' },
  { id: 'sharegpt', label: 'sharegpt: one conversation per episode, JSON Lines' },
  { id: 'trajectories', label: 'trajectories: one step per line, JSON Lines' },
  { id: 'raw', label: 'raw: the rows as they are, JSON Lines' },
  { id: 'parquet', label: 'parquet: one table' },
  { id: 'episodes', label: 'episodes: a folder with one file per episode' },
]

export function ExportBlock({ filters, onClose }: { filters: LogFilters; onClose(): void }) {
  const [format, setFormat] = useState('chat')
  const { command, left } = exportCommand(filters, format)
  const key = useStore(operatorKeyStore)
  const { data } = useQuery(commandCountQuery(kept(filters), key))
  return (
    <section className={styles.export} aria-label="Export">
      <SelectField label="Format" options={FORMATS} value={format} onChange={({ target }) => setFormat(target.value)} />
      <div className={styles.exportText}>
        <p>
          {data === undefined ? 'Run this' : `${count(data, 'command')}. Run this`} on the server’s machine; it reports
          progress and the size of what it wrote.
        </p>
        <CopyLine text={command} />
        {left.length === 0 ? undefined : (
          <p>{`Datasets hold whole episodes: the filter by ${left.join(' and by ')} is left out.`}</p>
        )}
      </div>
      <Button look="bare" onClick={onClose}>
        Close
      </Button>
    </section>
  )
}

/** The filters that an export supports. */
function kept(filters: LogFilters): LogFilters {
  const names = LOG_FILTERS.filter(({ flag }) => flag !== undefined).map(({ id }) => id)
  return filtersOf(Object.fromEntries(names.map((name) => [name, filters[name]])))
}
