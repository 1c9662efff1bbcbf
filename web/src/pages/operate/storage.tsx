// The contents of the data folder, and the free space on its disk.
import { useQuery } from '@tanstack/react-query'
import { Notice } from '../../components/notice.tsx'
import { isOperatorOnly } from '../../components/operator-only.tsx'
import { Section } from '../../components/page.tsx'
import { storageQuery } from '../../data/operate.ts'
import { operatorKeyStore } from '../../data/operator.ts'
import { codeOf } from '../../data/query-client.ts'
import { useStore } from '../../data/store.ts'
import { bytes, count } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './operate.module.css'

/** The names of the parts of a data folder. */
const NAMES: Readonly<Record<string, string>> = {
  'blobs/': 'Recorded episodes',
  'journals/': 'Journals of running episodes',
  'paracosm.db': 'Database',
  'paracosm.db-wal': 'Database, not yet merged',
}

export function Storage() {
  const key = useStore(operatorKeyStore)
  const { data, error } = useQuery(storageQuery(key))
  if (error && isOperatorOnly(codeOf(error))) return undefined
  return (
    <Section
      title="Storage"
      aside={<span>{data ? `${bytes(data.free_bytes)} free of ${bytes(data.total_bytes)}` : ''}</span>}
    >
      {error ? <Notice code={codeOf(error)}>{explain(error).text}</Notice> : undefined}
      {data ? (
        <dl className={styles.facts}>
          {data.parts.map(({ name, bytes: size, files }) => (
            <div key={name} className={styles.fact}>
              <dt>
                {NAMES[name] ?? name} {NAMES[name] === undefined ? undefined : <code>{name}</code>}
              </dt>
              <dd>
                {bytes(size)}
                {name.endsWith('/') ? `, ${count(files, 'file')}` : ''}
              </dd>
            </div>
          ))}
        </dl>
      ) : undefined}
      {data?.is_partial ? <p>There are more files than were counted.</p> : undefined}
    </Section>
  )
}
