// Shown while a page's code or data is loading: a word after 400 ms, a way out after 4 s. The router already delays it.
import { useEffect, useState } from 'react'
import { Button } from '../components/button.tsx'
import { ReadingPage } from '../components/page.tsx'
import styles from './opening.module.css'

const SLOW_MS = 4000

export function Opening({ what = 'Opening the page' }: { what?: string }) {
  const isSlow = useLater(SLOW_MS)
  return (
    <ReadingPage>
      <p role="status" className={styles.word}>
        {what}…
      </p>
      {isSlow ? (
        <div className={styles.out}>
          <p>This takes longer than usual.</p>
          <Button onClick={() => location.reload()}>Reload</Button>
        </div>
      ) : undefined}
    </ReadingPage>
  )
}

/** False, and true after a delay. */
export function useLater(ms: number): boolean {
  const [isLater, setLater] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLater(true), ms)
    return () => clearTimeout(timer)
  }, [ms])
  return isLater
}
