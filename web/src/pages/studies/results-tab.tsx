// The report of a study as it stands: figures, charts, coverage of characters and transcripts, in a frame of its own.
import { useMutation } from '@tanstack/react-query'
import type { StudyBoard } from 'paracosm/protocol'
import { useEffect, useState } from 'react'
import { Button } from '../../components/button.tsx'
import { Notice } from '../../components/notice.tsx'
import { researchClient } from '../../data/research.ts'
import { fullDate } from '../../data/words.ts'
import { explain } from '../../shell/error-page.tsx'
import styles from './results.module.css'

export function ResultsTab({ board: { name, title } }: { board: StudyBoard }) {
  const [withQuality, setQuality] = useState(false)
  const { mutate, data, error, isPending, submittedAt } = useMutation({
    mutationFn: (with_quality: boolean) => researchClient().report(name, { with_quality }),
  })
  useEffect(() => mutate(false), [mutate])
  return (
    <div className={styles.results}>
      <div className={styles.bar}>
        <Button onClick={() => mutate(withQuality)} why={isPending ? 'The server is making the report.' : undefined}>
          Make it again
        </Button>
        <label className={styles.choice}>
          <input
            type="checkbox"
            checked={withQuality}
            onChange={({ target }) => {
              setQuality(target.checked)
              mutate(target.checked)
            }}
          />
          Scores of each character
        </label>
        {data ? (
          <a className={styles.own} href={data.path} target="_blank" rel="noreferrer">
            On a page of its own
          </a>
        ) : undefined}
        <p role="status">
          {isPending ? 'The server is making the report.' : data ? `As of ${fullDate(submittedAt)}.` : ''}
        </p>
      </div>
      {error ? <Notice>{explain(error).text}</Notice> : undefined}
      {data ? (
        <iframe
          className={styles.frame}
          title={`Results of ${title}`}
          src={data.path}
          sandbox="allow-scripts allow-downloads"
        />
      ) : undefined}
    </div>
  )
}
