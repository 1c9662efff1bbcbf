// The documents of a world: the page of a built-in one, the README of any other.
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { Notice } from '../../components/notice.tsx'
import { Section } from '../../components/page.tsx'
import { worldDocumentsQuery } from '../../data/worlds.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './world.module.css'

const Document = lazy(() => import('../../components/document.tsx').then((module) => ({ default: module.Document })))

export function Documents({ world }: { world: string }) {
  const { data, error } = useQuery(worldDocumentsQuery(world))
  return (
    <Section title="Documents">
      {error ? <Notice>{explain(error).text}</Notice> : undefined}
      {data?.length === 0 ? (
        <Notice>
          This world brings no document. A <code>README.md</code> beside its module is shown here.
        </Notice>
      ) : undefined}
      {data?.map(({ name, text }) => (
        <OneDocument key={name} name={name} text={text} />
      ))}
    </Section>
  )
}

/** Closed at first: some are long. */
function OneDocument({ name, text }: { name: string; text: string }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details className={styles.document} open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        Rules, commands, scores: <code>{name}</code>
      </summary>
      {isOpen ? (
        <Suspense fallback={<p role="status">Opening the document…</p>}>
          <Document text={text} />
        </Suspense>
      ) : undefined}
    </details>
  )
}
