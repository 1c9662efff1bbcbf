// The frame of reading pages: at most 1,184 px wide, a title, and sections under hairlines.
import { type ReactNode, useEffect } from 'react'
import styles from './page.module.css'

/** Sets the title of the tab while a page is shown. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Paracosm' : `${title} · Paracosm`
  }, [title])
}

export function ReadingPage({ children }: { children: ReactNode }) {
  return <div className={styles.reading}>{children}</div>
}

export function PageTitle({ children, above }: { children: ReactNode; above?: ReactNode }) {
  return (
    <header className={styles.head}>
      {above === undefined ? undefined : <p className={styles.above}>{above}</p>}
      <h1 className={styles.title}>{children}</h1>
    </header>
  )
}

/** A part of a page below a rule, with its heading and, at the right, a link. */
export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <div className={styles.sectionHead}>
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}
